/* Segments of customers: how many people, what they bring, what to do; and the grid of recency and frequency. */
#include "insight/kind.h"
#include "insight/segments.h"

enum { SCORES = 5 };

typedef struct part {
    int64_t customers;
    double revenue;
    double orders;
} part;

static void add_customer(part *p, const vt_sums *s)
{
    p->customers++;
    p->revenue += vt_sums_revenue(s);
    p->orders += (double)s->orders;
}

static void add_segments(vt_document *d, const part *parts, const part *all)
{
    vt_document_table(d, "segments", "Which groups, and what next");
    vt_document_column(d, "segment", "Segment", VT_UNIT_TEXT);
    vt_document_metric(d, "customers");
    vt_document_column(d, "share_of_customers", "Of customers", VT_UNIT_SHARE);
    vt_document_metric(d, "revenue");
    vt_document_column(d, "share_of_revenue", "Of revenue", VT_UNIT_SHARE);
    vt_document_column(d, "revenue_each", "Revenue each", VT_UNIT_MONEY);
    vt_document_column(d, "orders_each", "Orders each", VT_UNIT_NUMBER);
    vt_document_column(d, "advice", "What next", VT_UNIT_TEXT);
    for (int s = 0; s < VT_SEGMENTS; s++) {
        const part *p = &parts[s];
        vt_document_text(d, vt_str_of(vt_segment_name((vt_segment)s)));
        vt_document_number(d, (double)p->customers);
        vt_document_number(d, vt_ratio((double)p->customers, (double)all->customers));
        vt_document_number(d, p->revenue);
        vt_document_number(d, vt_ratio(p->revenue, all->revenue));
        vt_document_number(d, vt_ratio(p->revenue, (double)p->customers));
        vt_document_number(d, vt_ratio(p->orders, (double)p->customers));
        vt_document_text(d, vt_str_of(vt_segment_advice((vt_segment)s)));
    }
}

static void add_grid(vt_document *d, const part grid[SCORES][SCORES])
{
    vt_document_table(d, "grid", "How recent (5: latest), how often (5: most)");
    vt_document_column(d, "recency", "Recency", VT_UNIT_COUNT);
    vt_document_column(d, "frequency", "Frequency", VT_UNIT_COUNT);
    vt_document_metric(d, "customers");
    vt_document_column(d, "revenue_each", "Revenue each", VT_UNIT_MONEY);
    for (int r = SCORES - 1; r >= 0; r--) {
        for (int f = 0; f < SCORES; f++) {
            vt_document_number(d, r + 1);
            vt_document_number(d, f + 1);
            vt_document_number(d, (double)grid[r][f].customers);
            vt_document_number(d, vt_ratio(grid[r][f].revenue, (double)grid[r][f].customers));
        }
    }
}

/* The segment whose share of revenue is furthest above its share of people, and the one at risk. */
static void say_segments(vt_document *d, const part *parts, const part *all)
{
    if (all->customers == 0) {
        vt_document_lead(d, "No customer has an order yet, so there are no segments.");
        return;
    }
    int best = 0;
    for (int s = 1; s < VT_SEGMENTS; s++) {
        best = parts[s].revenue > parts[best].revenue ? s : best;
    }
    double share = vt_ratio(parts[best].revenue, all->revenue);
    if (share >= 0 && share <= 1) { /* returns can turn a part around */
        vt_document_lead(d, "%.0f %% of the customers (%s) bring %.0f %% of the revenue.",
                         100 * (double)parts[best].customers / (double)all->customers,
                         vt_segment_name((vt_segment)best), 100 * share);
    } else {
        vt_document_lead(d, "Most of the %lld customers are %s.", (long long)all->customers,
                         vt_segment_name((vt_segment)best));
    }
    const part *risk = &parts[VT_SEGMENT_AT_RISK];
    if (risk->customers > 0) {
        vt_document_lead(d, "%lld who used to buy often have been silent for long.", (long long)risk->customers);
    }
}

int vt_segments_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    (void)options;
    vt_segments found = {0};
    part parts[VT_SEGMENTS] = {{0}}, all = {0};
    part grid[SCORES][SCORES] = {{{0}}};
    int status = vt_segments_find(&found, scope, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t u = 0; u < scope->view->n_users; u++) {
        if (found.of_user[u] >= 0 && (scope->user_passes == NULL || scope->user_passes[u])) {
            add_customer(&parts[found.of_user[u]], &found.sums[u]);
            add_customer(&grid[found.recency[u] - 1][found.frequency[u] - 1], &found.sums[u]);
            add_customer(&all, &found.sums[u]);
        }
    }
    vt_segments_done(&found);
    say_segments(d, parts, &all);
    vt_document_figure(d, "customers", (double)all.customers);
    vt_document_figure(d, "revenue", all.revenue);
    vt_document_note(d, "Scores are fifths of all customers with an order up to the end of the period.");
    add_segments(d, parts, &all);
    add_grid(d, grid);
    return VT_OK;
}
