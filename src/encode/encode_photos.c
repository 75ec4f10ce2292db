/*
 * Photos of a shop. Each thread does all of a few photos at a time, reading, decoding, preparing and running the
 * network on a lane of its own: no thread waits for another, so decoding costs its own time and nothing more.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pool.h"
#include "encode/run.h"

enum { CHUNK = 256, HASH_CHUNK = 1024, HASH_BLOCK = 16 };

static const char reading[] = "reading photos", encoding[] = "encoding photos";

/* Reads a photo's file. Paths are the shop's own unless absolute. */
static int read_photo(char **bytes, size_t *size, const vt_encode_run *run, size_t content, vt_error *err)
{
    char path[PATH_MAX], name[PATH_MAX];
    vt_str photo = vt_text_list_at(&run->gathered->photos, (int32_t)content);
    int n = snprintf(name, sizeof name, "%.*s", VT_STR_ARGS(photo));
    int status = n < 0 || (size_t)n >= sizeof name ? vt_fail(err, VT_ERR_LIMIT, "its path is too long") : VT_OK;
    if (status == VT_OK && name[0] != '/') {
        status = vt_path_join(path, sizeof path, vt_shop_path(run->shop), name, err);
    } else if (status == VT_OK) {
        memcpy(path, name, (size_t)n + 1);
    }
    return status == VT_OK ? vt_file_read(bytes, size, path, VT_IMAGE_FILE_BYTES_MAX, err) : status;
}

/* ---- hashes ----------------------------------------------------------------------------------------------------- */

typedef struct hashing {
    vt_encode_run *run;
    size_t first;
} hashing;

static int hash_photos(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const hashing *h = context;
    (void)worker;
    for (size_t i = h->first + begin; i < h->first + end; i++) {
        char *bytes = NULL;
        size_t size = 0;
        vt_error why = VT_ERROR_INIT;
        vt_content *content = &h->run->gathered->contents[i];
        int status = read_photo(&bytes, &size, h->run, i, &why);
        if (status == VT_ERR_NO_MEMORY) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        content->usable = status == VT_OK;
        if (content->usable) {
            vt_content_key_make(&content->key, bytes, size);
        }
        vt_free(bytes);
    }
    return VT_OK;
}

int vt_encode_read_photos(vt_encode_run *run, vt_error *err)
{
    size_t n = run->gathered->n;
    int status = VT_OK;
    for (hashing h = {run, 0}; status == VT_OK && h.first < n; h.first += HASH_CHUNK) {
        size_t count = n - h.first < HASH_CHUNK ? n - h.first : HASH_CHUNK;
        status = vt_encode_run_report(run, reading, "photos", h.first, n, err);
        if (status == VT_OK) {
            status = vt_parallel_for(run->options->threads, count, HASH_BLOCK, hash_photos, NULL, &h, err);
        }
    }
    return status;
}

int vt_encode_tell_refused(vt_encode_run *run, vt_error *err)
{
    const vt_gathered *g = run->gathered;
    for (size_t c = 0; c < g->n; c++) {
        const vt_content *content = &g->contents[c];
        const float *vector = NULL;
        vt_str reason = {NULL, 0};
        vt_error why = VT_ERROR_INIT;
        if (content->usable) {
            vt_vector_set_find(run->set, &content->key, &vector, &reason);
        } else { /* it could not be read a moment ago: asked again for the reason */
            char *bytes = NULL;
            size_t size = 0;
            int status = read_photo(&bytes, &size, run, c, &why);
            vt_free(bytes);
            if (status == VT_ERR_NO_MEMORY) {
                return vt_fail(err, why.code, "%s", why.message);
            }
            reason = vt_str_of(status == VT_OK ? "it could not be read" : why.message);
        }
        if (reason.ptr == NULL) {
            continue;
        }
        run->counts->refused++;
        if (run->options->refused != NULL) {
            char item[VT_ID_BYTES_MAX + 1], photo[PATH_MAX], text[sizeof why.message];
            snprintf(item, sizeof item, "%.*s", VT_STR_ARGS(vt_text_list_at(&g->ids, content->item)));
            snprintf(photo, sizeof photo, "%.*s", VT_STR_ARGS(vt_text_list_at(&g->photos, (int32_t)c)));
            snprintf(text, sizeof text, "%.*s", VT_STR_ARGS(reason));
            run->options->refused(run->options->context, item, photo, text);
        }
    }
    return VT_OK;
}

/* ---- encoding --------------------------------------------------------------------------------------------------- */

/* A photo on its way. */
typedef struct slot {
    bool done;
    vt_content_key key;
    char *reason; /* why it has no vector, NULL when it has */
} slot;

typedef struct chunk {
    vt_encode_run *run;
    size_t before;  /* photos of earlier chunks */
    float *pixels;  /* (lanes, VT_ENCODER_PHOTOS, 3, S, S) */
    float *vectors; /* (CHUNK, D) */
    slot slots[CHUNK];
} chunk;

/* Keeps why a photo has no vector; only running out of memory ends the run. */
static int refuse(slot *s, const vt_error *why, vt_error *err)
{
    if (why->code == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why->code, "%s", why->message);
    }
    s->reason = vt_strndup(why->message, strlen(why->message), err);
    s->done = s->reason != NULL;
    return s->done ? VT_OK : VT_ERR_NO_MEMORY;
}

