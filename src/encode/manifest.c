/*
 * Reading a manifest. All of it that decides a vector goes into the encoder's hash, together with the hashes of the
 * files and a number for this code's own part (cleaning, resizing): vectors of one hash may be compared.
 */
#include "encode/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/paths.h"

enum {
    FORMAT = 1,
    OWN_PART = 1, /* grows when cleaning, joining or resizing changes what a network is given */
    MANIFEST_BYTES_MAX = 1 << 20,
    DIMENSIONS_MAX = 1 << 16,
    LENGTH_MAX = 1024,
    SIDE_MAX = 1024,
    FILES_MAX = 64
};

const char *vt_encoders_folder(void)
{
    const char *given = getenv("VITRINE_ENCODERS");
    if (given != NULL && given[0] != '\0') {
        return given;
    }
    return vt_dir_exists(VT_SOURCE_FOLDER) ? VT_SOURCE_FOLDER "/encoders" : VT_DATA_FOLDER "/encoders";
}

int vt_manifest_path(char out[PATH_MAX], const vt_manifest *manifest, const char *file, vt_error *err)
{
    return vt_path_join(out, PATH_MAX, manifest->folder, file, err);
}

/* A sentence about a manifest. */
static int wrong(vt_error *err, const vt_manifest *m, const char *what)
{
    return vt_fail(err, VT_ERR_FORMAT, "%s/manifest.json: %s; make the encoder again with \"vitrine encoder add\"",
                   m->folder, what);
}

/* Copies a text of the manifest; false when it is missing or too long. */
static bool take_text(char *out, size_t size, yyjson_val *object, const char *key)
{
    vt_str text = vt_json_str(object, key);
    int n = text.ptr == NULL ? -1 : snprintf(out, size, "%.*s", VT_STR_ARGS(text));
    return n >= 0 && (size_t)n < size;
}

/* A whole number in [least, most]. */
static bool take_int(int *out, yyjson_val *object, const char *key, int least, int most)
{
    yyjson_val *value = yyjson_obj_get(object, key);
    int64_t number = yyjson_is_int(value) ? yyjson_get_sint(value) : (int64_t)least - 1;
    if (number < least || number > most) {
        return false;
    }
    *out = (int)number;
    return true;
}

static bool take_three(float out[3], yyjson_val *object, const char *key, bool positive)
{
    yyjson_val *list = yyjson_obj_get(object, key);
    for (size_t i = 0; i < 3; i++) {
        yyjson_val *value = yyjson_arr_get(list, i);
        double number = yyjson_get_num(value);
        if (!yyjson_is_num(value) || number < (positive ? 1e-6 : -1e6) || number > 1e6) {
            return false;
        }
        out[i] = (float)number;
    }
    return yyjson_arr_size(list) == 3;
}

static int read_recipe(vt_manifest *m, yyjson_val *root, vt_error *err)
{
    yyjson_val *object = yyjson_obj_get(root, "preprocess");
    vt_image_recipe *r = &m->recipe;
    char fit[16] = "";
    if (!take_int(&r->size, object, "size", 8, SIDE_MAX) ||
        !take_int(&r->resize, object, "resize", r->size, 4 * SIDE_MAX)) {
        return wrong(err, m, "\"preprocess\" needs \"size\" and \"resize\" (not under size), in pixels");
    }
    bool known =
        take_text(fit, sizeof fit, object, "fit") && (strcmp(fit, "crop") == 0 || strcmp(fit, "letterbox") == 0);
    if (!known) {
        return wrong(err, m, "\"fit\" is not crop or letterbox");
    }
    r->fit = strcmp(fit, "crop") == 0 ? VT_IMAGE_CROP : VT_IMAGE_LETTERBOX;
    if (!take_three(r->mean, object, "mean", false) || !take_three(r->deviation, object, "deviation", true)) {
        return wrong(err, m, "\"mean\" or \"deviation\" is not of three numbers (deviation above 0)");
    }
    return VT_OK;
}

