/* Revenue of whole months by category; of how it is read, season_index.h. */
#include "insight/seasons.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/groups.h"
#include "insight/season_index.h"
#include "insight/sums.h"

enum { Y = VT_YEAR_MONTHS, YEARS = 2 };

/* Legend: K categories, M months. */
typedef struct seasons {
    vt_groups groups; /* K */
    double *revenue;  /* (K, M) */
    double *lines;    /* (K, Y) */
    double days[YEARS * Y];
    vt_season_index *index; /* (K) */
    size_t n, months;       /* K, M */
    int64_t begin;          /* the first month, as 12 x year + month from 0 */
} seasons;

static void seasons_done(seasons *s)
{
    vt_groups_done(&s->groups);
    vt_free(s->revenue);
    vt_free(s->lines);
    vt_free(s->index);
}

/* Whole months up to the end of the period, at most two years; not the shop's first month, which is like no other. */
static void find_months(seasons *s, const vt_scope *scope)
{
    vt_period span = vt_scope_always(scope);
    int64_t year, first_year;
    int month, first_month, day;
    vt_civil_from_days(span.last + 1, &year, &month, &day);
    vt_civil_from_days(span.first, &first_year, &first_month, &day);
    int64_t end = year * Y + month - 1, begin = first_year * Y + first_month;
    s->begin = begin < end - YEARS * Y ? end - YEARS * Y : begin;
    s->months = end > s->begin ? (size_t)(end - s->begin) : 0;
}

static int sum_months(seasons *s, const vt_scope *scope, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < s->months; i++) {
        int64_t m = s->begin + (int64_t)i;
        vt_sums total;
        vt_period of_month = {.first = vt_days_from_civil(m / Y, (int)(m % Y) + 1, 1),
                              .last = vt_days_from_civil((m + 1) / Y, (int)((m + 1) % Y) + 1, 1) - 1};
        of_month.from = vt_day_begin(scope->zone, of_month.first);
        of_month.until = vt_day_begin(scope->zone, of_month.last + 1);
        s->days[i] = (double)(of_month.last - of_month.first + 1);
        memset(s->groups.now.sums, 0, s->n * sizeof *s->groups.now.sums);
        status = vt_sales_sum(&total, scope, &of_month, &s->groups.now, 1, err);
        for (size_t k = 0; k < s->n; k++) {
            s->revenue[k * s->months + i] = vt_sums_revenue(&s->groups.now.sums[k]);
            s->lines[k * Y + (size_t)(m % Y)] += (double)s->groups.now.sums[k].lines;
        }
    }
    return status;
}

static void begin_months(vt_document *d, const char *id, const char *title, vt_unit unit)
{
    static const char *const names[Y] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    vt_document_table(d, id, title);
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    for (int m = 0; m < Y; m++) {
        vt_document_column(d, names[m], names[m], unit);
    }
}

/* A row a category with sales, a column a month. */
static void add_tables(vt_document *d, const seasons *s)
{
    static const struct {
        const char *id, *title;
        vt_unit unit;
    } tables[] = {{"seasons", "When is the season of what (1: a usual month)", VT_UNIT_NUMBER},
                  {"season_low", "Season, at least (95 %)", VT_UNIT_NUMBER},
                  {"season_high", "Season, at most (95 %)", VT_UNIT_NUMBER},
                  {"season_lines", "Order lines behind the seasons", VT_UNIT_COUNT}};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        begin_months(d, tables[t].id, tables[t].title, tables[t].unit);
        for (size_t k = 0; k < s->n; k++) {
            const vt_season_index *of = &s->index[k];
            const double *const cells[] = {of->index, of->low, of->high, s->lines + k * Y};
            if (isnan(of->index[0])) {
                continue;
            }
            vt_document_text(d, vt_str_of(s->groups.name[k]));
            for (int m = 0; m < Y; m++) {
                vt_document_number(d, cells[t][m]);
            }
        }
    }
}

int vt_seasons_add(vt_document *d, const vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    seasons s = {0};
    find_months(&s, scope);
    if (s.months < Y) {
        vt_document_note(d,
                         "There are fewer than twelve whole months of sales, so no seasons of categories are shown.");
        return VT_OK;
    }
    int status = vt_groups_make(&s.groups, VT_GROUPS_CATEGORY, scope, options->category, err);
    s.n = (size_t)s.groups.now.n;
    if (status == VT_OK) {
        s.revenue = vt_alloc_zero(s.n, s.months * sizeof *s.revenue, err);
        s.lines = vt_alloc_zero(s.n, Y * sizeof *s.lines, err);
        s.index = vt_alloc(s.n, sizeof *s.index, err);
        status = s.revenue == NULL || s.lines == NULL || s.index == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    status = status == VT_OK ? sum_months(&s, scope, err) : status;
    if (status == VT_OK) {
        for (size_t k = 0; k < s.n; k++) {
            vt_season_index_fit(&s.index[k], s.revenue + k * s.months, s.days, s.months, (size_t)(s.begin % Y));
        }
        add_tables(d, &s);
        if (s.months < VT_SEASON_MONTHS_MIN) {
            vt_document_note(d,
                             "From %zu months neither growth nor chance can be told from the season: it has no "
                             "intervals, and growth looks like a season. From %d months on both are.",
                             s.months, VT_SEASON_MONTHS_MIN);
        }
    }
    seasons_done(&s);
    return status;
}
