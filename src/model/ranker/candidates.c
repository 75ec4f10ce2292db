/* The items that are worth a closer look: the best of every member, and what only this user's past can name. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/topk.h"
#include "model/ranker/ranker.h"

/* Items of each source, beside those that the user had already. */
enum { OF_MEMBER = 200, OF_CATEGORIES = 60, OF_SIGNALS = 50, CATEGORIES = 3 };

/* Sources in the order of which ties are broken. */
typedef struct source {
    int32_t *best; /* best first */
    size_t n;
} source;

int vt_ranker_workspace_init(vt_ranker_workspace *w, const vt_ranker *m, vt_error *err)
{
    size_t n = (size_t)m->n_items;
    *w = (vt_ranker_workspace){.n = 0};
    w->member = vt_alloc_aligned(m->members.n * VT_RANKER_BATCH, n * sizeof *w->member, err);
    w->masked = w->member == NULL ? NULL : vt_alloc(n, sizeof *w->masked, err);
    w->place = w->masked == NULL ? NULL : vt_alloc(n, sizeof *w->place, err);
    w->rank = w->place == NULL ? NULL : vt_alloc(n, sizeof *w->rank, err);
    w->seen = w->rank == NULL ? NULL : vt_alloc_zero(n, 1, err);
    if (w->seen == NULL) {
        vt_ranker_workspace_done(w);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        w->place[i] = -1;
    }
    return VT_OK;
}

void vt_ranker_workspace_done(vt_ranker_workspace *w)
{
    vt_free(w->member);
    vt_free(w->masked);
    vt_free(w->place);
    vt_free(w->rank);
    vt_free(w->seen);
    vt_free(w->best);
    vt_free(w->item);
    vt_free(w->row);
    vt_free(w->sold);
    *w = (vt_ranker_workspace){.n = 0};
}

/* Room for `capacity` candidates out of `sources` lists of at most `most`. */
static int make_room(vt_ranker_workspace *w, const vt_ranker *m, size_t capacity, size_t best, vt_error *err)
{
    if (best > w->best_capacity) {
        vt_free(w->best);
        w->best = vt_alloc(best, sizeof *w->best, err);
        w->best_capacity = w->best == NULL ? 0 : best;
    }
    if (capacity > w->capacity) {
        vt_free(w->item);
        vt_free(w->row);
        vt_free(w->sold);
        w->item = vt_alloc(capacity, sizeof *w->item, err);
        w->row = w->item == NULL ? NULL : vt_alloc(capacity, vt_ranker_features(m) * sizeof *w->row, err);
        w->sold = w->row == NULL ? NULL : vt_alloc(capacity, VT_RANKER_FIXED * sizeof *w->sold, err);
        w->capacity = w->sold == NULL ? 0 : capacity;
    }
    return w->best_capacity >= best && w->capacity >= capacity ? VT_OK : VT_ERR_NO_MEMORY;
}

/* What sells now in the categories of the user's last items. */
static size_t best_of_categories(int32_t *best, size_t most, vt_ranker_workspace *w, const vt_ranker *m,
                                 const vt_user_state *state, const float *trend)
{
    int32_t wanted[CATEGORIES];
    size_t n = 0;
    for (size_t e = state->n; e-- > 0 && n < CATEGORIES;) {
        int32_t category = m->category[state->item[e]];
        bool known = category < 0;
        for (size_t k = 0; k < n && !known; k++) {
            known = wanted[k] == category;
        }
        if (!known) {
            wanted[n++] = category;
        }
    }
    if (n == 0) {
        return 0;
    }
    for (int32_t i = 0; i < m->n_items; i++) {
        bool in = false;
        for (size_t k = 0; k < n; k++) {
            in = in || m->category[i] == wanted[k];
        }
        w->masked[i] = in ? trend[i] : -INFINITY;
    }
    return vt_topk(w->masked, (size_t)m->n_items, most, best);
}

/* The newest items that the user looked at or put into a cart. */
static size_t newest_signals(int32_t *best, size_t most, const vt_user_state *signals)
{
    size_t n = 0;
    for (size_t e = signals == NULL ? 0 : signals->n; e-- > 0 && n < most;) {
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) {
            known = best[k] == signals->item[e];
        }
        if (!known) {
            best[n++] = signals->item[e];
        }
    }
    return n;
}

/* Takes from all sources in turn, until there are enough that are new to the user. */
static void merge(vt_ranker_workspace *w, const vt_ranker *m, const source *from, size_t n_sources, size_t deepest)
{
    size_t fresh = 0;
    w->n = 0;
    for (size_t rank = 0; rank < deepest; rank++) {
        for (size_t s = 0; s < n_sources && fresh < m->candidates; s++) {
            if (rank >= from[s].n || w->place[from[s].best[rank]] >= 0) {
                continue;
            }
            int32_t item = from[s].best[rank];
            w->place[item] = (int32_t)w->n;
            w->item[w->n++] = item;
            fresh += !w->seen[item];
        }
    }
}

int vt_ranker_find(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at, vt_error *err)
{
    size_t n = (size_t)m->n_items, had = 0, sources = m->members.n + 2;
    for (size_t h = 0; h < state->n; h++) {
        had += !w->seen[state->item[h]];
        w->seen[state->item[h]] = 1;
    }
    size_t most = OF_MEMBER + had < n ? OF_MEMBER + had : n, enough = m->candidates + had < n ? m->candidates + had : n;
    int status = make_room(w, m, enough, sources * most, err);
    source from[VT_MEMBERS_MAX + 2];
    for (size_t k = 0; status == VT_OK && k < sources; k++) {
        from[k] = (source){w->best + k * most, 0};
        if (k < m->members.n) {
            from[k].n = vt_topk(w->member + (k * VT_RANKER_BATCH + at) * n, n, most, from[k].best);
        }
    }
    if (status == VT_OK) {
        source *categories = &from[m->members.n], *signals = &from[m->members.n + 1];
        size_t in_categories = OF_CATEGORIES + had < most ? OF_CATEGORIES + had : most;
        if (m->trend >= 0) {
            const float *trend = w->member + ((size_t)m->trend * VT_RANKER_BATCH + at) * n;
            categories->n = best_of_categories(categories->best, in_categories, w, m, state, trend);
        }
        signals->n = newest_signals(signals->best, OF_SIGNALS < most ? OF_SIGNALS : most, state->signals);
        merge(w, m, from, sources, most);
    }
    for (size_t h = 0; h < state->n; h++) {
        w->seen[state->item[h]] = 0;
    }
    return status;
}

void vt_ranker_forget(vt_ranker_workspace *w)
{
    for (size_t c = 0; c < w->n; c++) {
        w->place[w->item[c]] = -1;
    }
    w->n = 0;
}
