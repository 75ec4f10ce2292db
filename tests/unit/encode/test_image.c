/* Decoding photos: every kind beside Pillow's pixels, every way up, and all that must be refused. */
#include "photos.h"

#include <sys/resource.h>
#include <turbojpeg.h>

#include "base/limits.h"
#include "fault.h"

/* ---- what is read ------------------------------------------------------------------------------------------------ */

static void decode_golden(char *words)
{
    vt_error err = VT_ERROR_INIT;
    vt_image image = {0};
    vt_buf photo;
    const char *name = photo_word(&words);
    int least = photo_number(&words), width = photo_number(&words), height = photo_number(&words);
    photo_read(&photo, name);
    check_ok(photo_decode(&image, &photo, least, &err));
    if (image.width != width || image.height != height) {
        fail_msg("%s comes out as %d x %d, not %d x %d", name, image.width, image.height, width, height);
    }
    assert_int_equal(strlen(words), 6 * width * height);
    for (int i = 0; i < 3 * width * height; i++) {
        int expected = photo_hex(words + 2 * i), got = image.rgb[i];
        if (abs(got - expected) > 1) {
            fail_msg("%s: byte %d is %d, Pillow has %d", name, i, got, expected);
        }
    }
    vt_image_done(&image);
    vt_buf_done(&photo);
}

static void pixels_are_those_of_pillow(void **state)
{
    (void)state;
    assert_int_equal(photo_golden("decode", decode_golden), 29);
}

/* A PNG of 3 x 2 pixels, "abc" above "def" in the red channel, with an EXIF block. */
static void letters(vt_buf *png, const void *exif, size_t len)
{
    static const char rows[] = "\0a..b..c..\0d..e..f..";
    uint8_t packed[64];
    uLongf packed_len = sizeof packed;
    assert_int_equal(compress(packed, &packed_len, (const Bytef *)rows, sizeof rows - 1), Z_OK);
    photo_png_begin(png, 3, 2);
    photo_chunk(png, "eXIf", exif, len);
    photo_chunk(png, "IDAT", packed, packed_len);
    photo_chunk(png, "IEND", "", 0);
}

static void check_letters(const vt_buf *png, int width, const char *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_image image = {0};
    char seen[7] = "";
    check_ok(photo_decode(&image, png, 0, &err));
    assert_int_equal(image.width, width);
    assert_int_equal(image.width * image.height, 6);
    for (int i = 0; i < 6; i++) {
        seen[i] = (char)image.rgb[3 * i];
    }
    assert_string_equal(seen, expected);
    vt_image_done(&image);
}

static void photos_are_turned_upright(void **state)
{
    static const char *const expected[] = {"abcdef", "abcdef", "cbafed", "fedcba", "defabc",
                                           "adbecf", "daebfc", "fcebda", "cfbead", "abcdef"};
    (void)state;
    for (uint8_t orientation = 0; orientation <= 9; orientation++) {
        const uint8_t little[] = {'I',  'I', '*', 0, 8, 0, 0, 0, 2,           0, 0, 1,
                                  3,    0,   1,   0, 0, 0, 9, 0, 0,           0, /* a width before it */
                                  0x12, 1,   3,   0, 1, 0, 0, 0, orientation, 0, 0, 0};
        const uint8_t big[] = {'E', 'x', 'i', 'f',  0, 0, 'M', 'M', 0, '*', 0, 0,           0, 8,
                               0,   1,   1,   0x12, 0, 3, 0,   0,   0, 1,   0, orientation, 0, 0};
        int width = orientation >= 5 && orientation <= 8 ? 2 : 3;
        vt_buf png;
        letters(&png, little, sizeof little);
        check_letters(&png, width, expected[orientation]);
        vt_buf_done(&png);
        letters(&png, big, sizeof big);
        check_letters(&png, width, expected[orientation]);
        vt_buf_done(&png);
    }
}

static void a_broken_exif_block_is_passed_over(void **state)
{
    const uint8_t far[] = {'I', 'I', '*', 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0};
    const uint8_t cut[] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 9, 1, 0x12, 0, 3, 0, 0, 0, 1, 0};
    (void)state;
    vt_buf png;
    letters(&png, far, sizeof far);
    check_letters(&png, 3, "abcdef");
    vt_buf_done(&png);
    for (size_t len = 0; len <= sizeof cut; len++) {
        letters(&png, cut, len);
        check_letters(&png, 3, "abcdef");
        vt_buf_done(&png);
    }
}

