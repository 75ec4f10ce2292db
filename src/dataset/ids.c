/* Reading tables of texts. */
#include "vitrine/snapshot.h"

vt_str vt_ids_get(const vt_ids *ids, int32_t index)
{
    int64_t begin = ids->offset[index];
    return (vt_str){ids->text + begin, (size_t)(ids->offset[index + 1] - begin)};
}

int32_t vt_ids_find(const vt_ids *ids, vt_str text)
{
    int32_t low = 0;
    int32_t high = ids->n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = vt_str_compare(vt_ids_get(ids, middle), text);
        if (order == 0) {
            return text.ptr == NULL ? -1 : middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return -1;
}
