/* Numbering names that no snapshot has. */
#include "live/names.h"

int vt_names_init(vt_names *names, const vt_ids *frozen, vt_error *err)
{
    names->frozen = frozen;
    return vt_map_create(&names->numbers, 0, err);
}

void vt_names_done(vt_names *names)
{
    vt_texts_done(&names->fresh);
    vt_map_free(names->numbers);
}

int vt_names_intern(int32_t *out, vt_names *names, vt_arena *arena, vt_str text, vt_error *err)
{
    int64_t number = -1;
    if (text.len == 0) {
        *out = -1;
        return VT_OK;
    }
    int32_t frozen = vt_ids_find(names->frozen, text);
    if (frozen >= 0) {
        *out = frozen;
        return VT_OK;
    }
    if (!vt_map_get(names->numbers, text, &number)) {
        number = vt_names_count(names);
        int status = vt_texts_add(&names->fresh, arena, text, err);
        if (status == VT_OK) {
            status = vt_map_set(names->numbers, text, number, err);
            names->fresh.n -= status != VT_OK;
        }
        if (status != VT_OK) {
            return status;
        }
    }
    *out = (int32_t)number;
    return VT_OK;
}

vt_str vt_names_at(const vt_names *names, int32_t number)
{
    return number < names->frozen->n ? vt_ids_get(names->frozen, number)
                                     : vt_texts_at(&names->fresh, number - names->frozen->n);
}
