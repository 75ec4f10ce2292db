/* Open addressing with a step of one: the keys are as good as random. */
#include "dataset/key_set.h"

#include <string.h>

#include "base/alloc.h"

enum { FIRST = 1 << 12 /* slots */ };

/* The slot of the key, or the free one where it belongs. */
static uint64_t *slot_of(const vt_key_set *set, const uint64_t key[2])
{
    size_t at = (size_t)key[0] & (set->size - 1);
    for (;;) {
        uint64_t *slot = set->slots + 2 * at;
        if ((slot[0] == key[0] && slot[1] == key[1]) || (slot[0] == 0 && slot[1] == 0)) {
            return slot;
        }
        at = (at + 1) & (set->size - 1);
    }
}

static int grow(vt_key_set *set, vt_error *err)
{
    vt_key_set larger = {.size = set->size == 0 ? FIRST : set->size * 2, .n = set->n, .zero = set->zero};
    larger.slots = vt_alloc_zero(larger.size, 2 * sizeof *larger.slots, err);
    if (larger.slots == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < set->size; i++) {
        const uint64_t *key = set->slots + 2 * i;
        if (key[0] != 0 || key[1] != 0) {
            memcpy(slot_of(&larger, key), key, 2 * sizeof *key);
        }
    }
    vt_free(set->slots);
    *set = larger;
    return VT_OK;
}

int vt_key_set_add(vt_key_set *set, const unsigned char key[VT_KEY_SET_BYTES], bool *fresh, vt_error *err)
{
    uint64_t words[2];
    memcpy(words, key, sizeof words);
    if (words[0] == 0 && words[1] == 0) {
        *fresh = !set->zero;
        set->zero = true;
        return VT_OK;
    }
    int status = set->n * 10 >= set->size * 7 ? grow(set, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    uint64_t *slot = slot_of(set, words);
    *fresh = slot[0] == 0 && slot[1] == 0;
    memcpy(slot, words, sizeof words);
    set->n += *fresh;
    return VT_OK;
}

void vt_key_set_done(vt_key_set *set)
{
    vt_free(set->slots);
    *set = (vt_key_set){0};
}
