/*
 * Reading the reviews of a shop with a small network that knows two colours: reviews for say blue, against red. Rows
 * by day and item, phrases, how well it reads, and what is said where there is too little.
 */
#include "encoders.h"
#include "fault.h"

#include <math.h>

#include "encode/opinions.h"
#include "store/store.h"
#include "vitrine/events.h"
#include "vitrine/sentiment.h"

enum { DAY = 86400, START = 1767225600 /* 2026-01-01 00:00 UTC, day 20454 */ };

typedef struct fixture {
    scratch files;
    vt_shop *shop;
    vt_sentiment_options options;
    int n; /* reviews so far */
} fixture;

static vt_error err;

/* A review of somebody new; `stars` 0: none, so that it is a view with words. */
static void review(fixture *f, const char *item, int stars, int day, const char *title, const char *body)
{
    char user[32];
    snprintf(user, sizeof user, "user%d", f->n++);
    vt_event e;
    vt_event_init(&e);
    e.user = vt_str_of(user);
    e.item = vt_str_of(item);
    e.kind = stars > 0 ? VT_EVENT_RATING : VT_EVENT_VIEW;
    e.value = stars > 0 ? (double)stars : (double)NAN;
    e.time = START + (int64_t)day * DAY + f->n;
    e.title = vt_str_of(title);
    e.body = vt_str_of(body);
    check_ok(vt_shop_put_events(f->shop, &e, 1, NULL, &err));
}

static void fill(fixture *f)
{
    for (int i = 0; i < 40; i++) {
        review(f, i % 2 == 0 ? "tea" : "pot", 5, i, "Five Stars", "<b>blue</b> blue");
        if (i % 2 == 0) {
            review(f, "pot", 1, i, NULL, "red");
        }
    }
    review(f, "tea", 3, 50, "so so", "blue red");
    review(f, "tea", 0, 60, "blue blue", NULL);
    review(f, "tea", 0, 60, NULL, "blue blue");
    review(f, "tea", 0, 60, NULL, "red");
    review(f, "pot", 0, 61, "red", NULL);
    review(f, "tea", 5, 62, "Five Stars", NULL); /* says nothing beside its stars */
}

/* False, which skips the test, where OpenVINO is not to be had. */
static bool fixture_init(fixture *f)
{
    vt_encoder *encoder = NULL;
    memset(f, 0, sizeof *f);
    scratch_init(&f->files);
    put_encoder(&f->files, "tiny-text");
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->files, "shop"), VT_SHOP_CREATE, &err));
    vt_sentiment_options_init(&f->options);
    f->options.text = "tiny-text";
    f->options.threads = 1;
    bool there = open_encoder(&encoder, "tiny-text", 1);
    vt_encoder_close(encoder);
    return there;
}

static void fixture_done(fixture *f)
{
    vt_shop_close(f->shop);
    scratch_done(&f->files);
}

/* Reads through a connection of its own, as the command does. */
static int record(fixture *f, vt_sentiment_report *report, vt_error *e)
{
    vt_shop *reader = NULL;
    vt_shop_close(f->shop);
    f->shop = NULL;
    int status = vt_shop_open(&reader, scratch_path(&f->files, "shop"), VT_SHOP_READ, e);
    status = status == VT_OK ? vt_sentiment_record(report, reader, &f->options, e) : status;
    vt_shop_close(reader);
    return status;
}

static void open_again(fixture *f)
{
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->files, "shop"), VT_SHOP_WRITE, &err));
}

static int note(void *context, const vt_result *row)
{
    char *text = context;
    size_t n = strlen(text);
    snprintf(text + n, 2048 - n, "%.*s|%lld|%.*s|%.3g|%lld\n", VT_STR_ARGS(row->subject), (long long)row->rank,
             VT_STR_ARGS(row->object), row->value, (long long)(row->count == VT_NONE ? -1 : row->count));
    return VT_OK;
}

static const char *rows_of(fixture *f, const char *kind)
{
    static char text[2048];
    text[0] = '\0';
    check_ok(vt_results_each(f->shop, kind, NULL, note, text, &err));
    return text;
}

