/* Rows of what a model weighs as grids: one a topic, gaps kept apart from zeros, the places with most behind them. */
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "store/store.h"
#include "vitrine/report.h"

enum { PLACES = VT_WEIGHT_ROWS_MAX + 5 };

static void put(vt_store *store, const char *topic, const char *place, const char *name, double value, int64_t n)
{
    vt_error err = VT_ERROR_INIT;
    const vt_weight weight = {vt_str_of(topic), vt_str_of(place), vt_str_of(name), value, n};
    check_ok(vt_store_put_weight(store, vt_str_of("m"), &weight, &err));
}

static vt_shop *open_shop(scratch *folder)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch_init(folder);
    check_ok(vt_shop_open(&shop, folder->dir, VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    put(store, "attention", "1.1", "01", 0.75, 3);
    put(store, "attention", "1.1", "02", 0.25, 3);
    put(store, "attention", "1.2", "02", 1.0, 3);
    for (int p = 0; p < PLACES; p++) { /* the first have the least behind them */
        char place[32];
        snprintf(place, sizeof place, p == 0 ? "<Tea> %02d" : "Tea %02d", p);
        put(store, "season", place, "07", p == PLACES - 1 ? -0.5 : 0.001, p + 1);
    }
    check_ok(vt_store_commit(store, 0, &err));
    return shop;
}

static void rows_become_grids(void **state)
{
    (void)state;
    scratch folder;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = open_shop(&folder);
    vt_weight_grids *grids = NULL;
    check_ok(vt_weight_grids_read(&grids, shop, "m", &err));
    assert_int_equal(grids->n, 2);
    const vt_weight_grid *attention = &grids->grid[0], *season = &grids->grid[1];
    assert_string_equal(attention->topic, "attention");
    assert_true(attention->shares && !season->shares);
    assert_int_equal(attention->n_columns, 2);
    assert_int_equal(attention->n_rows, 2);
    assert_true(isnan(attention->row[1].value[0])); /* none is not 0 */
    assert_int_equal(season->n_rows, VT_WEIGHT_ROWS_MAX);
    assert_string_equal(season->row[0].place, "Tea 05");
    assert_string_equal(season->row[VT_WEIGHT_ROWS_MAX - 1].place, "Tea 44");
    vt_text svg = {NULL, 0};
    check_ok(vt_weight_grids_svg(&svg, grids, "m<1>", &err));
    assert_non_null(strstr(svg.data, "What m&lt;1&gt; weighs"));
    assert_non_null(strstr(svg.data, ">75 %<"));
    assert_non_null(strstr(svg.data, ">-0.50<"));
    assert_non_null(strstr(svg.data, ">0<")); /* .001 */
    vt_text_free(&svg);
    vt_weight_grids_free(grids);
    check_ok(vt_weight_grids_read(&grids, shop, "another", &err));
    assert_int_equal(grids->n, 0);
    vt_weight_grids_free(grids);
    vt_shop_close(shop);
    scratch_done(&folder);
}

static int read_and_draw(void *context, vt_error *err)
{
    vt_weight_grids *grids = NULL;
    vt_text svg = {NULL, 0};
    int status = vt_weight_grids_read(&grids, context, "m", err);
    status = status == VT_OK ? vt_weight_grids_svg(&svg, grids, "m", err) : status;
    vt_text_free(&svg);
    vt_weight_grids_free(grids);
    return status;
}

static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    scratch folder;
    vt_shop *shop = open_shop(&folder);
    assert_true(fault_allocations(read_and_draw, shop) > 3);
    vt_shop_close(shop);
    scratch_done(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_become_grids),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
