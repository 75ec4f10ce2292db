/* From scores to lists over eight products: caps, boosts, dislikes, diversity, calibration and new items, by hand. */
#include "list_fixture.h"

#include "fault.h"
#include "recommend/diversity.h"

static void without_rules_the_scores_are_the_list(void **state)
{
    fixture *f = *state;
    check_list(f, "green black gone mint pot cup | later bare ");
    near(f->placed[0].score, 20);
    near(f->placed[6].score, 20); /* sold so often */
    assert_int_equal(f->placed[0].rank, 0);
    f->listing.scores = NULL;
    check_list(f, "| green black later mint pot cup gone bare ");
    f->allowed[GREEN] = f->allowed[POT] = 0;
    f->listing.n = 3;
    check_list(f, "| black later mint ");
}

/* Hillmist and hillmist are one brand, and so are the two potteries; a cap holds for what is filled in, too. */
static void caps(void **state)
{
    fixture *f = *state;
    set(f, "brand_cap", "1");
    check_list(f, "green pot | later bare ");
    assert_int_equal(f->placed[1].rank, 5);
    assert_int_equal(f->placed[2].rank, 7);
    assert_int_equal(f->placed[0].changed, 0);
    set(f, "brand_cap", "2");
    check_list(f, "green black pot cup | later bare ");
    set(f, "brand_cap", "0");
    set(f, "category_cap", "1"); /* gone is of green's category */
    check_list(f, "green black mint pot cup | later bare ");
}

/* pot: .5 x 2 + .05 = 1.05; cup: 0 + .05; mint: .6 x .5 = .3; the category takes all teas down by .35. */
static void boosts(void **state)
{
    fixture *f = *state;
    set(f, "boost", "item=pot:2;brand=töpferei:+0.05;item=mint:0.5;item=nothing:5");
    check_list(f, "pot green black gone mint cup | later bare ");
    near(f->placed[0].change, 0.55);
    near(f->placed[0].score, 15);
    assert_int_equal(f->placed[0].rank, 5);
    assert_int_equal(f->placed[0].changed, VT_CHANGED_BOOST);
    assert_int_equal(f->placed[1].changed, 0);
    near(f->placed[4].change, -0.3);
    set(f, "boost", "none");
    set(f, "boost", "category=tea & coffee:-0.55");
    check_list(f, "pot green black gone mint cup | later bare "); /* .5 .45 .35 .25 .05 0 */
    set(f, "boost", "none");
    set(f, "boost", "item=cup:100"); /* a factor moves the last, whose relevance is 0, nowhere */
    check_list(f, "green black gone mint pot cup | later bare ");
    set(f, "boost", "item=cup:+2");
    check_list(f, "cup green black gone mint pot | later bare ");
}

/*
 * Like black, by levels and brand: green and gone .75 / 2 + .25 = .625, mint (another spelling) 0, later .375.
 * A fall of (.625 - .4) / .6 = .375.
 */
static void dislikes(void **state)
{
    fixture *f = *state;
    f->disliked[0] = BLACK;
    f->listing.n_disliked = 1;
    f->allowed[BLACK] = 0;
    /* relevances without black: green 1, gone .8, mint .6, pot .5, cup 0; then .625, .425 */
    check_list(f, "green mint pot gone cup | later bare ");
    near(f->placed[0].change, -0.375);
    assert_int_equal(f->placed[0].changed, VT_CHANGED_FEWER);
    assert_int_equal(f->placed[1].changed, 0);
    set(f, "fewer_like", "2");
    check_list(f, "mint pot green gone cup | later bare "); /* .6 .5 .25 .05 0 */
    set(f, "fewer_like", "0");
    check_list(f, "green gone mint pot cup | later bare ");
}

/*
 * diversity .5 over likeness by attributes. Worth beside green: black (.9 - .625) / 2, gone (.8 - 1) / 2, mint .6 / 2,
 * pot .5 / 2, cup 0. Beside green and mint: pot .25, black .1375. Beside pot too, cup is like pot by nothing but the
 * spelling: black .1375, cup 0, gone -.1.
 */
static void diversity(void **state)
{
    fixture *f = *state;
    set(f, "diversity", "0.5");
    check_list(f, "green mint pot black cup gone | later bare ");
    assert_int_equal(f->placed[0].changed, 0);
    assert_int_equal(f->placed[1].changed, VT_CHANGED_DIVERSITY);
    assert_int_equal(f->placed[1].rank, 4);
    set(f, "diversity", "0.001");
    check_list(f, "green black gone mint pot cup | later bare ");
}

/*
 * A history of three pots and one black tea. With weight .9 relevance hardly counts: KL after one item of Pots is
 * .25 log(.25 / .0025) + .75 log(.75 / (.99 + .0075)), less than after any other. After pot, black brings 1/2 and 1/2,
 * then nothing of the two is left and the order by score remains.
 */
static void calibration(void **state)
{
    fixture *f = *state;
    const int32_t history[] = {POT, POT, BLACK, POT};
    memcpy(f->history, history, sizeof history);
    f->listing.n_history = 4;
    set(f, "calibration", "0.9");
    check_list(f, "pot black green gone mint cup | later bare ");
    assert_int_equal(f->placed[0].changed, VT_CHANGED_DIVERSITY);
    f->listing.n_history = 0;
    check_list(f, "green black gone mint pot cup | later bare ");
}

