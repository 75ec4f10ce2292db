/* The map of items as JSON: all that have vectors, like ones together, places as short as a screen needs them. */
#include "fault.h"
#include "hand_vectors.h"
#include "live_shop.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "report/item_map.h"

enum { ITEMS = 12, D = 4 };

static const char hash[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/* Two families of items, each around a direction of its own. */
static void put_families(live_shop *s)
{
    static const char *const ids[ITEMS] = {"a0", "a1", "a2", "a3", "a4", "a5", "b0", "b1", "b2", "b3", "b4", "b5"};
    float vectors[ITEMS * D];
    vt_store *store = live_begin(s);
    for (int i = 0; i < ITEMS; i++) {
        bool second = i >= ITEMS / 2;
        const float v[D] = {second ? 0 : 1, second ? 1 : 0, .02F * (float)i, .01F * (float)(i % 3)};
        memcpy(vectors + i * D, v, sizeof v);
        live_put_item(store, ids[i], second ? "Kitchen > Pots" : "Drinks > Tea", 1000, 5);
    }
    live_commit(s);
    put_vectors(scratch_path(&s->files, "shop"), VT_ENCODER_TEXT, "hand", hash, vectors, ids, ITEMS, D);
}

static double place(yyjson_val *points, size_t i, const char *axis)
{
    double at = yyjson_get_num(yyjson_obj_get(yyjson_arr_get(points, i), axis));
    char text[40];
    snprintf(text, sizeof text, "%.17g", at);
    char shortest[40];
    snprintf(shortest, sizeof shortest, "%.6g", at);
    assert_true(fabs(strtod(shortest, NULL) - at) < 1e-12 * fmax(1, fabs(at)));
    return at;
}

static void test_map(void **state)
{
    live_shop s;
    vt_shop *shop = NULL;
    vt_text json = {NULL, 0};
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    vt_error err = VT_ERROR_INIT;
    (void)state;
    live_shop_init(&s);
    put_families(&s);
    check_ok(vt_shop_open(&shop, scratch_path(&s.files, "shop"), VT_SHOP_READ, &err));
    check_ok(vt_item_map_json(&json, shop, VT_ENCODER_TEXT, 1, &err));
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){json.data, json.len}, &root, &err));
    yyjson_val *points = yyjson_obj_get(root, "points");
    assert_int_equal(yyjson_arr_size(points), ITEMS);
    assert_string_equal(yyjson_get_str(yyjson_obj_get(yyjson_arr_get(points, 7), "item")), "b1");
    assert_string_equal(yyjson_get_str(yyjson_obj_get(yyjson_arr_get(points, 7), "category")), "Kitchen");
    double inside = 0, between = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        for (size_t k = 0; k < i; k++) {
            double far =
                hypot(place(points, i, "x") - place(points, k, "x"), place(points, i, "y") - place(points, k, "y"));
            *(i / 6 == k / 6 ? &inside : &between) += far / (i / 6 == k / 6 ? 30 : 36);
        }
    }
    assert_true(inside < between);
    vt_text none = {NULL, 0};
    assert_int_equal(vt_item_map_json(&none, shop, VT_ENCODER_IMAGE, 1, &err), VT_ERR_NOT_FOUND);
    assert_null(none.data);
    vt_json_reader_free(reader);
    vt_text_free(&json);
    vt_shop_close(shop);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_map)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
