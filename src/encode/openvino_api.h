/*
 * The part of OpenVINO's C API (2026) that is used, declared here so that building needs no OpenVINO. Names, values and
 * structs are those of its headers.
 */
#ifndef VT_ENCODE_OPENVINO_API_H
#define VT_ENCODE_OPENVINO_API_H

#include <stddef.h>
#include <stdint.h>

enum { OV_OK = 0 };
typedef enum ov_type { OV_F32 = 4, OV_I64 = 10 } ov_type;

typedef struct ov_core ov_core;
typedef struct ov_model ov_model;
typedef struct ov_compiled_model ov_compiled_model;
typedef struct ov_infer_request ov_infer_request;
typedef struct ov_tensor ov_tensor;

typedef struct ov_shape {
    int64_t rank;
    int64_t *dims;
} ov_shape;

/* Rows: the function's name without "ov_", result, arguments. */
#define VT_OPENVINO_FUNCTIONS(F)                                                                                       \
    F(get_error_info, const char *, (int status))                                                                      \
    F(get_last_err_msg, const char *, (void))                                                                          \
    F(free, void, (const char *text))                                                                                  \
    F(core_create, int, (ov_core * *core))                                                                             \
    F(core_free, void, (ov_core * core))                                                                               \
    F(core_read_model, int, (const ov_core *core, const char *path, const char *weights, ov_model **model))            \
    F(core_compile_model, int,                                                                                         \
      (const ov_core *core, const ov_model *model, const char *device, size_t n, ov_compiled_model **out, ...))        \
    F(model_free, void, (ov_model * model))                                                                            \
    F(compiled_model_inputs_size, int, (const ov_compiled_model *model, size_t *n))                                    \
    F(compiled_model_create_infer_request, int, (const ov_compiled_model *model, ov_infer_request **request))          \
    F(compiled_model_free, void, (ov_compiled_model * model))                                                          \
    F(infer_request_set_tensor, int, (ov_infer_request * request, const char *name, const ov_tensor *tensor))          \
    F(infer_request_set_input_tensor, int, (ov_infer_request * request, const ov_tensor *tensor))                      \
    F(infer_request_get_output_tensor_by_index, int, (const ov_infer_request *request, size_t i, ov_tensor **tensor))  \
    F(infer_request_infer, int, (ov_infer_request * request))                                                          \
    F(infer_request_free, void, (ov_infer_request * request))                                                          \
    F(tensor_create_from_host_ptr, int, (ov_type type, ov_shape shape, void *data, ov_tensor **tensor))                \
    F(tensor_get_shape, int, (const ov_tensor *tensor, ov_shape *shape))                                               \
    F(tensor_get_element_type, int, (const ov_tensor *tensor, ov_type *type))                                          \
    F(tensor_data, int, (const ov_tensor *tensor, void **data))                                                        \
    F(tensor_free, void, (ov_tensor * tensor))                                                                         \
    F(shape_free, int, (ov_shape * shape))

#endif
