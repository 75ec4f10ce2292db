/*
 * One retraining: what is held out depends on what the old model has seen, so that is settled first; then the candidate
 * is fitted on the rest, both are evaluated on the same events, and the verdict says which one answers.
 */
#include "vitrine/retrain.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/options.h"
#include "recommend/active.h"
#include "recommend/retrain_files.h"
#include "vitrine/encoder.h"
#include "vitrine/links.h"

#define WORSE_SHARE .02 /* of the old value that a candidate may lie below it */
#define FIRST_KIND "itemknn"
#define POPULARITY "popularity"

void vt_retrain_options_init_sized(vt_retrain_options *options, size_t size)
{
    const vt_retrain_options defaults = {.holdout = .1, .holdout_max = 20000, .seed = 42};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

bool vt_retrain_accepts(double old_value, const vt_difference *difference)
{
    return difference->value.high >= 0 && difference->value.value >= -WORSE_SHARE * old_value;
}

typedef struct retraining {
    const vt_retrain_options *options;
    vt_shop *shop;
    vt_retraining *result;
    vt_model *old;     /* NULL: none that can be read */
    bool answers_now;  /* the old one; else popularity does */
    char answers[256]; /* what answers so far; "": nothing */
    vt_model_info old_info;
    const vt_model_kind *kind;
    vt_snapshot *snapshot;
    vt_item_vectors *vectors[2]; /* VT_ENCODER_TEXT, VT_ENCODER_IMAGE; NULL: none, or not read */
    vt_user_links *links;
    vt_split *split;
    vt_interactions *train;
    vt_model *candidate;
    bool comparable; /* the old model has not seen what is held out, and it is enough */
    char tuned[VT_SETTINGS_BYTES];
    const char **settings;
    size_t n_settings;
} retraining;

/* ---- what it begins with ----------------------------------------------------------------------------------------- */

static int check_options(const vt_retrain_options *o, vt_error *err)
{
    int status = vt_options_check(o->size, sizeof *o, "vt_retrain_options", err);
    if (status == VT_OK && !(o->holdout > 0 && o->holdout <= .5)) {
        return vt_fail(err, VT_ERR_USAGE, "a share of %g cannot be held out; above 0 and at most 0.5 can", o->holdout);
    }
    if (status == VT_OK && (o->holdout_max < 1 || o->holdout_max > 1000000)) {
        return vt_fail(err, VT_ERR_USAGE, "1 to 1,000,000 events can be held out");
    }
    return status;
}

/* The model to compare with. One that cannot be read does not answer either. */
static int load_old(retraining *r, vt_error *err)
{
    char path[4096];
    vt_error why = VT_ERROR_INIT;
    const char *shop = vt_shop_path(r->shop), *named = r->options->old;
    int status = vt_model_find(path, sizeof path, shop, NULL, &why);
    if (status == VT_OK) {
        vt_model_name(r->answers, sizeof r->answers, path);
    }
    if (named != NULL) {
        status = vt_model_find(path, sizeof path, shop, named, err);
        status = status != VT_OK ? status : vt_model_load(&r->old, path, err);
    } else if (status == VT_OK) {
        status = vt_model_load(&r->old, path, &why);
    }
    if (status == VT_OK) {
        vt_model_name(r->result->old, sizeof r->result->old, path);
        vt_model_describe(r->old, &r->old_info);
        r->answers_now = true;
        return VT_OK;
    }
    if (named != NULL) {
        return status;
    }
    snprintf(r->result->old, sizeof r->result->old, "%s", POPULARITY);
    return status == VT_ERR_NO_MEMORY ? vt_fail(err, why.code, "%s", why.message) : VT_OK;
}

/* Kind and settings of the candidate. */
static int choose_kind(retraining *r, vt_error *err)
{
    const vt_retrain_options *o = r->options;
    const char *name = o->kind != NULL ? o->kind : r->old != NULL ? r->old_info.kind->name : FIRST_KIND;
    r->kind = vt_model_kind_find(name);
    if (r->kind == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no kind of model \"%.100s\"", name);
    }
    snprintf(r->result->kind, sizeof r->result->kind, "%s", r->kind->name);
    r->settings = vt_alloc(o->n_settings + 1, sizeof *r->settings, err);
    if (r->settings == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    bool tuned = o->preset != NULL && strcmp(o->preset, VT_TUNED_PRESET) == 0;
    bool as_old = r->old != NULL && o->preset == NULL && o->n_settings == 0 && r->old_info.kind == r->kind;
    if (tuned) {
        int status = vt_tuned_read(r->tuned, sizeof r->tuned, vt_shop_path(r->shop), r->kind->name, err);
        if (status != VT_OK) {
            return status;
        }
        r->settings[r->n_settings++] = r->tuned;
    } else if (as_old) {
        r->settings[r->n_settings++] = r->old_info.settings;
    }
    for (size_t i = 0; i < o->n_settings; i++) {
        r->settings[r->n_settings++] = o->settings[i];
    }
    return VT_OK;
}

static vt_fit_options fit_options(const retraining *r)
{
    vt_fit_options fit;
    const char *preset = r->options->preset;
    vt_fit_options_init(&fit);
    fit.preset = preset != NULL && strcmp(preset, VT_TUNED_PRESET) != 0 ? preset : NULL;
    fit.settings = r->settings;
    fit.n_settings = r->n_settings;
    fit.seed = r->options->seed;
    fit.threads = r->options->threads;
    fit.text = r->vectors[VT_ENCODER_TEXT];
    fit.image = r->vectors[VT_ENCODER_IMAGE];
    fit.links = r->links;
    fit.progress = r->options->progress;
    return fit;
}

static int take_snapshot(retraining *r, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.progress = r->options->progress;
    if (r->options->positive != NULL) {
        options.positive = r->options->positive;
    } else if (r->old != NULL) {
        options.positive = r->old_info.positive;
    }
    int status = vt_snapshot_take(&r->snapshot, r->shop, &options, err);
    if (status == VT_OK && r->snapshot->time_max == VT_NONE) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "the newest events are held out to compare models, and this shop has none that count, or some "
                       "without a time");
    }
    return status;
}