/* The greedy list by trying every item anew, with the divergence summed in full. */
static void the_greedy_list_by_brute_force(void **state)
{
    fixture *f = *state;
    const int32_t history[] = {CUP, GREEN, BLACK, GREEN, MINT};
    const float relevance[TEA_ITEMS] = {0, 0.9F, 0, 0.8F, 1, 0, 0.6F, 0.5F};
    bool taken[TEA_ITEMS] = {[BARE] = true, [LATER] = true};
    vt_likeness likeness = {.view = f->view};
    memcpy(f->history, history, sizeof history);
    f->listing.n_history = 5;
    f->rules.diversity = 0.3;
    f->rules.calibration = 0.2;
    f->allowed[BARE] = f->allowed[LATER] = 0;
    vt_error err = VT_ERROR_INIT;
    check_ok(make_list(f, &err));
    assert_int_equal(f->n, 6);
    for (size_t k = 0; k < f->n; k++) {
        double best = -INFINITY;
        int32_t chosen = -1;
        for (int32_t i = 0; i < (int32_t)TEA_ITEMS; i++) {
            double nearest = 0, divergence = 0;
            for (size_t j = 0; j < k; j++) {
                nearest = fmax(nearest, (double)vt_like(&likeness, i, f->placed[j].item));
            }
            for (size_t h = 0; h < 5;
                 h++) { /* each event is a fifth: sum p log over events is the sum over categories */
                int32_t own = vt_view_item_category(f->view, history[h]);
                double p = 0, q = 0;
                for (size_t e = 0; e < 5; e++) {
                    p += vt_view_item_category(f->view, history[e]) == own ? 0.2 : 0;
                }
                for (size_t j = 0; j <= k; j++) {
                    int32_t listed = j < k ? f->placed[j].item : i;
                    q += vt_view_item_category(f->view, listed) == own ? 1.0 / (double)(k + 1) : 0;
                }
                divergence += 0.2 * log(p / (0.99 * q + 0.01 * p));
            }
            double worth = 0.7 * 0.8 * (double)relevance[i] - 0.3 * nearest - 0.2 * divergence;
            if (!taken[i] && worth > best + 1e-9) {
                best = worth;
                chosen = i;
            }
        }
        assert_int_equal(f->placed[k].item, chosen);
        taken[chosen] = true;
    }
}

/*
 * New are bare (no sales), and with explore_sales 11 cup and gone, too; green is on sale since this very second. Places
 * 2, 4, 6 and 8 are theirs: gone by its score, cup by its score, bare by nothing but being like what was bought.
 */
static void places_for_new_items(void **state)
{
    fixture *f = *state;
    set(f, "explore", "0.5");
    set(f, "explore_days", "0");
    set(f, "explore_sales", "11");
    check_list(f, "green gone black cup mint bare pot | later ");
    assert_int_equal(f->placed[1].changed, VT_CHANGED_EXPLORE);
    assert_int_equal(f->placed[5].changed, VT_CHANGED_EXPLORE);
    assert_int_equal(f->placed[5].by, VT_PLACED_BY_LIKENESS);
    assert_int_equal(f->placed[6].changed, 0);
    set(f, "explore_sales", "0");
    set(f, "explore_days", "1");
    set(f, "explore", "1");
    check_list(f, "green black gone mint pot cup | later bare ");
    assert_int_equal(f->placed[0].changed, VT_CHANGED_EXPLORE);
    assert_int_equal(f->placed[1].changed, 0);
    f->listing.scores = NULL; /* nobody's history: new ones by what was sold */
    set(f, "explore_sales", "11");
    check_list(f, "| green cup gone bare black later mint pot ");
}

/* Whatever the rules, a shorter list is the beginning of a longer one. */
static void shorter_lists_are_prefixes(void **state)
{
    fixture *f = *state;
    const int32_t history[] = {POT, POT, BLACK, POT};
    vt_placed all[TEA_ITEMS];
    vt_error err = VT_ERROR_INIT;
    memcpy(f->history, history, sizeof history);
    f->listing.n_history = 4;
    set(f, "explore", "0.3");
    set(f, "diversity", "0.4");
    set(f, "calibration", "0.2");
    set(f, "brand_cap", "2");
    set(f, "boost", "brand=brook:+0.4");
    check_ok(make_list(f, &err));
    size_t n = f->n;
    memcpy(all, f->placed, sizeof all);
    for (f->listing.n = 1; f->listing.n < TEA_ITEMS; f->listing.n++) {
        check_ok(make_list(f, &err));
        assert_int_equal(f->n, f->listing.n < n ? f->listing.n : n);
        for (size_t i = 0; i < f->n; i++) {
            assert_int_equal(f->placed[i].item, all[i].item);
        }
    }
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    f->history[0] = POT;
    f->listing.n_history = 1;
    f->listing.n_disliked = 1;
    assert_true(fault_allocations(make_list, f) > 5);
    set(f, "explore", "0.3");
    set(f, "diversity", "0.4");
    set(f, "calibration", "0.2");
    set(f, "brand_cap", "2");
    set(f, "category_cap", "2");
    set(f, "boost", "brand=brook:+0.4;item=pot:2");
    assert_true(fault_allocations(make_list, f) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_rules_the_scores_are_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(caps, setup, teardown),
        cmocka_unit_test_setup_teardown(boosts, setup, teardown),
        cmocka_unit_test_setup_teardown(dislikes, setup, teardown),
        cmocka_unit_test_setup_teardown(diversity, setup, teardown),
        cmocka_unit_test_setup_teardown(calibration, setup, teardown),
        cmocka_unit_test_setup_teardown(the_greedy_list_by_brute_force, setup, teardown),
        cmocka_unit_test_setup_teardown(places_for_new_items, setup, teardown),
        cmocka_unit_test_setup_teardown(shorter_lists_are_prefixes, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
