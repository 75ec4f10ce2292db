/*
 * Reading safetensors. Nothing in a file is believed before it is checked: length of the header, JSON, types, shapes,
 * offsets, and the checksum in files of ours. The file is mapped; a tensor off its natural boundary is copied.
 */
#include "math/safetensors.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/limits.h"
#include "math/safetensors_format.h"

enum { RANK_MAX = 8 };

typedef struct entry {
    const char *name; /* borrowed from the JSON reader */
    const char *dtype;
    size_t element; /* bytes */
    size_t rank;
    int64_t shape[RANK_MAX];
    uint64_t begin, end; /* in the data */
    void *aligned;       /* a copy where the file's bytes are off the boundary */
} entry;

struct vt_safetensors {
    vt_mapping mapping;
    vt_json_reader *reader;
    yyjson_val *metadata;
    entry *entries;
    size_t n;
    const unsigned char *data;
    size_t data_bytes;
    char *path;
    const char *prefix; /* of the names asked for */
    bool borrows;       /* all of another one */
};

/* Bytes of an element of a type of the format, 0 for an unknown one. */
static size_t element_bytes(const char *dtype)
{
    static const struct {
        const char *name;
        size_t bytes;
    } types[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8},     {"I32", 4},     {"I16", 2}, {"I8", 1},
                 {"U64", 8}, {"U32", 4}, {"U16", 2}, {"U8", 1},   {"F8_E4M3", 1}, {"F8_E5M2", 1}, {"BOOL", 1}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, dtype) == 0) {
            return types[i].bytes;
        }
    }
    return 0;
}

void vt_safetensors_close(vt_safetensors *file)
{
    if (file != NULL && file->borrows) {
        vt_free(file);
    } else if (file != NULL) {
        for (size_t i = 0; i < file->n; i++) {
            vt_free(file->entries[i].aligned);
        }
        vt_free(file->entries);
        vt_json_reader_free(file->reader);
        vt_file_unmap(&file->mapping);
        vt_free(file->path);
        vt_free(file);
    }
}

bool vt_safetensors_copy(void *out, const vt_safetensors *file, const void *at, size_t n)
{
    uintptr_t begin = (uintptr_t)file->data, from = (uintptr_t)at;
    if (from < begin || from - begin >= file->data_bytes) {
        return false;
    }
    vt_file_copy(out, &file->mapping, at, n);
    return true;
}

void vt_safetensors_let_go(const vt_safetensors *file)
{
    vt_file_let_go(&file->mapping);
}

static int read_shape(entry *e, yyjson_val *shape, uint64_t *elements, const char *path, vt_error *err)
{
    if (!yyjson_is_arr(shape) || yyjson_arr_size(shape) > RANK_MAX) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: the shape of tensor \"%s\" is not a list of at most %d numbers", path,
                       e->name, RANK_MAX);
    }
    *elements = 1;
    e->rank = yyjson_arr_size(shape);
    for (size_t k = 0; k < e->rank; k++) {
        yyjson_val *extent = yyjson_arr_get(shape, k);
        if (!yyjson_is_uint(extent) || yyjson_get_uint(extent) > INT64_MAX ||
            __builtin_mul_overflow(*elements, yyjson_get_uint(extent), elements)) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s: the shape of tensor \"%s\" is not made of counts", path, e->name);
        }
        e->shape[k] = (int64_t)yyjson_get_uint(extent);
    }
    return VT_OK;
}

static int read_entry(entry *e, yyjson_val *key, yyjson_val *value, const vt_safetensors *file, vt_error *err)
{
    e->name = yyjson_get_str(key);
    e->dtype = yyjson_get_str(yyjson_obj_get(value, "dtype"));
    e->element = e->dtype == NULL ? 0 : element_bytes(e->dtype);
    if (e->element == 0) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" has no known dtype", file->path, e->name);
    }
    uint64_t elements = 0, bytes = 0;
    int status = read_shape(e, yyjson_obj_get(value, "shape"), &elements, file->path, err);
    if (status != VT_OK) {
        return status;
    }
    yyjson_val *offsets = yyjson_obj_get(value, "data_offsets");
    yyjson_val *begin = yyjson_arr_get(offsets, 0), *end = yyjson_arr_get(offsets, 1);
    if (!yyjson_is_arr(offsets) || yyjson_arr_size(offsets) != 2 || !yyjson_is_uint(begin) || !yyjson_is_uint(end)) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" has no data_offsets", file->path, e->name);
    }
    e->begin = yyjson_get_uint(begin);
    e->end = yyjson_get_uint(end);
    if (e->begin > e->end || e->end > file->data_bytes) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" reaches past the end of the file; is it truncated?",
                       file->path, e->name);
    }
    if (__builtin_mul_overflow(elements, (uint64_t)e->element, &bytes) || bytes != e->end - e->begin) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: the shape of tensor \"%s\" does not fit its data", file->path,
                       e->name);
    }
    return VT_OK;
}

