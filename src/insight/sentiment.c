/*
 * What reviews say. Stars are counted from the shop in memory, for any period and filter; what a model read of words
 * without stars, and the phrases for and against, are rows that `encode --sentiment` has left in the store.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/baskets/association.h"
#include "insight/kind.h"
#include "insight/ratings.h"
#include "insight/sentence.h"
#include "vitrine/results.h"

enum {
    PHRASES = 3,   /* in a row of a product */
    CRITICISM = 3, /* reviews against a product, at least, to name it */
    PERIODS = 2,
    NOW = 0,
    BEFORE = 1
};

static const char *const phrase_kinds[] = {"phrase_for", "phrase_against"};

enum { FOR, AGAINST, SIDES };

typedef struct sentiment {
    vt_document *d;
    const vt_scope *scope;
    bool words; /* rows of words without stars can be counted: no filter of customers and prices is set */
    int side;   /* of the phrases that are read */
    vt_ratings total[PERIODS];
    vt_ratings *of_item;         /* (I) of the period */
    const char **phrases[SIDES]; /* (I) joined by commas, NULL without; of the document */
    int32_t *row;                /* (n) items with a review in the period */
    int32_t n;
    int64_t made_at; /* VT_NONE: nothing was read yet */
    int64_t unrated; /* reviews without stars in the period that were read */
    double auc, auc_low, auc_high;
    vt_error *err;
} sentiment;

/* ---- rows of the store ------------------------------------------------------------------------------------------- */

static void count_words(vt_ratings *to, const vt_result *row)
{
    int64_t in_favour = (int64_t)(row->value * (double)row->count + .5);
    to->reviews += row->count;
    to->in_favour += in_favour;
    to->against += row->count - in_favour;
}

/* Reviews of an item without stars on one day. */
static int on_words(void *context, const vt_result *row)
{
    sentiment *s = context;
    const vt_scope *scope = s->scope;
    if (row->subject.len == 0) {
        s->made_at = row->made_at;
        return VT_OK;
    }
    int32_t item = vt_view_find_item(scope->view, row->subject);
    if (item < 0 || row->count == VT_NONE || !(row->value >= 0 && row->value <= 1) || !s->words ||
        (scope->item_passes != NULL && !scope->item_passes[item])) {
        return VT_OK;
    }
    if (row->rank >= scope->period.first && row->rank <= scope->period.last) {
        count_words(&s->total[NOW], row);
        count_words(&s->of_item[item], row);
        s->unrated += row->count;
    }
    if (row->rank >= scope->before.first && row->rank <= scope->before.last) {
        count_words(&s->total[BEFORE], row);
    }
    return VT_OK;
}

static int on_phrase(void *context, const vt_result *row)
{
    sentiment *s = context;
    char text[512];
    int32_t item = row->subject.len == 0 ? -1 : vt_view_find_item(s->scope->view, row->subject);
    if (item < 0 || row->object.ptr == NULL || row->rank > PHRASES) {
        return VT_OK;
    }
    const char **to = &s->phrases[s->side][item];
    snprintf(text, sizeof text, "%s%s%.*s", *to == NULL ? "" : *to, *to == NULL ? "" : ", ", VT_STR_ARGS(row->object));
    *to = vt_document_copy(s->d, vt_str_of(text));
    return VT_OK;
}

static int on_quality(void *context, const vt_result *row)
{
    sentiment *s = context;
    if (vt_str_equal(row->object, vt_str_of("auc"))) {
        s->auc = row->value;
        s->auc_low = row->low;
        s->auc_high = row->high;
    }
    return VT_OK;
}

