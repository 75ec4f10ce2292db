/* Small photos are given back as they were kept, for the file as it was, and never take more memory than they may. */
#include "fault.h"

#include <string.h>

#include "serve/small_photos.h"

static void test_kept(void **state)
{
    vt_small_photos *p = NULL;
    vt_buf jpeg, got;
    (void)state;
    vt_buf_init(&jpeg, 100);
    vt_buf_init(&got, 100);
    assert_int_equal(vt_small_photos_create(&p, NULL), VT_OK);
    assert_int_equal(vt_buf_add_text(&jpeg, "small", NULL), VT_OK);
    const vt_small_photo_key key = {1, 2, 3, 4, 64};
    assert_false(vt_small_photos_get(p, &key, &got));
    vt_small_photos_put(p, &key, &jpeg);
    vt_small_photos_put(p, &key, &jpeg);
    assert_true(vt_small_photos_get(p, &key, &got));
    assert_string_equal(got.data, "small");
    const vt_small_photo_key others[] = {
        {1, 2, 3, 5, 64}, {1, 2, 4, 4, 64}, {1, 3, 3, 4, 64}, {2, 2, 3, 4, 64}, {1, 2, 3, 4, 160}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(vt_small_photos_get(p, &others[i], &got));
    }
    vt_small_photos_free(p);
    vt_buf_done(&jpeg);
    vt_buf_done(&got);
}

static void test_bounded(void **state)
{
    enum { BYTES = 1 << 20 };
    vt_small_photos *p = NULL;
    vt_buf jpeg, got;
    size_t kept = 0;
    (void)state;
    vt_buf_init(&jpeg, 2 * BYTES);
    vt_buf_init(&got, (size_t)4 * VT_SMALL_PHOTOS_BYTES_MAX);
    assert_int_equal(vt_small_photos_create(&p, NULL), VT_OK);
    assert_int_equal(vt_buf_reserve(&jpeg, BYTES, NULL), VT_OK);
    memset(jpeg.data, 'x', BYTES);
    jpeg.len = BYTES;
    for (ino_t i = 0; i < 100; i++) {
        vt_small_photos_put(p, &(vt_small_photo_key){1, i, 0, 0, 160}, &jpeg);
        assert_true(vt_small_photos_get(p, &(vt_small_photo_key){1, i, 0, 0, 160}, &got));
        vt_buf_clear(&got);
    }
    for (ino_t i = 0; i < 100; i++) {
        kept += vt_small_photos_get(p, &(vt_small_photo_key){1, i, 0, 0, 160}, &got);
    }
    assert_in_range(kept, 12, VT_SMALL_PHOTOS_BYTES_MAX / BYTES);
    vt_small_photos_free(p);
    vt_buf_done(&jpeg);
    vt_buf_done(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kept), cmocka_unit_test(test_bounded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