static int by_begin(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->begin != y->begin) {
        return x->begin < y->begin ? -1 : 1;
    }
    return (x->end > y->end) - (x->end < y->end);
}

static int read_entries(vt_safetensors *file, yyjson_val *root, vt_error *err)
{
    size_t count = yyjson_obj_size(root);
    file->entries = vt_alloc_zero(count, sizeof *file->entries, err);
    if (file->entries == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t i, max;
    yyjson_val *key, *value;
    yyjson_obj_foreach(root, i, max, key, value)
    {
        if (strcmp(yyjson_get_str(key), "__metadata__") == 0) {
            if (!yyjson_is_obj(value)) {
                return vt_fail(err, VT_ERR_CORRUPT, "%s: its metadata is not an object", file->path);
            }
            file->metadata = value;
            continue;
        }
        int status = read_entry(&file->entries[file->n], key, value, file, err);
        if (status != VT_OK) {
            return status;
        }
        file->n++;
    }
    if (file->n > 0) {
        qsort(file->entries, file->n, sizeof *file->entries, by_begin);
    }
    uint64_t covered = 0;
    for (size_t e = 0; e < file->n; e++) {
        const entry *tensor = &file->entries[e];
        if (tensor->begin != covered) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" %s", file->path, tensor->name,
                           tensor->begin < covered ? "overlaps another" : "leaves a hole before it");
        }
        covered = tensor->end;
    }
    if (covered != file->data_bytes) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: %zu bytes stand behind the last tensor", file->path,
                       (size_t)(file->data_bytes - covered));
    }
    return VT_OK;
}

static int check_sum(const vt_safetensors *file, const char *header, size_t header_bytes, vt_error *err)
{
    static const char prefix[] = VT_CHECKSUM_PREFIX;
    size_t start = sizeof prefix - 1, digits = 2 * VT_CHECKSUM_BYTES;
    if (header_bytes < start + digits || memcmp(header, prefix, start) != 0) {
        return VT_OK; /* not one of ours */
    }
    unsigned char sum[VT_CHECKSUM_BYTES];
    char text[2 * VT_CHECKSUM_BYTES + 1];
    vt_digest digest;
    vt_digest_init(&digest, sizeof sum);
    vt_digest_add(&digest, file->mapping.data, 8 + start);
    vt_digest_add(&digest, VT_CHECKSUM_ZEROS, digits);
    vt_digest_add(&digest, header + start + digits, header_bytes - start - digits + file->data_bytes);
    vt_digest_done(&digest, sum, sizeof sum);
    vt_hex(text, sum, sizeof sum);
    if (memcmp(text, header + start, digits) != 0) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s is damaged: its checksum does not fit; make it again", file->path);
    }
    return VT_OK;
}