static int read_kind(vt_manifest *m, yyjson_val *root, vt_error *err)
{
    char kind[16] = "", pooling[16] = "none";
    take_text(kind, sizeof kind, root, "kind");
    if (strcmp(kind, "image") == 0) {
        m->info.kind = VT_ENCODER_IMAGE;
        return read_recipe(m, root, err);
    }
    if (strcmp(kind, "text") != 0) {
        return wrong(err, m, "\"kind\" is not text or image");
    }
    m->info.kind = VT_ENCODER_TEXT;
    if (!take_int(&m->info.max_length, root, "max_length", 2, LENGTH_MAX)) {
        return wrong(err, m, "\"max_length\" is no number of tokens from 2 to 1024");
    }
    take_text(pooling, sizeof pooling, root, "pooling");
    m->pooling = strcmp(pooling, "mean") == 0  ? VT_POOLING_MEAN
                 : strcmp(pooling, "cls") == 0 ? VT_POOLING_CLS
                                               : VT_POOLING_NONE;
    if (m->pooling == VT_POOLING_NONE && strcmp(pooling, "none") != 0) {
        return wrong(err, m, "\"pooling\" is not mean, cls or none");
    }
    yyjson_val *lower = yyjson_obj_get(root, "lower_case");
    m->lower_case = lower == NULL || yyjson_get_bool(lower);
    return VT_OK;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The list of files: plain names, each with its hash; the network and the vocabulary are among them. */
static int read_files(vt_manifest *m, yyjson_val *root, vt_error *err)
{
    yyjson_val *files = yyjson_obj_get(root, "files");
    const char *names[FILES_MAX];
    size_t n = 0, i, max;
    yyjson_val *key, *value;
    if (!yyjson_is_obj(files) || yyjson_obj_size(files) > FILES_MAX) {
        return wrong(err, m, "\"files\" is not a table of names and sha256 hashes");
    }
    yyjson_obj_foreach(files, i, max, key, value)
    {
        const char *name = yyjson_get_str(key), *hash = yyjson_get_str(value);
        if (strchr(name, '/') != NULL || strlen(name) >= sizeof m->network || name[0] == '.' || name[0] == '\0' ||
            strchr(name, '\n') != NULL || hash == NULL || strlen(hash) != 64 ||
            strspn(hash, "0123456789abcdef") != 64) {
            return wrong(err, m, "\"files\" holds what is no plain name of a file with its sha256 hash");
        }
        names[n++] = name;
    }
    qsort(names, n, sizeof *names, by_text);
    for (i = 0; i < n; i++) {
        int status =
            vt_buf_printf(&m->files, err, "%s %s\n", yyjson_get_str(yyjson_obj_get(files, names[i])), names[i]);
        if (status != VT_OK) {
            return status;
        }
        if (ends_with(names[i], ".xml") || ends_with(names[i], ".onnx")) {
            snprintf(m->network, sizeof m->network, "%s", names[i]);
        } else if (strcmp(names[i], "vocab.txt") == 0) {
            snprintf(m->vocabulary, sizeof m->vocabulary, "%s", names[i]);
        }
    }
    if (m->network[0] == '\0' || (m->info.kind == VT_ENCODER_TEXT && m->vocabulary[0] == '\0')) {
        return wrong(err, m, "\"files\" lacks a network (.xml or .onnx) or, for texts, vocab.txt");
    }
    return VT_OK;
}

/* The encoder's hash. */
static int make_hash(vt_manifest *m, vt_error *err)
{
    vt_buf text;
    unsigned char sum[32];
    const vt_image_recipe *r = &m->recipe;
    vt_buf_init(&text, MANIFEST_BYTES_MAX);
    int status = vt_buf_printf(&text, err, "%d %d %d %d %d %d %d\n", OWN_PART, (int)m->info.kind, m->info.dimensions,
                               (int)m->pooling, m->info.max_length, m->lower_case, (int)r->fit);
    if (status == VT_OK) {
        status = vt_buf_printf(&text, err, "%d %d %a %a %a %a %a %a\n", r->size, r->resize, (double)r->mean[0],
                               (double)r->mean[1], (double)r->mean[2], (double)r->deviation[0], (double)r->deviation[1],
                               (double)r->deviation[2]);
    }
    if (status == VT_OK) {
        status = vt_buf_add(&text, m->files.data, m->files.len, err);
    }
    if (status == VT_OK && m->bf16) { /* the files are those of the encoder in 32-bit floats */
        status = vt_buf_printf(&text, err, "bf16\n");
    }
    if (status == VT_OK) {
        vt_sha256(sum, text.data, text.len);
        vt_hex(m->hash, sum, sizeof sum);
    }
    vt_buf_done(&text);
    return status;
}

static int read_root(vt_manifest *m, yyjson_val *root, vt_error *err)
{
    int format = 0;
    if (!take_int(&format, root, "format", 1, INT_MAX)) {
        return wrong(err, m, "\"format\" is missing");
    }
    if (format > FORMAT) {
        return vt_fail(err, VT_ERR_VERSION, "%s/manifest.json was written by a newer Vitrine (format %d); update",
                       m->folder, format);
    }
    if (!take_int(&m->info.dimensions, root, "dimensions", 1, DIMENSIONS_MAX)) {
        return wrong(err, m, "\"dimensions\" is no number from 1 to 65536");
    }
    if (!take_text(m->title, sizeof m->title, root, "title")) {
        snprintf(m->title, sizeof m->title, "%s", "");
    }
    take_text(m->licence, sizeof m->licence, root, "licence");
    take_text(m->precision, sizeof m->precision, root, "precision");
    m->bf16 = strcmp(m->precision, "bf16") == 0;
    int status = read_kind(m, root, err);
    if (status == VT_OK) {
        status = read_files(m, root, err);
    }
    return status == VT_OK ? make_hash(m, err) : status;
}

static int read_manifest(vt_manifest *m, const char *path, vt_error *err)
{
    char *text = NULL;
    size_t size = 0;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    vt_error inner = VT_ERROR_INIT;
    int status = vt_file_read(&text, &size, path, MANIFEST_BYTES_MAX, err);
    if (status == VT_OK) {
        status = vt_json_reader_create(&reader, err);
    }
    if (status == VT_OK) {
        status = vt_json_read(reader, (vt_str){text, size}, &root, &inner);
        if (status != VT_OK) {
            vt_fail(err, (vt_code)status, "%s: %s", path, inner.message);
        }
    }
    if (status == VT_OK) {
        status = read_root(m, root, err);
    }
    vt_json_reader_free(reader);
    vt_free(text);
    return status;
}

typedef struct naming {
    char names[256];
    size_t len;
} naming;

static int add_name(void *context, const char *name)
{
    naming *n = context;
    int added = name[0] == '.'
                    ? 0
                    : snprintf(n->names + n->len, sizeof n->names - n->len, "%s%s", n->len == 0 ? "" : ", ", name);
    n->len = added < 0 || n->len + (size_t)added >= sizeof n->names ? n->len : n->len + (size_t)added;
    return 0;
}

static int not_there(const char *name, vt_error *err)
{
    const char *folder = vt_encoders_folder();
    naming n = {"", 0};
    if (vt_dir_exists(folder)) {
        vt_dir_list(folder, add_name, &n, NULL);
    }
    if (n.len == 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no encoder \"%s\": %s holds none; script/setup builds the default ones, "
                       "\"vitrine encoder add\" takes others",
                       name, folder);
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "there is no encoder \"%s\"; in %s there are: %s", name, folder, n.names);
}