/* Vectors of what is new in the catalogue too; those that are there do, where it cannot be encoded. */
static int encode_new(const retraining *r, unsigned needed, vt_error *err)
{
    vt_encode_options encode;
    vt_encode_report report;
    vt_error why = VT_ERROR_INIT;
    vt_encode_options_init(&encode);
    encode.skip_text = (needed & VT_VECTORS_TEXT) == 0;
    encode.skip_image = (needed & VT_VECTORS_IMAGE) == 0;
    encode.threads = r->options->threads;
    encode.progress = r->options->progress;
    int status = vt_encode_shop(&report, r->shop, &encode, &why);
    return status == VT_ERR_CANCELLED || status == VT_ERR_NO_MEMORY ? vt_fail(err, why.code, "%s", why.message) : VT_OK;
}

/* Vectors that the candidate or the old model reads. One of other encoders does not answer in a server either. */
static int open_vectors(retraining *r, vt_error *err)
{
    unsigned needed = 0, by_old = 0;
    const vt_fit_options fit = fit_options(r);
    int status =
        vt_model_settings(r->result->settings, sizeof r->result->settings, r->kind->name, &fit, r->snapshot, err);
    status = status != VT_OK ? status : vt_model_vectors(&needed, r->kind, r->result->settings, err);
    if (status == VT_OK && r->old != NULL) {
        status = vt_model_vectors(&by_old, r->old_info.kind, r->old_info.settings, err);
    }
    needed |= by_old;
    if (status != VT_OK || needed == 0) {
        return status;
    }
    status = encode_new(r, needed, err);
    for (int k = 0; k < 2 && status == VT_OK; k++) {
        vt_error none = VT_ERROR_INIT;
        status = vt_item_vectors_open(&r->vectors[k], vt_shop_path(r->shop), (vt_encoder_kind)k, &none);
        status = status == VT_OK || status == VT_ERR_NOT_FOUND ? VT_OK : vt_fail(err, none.code, "%s", none.message);
    }
    if (status == VT_OK && r->old != NULL &&
        vt_model_check_vectors(r->old, r->vectors[VT_ENCODER_TEXT], r->vectors[VT_ENCODER_IMAGE], NULL) != VT_OK) {
        r->answers_now = false;
        snprintf(r->result->old, sizeof r->result->old, "%s", POPULARITY);
    }
    return status;
}

/* ---- what is held out -------------------------------------------------------------------------------------------- */

/* Positive events of users, and those after `moment`. */
static int64_t count_positive(int64_t *after, const vt_snapshot *s, int64_t moment)
{
    int64_t n = 0;
    *after = 0;
    for (int64_t e = 0; e < s->n_events; e++) {
        n += s->positive[e] != 0;
        *after += s->positive[e] != 0 && s->time[e] > moment;
    }
    return n;
}

