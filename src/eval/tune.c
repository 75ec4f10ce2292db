/*
 * Random search with successive halving. Brackets are small, so whenever time is up some settings have been evaluated
 * with the whole budget. Trial t draws from a stream of its own, so more trials begin with the same ones.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/options.h"
#include "eval/epochs.h"
#include "eval/protocol.h"
#include "eval/search.h"
#include "eval/tune_log.h"

enum { RUNGS_MAX = 3, BRACKET_MAX = 9, ETA = 3, USERS_MIN = 300, SETTINGS_MAX = 64 };

typedef struct tuner {
    const vt_tuning *tuning;
    const vt_model_kind *kind;
    const vt_snapshot *snapshot;
    vt_search search;
    vt_split *split;
    uint8_t *label; /* (E) of a share of the users */
    vt_protocol protocol;
    vt_progress progress; /* of the whole search, over that of fits */
    vt_tune_log log;
    double share[RUNGS_MAX]; /* of the budget, ascending to 1 */
    int32_t n_rungs;
    int32_t epochs; /* of the whole budget; 0: the budget is users */
    double began;
    int64_t steps_done, steps; /* evaluations */
    char detail[96];
    vt_tuning_result *result;
} tuner;

void vt_tuning_init_sized(vt_tuning *tuning, size_t size)
{
    vt_tuning defaults = {.trials = 60};
    vt_fit_options_init(&defaults.fit);
    vt_protocol_init(&defaults.protocol);
    vt_options_init(tuning, size, &defaults, sizeof defaults);
}

/* ---- setting out ------------------------------------------------------------------------------------------------- */

static int64_t evaluated_users(const tuner *t)
{
    int64_t n = 0;
    for (int32_t u = 0; u < t->snapshot->n_users; u++) {
        bool any = false;
        for (int64_t e = t->snapshot->user_ptr[u]; e < t->snapshot->user_ptr[u + 1] && !any; e++) {
            any = t->split->label[e] == VT_PART_VALID;
        }
        n += any;
    }
    return n;
}

/* As many rungs as leave something to evaluate, or a whole epoch, on the lowest. */
static void choose_rungs(tuner *t)
{
    double least = t->epochs > 0 ? 1.0 : (double)USERS_MIN;
    double whole = t->epochs > 0 ? (double)t->epochs : (double)evaluated_users(t);
    double share = 1;
    t->n_rungs = 1;
    while (t->n_rungs < RUNGS_MAX && whole * share / ETA >= least) {
        share /= ETA;
        t->n_rungs++;
    }
    for (int32_t r = 0; r < t->n_rungs; r++) {
        t->share[r] = r == t->n_rungs - 1 ? 1 : share;
        share *= ETA;
    }
}

static int32_t bracket_size(const tuner *t)
{
    return t->n_rungs == 3 ? BRACKET_MAX : t->n_rungs == 2 ? ETA : 1;
}

static int64_t count_steps(const tuner *t)
{
    int64_t steps = 1;
    for (int32_t left = t->tuning->trials - 1; left > 0; left -= bracket_size(t)) {
        int32_t n = left < bracket_size(t) ? left : bracket_size(t);
        for (int32_t r = 0; r < t->n_rungs; r++) {
            steps += n;
            n = (n + ETA - 1) / ETA;
        }
    }
    return steps;
}

/* What makes trials comparable: data, protocol, where the search begins, what is drawn. */
static int make_key(tuner *t, const char *name, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, 1 << 16);
    const vt_fit_options *fit = &t->tuning->fit;
    int status = vt_buf_printf(&text, err, "%s|%s|%s|%s|%" PRIu64, t->snapshot->hash, name, t->kind->name,
                               fit->preset == NULL ? "" : fit->preset, fit->seed);
    for (size_t i = 0; i < fit->n_settings && status == VT_OK; i++) {
        status = vt_buf_printf(&text, err, "|%s", fit->settings[i]);
    }
    for (size_t i = 0; i < t->search.n && status == VT_OK; i++) {
        const vt_search_row *row = &t->search.row[i];
        status = vt_buf_printf(&text, err, "|%.*s=%.17g:%.17g:%d:%.*s", VT_STR_ARGS(row->name), row->low, row->high,
                               row->logarithmic, VT_STR_ARGS(row->values));
    }
    if (status == VT_OK) {
        snprintf(t->log.key, sizeof t->log.key, "%016" PRIx64, vt_hash64(text.data, text.len, 0));
    }
    vt_buf_done(&text);
    return status;
}

