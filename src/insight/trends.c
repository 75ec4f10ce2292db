/*
 * Trends: the course of revenue by weeks taken apart, when it changed, the season of each category, and the products
 * and styles that rise or fall beyond what many looks at chance would show.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/business.h"
#include "insight/demand/change.h"
#include "insight/demand/stl.h"
#include "insight/kind.h"
#include "insight/seasons.h"
#include "insight/shares.h"
#include "live/attributes.h"
#include "math/false_discovery.h"
#include "math/special.h"

enum { WEEK = 7, YEAR_WEEKS = 52, YEARS = 2, PIECES_LEAST = 10 };

#define FALSE_SHARE .1 /* of the products and styles called rising or falling that may be so by chance */

/* ---- weeks ------------------------------------------------------------------------------------------------------- */

/*
 * With two or three years a season that changes from year to year would take up all that the trend leaves; so it is the
 * same every year. Without two years the trend is a line.
 */
static int take_apart(double *seasonal, double *trend, double *rest, const double *week, size_t n, vt_error *err)
{
    const size_t period = YEAR_WEEKS;
    vt_stl_options options;
    if (n < YEARS * YEAR_WEEKS) {
        return vt_mstl(seasonal, trend, rest, week, n, &period, 1, err);
    }
    vt_stl_options_init(&options, period, false);
    options.seasonal = 10 * n + 1;
    options.seasonal_degree = 0;
    return vt_stl(seasonal, trend, rest, week, n, &options, err);
}

/* Whole weeks up to the end of the period, from the first sale on. */
static int add_weeks(vt_document *d, const vt_scope *scope, vt_error *err)
{
    vt_period span = vt_scope_always(scope);
    int64_t last = scope->period.unfinished ? span.last - 1 : span.last;
    size_t n = last >= span.first ? (size_t)(last - span.first + 1) / WEEK : 0;
    if (n < 4) {
        vt_document_note(d, "There are fewer than four weeks of sales, so no course of weeks is shown.");
        return VT_OK;
    }
    span.first = last - (int64_t)n * WEEK + 1;
    span.last = last;
    span.from = vt_day_begin(scope->zone, span.first);
    span.until = vt_day_begin(scope->zone, span.last + 1);
    vt_grouping days = {.by = VT_BY_DAY, .n = (int32_t)(n * WEEK)};
    days.sums = vt_alloc_zero(n * WEEK, sizeof *days.sums, err);
    double *week = vt_alloc_zero(n, 4 * sizeof *week, err);
    size_t *at = vt_alloc(n, sizeof *at, err);
    vt_sums total;
    int status = days.sums == NULL || week == NULL || at == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    status = status == VT_OK ? vt_sales_sum(&total, scope, &span, &days, 1, err) : status;
    if (status == VT_OK) {
        double *seasonal = week + n, *trend = week + 2 * n, *rest = week + 3 * n;
        size_t changes = 0;
        vt_changepoint_options options;
        for (size_t i = 0; i < n * WEEK; i++) {
            week[i / WEEK] += vt_sums_revenue(&days.sums[i]);
        }
        status = take_apart(seasonal, trend, rest, week, n, err);
        if (status == VT_OK) {
            vt_changepoint_options_init(&options);
            options.shortest = YEAR_WEEKS / 4;
            for (size_t i = 0; i < n; i++) {
                rest[i] += trend[i]; /* without the season: a smooth trend alone would bend everywhere */
            }
            status = vt_changepoint_find(at, &changes, rest, n, &options, err);
        }
        vt_document_table(d, "weeks", "Revenue a week");
        vt_document_column(d, "week", "Week from", VT_UNIT_DATE);
        vt_document_metric(d, "revenue");
        vt_document_column(d, "trend", "Trend", VT_UNIT_MONEY);
        vt_document_column(d, "season", "Season", VT_UNIT_MONEY);
        vt_document_column(d, "change", "Level changed", VT_UNIT_TEXT);
        for (size_t i = 0, c = 0; status == VT_OK && i < n; i++) {
            bool changed = c < changes && at[c] == i;
            c += changed;
            vt_document_number(d, (double)(span.first + (int64_t)i * WEEK));
            vt_document_number(d, week[i]);
            vt_document_number(d, trend[i]);
            vt_document_number(d, seasonal[i]);
            vt_document_text(d, changed ? vt_str_of("yes") : (vt_str){NULL, 0});
        }
        if (n < YEARS * YEAR_WEEKS) {
            vt_document_note(d, "Seasons of a year need two years of sales; there are %zu weeks.", n);
        }
    }
    vt_free(days.sums);
    vt_free(week);
    vt_free(at);
    return status;
}

