/* Reading tables of texts. */
#include "dataset/ids.h"

bool vt_pointers_hold(const int64_t *ptr, int64_t n, uint64_t end)
{
    bool holds = ptr[0] == 0 && ptr[n] >= 0 && (uint64_t)ptr[n] == end;
    for (int64_t i = 0; i < n && holds; i++) {
        holds = ptr[i] <= ptr[i + 1];
    }
    return holds;
}

bool vt_ids_in_order(const vt_ids *ids, uint64_t bytes, bool sorted)
{
    bool holds = vt_pointers_hold(ids->offset, ids->n, bytes);
    for (int32_t i = 1; i < ids->n && holds && sorted; i++) {
        holds = vt_str_compare(vt_ids_get(ids, i - 1), vt_ids_get(ids, i)) < 0;
    }
    return holds;
}

int vt_ids_read(vt_ids *out, const vt_safetensors *file, const char *offset, const char *text, bool sorted,
                const char *path, const char *advice, vt_error *err)
{
    vt_tensor offsets, texts;
    int status = vt_safetensors_tensor(file, offset, VT_I64, 1, -1, 0, &offsets, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, text, VT_U8, 1, -1, 0, &texts, err);
    }
    if (status != VT_OK) {
        return status;
    }
    int64_t n = offsets.shape[0] - 1;
    vt_ids ids = {(int32_t)n, offsets.data, texts.data};
    if (n < 0 || n >= INT32_MAX || !vt_ids_in_order(&ids, (uint64_t)texts.shape[0], sorted)) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: its table of ids (%s) is not in order; %s", path, offset, advice);
    }
    *out = ids;
    return VT_OK;
}

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