static void count_held_out(retraining *r)
{
    const vt_snapshot *s = r->snapshot;
    r->result->users = r->result->events = 0;
    r->result->since = r->split->moment;
    for (int32_t u = 0; u < s->n_users; u++) {
        int64_t before = r->result->events;
        for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
            r->result->events += r->split->label[e] == VT_PART_TEST;
        }
        r->result->users += r->result->events > before;
    }
}

static int hold_out(retraining *r, int64_t n, int64_t held, vt_error *err)
{
    vt_split_spec spec = {.kind = VT_SPLIT_TIME};
    vt_split_free(r->split);
    r->split = NULL;
    spec.share[2] = (double)held / (double)n;
    spec.share[0] = 1 - spec.share[2];
    int status = vt_split_create(&r->split, r->snapshot, &spec, r->options->seed, 0, false, err);
    if (status == VT_OK) {
        count_held_out(r);
    }
    return status;
}

/* The newest share, or what came after the old model's fit where that is less. */
static int choose_held_out(retraining *r, vt_error *err)
{
    int64_t after = 0, until = !r->answers_now ? INT64_MIN : r->old_info.until;
    bool knows_when = !r->answers_now || until != VT_NONE;
    int64_t n = count_positive(&after, r->snapshot, until);
    int64_t held = (int64_t)(r->options->holdout * (double)n);
    held = held > r->options->holdout_max ? r->options->holdout_max : held;
    if (n < 2) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%" PRId64 " events of users count, which is nothing to fit on", n);
    }
    held = held < 1 ? 1 : held;
    int64_t unseen = !knows_when ? 0 : after < held ? after : held;
    int status = unseen > 0 ? hold_out(r, n, unseen, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    r->comparable =
        unseen > 0 && r->result->users >= VT_RETRAIN_USERS_MIN && (!r->answers_now || r->split->moment > until);
    return r->comparable || unseen == held ? VT_OK : hold_out(r, n, held, err);
}

/* ---- fitting and comparing --------------------------------------------------------------------------------------- */

static int fit_on_rest(vt_model **out, const retraining *r, const char *kind, const vt_fit_options *options,
                       vt_error *err)
{
    char trained_on[VT_TRAINED_ON_BYTES];
    vt_fit_options fit = *options;
    vt_evaluation_trained_on(trained_on, r->split);
    fit.trained_on = trained_on;
    return vt_model_fit(out, kind, r->train, &fit, err);
}

static int fit_candidate(retraining *r, vt_error *err)
{
    int status = vt_user_links_load(&r->links, r->shop, r->snapshot, err);
    if (status == VT_OK) {
        status = vt_interactions_create(&r->train, r->snapshot, r->split, 1U << VT_PART_TRAIN | VT_PARTS_SIGNALS, err);
    }
    if (status != VT_OK) {
        return status;
    }
    const vt_fit_options fit = fit_options(r);
    double began = vt_seconds();
    status = fit_on_rest(&r->candidate, r, r->kind->name, &fit, err);
    r->result->fit_seconds = vt_seconds() - began;
    r->result->fitted_on = r->train->n;
    return status;
}

/* The old model as it answers now: with items that came after its fit, where its kind can; or popularity. */
static int prepare_old(vt_model **popular, retraining *r, vt_error *err)
{
    if (!r->answers_now) {
        vt_fit_options fit;
        vt_fit_options_init(&fit);
        fit.threads = r->options->threads;
        return fit_on_rest(popular, r, POPULARITY, &fit, err);
    }
    if ((r->old_info.kind->abilities & VT_MODEL_GROWS) == 0) {
        return VT_OK;
    }
    int64_t added = 0;
    return vt_model_add_items(&added, r->old, r->snapshot, r->vectors[VT_ENCODER_TEXT], r->vectors[VT_ENCODER_IMAGE],
                              r->options->threads, err);
}