static void reviews_are_read(void **state)
{
    (void)state;
    fixture f;
    vt_sentiment_report r;
    if (fixture_init(&f)) {
        fill(&f);
        check_ok(record(&f, &r, &err));
        open_again(&f);
        assert_int_equal(r.reviews, 40 + 20 + 1 + 4);
        assert_int_equal(r.positive, 40);
        assert_int_equal(r.negative, 20);
        assert_int_equal(r.unrated, 4);
        assert_int_equal(r.read, 4);
        assert_int_equal(r.learned, 60);
        assert_true(isnan(r.auc)); /* four of the newest twelve are against: too few to say anything */
        assert_string_equal(rows_of(&f, "sentiment"), "|0||0.667|65\npot|20515||0|1\ntea|20514||0.667|3\n");
        const char *against = rows_of(&f, "phrase_against");
        assert_non_null(strstr(against, "|1|red"));
        assert_non_null(strstr(against, "pot|1|red"));
        assert_null(strstr(against, "blue"));
        const char *in_favour = rows_of(&f, "phrase_for");
        assert_non_null(strstr(in_favour, "blue blue"));
        assert_null(strstr(in_favour, "star"));
        check_ok(record(&f, &r, &err)); /* rows are replaced, not added to */
        open_again(&f);
        assert_string_equal(rows_of(&f, "sentiment"), "|0||0.667|65\npot|20515||0|1\ntea|20514||0.667|3\n");
        check_ok(vt_shop_check(f.shop, &err));
    }
    fixture_done(&f);
}

static void quality_is_of_the_newest(void **state)
{
    (void)state;
    fixture f;
    vt_sentiment_report r;
    if (fixture_init(&f)) {
        fill(&f);
        for (int i = 0; i < 12; i++) {
            review(&f, "pot", i % 2 == 0 ? 5 : 1, 70 + i, NULL, i % 2 == 0 ? "blue blue" : "red");
        }
        check_ok(record(&f, &r, &err));
        open_again(&f);
        assert_int_equal(r.held_out, 72 / 5);
        assert_true(r.auc == 1.0 && r.share_read == r.share_stars);
        assert_non_null(strstr(rows_of(&f, "sentiment_quality"), "|1|auc|1|14\n"));
    }
    fixture_done(&f);
}

static void too_little_is_said(void **state)
{
    (void)state;
    fixture f;
    vt_sentiment_report r;
    if (fixture_init(&f)) {
        assert_int_equal(record(&f, &r, &err), VT_ERR_UNSUPPORTED);
        assert_non_null(strstr(err.message, "no reviews with words"));
        open_again(&f);
        review(&f, "tea", 0, 1, NULL, "blue");
        assert_int_equal(record(&f, &r, &err), VT_ERR_UNSUPPORTED);
        assert_non_null(strstr(err.message, "no review of the shop has stars (1 have words alone)"));
        open_again(&f);
        assert_string_equal(rows_of(&f, "sentiment"), "");
        for (int i = 0; i < 30; i++) {
            review(&f, "tea", 5, i, NULL, "blue green");
        }
        check_ok(record(&f, &r, &err)); /* no criticism to learn from: stars and phrases are all there is */
        open_again(&f);
        assert_int_equal(r.learned, 0);
        assert_int_equal(r.read, 0);
        assert_string_equal(rows_of(&f, "sentiment"), "|0||1|31\n");
        assert_string_equal(rows_of(&f, "sentiment_quality"), "");
    }
    fixture_done(&f);
}

static int stop(void *context, const vt_progress_state *state)
{
    (void)context;
    return strcmp(state->stage, "learning from stars") == 0;
}