static int align_entries(vt_safetensors *file, vt_error *err)
{
    for (size_t i = 0; i < file->n; i++) {
        entry *e = &file->entries[i];
        if ((uintptr_t)(file->data + e->begin) % e->element != 0 && e->end > e->begin) {
            e->aligned = vt_alloc_aligned((size_t)(e->end - e->begin), 1, err);
            if (e->aligned == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            memcpy(e->aligned, file->data + e->begin, (size_t)(e->end - e->begin));
        }
    }
    return VT_OK;
}

static int read_header(vt_safetensors *file, vt_error *err)
{
    if (file->mapping.size < 8) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is not a safetensors file: it has %zu bytes", file->path,
                       file->mapping.size);
    }
    uint64_t header_bytes = 0;
    for (int i = 7; i >= 0; i--) {
        header_bytes = header_bytes << 8 | file->mapping.data[i];
    }
    if (header_bytes > VT_MODEL_HEADER_BYTES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT,
                       "%s is not a safetensors file, or its header has more than the %zu bytes that are read",
                       file->path, VT_MODEL_HEADER_BYTES_MAX);
    }
    if (header_bytes > file->mapping.size - 8) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s is truncated: its header ends behind the end of the file", file->path);
    }
    const char *header = (const char *)file->mapping.data + 8;
    file->data = file->mapping.data + 8 + header_bytes;
    file->data_bytes = file->mapping.size - 8 - (size_t)header_bytes;
    yyjson_val *root = NULL;
    vt_error inner = VT_ERROR_INIT;
    int status = vt_json_read(file->reader, (vt_str){header, (size_t)header_bytes}, &root, &inner);
    if (status == VT_ERR_FORMAT) {
        return vt_fail_at(err, VT_ERR_FORMAT, inner.position, "%s is not a safetensors file: %s", file->path,
                          inner.message);
    }
    if (status != VT_OK) {
        return vt_fail(err, (vt_code)status, "%s: %s", file->path, inner.message);
    }
    if (!yyjson_is_obj(root)) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is not a safetensors file: its header is not an object", file->path);
    }
    /* The checksum last: a short file is better told from its offsets than from its sum. */
    status = read_entries(file, root, err);
    if (status == VT_OK) {
        status = check_sum(file, header, (size_t)header_bytes, err);
    }
    return status == VT_OK ? align_entries(file, err) : status;
}

int vt_safetensors_open(vt_safetensors **out, const char *path, vt_error *err)
{
    vt_safetensors *file = vt_alloc_zero(1, sizeof *file, err);
    if (file == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_ERR_NO_MEMORY;
    file->path = vt_strndup(path, strlen(path), err);
    if (file->path != NULL) {
        status = vt_json_reader_create(&file->reader, err);
    }
    if (status == VT_OK) {
        status = vt_file_map(&file->mapping, path, err);
    }
    if (status == VT_OK) {
        status = read_header(file, err);
    }
    if (status == VT_OK) {
        *out = file;
        file = NULL;
    }
    vt_safetensors_close(file);
    return status;
}

const char *vt_safetensors_metadata(const vt_safetensors *file, const char *name)
{
    return yyjson_get_str(yyjson_obj_get(file->metadata, name));
}

int vt_safetensors_within(vt_safetensors **out, const vt_safetensors *file, const char *prefix, vt_error *err)
{
    vt_safetensors *view = vt_alloc(1, sizeof *view, err);
    if (view == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *view = *file;
    view->prefix = prefix;
    view->borrows = true;
    *out = view;
    return VT_OK;
}

int vt_safetensors_tensor(const vt_safetensors *file, const char *name, vt_dtype dtype, size_t rank, int64_t rows,
                          int64_t columns, vt_tensor *out, vt_error *err)
{
    const entry *e = NULL;
    size_t skip = file->prefix == NULL ? 0 : strlen(file->prefix);
    for (size_t i = 0; i < file->n && e == NULL; i++) {
        const char *full = file->entries[i].name;
        bool found = (skip == 0 || strncmp(full, file->prefix, skip) == 0) && strcmp(full + skip, name) == 0;
        e = found ? &file->entries[i] : NULL;
    }
    if (e == NULL) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s has no tensor \"%s\"", file->path, name);
    }
    if (strcmp(e->dtype, vt_dtype_name(dtype)) != 0) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" is of type %s; %s is expected", file->path, name,
                       e->dtype, vt_dtype_name(dtype));
    }
    if (e->rank != rank || (rows >= 0 && e->shape[0] != rows) ||
        (rank == 2 && columns >= 0 && e->shape[1] != columns)) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s: tensor \"%s\" does not have the shape that is expected", file->path,
                       name);
    }
    *out = (vt_tensor){e->name,
                       dtype,
                       rank,
                       {e->shape[0], rank == 2 ? e->shape[1] : 1},
                       e->aligned != NULL ? e->aligned : (const void *)(file->data + e->begin)};
    return VT_OK;
}
