/* Slots are numbered by a table of days, so that a line finds its slot by one look. */
#include "insight/courses.h"

#include <stdio.h>

#include "base/alloc.h"

static void course_done(vt_course *c)
{
    vt_free(c->sums.sums);
    vt_free(c->of_day);
    vt_free(c->funnel);
    vt_free(c->rating);
    vt_free(c->sold_out);
}

void vt_courses_done(vt_courses *c)
{
    course_done(&c->now);
    course_done(&c->before);
    *c = (vt_courses){0};
}

static int32_t days_of(const vt_period *period)
{
    return (int32_t)(period->last - period->first + 1);
}

/* Weeks are counted back from the last day: a first one of fewer days would look like a fall. */
static int make_course(vt_course *c, const vt_period *period, bool weeks, vt_error *err)
{
    int32_t days = days_of(period), step = weeks ? 7 : 1, rest = days % step;
    c->of_day = vt_alloc((size_t)days, sizeof *c->of_day, err);
    c->sums = (vt_grouping){.by = VT_BY_SLOT, .n = days / step, .of_day = c->of_day};
    c->sums.sums = vt_alloc_zero((size_t)c->sums.n, sizeof *c->sums.sums, err);
    if (c->of_day == NULL || c->sums.sums == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t d = 0; d < days; d++) {
        c->of_day[d] = d < rest ? -1 : (d - rest) / step;
    }
    return VT_OK;
}

int vt_courses_make(vt_courses *out, const vt_scope *scope, vt_error *err)
{
    out->weeks = days_of(&scope->period) > VT_COURSE_DAYS_MAX;
    int status = make_course(&out->now, &scope->period, out->weeks, err);
    if (status == VT_OK && vt_scope_compares(scope)) {
        status = make_course(&out->before, &scope->before, out->weeks, err);
    }
    return status;
}

static int count_funnel(vt_course *c, vt_funnel *total, const vt_scope *scope, const vt_period *period, vt_error *err)
{
    c->funnel = vt_alloc_zero((size_t)c->sums.n, sizeof *c->funnel, err);
    return c->funnel == NULL ? VT_ERR_NO_MEMORY : vt_funnel_count(total, c->funnel, c->of_day, scope, period, err);
}

int vt_courses_funnels(vt_courses *c, vt_funnel *now, vt_funnel *before, const vt_scope *scope, vt_error *err)
{
    int status = count_funnel(&c->now, now, scope, &scope->period, err);
    if (status == VT_OK && vt_scope_compares(scope)) {
        status = count_funnel(&c->before, before, scope, &scope->before, err);
    }
    return status;
}

/* The days of a slot as a period; the last one ends where the whole does. */
static vt_period slot_period(const vt_course *c, const vt_scope *scope, const vt_period *whole, int32_t slot)
{
    int32_t days = days_of(whole), step = days / c->sums.n, rest = days % step;
    int64_t first = whole->first + rest + (int64_t)slot * step;
    vt_period p = {.first = first, .last = first + step - 1};
    p.from = vt_day_begin(scope->zone, p.first);
    p.until = slot + 1 == c->sums.n ? whole->until : vt_day_begin(scope->zone, p.last + 1);
    return p;
}

