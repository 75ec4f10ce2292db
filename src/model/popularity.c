/*
 * Popularity: how often an item was bought, over all time, in a window before the question, or with old events fading
 * by a half-life. A window or a half-life is always as of the question's moment, from events strictly before it: for
 * that the times of all events stand sorted per item, beside the faded count just after each event, so that one binary
 * search answers for any moment. Counts of all time too are as of the moment where the events after fitting are known.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "dataset/item_clock.h"
#include "model/kind.h"

enum { WINDOW, HALF_LIFE, COUNTS, N_PARAMS };
enum { COUNT_EVENTS, COUNT_USERS };

#define DAY 86400.0

/* Events older than so many half-lives weigh less than one part in 2^50. */
#define FADED 50.0

static const vt_param_spec params[N_PARAMS] = {
    [WINDOW] = {"window", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                "count only events of so many days before the question; 0 for all"},
    [HALF_LIFE] = {"half_life", VT_PARAM_REAL, 0.0, 0.0, 36500.0, NULL, "days",
                   "days after which an event counts half; 0 for no fading"},
    [COUNTS] = {"counts", VT_PARAM_CHOICE, COUNT_EVENTS, 0.0, 0.0, "events|users", "",
                "every event, or each user's first event on an item only"},
};

static const vt_preset presets[] = {
    {"recent", "window=90", "what sold in the last 90 days"},
    {"trend", "half_life=30", "what sells now, older sales fading"},
};

/* One slab of numbers; without window and half-life `ptr`, `time` and `faded` are NULL. */
typedef struct popularity {
    int32_t n_items;
    double window, half_life; /* seconds; 0 for none */
    bool by_user;             /* of each user the first event on an item alone */
    int64_t *count;           /* (I) */
    int64_t *ptr;             /* (I + 1) */
    int64_t *time;            /* (N) ascending per item */
    double *faded;            /* (N) sum of 2^(-age / half-life) of the events up to this one, at its time */
    int64_t last;             /* of all times */
} popularity;

static void popularity_free(void *state)
{
    popularity *p = state;
    if (p != NULL) {
        vt_free(p->count);
        vt_free(p->ptr);
        vt_free(p->time);
        vt_free(p->faded);
        vt_free(p);
    }
}

