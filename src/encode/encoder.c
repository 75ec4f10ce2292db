/*
 * An encoder is a manifest, a compiled network and, for texts, a vocabulary. Texts are sorted by their number of tokens
 * and cut into batches of about the same number of tokens, so that little is spent on padding; batches go to as many
 * calls of one thread as there are processors, which is faster than one call with all of them. Batches do not depend on
 * the number of threads.
 */
#include "encode/encoder.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/pool.h"
#include "encode/manifest.h"
#include "encode/openvino.h"
#include "encode/wordpiece.h"

enum {
    CHUNK_TEXTS = 8192,  /* texts whose tokens are held at once */
    BATCH_TOKENS = 1024, /* of one call, padding included */
    BATCH_TEXTS = 32
};

/* What one thread needs: a call and the inputs of a batch. */
typedef struct lane {
    vt_network_call *call;
    int64_t *ids, *mask, *types; /* (BATCH_TOKENS or max_length) each */
} lane;

struct vt_encoder {
    vt_manifest *manifest;
    vt_network *network;
    vt_wordpiece *wordpiece;
    size_t n_inputs;
    int n_lanes;
    lane *lanes;
};

void vt_encoder_close(vt_encoder *encoder)
{
    if (encoder != NULL) {
        for (int i = 0; encoder->lanes != NULL && i < encoder->n_lanes; i++) {
            vt_network_call_free(encoder->lanes[i].call);
            vt_free(encoder->lanes[i].ids);
        }
        vt_free(encoder->lanes);
        vt_network_close(encoder->network);
        vt_wordpiece_close(encoder->wordpiece);
        vt_manifest_close(encoder->manifest);
        vt_free(encoder);
    }
}

const vt_encoder_info *vt_encoder_describe(const vt_encoder *encoder)
{
    return &encoder->manifest->info;
}

const vt_image_recipe *vt_encoder_recipe(const vt_encoder *encoder)
{
    return &encoder->manifest->recipe;
}

/* Tokens that a batch can hold. */
static size_t batch_capacity(const vt_encoder *encoder)
{
    size_t longest = (size_t)encoder->manifest->info.max_length;
    return longest > BATCH_TOKENS ? longest : BATCH_TOKENS;
}

