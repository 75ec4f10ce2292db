/* Ties by a fixed hash of ids: against sorting everything, with many equal scores, few places and chosen items. */
#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "check.h"
#include "eval/tie.h"

enum { ITEMS = 60 };

/* Ids "i0" to "i59" as a table. */
typedef struct table {
    int64_t offset[ITEMS + 1];
    char text[ITEMS * 4];
    vt_ids ids;
} table;

static void make(table *t)
{
    int64_t at = 0;
    for (int i = 0; i < ITEMS; i++) {
        t->offset[i] = at;
        at += snprintf(t->text + at, sizeof t->text - (size_t)at, "i%d", i);
    }
    t->offset[ITEMS] = at;
    t->ids = (vt_ids){.n = ITEMS, .offset = t->offset, .text = t->text};
}

/* The best k by sorting: higher scores first, then lower places. */
static size_t sorted(const float *scores, size_t n, size_t k, const int32_t *tie, const int32_t *item, int32_t *index)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = found;
        if (isinf(scores[i])) {
            continue;
        }
        int32_t place = tie[item == NULL ? (int32_t)i : item[i]];
        while (at > 0) {
            int32_t before = index[at - 1];
            int32_t other = tie[item == NULL ? before : item[before]];
            if (scores[before] > scores[i] || (scores[before] == scores[i] && other < place)) {
                break;
            }
            index[at] = index[at - 1];
            at--;
        }
        index[at] = (int32_t)i;
        found++;
    }
    return found < k ? found : k;
}

static void as_by_sorting(void **state)
{
    (void)state;
    table t;
    vt_error err = VT_ERROR_INIT;
    int32_t *tie = NULL;
    make(&t);
    check_ok(vt_tie_order(&tie, &t.ids, ITEMS, &err));
    for (uint64_t turn = 0; turn < 300; turn++) {
        vt_rng rng = vt_rng_at(turn, "test", 0, 0);
        float scores[ITEMS];
        int32_t item[ITEMS], got[ITEMS + 1], expected[ITEMS];
        size_t n = 1 + vt_rng_below(&rng, ITEMS), k = 1 + vt_rng_below(&rng, ITEMS);
        for (size_t i = 0; i < n; i++) {
            uint64_t value = vt_rng_below(&rng, 1 + turn % 8);
            scores[i] = value == 7 ? -INFINITY : (float)value;
            item[i] = ITEMS - 1 - (int32_t)i;
        }
        for (int chosen = 0; chosen < 2; chosen++) {
            const int32_t *of = chosen ? item : NULL;
            size_t n_got = vt_tie_topk(scores, n, k, tie, of, got);
            assert_int_equal(n_got, sorted(scores, n, k, tie, of, expected));
            assert_memory_equal(got, expected, n_got * sizeof *got);
        }
    }
    vt_free(tie);
}

/* Places are a permutation, not in the order of ids, and an id has its place among the same others in any order. */
static void places_follow_the_ids(void **state)
{
    (void)state;
    table t;
    vt_error err = VT_ERROR_INIT;
    int32_t *tie = NULL, *fewer = NULL;
    int seen[ITEMS] = {0}, rising = 0;
    make(&t);
    check_ok(vt_tie_order(&tie, &t.ids, ITEMS, &err));
    check_ok(vt_tie_order(&fewer, &t.ids, ITEMS / 2, &err));
    for (int i = 0; i < ITEMS; i++) {
        assert_true(tie[i] >= 0 && tie[i] < ITEMS);
        seen[tie[i]]++;
        rising += i > 0 && tie[i] > tie[i - 1];
    }
    for (int i = 0; i < ITEMS; i++) {
        assert_int_equal(seen[i], 1);
    }
    assert_true(rising > ITEMS / 4 && rising < 3 * ITEMS / 4);
    for (int i = 1; i < ITEMS / 2; i++) {
        assert_int_equal(tie[i] > tie[0], fewer[i] > fewer[0]);
    }
    vt_free(tie);
    vt_free(fewer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_by_sorting),
        cmocka_unit_test(places_follow_the_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