/* JPEGs of the wild have stray bytes between their parts and behind their end. */
static void stray_bytes_do_no_harm(void **state)
{
    vt_error err = VT_ERROR_INIT;
    vt_image image = {0};
    vt_buf photo, stray;
    (void)state;
    photo_read(&photo, "420.jpg");
    photo_insert(&stray, &photo, 20, "\0\0\0\0", 4); /* behind the first marker, JFIF's */
    check_ok(vt_buf_add_text(&stray, "\xFF\xD8 thumbnails and what not", &err));
    check_ok(photo_decode(&image, &stray, 0, &err));
    assert_int_equal(image.width, 13);
    vt_image_done(&image);
    vt_buf_done(&photo);
    vt_buf_done(&stray);
}

/* A JPEG of a smooth pattern with fine lines in it. */
static void pack_jpeg(vt_buf *out, int width, int height, int colours, int flags)
{
    vt_error err = VT_ERROR_INIT;
    uint8_t *rgb = vt_alloc((size_t)width * (size_t)height, 3, NULL);
    assert_non_null(rgb);
    for (int i = 0; i < width * height; i++) {
        int x = i % width, y = i / width;
        rgb[3 * i] = (uint8_t)(x * 255 / width);
        rgb[3 * i + 1] = (uint8_t)(y * 255 / height);
        rgb[3 * i + 2] = (uint8_t)((x * 7 + y * 3) % 256);
    }
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    tjhandle jpeg = tjInitCompress();
    assert_int_equal(tjCompress2(jpeg, rgb, width, 0, height, TJPF_RGB, &bytes, &size, colours, 90, flags), 0);
    vt_buf_init(out, (size_t)1 << 24);
    check_ok(vt_buf_add(out, bytes, size, &err));
    tjFree(bytes);
    tjDestroy(jpeg);
    vt_free(rgb);
}

/* What a crop cuts off is not decoded, and the network sees the same for it. */
static void only_the_middle_is_decoded(void **state)
{
    (void)state;
    enum { SIZE = 56, NUMBERS = 3 * SIZE * SIZE };
    static const int sides[][2] = {{300, 200}, {200, 300}, {129, 128}, {640, 100}, {90, 700}, {64, 64}, {1200, 1000}};
    static float cropped[NUMBERS], whole[NUMBERS];
    vt_image_recipe recipe = {.size = SIZE, .resize = 64, .fit = VT_IMAGE_CROP, .deviation = {1, 1, 1}};
    int black = 0;
    for (int i = 0; i < (int)(sizeof sides / sizeof sides[0]) * TJ_NUMSAMP * 2; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_image image, small;
        vt_buf photo;
        const int *side = sides[i / (TJ_NUMSAMP * 2)];
        pack_jpeg(&photo, side[0], side[1], i / 2 % TJ_NUMSAMP, i % 2 == 1 ? TJFLAG_PROGRESSIVE : 0);
        check_ok(vt_image_decode(&image, (const uint8_t *)photo.data, photo.len, &recipe, &err));
        check_ok(photo_decode(&small, &photo, recipe.resize, &err));
        assert_true(image.width == small.width && image.height == small.height);
        check_ok(vt_image_prepare(cropped, &image, &recipe, &err));
        check_ok(vt_image_prepare(whole, &small, &recipe, &err));
        assert_memory_equal(cropped, whole, sizeof whole);
        black += memcmp(image.rgb, small.rgb, 3 * (size_t)image.width * (size_t)image.height) != 0;
        vt_image_done(&image);
        vt_image_done(&small);
        vt_buf_done(&photo);
    }
    assert_true(black >= TJ_NUMSAMP * 2 * 4);
}

