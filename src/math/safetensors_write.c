/*
 * Writing safetensors. Tensors are laid out by size of element, largest first, behind a header padded to 64 bytes: so
 * each stands on its natural boundary and there are no holes, which the format forbids. The checksum covers the whole
 * file with its own digits read as zeros, so a flipped bit in the header is found as well as one in the data.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "math/safetensors.h"
#include "math/safetensors_format.h"

size_t vt_dtype_bytes(vt_dtype dtype)
{
    static const size_t bytes[] = {[VT_F32] = 4, [VT_F64] = 8, [VT_I32] = 4, [VT_I64] = 8, [VT_U8] = 1, [VT_I8] = 1};
    return bytes[dtype];
}

const char *vt_dtype_name(vt_dtype dtype)
{
    static const char *const names[] = {
        [VT_F32] = "F32", [VT_F64] = "F64", [VT_I32] = "I32", [VT_I64] = "I64", [VT_U8] = "U8", [VT_I8] = "I8"};
    return names[dtype];
}

static int64_t tensor_bytes(const vt_tensor *tensor)
{
    return tensor->shape[0] * (tensor->rank == 2 ? tensor->shape[1] : 1) * (int64_t)vt_dtype_bytes(tensor->dtype);
}

/* Indices of the tensors by falling size of element, otherwise in the order given. */
static void layout(size_t *order, const vt_tensor *tensors, size_t n)
{
    size_t placed = 0;
    for (size_t bytes = 8; bytes > 0; bytes /= 2) {
        for (size_t i = 0; i < n; i++) {
            if (vt_dtype_bytes(tensors[i].dtype) == bytes) {
                order[placed++] = i;
            }
        }
    }
}

static int write_header(vt_buf *header, const vt_tensor *tensors, const size_t *order, size_t n,
                        const vt_text_pair *metadata, size_t n_metadata, vt_error *err)
{
    vt_json_writer json;
    vt_json_writer_init(&json, header, false);
    vt_json_object(&json, NULL);
    vt_json_object(&json, "__metadata__");
    vt_json_text(&json, VT_CHECKSUM_NAME, vt_str_of(VT_CHECKSUM_ZEROS));
    for (size_t i = 0; i < n_metadata; i++) {
        vt_json_text(&json, metadata[i].name, vt_str_of(metadata[i].value));
    }
    vt_json_object_end(&json);
    int64_t offset = 0;
    for (size_t i = 0; i < n; i++) {
        const vt_tensor *tensor = &tensors[order[i]];
        vt_json_object(&json, tensor->name);
        vt_json_text(&json, "dtype", vt_str_of(vt_dtype_name(tensor->dtype)));
        vt_json_array(&json, "shape");
        for (size_t k = 0; k < tensor->rank; k++) {
            vt_json_int(&json, NULL, tensor->shape[k]);
        }
        vt_json_array_end(&json);
        vt_json_array(&json, "data_offsets");
        vt_json_int(&json, NULL, offset);
        offset += tensor_bytes(tensor);
        vt_json_int(&json, NULL, offset);
        vt_json_array_end(&json);
        vt_json_object_end(&json);
    }
    vt_json_object_end(&json);
    int status = vt_json_writer_done(&json, err);
    while (status == VT_OK && (header->len + 8) % 64 != 0) {
        status = vt_buf_add(header, " ", 1, err);
    }
    return status;
}

static void little_endian(unsigned char bytes[8], uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(value >> (8 * i));
    }
}

int vt_safetensors_write(const char *path, const vt_tensor *tensors, size_t n_tensors, const vt_text_pair *metadata,
                         size_t n_metadata, vt_error *err)
{
    vt_file_writer *writer = NULL;
    vt_buf header;
    vt_buf_init(&header, VT_MODEL_HEADER_BYTES_MAX);
    int status = VT_ERR_NO_MEMORY;
    size_t *order = vt_alloc(n_tensors, sizeof *order, err);
    if (order == NULL) {
        goto out;
    }
    layout(order, tensors, n_tensors);
    status = write_header(&header, tensors, order, n_tensors, metadata, n_metadata, err);
    if (status != VT_OK) {
        goto out;
    }
    unsigned char length[8], sum[VT_CHECKSUM_BYTES];
    little_endian(length, header.len);
    vt_digest digest;
    vt_digest_init(&digest, sizeof sum);
    vt_digest_add(&digest, length, sizeof length);
    vt_digest_add(&digest, header.data, header.len);
    for (size_t i = 0; i < n_tensors; i++) {
        vt_digest_add(&digest, tensors[order[i]].data, (size_t)tensor_bytes(&tensors[order[i]]));
    }
    vt_digest_done(&digest, sum, sizeof sum);
    char digits[2 * VT_CHECKSUM_BYTES + 1];
    vt_hex(digits, sum, sizeof sum);
    memcpy(header.data + strlen(VT_CHECKSUM_PREFIX), digits, 2 * sizeof sum);
    status = vt_file_writer_open(&writer, path, err);
    if (status == VT_OK) {
        status = vt_file_write(writer, length, sizeof length, err);
    }
    if (status == VT_OK) {
        status = vt_file_write(writer, header.data, header.len, err);
    }
    for (size_t i = 0; status == VT_OK && i < n_tensors; i++) {
        status = vt_file_write(writer, tensors[order[i]].data, (size_t)tensor_bytes(&tensors[order[i]]), err);
    }
    if (status == VT_OK) {
        status = vt_file_writer_commit(writer, err);
        writer = NULL;
    }
out:
    vt_file_writer_abort(writer);
    vt_buf_done(&header);
    vt_free(order);
    return status;
}
