/* Dearer goods that people took: a shop counted by hand, drawn shops counted the slow way, what is wrong, faults. */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/baskets/association.h"
#include "insight/baskets/upsell.h"
#include "vitrine/record.h"

/* Kettles at 20, 25 and 40; a teapot at 26 of another kind; one item without a price, one without a category. */
enum { CHEAP, BETTER, BEST, TEAPOT, UNPRICED, UNKNOWN, ITEMS };

static const int32_t category[ITEMS] = {0, 0, 0, 1, 0, -1};
static const int64_t price[ITEMS] = {2000, 2500, 4000, 2600, VT_NONE, 2400};

/* view CHEAP, buy BETTER: instead. buy CHEAP, then BETTER: later. buy BETTER, then view CHEAP: no. view CHEAP: no.
 * view CHEAP, buy BETTER, buy CHEAP: instead. view CHEAP, buy BEST (twice the price), TEAPOT, UNPRICED, UNKNOWN: no. */
static const int32_t items[] = {CHEAP,  BETTER, CHEAP, BETTER, BETTER, CHEAP,    CHEAP,   CHEAP,
                                BETTER, CHEAP,  CHEAP, BEST,   TEAPOT, UNPRICED, UNKNOWN, CHEAP};
static const uint8_t bought[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0};
static const int64_t offsets[] = {0, 2, 4, 6, 7, 10, 16};
static const vt_purchase_paths hand = {6, ITEMS, 2, offsets, items, bought, category, price};

static vt_upsell *find(size_t *n, const vt_purchase_paths *paths, int64_t min_users)
{
    vt_error err = VT_ERROR_INIT;
    vt_upsell_options options;
    vt_upsell_options_init(&options);
    options.min_users = min_users;
    vt_upsell *found = NULL;
    check_ok(vt_upsell_find(&found, n, paths, &options, &err));
    return found;
}

static void counts_by_hand(void **state)
{
    (void)state;
    size_t n = 0, count = 0;
    vt_upsell *found = find(&n, &hand, 3);
    assert_int_equal(n, 1);
    assert_int_equal(found->item, CHEAP);
    assert_int_equal(found->dearer, BETTER);
    assert_int_equal(found->rise, 500);
    assert_int_equal(found->users, 6);
    assert_int_equal(found->instead, 2);
    assert_int_equal(found->later, 1);
    assert_true(found->share == 0.5);
    assert_true(found->usual == 4.0 / 6.0); /* four bought BETTER of the six who met a kettle */
    double low = 0.0, high = 0.0;
    vt_wilson(&low, &high, 3, 6);
    assert_true(found->low == low && found->high == high);
    assert_ptr_equal(vt_upsell_of(found, n, CHEAP, &count), found);
    assert_int_equal(count, 1);
    vt_upsell_of(found, n, BETTER, &count);
    assert_int_equal(count, 0);
    vt_free(found);
    found = find(&n, &hand, 4);
    assert_int_equal(n, 0);
    vt_free(found);
}

enum { USERS = 150, GOODS = 14, EVENTS = 20 };

static int32_t drawn_items[USERS * EVENTS];
static uint8_t drawn_bought[USERS * EVENTS];
static int64_t drawn_offsets[USERS + 1], drawn_price[GOODS];
static int32_t drawn_category[GOODS];
static const vt_purchase_paths drawn = {USERS,        GOODS,          3,          drawn_offsets, drawn_items,
                                        drawn_bought, drawn_category, drawn_price};

static void draw(uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "upsell", 0, 0);
    for (size_t i = 0; i < GOODS; i++) {
        drawn_category[i] = (int32_t)vt_rng_below(&rng, 4) - 1;
        drawn_price[i] = 1000 + (int64_t)vt_rng_below(&rng, 1500);
    }
    int64_t n = 0;
    for (size_t u = 0; u < USERS; u++) {
        for (uint64_t events = vt_rng_below(&rng, EVENTS); events > 0; events--) {
            drawn_items[n] = (int32_t)vt_rng_below(&rng, GOODS);
            drawn_bought[n++] = vt_rng_below(&rng, 3) == 0;
        }
        drawn_offsets[u + 1] = n;
    }
}

/* The first event of an item in a path, a purchase when `purchase`; -1: none. */
static int64_t first_of(size_t user, int32_t item, bool purchase)
{
    for (int64_t e = drawn_offsets[user]; e < drawn_offsets[user + 1]; e++) {
        if (drawn_items[e] == item && (!purchase || drawn_bought[e] != 0)) {
            return e;
        }
    }
    return -1;
}