/* Damage is noticed also where nothing is kept: at the lower end of a high photo. */
static void damage_outside_of_the_middle_is_refused(void **state)
{
    (void)state;
    const vt_image_recipe recipe = {.size = 56, .resize = 64, .fit = VT_IMAGE_CROP};
    vt_error err = VT_ERROR_INIT;
    vt_image image;
    vt_buf photo;
    pack_jpeg(&photo, 90, 700, TJSAMP_420, 0);
    memset(photo.data + photo.len - 200, 0, 100);
    assert_int_equal(photo_decode(&image, &photo, 0, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_image_decode(&image, (const uint8_t *)photo.data, photo.len, &recipe, &err), VT_ERR_CORRUPT);
    vt_buf_done(&photo);
}

/* ---- what is refused --------------------------------------------------------------------------------------------- */

static void check_refused(const vt_buf *photo, int expected, const char *words)
{
    vt_error err = VT_ERROR_INIT;
    uint8_t mark = 0;
    vt_image image = {-1, -2, &mark};
    int status = photo_decode(&image, photo, 0, &err);
    if (status != expected || err.code != (vt_code)expected || strstr(err.message, words) == NULL) {
        fail_msg("status %d, \"%s\"; %d with \"%s\" is expected", status, err.message, expected, words);
    }
    assert_true(image.width == -1 && image.height == -2 && image.rgb == &mark);
}

static void what_is_no_photo_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *words;
    } cases[] = {
        {"", 0, "empty"},
        {"This is a text, whatever its name.", 34, "no photo"},
        {"\xFF\xD8", 2, "no photo"},
        {"GIF89a", 6, "is a GIF"},
        {"<!DOCTYPE html><title>404</title>", 33, "web page"},
        {"RIFF\4\0\0\0WAVE", 12, "no photo"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_buf text;
        vt_error err = VT_ERROR_INIT;
        vt_buf_init(&text, 100);
        check_ok(vt_buf_add(&text, cases[i].bytes, cases[i].len, &err));
        check_refused(&text, VT_ERR_FORMAT, cases[i].words);
        vt_buf_done(&text);
    }
}

/* Whatever the place where a file was cut: from the magic on it is corrupt, and never a photo with grey below. */
static void truncated_photos_are_refused(void **state)
{
    static const char *const names[] = {"420.jpg",  "progressive.jpg", "cmyk.jpg",      "rgb.png",   "interlaced.png",
                                        "rgba.png", "lossy.webp",      "lossless.webp", "alpha.webp"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        vt_buf photo;
        photo_read(&photo, names[i]);
        for (size_t magic = 12; photo.len > magic; photo.len--) {
            vt_buf cut = photo;
            cut.len = photo.len - 1;
            check_refused(&cut, VT_ERR_CORRUPT, "");
        }
        vt_buf_done(&photo);
    }
}

/* Ended properly, with the middle of the data lost. */
static void lost_data_is_refused(void **state)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf photo, damaged;
    (void)state;
    photo_read(&photo, "large.jpg");
    vt_buf_init(&damaged, photo.len);
    check_ok(vt_buf_add(&damaged, photo.data, photo.len - 100, &err));
    check_ok(vt_buf_add(&damaged, "\xFF\xD9", 2, &err));
    check_refused(&damaged, VT_ERR_CORRUPT, "premature end");
    vt_buf_done(&photo);
    vt_buf_done(&damaged);
}

static void moving_photos_are_refused(void **state)
{
    vt_buf photo;
    (void)state;
    photo_read(&photo, "moving.webp");
    check_refused(&photo, VT_ERR_UNSUPPORTED, "moves");
    vt_buf_done(&photo);
}

static void too_many_pixels_are_refused_by_the_header(void **state)
{
    static const size_t sizes[][2] = {{20000, 20000}, {2000000, 2000000}, {40000001, 1}, {1, 40000001}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        vt_buf png;
        photo_png_begin(&png, sizes[i][0], sizes[i][1]);
        photo_chunk(&png, "IDAT", "\x78\x9C", 2);
        photo_chunk(&png, "IEND", "", 0);
        check_refused(&png, VT_ERR_LIMIT, "40 million");
        vt_buf_done(&png);
    }
}

/* Writes height and width into the frame header of a JPEG. */
static void set_jpeg_size(vt_buf *photo, int marker, int side)
{
    for (size_t i = 0; i + 9 < photo->len; i++) {
        uint8_t *at = (uint8_t *)photo->data + i;
        if (at[0] == 0xFF && at[1] == marker) {
            at[5] = at[7] = (uint8_t)(side >> 8);
            at[6] = at[8] = (uint8_t)side;
            return;
        }
    }
    fail_msg("no marker %x", (unsigned)marker);
}

