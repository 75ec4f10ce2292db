/*
 * Model selection over a table of kinds and presets. Rows of one kind in epochs are a bracket of successive halving
 * with two rungs: each with a third of its epochs, the best with all of them. What is compared is the newest part of
 * the shop's own events, asked as a server would be.
 */
#include "vitrine/selection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/options.h"
#include "base/rng.h"
#include "eval/epochs.h"
#include "eval/protocol.h"
#include "eval/selection_rows.h"

/* Lists that are evaluated at most, about; K; the share of the epochs in a first round. */
enum { LISTS_MAX = 5000, CUTOFF = 10, ETA = 3 };

typedef struct selector {
    const vt_selection *selection;
    const vt_snapshot *snapshot;
    vt_split *split;
    vt_protocol protocol;
    vt_progress progress; /* of each fit, with the deadline over it */
    double began;
    bool too_late; /* the deadline has ended a fit */
    size_t capacity;
    vt_selection_result *result;
} selector;

void vt_selection_init_sized(vt_selection *selection, size_t size)
{
    vt_selection defaults = {.spec = {.kind = VT_SPLIT_NONE}};
    vt_fit_options_init(&defaults.fit);
    vt_protocol_init(&defaults.protocol);
    vt_options_init(selection, size, &defaults, sizeof defaults);
}

void vt_selection_result_done(vt_selection_result *result)
{
    if (result != NULL) {
        vt_free(result->trial);
        result->trial = NULL;
        result->n = 0;
    }
}

/* ---- what is evaluated ------------------------------------------------------------------------------------------- */

/*
 * Leaves about LISTS_MAX lists, of users by chance. The held-out events of the others are known to the clock all the
 * same where it moves on, and never were where it stands.
 */
static void thin_out(selector *s)
{
    vt_split *split = s->split;
    const vt_snapshot *snapshot = s->snapshot;
    uint8_t part = (uint8_t)s->protocol.part;
    bool live = s->protocol.state != VT_STATE_FROZEN;
    double share = (double)LISTS_MAX / (double)(split->count[part] + 1);
    for (int32_t u = 0; u < snapshot->n_users && share < 1; u++) {
        vt_rng rng = vt_rng_at(s->protocol.seed, "selection-users", (uint64_t)u, 0);
        bool in = vt_rng_unit(&rng) < share;
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1] && !in; e++) {
            if (split->label[e] == part) {
                split->count[part]--;
                split->label[e] = live ? VT_PART_HISTORY : VT_PART_NONE;
                split->count[split->label[e]]++;
            }
        }
    }
}

/* The shop's own newest events: the last tenth as of each event, or without times the last one of each user. */
static int split_newest(selector *s, vt_error *err)
{
    bool timed = s->snapshot->time_min != VT_NONE;
    const vt_split_spec spec = {.kind = timed ? VT_SPLIT_TIME : VT_SPLIT_LEAVE_LAST_OUT, .share = {0.9, 0, 0.1}};
    vt_protocol_init(&s->protocol);
    s->protocol.state = timed ? VT_STATE_VISITS : VT_STATE_FROZEN;
    s->protocol.candidates = timed ? VT_CANDIDATES_ALIVE : VT_CANDIDATES_CATALOGUE;
    s->protocol.part = VT_PART_TEST;
    return vt_split_create(&s->split, s->snapshot, &spec, s->selection->fit.seed, 0, false, err);
}

static int split_as_named(selector *s, vt_error *err)
{
    s->protocol = s->selection->protocol;
    s->protocol.part = VT_PART_VALID;
    return vt_split_create(&s->split, s->snapshot, &s->selection->spec, s->selection->fit.seed, 0, true, err);
}

static int set_out(selector *s, vt_error *err)
{
    int status = s->selection->spec.kind == VT_SPLIT_NONE ? split_newest(s, err) : split_as_named(s, err);
    s->protocol.seed = s->selection->fit.seed;
    s->protocol.threads = s->selection->fit.threads;
    s->protocol.resamples = s->selection->protocol.resamples;
    s->protocol.slices = false;
    s->protocol.lister = NULL;
    s->protocol.text = NULL;
    s->protocol.image = NULL;
    s->protocol.n_cutoffs = 1;
    s->protocol.cutoff[0] = CUTOFF;
    s->protocol.progress = &s->progress;
    if (status == VT_OK) {
        thin_out(s);
        vt_protocol_name(s->result->protocol, sizeof s->result->protocol, s->snapshot, s->split, &s->protocol);
    }
    return status;
}

