/*
 * A set of vectors grows by whole segments, files that are never changed: a run that is killed keeps every segment it
 * wrote. Contents are known by their hash, so that neither a new order of items nor a new price encodes anything again.
 */
#include "encode/vectors.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "dataset/ids.h"
#include "encode/vectors_format.h"
#include "math/safetensors.h"

enum { SEGMENT_KEYS = 4096, TEXTS_CAP = 1 << 26 };

#define PENDING ((int64_t)-1)

/* A mapped segment. Entry e has vector row[e], or with a negative one reason number -1 - row[e]. */
typedef struct segment {
    vt_safetensors *file;
    int number; /* in its name */
    size_t n;   /* entries */
    const vt_content_key *key;
    const int32_t *row;
    const float *vector; /* (V, D) */
    vt_ids reasons;
} segment;

/* What is added but not written: a segment to be. */
typedef struct pending {
    size_t n, n_vectors;
    int32_t n_reasons;
    vt_content_key *key; /* (SEGMENT_KEYS) */
    int32_t *row;        /* (SEGMENT_KEYS) */
    float *vector;       /* (SEGMENT_KEYS, D) */
    int64_t *end;        /* (SEGMENT_KEYS + 1) of reasons, from 0 */
    vt_buf reasons;
} pending;

struct vt_vector_set {
    char folder[PATH_MAX];
    char hash[65];
    vt_encoder_kind kind;
    size_t d;
    vt_map *places; /* key to segment << 32 | entry, or PENDING */
    segment *segments;
    size_t n_segments, capacity;
    int next; /* number of the next segment */
    pending pending;
};

const char *vt_encoder_kind_name(vt_encoder_kind kind)
{
    return kind == VT_ENCODER_TEXT ? "text" : "image";
}

void vt_content_key_make(vt_content_key *out, const void *content, size_t size)
{
    vt_digest digest;
    vt_digest_init(&digest, sizeof out->bytes);
    vt_digest_add(&digest, content, size);
    vt_digest_done(&digest, out->bytes, sizeof out->bytes);
}

static vt_str key_text(const vt_content_key *key)
{
    return (vt_str){(const char *)key->bytes, sizeof key->bytes};
}

/* Path of the segment of that number. */
static int segment_path(char out[PATH_MAX], const vt_vector_set *set, int number, vt_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%.16s-%06d.safetensors", vt_encoder_kind_name(set->kind), set->hash, number);
    return vt_path_join(out, PATH_MAX, set->folder, name, err);
}

int vt_embeddings_check(const vt_safetensors *file, const char *path, const char *format, vt_encoder_kind kind,
                        const char *hash, vt_error *err)
{
    const char *is = vt_safetensors_metadata(file, "format");
    const char *version = vt_safetensors_metadata(file, "version");
    const char *of = vt_safetensors_metadata(file, "hash");
    const char *what = vt_safetensors_metadata(file, "kind");
    if (is == NULL || strcmp(is, format) != 0 || version == NULL || of == NULL || what == NULL ||
        vt_safetensors_metadata(file, "vitrine.checksum") == NULL) {
        return vt_fail(err, VT_ERR_CORRUPT, "%s is not what its name says; remove it and run \"vitrine encode\"", path);
    }
    if (strcmp(version, VT_EMBEDDINGS_VERSION) != 0) {
        return vt_fail(err, VT_ERR_VERSION,
                       "%s has version %.20s, this Vitrine reads %s; update, or remove it and run "
                       "\"vitrine encode\"",
                       path, version, VT_EMBEDDINGS_VERSION);
    }
    if (strcmp(of, hash) != 0 || strcmp(what, vt_encoder_kind_name(kind)) != 0) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "%s is of another encoder than its name says; remove it and run "
                       "\"vitrine encode\"",
                       path);
    }
    return VT_OK;
}

int vt_embeddings_ids(vt_ids *out, const vt_safetensors *file, const char *path, const char *offset, const char *text,
                      bool sorted, vt_error *err)
{
    return vt_ids_read(out, file, offset, text, sorted, path, "remove the file and run \"vitrine encode\"", err);
}