static void counts_as_the_slow_way(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        draw(seed);
        size_t n = 0, wanted = 0;
        vt_upsell *found = find(&n, &drawn, 2);
        for (int32_t item = 0; item < GOODS; item++) {
            for (int32_t other = 0; other < GOODS; other++) {
                double rise = (double)drawn_price[other] / (double)drawn_price[item] - 1.0;
                if (drawn_category[item] < 0 || drawn_category[item] != drawn_category[other] || rise < 0.1 ||
                    rise > 0.6) {
                    continue;
                }
                int64_t instead = 0, later = 0, users = 0;
                for (size_t u = 0; u < USERS; u++) {
                    int64_t met = first_of(u, item, false), own = first_of(u, item, true),
                            took = first_of(u, other, true);
                    users += met >= 0;
                    bool accepts = met >= 0 && took > met;
                    later += accepts && own >= 0 && own < took;
                    instead += accepts && !(own >= 0 && own < took);
                }
                size_t count = 0;
                const vt_upsell *of = vt_upsell_of(found, n, item, &count);
                size_t at = 0;
                while (at < count && of[at].dearer != other) {
                    at++;
                }
                if (instead + later < 2) {
                    assert_int_equal(at, count);
                    continue;
                }
                wanted++;
                assert_true(at < count);
                assert_int_equal(of[at].instead, instead);
                assert_int_equal(of[at].later, later);
                assert_int_equal(of[at].users, users);
                assert_true(at == 0 || of[at].low <= of[at - 1].low);
            }
        }
        assert_int_equal(n, wanted);
        vt_free(found);
    }
}

/* More pairs than the list holds at first, so that it is summed and grows on the way. */
static void sums_long_lists(void **state)
{
    (void)state;
    enum { MANY = 120, PEOPLE = 5 };
    static int32_t path[PEOPLE * MANY], kinds[MANY];
    static uint8_t all_bought[PEOPLE * MANY];
    static int64_t prices[MANY], begins[PEOPLE + 1];
    for (int32_t i = 0; i < MANY; i++) {
        prices[i] = 1000 + 30 * i;
    }
    for (size_t u = 0; u < PEOPLE; u++) {
        for (int32_t i = 0; i < MANY; i++) {
            path[u * MANY + (size_t)i] = i;
            all_bought[u * MANY + (size_t)i] = 1;
        }
        begins[u + 1] = (int64_t)(u + 1) * MANY;
    }
    const vt_purchase_paths paths = {PEOPLE, MANY, 1, begins, path, all_bought, kinds, prices};
    size_t n = 0, wanted = 0;
    vt_upsell *found = find(&n, &paths, PEOPLE);
    for (size_t i = 0; i < MANY; i++) {
        for (size_t j = 0; j < MANY; j++) {
            double rise = (double)(prices[j] - prices[i]) / (double)prices[i];
            wanted += rise >= 0.1 && rise <= 0.6;
        }
    }
    assert_int_equal(n, wanted);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(found[i].later, PEOPLE);
        assert_int_equal(found[i].instead, 0);
    }
    vt_free(found);
}

static void names_what_is_wrong(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_upsell_options options;
    vt_upsell_options_init(&options);
    vt_upsell *found = NULL;
    size_t n = 7;
    vt_purchase_paths wrong = hand;
    wrong.n_categories = 1;
    assert_int_equal(vt_upsell_find(&found, &n, &wrong, &options, &err), VT_ERR_FORMAT);
    wrong = hand;
    wrong.n_items = 2;
    assert_int_equal(vt_upsell_find(&found, &n, &wrong, &options, &err), VT_ERR_FORMAT);
    options.max_rise = 0.05;
    assert_int_equal(vt_upsell_find(&found, &n, &hand, &options, &err), VT_ERR_USAGE);
    vt_upsell_options_init(&options);
    options.min_rise = NAN;
    assert_int_equal(vt_upsell_find(&found, &n, &hand, &options, &err), VT_ERR_USAGE);
    vt_upsell_options_init(&options);
    options.min_users = 0;
    assert_int_equal(vt_upsell_find(&found, &n, &hand, &options, &err), VT_ERR_USAGE);
    assert_null(found);
    assert_int_equal(n, 7);
    const vt_purchase_paths nobody = {0, 0, 0, offsets, NULL, NULL, NULL, NULL};
    found = find(&n, &nobody, 1);
    assert_int_equal(n, 0);
    vt_free(found);
}

static int find_again(void *context, vt_error *err)
{
    vt_upsell_options options;
    vt_upsell_options_init(&options);
    vt_upsell *found = NULL;
    size_t n = 0;
    int status = vt_upsell_find(&found, &n, context, &options, err);
    assert_true((status == VT_OK) == (found != NULL));
    vt_free(found);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    vt_purchase_paths paths = hand;
    assert_true(fault_allocations(find_again, &paths) >= 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_hand),  cmocka_unit_test(counts_as_the_slow_way),
        cmocka_unit_test(sums_long_lists), cmocka_unit_test(names_what_is_wrong),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
