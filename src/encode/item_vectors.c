/*
 * The vectors of a shop's items: all gathered in memory for what computes with the matrix, or left in the mapped
 * segments for what looks at a few at a time. Almost every item has one content, whose vector is of length 1 to the
 * last bit and so is the item's own as it stands in the file; others have theirs in memory.
 * There they are read by copying: pages that are looked at would stay with the process, in the end all of them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "dataset/ids.h"
#include "encode/vectors.h"

/* Where the vector of an item stands. */
typedef struct place {
    const float *mapped; /* NULL: among the own */
    size_t own;
} place;

/* The public struct and all that it points to. */
typedef struct owned {
    vt_item_vectors vectors; /* first: the public pointer is one to the whole */
    float *data;             /* (N + 1, D), mapped (1 + 1, D); the last is scratch */
    place *place;            /* (N), or NULL */
    float *own;              /* (capacity, D) vectors that are in no file, of places */
    size_t n_own, capacity;
    vt_vector_set *set;
    int64_t *offset;
    char *text;
    char *encoder;
    char hash[65];
} owned;

void vt_item_vectors_free(vt_item_vectors *vectors)
{
    if (vectors != NULL) {
        owned *o = (owned *)vectors;
        vt_vector_set_close(o->set);
        vt_free(o->data);
        vt_free(o->place);
        vt_free(o->own);
        vt_free(o->offset);
        vt_free(o->text);
        vt_free(o->encoder);
        vt_free(o);
    }
}

static const float *row_of(const vt_item_vectors *vectors, int32_t i, float *room)
{
    const owned *o = (const owned *)vectors;
    const place *at = &o->place[i];
    if (at->mapped == NULL || room == NULL) {
        return at->mapped == NULL ? o->own + at->own * vectors->d : at->mapped;
    }
    vt_vector_set_copy(room, o->set, at->mapped);
    return room;
}

/*
 * The unit mean of an item's vectors into `out` (D), and in `stands` where it stands in a file, if it does. Gives how
 * many there are; -1: a content is in no segment. Vectors that cancel out leave the first. `room` (D) is scratch.
 */
static int64_t item_vector(float *out, const float **stands, float *room, const vt_vector_set *set, size_t d,
                           const vt_content_key *key, int64_t n)
{
    const float *first = NULL;
    int64_t count = 0;
    *stands = NULL;
    for (int64_t i = 0; i < n; i++) {
        const float *vector = NULL;
        if (!vt_vector_set_find(set, &key[i], &vector, NULL)) {
            return -1;
        }
        if (vector == NULL) {
            continue;
        }
        vt_vector_set_copy(room, set, vector);
        for (size_t k = 0; k < d; k++) {
            out[k] = first == NULL ? room[k] : out[k] + room[k];
        }
        first = first == NULL ? vector : first;
        count++;
    }
    if (count == 0) {
        return 0;
    }
    double square = 0.0;
    for (size_t k = 0; k < d; k++) {
        square += (double)out[k] * (double)out[k];
    }
    double length = sqrt(square);
    if (!(length > 1e-6) || !isfinite(length)) {
        vt_vector_set_copy(out, set, first);
    } else {
        for (size_t k = 0; k < d; k++) {
            out[k] = (float)((double)out[k] / length);
        }
    }
    *stands = count == 1 && memcmp(out, room, d * sizeof *out) == 0 ? first : NULL;
    return count;
}