/* ---- one trial --------------------------------------------------------------------------------------------------- */

/* Fits and evaluations within a search are one piece of work to whoever watches. */
static int on_progress(void *context, const vt_progress_state *inner)
{
    tuner *t = context;
    const vt_progress *outer = t->tuning->fit.progress;
    char stage[96];
    snprintf(stage, sizeof stage, "tuning %.80s", t->kind->name);
    vt_progress_state state = {.stage = stage,
                               .unit = "trials",
                               .done = (double)t->steps_done,
                               .total = (double)t->steps,
                               .detail = t->detail[0] == '\0' ? NULL : t->detail};
    (void)inner;
    return outer == NULL ? 0 : outer->report(outer->context, &state);
}

/* The split without the users outside the share: neither fitted on nor evaluated. */
static vt_split split_of(tuner *t, double share)
{
    vt_split part = *t->split;
    const vt_snapshot *snapshot = t->snapshot;
    part.label = t->label;
    memset(part.count, 0, sizeof part.count);
    for (int32_t u = 0; u < snapshot->n_users; u++) {
        vt_rng rng = vt_rng_at(t->protocol.seed, "tune-users", (uint64_t)u, 0);
        bool in = vt_rng_unit(&rng) < share;
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1]; e++) {
            t->label[e] = in ? t->split->label[e] : (uint8_t)VT_PART_NONE;
            part.count[t->label[e]]++;
        }
    }
    return part;
}

static int evaluate_trial(vt_evaluation *out, vt_fit_report *report, tuner *t, const vt_trial *trial, vt_error *err)
{
    const char *settings[SETTINGS_MAX];
    char epochs[32];
    vt_fit_options fit = t->tuning->fit;
    vt_protocol protocol = t->protocol;
    vt_split part = *t->split;
    size_t n = 0;
    if (fit.n_settings + 2 > SETTINGS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "at most %d settings can stand at the beginning of a search",
                       SETTINGS_MAX - 2);
    }
    for (; n < fit.n_settings; n++) {
        settings[n] = fit.settings[n];
    }
    if (trial->settings[0] != '\0') {
        settings[n++] = trial->settings;
    }
    if (trial->share < 1 && t->epochs > 0) {
        snprintf(epochs, sizeof epochs, "epochs=%.0f", ceil(trial->share * (double)t->epochs));
        settings[n++] = epochs;
    } else if (trial->share < 1) {
        part = split_of(t, trial->share);
    }
    fit.settings = settings;
    fit.n_settings = n;
    fit.progress = &t->progress;
    fit.report = report;
    protocol.progress = &t->progress;
    protocol.resamples = trial->share < 1 ? 0 : protocol.resamples;
    return vt_evaluate_model(out, t->kind->name, &fit, t->snapshot, &part, &protocol, err);
}

/* Evaluates a trial, or finds it in the log. Only what concerns the search as a whole is a failure. */
static int run_trial(vt_trial *trial, tuner *t, vt_error *err)
{
    const vt_trial *known = vt_tune_log_find(&t->log, trial);
    vt_evaluation e = {.n_cutoffs = 0};
    vt_fit_report report = {0, 0, 0.0, 0.0};
    vt_error why = VT_ERROR_INIT;
    int status = VT_OK;
    if (known != NULL) {
        int32_t rung = trial->rung;
        *trial = *known;
        trial->rung = rung;
    } else {
        double start = vt_seconds();
        status = evaluate_trial(&e, &report, t, trial, &why);
        trial->seconds = vt_seconds() - start;
        trial->epochs = report.best;
        vt_figure figure = {NAN, NAN, NAN};
        if (status == VT_OK) {
            figure = t->result->good > 0 ? e.figure[0][VT_METRIC_NDCG] : e.ratings.rmse;
        }
        trial->value = figure.value;
        trial->low = figure.low;
        trial->high = figure.high;
        snprintf(trial->error, sizeof trial->error, "%.250s", status == VT_OK ? "" : why.message);
        vt_evaluation_done(&e);
        if (status == VT_ERR_CANCELLED || status == VT_ERR_NO_MEMORY || (status != VT_OK && trial->number == 0)) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        status = vt_tune_log_add(&t->log, trial, t->result->metric, err);
    }
    t->steps_done++;
    t->result->failed += trial->error[0] != '\0';
    if (status == VT_OK && t->tuning->told != NULL) {
        t->tuning->told(t->tuning->context, trial);
    }
    return status;
}

