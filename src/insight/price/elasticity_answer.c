/* Sentences by rules: what is said follows from the intervals, not from the estimates alone. */
#include "insight/price/elasticity_answer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/price/price_show.h"
#include "insight/price/price_table.h"
#include "insight/price/suggest.h"

enum { CURVE = 41 };

#define MINOR 100.0 /* amounts of a file are shown as money without a currency, in hundredths */

/* A product, ranked by what its suggested price would bring: sure gains first. */
typedef struct ranked {
    bool sure; /* the interval of the effect is above 0 */
    double effect;
    int32_t product;
} ranked;

/* All that was found. */
typedef struct found {
    const vt_price_table *table;
    vt_elasticity *product;           /* (I) */
    vt_category_elasticity *category; /* (C) */
    vt_price_suggestion *suggestion;  /* (I) */
    ranked *order;                    /* (I) sure gains first, largest effect first */
    vt_price_point curve[CURVE];      /* of the first in order */
    size_t n_known;
    bool log_log;
} found;

static void done(found *f)
{
    vt_free(f->product);
    vt_free(f->category);
    vt_free(f->suggestion);
    vt_free(f->order);
}

static int make_room(found *f, const vt_price_panel *p, vt_error *err)
{
    f->product = vt_alloc_zero(p->n_products, sizeof *f->product, err);
    f->category = f->product == NULL ? NULL : vt_alloc_zero(p->n_categories, sizeof *f->category, err);
    f->suggestion = f->category == NULL ? NULL : vt_alloc_zero(p->n_products, sizeof *f->suggestion, err);
    f->order = f->suggestion == NULL ? NULL : vt_alloc(p->n_products, sizeof *f->order, err);
    return f->order == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static vt_price_question question_of(const found *f, size_t i, uint64_t seed)
{
    const vt_elasticity *e = &f->product[i];
    vt_price_question q = {.now = f->table->by_date ? e->history.last : e->centre,
                           .cost = f->table->cost[i],
                           .elasticity = e->value,
                           .deviation = e->deviation,
                           .centre = e->centre,
                           .units = e->units,
                           .units_deviation = e->units_deviation,
                           .seed = seed,
                           .key = i};
    vt_price_bounds(&q.low, &q.high, &e->history);
    q.low = q.cost > q.low && q.cost < q.high ? q.cost : q.low;
    return q;
}

static int by_effect(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->sure != y->sure) {
        return x->sure ? -1 : 1;
    }
    if (x->effect != y->effect) {
        return x->effect > y->effect ? -1 : 1;
    }
    return x->product < y->product ? -1 : x->product > y->product;
}

static int suggest(found *f, uint64_t seed, vt_error *err)
{
    size_t n = f->table->panel.n_products;
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        f->order[i] =
            (ranked){false, -1.0, (int32_t)i}; /* of a known one it is 0 at least: now is among the prices, nearly */
        if (f->product[i].known) {
            vt_price_question q = question_of(f, i, seed);
            status = vt_price_suggest(&f->suggestion[i], NULL, CURVE, &q, err);
            f->order[i].effect = f->suggestion[i].effect > 0.0 ? f->suggestion[i].effect : 0.0;
            f->order[i].sure = f->suggestion[i].effect_low > 0.0;
            f->n_known++;
        }
    }
    if (status == VT_OK) {
        qsort(f->order, n, sizeof *f->order, by_effect);
    }
    if (status == VT_OK && f->n_known > 0) {
        vt_price_suggestion unused;
        vt_price_question q = question_of(f, (size_t)f->order[0].product, seed);
        status = vt_price_suggest(&unused, f->curve, CURVE, &q, err);
    }
    return status;
}

/* Log-log where every row has sales. */
static bool every_row_sells(const vt_price_panel *p)
{
    for (size_t r = 0; r < p->n; r++) {
        if (!(p->units[r] > 0.0)) {
            return false;
        }
    }
    return true;
}