static int count_ratings(vt_course *c, const vt_scope *scope, const vt_period *whole, vt_error *err)
{
    c->rating = vt_alloc_zero((size_t)c->sums.n, sizeof *c->rating, err);
    for (int32_t s = 0; c->rating != NULL && s < c->sums.n; s++) {
        vt_period slot = slot_period(c, scope, whole, s);
        vt_ratings_add(&c->rating[s], NULL, scope, &slot);
    }
    return c->rating == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_courses_ratings(vt_courses *c, const vt_scope *scope, vt_error *err)
{
    int status = count_ratings(&c->now, scope, &scope->period, err);
    if (status == VT_OK && vt_scope_compares(scope)) {
        status = count_ratings(&c->before, scope, &scope->before, err);
    }
    return status;
}

int vt_course_sold_out(vt_course *c, vt_error *err)
{
    c->sold_out = vt_alloc_zero(2 * (size_t)c->sums.n, sizeof *c->sold_out, err);
    c->lost = c->sold_out == NULL ? NULL : c->sold_out + c->sums.n;
    return c->sold_out == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int64_t vt_course_day(const vt_course *c, const vt_scope *scope, const vt_period *whole, int32_t slot)
{
    return slot_period(c, scope, whole, slot).first;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static double revenue(const vt_course *c, int32_t s)
{
    return vt_sums_revenue(&c->sums.sums[s]);
}
static double profit(const vt_course *c, int32_t s)
{
    return vt_sums_profit(&c->sums.sums[s]);
}
static double orders(const vt_course *c, int32_t s)
{
    return (double)c->sums.sums[s].orders;
}
static double average_order(const vt_course *c, int32_t s)
{
    return vt_sums_average_order(&c->sums.sums[s]);
}
static double margin(const vt_course *c, int32_t s)
{
    return vt_sums_margin(&c->sums.sums[s]);
}
static double paid(const vt_sums *s)
{
    return (double)(s->gross - s->discounts);
}
static double return_rate(const vt_course *c, int32_t s)
{
    const vt_sums *sums = &c->sums.sums[s];
    return vt_ratio((double)sums->returns, paid(sums));
}
static double units(const vt_course *c, int32_t s)
{
    return c->sums.sums[s].units;
}
static double items_per_order(const vt_course *c, int32_t s)
{
    return vt_ratio(c->sums.sums[s].units, (double)c->sums.sums[s].orders);
}
static double price_paid(const vt_course *c, int32_t s)
{
    return vt_ratio(paid(&c->sums.sums[s]), c->sums.sums[s].units);
}
static double discounts(const vt_course *c, int32_t s)
{
    return (double)c->sums.sums[s].discounts;
}
static double discount_rate(const vt_course *c, int32_t s)
{
    return vt_ratio((double)c->sums.sums[s].discounts, (double)c->sums.sums[s].gross);
}
static double customers(const vt_course *c, int32_t s)
{
    return (double)c->sums.sums[s].customers;
}
static double new_customers(const vt_course *c, int32_t s)
{
    return (double)c->sums.sums[s].new_customers;
}
static double conversion(const vt_course *c, int32_t s)
{
    return c->funnel == NULL ? NAN : vt_ratio((double)c->funnel[s].bought, (double)c->funnel[s].seen);
}
static double visits(const vt_course *c, int32_t s)
{
    return c->funnel == NULL ? NAN : (double)c->funnel[s].seen;
}
static double rating(const vt_course *c, int32_t s)
{
    return c->rating == NULL ? NAN : vt_ratio(c->rating[s].sum, (double)c->rating[s].n);
}
static double sold_out(const vt_course *c, int32_t s)
{
    return c->sold_out == NULL ? NAN : c->sold_out[s];
}
static double lost_revenue(const vt_course *c, int32_t s)
{
    return c->lost == NULL ? NAN : c->lost[s];
}

static const struct {
    const char *metric;
    double (*value)(const vt_course *, int32_t slot);
} columns[] = {
    {"revenue", revenue},
    {"profit", profit},
    {"orders", orders},
    {"average_order", average_order},
    {"conversion", conversion},
    {"visits", visits},
    {"margin", margin},
    {"return_rate", return_rate},
    {"units", units},
    {"items_per_order", items_per_order},
    {"price_paid", price_paid},
    {"discounts", discounts},
    {"discount_rate", discount_rate},
    {"customers", customers},
    {"new_customers", new_customers},
    {"rating", rating},
    {"sold_out", sold_out},
    {"lost_revenue", lost_revenue},
};

/* What was not counted for this answer has no columns. */
static bool is_counted(const vt_courses *c, size_t k)
{
    return (columns[k].value != rating || c->now.rating != NULL) &&
           ((columns[k].value != sold_out && columns[k].value != lost_revenue) || c->now.sold_out != NULL) &&
           ((columns[k].value != conversion && columns[k].value != visits) || c->now.funnel != NULL);
}

void vt_courses_table(vt_document *d, const vt_courses *c, const vt_scope *scope)
{
    enum { N = sizeof columns / sizeof columns[0] };
    char id[64], name[96];
    bool compares = vt_scope_compares(scope);
    vt_document_table(d, "courses", c->weeks ? "Figures week by week" : "Figures day by day");
    vt_document_column(d, "day", c->weeks ? "Week from" : "Day", VT_UNIT_DATE);
    vt_document_column(d, "day_before", "Compared with", VT_UNIT_DATE);
    for (size_t k = 0; k < N; k++) {
        if (is_counted(c, k)) {
            const vt_metric_definition *metric = vt_metric_find(columns[k].metric);
            snprintf(id, sizeof id, "%s_before", metric->id);
            snprintf(name, sizeof name, "%s before", metric->name);
            vt_document_metric(d, metric->id);
            vt_document_column(d, id, name, metric->unit);
        }
    }
    for (int32_t s = 0; s < c->now.sums.n; s++) {
        bool both = compares && s < c->before.sums.n;
        vt_document_number(d, (double)slot_period(&c->now, scope, &scope->period, s).first);
        vt_document_number(d, both ? (double)slot_period(&c->before, scope, &scope->before, s).first : NAN);
        for (size_t k = 0; k < N; k++) {
            if (is_counted(c, k)) {
                vt_document_number(d, columns[k].value(&c->now, s));
                vt_document_number(d, both ? columns[k].value(&c->before, s) : NAN);
            }
        }
    }
}