int vt_manifest_open(vt_manifest **out, const char *name, vt_error *err)
{
    char path[PATH_MAX];
    vt_manifest *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&m->files, MANIFEST_BYTES_MAX);
    int status = VT_OK;
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
        status = realpath(name, m->folder) == NULL ? not_there(name, err) : VT_OK;
        snprintf(m->name, sizeof m->name, "%s", m->folder);
    } else {
        status = vt_path_join(m->folder, sizeof m->folder, vt_encoders_folder(), name, err);
        snprintf(m->name, sizeof m->name, "%s", name);
    }
    if (status == VT_OK) {
        status = vt_manifest_path(path, m, "manifest.json", err);
    }
    if (status == VT_OK) {
        status = vt_file_exists(path) ? read_manifest(m, path, err) : not_there(name, err);
    }
    if (status != VT_OK) {
        vt_manifest_close(m);
        return status;
    }
    m->info.name = m->name;
    m->info.folder = m->folder;
    m->info.title = m->title;
    m->info.licence = m->licence;
    m->info.hash = m->hash;
    m->info.precision = m->precision;
    m->info.image_size = m->info.kind == VT_ENCODER_IMAGE ? m->recipe.size : 0;
    m->info.image_crop = m->info.kind == VT_ENCODER_IMAGE && m->recipe.fit == VT_IMAGE_CROP;
    *out = m;
    return VT_OK;
}