/* Reads the tensors of an open segment and checks every index in them. */
static int segment_read(segment *s, const vt_vector_set *set, const char *path, vt_error *err)
{
    vt_tensor key, row, vector;
    int status = vt_embeddings_check(s->file, path, "vitrine-vectors", set->kind, set->hash, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(s->file, "key", VT_U8, 2, -1, sizeof(vt_content_key), &key, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(s->file, "row", VT_I32, 1, key.shape[0], 0, &row, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_tensor(s->file, "vector", VT_F32, 2, -1, (int64_t)set->d, &vector, err);
    }
    if (status == VT_OK) {
        status = vt_embeddings_ids(&s->reasons, s->file, path, "reason.offset", "reason.text", false, err);
    }
    if (status != VT_OK) {
        return status;
    }
    s->n = (size_t)key.shape[0];
    s->key = key.data;
    s->row = row.data;
    s->vector = vector.data;
    for (size_t e = 0; e < s->n; e++) {
        if (s->row[e] >= vector.shape[0] || -1 - (int64_t)s->row[e] >= s->reasons.n) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s: row %d is not in it; remove the file and run \"vitrine encode\"",
                           path, s->row[e]);
        }
    }
    return VT_OK;
}

/* Maps a segment and notes its keys. */
static int segment_open(vt_vector_set *set, int number, vt_error *err)
{
    char path[PATH_MAX];
    segment s = {.number = number};
    if (set->n_segments == set->capacity) {
        size_t capacity = set->capacity == 0 ? 32 : 2 * set->capacity;
        segment *grown = vt_realloc(set->segments, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        set->segments = grown;
        set->capacity = capacity;
    }
    int status = segment_path(path, set, number, err);
    if (status == VT_OK) {
        status = vt_safetensors_open(&s.file, path, err);
    }
    if (status == VT_OK) {
        status = segment_read(&s, set, path, err);
        vt_safetensors_let_go(s.file); /* all of it was read for its checksum */
    }
    for (size_t e = 0; status == VT_OK && e < s.n; e++) {
        status = vt_map_set(set->places, key_text(&s.key[e]), (int64_t)(set->n_segments << 32 | e), err);
    }
    if (status != VT_OK) {
        vt_safetensors_close(s.file);
        return status;
    }
    set->segments[set->n_segments++] = s;
    return VT_OK;
}

typedef struct listing {
    vt_vector_set *set;
    char prefix[32];
    vt_error *err;
    int status;
} listing;

/* Opens an entry of the folder when it is a segment of this set. */
static int on_entry(void *context, const char *name)
{
    listing *l = context;
    size_t prefix = strlen(l->prefix);
    size_t digits = strncmp(name, l->prefix, prefix) == 0 ? strspn(name + prefix, "0123456789") : 0;
    if (digits == 0 || digits > 9 || strcmp(name + prefix + digits, ".safetensors") != 0) {
        return 0;
    }
    int number = 0;
    for (size_t i = 0; i < digits; i++) {
        number = 10 * number + (name[prefix + i] - '0');
    }
    l->status = segment_open(l->set, number, l->err);
    l->set->next = number >= l->set->next ? number + 1 : l->set->next;
    return l->status != VT_OK;
}

static int open_segments(vt_vector_set *set, vt_error *err)
{
    listing l = {.set = set, .err = err};
    snprintf(l.prefix, sizeof l.prefix, "%s-%.16s-", vt_encoder_kind_name(set->kind), set->hash);
    if (!vt_dir_exists(set->folder)) {
        return VT_OK;
    }
    int status = vt_dir_list(set->folder, on_entry, &l, err);
    return status == VT_OK ? l.status : status;
}

void vt_vector_set_close(vt_vector_set *set)
{
    if (set != NULL) {
        for (size_t i = 0; i < set->n_segments; i++) {
            vt_safetensors_close(set->segments[i].file);
        }
        vt_free(set->segments);
        vt_map_free(set->places);
        vt_free(set->pending.key);
        vt_free(set->pending.row);
        vt_free(set->pending.vector);
        vt_free(set->pending.end);
        vt_buf_done(&set->pending.reasons);
        vt_free(set);
    }
}

void vt_vector_set_freeze(vt_vector_set *set)
{
    vt_map_free(set->places);
    set->places = NULL;
}

void vt_vector_set_copy(float *out, const vt_vector_set *set, const float *vector)
{
    for (size_t i = 0; i < set->n_segments; i++) {
        if (vt_safetensors_copy(out, set->segments[i].file, vector, set->d * sizeof *vector)) {
            return;
        }
    }
    memcpy(out, vector, set->d * sizeof *vector); /* a tensor off its boundary, which is in memory already */
}

int vt_vector_set_open(vt_vector_set **out, const char *shop, vt_encoder_kind kind, const char *hash, size_t d,
                       vt_error *err)
{
    vt_vector_set *set = vt_alloc_zero(1, sizeof *set, err);
    if (set == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    set->kind = kind;
    set->d = d;
    set->next = 1;
    vt_buf_init(&set->pending.reasons, TEXTS_CAP);
    snprintf(set->hash, sizeof set->hash, "%s", hash);
    int status = vt_path_join(set->folder, sizeof set->folder, shop, "embeddings", err);
    if (status == VT_OK) {
        status = vt_map_create(&set->places, 0, err);
    }
    if (status == VT_OK) {
        status = open_segments(set, err);
    }
    if (status != VT_OK) {
        vt_vector_set_close(set);
        return status;
    }
    *out = set;
    return VT_OK;
}

bool vt_vector_set_find(const vt_vector_set *set, const vt_content_key *key, const float **vector, vt_str *reason)
{
    int64_t place = 0;
    if (!vt_map_get(set->places, key_text(key), &place)) {
        return false;
    }
    const float *found = NULL;
    vt_str why = {NULL, 0};
    if (place != PENDING) {
        const segment *s = &set->segments[place >> 32];
        int32_t row = s->row[place & 0xffffffff];
        found = row >= 0 ? s->vector + (size_t)row * set->d : NULL;
        why = row >= 0 ? why : vt_ids_get(&s->reasons, -1 - row);
    }
    if (vector != NULL) {
        *vector = found;
    }
    if (reason != NULL) {
        *reason = why;
    }
    return true;
}

/* Room for a segment, made when the first vector is added. */
static int pending_make(pending *p, size_t d, vt_error *err)
{
    if (p->end != NULL) {
        return VT_OK;
    }
    vt_free(p->key); /* of an attempt that ran out of memory */
    vt_free(p->row);
    vt_free(p->vector);
    p->row = NULL;
    p->vector = NULL;
    p->key = vt_alloc(SEGMENT_KEYS, sizeof *p->key, err);
    p->row = p->key == NULL ? NULL : vt_alloc(SEGMENT_KEYS, sizeof *p->row, err);
    p->vector = p->row == NULL ? NULL : vt_alloc(SEGMENT_KEYS * d, sizeof *p->vector, err);
    p->end = p->vector == NULL ? NULL : vt_alloc_zero(SEGMENT_KEYS + 1, sizeof *p->end, err);
    return p->end == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Adds to the segment to be. */
static int pending_add(pending *p, size_t d, const vt_content_key *key, const float *vector, vt_str reason,
                       vt_error *err)
{
    int status = pending_make(p, d, err);
    if (status == VT_OK && vector == NULL) {
        status = vt_buf_add(&p->reasons, reason.ptr, reason.len, err);
    }
    if (status != VT_OK) {
        return status;
    }
    p->key[p->n] = *key;
    if (vector != NULL) {
        memcpy(p->vector + p->n_vectors * d, vector, d * sizeof *vector);
        p->row[p->n++] = (int32_t)p->n_vectors++;
    } else {
        p->row[p->n++] = -1 - p->n_reasons;
        p->end[++p->n_reasons] = (int64_t)p->reasons.len;
    }
    return VT_OK;
}

/* Writes the segment to be, if there is anything in it, as number `set->next`. */
static int pending_write(vt_vector_set *set, vt_error *err)
{
    pending *p = &set->pending;
    char path[PATH_MAX], d[24];
    snprintf(d, sizeof d, "%zu", set->d);
    const vt_text_pair metadata[] = {{"format", "vitrine-vectors"},
                                     {"version", VT_EMBEDDINGS_VERSION},
                                     {"kind", vt_encoder_kind_name(set->kind)},
                                     {"hash", set->hash},
                                     {"dimensions", d}};
    const vt_tensor tensors[] = {
        {"key", VT_U8, 2, {(int64_t)p->n, sizeof *p->key}, p->key},
        {"row", VT_I32, 1, {(int64_t)p->n, 1}, p->row},
        {"vector", VT_F32, 2, {(int64_t)p->n_vectors, (int64_t)set->d}, p->vector},
        {"reason.offset", VT_I64, 1, {p->n_reasons + 1, 1}, p->end},
        {"reason.text", VT_U8, 1, {(int64_t)p->reasons.len, 1}, p->reasons.data},
    };
    int status = vt_dir_create(set->folder, err);
    if (status == VT_OK) {
        status = segment_path(path, set, set->next, err);
    }
    if (status == VT_OK) {
        status = vt_safetensors_write(path, tensors, sizeof tensors / sizeof *tensors, metadata,
                                      sizeof metadata / sizeof *metadata, err);
    }
    if (status == VT_OK) {
        set->next++;
        p->n = 0;
        p->n_vectors = 0;
        p->n_reasons = 0;
        vt_buf_clear(&p->reasons);
    }
    return status;
}

int vt_vector_set_flush(vt_vector_set *set, vt_error *err)
{
    if (set->pending.n == 0) {
        return VT_OK;
    }
    int status = pending_write(set, err);
    return status == VT_OK ? segment_open(set, set->next - 1, err) : status;
}

int vt_vector_set_add(vt_vector_set *set, const vt_content_key *key, const float *vector, const char *reason,
                      vt_error *err)
{
    int status = VT_OK;
    if (set->pending.n == SEGMENT_KEYS) {
        status = vt_vector_set_flush(set, err); /* what an earlier call could not write */
    }
    if (status == VT_OK) {
        status = pending_add(&set->pending, set->d, key, vector, vt_str_of(reason), err);
    }
    if (status == VT_OK) {
        status = vt_map_set(set->places, key_text(key), PENDING, err);
    }
    return status == VT_OK && set->pending.n == SEGMENT_KEYS ? vt_vector_set_flush(set, err) : status;
}

/* Copies the contents asked for into new segments, each once; those before `old` are read. */
static int copy_wanted(vt_vector_set *set, const vt_map *wanted, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < vt_map_count(wanted); i++) {
        vt_content_key key;
        vt_str text, reason = {NULL, 0};
        int64_t unused;
        const float *vector = NULL;
        vt_map_entry(wanted, i, &text, &unused);
        memcpy(key.bytes, text.ptr, sizeof key.bytes);
        if (vt_vector_set_find(set, &key, &vector, &reason)) {
            status = pending_add(&set->pending, set->d, &key, vector, reason, err);
        }
        if (status == VT_OK && set->pending.n == SEGMENT_KEYS) {
            status = pending_write(set, err);
        }
    }
    return status == VT_OK && set->pending.n > 0 ? pending_write(set, err) : status;
}

int vt_vector_set_tidy(vt_vector_set *set, const vt_content_key *keys, size_t n, vt_error *err)
{
    vt_map *wanted = NULL;
    int status = vt_vector_set_flush(set, err);
    if (status == VT_OK) {
        status = vt_map_create(&wanted, n, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = vt_map_set(wanted, key_text(&keys[i]), 0, err);
    }
    size_t held = 0;
    for (size_t i = 0; i < set->n_segments; i++) {
        held += set->segments[i].n;
    }
    size_t needed = status == VT_OK ? vt_map_count(wanted) : 0;
    bool untidy = set->n_segments > 2 * (needed / SEGMENT_KEYS) + 8 || held > 2 * needed + SEGMENT_KEYS;
    if (status == VT_OK && untidy) {
        status = copy_wanted(set, wanted, err);
        for (size_t i = 0; status == VT_OK && i < set->n_segments; i++) {
            char path[PATH_MAX];
            status = segment_path(path, set, set->segments[i].number, err);
            if (status == VT_OK) {
                unlink(path); /* one that stays costs room and nothing else */
            }
        }
    }
    vt_map_free(wanted);
    return status;
}
