/* A shop that plans a promotion has seldom written down its past ones; its order lines have. */
#include "insight/demand/promotions.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/series.h"

#define SHARE_LEAST .5
#define OVER_MEDIAN .3

/* The name "promotion", unless a day of it is over already; false: there is none. */
static bool find_planned(size_t *name, const vt_known_days *known, int64_t end)
{
    bool planned = false, past = false;
    for (size_t r = 0; r < known->n; r++) {
        if (vt_str_equal(known->name[known->day[r].name], vt_str_of("promotion"))) {
            *name = known->day[r].name;
            planned = true;
            past = past || known->day[r].first < end;
        }
    }
    return planned && !past;
}

static double share_of(const vt_shop_sales *s, size_t day)
{
    return s->units[day] > 0 ? s->reduced[day] / s->units[day] : 0;
}

static int add_day(vt_known_days *known, int64_t day, size_t name, vt_error *err)
{
    vt_known_day *grown = vt_realloc(known->day, known->n + 1, sizeof *grown, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    known->day = grown;
    known->day[known->n++] = (vt_known_day){day, day, name};
    return VT_OK;
}

int vt_promotions_add(size_t *added, vt_known_days *known, const vt_shop_sales *s, vt_error *err)
{
    const vt_shop_periods *p = s->periods;
    size_t name = 0;
    *added = 0;
    if (p->n == 0 || !find_planned(&name, known, p->day[p->n])) {
        return VT_OK;
    }
    double *share = vt_alloc(p->n, sizeof *share, err);
    if (share == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t d = 0; d < p->n; d++) {
        share[d] = share_of(s, d);
    }
    qsort(share, p->n, sizeof *share, vt_by_value);
    double least = fmax(SHARE_LEAST, vt_sorted_quantile(share, p->n, .5) + OVER_MEDIAN);
    int status = VT_OK;
    for (size_t d = 0; d < p->n && status == VT_OK; d++) {
        if (share_of(s, d) >= least) {
            status = add_day(known, p->day[d], name, err);
            *added += status == VT_OK;
        }
    }
    vt_free(share);
    return status;
}