static void a_run_that_fails_leaves_the_rows(void **state)
{
    (void)state;
    fixture f;
    vt_sentiment_report r;
    static const vt_progress progress = {stop, NULL};
    if (fixture_init(&f)) {
        fill(&f);
        check_ok(record(&f, &r, &err));
        f.options.progress = &progress;
        assert_int_equal(record(&f, &r, &err), VT_ERR_CANCELLED);
        f.options.progress = NULL;
        f.options.text = "tiny-none";
        assert_int_equal(record(&f, &r, &err), VT_ERR_NOT_FOUND);
        f.options.text = "tiny-text";
        vt_shop *reader = NULL;
        open_again(&f); /* another process writes */
        check_ok(vt_shop_open(&reader, scratch_path(&f.files, "shop"), VT_SHOP_READ, &err));
        assert_int_equal(vt_sentiment_record(&r, reader, &f.options, &err), VT_ERR_BUSY);
        vt_shop_close(reader);
        assert_non_null(strstr(rows_of(&f, "sentiment"), "|65\n"));
    }
    fixture_done(&f);
}

/* The sample is bounded, each side by itself, and the same whenever it is taken. */
static void a_sample_is_taken(void **state)
{
    (void)state;
    fixture f;
    vt_opinions all, some, again;
    if (!fixture_init(&f)) {
        print_message("the sample needs no network\n");
    }
    fill(&f);
    check_ok(vt_opinions_read(&all, vt_shop_store(f.shop), 1000, 7, NULL, &err));
    check_ok(vt_opinions_read(&some, vt_shop_store(f.shop), 9, 7, NULL, &err));
    check_ok(vt_opinions_read(&again, vt_shop_store(f.shop), 9, 7, NULL, &err));
    assert_int_equal(all.n, 60);
    assert_int_equal(some.n, 18);
    assert_int_equal(some.count[VT_FOR], 40);
    uint64_t largest[2] = {0, 0};
    for (size_t i = 0; i < some.n; i++) {
        const vt_opinion *o = &some.opinion[i];
        assert_int_equal(o->place, again.opinion[i].place);
        assert_true(i == 0 || some.opinion[i - 1].item <= o->item);
        largest[o->stance] = o->turn > largest[o->stance] ? o->turn : largest[o->stance];
        assert_string_equal(o->text, o->stance == VT_FOR ? "blue blue" : "red");
    }
    size_t sooner[2] = {0, 0};
    for (size_t i = 0; i < all.n; i++) {
        sooner[all.opinion[i].stance] += all.opinion[i].turn <= largest[all.opinion[i].stance];
    }
    assert_int_equal(sooner[0], 9); /* those whose turn comes first */
    assert_int_equal(sooner[1], 9);
    vt_opinions_done(&all);
    vt_opinions_done(&some);
    vt_opinions_done(&again);
    fixture_done(&f);
}

/* A long text is cut between characters. */
static void long_texts_are_cut(void **state)
{
    (void)state;
    static char body[3 * VT_OPINION_BYTES];
    for (size_t i = 0; i + 2 < sizeof body; i += 2) {
        memcpy(body + i, "\xc3\xa4", 2);
    }
    vt_event e;
    vt_buf out;
    vt_event_init(&e);
    vt_buf_init(&out, 1 << 20);
    e.title = vt_str_of("x");
    e.body = vt_str_of(body);
    check_ok(vt_opinion_text(&out, &e, &err));
    assert_int_equal(out.len, VT_OPINION_BYTES - 1);
    assert_memory_equal(out.data, "x. \xc3\xa4", 5);
    vt_buf_done(&out);
}

static int record_again(void *context, vt_error *e)
{
    vt_sentiment_report r;
    return record(context, &r, e);
}

static void fails_whole(void **state)
{
    (void)state;
    fixture f;
    if (fixture_init(&f)) {
        for (int i = 0; i < 2 * 10; i++) {
            review(&f, "tea", i % 2 == 0 ? 5 : 1, i, NULL, i % 2 == 0 ? "blue" : "red");
        }
        review(&f, "pot", 0, 30, NULL, "red");
        assert_in_range(fault_allocations(record_again, &f), 50, 20000);
    }
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reviews_are_read),   cmocka_unit_test(quality_is_of_the_newest),
        cmocka_unit_test(too_little_is_said), cmocka_unit_test(a_run_that_fails_leaves_the_rows),
        cmocka_unit_test(a_sample_is_taken),  cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
