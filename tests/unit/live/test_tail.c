/* Events behind a snapshot: chains of users, look-ups by row, taking the end back, marks by stamp. */
#include "check.h"

#include "base/rng.h"
#include "fault.h"
#include "live/tail.h"

enum { USERS = 9000, EVENTS = 5000 };

static int add(vt_tail *tail, int64_t id, int32_t user, vt_error *err)
{
    const vt_event_row row = {.id = id, .time = 100 + id, .quantity = VT_NONE, .value = 4.5};
    const vt_tail_event event = {.row = &row,
                                 .user = user,
                                 .item = (int32_t)(id % 7),
                                 .order = -1,
                                 .session = -1,
                                 .placement = -1,
                                 .model = -1,
                                 .request = -1};
    return vt_tail_add(tail, &event, err);
}

/* Users by turns, some events of guests; chains are compared with a plain search at several lengths. */
static void chains(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_tail tail;
    static int32_t user[EVENTS];
    check_ok(vt_tail_init(&tail, USERS, &err));
    for (int64_t e = 0; e < EVENTS; e++) {
        user[e] = e % 5 == 0 ? -1 : (int32_t)((e * e) % 97 * 90);
        check_ok(add(&tail, 3 * e + 1, user[e], &err));
    }
    for (int64_t n = 0; n <= EVENTS; n += 1250) {
        for (int32_t u = 0; u < USERS; u += 90) {
            int64_t at = vt_tail_newest(&tail, u, n);
            for (int64_t e = n; e-- > 0;) {
                if (user[e] == u) {
                    assert_int_equal(at, e);
                    at = vt_tail_before(&tail, at);
                }
            }
            assert_int_equal(at, -1);
        }
    }
    vt_tail_done(&tail);
}

static void rows_are_found(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_tail tail;
    check_ok(vt_tail_init(&tail, 10, &err));
    assert_int_equal(vt_tail_find(&tail, 4, 0), -1);
    for (int64_t e = 0; e < 2000; e++) {
        check_ok(add(&tail, 2 * e + 10, (int32_t)(e % 10), &err));
    }
    assert_int_equal(vt_tail_find(&tail, 10, 2000), 0);
    assert_int_equal(vt_tail_find(&tail, 11, 2000), -1);
    assert_int_equal(vt_tail_find(&tail, 4008, 2000), 1999);
    assert_int_equal(vt_tail_find(&tail, 4008, 1999), -1); /* behind what a view shows */
    vt_tail_done(&tail);
}

static void the_end_is_taken_back(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_tail tail;
    check_ok(vt_tail_init(&tail, 3, &err));
    for (int64_t e = 0; e < 1500; e++) {
        check_ok(add(&tail, e + 1, (int32_t)(e % 3), &err));
    }
    vt_tail_cut(&tail, 1000);
    assert_int_equal(tail.n, 1000);
    assert_int_equal(vt_tail_newest(&tail, 0, 1000), 999);
    assert_int_equal(vt_tail_newest(&tail, 1, 1000), 997);
    check_ok(add(&tail, 5000, 1, &err));
    assert_int_equal(vt_tail_newest(&tail, 1, 1001), 1000);
    assert_int_equal(vt_tail_before(&tail, 1000), 997);
    vt_tail_done(&tail);
}

static void marks_hold_from_their_stamp_on(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_marks marks;
    check_ok(vt_marks_init(&marks, 100000, &err));
    assert_true(vt_marks_shows(&marks, 99999, 1));
    check_ok(vt_marks_set(&marks, 40000, 5, &err));
    assert_true(vt_marks_shows(&marks, 40000, 4));
    assert_false(vt_marks_shows(&marks, 40000, 5));
    assert_false(vt_marks_shows(&marks, 40000, 6));
    assert_true(vt_marks_shows(&marks, 40001, 6));
    vt_marks_done(&marks);
}

static int run(void *context, vt_error *err)
{
    vt_tail tail;
    vt_marks marks = {0};
    (void)context;
    int status = vt_tail_init(&tail, 10, err);
    if (status == VT_OK) {
        status = add(&tail, 1, 3, err);
    }
    status = status != VT_OK ? status : vt_marks_init(&marks, 100, err);
    status = status != VT_OK ? status : vt_marks_set(&marks, 7, 1, err);
    vt_tail_done(&tail);
    vt_marks_done(&marks);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run, NULL), 5); /* heads, chunk, heads' chunk; marks, their chunk */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains),
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(the_end_is_taken_back),
        cmocka_unit_test(marks_hold_from_their_stamp_on),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
