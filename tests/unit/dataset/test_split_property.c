/* What holds for every split of any data: random shops, the seed printed with each failure. */
#include "snapshots.h"

#include "base/alloc.h"
#include "vitrine/split.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *const every_split[] = {"none",           "time:0.7,0.1,0.2", "time:0.7,0,0.3",   "leave-one-out",
                                          "leave-last-out", "ratio:0.75",       "ratio-global:0.6", "kfold:4",
                                          "cold-items:0.2", "cold-users:0.3",   "cold-items:0.01"};

static vt_snapshot *random_snapshot(uint64_t seed)
{
    vt_error err = VT_ERROR_INIT;
    rows_of_chance data;
    vt_snapshot *s = NULL;
    make_random(&data, seed);
    check_ok(snapshot_of(&s, data.rows, RANDOM_ROWS, NULL, &err));
    return s;
}

static vt_split *split_of(const vt_snapshot *s, const char *text, uint64_t seed, int32_t fold, bool inner)
{
    vt_error err = VT_ERROR_INIT;
    vt_split_spec spec;
    vt_split *split = NULL;
    check_ok(vt_split_parse(&spec, text, &err));
    check_ok(vt_split_create(&split, s, &spec, seed, fold, inner, &err));
    return split;
}

static void labels_partition_the_positives(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        for (size_t k = 0; k < COUNT(every_split); k++) {
            vt_split *plain = split_of(s, every_split[k], seed, 0, false);
            vt_split *again = split_of(s, every_split[k], seed, 0, false);
            vt_split *inner = split_of(s, every_split[k], seed, 0, true);
            int64_t positives = 0;
            for (int64_t e = 0; e < s->n_events; e++) {
                positives += s->positive[e];
                if ((plain->label[e] != VT_PART_NONE) != (s->positive[e] != 0) || plain->label[e] > VT_PART_HISTORY) {
                    fail_msg("seed %d, %s: event %d has label %d", (int)seed, every_split[k], (int)e, plain->label[e]);
                }
                /* the inner round touches nothing but the training part */
                if (plain->label[e] != VT_PART_TRAIN && inner->label[e] != plain->label[e]) {
                    fail_msg("seed %d, %s: inner moved event %d", (int)seed, every_split[k], (int)e);
                }
            }
            assert_memory_equal(plain->label, again->label, (size_t)s->n_events);
            int64_t total = 0;
            for (int part = VT_PART_TRAIN; part <= VT_PART_HISTORY; part++) {
                total += plain->count[part];
            }
            assert_int_equal(total, positives);
            assert_true(inner->count[VT_PART_TRAIN] > 0);
            /* a cold item may be no one's last */
            assert_true(inner->count[VT_PART_VALID] > 0 || strcmp(every_split[k], "cold-items:0.01") == 0);
            assert_int_equal(inner->count[VT_PART_TEST], plain->count[VT_PART_TEST]);
            vt_split_free(plain);
            vt_split_free(again);
            vt_split_free(inner);
        }
        vt_snapshot_free(s);
    }
}

static void test_comes_after_training(void **state)
{
    (void)state;
    static const char *const ordered[] = {"leave-one-out", "leave-last-out", "time:0.7,0.1,0.2"};
    static const int rank[] = {0, 0, 1, 2, 0}; /* training, validation, test */
    for (uint64_t seed = 1; seed <= 25; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        for (size_t k = 0; k < COUNT(ordered); k++) {
            vt_split *split = split_of(s, ordered[k], seed, 0, false);
            for (int32_t u = 0; u < s->n_users; u++) {
                int highest = 0;
                for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
                    if (s->positive[e] && rank[split->label[e]] < highest) {
                        fail_msg("seed %d, %s: user %d has event %d out of order", (int)seed, ordered[k], u, (int)e);
                    }
                    highest = s->positive[e] ? rank[split->label[e]] : highest;
                }
            }
            vt_split_free(split);
        }
        vt_split *time = split_of(s, "time:0.7,0.1,0.2", seed, 0, false);
        for (int64_t e = 0; e < s->n_events; e++) {
            if (s->positive[e]) {
                assert_int_equal(time->label[e] == VT_PART_TEST, s->time[e] >= time->moment);
            }
        }
        vt_split_free(time);
        vt_snapshot_free(s);
    }
}

