/* Tensors of model files, copied and checked. */
#include "model/tensors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

int vt_tensor_read_f32(float *out, const vt_safetensors *file, const char *name, int64_t rows, int64_t columns,
                       vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(file, name, VT_F32, columns == 0 ? 1 : 2, rows, columns, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    const float *from = tensor.data;
    int64_t n = columns == 0 ? rows : rows * columns;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(from[i])) {
            return vt_fail(err, VT_ERR_CORRUPT,
                           "the tensor \"%s\" holds a number that is not finite; fit the model again", name);
        }
        out[i] = from[i];
    }
    return VT_OK;
}

int vt_tensor_read_counts(int32_t *out, const vt_safetensors *file, const char *name, int64_t n, vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(file, name, VT_I32, 1, n, 0, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    const int32_t *from = tensor.data;
    for (int64_t i = 0; i < n; i++) {
        if (from[i] < 0) {
            return vt_fail(err, VT_ERR_CORRUPT, "the tensor \"%s\" holds a negative count; fit the model again", name);
        }
        out[i] = from[i];
    }
    return VT_OK;
}

int vt_scale_read(double scale[3], const vt_safetensors *file, vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(file, "scale", VT_F64, 1, 3, 0, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    double read[3];
    memcpy(read, tensor.data, sizeof read);
    if (!(isfinite(read[1]) && isfinite(read[2]) && read[1] <= read[0] && read[0] <= read[2])) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "the ratings of the model run from %g to %g with mean %g, which cannot be; fit it again",
                       read[1], read[2], read[0]);
    }
    memcpy(scale, read, sizeof read);
    return VT_OK;
}

int vt_span_read(int64_t span[2], const vt_safetensors *file, vt_error *err)
{
    vt_tensor tensor;
    int64_t read[2];
    int status = vt_safetensors_tensor(file, "span", VT_I64, 1, 2, 0, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    memcpy(read, tensor.data, sizeof read);
    if (read[0] > read[1]) {
        return vt_fail(err, VT_ERR_CORRUPT, "the ratings of the model end before they begin; fit it again");
    }
    memcpy(span, read, sizeof read);
    return VT_OK;
}

int vt_clock_save(vt_tensor_list *list, const char *prefix, const vt_item_clock *clock, vt_error *err)
{
    char name[64];
    int64_t *time = NULL;
    int32_t *item = NULL;
    size_t n = 0;
    int status = vt_item_clock_events(&time, &item, &n, clock, err);
    if (status != VT_OK) {
        return status;
    }
    snprintf(name, sizeof name, "%s.time", prefix);
    status = vt_tensor_list_take(list, name, VT_I64, (int64_t)n, 0, time, err);
    if (status != VT_OK) {
        vt_free(item);
        return status;
    }
    snprintf(name, sizeof name, "%s.item", prefix);
    return vt_tensor_list_take(list, name, VT_I32, (int64_t)n, 0, item, err);
}

int vt_clock_load(vt_item_clock **out, const vt_safetensors *file, const char *prefix, int32_t n_items, vt_error *err)
{
    char name[64];
    vt_tensor time, item;
    snprintf(name, sizeof name, "%s.time", prefix);
    int status = vt_safetensors_tensor(file, name, VT_I64, 1, -1, 0, &time, err);
    if (status == VT_OK) {
        snprintf(name, sizeof name, "%s.item", prefix);
        status = vt_safetensors_tensor(file, name, VT_I32, 1, time.shape[0], 0, &item, err);
    }
    return status == VT_OK ? vt_item_clock_of_events(out, n_items, time.data, item.data, (size_t)time.shape[0], err)
                           : status;
}

float vt_scale_clip(const double scale[3], double rating)
{
    return (float)(isnan(rating) ? scale[0] : rating < scale[1] ? scale[1] : rating > scale[2] ? scale[2] : rating);
}
