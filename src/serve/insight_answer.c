/* Two questions are the same where their parameters are: in whatever order they came, with what need not be sent. */
#include "serve/insight_answer.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "serve/kept_insight.h"
#include "vitrine/insight.h"

const vt_query_param vt_insight_params[] = {
    {"period", VT_QUERY_TEXT, false, 0, 0, "30d", NULL, "30d, 8w, 3m or 1y up to now, or 2026-10-01..2026-10-31"},
    {"compare", VT_QUERY_CHOICE, false, 0, 0, "previous", "previous|weekdays|year|none", "what it is compared with"},
    {"category", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "goods of this category alone, or below it"},
    {"brand", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "goods of this brand alone"},
    {"price", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "pieces at a price between: 25:100"},
    {"customers", VT_QUERY_CHOICE, false, 0, 0, NULL, "new|returning|premium", "customers of this kind alone"},
    {"segment", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "customers of this segment alone"},
    {"n", VT_QUERY_INT, false, 1, 100000, "10", NULL, "rows of each table"},
    {"horizon", VT_QUERY_INT, false, 1, 1000, "12", NULL, "periods to foresee; months of clv and rhythm"},
    {"season", VT_QUERY_INT, false, 0, 100000, "0", NULL, "periods of a season; 0: found from the data"},
    {"unit", VT_QUERY_CHOICE, false, 0, 0, "week", "day|week|month", "of periods"},
    {"backtest", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "how well the last periods would have been foreseen"},
    {"support", VT_QUERY_REAL, false, 1e-9, 1, "0.001", NULL, "of rules of baskets"},
    {"confidence", VT_QUERY_REAL, false, 0, 1, "0.5", NULL, "of rules of baskets"},
    {"service", VT_QUERY_REAL, false, .001, .999, "0.95", NULL, "chance that stock lasts until goods arrive"},
    {"lead_days", VT_QUERY_INT, false, 0, 365, "14", NULL, "days from ordering to having"},
    {"until", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "the last day that counts, of clv"},
    {"user", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a customer whom the answer is about, of rhythm"},
    {"item", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a product that the answer is about, of prices"},
    {"seed", VT_QUERY_INT, false, 0, 2147483647, "42", NULL, "of everything random"},
    {"csv", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a table by its id as CSV; \"figures\" for the figures"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

enum { KEY_BYTES_MAX = 256 << 10 };

static const char *value_of(const vt_insight_question *q, const vt_query_param *p)
{
    const char *value = q->value(q->context, p->name);
    return value != NULL ? value : p->fallback;
}

static int read_options(vt_insight_options *o, const vt_insight_question *q, vt_error *err)
{
    int status = VT_OK;
    vt_insight_options_init(o);
    for (const vt_query_param *p = vt_insight_params; p->name != NULL && status == VT_OK; p++) {
        const char *value = value_of(q, p);
        if (value != NULL && strcmp(p->name, "csv") != 0) {
            status = vt_insight_options_set(o, p->name, value, err);
        }
    }
    o->masked = !q->names;
    return status;
}

static int make_answer(vt_text *out, vt_served_shop *shop, const vt_insight_question *q, const vt_progress *progress,
                       vt_error *err)
{
    vt_insight_options options;
    vt_insight *answer = NULL;
    const char *table = q->value(q->context, "csv");
    int status = read_options(&options, q, err);
    options.progress = progress;
    status = status != VT_OK ? status : vt_insight_ask(&answer, shop->live, q->kind, &options, err);
    if (status == VT_OK && table == NULL) {
        status = vt_insight_json(out, answer, false, err);
    } else if (status == VT_OK) {
        status = vt_insight_csv(out, answer, strcmp(table, "figures") == 0 ? NULL : table, err);
    }
    vt_insight_free(answer);
    return status;
}

/* A NUL parts them, since a value can be any text without one. */
static int add_to_key(vt_buf *key, const char *name, const char *value, vt_error *err)
{
    int status = vt_buf_add(key, name, strlen(name) + 1, err);
    return status != VT_OK ? status : vt_buf_add(key, value, strlen(value) + 1, err);
}

/* The name of an answer among those that are kept; who sees no names has answers of its own. Ends by vt_buf_done(). */
static int write_key(vt_buf *key, const vt_insight_question *q, vt_error *err)
{
    vt_buf_init(key, KEY_BYTES_MAX);
    int status = add_to_key(key, q->kind, q->names ? "names" : "numbers", err);
    for (const vt_query_param *p = vt_insight_params; p->name != NULL && status == VT_OK; p++) {
        const char *value = value_of(q, p);
        status = value == NULL ? VT_OK : add_to_key(key, p->name, value, err);
    }
    return status;
}

static vt_kept_moment moment_of(const vt_served_shop *shop)
{
    return (vt_kept_moment){.mark = vt_kept_mark_of(shop->live), .now = vt_seconds()};
}

int vt_insight_answer(vt_text *out, double *age, vt_served_shop *shop, const vt_insight_question *question,
                      double max_age, vt_error *err)
{
    vt_kept_moment moment = moment_of(shop);
    vt_buf key;
    int status = write_key(&key, question, err);
    vt_str name = {key.data, key.len};
    *age = -1;
    if (status == VT_OK && !vt_kept_insight_get(out, age, shop->insight, name, max_age, &moment)) {
        status = make_answer(out, shop, question, NULL, err);
        if (status == VT_OK && max_age > 0) { /* who wants none kept does not take the place of those that are */
            vt_kept_insight_put(shop->insight, name, &moment, vt_seconds() - moment.now, out);
        }
    }
    vt_buf_done(&key);
    return status;
}

int vt_insight_prepare(double *cost, vt_served_shop *shop, const vt_insight_question *question, double ahead,
                       const vt_progress *progress, vt_error *err)
{
    vt_kept_moment moment = moment_of(shop);
    vt_text answer = {NULL, 0};
    vt_buf key;
    int status = write_key(&key, question, err);
    vt_str name = {key.data, key.len};
    *cost = 0;
    if (status == VT_OK && !vt_kept_insight_lasts(shop->insight, name, ahead, &moment)) {
        status = make_answer(&answer, shop, question, progress, err);
        *cost = vt_seconds() - moment.now;
        if (status == VT_OK) {
            vt_kept_insight_put(shop->insight, name, &moment, *cost, &answer);
        }
    }
    vt_text_free(&answer);
    vt_buf_done(&key);
    return status;
}