void vt_manifest_close(vt_manifest *manifest)
{
    if (manifest != NULL) {
        vt_buf_done(&manifest->files);
        vt_free(manifest);
    }
}

/*
 * An ONNX file may say that weights are in another file: the entry "location" of a tensor. OpenVINO would follow it
 * anywhere, so only names that the manifest lists are let through.
 */
static int check_outside(const vt_manifest *m, const vt_mapping *onnx, const char *path, vt_error *err)
{
    static const char entry[] = "\x0a\x08location";
    const unsigned char *at = onnx->data, *end = onnx->data + onnx->size;
    while (at != NULL && (at = memmem(at, (size_t)(end - at), entry, sizeof entry - 1)) != NULL) {
        at += sizeof entry - 1;
        size_t len = end - at >= 2 && at[0] == 0x12 && at[1] < 128 && end - at - 2 >= at[1] ? at[1] : 0;
        char line[160];
        int n = snprintf(line, sizeof line, " %.*s\n", (int)len, len == 0 ? "" : (const char *)at + 2);
        if (len == 0 || n != (int)len + 2 || memmem(m->files.data, m->files.len, line, (size_t)n) == NULL) {
            return vt_fail(err, VT_ERR_CORRUPT,
                           "%s points to weights outside its folder (\"%.*s\") and is not used; save it with its "
                           "weights inside",
                           path, (int)len, len == 0 ? "" : (const char *)at + 2);
        }
    }
    return VT_OK;
}

/* One file against its hash. */
static int check_file(const vt_manifest *m, const char *hash, const char *name, vt_error *err)
{
    char path[PATH_MAX], found[65];
    unsigned char sum[32];
    vt_mapping file = {NULL, 0, -1};
    int status = vt_manifest_path(path, m, name, err);
    if (status == VT_OK) {
        status = vt_file_map(&file, path, err);
    }
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s is missing, which the manifest lists; make the encoder again", path);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_sha256(sum, file.data, file.size);
    vt_hex(found, sum, sizeof sum);
    if (memcmp(found, hash, 64) != 0) {
        status = vt_fail(err, VT_ERR_CORRUPT,
                         "%s is not the file of the manifest (its sha256 is %.12s..., %.12s... is expected); make the "
                         "encoder again",
                         path, found, hash);
    } else if (ends_with(name, ".onnx")) {
        status = check_outside(m, &file, path, err);
    }
    vt_file_unmap(&file);
    return status;
}

int vt_manifest_check(const vt_manifest *manifest, vt_error *err)
{
    int status = VT_OK;
    for (const char *line = manifest->files.data; status == VT_OK && *line != '\0';) {
        const char *end = strchr(line, '\n');
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)(end - line) - 65, line + 65);
        status = check_file(manifest, line, name, err);
        line = end + 1;
    }
    return status;
}