static int make_lanes(vt_encoder *encoder, int threads, vt_error *err)
{
    size_t capacity = batch_capacity(encoder);
    encoder->n_lanes = threads;
    encoder->lanes = vt_alloc_zero((size_t)threads, sizeof *encoder->lanes, err);
    if (encoder->lanes == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_OK;
    for (int i = 0; status == VT_OK && i < threads; i++) {
        lane *l = &encoder->lanes[i];
        l->ids = vt_alloc_zero(3 * capacity, sizeof *l->ids, err);
        if (l->ids == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        l->mask = l->ids + capacity;
        l->types = l->mask + capacity; /* stay 0 */
        status = vt_network_call_create(&l->call, encoder->network, err);
    }
    return status;
}

/* Row `row` of the output as a unit vector; for a network that gives a vector a token, pooled over `tokens`. */
static void take_vector(float *vector, const vt_network_output *out, size_t row, size_t tokens, vt_pooling pooling,
                        size_t d)
{
    const float *from = out->data + row * d * (out->rank == 3 ? (size_t)out->shape[1] : 1);
    double square = 0.0;
    memcpy(vector, from, d * sizeof *vector);
    for (size_t t = 1; out->rank == 3 && pooling == VT_POOLING_MEAN && t < tokens; t++) {
        for (size_t k = 0; k < d; k++) {
            vector[k] += from[t * d + k];
        }
    }
    for (size_t k = 0; k < d; k++) {
        square += (double)vector[k] * (double)vector[k];
    }
    double scale = 1.0 / sqrt(square); /* of nothing but zeros: not finite, and refused by the caller */
    for (size_t k = 0; k < d; k++) {
        vector[k] = (float)((double)vector[k] * scale);
    }
}

/* That the output is what the manifest says, for `n` inputs. */
static int check_output(const vt_encoder *encoder, const vt_network_output *out, size_t n, size_t tokens, vt_error *err)
{
    const vt_manifest *m = encoder->manifest;
    bool a_token = out->rank == 3 && m->info.kind == VT_ENCODER_TEXT && m->pooling != VT_POOLING_NONE;
    if (out->shape[0] != (int64_t)n || (out->rank != 2 && !a_token) || (a_token && out->shape[1] != (int64_t)tokens) ||
        out->shape[out->rank - 1] != m->info.dimensions) {
        return vt_fail(err, VT_ERR_CORRUPT,
                       "%s: the network's output is not what the manifest says (%d dimensions%s): it has rank %d and "
                       "%lld numbers a row; make the encoder again",
                       m->folder, m->info.dimensions, m->pooling == VT_POOLING_NONE ? "" : ", pooled", out->rank,
                       (long long)out->shape[out->rank - 1]);
    }
    return VT_OK;
}

/* Runs a call and writes the unit vectors of its `n` inputs; `to[i]` is the row of input i, NULL the i-th. */
static int run(const vt_encoder *encoder, const lane *l, const vt_network_input *inputs, size_t n_inputs, size_t n,
               size_t tokens, const size_t *lengths, const size_t *to, float *vectors, vt_error *err)
{
    size_t d = (size_t)encoder->manifest->info.dimensions;
    vt_network_output out;
    int status = vt_network_run(l->call, inputs, n_inputs, &out, err);
    if (status == VT_OK) {
        status = check_output(encoder, &out, n, tokens, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        float *vector = vectors + (to == NULL ? i : to[i]) * d;
        take_vector(vector, &out, i, lengths == NULL ? 1 : lengths[i], encoder->manifest->pooling, d);
        for (size_t k = 0; k < d; k++) {
            if (!isfinite(vector[k])) {
                return vt_fail(err, VT_ERR_CORRUPT,
                               "%s: the network gives what is no finite vector: its weights are damaged or it is not "
                               "made for such input; make the encoder again",
                               encoder->manifest->folder);
            }
        }
    }
    return status;
}

/* ---- texts ------------------------------------------------------------------------------------------------------ */

/* A text's tokens among those of its chunk. */
typedef struct tokens {
    size_t text; /* number of the text, where its vector goes */
    size_t n;
    int32_t *ids; /* (max_length) */
} tokens;

/* A chunk of texts and its batches: batch b is texts batch[b] to batch[b + 1]. */
typedef struct job {
    vt_encoder *encoder;
    const vt_str *texts;
    float *vectors;
    size_t max_length;
    tokens *list;
    size_t *batch;
    size_t before; /* texts of the chunks that are through */
    int (*told)(void *context, size_t done, vt_error *err);
    void *context;
} job;

static int tokenize(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    job *j = context;
    (void)worker;
    (void)err;
    for (size_t i = begin; i < end; i++) {
        tokens *t = &j->list[i];
        t->n = vt_wordpiece_encode(j->encoder->wordpiece, j->texts[t->text], t->ids, j->max_length);
    }
    return VT_OK;
}

static int by_length(const void *a, const void *b)
{
    const tokens *x = a, *y = b;
    if (x->n != y->n) {
        return x->n < y->n ? 1 : -1; /* the longest first: the last batches, which some threads wait for, are short */
    }
    return (x->text > y->text) - (x->text < y->text);
}

/* Cuts the sorted texts into batches; gives their number. */
static size_t cut(size_t *batch, const tokens *list, size_t n, size_t capacity)
{
    size_t count = 0;
    for (size_t i = 0; i < n; count++) {
        size_t fit = capacity / list[i].n;
        fit = fit > BATCH_TEXTS ? BATCH_TEXTS : fit;
        batch[count] = i;
        i = n - i < fit ? n : i + fit;
    }
    batch[count] = n;
    return count;
}

/* Runs batches begin to end. */
static int run_batches(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    job *j = context;
    lane *l = &j->encoder->lanes[worker];
    int32_t pad = vt_wordpiece_pad(j->encoder->wordpiece);
    int status = VT_OK;
    for (size_t b = begin; status == VT_OK && b < end; b++) {
        const tokens *list = j->list + j->batch[b];
        size_t n = j->batch[b + 1] - j->batch[b], width = list[0].n;
        size_t lengths[BATCH_TEXTS], to[BATCH_TEXTS];
        for (size_t i = 0; i < n; i++) {
            lengths[i] = list[i].n;
            to[i] = list[i].text;
            for (size_t t = 0; t < width; t++) {
                l->ids[i * width + t] = t < list[i].n ? list[i].ids[t] : pad;
                l->mask[i * width + t] = t < list[i].n;
            }
        }
        const int64_t rows = (int64_t)n, columns = (int64_t)width;
        const vt_network_input inputs[] = {
            {.name = "input_ids", .whole = l->ids, .rank = 2, .shape = {rows, columns}},
            {.name = "attention_mask", .whole = l->mask, .rank = 2, .shape = {rows, columns}},
            {.name = "token_type_ids", .whole = l->types, .rank = 2, .shape = {rows, columns}},
        };
        status = run(j->encoder, l, inputs, j->encoder->n_inputs, n, width, lengths, to, j->vectors, err);
    }
    return status;
}

static int on_batches(void *context, size_t done, vt_error *err)
{
    const job *j = context;
    return j->told == NULL ? VT_OK : j->told(j->context, j->before + j->batch[done], err);
}

int vt_encoder_texts_told(vt_encoder *encoder, const vt_str *texts, size_t n, float *vectors,
                          int (*told)(void *context, size_t done, vt_error *err), void *context, vt_error *err)
{
    size_t chunk = n < CHUNK_TEXTS ? n : CHUNK_TEXTS;
    size_t longest = (size_t)encoder->manifest->info.max_length;
    job j = {.encoder = encoder, .max_length = longest, .told = told, .context = context};
    if (n == 0) {
        return VT_OK;
    }
    j.list = vt_alloc(chunk, sizeof *j.list, err);
    j.batch = j.list == NULL ? NULL : vt_alloc(chunk + 1, sizeof *j.batch, err);
    int32_t *ids = j.batch == NULL ? NULL : vt_alloc(chunk * longest, sizeof *ids, err);
    int status = ids == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t at = 0; status == VT_OK && at < n; at += chunk) {
        size_t count = n - at < chunk ? n - at : chunk;
        j.before = at;
        j.texts = texts + at;
        j.vectors = vectors + at * (size_t)encoder->manifest->info.dimensions;
        for (size_t i = 0; i < count; i++) {
            j.list[i] = (tokens){.text = i, .ids = ids + i * longest};
        }
        status = vt_parallel_for(encoder->n_lanes, count, 64, tokenize, NULL, &j, err);
        if (status == VT_OK) {
            qsort(j.list, count, sizeof *j.list, by_length);
            size_t batches = cut(j.batch, j.list, count, batch_capacity(encoder));
            status = vt_parallel_for(encoder->n_lanes, batches, 1, run_batches, on_batches, &j, err);
        }
    }
    vt_free(ids);
    vt_free(j.batch);
    vt_free(j.list);
    return status;
}

int vt_encoder_texts(vt_encoder *encoder, const vt_str *texts, size_t n, float *vectors, vt_error *err)
{
    return vt_encoder_texts_told(encoder, texts, n, vectors, NULL, NULL, err);
}

/* ---- photos ----------------------------------------------------------------------------------------------------- */

typedef struct photos {
    const vt_encoder *encoder;
    const float *pixels;
    float *vectors;
} photos;

int vt_encoder_lanes(const vt_encoder *encoder)
{
    return encoder->n_lanes;
}

int vt_encoder_images_on(const vt_encoder *encoder, int number, const float *pixels, size_t n, float *vectors,
                         vt_error *err)
{
    int64_t side = encoder->manifest->recipe.size;
    const vt_network_input input = {.real = pixels, .rank = 4, .shape = {(int64_t)n, 3, side, side}};
    return run(encoder, &encoder->lanes[number], &input, 1, n, 1, NULL, NULL, vectors, err);
}

static int run_photos(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const photos *p = context;
    size_t side = (size_t)p->encoder->manifest->recipe.size, d = (size_t)p->encoder->manifest->info.dimensions;
    return vt_encoder_images_on(p->encoder, worker, p->pixels + begin * 3 * side * side, end - begin,
                                p->vectors + begin * d, err);
}

int vt_encoder_images(vt_encoder *encoder, const float *pixels, size_t n, float *vectors, vt_error *err)
{
    photos p = {encoder, pixels, vectors};
    return vt_parallel_for(encoder->n_lanes, n, VT_ENCODER_PHOTOS, run_photos, NULL, &p, err);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

/* One input through the network: what it gives must be what the manifest says. */
static int probe(vt_encoder *encoder, vt_error *err)
{
    const vt_manifest *m = encoder->manifest;
    size_t side = (size_t)m->recipe.size;
    size_t numbers = m->info.kind == VT_ENCODER_TEXT ? 1 : 3 * side * side;
    float *pixels = vt_alloc(numbers, sizeof *pixels, err);
    float *vector = pixels == NULL ? NULL : vt_alloc((size_t)m->info.dimensions, sizeof *vector, err);
    int status = VT_ERR_NO_MEMORY;
    if (vector != NULL && m->info.kind == VT_ENCODER_TEXT) {
        const vt_str text = vt_str_of("a shop");
        status = vt_encoder_texts(encoder, &text, 1, vector, err);
    } else if (vector != NULL) {
        for (size_t i = 0; i < numbers; i++) {
            pixels[i] = (float)(i % side) / (float)side - 0.5F;
        }
        status = vt_encoder_images(encoder, pixels, 1, vector, err);
    }
    vt_free(vector);
    vt_free(pixels);
    return status;
}

static int open_network(vt_encoder *encoder, int threads, vt_error *err)
{
    char path[PATH_MAX];
    const vt_manifest *m = encoder->manifest;
    int status = vt_manifest_path(path, m, m->network, err);
    if (status == VT_OK) {
        status = vt_network_open(&encoder->network, path, threads, threads, m->bf16, err);
    }
    if (status == VT_OK) {
        status = vt_network_inputs(&encoder->n_inputs, encoder->network, err);
    }
    size_t most = m->info.kind == VT_ENCODER_TEXT ? 3 : 1;
    size_t least = m->info.kind == VT_ENCODER_TEXT ? 2 : 1;
    if (status == VT_OK && (encoder->n_inputs < least || encoder->n_inputs > most)) {
        status = vt_fail(err, VT_ERR_CORRUPT, "%s: the network has %zu inputs; %s expected; make the encoder again",
                         path, encoder->n_inputs,
                         most == 1 ? "one of pixels is" : "input_ids, attention_mask and maybe token_type_ids are");
    }
    return status == VT_OK ? make_lanes(encoder, threads, err) : status;
}

int vt_encoder_open(vt_encoder **out, const char *name, int threads, vt_error *err)
{
    char path[PATH_MAX];
    vt_encoder *encoder = vt_alloc_zero(1, sizeof *encoder, err);
    if (encoder == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_manifest_open(&encoder->manifest, name, err);
    if (status == VT_OK) {
        status = vt_manifest_check(encoder->manifest, err);
    }
    if (status == VT_OK && encoder->manifest->info.kind == VT_ENCODER_TEXT) {
        status = vt_manifest_path(path, encoder->manifest, encoder->manifest->vocabulary, err);
        if (status == VT_OK) {
            status = vt_wordpiece_open(&encoder->wordpiece, path, encoder->manifest->lower_case, err);
        }
    }
    if (status == VT_OK) {
        status = open_network(encoder, vt_threads(threads), err);
    }
    if (status == VT_OK) {
        status = probe(encoder, err);
    }
    if (status != VT_OK) {
        vt_encoder_close(encoder);
        return status;
    }
    *out = encoder;
    return VT_OK;
}