static void shares_are_exact(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        vt_split *global = split_of(s, "ratio-global:0.6", seed, 0, false);
        int64_t n = global->count[VT_PART_TRAIN] + global->count[VT_PART_TEST];
        assert_int_equal(global->count[VT_PART_TRAIN], (6 * n + 5) / 10);
        vt_split_free(global);
        vt_split *ratio = split_of(s, "ratio:0.75", seed, 0, false);
        for (int32_t u = 0; u < s->n_users; u++) {
            int64_t count[5] = {0};
            for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
                count[ratio->label[e]]++;
            }
            int64_t all = count[VT_PART_TRAIN] + count[VT_PART_TEST];
            int64_t expected = all == 1 ? 1 : (3 * all + 2) / 4;
            if (count[VT_PART_TRAIN] != expected) {
                fail_msg("seed %d: user %d trains %d of %d", (int)seed, u, (int)count[VT_PART_TRAIN], (int)all);
            }
        }
        vt_split_free(ratio);
        vt_snapshot_free(s);
    }
}

static void folds_cover_everything_once(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        int times_tested[RANDOM_ROWS] = {0};
        int64_t least = INT64_MAX;
        int64_t most = 0;
        for (int32_t fold = 0; fold < 4; fold++) {
            vt_split *split = split_of(s, "kfold:4", seed, fold, false);
            for (int64_t e = 0; e < s->n_events; e++) {
                times_tested[e] += split->label[e] == VT_PART_TEST;
            }
            least = split->count[VT_PART_TEST] < least ? split->count[VT_PART_TEST] : least;
            most = split->count[VT_PART_TEST] > most ? split->count[VT_PART_TEST] : most;
            vt_split_free(split);
        }
        for (int64_t e = 0; e < s->n_events; e++) {
            assert_int_equal(times_tested[e], s->positive[e]);
        }
        assert_true(most - least <= 1);
        vt_snapshot_free(s);
    }
}

/*
 * Each part is tested once, with all that was before it as training and nothing of what came after; one cut is a split
 * by time.
 */
static void rolling_cuts_go_forward(void **state)
{
    (void)state;
    enum { CUTS = 4 };
    for (uint64_t seed = 1; seed <= 10; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        vt_split *whole = split_of(s, "time:0.8,0,0.2", seed, 0, false);
        vt_split *one = split_of(s, "rolling:1", seed, 0, false);
        int tested[RANDOM_ROWS] = {0};
        assert_memory_equal(whole->label, one->label, (size_t)s->n_events);
        assert_memory_equal(whole->signal, one->signal, (size_t)s->n_events);
        for (int32_t cut = 0; cut < CUTS; cut++) {
            vt_split *split = split_of(s, "rolling:4", seed, cut, false);
            vt_split *inner = split_of(s, "rolling:4", seed, cut, true);
            for (int64_t e = 0; e < s->n_events; e++) {
                bool held = split->label[e] == VT_PART_TEST, before = s->time[e] < split->moment;
                tested[e] += held;
                assert_true(!s->positive[e] || (split->label[e] == VT_PART_TRAIN) == before);
                assert_true(inner->label[e] != VT_PART_VALID || split->label[e] == VT_PART_TRAIN);
                for (int64_t other = 0; inner->label[e] == VT_PART_VALID && other < s->n_events; other++) {
                    assert_true(inner->label[other] != VT_PART_TRAIN || s->time[other] < s->time[e]);
                }
            }
            assert_true(inner->count[VT_PART_VALID] > 0);
            vt_split_free(split);
            vt_split_free(inner);
        }
        for (int64_t e = 0; e < s->n_events; e++) {
            assert_int_equal(tested[e], whole->label[e] == VT_PART_TEST);
        }
        vt_split_free(whole);
        vt_split_free(one);
        vt_snapshot_free(s);
    }
}

/* All in one second: nothing is left to train on. A part without an event is said by its number. */
static void empty_parts_are_refused(void **state)
{
    (void)state;
    event_row rows[30];
    for (int r = 0; r < 30; r++) {
        rows[r] = (event_row){r % 2 == 0 ? "u" : "v", "a", r < 15 ? r : 100, 5, 0, 0};
    }
    static const char *const said[] = {"leaves part 1 empty", "leaves part 2 empty"};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec;
    check_ok(snapshot_of(&s, rows, 30, NULL, &err));
    check_ok(vt_split_parse(&spec, "rolling:3", &err));
    for (int32_t cut = 0; cut < 2; cut++) {
        vt_split *split = NULL;
        assert_int_equal(vt_split_create(&split, s, &spec, 1, cut, false, &err), VT_ERR_UNSUPPORTED);
        assert_non_null(strstr(err.message, said[cut]));
        vt_error_reset(&err);
    }
    vt_snapshot_free(s);
}

