/*
 * Safetensors files: eight bytes of header length, a JSON header of names, types, shapes and offsets, then the data.
 * Ours carry a checksum of the data in their metadata; foreign files without one are read too.
 */
#ifndef VT_MATH_SAFETENSORS_H
#define VT_MATH_SAFETENSORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef enum vt_dtype { VT_F32, VT_F64, VT_I32, VT_I64, VT_U8, VT_I8 } vt_dtype;

/** A tensor to write, or one of an open file; data is borrowed. */
typedef struct vt_tensor {
    const char *name;
    vt_dtype dtype;
    size_t rank; /* 1 or 2 */
    int64_t shape[2];
    const void *data;
} vt_tensor;

typedef struct vt_text_pair {
    const char *name;
    const char *value;
} vt_text_pair;

/** Writes atomically; the same input gives the same bytes. Data starts on 64-byte boundaries. */
int vt_safetensors_write(const char *path, const vt_tensor *tensors, size_t n_tensors, const vt_text_pair *metadata,
                         size_t n_metadata, vt_error *err);

typedef struct vt_safetensors vt_safetensors;

/** Maps and checks a file: header cap, offsets in range and without overlap, checksum where there is one. */
int vt_safetensors_open(vt_safetensors **out, const char *path, vt_error *err);
void vt_safetensors_close(vt_safetensors *file);

/** See vt_file_copy(): `at` is in a tensor's data, or nothing is done and false is given. By any thread. */
bool vt_safetensors_copy(void *out, const vt_safetensors *file, const void *at, size_t n);

/** See vt_file_let_go(): tensors stay where they are, and are read again from the file. By any thread. */
void vt_safetensors_let_go(const vt_safetensors *file);

/**
 * The same file, of which tensors are named without `prefix`, for parts of a model that are models. It is closed too,
 * before the file it is of.
 */
int vt_safetensors_within(vt_safetensors **out, const vt_safetensors *file, const char *prefix, vt_error *err);

/** Metadata by name, NULL when missing; borrowed. */
const char *vt_safetensors_metadata(const vt_safetensors *file, const char *name);

/**
 * The tensor of that name, which must have that type and shape (-1: any extent). VT_ERR_CORRUPT says what is wrong.
 * The data is on its natural boundary.
 */
int vt_safetensors_tensor(const vt_safetensors *file, const char *name, vt_dtype dtype, size_t rank, int64_t rows,
                          int64_t columns, vt_tensor *out, vt_error *err);

size_t vt_dtype_bytes(vt_dtype dtype);

#endif