static int create(popularity **out, const vt_params *settings, int32_t n_items, vt_error *err)
{
    popularity *p = vt_alloc_zero(1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->n_items = n_items;
    p->window = settings->value[WINDOW] * DAY;
    p->half_life = settings->value[HALF_LIFE] * DAY;
    p->by_user = (int)settings->value[COUNTS] == COUNT_USERS;
    p->count = vt_alloc_zero((size_t)n_items, sizeof *p->count, err);
    if (p->count == NULL) {
        popularity_free(p);
        return VT_ERR_NO_MEMORY;
    }
    *out = p;
    return VT_OK;
}

static bool timed(const popularity *p)
{
    return p->window > 0.0 || p->half_life > 0.0;
}

/* The faded counts out of the times, and the last time. */
static int fade(popularity *p, vt_error *err)
{
    int64_t n = p->ptr[p->n_items];
    p->last = INT64_MIN;
    p->faded = vt_alloc((size_t)n, sizeof *p->faded, err);
    if (p->faded == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < p->n_items; i++) {
        for (int64_t e = p->ptr[i]; e < p->ptr[i + 1]; e++) {
            double before = 0.0;
            if (e > p->ptr[i] && p->half_life > 0.0) {
                before = p->faded[e - 1] * exp2(-(double)(p->time[e] - p->time[e - 1]) / p->half_life);
            }
            p->faded[e] = before + 1.0;
        }
        if (p->ptr[i + 1] > p->ptr[i] && p->time[p->ptr[i + 1] - 1] > p->last) {
            p->last = p->time[p->ptr[i + 1] - 1];
        }
    }
    return VT_OK;
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Calls for each event that counts: all, or the first of each user on an item. `last_user` (I) is filled with -1. */
static bool counts(const vt_fit *fit, int32_t *last_user, int32_t user, int64_t event)
{
    int32_t item = fit->train->item[event];
    if ((int)fit->params->value[COUNTS] == COUNT_USERS && last_user[item] == user) {
        return false;
    }
    last_user[item] = user;
    return true;
}

/* Times per item out of the events; count[] is filled already. */
static int keep_times(popularity *p, const vt_fit *fit, int32_t *last_user, vt_error *err)
{
    const vt_interactions *train = fit->train;
    p->ptr = vt_alloc_zero((size_t)p->n_items + 1, sizeof *p->ptr, err);
    p->time = p->ptr == NULL ? NULL : vt_alloc((size_t)train->n, sizeof *p->time, err);
    if (p->time == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < p->n_items; i++) {
        p->ptr[i + 1] = p->ptr[i] + p->count[i];
        last_user[i] = -1;
    }
    for (int32_t user = 0; user < train->n_users; user++) {
        for (int64_t e = train->ptr[user]; e < train->ptr[user + 1]; e++) {
            if (counts(fit, last_user, user, e)) {
                p->time[p->ptr[train->item[e]]++] = train->time[e];
            }
        }
    }
    memmove(p->ptr + 1, p->ptr, (size_t)p->n_items * sizeof *p->ptr);
    p->ptr[0] = 0;
    for (int32_t i = 0; i < p->n_items; i++) {
        int64_t n = p->ptr[i + 1] - p->ptr[i];
        if (n > 1) {
            qsort(p->time + p->ptr[i], (size_t)n, sizeof *p->time, by_time);
        }
    }
    return fade(p, err);
}

static int popularity_fit(void **state, const vt_fit *fit, vt_error *err)
{
    const vt_interactions *train = fit->train;
    const vt_progress_state begun = {"fitting popularity", "events", 0.0, (double)train->n, NULL};
    popularity *p = NULL;
    int status = vt_progress_report(fit->progress, &begun, err);
    if (status == VT_OK) {
        status = create(&p, fit->params, train->n_items, err);
    }
    *state = p;
    if (status != VT_OK) {
        return status;
    }
    int32_t *last_user = vt_alloc((size_t)p->n_items, sizeof *last_user, err);
    if (last_user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < p->n_items; i++) {
        last_user[i] = -1;
    }
    for (int32_t user = 0; user < train->n_users; user++) {
        for (int64_t e = train->ptr[user]; e < train->ptr[user + 1]; e++) {
            p->count[train->item[e]] += counts(fit, last_user, user, e);
        }
    }
    if (timed(p)) {
        status = keep_times(p, fit, last_user, err);
    }
    if (status == VT_OK) {
        const vt_progress_state done = {begun.stage, begun.unit, begun.total, begun.total, NULL};
        status = vt_progress_report(fit->progress, &done, err);
    }
    vt_free(last_user);
    return status;
}

static int popularity_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const popularity *p = state;
    int status = vt_tensor_list_add(list, "popularity.count", VT_I64, p->n_items, 0, p->count, err);
    if (status == VT_OK && timed(p)) {
        status = vt_tensor_list_add(list, "popularity.ptr", VT_I64, (int64_t)p->n_items + 1, 0, p->ptr, err);
    }
    if (status == VT_OK && timed(p)) {
        status = vt_tensor_list_add(list, "popularity.time", VT_I64, p->ptr[p->n_items], 0, p->time, err);
    }
    return status;
}

static int load_times(popularity *p, const vt_safetensors *file, vt_error *err)
{
    vt_tensor ptr, time;
    int status = vt_safetensors_tensor(file, "popularity.ptr", VT_I64, 1, (int64_t)p->n_items + 1, 0, &ptr, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "popularity.time", VT_I64, 1, -1, 0, &time, err);
    }
    if (status != VT_OK) {
        return status;
    }
    size_t n_ptr = (size_t)p->n_items + 1, n = (size_t)time.shape[0];
    p->ptr = vt_alloc(n_ptr, sizeof *p->ptr, err);
    p->time = p->ptr == NULL ? NULL : vt_alloc(n, sizeof *p->time, err);
    if (p->time == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(p->ptr, ptr.data, n_ptr * sizeof *p->ptr);
    if (n > 0) {
        memcpy(p->time, time.data, n * sizeof *p->time);
    }
    bool good = p->ptr[0] == 0 && p->ptr[p->n_items] == (int64_t)n;
    for (int32_t i = 0; good && i < p->n_items; i++) {
        good = p->ptr[i] <= p->ptr[i + 1] && p->ptr[i + 1] <= (int64_t)n && p->ptr[i + 1] - p->ptr[i] == p->count[i];
        for (int64_t e = p->ptr[i] + 1; good && e < p->ptr[i + 1]; e++) {
            good = p->time[e - 1] <= p->time[e];
        }
    }
    if (!good) {
        return vt_fail(err, VT_ERR_CORRUPT, "the times of the popularity model are not in order; fit the model again");
    }
    return fade(p, err);
}

static int popularity_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                           int32_t n_items, vt_error *err)
{
    (void)n_users;
    popularity *p = NULL;
    vt_tensor count;
    int status = vt_safetensors_tensor(file, "popularity.count", VT_I64, 1, n_items, 0, &count, err);
    if (status == VT_OK) {
        status = create(&p, settings, n_items, err);
    }
    *state = p;
    if (status == VT_OK && n_items > 0) {
        memcpy(p->count, count.data, (size_t)n_items * sizeof *p->count);
    }
    if (status == VT_OK && timed(p)) {
        status = load_times(p, file, err);
    }
    return status;
}

