/* One pass over all order lines; the rules are told apart from it, so that a test can work them by hand. */
#include "insight/life_cycle.h"

#include "base/alloc.h"
#include "insight/sums.h"

enum { QUARTER = 91 * 86400 };

#define CHANCE 1.96        /* deviations of a difference of Poisson numbers that are beyond chance */
#define EXPECTED_LEAST 3.0 /* pieces of a quarter: with fewer a quarter without a sale says little */

const char *vt_life_stage_name(vt_life_stage stage)
{
    static const char *const names[VT_LIFE_STAGES] = {
        [VT_LIFE_UNKNOWN] = "",          [VT_LIFE_INTRODUCTION] = "introduction", [VT_LIFE_GROWTH] = "growth",
        [VT_LIFE_MATURITY] = "maturity", [VT_LIFE_DECLINE] = "decline",           [VT_LIFE_DEAD] = "dead"};
    return names[stage];
}

vt_life_stage vt_life_stage_of(const vt_life_counts *c, double course, int64_t end)
{
    if (c->first == VT_NONE || !(c->sold > 0)) {
        return VT_LIFE_UNKNOWN;
    }
    if (end - c->first <= QUARTER) {
        return VT_LIFE_INTRODUCTION;
    }
    if (!(c->now > 0)) {
        double quarters = (double)(end - c->first - QUARTER) / QUARTER;
        bool expected = c->sold / fmax(quarters, 1) >= EXPECTED_LEAST;
        return c->sold_out ? VT_LIFE_UNKNOWN : expected ? VT_LIFE_DEAD : VT_LIFE_DECLINE;
    }
    /* Of now + before pieces the share course / (1 + course) would be of now if the product went as all do. */
    double share = course / (1 + course), sum = c->now + c->before;
    double apart = (c->now - sum * share) / sqrt(sum * share * (1 - share));
    return apart >= CHANCE ? VT_LIFE_GROWTH : apart <= -CHANCE ? VT_LIFE_DECLINE : VT_LIFE_MATURITY;
}

static void count(vt_life_counts *c, double total[2], const vt_scope *scope)
{
    int64_t end = scope->period.until;
    vt_lines lines;
    vt_line_span span;
    vt_lines_begin(&lines, scope->view, INT64_MIN, end);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            int32_t item = span.item[i];
            if (!vt_lines_counts(&lines, &span, i) || span.state[i] == VT_LINE_CANCELLED ||
                !vt_scope_sells(scope, &scope->period, item, span.user[i], span.unit_price[i])) {
                continue;
            }
            vt_sums one = {0};
            vt_sums_add(&one, &span, i);
            if (!(one.units > 0)) {
                continue;
            }
            bool now = span.time[i] >= end - QUARTER, before = !now && span.time[i] >= end - 2 * QUARTER;
            c[item].first = c[item].first == VT_NONE || span.time[i] < c[item].first ? span.time[i] : c[item].first;
            c[item].sold += one.units;
            c[item].now += now ? one.units : 0;
            c[item].before += before ? one.units : 0;
            total[0] += now ? one.units : 0;
            total[1] += before ? one.units : 0;
        }
    }
}

int vt_life_stages_find(uint8_t *stage, const vt_scope *scope, vt_error *err)
{
    size_t n = (size_t)scope->view->n_items;
    double total[2] = {0};
    vt_life_counts *c = vt_alloc_zero(n, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        const vt_item_block *block = vt_view_block(scope->view, (int32_t)i);
        int64_t stock = block->stock[i & VT_BLOCK_MASK];
        c[i].first = VT_NONE;
        c[i].sold_out = stock != VT_NONE && stock <= 0;
    }
    count(c, total, scope);
    double course = total[1] > 0 && total[0] > 0 ? total[0] / total[1] : 1;
    for (size_t i = 0; i < n; i++) {
        stage[i] = (uint8_t)vt_life_stage_of(&c[i], course, scope->period.until);
    }
    vt_free(c);
    return VT_OK;
}