static void large_jpegs_are_refused_by_the_header(void **state)
{
    vt_buf photo;
    (void)state;
    photo_read(&photo, "444.jpg");
    set_jpeg_size(&photo, 0xC0, 6400);
    check_refused(&photo, VT_ERR_LIMIT, "40 million");
    set_jpeg_size(&photo, 0xC0, 65535);
    check_refused(&photo, VT_ERR_LIMIT, "too large");
    vt_buf_done(&photo);
    photo_read(&photo, "cmyk.jpg"); /* coefficients of four inks, were there several scans */
    set_jpeg_size(&photo, 0xC0, 6300);
    check_refused(&photo, VT_ERR_CORRUPT, "");
    vt_buf_done(&photo);
    photo_read(&photo, "progressive.jpg");
    set_jpeg_size(&photo, 0xC2, 6300);
    vt_image image = {0};
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(photo_decode(&image, &photo, 0, &err), VT_ERR_CORRUPT); /* 4:2:0 is within the memory */
    vt_buf_done(&photo);
}

/* The coefficients of a progressive photo count: at full colour they do not fit beside the pixels. */
static void memory_is_counted_before_it_is_taken(void **state)
{
    vt_buf photo;
    (void)state;
    photo_read(&photo, "progressive.jpg");
    set_jpeg_size(&photo, 0xC2, 6300);
    for (size_t i = 0; i + 12 < photo.len; i++) {
        uint8_t *at = (uint8_t *)photo.data + i;
        if (at[0] == 0xFF && at[1] == 0xC2) {
            at[11] = 0x11; /* sampling of the first component, 2 x 2 before */
            break;
        }
    }
    check_refused(&photo, VT_ERR_LIMIT, "MiB");
    vt_buf_done(&photo);
}

/* The scans of a JPEG; `at` and `len` are of the one that adds a bit to each mean, which can stand there again. */
static size_t count_scans(const vt_buf *photo, size_t *at, size_t *len)
{
    const uint8_t *bytes = (const uint8_t *)photo->data;
    size_t scans = 0;
    for (size_t i = 0; i + 12 < photo->len; i++) {
        if (bytes[i] == 0xFF && bytes[i + 1] == 0xDA) {
            const uint8_t *spectrum = bytes + i + 5 + 2 * (size_t)bytes[i + 4];
            bool refines = spectrum[0] == 0 && spectrum[2] >> 4 != 0;
            scans++;
            *at = refines ? i : *at;
            for (*len = refines ? 2 : *len; refines && (bytes[i + *len] != 0xFF || bytes[i + *len + 1] == 0); ++*len) {
            }
        }
    }
    assert_true(*at > 0);
    return scans;
}

static void thousands_of_scans_are_refused(void **state)
{
    vt_error err = VT_ERROR_INIT;
    vt_image image = {0};
    vt_buf photo, many;
    size_t at = 0, len = 0;
    (void)state;
    photo_read(&photo, "progressive.jpg");
    size_t scans = count_scans(&photo, &at, &len);
    vt_buf_init(&many, (size_t)1 << 24);
    check_ok(vt_buf_add(&many, photo.data, photo.len - 2, &err));
    for (; scans < VT_IMAGE_SCANS_MAX; scans++) {
        check_ok(vt_buf_add(&many, photo.data + at, len, &err));
    }
    check_ok(vt_buf_add(&many, "\xFF\xD9", 2, &err));
    check_ok(photo_decode(&image, &many, 0, &err));
    vt_image_done(&image);
    for (many.len -= 2; scans < 5000; scans++) {
        check_ok(vt_buf_add(&many, photo.data + at, len, &err));
    }
    check_ok(vt_buf_add(&many, "\xFF\xD9", 2, &err));
    check_refused(&many, VT_ERR_LIMIT, "scans");
    vt_buf_done(&photo);
    vt_buf_done(&many);
}

/* ---- bombs ------------------------------------------------------------------------------------------------------- */

static size_t resident_kib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss;
}

/* A zlib stream of `mib` MiB of zeros: one packed MiB again and again. */
static void pack_zeros(vt_buf *out, size_t mib)
{
    vt_error err = VT_ERROR_INIT;
    size_t capacity = 1 << 14;
    Bytef *zeros = vt_alloc_zero((size_t)1 << 20, 1, &err), *packed = vt_alloc(capacity, 1, &err);
    z_stream stream = {.next_in = zeros, .avail_in = 1 << 20, .next_out = packed, .avail_out = (uInt)capacity};
    assert_true(zeros != NULL && packed != NULL);
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FULL_FLUSH), Z_OK);
    check_ok(vt_buf_add(out, "\x78\x9C", 2, &err));
    for (size_t i = 0; i < mib; i++) {
        check_ok(vt_buf_add(out, packed, capacity - stream.avail_out, &err));
    }
    check_ok(vt_buf_add(out, "\3\0\0\0\0\1", 6, &err)); /* an empty last block and a checksum */
    deflateEnd(&stream);
    vt_free(zeros);
    vt_free(packed);
}