static bool is_better(const tuner *t, const vt_trial *a, const vt_trial *b)
{
    if (isnan(a->value) || isnan(b->value)) {
        return !isnan(a->value) && isnan(b->value);
    }
    return a->value * t->result->good > b->value * t->result->good;
}

/* ---- the search -------------------------------------------------------------------------------------------------- */

static int draw(vt_trial *trial, const tuner *t, int32_t number, vt_error *err)
{
    vt_rng rng = vt_rng_at(t->tuning->fit.seed, "tune", (uint64_t)number, 0);
    vt_buf text;
    vt_buf_init(&text, sizeof trial->settings - 1);
    int status = vt_search_draw(&text, &t->search, &rng, err);
    *trial = (vt_trial){.number = number};
    if (status == VT_OK) {
        snprintf(trial->settings, sizeof trial->settings, "%s", text.data);
    }
    vt_buf_done(&text);
    return status;
}

/* The best first; the earlier trial first where they are equal. */
static void sort(const tuner *t, vt_trial *trial, int32_t n)
{
    for (int32_t i = 1; i < n; i++) {
        for (int32_t j = i; j > 0 && is_better(t, &trial[j], &trial[j - 1]); j--) {
            vt_trial swap = trial[j];
            trial[j] = trial[j - 1];
            trial[j - 1] = swap;
        }
    }
}

static bool is_out_of_time(const tuner *t)
{
    return t->tuning->budget > 0 && vt_seconds() - t->began >= t->tuning->budget;
}

static int run_bracket(tuner *t, int32_t first, int32_t n, vt_error *err)
{
    vt_tuning_result *result = t->result;
    vt_trial trial[BRACKET_MAX];
    for (int32_t i = 0; i < n; i++) {
        int status = draw(&trial[i], t, first + i, err);
        if (status != VT_OK) {
            return status;
        }
    }
    for (int32_t rung = 0; rung < t->n_rungs; rung++) {
        for (int32_t i = 0; i < n; i++) {
            if (is_out_of_time(t)) {
                result->out_of_time = true;
                return VT_OK;
            }
            trial[i].rung = rung;
            trial[i].share = t->share[rung];
            trial[i].kept = false;
            int status = run_trial(&trial[i], t, err);
            if (status != VT_OK) {
                return status;
            }
            result->trials += rung == 0;
            if (rung == t->n_rungs - 1) {
                result->whole++;
                result->best = is_better(t, &trial[i], &result->best) ? trial[i] : result->best;
                snprintf(t->detail, sizeof t->detail, "best %s %.4f", result->metric, result->best.value);
            }
        }
        sort(t, trial, n);
        n = (n + ETA - 1) / ETA;
    }
    return VT_OK;
}

static int run(tuner *t, vt_error *err)
{
    vt_tuning_result *result = t->result;
    int32_t size = bracket_size(t);
    result->first = (vt_trial){.number = 0, .rung = t->n_rungs - 1, .share = 1};
    int status = run_trial(&result->first, t, err);
    result->best = result->first;
    result->trials = 1;
    result->whole = 1;
    snprintf(t->detail, sizeof t->detail, "best %s %.4f", result->metric, result->best.value);
    for (int32_t at = 1; status == VT_OK && at < t->tuning->trials && !result->out_of_time; at += size) {
        int32_t left = t->tuning->trials - at;
        status = run_bracket(t, at, left < size ? left : size, err);
    }
    return status;
}

