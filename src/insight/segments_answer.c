/* Segments of customers: how many people, what they bring, what to do; and the grid of recency and frequency. */
#include "insight/kind.h"
#include "insight/segments.h"

enum { SCORES = 5, BANDS = 5, DAY = 86400 };

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

/* Bands of the days since the last order, and of the number of orders; the last ones are open. */
static const int silent_from[BANDS] = {0, 91, 183, 274, 365};
static const int orders_from[BANDS] = {1, 2, 3, 4, 6};

static int band_of(const int from[BANDS], int64_t value)
{
    int band = 0;
    while (band + 1 < BANDS && value >= from[band + 1]) {
        band++;
    }
    return band;
}

static void add_upper(vt_document *d, const int from[BANDS], int band)
{
    vt_document_number(d, band + 1 < BANDS ? (double)(from[band + 1] - 1) : NAN);
}

/* The same grid in days and orders: fifths say who is ahead of whom, these say by how much. */
static void add_bands(vt_document *d, const part bands[BANDS][BANDS])
{
    vt_document_table(d, "bands", "How recent, how often");
    vt_document_column(d, "silent_from", "Silent from", VT_UNIT_DAYS);
    vt_document_column(d, "silent_until", "Silent up to", VT_UNIT_DAYS);
    vt_document_column(d, "orders_from", "Orders from", VT_UNIT_COUNT);
    vt_document_column(d, "orders_until", "Orders up to", VT_UNIT_COUNT);
    vt_document_metric(d, "customers");
    vt_document_column(d, "revenue_each", "Revenue each", VT_UNIT_MONEY);
    for (int r = 0; r < BANDS; r++) {
        for (int f = 0; f < BANDS; f++) {
            const part *p = &bands[r][f];
            vt_document_number(d, silent_from[r]);
            add_upper(d, silent_from, r);
            vt_document_number(d, orders_from[f]);
            add_upper(d, orders_from, f);
            vt_document_number(d, (double)p->customers);
            vt_document_number(d, vt_ratio(p->revenue, (double)p->customers));
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
    part grid[SCORES][SCORES] = {{{0}}}, bands[BANDS][BANDS] = {{{0}}};
    int status = vt_segments_find(&found, scope, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t u = 0; u < scope->view->n_users; u++) {
        if (found.of_user[u] >= 0 && (scope->user_passes == NULL || scope->user_passes[u])) {
            add_customer(&parts[found.of_user[u]], &found.sums[u]);
            add_customer(&grid[found.recency[u] - 1][found.frequency[u] - 1], &found.sums[u]);
            int64_t silent = (scope->period.until - 1 - found.sums[u].last) / DAY;
            int recent = band_of(silent_from, silent), often = band_of(orders_from, found.sums[u].orders);
            add_customer(&bands[recent][often], &found.sums[u]);
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
    add_bands(d, bands);
    return VT_OK;
}
