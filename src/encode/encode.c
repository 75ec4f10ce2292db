/*
 * Encoding a shop: gather, find what is new, encode it, write the table of items. The vectors themselves are written as
 * they come. Encoder and OpenVINO are not even opened when nothing is new.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/map.h"
#include "base/options.h"
#include "encode/manifest.h"
#include "encode/run.h"
#include "store/lock.h"

#define KEEP_SECONDS 20.0

void vt_encode_options_init_sized(vt_encode_options *options, size_t size)
{
    const vt_encode_options defaults = {.text = NULL};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

int vt_encode_run_ready(vt_encode_run *run, vt_error *err)
{
    return run->encoder != NULL ? VT_OK : vt_encoder_open(&run->encoder, run->info->folder, run->options->threads, err);
}

int vt_encode_run_plan(vt_encode_run *run, vt_error *err)
{
    const vt_gathered *g = run->gathered;
    vt_map *planned = NULL;
    run->todo = vt_alloc(g->n, sizeof *run->todo, err);
    int status = run->todo == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&planned, 0, err);
    for (size_t c = 0; status == VT_OK && c < g->n; c++) {
        const vt_content *content = &g->contents[c];
        const vt_str key = {(const char *)content->key.bytes, sizeof content->key.bytes};
        int64_t other;
        if (content->usable && !vt_vector_set_find(run->set, &content->key, NULL, NULL) &&
            !vt_map_get(planned, key, &other)) {
            run->todo[run->n_todo++] = c;
            status = vt_map_set(planned, key, 0, err);
        }
    }
    vt_map_free(planned);
    return status;
}

int vt_encode_run_add(vt_encode_run *run, const vt_content_key *key, const float *vector, const char *reason,
                      vt_error *err)
{
    if (vt_vector_set_find(run->set, key, NULL, NULL)) {
        return VT_OK;
    }
    run->counts->encoded += vector != NULL;
    return vt_vector_set_add(run->set, key, vector, reason, err);
}

int vt_encode_run_keep(vt_encode_run *run, vt_error *err)
{
    if (vt_seconds() - run->flushed < KEEP_SECONDS) {
        return VT_OK;
    }
    run->flushed = vt_seconds();
    return vt_vector_set_flush(run->set, err);
}

int vt_encode_run_report(const vt_encode_run *run, const char *stage, const char *unit, size_t done, size_t total,
                         vt_error *err)
{
    const vt_progress_state state = {.stage = stage, .unit = unit, .done = (double)done, .total = (double)total};
    return vt_progress_report(run->options->progress, &state, err);
}

/* What has no vector and no reason for it (it changed while it was encoded) waits for the next run. */
static void drop_unknown(vt_encode_run *run)
{
    for (size_t c = 0; c < run->gathered->n; c++) {
        vt_content *content = &run->gathered->contents[c];
        content->usable = content->usable && vt_vector_set_find(run->set, &content->key, NULL, NULL);
    }
}

static int tidy(vt_encode_run *run, vt_error *err)
{
    const vt_gathered *g = run->gathered;
    size_t n = 0;
    vt_content_key *keys = vt_alloc(g->n, sizeof *keys, err);
    if (keys == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t c = 0; c < g->n; c++) {
        if (g->contents[c].usable) {
            keys[n++] = g->contents[c].key;
        }
    }
    int status = vt_vector_set_tidy(run->set, keys, n, err);
    vt_free(keys);
    return status;
}

/* Encodes what is new; what was done is written, whatever stops it. */
static int encode_new(vt_encode_run *run, vt_error *err)
{
    bool text = run->info->kind == VT_ENCODER_TEXT;
    int status = text ? VT_OK : vt_encode_read_photos(run, err);
    if (status == VT_OK) {
        status = vt_encode_run_plan(run, err);
    }
    run->flushed = vt_seconds();
    if (status == VT_OK && run->n_todo > 0) {
        status = vt_encode_run_ready(run, err);
    }
    if (status == VT_OK && run->n_todo > 0) {
        status = text ? vt_encode_texts(run, err) : vt_encode_photos(run, err);
    }
    vt_error late = VT_ERROR_INIT;
    int flushed = vt_vector_set_flush(run->set, status == VT_OK ? err : &late);
    return status == VT_OK ? flushed : status;
}

/* All of a run once the encoder is known. */
static int run_kind(vt_encode_run *run, vt_error *err)
{
    const char *shop = vt_shop_path(run->shop);
    vt_encode_counts *counts = run->counts;
    int status =
        vt_vector_set_open(&run->set, shop, run->info->kind, run->info->hash, (size_t)run->info->dimensions, err);
    if (status == VT_OK) {
        status = encode_new(run, err);
    }
    if (status == VT_OK) {
        status = vt_encode_tell_refused(run, err);
    }
    if (status == VT_OK) {
        counts->kept = (int64_t)run->gathered->n - counts->encoded - counts->refused;
        drop_unknown(run);
        status = vt_gathered_write(run->gathered, shop, run->info, err);
    }
    return status == VT_OK ? tidy(run, err) : status;
}

