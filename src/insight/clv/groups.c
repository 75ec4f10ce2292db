/* Groups by one sort; what is equal lies side by side. */
#include "insight/clv/groups.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

typedef struct known {
    double x, last, age;
    size_t customer;
} known;

static int order(double a, double b)
{
    return (a > b) - (a < b);
}

static int by_figures(const void *a, const void *b)
{
    const known *p = a, *q = b;
    int by_x = order(p->x, q->x), by_last = order(p->last, q->last);
    return by_x != 0 ? by_x : by_last != 0 ? by_last : order(p->age, q->age);
}

static bool can_be(const known *k)
{
    return k->x >= 0.0 && k->last >= 0.0 && k->age >= k->last && k->age <= 1e12 && k->x <= 1e9 &&
           (k->x > 0.0 || k->last == 0.0);
}

int vt_clv_groups_make(vt_clv_groups *out, const double *x, const double *last, const double *age, size_t n,
                       vt_error *err)
{
    int status = VT_OK;
    vt_clv_groups g = {0};
    known *list = vt_alloc(n, sizeof *list, err);
    if (list == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        list[i] = (known){x[i], last[i], age[i], i};
        if (!can_be(&list[i])) {
            status = vt_fail(err, VT_ERR_FAILED,
                             "customer %zu cannot be: %g repeat purchases, the last %g after the first"
                             " one, which was %g before the end",
                             i, x[i], last[i], age[i]);
            goto out;
        }
    }
    qsort(list, n, sizeof *list, by_figures);
    double **columns[] = {&g.x, &g.last, &g.age, &g.count};
    for (size_t i = 0; i < 4 && status == VT_OK; i++) {
        *columns[i] = vt_alloc(n, sizeof(double), err);
        status = *columns[i] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    g.member = status == VT_OK ? vt_alloc(n, sizeof *g.member, err) : NULL;
    if (g.member == NULL) {
        status = VT_ERR_NO_MEMORY;
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || by_figures(&list[i], &list[i - 1]) != 0) {
            g.x[g.n] = list[i].x;
            g.last[g.n] = list[i].last;
            g.age[g.n] = list[i].age;
            g.count[g.n++] = 0.0;
        }
        g.count[g.n - 1] += 1.0;
        g.member[list[i].customer] = g.n - 1;
    }
    *out = g;
    g = (vt_clv_groups){0};
out:
    vt_free(list);
    vt_clv_groups_done(&g);
    return status;
}

void vt_clv_groups_done(vt_clv_groups *groups)
{
    vt_free(groups->x);
    vt_free(groups->last);
    vt_free(groups->age);
    vt_free(groups->count);
    vt_free(groups->member);
    *groups = (vt_clv_groups){0};
}