static int find(found *f, const vt_insight_options *options, vt_error *err)
{
    const vt_price_panel *panel = &f->table->panel;
    vt_elasticity_options how;
    vt_elasticity_options_init(&how);
    f->log_log = every_row_sells(panel);
    how.likelihood = f->log_log ? VT_PRICE_LOG_LOG : VT_PRICE_POISSON;
    int status = make_room(f, panel, err);
    status = status == VT_OK ? vt_elasticity_fit(f->product, f->category, panel, &how, err) : status;
    return status == VT_OK ? suggest(f, options->seed, err) : status;
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

/* What an elasticity with its interval means. `of` is "" or names what it is of. */
static void say_elasticity(vt_document *d, const char *of, double value, double low, double high)
{
    if (low < 0.0 && high > 0.0) {
        vt_document_lead(d,
                         "Whether sales%s answer to the price cannot be told: a price 1 %% higher changes them by "
                         "%+.2f %% (95 %% interval %+.2f to %+.2f).",
                         of, value, low, high);
        return;
    }
    vt_document_lead(d, "A price 1 %% higher goes with %.2f %% %s sales%s (95 %% interval %.2f to %.2f).", fabs(value),
                     value < 0.0 ? "fewer" : "more", of, value < 0.0 ? -high : low, value < 0.0 ? -low : high);
    if (high < -1.0) {
        vt_document_lead(d, "Sales answer strongly: a lower price brings more revenue, a higher one less.");
    } else if (low > -1.0) {
        vt_document_lead(d, "Sales answer weakly: a higher price brings more revenue, a lower one less.");
    } else {
        vt_document_lead(d, "Whether a higher or a lower price brings more revenue cannot be told from that.");
    }
}

static void say_best(vt_document *d, const found *f)
{
    const ranked *best = &f->order[0];
    const vt_price_suggestion *s = &f->suggestion[best->product];
    const char *what = f->table->cost[best->product] > 0.0 ? "margin" : "revenue";
    char now[64], price[64], effect[64], low[64], high[64], name[80] = "";
    vt_price_question q = question_of(f, (size_t)best->product, 0);
    vt_insight_format(now, q.now * MINOR, VT_UNIT_MONEY, "");
    vt_insight_format(price, s->price * MINOR, VT_UNIT_MONEY, "");
    vt_insight_format(effect, s->effect * MINOR, VT_UNIT_MONEY, "");
    vt_insight_format(low, s->effect_low * MINOR, VT_UNIT_MONEY, "");
    vt_insight_format(high, s->effect_high * MINOR, VT_UNIT_MONEY, "");
    if (f->table->panel.n_products > 1) {
        vt_str id = f->table->product[best->product];
        snprintf(name, sizeof name, " for %.*s", (int)(id.len < 60 ? id.len : 60), id.ptr);
    }
    if (s->effect_low > 0.0) {
        vt_document_lead(d, "A price of %s%s instead of %s should bring %s more %s a row (95 %% interval %s to %s).",
                         price, name, now, effect, what, low, high);
    } else {
        vt_document_lead(d,
                         "No price is sure to bring more %s; most promising is a price of %s%s instead of %s: %s a row "
                         "(95 %% interval %s to %s).",
                         what, price, name, now, effect, low, high);
    }
}

static void say(vt_document *d, const found *f)
{
    const vt_price_panel *p = &f->table->panel;
    if (f->n_known == 0) {
        vt_document_lead(
            d, "These %zu rows tell no elasticity: prices did not change, or sales came at one price alone.", p->n);
        return;
    }
    if (p->n_products == 1) {
        say_elasticity(d, "", f->product[0].value, f->product[0].low, f->product[0].high);
    } else if (p->n_categories == 1) {
        char of[64];
        snprintf(of, sizeof of, " in the mean of %zu products", p->n_products);
        say_elasticity(d, of, f->category[0].value, f->category[0].low, f->category[0].high);
    } else {
        vt_document_lead(d, "Elasticities of %zu products in %zu categories.", f->n_known, p->n_categories);
    }
    say_best(d, f);
}

static void note(vt_document *d, const found *f)
{
    static const char *const seasons[] = {"",
                                          "nothing but the price",
                                          "a linear trend",
                                          "a trend and a season of two waves a year",
                                          "a trend and months of the year",
                                          "whatever a period does to all products of a category"};
    const vt_price_table *t = f->table;
    vt_document_note(d, f->log_log ? "Least squares of log quantity on log price, with robust standard errors (HC3)."
                                   : "Rows without sales have no logarithm: a Poisson regression of quantities on log "
                                     "price took the place of least squares, with robust standard errors.");
    vt_document_note(d, "Controlled for beside the price: %s%s.", seasons[f->category[0].season],
                     t->has_promotion ? ", and promotions" : "");
    vt_price_show_doubts(d, f->product, t->panel.n_products);
    if (!t->by_date) {
        vt_document_note(d, "There is no column \"date\": the price now is taken to be the mean one.");
    }
    if (t->skipped > 0) {
        vt_document_note(d, "%zu rows could not be used; the first: %s.", t->skipped, t->why);
    }
    vt_document_note(d,
                     "Suggested prices stay within the prices tried, 10 %% wider on both sides, and above the cost.");
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void add_row(vt_document *d, const found *f, size_t i)
{
    const vt_elasticity *e = &f->product[i];
    const vt_price_suggestion *s = &f->suggestion[i];
    vt_price_question q = question_of(f, i, 0);
    const double numbers[] = {
        e->value,      e->low,           e->high,           e->own_known ? e->own : NAN, e->from_category,
        q.now * MINOR, s->price * MINOR, s->effect * MINOR, s->effect_low * MINOR,       s->effect_high * MINOR,
        s->chance};
    vt_str name = f->table->product[i];
    vt_document_text(d, name.len > 0 ? name : vt_str_of("all rows"));
    for (size_t c = 0; c < sizeof numbers / sizeof numbers[0]; c++) {
        vt_document_number(d, e->known ? numbers[c] : NAN);
    }
    vt_document_number(d, e->history.lowest * MINOR);
    vt_document_number(d, e->history.highest * MINOR);
    vt_document_number(d, e->history.units);
    vt_price_show_warning(d, e->history.warnings);
}

static void add_products(vt_document *d, const found *f, size_t rows)
{
    vt_document_table(d, "products", "Elasticities and suggested prices");
    vt_document_column(d, "product", "Product", VT_UNIT_TEXT);
    vt_document_metric(d, "elasticity");
    vt_document_metric_interval(d, "elasticity");
    vt_document_column(d, "own", "Of its own rows", VT_UNIT_NUMBER);
    vt_document_column(d, "from_category", "Borrowed", VT_UNIT_SHARE);
    vt_document_column(d, "price_now", "Price now", VT_UNIT_MONEY);
    vt_document_metric(d, "price_suggested");
    vt_document_metric(d, "price_effect");
    vt_document_metric_interval(d, "price_effect");
    vt_document_column(d, "chance", "Chance of a gain", VT_UNIT_SHARE);
    vt_document_column(d, "lowest", "Lowest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "highest", "Highest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "quantity", "Quantity", VT_UNIT_NUMBER);
    vt_document_column(d, "warning", "Doubtful because of", VT_UNIT_TEXT);
    for (size_t r = 0; r < f->table->panel.n_products && r < rows; r++) {
        add_row(d, f, (size_t)f->order[r].product);
    }
}

static void add_categories(vt_document *d, const found *f)
{
    vt_document_table(d, "categories", "Elasticities of categories");
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    vt_document_metric(d, "elasticity");
    vt_document_metric_interval(d, "elasticity");
    vt_document_column(d, "between", "Deviation between products", VT_UNIT_NUMBER);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_column(d, "promotion", "Promotion, log of sales", VT_UNIT_NUMBER);
    for (size_t c = 0; c < f->table->panel.n_categories; c++) {
        const vt_category_elasticity *e = &f->category[c];
        const double numbers[] = {e->value, e->low, e->high, e->between};
        vt_str name = f->table->category[c];
        vt_document_text(d, name.len > 0 ? name : vt_str_of("none"));
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            vt_document_number(d, e->known ? numbers[i] : NAN);
        }
        vt_document_number(d, (double)e->products);
        vt_document_number(d, e->promotion_known ? e->promotion : NAN);
    }
}

static void add_curve(vt_document *d, const found *f)
{
    size_t i = (size_t)f->order[0].product;
    vt_str id = f->table->product[i];
    char title[160];
    snprintf(title, sizeof title, "Expected %s by price%s%.*s", f->table->cost[i] > 0.0 ? "margin" : "revenue",
             id.len > 0 ? " of " : "", (int)(id.len < 60 ? id.len : 60), id.ptr);
    vt_document_table(d, "curve", title);
    vt_document_column(d, "price", "Price", VT_UNIT_MONEY);
    vt_document_column(d, "quantity", "Expected quantity", VT_UNIT_NUMBER);
    vt_document_column(d, "value", "Expected value", VT_UNIT_MONEY);
    vt_document_column(d, "value_low", "From", VT_UNIT_MONEY);
    vt_document_column(d, "value_high", "To", VT_UNIT_MONEY);
    for (int g = 0; g < CURVE; g++) {
        const vt_price_point *p = &f->curve[g];
        vt_document_number(d, p->price * MINOR);
        vt_document_number(d, p->units);
        vt_document_number(d, p->value * MINOR);
        vt_document_number(d, p->low * MINOR);
        vt_document_number(d, p->high * MINOR);
    }
}

static void fill(vt_document *d, const found *f, const vt_insight_options *options)
{
    say(d, f);
    note(d, f);
    if (f->table->panel.n_categories == 1 && f->category[0].known) {
        const vt_category_elasticity *c = &f->category[0];
        vt_document_figure(d, "elasticity", c->value);
        vt_document_interval(d, c->low, c->high);
    }
    add_products(d, f, (size_t)options->n);
    if (f->table->by_category) {
        add_categories(d, f);
    }
    if (f->n_known > 0) {
        add_curve(d, f);
    }
}

int vt_elasticity_of_file(vt_document *document, const char *path, const vt_insight_options *options, vt_error *err)
{
    vt_plain_file *file = NULL;
    vt_price_table *table = NULL;
    vt_price_columns columns = {options->quantity, options->price_column, options->by};
    int status = vt_plain_file_read(&file, path, err);
    status = status == VT_OK ? vt_price_table_read(&table, file, &columns, err) : status;
    if (status == VT_OK) {
        found f = {.table = table};
        status = find(&f, options, err);
        if (status == VT_OK) {
            fill(document, &f, options);
        }
        done(&f);
    }
    vt_price_table_free(table);
    vt_plain_file_free(file);
    return status;
}
