/* Protocols: what is refused, and the names that tell figures apart. */
#include "eval_data.h"

#include "eval/protocol.h"

static void check_refused(const vt_protocol *protocol, const char *why)
{
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_protocol_check(protocol, &err), VT_ERR_USAGE);
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
}

static void defaults_are_fine(void **state)
{
    (void)state;
    vt_protocol p;
    vt_error err = VT_ERROR_INIT;
    vt_protocol_init(&p);
    check_ok(vt_protocol_check(&p, &err));
    assert_int_equal(p.state, VT_STATE_FROZEN);
    assert_int_equal(p.candidates, VT_CANDIDATES_CATALOGUE);
    assert_int_equal(p.part, VT_PART_TEST);
    assert_int_equal(p.resamples, 1000);
    assert_int_equal(p.seed, 42);
}

static void wrong_ones_are_refused(void **state)
{
    (void)state;
    vt_protocol p;
    vt_protocol_init(&p);
    p.cutoff[0] = 0;
    check_refused(&p, "K = 0 is not possible");
    p.cutoff[0] = 1001;
    check_refused(&p, "K = 1001 is not possible");
    p.cutoff[0] = 10;
    check_refused(&p, "K = 10 stands behind K = 10");
    p.n_cutoffs = 0;
    check_refused(&p, "0 values of K");
    p.n_cutoffs = VT_CUTOFFS_MAX + 1;
    check_refused(&p, "9 values of K");
    vt_protocol_init(&p);
    p.part = VT_PART_TRAIN;
    check_refused(&p, "cannot be evaluated");
    vt_protocol_init(&p);
    p.negatives = -1;
    check_refused(&p, "-1 negatives");
    p.negatives = 9;
    p.negatives_file = "n.txt";
    check_refused(&p, "as a number (9) and as a file (n.txt)");
    vt_protocol_init(&p);
    p.resamples = -1;
    check_refused(&p, "-1 resamples");
    vt_protocol_init(&p);
    p.threads = -1;
    check_refused(&p, "-1 threads");
}

static void names_tell_protocols_apart(void **state)
{
    (void)state;
    vt_protocol p;
    vt_snapshot snapshot = {.positive_rule = "rating>=4"};
    vt_split split = {.spec.kind = VT_SPLIT_LEAVE_LAST_OUT, .seed = 42, .name = "leave-last-out"};
    char name[512];
    vt_protocol_init(&p);
    p.candidates = VT_CANDIDATES_TRAIN;
    p.test_items = VT_TEST_ITEMS_SEEN;
    vt_protocol_name(name, sizeof name, &snapshot, &split, &p);
    assert_string_equal(name, "leave-last-out positive=rating>=4 evaluated=test state=frozen candidates=train "
                              "test-items=seen seen=exclude users=served fallback=popular ranking=full seed=42");
    p.negatives = 99;
    p.seed = 7;
    snapshot.min_user = 5;
    snapshot.min_item = 3;
    split.spec = (vt_split_spec){.kind = VT_SPLIT_KFOLD, .folds = 5};
    split.fold = 2;
    snprintf(split.name, sizeof split.name, "kfold:5");
    vt_protocol_name(name, sizeof name, &snapshot, &split, &p);
    assert_string_equal(name, "kfold:5 fold=2 positive=rating>=4 core=5,3 evaluated=test state=frozen candidates=train "
                              "test-items=seen seen=exclude users=served fallback=popular ranking=sampled:99 seed=42 "
                              "sample-seed=7");
    p.negatives = 0;
    p.negatives_file = "some/where/LastFM_sample.txt";
    p.seen = VT_SEEN_KEEP;
    p.state = VT_STATE_LIVE;
    p.users = VT_USERS_STORED;
    p.fallback = false;
    p.part = VT_PART_VALID;
    vt_protocol_name(name, sizeof name, &snapshot, &split, &p);
    assert_string_equal(name, "kfold:5 fold=2 positive=rating>=4 core=5,3 evaluated=valid state=live candidates=train "
                              "test-items=seen seen=keep users=stored fallback=none ranking=sampled:LastFM_sample.txt "
                              "seed=42");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_fine),
        cmocka_unit_test(wrong_ones_are_refused),
        cmocka_unit_test(names_tell_protocols_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
