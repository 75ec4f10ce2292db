/* Tensors of model files that several kinds have, checked when read into memory of a model's own. Private to model. */
#ifndef VT_MODEL_TENSORS_H
#define VT_MODEL_TENSORS_H

#include "dataset/item_clock.h"
#include "model/kind.h"

/** Copies a tensor (rows, columns), or (rows) when columns is 0; numbers that are not finite are VT_ERR_CORRUPT. */
int vt_tensor_read_f32(float *out, const vt_safetensors *file, const char *name, int64_t rows, int64_t columns,
                       vt_error *err);

/** Copies a tensor (n) of counts; negative ones are VT_ERR_CORRUPT. */
int vt_tensor_read_counts(int32_t *out, const vt_safetensors *file, const char *name, int64_t n, vt_error *err);

/** The tensor "scale": mean, lowest and highest rating. */
int vt_scale_read(double scale[3], const vt_safetensors *file, vt_error *err);

/** The tensor "span": time of the first and of the last rating. */
int vt_span_read(int64_t span[2], const vt_safetensors *file, vt_error *err);

/** A clock's events as the tensors "<prefix>.time" and "<prefix>.item". */
int vt_clock_save(vt_tensor_list *list, const char *prefix, const vt_item_clock *clock, vt_error *err);

/** And out of a file again, of `n_items` items. */
int vt_clock_load(vt_item_clock **out, const vt_safetensors *file, const char *prefix, int32_t n_items, vt_error *err);

/** A prediction on the scale; NaN gives the mean. */
float vt_scale_clip(const double scale[3], double rating);

#endif
