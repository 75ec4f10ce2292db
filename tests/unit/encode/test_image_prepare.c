/* Photos as a network sees them: Pillow's resize, torchvision's crop, letterbox, normalisation, planes. */
#include "photos.h"

#include <math.h>

#include "fault.h"

enum { SIZE_MAX_HERE = 16 };

/* The photo of tests/golden/images.py. */
static void make_pattern(vt_image *image, int width, int height)
{
    *image = (vt_image){width, height, vt_alloc((size_t)width * (size_t)height, 3, NULL)};
    assert_non_null(image->rgb);
    uint8_t *at = image->rgb;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < 3; c++) {
                *at++ = (uint8_t)(x * 37 + y * 101 + c * 59 + x * y * 7);
            }
        }
    }
}

static vt_image_recipe bytes_of(int resize, int size, vt_image_fit fit)
{
    return (vt_image_recipe){.size = size, .resize = resize, .fit = fit, .deviation = {1, 1, 1}};
}

/* Values compared, and those among them that were a half before rounding, or close to it, and fell the other way. */
static int values, others;

static void golden(char *words, vt_image_fit fit)
{
    vt_error err = VT_ERROR_INIT;
    vt_image image;
    float pixels[3 * SIZE_MAX_HERE * SIZE_MAX_HERE];
    int width = photo_number(&words), height = photo_number(&words);
    int resize = photo_number(&words), size = photo_number(&words);
    make_pattern(&image, width, height);
    vt_image_recipe recipe = bytes_of(resize, size, fit);
    check_ok(vt_image_prepare(pixels, &image, &recipe, &err));
    assert_int_equal(strlen(words), 6 * size * size);
    for (int i = 0; i < size * size; i++) {
        for (int c = 0; c < 3; c++) {
            int expected = photo_hex(words + 6 * i + 2 * c);
            float got = pixels[c * size * size + i];
            values++;
            others += fabsf(got - (float)expected) > 0.01F;
            if (!(fabsf(got - (float)expected) < 1.01F)) {
                fail_msg("%d x %d to %d of %d, pixel %d, colour %d: %f, Pillow has %d", width, height, size, resize, i,
                         c, (double)got, expected);
            }
        }
    }
    vt_image_done(&image);
}

static void golden_crop(char *words)
{
    golden(words, VT_IMAGE_CROP);
}

static void golden_letterbox(char *words)
{
    golden(words, VT_IMAGE_LETTERBOX);
}

static void pixels_are_those_of_pillow(void **state)
{
    (void)state;
    assert_int_equal(photo_golden("crop", golden_crop), 32);
    assert_int_equal(photo_golden("letterbox", golden_letterbox), 16);
    assert_in_range(others, 0, values / 20);
}

/* A photo of one colour stays it, at any size; ImageNet's mean and deviation by hand. */
static void colours_are_normalised(void **state)
{
    vt_error err = VT_ERROR_INIT;
    uint8_t rgb[5 * 2 * 3];
    float pixels[3 * 4 * 4];
    vt_image image = {5, 2, rgb};
    vt_image_recipe recipe = {.size = 4,
                              .resize = 6,
                              .mean = {0.485F * 255, 0.456F * 255, 0.406F * 255},
                              .deviation = {0.229F * 255, 0.224F * 255, 0.225F * 255}};
    static const float expected[3] = {-0.405429F, 0.205182F, 1.7685402F}; /* 100, 128, 205 */
    (void)state;
    for (size_t i = 0; i < sizeof rgb; i += 3) {
        rgb[i] = 100;
        rgb[i + 1] = 128;
        rgb[i + 2] = 205;
    }
    check_ok(vt_image_prepare(pixels, &image, &recipe, &err));
    for (size_t i = 0; i < 48; i++) {
        assert_true(fabsf(pixels[i] - expected[i / 16]) < 1e-4F);
    }
    recipe.fit = VT_IMAGE_LETTERBOX; /* 4 x 2 in the middle, white above and below */
    check_ok(vt_image_prepare(pixels, &image, &recipe, &err));
    for (size_t i = 0; i < 48; i++) {
        bool white = i % 16 < 4 || i % 16 >= 12;
        static const float whites[3] = {2.2489083F, 2.4285715F, 2.64F};
        assert_true(fabsf(pixels[i] - (white ? whites : expected)[i / 16]) < 1e-4F);
    }
}

static void extreme_shapes_are_prepared(void **state)
{
    static const int shapes[][2] = {{1, 1}, {1, 5000}, {5000, 1}, {2, 4999}, {300, 300}, {1, 400000}, {400000, 1}};
    float pixels[3 * 16 * 16];
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
        vt_error err = VT_ERROR_INIT;
        vt_image image = {shapes[s][0], shapes[s][1], vt_alloc((size_t)shapes[s][0] * (size_t)shapes[s][1], 3, &err)};
        assert_non_null(image.rgb);
        memset(image.rgb, 7, (size_t)image.width * (size_t)image.height * 3);
        for (vt_image_fit fit = VT_IMAGE_CROP; fit <= VT_IMAGE_LETTERBOX; fit++) {
            vt_image_recipe recipe = bytes_of(16, 16, fit);
            check_ok(vt_image_prepare(pixels, &image, &recipe, &err));
            for (size_t i = 0; i < 3 * 16 * 16; i++) {
                assert_true(fabsf(pixels[i] - 7) < 0.1F || (fit == VT_IMAGE_LETTERBOX && pixels[i] == 255));
            }
        }
        vt_image_done(&image);
    }
}

static void wrong_recipes_are_refused(void **state)
{
    uint8_t rgb[3] = {1, 2, 3};
    float pixels[3] = {9, 9, 9};
    vt_image image = {1, 1, rgb};
    vt_image_recipe wrong[] = {bytes_of(1, 0, VT_IMAGE_CROP), bytes_of(223, 224, VT_IMAGE_CROP),
                               bytes_of(0, 5000, VT_IMAGE_LETTERBOX), bytes_of(1, 1, VT_IMAGE_CROP),
                               bytes_of(1, 1, VT_IMAGE_CROP)};
    (void)state;
    wrong[3].deviation[1] = 0;
    wrong[4].mean[2] = NAN;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_image_prepare(pixels, &image, &wrong[i], &err), VT_ERR_USAGE);
        assert_true(pixels[0] == 9.0F);
    }
}

static int prepare_once(void *context, vt_error *err)
{
    float pixels[3 * 4 * 4] = {-5};
    vt_image_recipe recipe = bytes_of(4, 4, VT_IMAGE_LETTERBOX);
    int status = vt_image_prepare(pixels, context, &recipe, err);
    assert_true((status == VT_OK) != (pixels[0] == -5.0F));
    return status;
}

static void every_allocation_may_fail(void **state)
{
    vt_image image;
    (void)state;
    make_pattern(&image, 9, 5);
    assert_int_equal(fault_allocations(prepare_once, &image), 9);
    vt_image_done(&image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_are_those_of_pillow),  cmocka_unit_test(colours_are_normalised),
        cmocka_unit_test(extreme_shapes_are_prepared), cmocka_unit_test(wrong_recipes_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
