/* A table of digests, open addressing: what is kept of a line is 8 bytes. */
#include "import/order_lines.h"

#include <string.h>

#include "base/alloc.h"
#include "store/event_key.h"

typedef struct vt_order_entry {
    uint64_t key; /* of order, item and occurrence; 0: free */
} vt_order_entry;

void vt_order_lines_done(vt_order_lines *lines)
{
    vt_free(lines->entries);
    *lines = (vt_order_lines){0};
}

void vt_order_lines_clear(vt_order_lines *lines)
{
    if (lines->capacity > 0) {
        memset(lines->entries, 0, lines->capacity * sizeof *lines->entries);
    }
    lines->n = 0;
}

/* Where the key is, or the free place for it. Keys are digests: their low bits are as good as any. */
static vt_order_entry *find(vt_order_entry *entries, size_t capacity, uint64_t key)
{
    size_t at = (size_t)key & (capacity - 1);
    while (entries[at].key != 0 && entries[at].key != key) {
        at = (at + 1) & (capacity - 1);
    }
    return &entries[at];
}

static int grow(vt_order_lines *lines, vt_error *err)
{
    size_t capacity = lines->capacity == 0 ? 1024 : lines->capacity * 2;
    vt_order_entry *grown = vt_alloc_zero(capacity, sizeof *grown, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < lines->capacity; i++) {
        if (lines->entries[i].key != 0) {
            *find(grown, capacity, lines->entries[i].key) = lines->entries[i];
        }
    }
    vt_free(lines->entries);
    lines->entries = grown;
    lines->capacity = capacity;
    return VT_OK;
}

static uint64_t first_word(const unsigned char key[VT_EVENT_KEY_BYTES])
{
    uint64_t word = 0;
    memcpy(&word, key, sizeof word);
    return word == 0 ? 1 : word;
}

int vt_order_lines_number(vt_order_lines *lines, vt_event *event, vt_error *err)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    if (lines->n * 10 >= lines->capacity * 7) {
        int status = grow(lines, err);
        if (status != VT_OK) {
            return status;
        }
    }
    event->occurrence = 0;
    for (; event->occurrence < VT_LINES_OF_ITEM_MAX; event->occurrence++) {
        vt_event_key(key, event);
        vt_order_entry *entry = find(lines->entries, lines->capacity, first_word(key));
        if (entry->key == 0) {
            entry->key = first_word(key);
            lines->n++;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_LIMIT, "the order \"%.*s\" has more than %d lines of the item \"%.*s\"",
                   VT_STR_ARGS(event->order_id), VT_LINES_OF_ITEM_MAX, VT_STR_ARGS(event->item));
}