static int compare(retraining *r, vt_error *err)
{
    vt_evaluation of_candidate = {0}, of_old = {0};
    vt_comparison comparison;
    vt_protocol protocol;
    vt_model *popular = NULL;
    vt_protocol_init(&protocol);
    protocol.state = VT_STATE_LIVE;
    protocol.cutoff[0] = 10;
    protocol.n_cutoffs = 1;
    protocol.seed = r->options->seed;
    protocol.threads = r->options->threads;
    protocol.progress = r->options->progress;
    int status = prepare_old(&popular, r, err);
    if (status == VT_OK) {
        status = vt_evaluate_served(&of_candidate, r->candidate, r->snapshot, r->split, &protocol, err);
    }
    if (status == VT_OK) {
        status = vt_evaluate_served(&of_old, r->answers_now ? r->old : popular, r->snapshot, r->split, &protocol, err);
    }
    if (status == VT_OK) {
        status = vt_evaluation_compare(&comparison, &of_candidate, &of_old, &protocol, err);
    }
    if (status == VT_OK) {
        r->result->compared = true;
        r->result->value = of_candidate.figure[0][VT_METRIC_NDCG];
        r->result->old_value = of_old.figure[0][VT_METRIC_NDCG];
        r->result->difference = comparison.metric[0][VT_METRIC_NDCG];
    }
    vt_evaluation_done(&of_candidate);
    vt_evaluation_done(&of_old);
    vt_model_free(popular);
    return status;
}

/* ---- the verdict ------------------------------------------------------------------------------------------------- */

static void say_compared(retraining *r)
{
    vt_retraining *v = r->result;
    const vt_figure *d = &v->difference.value;
    bool good = vt_retrain_accepts(v->old_value.value, &v->difference);
    v->accepted = good || r->options->force;
    snprintf(v->why, sizeof v->why,
             "%s than %.200s for %" PRId64 " users lately: NDCG@10 %.4f against %.4f, difference %+.4f (95 %% "
             "interval %+.4f to %+.4f)%s",
             !good        ? "worse"
             : d->low > 0 ? "better"
                          : "not worse",
             v->old, v->users, v->value.value, v->old_value.value, d->value, d->low, d->high,
             !good && v->accepted ? "; forced" : "");
}

static void say_not_compared(retraining *r)
{
    vt_retraining *v = r->result;
    v->accepted = !r->answers_now || r->options->force;
    if (!r->answers_now) {
        snprintf(v->why, sizeof v->why, "the first model; there are too few events to compare it with popularity");
        return;
    }
    snprintf(v->why, sizeof v->why,
             "not enough new events to compare with %.200s: %d users with events after its fit are needed%s", v->old,
             VT_RETRAIN_USERS_MIN, r->options->force ? "; forced" : "");
}

static int put_in_place(retraining *r, vt_error *err)
{
    const char *shop = vt_shop_path(r->shop);
    char name[sizeof r->result->name];
    int status = vt_retrained_name(name, sizeof name, shop, r->kind->name, err);
    status = status != VT_OK ? status : vt_model_save_in(shop, name, r->candidate, r->train, NULL, err);
    status = status != VT_OK ? status : vt_active_write(shop, name, r->answers, err);
    status = status != VT_OK ? status : vt_retrained_prune(shop, err);
    if (status == VT_OK) {
        snprintf(r->result->name, sizeof r->result->name, "%s", name);
    }
    return status;
}

static int run(retraining *r, vt_error *err)
{
    int status = load_old(r, err);
    status = status != VT_OK ? status : choose_kind(r, err);
    status = status != VT_OK ? status : take_snapshot(r, err);
    status = status != VT_OK ? status : open_vectors(r, err);
    status = status != VT_OK ? status : choose_held_out(r, err);
    if (status != VT_OK) {
        return status;
    }
    if (!r->comparable && r->answers_now && !r->options->force) {
        say_not_compared(r);
        return VT_OK;
    }
    status = fit_candidate(r, err);
    if (status == VT_OK && r->comparable) {
        status = compare(r, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (r->comparable) {
        say_compared(r);
    } else {
        say_not_compared(r);
    }
    return r->result->accepted ? put_in_place(r, err) : VT_OK;
}

int vt_retrain(vt_retraining *out, vt_shop *shop, const vt_retrain_options *options, vt_error *err)
{
    int status = check_options(options, err);
    vt_retraining *result = status == VT_OK ? vt_alloc_zero(1, sizeof *result, err) : NULL;
    if (result == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    retraining r = {.options = options, .shop = shop, .result = result};
    status = run(&r, err);
    if (status == VT_OK) {
        *out = *result;
    }
    vt_model_free(r.candidate);
    vt_interactions_free(r.train);
    vt_split_free(r.split);
    vt_user_links_free(r.links);
    for (int k = 0; k < 2; k++) {
        vt_item_vectors_free(r.vectors[k]);
    }
    vt_snapshot_free(r.snapshot);
    vt_model_free(r.old);
    vt_free((void *)(uintptr_t)r.settings);
    vt_free(result);
    return status;
}
