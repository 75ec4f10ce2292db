/* Figures on published data that others have computed too. Skipped where the data is not. */
#include "real_data.h"

#include "vitrine/evaluation.h"

typedef struct shop_data {
    vt_snapshot *snapshot;
    vt_split *split;
    vt_protocol protocol;
} shop_data;

static void shop_data_done(shop_data *j)
{
    vt_split_free(j->split);
    vt_snapshot_free(j->snapshot);
}

/* The protocol of the data's README: last events, items seen in training only, history left out. */
static void beauty_and_health(shop_data *j, const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_split_spec spec;
    j->snapshot = take_real(path, 1000, 0, 0, NULL);
    check_ok(vt_split_parse(&spec, "leave-last-out", &err));
    check_ok(vt_split_create(&j->split, j->snapshot, &spec, 42, 0, false, &err));
    vt_protocol_init(&j->protocol);
    j->protocol.candidates = VT_CANDIDATES_TRAIN;
    j->protocol.test_items = VT_TEST_ITEMS_SEEN;
    j->protocol.cutoff[0] = 10;
    j->protocol.n_cutoffs = 1;
}

static void check_rounded(double value, int digits, const char *expected)
{
    char text[32];
    snprintf(text, sizeof text, "%.*f", digits, value);
    assert_string_equal(text, expected);
}

static void check_between(double value, double low, double high)
{
    if (!(low <= value && value <= high)) {
        fail_msg("%.6f is not between %.6f and %.6f", value, low, high);
    }
}

static void popularity_on_beauty_and_health(void **state)
{
    (void)state;
    char path[512];
    shop_data j = {0};
    vt_evaluation e = {0};
    vt_fit_options fit;
    vt_error err = VT_ERROR_INIT;
    if (data_file(path, "amazon2023_beauty_health_handmade/interactions.csv.gz") == NULL) {
        skip();
    }
    beauty_and_health(&j, path);
    vt_fit_options_init(&fit);
    check_ok(vt_evaluate_model(&e, "popularity", &fit, j.snapshot, j.split, &j.protocol, &err));
    assert_int_equal(e.users, 3594);
    assert_int_equal(e.skipped, 150);
    assert_string_equal(e.protocol, "leave-last-out positive=purchase|like|rating evaluated=test state=frozen "
                                    "candidates=train test-items=seen seen=exclude users=served fallback=popular "
                                    "ranking=full seed=42");
    /* published are 0.011408 and 0.004986, which a plain script gives when all ties are lost; then those of all won */
    check_between(e.figure[0][VT_METRIC_HR].value, 0.0114078, 0.0116862);
    check_between(e.figure[0][VT_METRIC_NDCG].value, 0.0049858, 0.0050663);
    vt_evaluation_done(&e);
    shop_data_done(&j);
}

/* A snapshot of lines "user item item ..." in order of time, without times. */
static vt_snapshot *take_sequences(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_builder *builder = NULL;
    vt_stream *stream = NULL;
    vt_map *items = NULL;
    vt_snapshot *snapshot = NULL;
    vt_event_row event = {.time = VT_NONE, .quantity = VT_NONE, .value = (double)NAN, .kind = VT_EVENT_PURCHASE};
    vt_str line;
    vt_snapshot_options_init(&options);
    check_ok(vt_builder_create(&builder, &options, &err));
    check_ok(vt_map_create(&items, 0, &err));
    check_ok(vt_stream_open(&stream, path, &err));
    for (int64_t user = 0;; user++) {
        check_ok(vt_stream_line(stream, &line, &err));
        if (line.ptr == NULL) {
            break;
        }
        for (int column = 0; line.len > 0; column++) {
            const char *space = memchr(line.ptr, ' ', line.len);
            vt_str id = {line.ptr, space == NULL ? line.len : (size_t)(space - line.ptr)};
            line = (vt_str){line.ptr + id.len + (space != NULL), line.len - id.len - (space != NULL)};
            if (column == 0) {
                vt_user row;
                vt_user_init(&row);
                row.id = id;
                check_ok(vt_builder_add_user(builder, VT_NONE, &row, &err));
                continue;
            }
            if (!vt_map_get(items, id, &event.item)) {
                vt_item row;
                vt_item_init(&row);
                row.id = id;
                event.item = (int64_t)vt_map_count(items);
                check_ok(vt_map_set(items, id, event.item, &err));
                check_ok(vt_builder_add_item(builder, VT_NONE, &row, &err));
            }
            event.user = user;
            event.id++;
            check_ok(vt_builder_add_event(builder, &event, &err));
        }
    }
    check_ok(vt_builder_finish(&snapshot, builder, NULL, &err));
    vt_builder_free(builder);
    vt_stream_close(stream);
    vt_map_free(items);
    return snapshot;
}

static void evaluate_sequences(vt_evaluation *e, const char *path, const char *negatives)
{
    shop_data j = {.snapshot = take_sequences(path)};
    vt_fit_options fit;
    vt_split_spec spec;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_split_parse(&spec, "leave-one-out", &err));
    check_ok(vt_split_create(&j.split, j.snapshot, &spec, 42, 0, false, &err));
    vt_protocol_init(&j.protocol);
    vt_fit_options_init(&fit);
    j.protocol.negatives_file = negatives;
    j.protocol.resamples = 0;
    check_ok(vt_evaluate_model(e, "popularity", &fit, j.snapshot, j.split, &j.protocol, &err));
    shop_data_done(&j);
}

/* What a replication of the sequential papers reports of popularity: full ranking, history left out. */
static void popularity_on_beauty_sequences(void **state)
{
    (void)state;
    char path[512];
    vt_evaluation e = {0};
    if (data_file(path, "amazon2014_seqrec/Beauty.txt.gz") == NULL) {
        skip();
    }
    evaluate_sequences(&e, path, NULL);
    assert_int_equal(e.users, 22363);
    assert_int_equal(e.candidates, 12101);
    check_rounded(e.figure[0][VT_METRIC_HR].value, 4, "0.0075");
    check_rounded(e.figure[0][VT_METRIC_NDCG].value, 4, "0.0041");
    check_rounded(e.figure[1][VT_METRIC_HR].value, 4, "0.0115");
    check_rounded(e.figure[1][VT_METRIC_NDCG].value, 4, "0.0055");
    vt_evaluation_done(&e);
}

/* 99 negatives a user come with the data: every list has 100 candidates, so chance would give .05 at 5. */
static void negatives_of_lastfm(void **state)
{
    (void)state;
    char path[512];
    char sample[512];
    vt_evaluation e = {0};
    if (data_file(path, "amazon2014_seqrec/LastFM.txt.gz") == NULL ||
        data_file(sample, "amazon2014_seqrec/LastFM_sample.txt") == NULL) {
        skip();
    }
    evaluate_sequences(&e, path, sample);
    assert_int_equal(e.users, 1090);
    assert_non_null(strstr(e.protocol, "ranking=sampled:LastFM_sample.txt"));
    /* between all ties lost and all ties won, as a plain script computes both */
    check_between(e.figure[0][VT_METRIC_HR].value, 0.188073, 0.191744);
    check_between(e.figure[0][VT_METRIC_NDCG].value, 0.128233, 0.130413);
    check_between(e.figure[1][VT_METRIC_HR].value, 0.285321, 0.299083);
    check_between(e.figure[1][VT_METRIC_NDCG].value, 0.159311, 0.164684);
    vt_evaluation_done(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(popularity_on_beauty_and_health),
        cmocka_unit_test(popularity_on_beauty_sequences),
        cmocka_unit_test(negatives_of_lastfm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