/* Keeps a vector (D) that is in no file. */
static int keep_own(owned *o, const float *vector, size_t d, vt_error *err)
{
    if (o->n_own == o->capacity) {
        size_t capacity = o->capacity * 2 + 64;
        float *grown = capacity > SIZE_MAX / d ? NULL : vt_realloc(o->own, capacity * d, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        o->own = grown;
        o->capacity = capacity;
    }
    memcpy(o->own + o->n_own++ * d, vector, d * sizeof *vector);
    return VT_OK;
}

static int alloc_rows(owned *o, size_t n, size_t d, int64_t text, bool map, vt_error *err)
{
    size_t rows = map ? 1 : n;
    o->data = vt_alloc_aligned((rows + 1) * d, sizeof *o->data, err);
    o->place = o->data == NULL || !map ? NULL : vt_alloc(n, sizeof *o->place, err);
    o->offset = o->data == NULL || (map && o->place == NULL) ? NULL : vt_alloc_zero(n + 1, sizeof *o->offset, err);
    o->text = o->offset == NULL ? NULL : vt_alloc((size_t)text, 1, err);
    return o->text == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Fills rows and ids with the items that have a vector. */
static int gather(owned *o, const vt_contents *contents, const char *shop, bool map, vt_error *err)
{
    const vt_item_contents *table = &contents->table;
    size_t n = (size_t)table->ids.n, d = contents->d;
    int32_t kept = 0;
    int status = alloc_rows(o, n, d, table->ids.offset[n], map, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        const float *stands = NULL;
        float *out = o->data + (map ? 0 : (size_t)kept * d), *room = o->data + (map ? 1 : n) * d;
        int64_t begin = table->ptr[i];
        int64_t has = item_vector(out, &stands, room, o->set, d, table->key + begin, table->ptr[i + 1] - begin);
        vt_str id = vt_ids_get(&table->ids, (int32_t)i);
        if (has < 0) {
            return vt_fail(err, VT_ERR_CORRUPT,
                           "the vector of item \"%.*s\" is missing in %s/embeddings; run \"vitrine --shop %s encode\"",
                           VT_STR_ARGS(id), shop, shop);
        }
        if (has == 0) {
            continue;
        }
        if (map) {
            o->place[kept] = (place){stands, o->n_own};
            status = stands != NULL ? VT_OK : keep_own(o, out, d, err);
        }
        memcpy(o->text + o->offset[kept], id.ptr, id.len);
        o->offset[kept + 1] = o->offset[kept] + (int64_t)id.len;
        kept++;
    }
    o->encoder = status != VT_OK ? NULL : vt_strndup(contents->encoder, strlen(contents->encoder), err);
    snprintf(o->hash, sizeof o->hash, "%s", contents->hash);
    o->vectors = (vt_item_vectors){.n = kept,
                                   .d = d,
                                   .data = map ? NULL : o->data,
                                   .ids = {kept, o->offset, o->text},
                                   .encoder = o->encoder,
                                   .hash = o->hash,
                                   .row = map ? row_of : NULL};
    return status == VT_OK && o->encoder == NULL ? VT_ERR_NO_MEMORY : status;
}

static int read_vectors(owned *o, const char *shop, vt_encoder_kind kind, bool map, vt_error *err)
{
    vt_contents *contents = NULL;
    int status = vt_contents_open(&contents, shop, kind, err);
    if (status == VT_OK) {
        status = vt_vector_set_open(&o->set, shop, kind, contents->hash, contents->d, err);
        /* A segment that went away since the folder was listed: encode tidied up. */
        for (int again = 0; status == VT_ERR_NOT_FOUND && again < 3; again++) {
            status = vt_vector_set_open(&o->set, shop, kind, contents->hash, contents->d, err);
        }
    }
    if (status == VT_OK) {
        status = gather(o, contents, shop, map, err);
    }
    if (status == VT_OK && map) {
        vt_vector_set_freeze(o->set);
    } else {
        vt_vector_set_close(o->set);
        o->set = NULL;
    }
    vt_contents_close(contents);
    return status;
}

static int open_vectors(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, bool map, vt_error *err)
{
    owned *o = vt_alloc_zero(1, sizeof *o, err);
    if (o == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = read_vectors(o, shop, kind, map, err);
    if (status != VT_OK) {
        vt_item_vectors_free(&o->vectors);
        return status;
    }
    *out = &o->vectors;
    return VT_OK;
}

int vt_item_vectors_open(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    return open_vectors(out, shop, kind, false, err);
}

int vt_item_vectors_map(vt_item_vectors **out, const char *shop, vt_encoder_kind kind, vt_error *err)
{
    return open_vectors(out, shop, kind, true, err);
}