int vt_encode_open_manifest(vt_manifest **out, const char *shop, vt_encoder_kind kind, const char *wanted,
                            vt_error *err)
{
    vt_contents *last = NULL;
    vt_error why = VT_ERROR_INIT;
    const char *name = wanted;
    if (name == NULL) {
        int status = vt_contents_open(&last, shop, kind, &why);
        if (status == VT_ERR_NO_MEMORY) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        name = status == VT_OK ? last->encoder : kind == VT_ENCODER_TEXT ? "minilm" : "efficientnet-lite0";
    }
    int status = vt_manifest_open(out, name, err);
    if (status == VT_OK && (*out)->info.kind != kind) {
        status = vt_fail(err, VT_ERR_USAGE, "the encoder %s is for %ss; name it with --%s", name,
                         vt_encoder_kind_name((*out)->info.kind), vt_encoder_kind_name((*out)->info.kind));
        vt_manifest_close(*out);
        *out = NULL;
    }
    vt_contents_close(last);
    return status;
}

/* An encoder that an earlier run has left open, where it is the one that is wanted. */
static void take_kept(vt_encode_run *run, const vt_encoder_info *wanted, vt_encoder_kind kind)
{
    vt_encoder **kept = run->options->kept;
    if (kept == NULL || kept[kind] == NULL) {
        return;
    }
    if (strcmp(vt_encoder_describe(kept[kind])->hash, wanted->hash) == 0) {
        run->encoder = kept[kind];
    } else {
        vt_encoder_close(kept[kind]);
    }
    kept[kind] = NULL;
}

static int encode_kind(vt_encode_counts *counts, vt_shop *shop, vt_encoder_kind kind, const vt_encode_options *options,
                       vt_error *err)
{
    double began = vt_seconds();
    vt_gathered gathered = {.n = 0};
    vt_manifest *manifest = NULL;
    vt_reviews *reviews = NULL;
    vt_encode_run run = {.shop = shop, .options = options, .gathered = &gathered, .counts = counts};
    const char *wanted = kind == VT_ENCODER_TEXT ? options->text : options->image;
    int status = VT_OK;
    if (kind == VT_ENCODER_TEXT && options->reviews > 0) {
        status = vt_reviews_read(&reviews, vt_shop_store(shop), options->reviews, err);
    }
    run.reviews = reviews;
    if (status == VT_OK) {
        status = vt_gather(&gathered, vt_shop_store(shop), kind, reviews, options->progress, err);
    }
    counts->items = gathered.ids.n;
    counts->without = gathered.without;
    counts->addresses = gathered.addresses;
    if (status == VT_OK && (gathered.n > 0 || wanted != NULL)) {
        status = vt_encode_open_manifest(&manifest, vt_shop_path(shop), kind, wanted, err);
    }
    if (status == VT_OK && manifest != NULL) {
        take_kept(&run, &manifest->info, kind);
        run.info = &manifest->info;
        snprintf(counts->encoder, sizeof counts->encoder, "%s", manifest->info.name);
        status = run_kind(&run, err);
    }
    counts->seconds = vt_seconds() - began;
    vt_free(run.todo);
    vt_vector_set_close(run.set);
    if (options->kept != NULL && run.encoder != NULL) {
        options->kept[kind] = run.encoder;
    } else {
        vt_encoder_close(run.encoder);
    }
    vt_manifest_close(manifest);
    vt_gathered_done(&gathered);
    vt_reviews_free(reviews);
    return status;
}

int vt_encode_shop(vt_encode_report *out, vt_shop *shop, const vt_encode_options *options, vt_error *err)
{
    char folder[PATH_MAX];
    int lock = -1;
    vt_encode_report report = {.text = {.items = 0}};
    int status = vt_options_check(options->size, sizeof *options, "vt_encode_options", err);
    if (status == VT_OK) {
        status = vt_path_join(folder, sizeof folder, vt_shop_path(shop), "embeddings", err);
    }
    if (status == VT_OK) {
        status = vt_lock_take(&lock, folder, err);
    }
    if (status == VT_OK && !options->skip_text) {
        status = encode_kind(&report.text, shop, VT_ENCODER_TEXT, options, err);
    }
    if (status == VT_OK && !options->skip_image) {
        status = encode_kind(&report.image, shop, VT_ENCODER_IMAGE, options, err);
    }
    vt_lock_release(lock);
    if (status == VT_OK) {
        *out = report;
    }
    return status;
}