/* ---- what rises and falls ---------------------------------------------------------------------------------------- */

/* Pieces of something in both periods, against what the whole shop does. */
typedef struct mover {
    int32_t number;
    double now, before;
    double z, p, q;
} mover;

static int by_evidence(const void *a, const void *b)
{
    const mover *x = a, *y = b;
    int order = (x->q > y->q) - (x->q < y->q);
    order = order != 0 ? order : (fabs(x->z) < fabs(y->z)) - (fabs(x->z) > fabs(y->z));
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* p-values by the binomial distribution of the pieces over the two periods, and those adjusted for many looks. */
static int test_movers(mover *row, size_t n, double now, double before, vt_error *err)
{
    double expected = now / (now + before);
    double *p = vt_alloc(n, sizeof *p, err), *q = vt_alloc(n, sizeof *q, err);
    int status = p == NULL || q == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        double pieces = row[i].now + row[i].before;
        row[i].z = (row[i].now - pieces * expected) / sqrt(pieces * expected * (1 - expected));
        /* both tails: I(a, b) is the chance of at least `now` of `pieces` */
        double at_least = row[i].now > 0 ? vt_beta_inc(row[i].now, pieces - row[i].now + 1, expected) : 1;
        double at_most = row[i].before > 0 ? vt_beta_inc(row[i].before, pieces - row[i].before + 1, 1 - expected) : 1;
        p[i] = fmin(1, 2 * fmin(at_least, at_most));
    }
    status = status == VT_OK ? vt_benjamini_hochberg(q, p, n, err) : status;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        row[i].p = p[i];
        row[i].q = q[i];
    }
    if (status == VT_OK) {
        qsort(row, n, sizeof *row, by_evidence);
    }
    vt_free(p);
    vt_free(q);
    return status;
}