/* ---- trials ------------------------------------------------------------------------------------------------------ */

static bool is_over(const selector *s)
{
    return s->selection->budget > 0 && s->result->n > 0 && vt_seconds() - s->began >= s->selection->budget;
}

static int on_progress(void *context, const vt_progress_state *state)
{
    selector *s = context;
    const vt_progress *outer = s->selection->fit.progress;
    s->too_late = is_over(s);
    return s->too_late ? 1 : outer == NULL ? 0 : outer->report(outer->context, state);
}

static int evaluate_row(vt_evaluation *out, vt_fit_report *report, selector *s, const vt_selection_trial *trial,
                        vt_error *err)
{
    char epochs[32];
    const char *settings[2];
    vt_fit_options fit = s->selection->fit;
    int32_t all = 0;
    fit.preset = trial->preset;
    fit.settings = settings;
    fit.n_settings = 0;
    fit.report = report;
    fit.progress = &s->progress;
    if (trial->settings != NULL) {
        settings[fit.n_settings++] = trial->settings;
    }
    int status = vt_epochs_of(&all, vt_model_kind_find(trial->kind), &fit, err);
    if (trial->share < 1) {
        snprintf(epochs, sizeof epochs, "epochs=%.0f", ceil((double)all * trial->share));
        settings[fit.n_settings++] = epochs;
    }
    return status == VT_OK ? vt_evaluate_model(out, trial->kind, &fit, s->snapshot, s->split, &s->protocol, err)
                           : status;
}

/* Tries a row; what fails is told and left out. `*number`: of the trial, where there is one. */
static int try_row(size_t *number, selector *s, const vt_selection_row *row, double share, vt_error *err)
{
    vt_selection_result *result = s->result;
    vt_evaluation e = {.n_cutoffs = 0};
    vt_fit_report report = {0, 0, 0.0, 0.0};
    vt_error why = VT_ERROR_INIT;
    vt_selection_trial trial = {.kind = row->kind,
                                .preset = row->preset,
                                .settings = row->settings,
                                .share = share,
                                .value = NAN,
                                .low = NAN,
                                .high = NAN};
    int status = evaluate_row(&e, &report, s, &trial, &why);
    if (s->too_late) {
        result->out_of_time = true;
        return VT_OK;
    }
    if (status == VT_ERR_CANCELLED || status == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        const vt_figure *ndcg = &e.figure[0][VT_METRIC_NDCG];
        trial.value = ndcg->value;
        trial.low = ndcg->low;
        trial.high = ndcg->high;
        trial.fit_seconds = e.fit_seconds;
        trial.rank_seconds = e.rank_seconds;
        trial.epochs = s->split->count[VT_PART_VALID] > 0 ? report.best : 0;
    }
    snprintf(trial.error, sizeof trial.error, "%.250s", status == VT_OK ? "" : why.message);
    vt_evaluation_done(&e);
    status = vt_alloc_next(&result->trial, &s->capacity, result->n, sizeof *result->trial, err);
    if (status == VT_OK) {
        *number = result->n;
        result->trial[result->n++] = trial;
        if (s->selection->told != NULL) {
            s->selection->told(s->selection->context, &trial);
        }
    }
    return status;
}

static bool is_better(const vt_selection_result *result, size_t a, size_t b)
{
    double x = a < result->n ? result->trial[a].value : (double)NAN;
    double y = b < result->n ? result->trial[b].value : (double)NAN;
    return !isnan(x) && (isnan(y) || x > y);
}

