/* Goods that are bought by more of those who see them than others are, and that few see. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/actions/actions.h"
#include "math/false_discovery.h"
#include "math/special.h"

enum { VIEWS_LEAST = 30 };

#define FALSE_SHARE .1

static int compare_numbers(const void *x, const void *y)
{
    return (*(const int32_t *)x > *(const int32_t *)y) - (*(const int32_t *)x < *(const int32_t *)y);
}

typedef struct gem {
    int32_t item;
    double p;
} gem;

/* Goods that are bought by more of those who see them than others are, and that fewer see than the median. */
int vt_actions_find_promote(vt_actions *a, vt_error *err)
{
    int32_t n_items = a->scope->view->n_items;
    int32_t *seen = vt_alloc((size_t)n_items, sizeof *seen, err);
    gem *gems = vt_alloc((size_t)n_items, sizeof *gems, err);
    double *p = vt_alloc((size_t)n_items, sizeof *p, err), *q = vt_alloc((size_t)n_items, sizeof *q, err);
    int status = seen == NULL || gems == NULL || p == NULL || q == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n = 0, looked = 0;
    double views = 0, lines = 0;
    for (int32_t i = 0; status == VT_OK && i < n_items; i++) {
        if (a->views[i] >= VIEWS_LEAST) {
            seen[looked++] = a->views[i];
            views += a->views[i];
            lines += (double)a->sold[i].lines;
        }
    }
    if (status == VT_OK && looked > 0 && lines > 0 && lines < views) {
        qsort(seen, looked, sizeof *seen, compare_numbers);
        int32_t median = seen[looked / 2];
        for (int32_t i = 0; i < n_items; i++) {
            double k = (double)a->sold[i].lines, v = a->views[i];
            if (a->views[i] >= VIEWS_LEAST && a->views[i] < median && k > 0 && k <= v) {
                gems[n] = (gem){i, 0};
                p[n++] = vt_beta_inc(k, v - k + 1, lines / views); /* at least k of v by chance */
            }
        }
        status = vt_benjamini_hochberg(q, p, n, err);
        for (size_t g = 0; g < n && status == VT_OK; g++) {
            int32_t i = gems[g].item;
            double v = a->views[i], rate = (double)a->sold[i].lines / v, z = vt_normal_quantile(.975);
            if (q[g] > FALSE_SHARE) {
                continue;
            }
            double middle = (rate + z * z / (2 * v)) / (1 + z * z / v); /* Wilson's interval */
            double half = z / (1 + z * z / v) * sqrt(rate * (1 - rate) / v + z * z / (4 * v * v));
            double more = (median - v) / a->days * VT_ACTION_MONTH * vt_actions_worth(&a->sold[i]);
            vt_action *row = vt_actions_add(a, VT_ACTION_PROMOTE, i, err);
            status = row == NULL ? VT_ERR_NO_MEMORY : VT_OK;
            if (row != NULL) {
                char name[VT_ACTION_NAME];
                vt_actions_name(name, a, i);
                snprintf(row->what, sizeof row->what, "Show %s more", name);
                snprintf(
                    row->reason, sizeof row->reason,
                    "%.0f %% of its views end in a sale, %.0f %% of all; it was seen %d times in %.0f days, the median "
                    "product %d times. Expected if it were seen as often and people bought it as before.",
                    100 * rate, 100 * lines / views, (int)v, a->days, median);
                row->money = more * rate;
                row->low = more * (middle - half);
                row->high = more * (middle + half);
                row->evidence = v;
            }
        }
    }
    vt_free(seen);
    vt_free(gems);
    vt_free(p);
    vt_free(q);
    return status;
}