/* Without validation events a fit cannot stop early, so it is told when to. */
static int say_settings(tuner *t, vt_error *err)
{
    vt_tuning_result *result = t->result;
    vt_split *split = NULL;
    int len = snprintf(result->settings, sizeof result->settings, "%s", result->best.settings);
    if (t->epochs == 0 || result->best.epochs == 0) {
        return VT_OK;
    }
    int status = vt_split_create(&split, t->snapshot, &t->tuning->spec, t->protocol.seed, t->tuning->fold, false, err);
    if (status == VT_OK && split->count[VT_PART_VALID] == 0) {
        snprintf(result->settings + len, sizeof result->settings - (size_t)len, "%sepochs=%" PRId32,
                 len == 0 ? "" : ",", result->best.epochs);
    }
    vt_split_free(split);
    return status;
}

static int set_out(tuner *t, vt_error *err)
{
    const vt_tuning *tuning = t->tuning;
    vt_tuning_result *result = t->result;
    t->protocol = tuning->protocol;
    t->protocol.part = VT_PART_VALID;
    t->protocol.slices = false;
    t->protocol.text = NULL;
    t->protocol.image = NULL;
    t->protocol.n_cutoffs = 1;
    t->progress = (vt_progress){on_progress, t};
    t->kind = vt_model_kind_find(tuning->kind);
    if (t->kind == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no kind of model \"%s\"", tuning->kind);
    }
    result->good = (t->kind->abilities & VT_MODEL_RATES) != 0 ? -1 : 1;
    snprintf(result->metric, sizeof result->metric, result->good < 0 ? "RMSE" : "NDCG@%d", (int)t->protocol.cutoff[0]);
    int status = vt_search_parse(&t->search, t->kind, tuning->search, tuning->n_search, tuning->fit.settings,
                                 tuning->fit.n_settings, err);
    if (status == VT_OK && t->snapshot->time_min == VT_NONE) {
        vt_search_without_times(&t->search);
    }
    if (status == VT_OK && t->search.n == 0) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED,
                         "nothing of %s is searched unless you say so: name parameters with --search name=low:high or "
                         "--search name=a|b|c",
                         t->kind->name);
    }
    if (status == VT_OK) {
        status = vt_split_create(&t->split, t->snapshot, &tuning->spec, t->protocol.seed, tuning->fold, true, err);
    }
    if (status == VT_OK) {
        status = vt_epochs_of(&t->epochs, t->kind, &tuning->fit, err);
    }
    if (status == VT_OK) {
        vt_protocol_name(result->protocol, sizeof result->protocol, t->snapshot, t->split, &t->protocol);
        choose_rungs(t);
        t->steps = count_steps(t);
        t->label = vt_alloc((size_t)t->snapshot->n_events, 1, err);
        status = t->label == NULL ? VT_ERR_NO_MEMORY : make_key(t, result->protocol, err);
    }
    t->log.path = tuning->log;
    return status == VT_OK ? vt_tune_log_read(&t->log, err) : status;
}

int vt_tune(vt_tuning_result *out, const vt_snapshot *snapshot, const vt_tuning *tuning, vt_error *err)
{
    vt_tuning_result result;
    memset(&result, 0, sizeof result);
    int status = vt_options_check(tuning->size, sizeof *tuning, "vt_tuning", err);
    if (status != VT_OK) {
        return status;
    }
    tuner *t = vt_alloc_zero(1, sizeof *t, err);
    if (t == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    t->tuning = tuning;
    t->snapshot = snapshot;
    t->result = &result;
    t->began = vt_seconds();
    status = set_out(t, err);
    if (status == VT_OK) {
        status = run(t, err);
    }
    if (status == VT_OK) {
        status = say_settings(t, err);
    }
    if (status == VT_OK) {
        *out = result;
    }
    vt_tune_log_done(&t->log);
    vt_split_free(t->split);
    vt_free(t->label);
    vt_free(t);
    return status;
}