static int on_shop_phrase(void *context, const vt_result *row)
{
    sentiment *s = context;
    vt_document_text(s->d, row->object);
    vt_document_text(s->d, vt_str_of(s->side == FOR ? "for" : "against"));
    vt_document_number(s->d, row->count == VT_NONE ? NAN : (double)row->count);
    vt_document_number(s->d, row->value);
    vt_document_number(s->d, row->low);
    vt_document_number(s->d, row->high);
    return VT_OK;
}

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static void sentiment_done(sentiment *s)
{
    vt_free(s->of_item);
    vt_free(s->phrases[FOR]);
    vt_free(s->phrases[AGAINST]);
    vt_free(s->row);
}

static int read_rows(sentiment *s, vt_shop *shop, vt_error *err)
{
    int status = vt_results_each(shop, "sentiment", NULL, on_words, s, err);
    for (s->side = FOR; s->side < SIDES && status == VT_OK; s->side++) {
        status = vt_results_each(shop, phrase_kinds[s->side], NULL, on_phrase, s, err);
    }
    return status == VT_OK ? vt_results_each(shop, "sentiment_quality", "", on_quality, s, err) : status;
}

static int sentiment_find(sentiment *s, vt_shop *shop, vt_error *err)
{
    const vt_scope *scope = s->scope;
    size_t n = (size_t)scope->view->n_items;
    s->of_item = vt_alloc_zero(n, sizeof *s->of_item, err);
    s->phrases[FOR] = vt_alloc_zero(n, sizeof(const char *), err);
    s->phrases[AGAINST] = vt_alloc_zero(n, sizeof(const char *), err);
    s->row = vt_alloc(n, sizeof *s->row, err);
    if (s->of_item == NULL || s->phrases[FOR] == NULL || s->phrases[AGAINST] == NULL || s->row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_ratings_add(&s->total[NOW], s->of_item, scope, &scope->period);
    if (vt_scope_compares(scope)) {
        vt_ratings_add(&s->total[BEFORE], NULL, scope, &scope->before);
    }
    int status = shop == NULL ? VT_OK : read_rows(s, shop, err);
    for (int32_t i = 0; i < scope->view->n_items; i++) {
        if (s->of_item[i].reviews > 0) {
            s->row[s->n++] = i;
        }
    }
    return status;
}

/* Most criticism first, of as much the one with the larger share of it, then most reviews. */
static int by_criticism(const void *a, const void *b, void *context)
{
    const sentiment *s = context;
    int32_t i = *(const int32_t *)a, j = *(const int32_t *)b;
    const vt_ratings *x = &s->of_item[i], *y = &s->of_item[j];
    if (x->against != y->against) {
        return x->against > y->against ? -1 : 1;
    }
    if (x->against > 0 && x->in_favour != y->in_favour) {
        return x->in_favour < y->in_favour ? -1 : 1;
    }
    if (x->reviews != y->reviews) {
        return x->reviews > y->reviews ? -1 : 1;
    }
    return (i > j) - (i < j);
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static double share_of(const vt_ratings *r)
{
    return vt_ratio((double)r->in_favour, (double)(r->in_favour + r->against));
}

/* The change of the share as far as chance explains it (two proportions, 95 %). */
static void say_change(const sentiment *s)
{
    const vt_ratings *now = &s->total[NOW], *before = &s->total[BEFORE];
    char compared[64], was[64];
    double n = (double)(now->in_favour + now->against), m = (double)(before->in_favour + before->against);
    if (!vt_scope_compares(s->scope) || !(n > 0) || !(m > 0)) {
        return;
    }
    double p = share_of(now), q = share_of(before);
    double both = (p * n + q * m) / (n + m), deviation = sqrt(both * (1 - both) * (1 / n + 1 / m));
    bool beyond = fabs(p - q) > 1.959964 * deviation;
    vt_say_compared(compared, s->scope);
    vt_insight_format(was, q, VT_UNIT_SHARE, "");
    if (beyond) {
        vt_document_lead(s->d, "That is %s %s in %s.", p > q ? "more than the" : "less than the", was, compared);
    } else {
        vt_document_lead(s->d, "In %s it was %s: no difference beyond chance.", compared, was);
    }
}

static void say_most_criticised(const sentiment *s)
{
    if (s->n == 0 || s->of_item[s->row[0]].against < CRITICISM) {
        if (s->n > 1 && s->total[NOW].against > 0) {
            vt_document_lead(s->d, "No product has more than %lld against it.",
                             (long long)s->of_item[s->row[0]].against);
        }
        return;
    }
    int32_t item = s->row[0];
    const vt_ratings *r = &s->of_item[item];
    const char *phrases = s->phrases[AGAINST][item];
    vt_str title = vt_view_item_title(s->scope->view, item);
    title = title.len > 0 ? title : vt_view_item_id(s->scope->view, item);
    vt_document_lead(s->d, "%.*s has the most criticism: %lld of %lld reviews speak against it%s%.*s%s.",
                     VT_STR_ARGS(title), (long long)r->against, (long long)r->reviews,
                     phrases == NULL ? "" : ", most of all \"", phrases == NULL ? 0 : (int)strcspn(phrases, ","),
                     phrases == NULL ? "" : phrases, phrases == NULL ? "" : "\"");
}

static void say_sentiment(const sentiment *s)
{
    const vt_ratings *now = &s->total[NOW];
    char share[64];
    if (now->reviews == 0) {
        vt_document_lead(s->d, "No review with words came in the period.");
    } else if (now->in_favour + now->against == 0) {
        vt_document_lead(s->d, "None of the %lld reviews in the period speaks for or against what it is about.",
                         (long long)now->reviews);
    } else {
        vt_insight_format(share, share_of(now), VT_UNIT_SHARE, "");
        vt_document_lead(s->d, "%s of the reviews that take a side speak for what they are about.", share);
        say_change(s);
        say_most_criticised(s);
    }
    if (s->made_at == VT_NONE) {
        vt_document_lead(s->d, "What the words say was not read yet: run \"vitrine --shop %s encode --sentiment\".",
                         s->scope->shop_path == NULL ? "SHOP" : s->scope->shop_path);
    }
}

static void add_notes(const sentiment *s)
{
    char date[16];
    if (s->made_at == VT_NONE) {
        return;
    }
    vt_format_date(date, s->made_at);
    vt_document_note(s->d, "Phrases are from a sample of the reviews of all times, read on %s.", date);
    if (!s->words) {
        vt_document_note(s->d, "Reviews without stars are left out: who wrote them and at which price is not kept.");
    } else if (s->unrated > 0) {
        vt_document_note(s->d, "%lld of the reviews have no stars and were read by their words.",
                         (long long)s->unrated);
    }
}

/* ---- figures and tables ------------------------------------------------------------------------------------------ */

static void add_figures(const sentiment *s)
{
    const vt_ratings *now = &s->total[NOW], *before = &s->total[BEFORE];
    bool compares = vt_scope_compares(s->scope);
    int64_t sided = now->in_favour + now->against;
    vt_document_compared(s->d, "share_positive", share_of(now), compares ? share_of(before) : NAN);
    if (sided > 0) {
        double low = 0, high = 0;
        vt_wilson(&low, &high, now->in_favour, sided);
        vt_document_interval(s->d, low, high);
    }
    vt_document_compared(s->d, "reviews", (double)now->reviews, compares ? (double)before->reviews : NAN);
    vt_document_compared(s->d, "reviews_against", (double)now->against, compares ? (double)before->against : NAN);
    vt_document_compared(s->d, "rating", vt_ratio(now->sum, (double)now->n),
                         compares ? vt_ratio(before->sum, (double)before->n) : NAN);
    if (!isnan(s->auc)) {
        vt_document_figure(s->d, "sentiment_auc", s->auc);
        vt_document_interval(s->d, s->auc_low, s->auc_high);
    }
}

static void add_products(const sentiment *s, int32_t n)
{
    const vt_view *view = s->scope->view;
    vt_document *d = s->d;
    vt_document_table(d, "products", "Products by criticism");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "reviews");
    vt_document_metric(d, "reviews_against");
    vt_document_metric(d, "share_positive");
    vt_document_metric_interval(d, "share_positive");
    vt_document_metric(d, "rating");
    vt_document_column(d, "for", "Said for it", VT_UNIT_TEXT);
    vt_document_column(d, "against", "Said against it", VT_UNIT_TEXT);
    for (int32_t i = 0; i < s->n && i < n; i++) {
        int32_t item = s->row[i];
        const vt_ratings *r = &s->of_item[item];
        double low = NAN, high = NAN;
        if (r->in_favour + r->against > 0) {
            vt_wilson(&low, &high, r->in_favour, r->in_favour + r->against);
        }
        vt_document_text(d, vt_view_item_id(view, item));
        vt_document_text(d, vt_view_item_title(view, item));
        vt_document_number(d, (double)r->reviews);
        vt_document_number(d, (double)r->against);
        vt_document_number(d, share_of(r));
        vt_document_number(d, low);
        vt_document_number(d, high);
        vt_document_number(d, vt_ratio(r->sum, (double)r->n));
        for (int side = FOR; side < SIDES; side++) {
            vt_document_text(d, vt_str_of(s->phrases[side][item]));
        }
    }
}

static void add_stars(const sentiment *s)
{
    const vt_ratings *now = &s->total[NOW], *before = &s->total[BEFORE];
    bool compares = vt_scope_compares(s->scope);
    vt_document_table(s->d, "stars", "Ratings by stars");
    vt_document_column(s->d, "stars", "Stars", VT_UNIT_COUNT);
    vt_document_metric(s->d, "ratings");
    vt_document_metric(s->d, "share");
    vt_document_column(s->d, "share_before", "Share before", VT_UNIT_SHARE);
    for (int star = VT_STARS; star > 0; star--) {
        vt_document_number(s->d, star);
        vt_document_number(s->d, (double)now->stars[star - 1]);
        vt_document_number(s->d, vt_ratio((double)now->stars[star - 1], (double)now->n));
        vt_document_number(s->d, compares ? vt_ratio((double)before->stars[star - 1], (double)before->n) : NAN);
    }
}

static int add_phrases(sentiment *s, vt_shop *shop, vt_error *err)
{
    int status = VT_OK;
    vt_document_table(s->d, "phrases", "What reviews of the shop say");
    vt_document_column(s->d, "phrase", "Phrase", VT_UNIT_TEXT);
    vt_document_column(s->d, "side", "Side", VT_UNIT_TEXT);
    vt_document_metric(s->d, "phrase_people");
    vt_document_metric(s->d, "phrase_lean");
    vt_document_metric_interval(s->d, "phrase_lean");
    for (s->side = AGAINST; s->side >= FOR && status == VT_OK; s->side--) {
        status = vt_results_each(shop, phrase_kinds[s->side], "", on_shop_phrase, s, err);
    }
    return status;
}

int vt_sentiment_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    sentiment s = {.d = d, .scope = scope, .made_at = VT_NONE, .auc = NAN};
    vt_shop *shop = NULL;
    s.words = scope->customers < 0 && scope->user_passes == NULL && scope->price_low == INT64_MIN &&
              scope->price_high == INT64_MAX;
    int status = scope->shop_path == NULL ? VT_OK : vt_shop_open(&shop, scope->shop_path, VT_SHOP_READ, err);
    status = status == VT_OK ? sentiment_find(&s, shop, err) : status;
    if (status == VT_OK) {
        if (s.n > 0) {
            qsort_r(s.row, (size_t)s.n, sizeof *s.row, by_criticism, &s);
        }
        say_sentiment(&s);
        add_notes(&s);
        add_figures(&s);
        add_products(&s, options->n);
        add_stars(&s);
    }
    if (status == VT_OK && s.made_at != VT_NONE) {
        status = add_phrases(&s, shop, err);
    }
    vt_shop_close(shop);
    sentiment_done(&s);
    return status;
}
