/*
 * Why an item stands where it stands. The parts come from the model itself; what each past event does, and what would
 * change the item's place, from scoring the changed histories. Candidates stay those of the question in all of it:
 * without an event its item would be one too, which is left aside.
 */
#include "vitrine/why.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "math/topk.h"
#include "recommend/context.h"
#include "recommend/reason.h"
#include "recommend/variants.h"

enum { LIKELY = 20, SIMILAR = 5, HIGHER = 10, LISTED = 100, SENTENCE_BYTES = 8192 };

/* One question at work. */
typedef struct work {
    vt_context context;
    vt_user_state state;
    uint8_t *allowed; /* (M) what may be recommended, in the model's numbers */
    int32_t item;     /* in the model's numbers, as all below */
    int32_t above;    /* the item that this one is compared with, -1: none */
    int32_t *ranked;  /* (n_ranked) what may be recommended, best first */
    size_t n_ranked;
    float *scores;       /* (M) of all items, as the model gave them */
    float *masked;       /* (M) scratch */
    vt_outcome *outcome; /* (VT_WHY_EVENTS_MAX + LIKELY + SIMILAR) */
    vt_variant *variant;
    size_t n_without, n_with; /* of the variants, in that order */
    vt_explanation higher;    /* of the item above */
    vt_why why;
} work;

static const char *keep(work *w, vt_str text, vt_error *err)
{
    return vt_arena_str(w->why.storage, text.ptr == NULL ? vt_str_of("") : text, err).ptr;
}

/* Id and title of an item; what the shop no longer has is without a title. */
static int name_item(work *w, int32_t item, const char **id, const char **title, const char **category,
                     const char **brand, vt_error *err)
{
    const vt_context *c = &w->context;
    int32_t shown = vt_numbers_view(c->serving->numbers, item);
    *id = keep(w, vt_ids_get(&c->bound->info.items, item), err);
    *title = keep(w, shown < 0 ? vt_str_of("") : vt_view_item_title(c->view, shown), err);
    if (category != NULL && shown >= 0) {
        *category = keep(w, vt_view_category(c->view, vt_view_item_category(c->view, shown)), err);
        *brand = keep(w, vt_view_brand(c->view, vt_view_item_brand(c->view, shown)), err);
    }
    bool all = *id != NULL && *title != NULL && (category == NULL || (*category != NULL && *brand != NULL));
    return all ? VT_OK : VT_ERR_NO_MEMORY;
}

/*
 * ---- score and place ----------------------------------------------------------------------------------------------
 */

