/*
 * Upward each node's own forecast is joined with the sum of its children's (both with a variance); downward what a node
 * was moved by is shared out among its children by their variances. This is the projection of MinT for a diagonal W.
 */
#include "insight/demand/reconcile.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

typedef struct tree {
    const int32_t *parent; /* (N) */
    size_t n;
    size_t *order; /* (N) parents before children */
    size_t *children;
    double *mean;     /* (N) of the subtree's forecasts */
    double *variance; /* (N) */
    double *sum;      /* (N) of the children's means */
    double *spread;   /* (N) of the children's variances */
    double *weight;   /* (N) variance of each node's own forecast */
    double *slab;
} tree;

void vt_reconcile_options_init(vt_reconcile_options *options)
{
    *options = (vt_reconcile_options){.method = VT_RECONCILE_STRUCTURE};
}

static void tree_done(tree *t)
{
    vt_free(t->order);
    vt_free(t->slab);
}

/* Orders nodes by depth; within a depth the last comes first, so that backward children stand in their own order. */
static int order_nodes(tree *t, vt_error *err)
{
    size_t *depth = t->children; /* free until children are counted */
    size_t deepest = 0, placed = 0;
    for (size_t i = 0; i < t->n; i++) {
        size_t d = 0;
        for (int32_t p = t->parent[i]; p >= 0; p = t->parent[p]) {
            if ((size_t)p >= t->n) {
                return vt_fail(err, VT_ERR_USAGE, "node %zu has a parent that does not exist (%d of %zu nodes)", i, p,
                               t->n);
            }
            if (++d > t->n) {
                return vt_fail(err, VT_ERR_USAGE, "node %zu is below itself", i);
            }
        }
        depth[i] = d;
        deepest = d > deepest ? d : deepest;
    }
    for (size_t d = 0; d <= deepest; d++) {
        for (size_t i = t->n; i-- > 0;) {
            if (depth[i] == d) {
                t->order[placed++] = i;
            }
        }
    }
    memset(t->children, 0, t->n * sizeof *t->children);
    for (size_t i = 0; i < t->n; i++) {
        if (t->parent[i] >= 0) {
            t->children[t->parent[i]]++;
        }
    }
    return VT_OK;
}

/* Variances of the forecasts themselves. */
static int fill_weights(tree *t, const vt_reconcile_options *o, vt_error *err)
{
    for (size_t i = 0; i < t->n; i++) {
        t->weight[i] = t->children[i] == 0 ? 1.0 : 0.0;
    }
    for (size_t k = t->n; k-- > 0;) {
        size_t i = t->order[k];
        if (t->parent[i] >= 0) {
            t->weight[t->parent[i]] += t->weight[i];
        }
    }
    for (size_t i = 0; o->method == VT_RECONCILE_VARIANCE && i < t->n; i++) {
        if (o->variance == NULL || !(o->variance[i] > 0.0) || !isfinite(o->variance[i])) {
            return vt_fail(err, VT_ERR_USAGE, "the variance of node %zu is not over 0", i);
        }
        t->weight[i] = o->variance[i];
    }
    return VT_OK;
}

static int tree_init(tree *t, const int32_t *parent, size_t n, const vt_reconcile_options *o, vt_error *err)
{
    *t = (tree){.parent = parent, .n = n};
    t->order = vt_alloc(2 * n, sizeof *t->order, err);
    t->slab = t->order == NULL ? NULL : vt_alloc_zero(5 * n, sizeof *t->slab, err);
    if (t->slab == NULL) {
        tree_done(t);
        return VT_ERR_NO_MEMORY;
    }
    t->children = t->order + n;
    t->mean = t->slab;
    t->variance = t->mean + n;
    t->sum = t->variance + n;
    t->spread = t->sum + n;
    t->weight = t->spread + n;
    int status = order_nodes(t, err);
    status = status == VT_OK ? fill_weights(t, o, err) : status;
    if (status != VT_OK) {
        tree_done(t);
    }
    return status;
}

/* One step of the horizon; `x` (N) apart by `step` becomes the solution. */
static void least_squares(tree *t, double *x, size_t step)
{
    memset(t->sum, 0, 2 * t->n * sizeof *t->sum);
    for (size_t k = t->n; k-- > 0;) {
        size_t i = t->order[k];
        double own = x[i * step], w = t->weight[i];
        t->mean[i] = own;
        t->variance[i] = w;
        if (t->children[i] > 0) {
            double share = w / (w + t->spread[i]);
            t->mean[i] = own + share * (t->sum[i] - own);
            t->variance[i] = share * t->spread[i];
        }
        if (t->parent[i] >= 0) {
            t->sum[t->parent[i]] += t->mean[i];
            t->spread[t->parent[i]] += t->variance[i];
        }
    }
    for (size_t k = 0; k < t->n; k++) {
        size_t i = t->order[k];
        if (t->parent[i] < 0) {
            x[i * step] = t->mean[i];
        } else {
            size_t p = (size_t)t->parent[i];
            x[i * step] = t->mean[i] + t->variance[i] / t->spread[p] * (x[p * step] - t->sum[p]);
        }
    }
}

/* Each parent's value is shared out by what its children were forecast at; equally where that is nothing. */
static void top_down(tree *t, double *x, size_t step)
{
    memset(t->sum, 0, t->n * sizeof *t->sum);
    for (size_t i = 0; i < t->n; i++) {
        t->mean[i] = x[i * step];
        if (t->parent[i] >= 0) {
            t->sum[t->parent[i]] += x[i * step];
        }
    }
    for (size_t k = 0; k < t->n; k++) {
        size_t i = t->order[k];
        if (t->parent[i] >= 0) {
            size_t p = (size_t)t->parent[i];
            bool shares = fabs(t->sum[p]) > 1e-12 * fabs(t->mean[p]) && t->sum[p] != 0.0;
            x[i * step] = x[p * step] * (shares ? t->mean[i] / t->sum[p] : 1.0 / (double)t->children[p]);
        }
    }
}

/* Parents anew from their children. */
static void add_up(const tree *t, double *x, size_t step, bool non_negative)
{
    for (size_t i = 0; i < t->n; i++) {
        double *value = &x[i * step];
        *value = t->children[i] > 0 || (non_negative && *value < 0.0) ? 0.0 : *value;
    }
    for (size_t k = t->n; k-- > 0;) {
        size_t i = t->order[k];
        if (t->parent[i] >= 0) {
            x[(size_t)t->parent[i] * step] += x[i * step];
        }
    }
}

int vt_reconcile(double *out, const double *base, const int32_t *parent, size_t n, size_t horizon,
                 const vt_reconcile_options *options, vt_error *err)
{
    tree t;
    for (size_t i = 0; i < n * horizon; i++) {
        if (!isfinite(base[i])) {
            return vt_fail(err, VT_ERR_USAGE, "the forecast of node %zu is not finite", i / horizon);
        }
    }
    int status = tree_init(&t, parent, n, options, err);
    if (status != VT_OK) {
        return status;
    }
    memmove(out, base, n * horizon * sizeof *out);
    for (size_t h = 0; h < horizon; h++) {
        if (options->method == VT_RECONCILE_TOP_DOWN) {
            top_down(&t, out + h, horizon);
        } else if (options->method != VT_RECONCILE_BOTTOM_UP) {
            least_squares(&t, out + h, horizon);
        }
        add_up(&t, out + h, horizon, options->non_negative);
    }
    tree_done(&t);
    return VT_OK;
}
