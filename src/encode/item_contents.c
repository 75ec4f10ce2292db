/*
 * Which contents the items of a shop have. The table is written when a run is through, and
 * a small file beside it says whose table is read: a shop whose encoder was changed is searched with the old vectors
 * until all new ones are there.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "dataset/ids.h"
#include "encode/vectors_format.h"

enum { NOTE_BYTES_MAX = 1 << 16, DIMENSIONS_MAX = 1 << 16 };

static int table_path(char out[PATH_MAX], const char *shop, vt_encoder_kind kind, const char *hash, vt_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "embeddings/%s-%.16s-items.safetensors", vt_encoder_kind_name(kind), hash);
    return vt_path_join(out, PATH_MAX, shop, name, err);
}

static int note_path(char out[PATH_MAX], const char *shop, vt_encoder_kind kind, vt_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "embeddings/%s.json", vt_encoder_kind_name(kind));
    return vt_path_join(out, PATH_MAX, shop, name, err);
}

/* Notes the encoder used last. */
static int write_note(const char *shop, vt_encoder_kind kind, const char *encoder, const char *hash, size_t d,
                      vt_error *err)
{
    char path[PATH_MAX];
    vt_json_writer w;
    vt_buf text;
    vt_buf_init(&text, NOTE_BYTES_MAX);
    vt_json_writer_init(&w, &text, true);
    vt_json_object(&w, NULL);
    vt_json_int(&w, "format", 1);
    vt_json_text(&w, "encoder", vt_str_of(encoder));
    vt_json_text(&w, "hash", vt_str_of(hash));
    vt_json_int(&w, "dimensions", (int64_t)d);
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, err);
    if (status == VT_OK) {
        status = note_path(path, shop, kind, err);
    }
    if (status == VT_OK) {
        status = vt_file_put(path, text.data, text.len, true, err);
    }
    vt_buf_done(&text);
    return status;
}

int vt_item_contents_write(const char *shop, vt_encoder_kind kind, const char *encoder, const char *hash, size_t d,
                           const vt_item_contents *contents, vt_error *err)
{
    char path[PATH_MAX];
    const vt_ids *ids = &contents->ids, *photo = &contents->photo;
    int64_t n = ids->n, p = contents->ptr[n];
    const vt_text_pair metadata[] = {{"format", "vitrine-items"},
                                     {"version", VT_EMBEDDINGS_VERSION},
                                     {"kind", vt_encoder_kind_name(kind)},
                                     {"hash", hash}};
    const vt_tensor tensors[] = {
        {"item.offset", VT_I64, 1, {n + 1, 1}, ids->offset},
        {"item.text", VT_U8, 1, {ids->offset[n], 1}, ids->text},
        {"item.ptr", VT_I64, 1, {n + 1, 1}, contents->ptr},
        {"key", VT_U8, 2, {p, sizeof(vt_content_key)}, contents->key},
        {"photo.offset", VT_I64, 1, {p + 1, 1}, photo->offset},
        {"photo.text", VT_U8, 1, {photo->offset[p], 1}, photo->text},
    };
    int status = vt_path_join(path, sizeof path, shop, "embeddings", err);
    if (status == VT_OK) {
        status = vt_dir_create(path, err);
    }
    if (status == VT_OK) {
        status = table_path(path, shop, kind, hash, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_write(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                      sizeof metadata / sizeof *metadata, err);
    }
    return status == VT_OK ? write_note(shop, kind, encoder, hash, d, err) : status;
}

/* Encoder, hash and dimensions out of the note. */
static int parse_note(vt_contents *out, vt_str text, const char *path, vt_error *err)
{
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    vt_error inner = VT_ERROR_INIT;
    int status = vt_json_reader_create(&reader, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_json_read(reader, text, &root, &inner);
    if (status == VT_ERR_NO_MEMORY) {
        vt_json_reader_free(reader);
        return vt_fail(err, VT_ERR_NO_MEMORY, "%s: %s", path, inner.message);
    }
    vt_str encoder = vt_json_str(root, "encoder"), hash = vt_json_str(root, "hash");
    int64_t d = yyjson_get_sint(yyjson_obj_get(root, "dimensions"));
    if (status == VT_OK && yyjson_get_sint(yyjson_obj_get(root, "format")) > 1) {
        status =
            vt_fail(err, VT_ERR_VERSION, "%s was written by a newer Vitrine; update, or run \"vitrine encode\"", path);
    } else if (status != VT_OK || encoder.ptr == NULL || hash.len != 64 || strspn(hash.ptr, "0123456789abcdef") != 64 ||
               d < 1 || d > DIMENSIONS_MAX) {
        status = vt_fail(err, VT_ERR_CORRUPT, "%s is damaged; remove it and run \"vitrine encode\"", path);
    } else {
        snprintf(out->hash, sizeof out->hash, "%s", hash.ptr);
        out->d = (size_t)d;
        out->encoder = vt_strndup(encoder.ptr, encoder.len, err);
        status = out->encoder == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    vt_json_reader_free(reader);
    return status;
}

static int read_note(vt_contents *out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    char path[PATH_MAX];
    char *text = NULL;
    size_t size = 0;
    int status = note_path(path, shop, kind, err);
    if (status != VT_OK) {
        return status;
    }
    if (!vt_file_exists(path)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "the shop %s has no %s vectors; \"vitrine --shop %s encode\" makes them",
                       shop, vt_encoder_kind_name(kind), shop);
    }
    status = vt_file_read(&text, &size, path, NOTE_BYTES_MAX, err);
    if (status == VT_OK) {
        status = parse_note(out, (vt_str){text, size}, path, err);
    }
    vt_free(text);
    return status;
}

/* Reads the table and checks every index in it. */
static int read_table(vt_item_contents *out, const vt_safetensors *file, const char *path, vt_error *err)
{
    vt_tensor ptr, key;
    int status = vt_embeddings_ids(&out->ids, file, path, "item.offset", "item.text", true, err);
    if (status == VT_OK) {
        status = vt_embeddings_ids(&out->photo, file, path, "photo.offset", "photo.text", false, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "item.ptr", VT_I64, 1, (int64_t)out->ids.n + 1, 0, &ptr, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "key", VT_U8, 2, out->photo.n, sizeof(vt_content_key), &key, err);
    }
    if (status != VT_OK) {
        return status;
    }
    out->ptr = ptr.data;
    out->key = key.data;
    return vt_pointers_hold(out->ptr, out->ids.n, (uint64_t)out->photo.n)
               ? VT_OK
               : vt_fail(err, VT_ERR_CORRUPT, "%s: its items are not in order; remove it and run \"vitrine encode\"",
                         path);
}

void vt_contents_close(vt_contents *contents)
{
    if (contents != NULL) {
        vt_safetensors_close(contents->storage);
        vt_free(contents->encoder);
        vt_free(contents);
    }
}

int vt_contents_open(vt_contents **out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    char path[PATH_MAX];
    vt_safetensors *file = NULL;
    vt_contents *contents = vt_alloc_zero(1, sizeof *contents, err);
    if (contents == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = read_note(contents, shop, kind, err);
    if (status == VT_OK) {
        status = table_path(path, shop, kind, contents->hash, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_open(&file, path, err);
    }
    if (status == VT_OK) {
        contents->storage = file;
        status = vt_embeddings_check(file, path, "vitrine-items", kind, contents->hash, err);
    }
    if (status == VT_OK) {
        status = read_table(&contents->table, file, path, err);
    }
    if (status != VT_OK) {
        vt_contents_close(contents);
        return status;
    }
    *out = contents;
    return VT_OK;
}