static void chunks_that_unpack_to_gigabytes_stay_packed(void **state)
{
    static const struct {
        const char *chunk, *head;
        size_t len;
    } cases[] = {{"iCCP", "p\0", 3}, {"zTXt", "Comment\0", 9}, {"iTXt", "Comment\0\1\0\0", 12}};
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_image image = {0};
    vt_buf photo, png, chunk;
    photo_read(&photo, "rgb.png");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_buf_init(&chunk, (size_t)1 << 24);
        check_ok(vt_buf_add(&chunk, cases[i].head, cases[i].len, &err));
        pack_zeros(&chunk, 2048);
        vt_buf_init(&png, (size_t)1 << 24);
        check_ok(vt_buf_add(&png, photo.data, 33, &err)); /* signature and header */
        photo_chunk(&png, cases[i].chunk, chunk.data, chunk.len);
        check_ok(vt_buf_add(&png, photo.data + 33, photo.len - 33, &err));
        size_t before = resident_kib();
        check_ok(photo_decode(&image, &png, 0, &err));
        assert_in_range(resident_kib() - before, 0, 64 << 10);
        assert_int_equal(image.width, 13);
        vt_image_done(&image);
        vt_buf_done(&png);
        vt_buf_done(&chunk);
    }
    vt_buf_done(&photo);
}

/* What is packed beyond the rows that the header promises is not unpacked, interlaced or not. */
static void pictures_that_unpack_to_gigabytes_are_refused(void **state)
{
    static const size_t sides[] = {8, 9};
    (void)state;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        for (size_t s = 0; s < 2; s++) {
            vt_buf png, data;
            uint8_t header[13] = {[3] = (uint8_t)sides[s], [7] = (uint8_t)sides[s], 8, 2, [12] = (uint8_t)interlaced};
            vt_buf_init(&data, (size_t)1 << 26);
            vt_buf_init(&png, (size_t)1 << 26);
            pack_zeros(&data, 16 << 10);
            photo_chunk(&png, NULL, NULL, 0);
            photo_chunk(&png, "IHDR", header, sizeof header);
            photo_chunk(&png, "IDAT", data.data, data.len);
            photo_chunk(&png, "IEND", "", 0);
            size_t before = resident_kib();
            check_refused(&png, VT_ERR_CORRUPT, "unpacks to more");
            assert_in_range(resident_kib() - before, 0, 64 << 10);
            vt_buf_done(&png);
            vt_buf_done(&data);
        }
    }
}

/* ---- memory that is not there ------------------------------------------------------------------------------------ */

static int decode_once(void *context, vt_error *err)
{
    vt_image image = {0};
    int status = photo_decode(&image, context, 0, err);
    vt_image_done(&image);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    static const struct {
        const char *name;
        int least; /* allocations that can fail */
    } cases[] = {{"turned.jpg", 2}, {"cmyk.jpg", 2}, {"turned.png", 6}, {"interlaced-rgba.png", 6}, {"turned.webp", 2}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_buf photo;
        photo_read(&photo, cases[i].name);
        assert_in_range(fault_allocations(decode_once, &photo), cases[i].least, 100);
        vt_buf_done(&photo);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pixels_are_those_of_pillow),
        cmocka_unit_test(photos_are_turned_upright),
        cmocka_unit_test(a_broken_exif_block_is_passed_over),
        cmocka_unit_test(stray_bytes_do_no_harm),
        cmocka_unit_test(only_the_middle_is_decoded),
        cmocka_unit_test(damage_outside_of_the_middle_is_refused),
        cmocka_unit_test(what_is_no_photo_is_refused),
        cmocka_unit_test(truncated_photos_are_refused),
        cmocka_unit_test(lost_data_is_refused),
        cmocka_unit_test(moving_photos_are_refused),
        cmocka_unit_test(too_many_pixels_are_refused_by_the_header),
        cmocka_unit_test(large_jpegs_are_refused_by_the_header),
        cmocka_unit_test(memory_is_counted_before_it_is_taken),
        cmocka_unit_test(thousands_of_scans_are_refused),
        cmocka_unit_test(chunks_that_unpack_to_gigabytes_stay_packed),
        cmocka_unit_test(pictures_that_unpack_to_gigabytes_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
