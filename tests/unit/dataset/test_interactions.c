/* Interactions cut in two: one event of each user is held out, the rest stays, nothing is lost. */
#include "fault.h"
#include "snapshots.h"

#include "vitrine/split.h"

/* ann a b c, bob b alone, cat a a: repeats are kept; views do not count. */
static const event_row rows[] = {
    {"ann", "a", 10, 1, 0, 0}, {"ann", "b", 20, 2, 0, 0}, {"ann", "c", 30, 3, 0, 0},       {"bob", "b", 10, 4, 0, 0},
    {"cat", "a", 10, 5, 0, 0}, {"cat", "a", 20, 1, 0, 0}, {"dan", "c", 5, 0, VIEW_ROW, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static vt_interactions *take(vt_snapshot **snapshot, const event_row *of, size_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_interactions *all = NULL;
    check_ok(snapshot_of(snapshot, of, n, NULL, &err));
    check_ok(vt_interactions_create(&all, *snapshot, NULL, 0, &err));
    return all;
}

static void the_last_of_two_or_more(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *all = take(&snapshot, rows, ROWS), *rest = NULL, *held = NULL;
    check_ok(vt_interactions_hold_out(&rest, &held, all, VT_HOLD_OUT_LAST, 1, &err));
    static const int64_t rest_ptr[] = {0, 2, 3, 4, 4}, held_ptr[] = {0, 1, 1, 2, 2}; /* ann, bob, cat, dan */
    static const int32_t rest_item[] = {0, 1, 1, 0}, held_item[] = {2, 0};
    static const int64_t held_time[] = {30, 20};
    static const float held_value[] = {3, 1};
    assert_int_equal(rest->n, 4);
    assert_int_equal(held->n, 2);
    assert_memory_equal(rest->ptr, rest_ptr, sizeof rest_ptr);
    assert_memory_equal(held->ptr, held_ptr, sizeof held_ptr);
    assert_memory_equal(rest->item, rest_item, sizeof rest_item);
    assert_memory_equal(held->item, held_item, sizeof held_item);
    assert_memory_equal(held->time, held_time, sizeof held_time);
    assert_memory_equal(held->value, held_value, sizeof held_value);
    assert_true(held->snapshot == snapshot && held->n_users == 4 && rest->n_items == 3);
    vt_interactions_free(rest);
    vt_interactions_free(held);
    vt_interactions_free(all);
    vt_snapshot_free(snapshot);
}

/* Rest and held of every user are all events of that user, in order, with one taken out. */
static size_t check_parts(const vt_interactions *all, const vt_interactions *rest, const vt_interactions *held)
{
    size_t before_the_last = 0;
    assert_int_equal(rest->n + held->n, all->n);
    for (int32_t u = 0; u < all->n_users; u++) {
        int64_t n = all->ptr[u + 1] - all->ptr[u], at = rest->ptr[u], out = 0;
        assert_int_equal(held->ptr[u + 1] - held->ptr[u], n >= 2);
        for (int64_t e = all->ptr[u]; e < all->ptr[u + 1]; e++) {
            bool stays = at < rest->ptr[u + 1] && rest->item[at] == all->item[e] && rest->time[at] == all->time[e] &&
                         rest->kind[at] == all->kind[e];
            if (stays) {
                at++;
                continue;
            }
            assert_int_equal(held->item[held->ptr[u]], all->item[e]);
            assert_int_equal(held->time[held->ptr[u]], all->time[e]);
            assert_int_equal(held->kind[held->ptr[u]], all->kind[e]);
            before_the_last += e + 1 < all->ptr[u + 1];
            out++;
        }
        assert_int_equal(out, n >= 2);
        assert_int_equal(at, rest->ptr[u + 1]);
    }
    return before_the_last;
}

static void rest_and_held_are_all(void **state)
{
    (void)state;
    enum { USERS = 30, EACH = 7 };
    static event_row many[USERS * EACH];
    static char users[USERS][8], items[EACH][8];
    size_t n = 0;
    for (int e = 0; e < EACH; e++) {
        snprintf(items[e], sizeof items[e], "i%d", e);
    }
    for (int u = 0; u < USERS; u++) {
        snprintf(users[u], sizeof users[u], "u%02d", u);
        for (int e = 0; e <= u % EACH; e++) {
            many[n++] = (event_row){users[u], items[(u + 3 * e) % EACH], 10 * e, 5, 0, 0};
        }
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *all = take(&snapshot, many, n), *rest = NULL, *held = NULL, *first = NULL;
    check_ok(vt_interactions_hold_out(&rest, &held, all, VT_HOLD_OUT_LAST, 1, &err));
    assert_int_equal(check_parts(all, rest, held), 0);
    vt_interactions_free(rest);
    vt_interactions_free(held);
    for (uint64_t seed = 1; seed <= 3; seed++) { /* 1, 2, and 2 again */
        check_ok(vt_interactions_hold_out(&rest, &held, all, VT_HOLD_OUT_CHANCE, seed == 1 ? 1 : 2, &err));
        assert_in_range(check_parts(all, rest, held), 5, USERS);
        if (seed == 2) {
            first = held;
        } else if (seed == 3) {
            assert_memory_equal(held->item, first->item, (size_t)held->n * sizeof *held->item);
            vt_interactions_free(first);
            vt_interactions_free(held);
        } else {
            vt_interactions_free(held);
        }
        vt_interactions_free(rest);
    }
    vt_interactions_free(all);
    vt_snapshot_free(snapshot);
}

static int hold_out(void *context, vt_error *err)
{
    vt_interactions *rest = NULL, *held = NULL;
    int status = vt_interactions_hold_out(&rest, &held, context, VT_HOLD_OUT_LAST, 1, err);
    assert_true((status == VT_OK) == (rest != NULL && held != NULL));
    vt_interactions_free(rest);
    vt_interactions_free(held);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    vt_snapshot *snapshot = NULL;
    vt_interactions *all = take(&snapshot, rows, ROWS);
    assert_in_range(fault_allocations(hold_out, all), 10, 20);
    vt_interactions_free(all);
    vt_snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_of_two_or_more),
        cmocka_unit_test(rest_and_held_are_all),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