/* Rows of one kind: all of them whole, or a first round and the best. */
static int try_kind(selector *s, const vt_selection_row *const *row, size_t n, vt_error *err)
{
    vt_selection_result *result = s->result;
    bool in_epochs = (vt_model_kind_find(row[0]->kind)->abilities & VT_MODEL_EPOCHS) != 0;
    bool first_round = n > 1 && in_epochs;
    size_t best = SIZE_MAX, best_row = 0;
    int status = VT_OK;
    for (size_t r = 0; status == VT_OK && r < n && !result->out_of_time; r++) {
        size_t number = SIZE_MAX;
        status = try_row(&number, s, row[r], first_round ? 1.0 / ETA : 1.0, err);
        bool better = number != SIZE_MAX && is_better(result, number, best);
        best = better ? number : best;
        best_row = better ? r : best_row;
    }
    if (status == VT_OK && first_round && best != SIZE_MAX && !result->out_of_time) {
        best = SIZE_MAX;
        status = try_row(&best, s, row[best_row], 1.0, err);
    } else if (first_round) {
        best = SIZE_MAX; /* nothing was fitted whole */
    }
    if (best != SIZE_MAX && is_better(result, best, result->best)) {
        result->best = best;
    }
    return status;
}

static int try_all(selector *s, vt_error *err)
{
    enum { MOST = 16 };
    size_t n_rows = 0;
    const vt_selection_row *rows = vt_selection_rows(&n_rows);
    unsigned shape = 0;
    int status = vt_selection_shape(&shape, s->snapshot, s->split, &s->selection->fit, err);
    s->result->best = SIZE_MAX;
    for (size_t begin = 0, end = 0; status == VT_OK && begin < n_rows && !s->result->out_of_time; begin = end) {
        const vt_selection_row *fitting[MOST];
        size_t n = 0;
        for (end = begin; end < n_rows && strcmp(rows[end].kind, rows[begin].kind) == 0; end++) {
            if ((rows[end].needs & ~shape) == 0 && n < MOST) {
                fitting[n++] = &rows[end];
            }
        }
        status = n > 0 ? try_kind(s, fitting, n, err) : VT_OK;
    }
    return status;
}

/* What a fit without validation must be told: the setting of the row, or when to stop. */
static int say_settings(const selector *s, vt_error *err)
{
    vt_selection_result *result = s->result;
    const vt_selection_trial *best = &result->trial[result->best];
    const char *own = best->settings == NULL ? "" : best->settings;
    vt_split *split = NULL;
    snprintf(result->settings, sizeof result->settings, "%s", own);
    if (best->epochs == 0) {
        return VT_OK;
    }
    int status = vt_split_create(&split, s->snapshot, &s->selection->spec, s->protocol.seed, 0, false, err);
    if (status == VT_OK && split->count[VT_PART_VALID] == 0) {
        snprintf(result->settings, sizeof result->settings, "%s%sepochs=%d", own, own[0] == '\0' ? "" : ",",
                 (int)best->epochs);
    }
    vt_split_free(split);
    return status;
}

static int nothing_fits(const vt_selection_result *result, vt_error *err)
{
    return vt_fail(err, VT_ERR_UNSUPPORTED, "no model could be evaluated%s%s", result->n > 0 ? ": " : "",
                   result->n > 0 ? result->trial[0].error : "");
}

int vt_select_model(vt_selection_result *out, const vt_snapshot *snapshot, const vt_selection *selection, vt_error *err)
{
    vt_selection_result result = {.n = 0};
    selector s = {.selection = selection, .snapshot = snapshot, .result = &result, .began = vt_seconds()};
    s.progress = (vt_progress){on_progress, &s};
    int status = vt_options_check(selection->size, sizeof *selection, "vt_selection", err);
    if (status == VT_OK && vt_split_folds(&selection->spec) > 0) {
        status =
            vt_fail(err, VT_ERR_USAGE, "a split of folds has no one part to choose by; name a split without folds");
    }
    status = status != VT_OK ? status : set_out(&s, err);
    status = status != VT_OK ? status : try_all(&s, err);
    if (status == VT_OK && result.best == SIZE_MAX) {
        status = nothing_fits(&result, err);
    }
    status = status != VT_OK ? status : say_settings(&s, err);
    vt_split_free(s.split);
    if (status != VT_OK) {
        vt_selection_result_done(&result);
        return status;
    }
    *out = result;
    return VT_OK;
}