static void seeds_differ(void **state)
{
    (void)state;
    static const char *const random[] = {"ratio:0.75", "ratio-global:0.6", "kfold:4", "cold-items:0.2",
                                         "cold-users:0.3"};
    vt_snapshot *s = random_snapshot(1);
    for (size_t k = 0; k < COUNT(random); k++) {
        vt_split *a = split_of(s, random[k], 1, 0, false);
        vt_split *b = split_of(s, random[k], 2, 0, false);
        assert_memory_not_equal(a->label, b->label, (size_t)s->n_events);
        vt_split_free(a);
        vt_split_free(b);
    }
    vt_snapshot_free(s);
}

/* The split of a user by ratio is the same when most other users are not there. */
static void a_users_share_is_its_own(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    rows_of_chance data;
    event_row few[RANDOM_ROWS];
    size_t n = 0;
    make_random(&data, 9);
    for (int i = 0; i < RANDOM_ROWS; i++) {
        if (strcmp(data.rows[i].user, "u7") == 0 || strcmp(data.rows[i].user, "u8") == 0) {
            few[n++] = data.rows[i];
        }
    }
    vt_snapshot *all = NULL;
    vt_snapshot *part = NULL;
    check_ok(snapshot_of(&all, data.rows, RANDOM_ROWS, NULL, &err));
    check_ok(snapshot_of(&part, few, n, NULL, &err));
    vt_split *in_all = split_of(all, "ratio:0.5", 3, 0, false);
    vt_split *in_part = split_of(part, "ratio:0.5", 3, 0, false);
    int32_t u = vt_ids_find(&all->users, vt_str_of("u8"));
    int32_t v = vt_ids_find(&part->users, vt_str_of("u8"));
    assert_true(u >= 0 && v >= 0);
    int64_t length = all->user_ptr[u + 1] - all->user_ptr[u];
    assert_true(length > 4);
    assert_memory_equal(in_all->label + all->user_ptr[u], in_part->label + part->user_ptr[v], (size_t)length);
    vt_split_free(in_all);
    vt_split_free(in_part);
    vt_snapshot_free(all);
    vt_snapshot_free(part);
}

static void cold_ones_are_never_fitted(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        vt_snapshot *s = random_snapshot(seed);
        vt_split *items = split_of(s, "cold-items:0.2", seed, 0, true);
        vt_split *users = split_of(s, "cold-users:0.3", seed, 0, true);
        for (int pass = 0; pass < 2; pass++) {
            const vt_split *split = pass == 0 ? items : users;
            uint8_t fitted[RANDOM_ROWS] = {0};
            uint8_t cold[RANDOM_ROWS] = {0};
            for (int32_t u = 0; u < s->n_users; u++) {
                for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
                    int32_t who = pass == 0 ? s->item[e] : u;
                    fitted[who] |= split->label[e] == VT_PART_TRAIN;
                    cold[who] |= s->positive[e] && split->label[e] != VT_PART_TRAIN;
                }
            }
            for (int i = 0; i < RANDOM_ROWS; i++) {
                if (fitted[i] && cold[i]) {
                    fail_msg("seed %d, %s: %d is cold and fitted", (int)seed, split->name, i);
                }
            }
        }
        vt_split_free(items);
        vt_split_free(users);
        vt_snapshot_free(s);
    }
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    vt_snapshot *s = random_snapshot(2);
    for (size_t k = 0; k < COUNT(every_split); k++) {
        vt_error err = VT_ERROR_INIT;
        vt_split_spec spec;
        check_ok(vt_split_parse(&spec, every_split[k], &err));
        for (int64_t n = 0;; n++) {
            vt_split *split = NULL;
            vt_alloc_fail_after(n);
            int status = vt_split_create(&split, s, &spec, 1, 0, true, &err);
            vt_alloc_fail_after(-1);
            vt_split_free(split);
            if (status == VT_OK) {
                assert_true(n >= 2);
                break;
            }
            assert_int_equal(status, VT_ERR_NO_MEMORY);
            assert_null(split);
        }
    }
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_partition_the_positives),
        cmocka_unit_test(test_comes_after_training),
        cmocka_unit_test(shares_are_exact),
        cmocka_unit_test(folds_cover_everything_once),
        cmocka_unit_test(rolling_cuts_go_forward),
        cmocka_unit_test(empty_parts_are_refused),
        cmocka_unit_test(seeds_differ),
        cmocka_unit_test(a_users_share_is_its_own),
        cmocka_unit_test(cold_ones_are_never_fitted),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