static void begin_movers(vt_document *d, const char *id, const char *title, const char *what)
{
    vt_document_table(d, id, title);
    vt_document_column(d, "name", what, VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_column(d, "course", "Course", VT_UNIT_TEXT);
    vt_document_column(d, "units_before", "Items before", VT_UNIT_COUNT);
    vt_document_column(d, "units", "Items now", VT_UNIT_COUNT);
    vt_document_column(d, "share_before", "Share before", VT_UNIT_SHARE);
    vt_document_column(d, "share", "Share now", VT_UNIT_SHARE);
    vt_document_metric(d, "false_discovery");
}

static void add_mover(vt_document *d, const mover *m, vt_str name, vt_str title, double now, double before)
{
    vt_document_text(d, name);
    vt_document_text(d, title);
    vt_document_text(d, vt_str_of(m->q > FALSE_SHARE ? "not clear" : m->z > 0 ? "rising" : "falling"));
    vt_document_number(d, m->before);
    vt_document_number(d, m->now);
    vt_document_number(d, vt_ratio(m->before, before));
    vt_document_number(d, vt_ratio(m->now, now));
    vt_document_number(d, m->q);
}

/* Items, and styles: the values of the attributes of items. */
typedef struct course {
    vt_sums now, before;
    vt_grouping item_now, item_before;
    mover *item, *style; /* (n) */
    size_t n_items, n_styles;
} course;

static void course_done(course *c)
{
    vt_free(c->item_now.sums);
    vt_free(c->item_before.sums);
    vt_free(c->item);
    vt_free(c->style);
}

static bool worth_a_look(const mover *m)
{
    return m->now + m->before >= PIECES_LEAST;
}

static void collect(course *c, const vt_view *view)
{
    for (int32_t a = 0; a < view->n_item_attributes; a++) {
        c->style[a].number = a;
    }
    for (int32_t i = 0; i < view->n_items; i++) {
        mover m = {.number = i, .now = c->item_now.sums[i].units, .before = c->item_before.sums[i].units};
        vt_attributes attributes = vt_view_item_attributes(view, i);
        for (int32_t a = 0; a < attributes.n; a++) {
            c->style[attributes.number[a]].now += m.now;
            c->style[attributes.number[a]].before += m.before;
        }
        if (worth_a_look(&m)) {
            c->item[c->n_items++] = m;
        }
    }
    for (int32_t a = 0; a < view->n_item_attributes; a++) {
        if (worth_a_look(&c->style[a])) {
            c->style[c->n_styles++] = c->style[a];
        }
    }
}

static int course_find(course *c, const vt_scope *scope, vt_error *err)
{
    size_t n = (size_t)scope->view->n_items;
    c->item_now = c->item_before = (vt_grouping){.by = VT_BY_ITEM, .n = (int32_t)n};
    c->item_now.sums = vt_alloc_zero(n, sizeof *c->item_now.sums, err);
    c->item_before.sums = vt_alloc_zero(n, sizeof *c->item_before.sums, err);
    c->item = vt_alloc_zero(n, sizeof *c->item, err);
    c->style = vt_alloc_zero((size_t)scope->view->n_item_attributes, sizeof *c->style, err);
    if (c->item_now.sums == NULL || c->item_before.sums == NULL || c->item == NULL || c->style == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_sales_sum(&c->now, scope, &scope->period, &c->item_now, 1, err);
    status = status == VT_OK ? vt_sales_sum(&c->before, scope, &scope->before, &c->item_before, 1, err) : status;
    if (status != VT_OK || !(c->now.units > 0) || !(c->before.units > 0)) {
        return status;
    }
    collect(c, scope->view);
    status = test_movers(c->item, c->n_items, c->now.units, c->before.units, err);
    return status == VT_OK ? test_movers(c->style, c->n_styles, c->now.units, c->before.units, err) : status;
}

static void say_course(vt_document *d, const course *c, const vt_view *view)
{
    size_t rising = 0, falling = 0;
    for (size_t i = 0; i < c->n_items; i++) {
        rising += c->item[i].q <= FALSE_SHARE && c->item[i].z > 0;
        falling += c->item[i].q <= FALSE_SHARE && c->item[i].z < 0;
    }
    if (c->n_items == 0) {
        vt_document_lead(d, "No product was sold %d times in the two periods together, so none can be called rising.",
                         PIECES_LEAST);
    } else if (rising + falling == 0) {
        vt_document_lead(d, "No product rises or falls against the shop beyond chance; %zu were looked at.",
                         c->n_items);
    } else {
        vt_document_lead(d, "%zu of %zu products rise and %zu fall against the shop as a whole.", rising, c->n_items,
                         falling);
    }
    if (c->n_styles > 0 && c->style[0].q <= FALSE_SHARE) {
        vt_str text = vt_view_item_attribute_text(view, c->style[0].number);
        vt_document_lead(d, "Of styles, %.*s %s most clearly: %.0f items after %.0f.", VT_STR_ARGS(text),
                         c->style[0].z > 0 ? "rises" : "falls", c->style[0].now, c->style[0].before);
    }
}

static int add_course(vt_document *d, const vt_scope *scope, int32_t n, vt_error *err)
{
    const vt_view *view = scope->view;
    course c = {0};
    if (!vt_scope_compares(scope)) {
        vt_document_lead(d, "What rises and falls needs a compared period.");
        return VT_OK;
    }
    int status = course_find(&c, scope, err);
    if (status == VT_OK) {
        say_course(d, &c, view);
        begin_movers(d, "products", "Products that rise and fall", "Product");
        for (size_t i = 0; i < c.n_items && i < (size_t)n; i++) {
            add_mover(d, &c.item[i], vt_view_item_id(view, c.item[i].number),
                      vt_view_item_title(view, c.item[i].number), c.now.units, c.before.units);
        }
        begin_movers(d, "styles", "Styles that rise and fall", "Style");
        for (size_t i = 0; i < c.n_styles && i < (size_t)n; i++) {
            add_mover(d, &c.style[i], vt_view_item_attribute_text(view, c.style[i].number), (vt_str){NULL, 0},
                      c.now.units, c.before.units);
        }
    }
    course_done(&c);
    return status;
}

int vt_trends_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    int status = scope->customers >= 0 ? vt_scope_find_premium(scope, err) : VT_OK;
    status = status == VT_OK ? add_course(d, scope, options->n, err) : status;
    status = status == VT_OK ? vt_seasons_add(d, scope, options, err) : status;
    status = status == VT_OK ? vt_shares_add(d, scope, options->category, err) : status;
    return status == VT_OK ? add_weeks(d, scope, err) : status;
}