/* First of the ascending times in [begin, end) that is not before `moment`. */
static int64_t lower_bound(const int64_t *time, int64_t begin, int64_t end, double moment)
{
    while (begin < end) {
        int64_t middle = begin + (end - begin) / 2;
        if ((double)time[middle] < moment) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return begin;
}

/* Count of the events in [low, high) faded as of `now`, from times alone. */
static double faded_sum(const popularity *p, const int64_t *time, int64_t low, int64_t high, double now)
{
    double sum = 0.0;
    for (int64_t e = high; e-- > low && now - (double)time[e] < FADED * p->half_life;) {
        sum += exp2(-(now - (double)time[e]) / p->half_life);
    }
    return sum;
}

/* The same out of the stored faded counts. */
static double faded_stored(const popularity *p, int64_t begin, int64_t low, int64_t high, double now)
{
    double sum = p->faded[high - 1] * exp2(-(now - (double)p->time[high - 1]) / p->half_life);
    if (low > begin) {
        sum -= p->faded[low - 1] * exp2(-(now - (double)p->time[low - 1]) / p->half_life);
    }
    return sum > 0.0 ? sum : 0.0;
}

/* Events that came after the fit, added up. */
typedef struct since {
    const popularity *p;
    double now;
    float *scores;
} since;

static void add_event(void *context, int64_t time, int32_t item)
{
    const since *s = context;
    double age = s->now - (double)time, window = s->p->window;
    if (item >= s->p->n_items || !(age > 0.0) || (window > 0.0 && age > window)) {
        return;
    }
    float *score = &s->scores[item];
    *score =
        (*score == -INFINITY ? 0.0F : *score) + (s->p->half_life > 0.0 ? (float)exp2(-age / s->p->half_life) : 1.0F);
}

/* Adds what the shop's clock knows besides the fit; users are not told apart in it. */
static void add_since(const popularity *p, const vt_user_state *user, double now, float *scores)
{
    if (user->clock != NULL && user->known == NULL) {
        since s = {p, now, scores};
        vt_item_clock_after(user->clock, p->last, add_event, &s);
    }
}

static int64_t last_event(const popularity *p, const vt_user_state *user)
{
    int64_t last = p->last;
    for (int32_t i = 0; user->known != NULL && i < p->n_items; i++) {
        int64_t begin = user->known->ptr[i], end = user->known->ptr[i + 1];
        last = end > begin && user->known->time[end - 1] > last ? user->known->time[end - 1] : last;
    }
    if (user->known == NULL && user->clock != NULL) {
        int64_t newest = vt_item_clock_last(user->clock);
        last = newest != VT_NONE && newest > last ? newest : last;
    }
    return last;
}

/* Windows count back from the question, but not from later than what is known: there they would be empty. */
static double moment_of(const popularity *p, const vt_user_state *user)
{
    double end = (double)last_event(p, user) + 1.0;
    return user->now == VT_NONE || (double)user->now > end ? end : (double)user->now;
}

static void score_timed(const popularity *p, const vt_user_state *user, float *scores)
{
    const int64_t *ptr = user->known == NULL ? p->ptr : user->known->ptr;
    const int64_t *time = user->known == NULL ? p->time : user->known->time;
    double now = moment_of(p, user);
    for (int32_t i = 0; i < p->n_items; i++) {
        int64_t begin = ptr[i], high = lower_bound(time, begin, ptr[i + 1], now);
        if (high == begin) {
            scores[i] = -INFINITY;
            continue;
        }
        int64_t low = p->window > 0.0 ? lower_bound(time, begin, high, now - p->window) : begin;
        double score = (double)(high - low);
        if (p->half_life > 0.0 && low < high) {
            score = user->known == NULL ? faded_stored(p, begin, low, high, now) : faded_sum(p, time, low, high, now);
        }
        scores[i] = (float)score;
    }
    add_since(p, user, now, scores);
}

static int popularity_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const popularity *p = state;
    (void)err;
    for (size_t s = 0; s < n; s++) {
        float *row = scores + s * (size_t)p->n_items;
        if (timed(p) || states[s].known != NULL) {
            score_timed(p, &states[s], row);
            continue;
        }
        bool now = states[s].clock != NULL && !p->by_user; /* a clock does not tell users apart */
        if (now) {
            vt_item_clock_count(row, states[s].clock, (size_t)p->n_items);
        }
        for (int32_t i = 0; i < p->n_items; i++) {
            float count = now ? row[i] : (float)p->count[i];
            row[i] = count > 0 ? count : -INFINITY;
        }
    }
    return VT_OK;
}

const vt_model_ops vt_model_popularity = {
    .kind = {"popularity", "what sells most, over all time, lately, or fading with age", "the baseline of every paper",
             VT_MODEL_ANYONE | VT_MODEL_STATISTICS, params, N_PARAMS, presets, sizeof presets / sizeof presets[0]},
    .timed = "window|half_life",
    .fit = popularity_fit,
    .free = popularity_free,
    .save = popularity_save,
    .load = popularity_load,
    .score = popularity_score,
};