/* The candidates in the model's numbers. */
static int allow(work *w, vt_error *err)
{
    vt_context *c = &w->context;
    const vt_numbers *n = c->serving->numbers;
    int32_t shown = vt_numbers_view(n, w->item);
    w->why.barred = shown >= 0 && c->allowed[shown] ? "" : "the filters leave it out, or it is not on sale";
    for (size_t m = 0; m < c->history.n_marks && !c->request->keep_seen; m++) {
        const vt_item_mark *mark = &c->history.mark[m];
        if (mark->seen && mark->item == shown && c->allowed[shown]) {
            w->why.barred = "you have it";
        }
        c->allowed[mark->item] = c->allowed[mark->item] && !mark->seen;
    }
    w->allowed = vt_arena_alloc(c->scratch->arena, (size_t)n->n_model, sizeof *w->allowed, err);
    for (int32_t i = 0; w->allowed != NULL && i < n->n_model; i++) {
        int32_t at = vt_numbers_view(n, i);
        w->allowed[i] = at >= 0 && c->allowed[at];
    }
    return w->allowed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int find_place(work *w, vt_error *err)
{
    vt_context *c = &w->context;
    vt_arena *arena = c->scratch->arena;
    int32_t n = c->serving->numbers->n_model;
    int status = allow(w, err);
    w->scores = vt_arena_alloc(arena, (size_t)n, sizeof *w->scores, err);
    w->masked = vt_arena_alloc(arena, (size_t)n, sizeof *w->masked, err);
    w->ranked = vt_arena_alloc(arena, (size_t)n, sizeof *w->ranked, err);
    if (status != VT_OK || w->scores == NULL || w->masked == NULL || w->ranked == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    status = vt_model_score(c->bound->model, &w->state, 1, w->scores, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t i = 0; i < n; i++) {
        w->why.candidates += w->allowed[i] || i == w->item;
        w->masked[i] = w->allowed[i] ? w->scores[i] : -INFINITY;
    }
    w->n_ranked = vt_topk(w->masked, (size_t)n, (size_t)n, w->ranked);
    w->why.score = (double)w->scores[w->item];
    w->why.rank = vt_rank_of(w->scores, w->allowed, n, w->item);
    w->above = -1;
    if (w->why.rank > 1) { /* places before the item's own are the same with and without it */
        w->above = w->ranked[w->why.rank > HIGHER ? w->why.rank - 1 - HIGHER : 0];
    }
    return VT_OK;
}

/* The rating that the user would give, where the model was fitted to tell. */
static int take_rating(work *w, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    float rating = NAN;
    int status = vt_model_predict(w->context.bound->model, &w->state, &w->item, 1, &rating, &why);
    w->why.rating = status == VT_OK ? (double)rating : (double)NAN;
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, why.code, "%s", why.message);
}

/*
 * ---- parts --------------------------------------------------------------------------------------------------------
 */

static int by_gap(const void *a, const void *b)
{
    const vt_why_gap *x = a, *y = b;
    double p = x->other - x->own, q = y->other - y->own;
    return p > q ? -1 : p < q ? 1 : strcmp(x->name, y->name);
}

/* Parts in which the other item is ahead. */
static int compare(work *w, vt_error *err)
{
    const vt_explanation *own = &w->why.explanation, *other = &w->higher;
    vt_why_gap *gaps = vt_arena_alloc(w->why.storage, own->n_parts + other->n_parts, sizeof *gaps, err);
    if (gaps == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t p = 0; p < other->n_parts; p++) {
        const vt_score_part *theirs = &other->parts[p], *ours = vt_explanation_part(own, theirs->name);
        gaps[n++] = (vt_why_gap){theirs->kind, keep(w, vt_str_of(theirs->name), err), ours == NULL ? 0.0 : ours->value,
                                 theirs->value};
    }
    for (size_t p = 0; p < own->n_parts; p++) {
        const vt_score_part *ours = &own->parts[p];
        if (vt_explanation_part(other, ours->name) == NULL) {
            gaps[n++] = (vt_why_gap){ours->kind, ours->name, ours->value, 0.0};
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (gaps[i].name == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    qsort(gaps, n, sizeof *gaps, by_gap);
    while (n > 0 && !(gaps[n - 1].other > gaps[n - 1].own)) {
        n--;
    }
    w->why.gaps = gaps;
    w->why.n_gaps = n;
    return VT_OK;
}

static int take_apart(work *w, vt_error *err)
{
    const vt_context *a = &w->context;
    vt_explanation made[2];
    const int32_t items[2] = {w->item, w->above};
    bool others = w->above >= 0;
    if ((a->bound->info.kind->abilities & VT_MODEL_EXPLAINS) == 0) {
        return VT_OK;
    }
    int status = vt_model_explain(made, a->bound->model, &w->state, items, others ? 2 : 1, err);
    if (status != VT_OK) {
        return status;
    }
    w->why.explanation = made[0];
    if (!others) {
        return VT_OK;
    }
    w->higher = made[1];
    return compare(w, err);
}

/*
 * ---- what would change it -----------------------------------------------------------------------------------------
 */

static void try_item(work *w, int32_t item)
{
    bool again = item == w->item;
    for (size_t v = 0; v < w->n_with; v++) {
        again = again || w->variant[w->n_without + v].with == item;
    }
    if (!again) {
        w->variant[w->n_without + w->n_with++] = (vt_variant){-1, item};
    }
}

/* What is most similar to the item among what may be recommended. */
static int try_similar(work *w, vt_error *err)
{
    const vt_context *a = &w->context;
    int32_t found[SIMILAR];
    int32_t n_items = a->serving->numbers->n_model;
    int status = vt_model_similar(a->bound->model, w->item, w->masked, err);
    for (int32_t i = 0; i < n_items && status == VT_OK; i++) {
        w->masked[i] = w->allowed[i] ? w->masked[i] : -INFINITY;
    }
    size_t n = status == VT_OK ? vt_topk(w->masked, (size_t)n_items, SIMILAR, found) : 0;
    for (size_t i = 0; i < n; i++) {
        try_item(w, found[i]);
    }
    return status;
}

/* Scores without each of the newest events, and with an event on each of the likely next items. */
static int score_variants(work *w, vt_error *err)
{
    const vt_context *a = &w->context;
    size_t n = w->context.history.n, all = w->context.history.n_all, most = VT_WHY_EVENTS_MAX + LIKELY + SIMILAR;
    int status = VT_OK;
    w->variant = vt_arena_alloc(a->scratch->arena, most, sizeof *w->variant, err);
    w->outcome = vt_arena_alloc(a->scratch->arena, most, sizeof *w->outcome, err);
    if (w->variant == NULL || w->outcome == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t e = n; e-- > 0 && w->n_without < VT_WHY_EVENTS_MAX;) { /* the newest, and signals if there is room */
        w->variant[w->n_without++] = (vt_variant){(int64_t)e, -1};
    }
    for (size_t e = all; e-- > n && w->n_without < VT_WHY_EVENTS_MAX;) {
        w->variant[w->n_without++] = (vt_variant){(int64_t)e, -1};
    }
    for (size_t i = 0; i < w->n_ranked && w->n_with < LIKELY; i++) {
        try_item(w, w->ranked[i]);
    }
    if ((a->bound->info.kind->abilities & VT_MODEL_SIMILAR) != 0) {
        status = try_similar(w, err);
    }
    vt_event_kind kind = VT_EVENT_PURCHASE;
    double value = (double)NAN;
    vt_error none = VT_ERROR_INIT;
    if (vt_event_counted(&kind, &value, a->bound->info.positive, &none) != VT_OK) {
        w->n_with = 0; /* no event that one could think of would count */
    }
    return status != VT_OK ? status
                           : vt_variants_score(w->outcome, a->bound->model, w->allowed, &w->state, w->item, w->variant,
                                               w->n_without + w->n_with, (uint8_t)kind, value, err);
}

/* Which of two places is better: a lower rank, then a higher score; 0 is no place. */
static bool better(const vt_outcome *a, int32_t rank, float score)
{
    if (a->rank == 0) {
        return false;
    }
    return rank == 0 || a->rank < rank || (a->rank == rank && a->score > score);
}

static int take_events(work *w, vt_error *err)
{
    const vt_history *h = &w->context.history;
    const vt_explanation *e = &w->why.explanation;
    bool told = false;
    for (size_t p = 0; p < e->n_parts; p++) {
        told = told || e->parts[p].by_event != NULL;
    }
    w->why.events = vt_arena_alloc(w->why.storage, h->n_all, sizeof *w->why.events, err);
    int status = w->why.events == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < h->n_all && status == VT_OK; i++) {
        vt_why_event *event = &w->why.events[i];
        *event = (vt_why_event){.time = h->time[i],
                                .kind = h->kind[i],
                                .value = (double)h->value[i],
                                .relations = told ? vt_explanation_of_event(e, i) : (double)NAN,
                                .attention = e->attended == NULL ? (double)NAN : e->attended[i],
                                .difference = (double)NAN};
        status = name_item(w, h->item[i], &event->item, &event->title, NULL, NULL, err);
    }
    w->why.n_events = status == VT_OK ? h->n_all : 0;
    for (size_t v = 0; v < w->n_without && status == VT_OK && isfinite(w->why.score); v++) {
        vt_why_event *event = &w->why.events[w->variant[v].without];
        event->difference = w->why.score - (double)w->outcome[v].score;
        event->rank = w->outcome[v].rank;
    }
    return status;
}

/* Both parts of a history are in order; they are put in one. */
static int order_events(work *w, vt_error *err)
{
    const vt_history *h = &w->context.history;
    size_t *newest = vt_arena_alloc(w->why.storage, h->n_all, sizeof *newest, err);
    if (newest == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t a = h->n, b = h->n_all;
    for (size_t k = 0; k < h->n_all; k++) {
        bool signal = b > h->n && (a == 0 || (h->timed && h->time[b - 1] > h->time[a - 1]));
        newest[k] = signal ? --b : --a;
    }
    w->why.newest = newest;
    return VT_OK;
}

static int take_changes(work *w, vt_error *err)
{
    int32_t rank = w->why.rank;
    float score = (float)w->why.score;
    w->why.lifted_without = -1;
    w->why.tried = (int32_t)w->n_with;
    for (size_t v = 0; v < w->n_without; v++) {
        const vt_outcome *o = &w->outcome[v];
        if (better(o, rank, score) && o->rank != w->why.rank) {
            rank = o->rank;
            score = o->score;
            w->why.lifted_without = w->variant[v].without;
        }
    }
    int64_t best = -1;
    rank = w->why.rank;
    score = (float)w->why.score;
    for (size_t v = w->n_without; v < w->n_without + w->n_with; v++) {
        const vt_outcome *o = &w->outcome[v];
        if (better(o, rank, score) && o->rank != w->why.rank) {
            rank = o->rank;
            score = o->score;
            best = (int64_t)v;
        }
    }
    if (best < 0) {
        return VT_OK;
    }
    w->why.next.rank = rank;
    w->why.next.score = (double)score;
    return name_item(w, w->variant[best].with, &w->why.next.item, &w->why.next.title, NULL, NULL, err);
}

/* The events that speak for the item are those without which it scores less. */
static int take_sentence(work *w, vt_error *err)
{
    vt_buf text;
    double *weight = vt_arena_alloc(w->context.scratch->arena, w->context.history.n_all, sizeof *weight, err);
    if (weight == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < w->context.history.n_all; i++) {
        double difference = w->why.events[i].difference;
        weight[i] = isnan(difference) ? 0.0 : difference;
    }
    vt_buf_init(&text, SENTENCE_BYTES);
    int status = isfinite(w->why.score)
                     ? vt_reason_write(&text, &w->context, &w->why.explanation, weight, err)
                     : vt_buf_add_text(&text, "The model knows nothing that speaks for it or against it.", err);
    if (status == VT_OK) {
        w->why.sentence = keep(w, (vt_str){text.data, text.len}, err);
        status = w->why.sentence == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    vt_buf_done(&text);
    return status;
}

/*
 * ---- all ----------------------------------------------------------------------------------------------------------
 */

static int answer(work *w, vt_error *err)
{
    const vt_context *a = &w->context;
    int status = vt_arena_create(&w->why.storage, 0, err);
    if (status == VT_OK) {
        w->why.model = keep(w, vt_str_of(a->bound->info.kind->name), err);
        status = w->why.model == NULL ? VT_ERR_NO_MEMORY : find_place(w, err);
    }
    if (status == VT_OK) {
        w->why.category = w->why.brand = "";
        status = name_item(w, w->item, &w->why.item, &w->why.title, &w->why.category, &w->why.brand, err);
    }
    if (status == VT_OK) {
        status = take_rating(w, err);
    }
    if (status == VT_OK) {
        status = take_apart(w, err);
    }
    if (status == VT_OK && w->above >= 0) {
        w->why.above.score = (double)w->scores[w->above];
        w->why.above.rank = vt_rank_of(w->scores, w->allowed, a->serving->numbers->n_model, w->above);
        status = name_item(w, w->above, &w->why.above.item, &w->why.above.title, NULL, NULL, err);
    }
    if (status == VT_OK) {
        status = score_variants(w, err);
    }
    if (status == VT_OK) {
        status = take_events(w, err);
    }
    if (status == VT_OK) {
        status = order_events(w, err);
    }
    if (status == VT_OK) {
        status = take_changes(w, err);
    }
    return status == VT_OK ? take_sentence(w, err) : status;
}

/* The item's place in the list that the shop would show for the same question. */
static int find_listed(vt_why *why, vt_recommender *recommender, const vt_request *request, vt_error *err)
{
    vt_answer list = {0};
    vt_request listing = *request;
    listing.item = NULL;
    listing.n = LISTED;
    listing.explain = false;
    int status = vt_recommend(&list, recommender, &listing, err);
    for (size_t i = 0; status == VT_OK && i < list.n && why->listed == 0; i++) {
        why->listed = strcmp(list.items[i].item, why->item) == 0 ? (int32_t)i + 1 : 0;
    }
    vt_answer_done(&list);
    return status;
}

static int check(const vt_request *request, vt_error *err)
{
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to explain; name one");
    }
    if (request->user == NULL && request->n_events == 0) {
        return vt_fail(err, VT_ERR_USAGE, "no user is named to explain for; name one, or give events of a visitor");
    }
    return VT_OK;
}

int vt_explain(vt_why *out, vt_recommender *recommender, const vt_request *request, vt_error *err)
{
    work w = {0};
    vt_context *c = &w.context;
    int status = check(request, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_context_begin(c, recommender, request, err);
    if (status == VT_OK && c->bound->model == NULL) {
        status =
            vt_fail(err, VT_ERR_UNSUPPORTED, "scores are a model's, and %s; train one", recommender->without_model);
    }
    status = status != VT_OK ? status : vt_context_history(c, err);
    status = status != VT_OK ? status : vt_context_model_item(&w.item, c, request->item, err);
    if (status == VT_OK) {
        w.state = vt_context_state(c);
        w.why.ignored = c->ignored;
        status = answer(&w, err);
    }
    vt_explanation_done(&w.higher);
    vt_context_done(c);
    if (status == VT_OK) {
        status = find_listed(&w.why, recommender, request, err);
    }
    if (status != VT_OK) {
        vt_why_done(&w.why);
        return status;
    }
    *out = w.why;
    return VT_OK;
}

void vt_why_done(vt_why *why)
{
    if (why != NULL) {
        vt_explanation_done(&why->explanation);
        vt_arena_free(why->storage);
        *why = (vt_why){0};
    }
}