/* Reads, decodes and prepares a photo into `pixels`. `*good` is false when it cannot be used: its slot says why. */
static int prepare(bool *good, slot *s, float *pixels, const chunk *c, size_t content, vt_error *err)
{
    const vt_image_recipe *recipe = vt_encoder_recipe(c->run->encoder);
    char *bytes = NULL;
    size_t size = 0;
    vt_image image = {.rgb = NULL};
    vt_error why = VT_ERROR_INIT;
    *good = false;
    int status = read_photo(&bytes, &size, c->run, content, &why);
    if (status != VT_OK && status != VT_ERR_NO_MEMORY) {
        return VT_OK; /* gone since it was hashed: there is nothing to keep its reason by */
    }
    if (status == VT_OK) {
        vt_content_key_make(&s->key, bytes, size);
        status = vt_image_decode(&image, (const uint8_t *)bytes, size, recipe, &why);
    }
    if (status == VT_OK) {
        status = vt_image_prepare(pixels, &image, recipe, &why);
        vt_image_done(&image);
    }
    vt_free(bytes);
    *good = status == VT_OK;
    return *good ? VT_OK : refuse(s, &why, err);
}

/* Runs the network on the photos of `good` slots. One that the network cannot take does not spoil the others. */
static int run_good(chunk *c, int worker, const size_t *good, size_t n, float *pixels, vt_error *err)
{
    size_t d = (size_t)c->run->info->dimensions, side = (size_t)vt_encoder_recipe(c->run->encoder)->size;
    float *vectors = c->vectors + good[0] * d; /* room up to the last of them */
    vt_error why = VT_ERROR_INIT;
    int status = vt_encoder_images_on(c->run->encoder, worker, pixels, n, vectors, &why);
    if (status == VT_OK) {
        for (size_t i = n; i-- > 0;) { /* from the end: no row is overwritten before it has moved */
            memmove(c->vectors + good[i] * d, vectors + i * d, d * sizeof *vectors);
            c->slots[good[i]].done = true;
        }
        return VT_OK;
    }
    if (n == 1) {
        return refuse(&c->slots[good[0]], &why, err);
    }
    status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = run_good(c, worker, &good[i], 1, pixels + i * 3 * side * side, err);
    }
    return status;
}

static int encode_photos(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    chunk *c = context;
    size_t side = (size_t)vt_encoder_recipe(c->run->encoder)->size, each = 3 * side * side;
    float *pixels = c->pixels + (size_t)worker * VT_ENCODER_PHOTOS * each;
    size_t good[VT_ENCODER_PHOTOS], n = 0;
    int status = VT_OK;
    for (size_t i = begin; status == VT_OK && i < end; i++) {
        bool usable = false;
        status = prepare(&usable, &c->slots[i], pixels + n * each, c, c->run->todo[c->before + i], err);
        if (usable) {
            good[n++] = i;
        }
    }
    return status == VT_OK && n > 0 ? run_good(c, worker, good, n, pixels, err) : status;
}

static int on_photos(void *context, size_t done, vt_error *err)
{
    const chunk *c = context;
    return vt_encode_run_report(c->run, encoding, "photos", c->before + done, c->run->n_todo, err);
}

/* Adds what the slots hold, also when the chunk was stopped in the middle. */
static int add_slots(chunk *c, size_t n, vt_error *err)
{
    size_t d = (size_t)c->run->info->dimensions;
    int status = VT_OK;
    for (size_t i = 0; i < n; i++) {
        slot *s = &c->slots[i];
        if (s->done && status == VT_OK) {
            status = vt_encode_run_add(c->run, &s->key, s->reason == NULL ? c->vectors + i * d : NULL, s->reason, err);
        }
        vt_free(s->reason);
        *s = (slot){.done = false};
    }
    return status;
}

static int run_chunks(chunk *c, vt_error *err)
{
    vt_encode_run *run = c->run;
    int status = vt_encode_run_report(run, encoding, "photos", 0, run->n_todo, err);
    for (; status == VT_OK && c->before < run->n_todo; c->before += CHUNK) {
        size_t n = run->n_todo - c->before < CHUNK ? run->n_todo - c->before : CHUNK;
        vt_error late = VT_ERROR_INIT;
        status =
            vt_parallel_for(vt_encoder_lanes(run->encoder), n, VT_ENCODER_PHOTOS, encode_photos, on_photos, c, err);
        int added = add_slots(c, n, status == VT_OK ? err : &late);
        status = status == VT_OK ? added : status;
        if (status == VT_OK) {
            status = vt_encode_run_keep(run, err);
        }
    }
    return status;
}

int vt_encode_photos(vt_encode_run *run, vt_error *err)
{
    size_t side = (size_t)vt_encoder_recipe(run->encoder)->size, lanes = (size_t)vt_encoder_lanes(run->encoder);
    chunk *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    c->run = run;
    c->pixels = vt_alloc_aligned(lanes * VT_ENCODER_PHOTOS * 3 * side * side, sizeof *c->pixels, err);
    c->vectors = c->pixels == NULL ? NULL : vt_alloc(CHUNK * (size_t)run->info->dimensions, sizeof *c->vectors, err);
    int status = c->vectors == NULL ? VT_ERR_NO_MEMORY : run_chunks(c, err);
    vt_free(c->vectors);
    vt_free(c->pixels);
    vt_free(c);
    return status;
}
