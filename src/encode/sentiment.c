/*
 * Reading the reviews of a shop: one pass takes a sample of those with stars, a head is fitted to the vectors of a part
 * of it, a second pass has it read those without stars, and phrases are found in the sample. All rows are written at
 * the end, so that the shop can be written to by others meanwhile.
 */
#include "vitrine/sentiment.h"

#include <math.h>

#include "base/clock.h"
#include "base/options.h"
#include "encode/sentiment_run.h"

enum { SAMPLE = 100000 }; /* reviews for, and as many against */

void vt_sentiment_options_init_sized(vt_sentiment_options *options, size_t size)
{
    static const vt_sentiment_options defaults = {.size = sizeof defaults, .seed = 42};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

/* What there is, in a sentence where it is not enough. */
static int count_reviews(vt_sentiment_run *s, vt_error *err)
{
    const int64_t *count = s->opinions.count;
    vt_sentiment_report *r = &s->report;
    r->positive = count[VT_FOR];
    r->negative = count[VT_AGAINST];
    r->unrated = count[VT_UNRATED];
    r->reviews = r->positive + r->negative + r->unrated + count[VT_NEITHER];
    if (r->reviews == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "the shop has no reviews with words; import some first");
    }
    if (r->positive + r->negative + count[VT_NEITHER] == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "no review of the shop has stars (%lld have words alone), and which way words lean is learned from "
            "those that have; import ratings with their texts",
            (long long)r->reviews);
    }
    vt_result row = {
        .subject = vt_str_of(""),
        .rank = 0,
        .value = r->positive + r->negative == 0 ? NAN : (double)r->positive / (double)(r->positive + r->negative),
        .low = NAN,
        .high = NAN,
        .count = r->reviews};
    return vt_sentiment_rows_add(&s->rows, VT_SET_SENTIMENT, &row, err);
}

static int write_rows(vt_sentiment_run *s, vt_error *err)
{
    vt_shop *writer = NULL;
    int status = vt_shop_open(&writer, vt_shop_path(s->shop), VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_sentiment_rows_write(&s->rows, writer, err);
    }
    vt_shop_close(writer);
    return status;
}

static int read_all(vt_sentiment_run *s, vt_error *err)
{
    const vt_progress *progress = s->options->progress;
    int status = vt_opinions_read(&s->opinions, s->store, SAMPLE, s->options->seed, progress, err);
    status = status == VT_OK ? count_reviews(s, err) : status;
    status = status == VT_OK ? vt_sentiment_learn(s, err) : status;
    status = status == VT_OK ? vt_sentiment_read_unrated(s, err) : status;
    return status == VT_OK
               ? vt_sentiment_rows_phrases(&s->rows, &s->opinions, s->store, &s->report.items, progress, err)
               : status;
}

int vt_sentiment_record(vt_sentiment_report *out, vt_shop *shop, const vt_sentiment_options *options, vt_error *err)
{
    double began = vt_seconds();
    vt_sentiment_run s = {.shop = shop, .store = vt_shop_store(shop), .options = options};
    s.report.auc = s.report.auc_low = s.report.auc_high = NAN;
    s.report.share_read = s.report.share_stars = NAN;
    int status = vt_options_check(options->size, sizeof *options, "vt_sentiment_options", err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_read_begin(s.store, err);
    if (status == VT_OK) {
        status = read_all(&s, err);
        vt_store_read_end(s.store);
    }
    status = status == VT_OK ? write_rows(&s, err) : status;
    if (status == VT_OK) {
        s.report.phrases = (int64_t)(s.rows.set[VT_SET_FOR].n + s.rows.set[VT_SET_AGAINST].n);
        s.report.seconds = vt_seconds() - began;
        *out = s.report;
    }
    vt_encoder_close(s.encoder);
    vt_sentiment_head_done(&s.head);
    vt_sentiment_rows_done(&s.rows);
    vt_opinions_done(&s.opinions);
    return status;
}
