/* Rates of places by hand and from made clicks whose truth is known; seeds are printed by the failure. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/position.h"

enum { PLACES = 4, ITEMS = 30, SEEDS = 20 };

static void by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    /* Two items, both in both places; the second place gets half of the clicks whatever stands there. */
    static const int32_t shown[] = {100, 200, 300, 100}, clicked[] = {40, 20, 60, 5};
    vt_examined e[2];
    check_ok(vt_position_fit(e, shown, clicked, 2, 2, &err));
    assert_true(e[0].rate == 1);
    assert_true(fabs(e[1].rate - .5) < 1e-6);
    assert_true(e[1].low < .5 && e[1].high > .5);
    /* An item that never moves says nothing of places. */
    static const int32_t apart[] = {100, 0, 0, 100}, clicks[] = {40, 0, 0, 5};
    check_ok(vt_position_fit(e, apart, clicks, 2, 2, &err));
    assert_true(isnan(e[1].rate));
    static const int32_t none[4] = {0};
    check_ok(vt_position_fit(e, shown, none, 2, 2, &err));
    assert_true(isnan(e[0].rate) && isnan(e[1].rate));
}

/* Better items stand higher more often, so raw click rates exaggerate the pull of places. */
static void made_clicks(void **state)
{
    (void)state;
    static const double truth[PLACES] = {1, .7, .45, .3};
    int held = 0;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        int32_t shown[PLACES * ITEMS] = {0}, clicked[PLACES * ITEMS] = {0};
        vt_rng rng = vt_rng_at(seed, "clicks", 0, 0);
        for (int v = 0; v < 20000; v++) {
            int item = (int)(vt_rng_unit(&rng) * ITEMS), place = (int)(vt_rng_unit(&rng) * PLACES);
            place = vt_rng_unit(&rng) < .5 ? item * PLACES / ITEMS : place;
            double liked = .5 - .4 * item / ITEMS;
            shown[place * ITEMS + item]++;
            clicked[place * ITEMS + item] += vt_rng_unit(&rng) < truth[place] * liked;
        }
        vt_examined e[PLACES];
        check_ok(vt_position_fit(e, shown, clicked, PLACES, ITEMS, &err));
        for (int p = 1; p < PLACES; p++) {
            held += e[p].low <= truth[p] && truth[p] <= e[p].high;
            assert_true(fabs(e[p].rate - truth[p]) < .12);
        }
    }
    assert_in_range(held, 54, 60); /* of 60 */
}

static int run(void *context, vt_error *err)
{
    static const int32_t shown[] = {10, 20, 30, 10}, clicked[] = {4, 2, 6, 1};
    vt_examined e[2];
    (void)context;
    return vt_position_fit(e, shown, clicked, 2, 2, err);
}

static void no_memory(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(made_clicks),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
