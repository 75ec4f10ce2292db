/* Fusing ranked lists: sums of reciprocal ranks worked by hand. */
#include "check.h"

#include "recommend/ranked.h"

static void put(vt_ranked *list, const char *source, const int32_t *items, size_t n)
{
    list->source = source;
    list->n = n;
    for (size_t i = 0; i < n; i++) {
        list->item[i] = items[i];
        list->score[i] = 100.0F - (float)i;
    }
}

static void one_list_stays(void **state)
{
    (void)state;
    static vt_ranked list;
    vt_error err = VT_ERROR_INIT;
    vt_fused out[4];
    size_t n = 9;
    put(&list, "words", (int32_t[]){7, 2, 5}, 3);
    check_ok(vt_fuse(out, &n, &list, 1, 8, 4, &err));
    assert_int_equal(n, 3);
    assert_int_equal(out[0].item, 7);
    assert_int_equal(out[2].item, 5);
    assert_true(out[2].score == 98.0F);
    assert_int_equal(out[2].found_by, 1);
    check_ok(vt_fuse(out, &n, &list, 1, 8, 2, &err));
    assert_int_equal(n, 2);
}

static void ranks_add_up(void **state)
{
    (void)state;
    static vt_ranked lists[2];
    vt_error err = VT_ERROR_INIT;
    vt_fused out[10];
    size_t n = 0;
    /* 4: 1/61 + 1/63; 3: 1/62 + 1/62; 1 and 6: 1/61 or 1/63 of one list; 5: 1/64 */
    put(&lists[0], "words", (int32_t[]){4, 3, 6}, 3);
    put(&lists[1], "text", (int32_t[]){1, 3, 4, 5}, 4);
    static const int32_t order[] = {4, 3, 1, 6, 5};
    static const uint8_t found_by[] = {3, 3, 2, 1, 2};
    static const double score[] = {1.0 / 61 + 1.0 / 63, 2.0 / 62, 1.0 / 61, 1.0 / 63, 1.0 / 64};
    check_ok(vt_fuse(out, &n, lists, 2, 8, 10, &err));
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(out[i].item, order[i]);
        assert_int_equal(out[i].found_by, found_by[i]);
        assert_true((double)out[i].score > score[i] - 1e-7 && (double)out[i].score < score[i] + 1e-7);
    }
    vt_fused few[2];
    check_ok(vt_fuse(few, &n, lists, 2, 8, 2, &err));
    assert_int_equal(n, 2);
    assert_int_equal(few[0].item, 4);
    assert_int_equal(few[1].item, 3);
}

static void ties_and_nothing(void **state)
{
    (void)state;
    static vt_ranked lists[2];
    vt_error err = VT_ERROR_INIT;
    vt_fused out[10];
    size_t n = 0;
    put(&lists[0], "words", (int32_t[]){6, 2}, 2);
    put(&lists[1], "text", (int32_t[]){2, 6}, 2);
    check_ok(vt_fuse(out, &n, lists, 2, 8, 10, &err));
    assert_int_equal(n, 2);
    assert_int_equal(out[0].item, 2); /* the same sum: the smaller item */
    lists[0].n = lists[1].n = 0;
    check_ok(vt_fuse(out, &n, lists, 2, 8, 10, &err));
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_list_stays),
        cmocka_unit_test(ranks_add_up),
        cmocka_unit_test(ties_and_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
