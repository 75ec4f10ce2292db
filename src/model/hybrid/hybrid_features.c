/* What the hybrid knows of every item for one user: planes of features, and scores out of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "math/topk.h"
#include "model/history.h"
#include "model/hybrid/hybrid.h"

size_t vt_hybrid_features(const vt_hybrid *m)
{
    return 2 * m->members.n + (m->timed ? VT_STATS : 0) + VT_HYBRID_RELATIONS;
}

void vt_hybrid_feature_name(char *name, size_t size, const vt_hybrid *m, size_t feature)
{
    static const char *const relation[VT_HYBRID_RELATIONS] = {
        [VT_HYBRID_BRAND] = "same_brand",
        [VT_HYBRID_LAST_BRAND] = "brand_of_the_last",
        [VT_HYBRID_CATEGORY] = "same_category",
        [VT_HYBRID_LAST_CATEGORY] = "category_of_the_last",
    };
    if (feature < 2 * m->members.n) {
        char member[64];
        vt_members_name(member, sizeof member, &m->members, feature / 2);
        snprintf(name, size, "%.*s%s", (int)(size - sizeof " (root)"), member, feature % 2 == 0 ? "" : " (root)");
        return;
    }
    feature -= 2 * m->members.n;
    if (m->timed && feature < VT_STATS) {
        snprintf(name, size, "%s", vt_stat_name((int)feature));
        return;
    }
    snprintf(name, size, "%s", relation[feature - (m->timed ? VT_STATS : 0)]);
}

int vt_hybrid_workspace_init(vt_hybrid_workspace *workspace, const vt_hybrid *m, vt_error *err)
{
    size_t n = (size_t)m->n_items;
    *workspace = (vt_hybrid_workspace){NULL, NULL, NULL, NULL, NULL};
    workspace->member = vt_alloc_aligned(m->members.n * VT_HYBRID_BATCH, n * sizeof *workspace->member, err);
    workspace->planes =
        workspace->member == NULL ? NULL : vt_alloc_aligned(vt_hybrid_features(m), n * sizeof *workspace->planes, err);
    workspace->row = workspace->planes == NULL ? NULL : vt_alloc_zero(n, sizeof *workspace->row, err);
    workspace->rank = workspace->row == NULL ? NULL : vt_alloc(n, sizeof *workspace->rank, err);
    workspace->evidence = workspace->rank == NULL ? NULL : vt_alloc(n, sizeof *workspace->evidence, err);
    if (workspace->evidence == NULL) {
        vt_hybrid_workspace_done(workspace);
        return VT_ERR_NO_MEMORY;
    }
    return VT_OK;
}

void vt_hybrid_workspace_done(vt_hybrid_workspace *workspace)
{
    vt_free(workspace->member);
    vt_free(workspace->planes);
    vt_free(workspace->row);
    vt_free(workspace->rank);
    vt_free(workspace->evidence);
    *workspace = (vt_hybrid_workspace){NULL, NULL, NULL, NULL, NULL};
}

/* Scores of a member with the lowest one in place of none; the second plane is the root of what is above 0. */
static void put_scores(float *plane, float *root, uint8_t *evidence, size_t n)
{
    float lowest = 0.0F;
    for (size_t i = 0; i < n; i++) {
        if (isfinite(plane[i])) {
            lowest = plane[i] < lowest ? plane[i] : lowest;
            evidence[i] = 1;
        }
    }
    for (size_t i = 0; i < n; i++) {
        plane[i] = isfinite(plane[i]) ? plane[i] : lowest;
        root[i] = plane[i] > 0.0F ? sqrtf(plane[i]) : 0.0F;
    }
}

/* 1 / (60 + rank) of every item that has a score (Cormack, Clarke and Buettcher 2009), 0 for the others. */
static void put_ranks(float *plane, float *root, uint8_t *evidence, int32_t *rank, size_t n)
{
    memcpy(root, plane, n * sizeof *plane);
    size_t found = vt_topk(root, n, n, rank);
    memset(plane, 0, n * sizeof *plane);
    memset(root, 0, n * sizeof *root);
    for (size_t r = 0; r < found; r++) {
        plane[rank[r]] = 1.0F / (60.0F + (float)r + 1.0F);
        evidence[rank[r]] = 1;
    }
}

/* Adds `weight` for all items that share the value of item `of`. */
static void add_same(float *plane, const int32_t *value, int32_t of, float weight, size_t n)
{
    int32_t wanted = value[of];
    for (size_t i = 0; wanted >= 0 && i < n; i++) {
        plane[i] += value[i] == wanted ? weight : 0.0F;
    }
}

static int put_relations(float *planes, const vt_hybrid *m, const vt_user_state *state, float *mark, vt_error *err)
{
    size_t n = (size_t)m->n_items;
    memset(planes, 0, VT_HYBRID_RELATIONS * n * sizeof *planes);
    size_t *kept = vt_alloc(state->n, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n_kept = vt_history_first(kept, state, mark);
    float total = 0.0F;
    for (size_t h = 0; h < n_kept; h++) {
        total += vt_history_weight(state, kept, n_kept, h, m->half_life);
    }
    for (size_t h = 0; h < n_kept; h++) {
        int32_t item = state->item[kept[h]];
        float weight = vt_history_weight(state, kept, n_kept, h, m->half_life);
        add_same(planes + VT_HYBRID_BRAND * n, m->brand, item, weight, n);
        add_same(planes + VT_HYBRID_CATEGORY * n, m->category, item, weight / total, n);
        if (h == n_kept - 1) {
            add_same(planes + VT_HYBRID_LAST_BRAND * n, m->brand, item, 1.0F, n);
            add_same(planes + VT_HYBRID_LAST_CATEGORY * n, m->category, item, 1.0F, n);
        }
    }
    vt_free(kept);
    return VT_OK;
}

/* Statistics as of the question; what was fitted stops at its last event, and stands for what came after. */
static void put_statistics(float *planes, const vt_hybrid *m, const vt_user_state *state)
{
    if (state->known != NULL && state->now != VT_NONE) {
        vt_item_times_at(state->known, state->now, planes);
        return;
    }
    const vt_item_clock *clock = state->clock != NULL ? state->clock : m->clock;
    int64_t end = vt_item_clock_last(clock);
    end = end == VT_NONE ? 0 : end + 1;
    vt_item_clock_at(clock, (size_t)m->n_items, NULL, state->now == VT_NONE || state->now > end ? end : state->now,
                     planes);
}

int vt_hybrid_fill_features(vt_hybrid_workspace *workspace, const vt_hybrid *m, const vt_user_state *state, size_t at,
                            vt_error *err)
{
    size_t n = (size_t)m->n_items;
    float *plane = workspace->planes;
    memset(workspace->evidence, 0, n);
    for (size_t k = 0; k < m->members.n; k++, plane += 2 * n) {
        memcpy(plane, workspace->member + (k * VT_HYBRID_BATCH + at) * n, n * sizeof *plane);
        if (m->learned) {
            put_scores(plane, plane + n, workspace->evidence, n);
        } else {
            put_ranks(plane, plane + n, workspace->evidence, workspace->rank, n);
        }
    }
    if (m->timed) {
        put_statistics(plane, m, state);
        for (size_t i = 0; i < n; i++) {
            workspace->evidence[i] |= plane[VT_STAT_KNOWN * n + i] > 0.0F;
        }
        plane += VT_STATS * n;
    }
    return put_relations(plane, m, state, workspace->row, err);
}
