/*
 * vitrine project over a shop of five items whose vectors are written by hand: places worked out on paper, texts that
 * CSV, JSON and SVG must quote, a thumbnail for the one photo that can be read.
 */
#include "fault.h"
#include "hand_vectors.h"
#include "scratch.h"

#include <math.h>

#include <turbojpeg.h>

#include "cli/cli.h"
#include "store/store.h"

enum { N = 5, D = 3 };

static const char hash[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/*
 * Two at either end of the first axis, one along the second, all as high on the third.
 */
static const float vectors[N][D] = {
    {0.8F, 0.0F, 0.6F}, {0.8F, 0.0F, 0.6F}, {-0.8F, 0.0F, 0.6F}, {-0.8F, 0.0F, 0.6F}, {0.0F, 0.8F, 0.6F}};

static const struct {
    const char *id, *title, *category, *image;
} items[N] = {{"a", "Green <tea>", "Tea & Coffee > Green", "photo.jpg"},
              {"b,\"2\"", "Black tea", "Tea & Coffee > Black", "damaged.jpg"},
              {"c", NULL, "Kitchen", "https://x.example/c.jpg"},
              {"d", "Cup", "Kitchen > Cups", "missing.jpg"},
              {"e", "Thing", NULL, NULL}};

typedef struct shop {
    scratch files;
    const char *line;
} shop;

/* A red JPEG of 20 x 10 pixels. */
static void write_photo(scratch *s, const char *name)
{
    unsigned char rgb[20 * 10 * 3], *jpeg = NULL;
    unsigned long size = 0;
    for (size_t i = 0; i < sizeof rgb; i++) {
        rgb[i] = i % 3 == 0 ? 220 : 20;
    }
    tjhandle packer = tjInitCompress();
    assert_int_equal(tjCompress2(packer, rgb, 20, 0, 10, TJPF_RGB, &jpeg, &size, TJSAMP_444, 90, 0), 0);
    scratch_write(s, name, jpeg, size);
    tjFree(jpeg);
    tjDestroy(packer);
}

static void fill_store(scratch *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *opened = NULL;
    int64_t import_id = 0;
    vt_put done;
    check_ok(vt_shop_open(&opened, s->dir, VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(opened);
    check_ok(vt_store_begin(store, "test", "by hand", &import_id, &err));
    for (int i = 0; i < N; i++) {
        vt_item item;
        vt_str image = vt_str_of(items[i].image);
        vt_item_init(&item);
        item.id = vt_str_of(items[i].id);
        item.title = vt_str_of(items[i].title);
        item.category = vt_str_of(items[i].category);
        item.images = &image;
        item.n_images = image.ptr != NULL;
        check_ok(vt_store_put_item(store, &item, &done, &err));
    }
    check_ok(vt_store_commit(store, 0, &err));
    vt_shop_close(opened);
    write_photo(s, "photo.jpg");
    scratch_write(s, "damaged.jpg", "\xFF\xD8\xFF what?", 9);
}

/* `n` items have vectors of that kind. */
static void fill_vectors(scratch *s, vt_encoder_kind kind, int n)
{
    const char *ids[N];
    for (int i = 0; i < n; i++) {
        ids[i] = items[i].id;
    }
    put_vectors(s->dir, kind, "by-hand", hash, vectors[0], ids, (size_t)n, D);
}

static double no_clock(void)
{
    return 0;
}

static bool never(void)
{
    return false;
}

/* Runs `vitrine project` with the words of the line; "@" in front of a word stands for the scratch folder. */
static int run(void *context, vt_error *err)
{
    shop *s = context;
    char words[8][PATH_MAX];
    const char *argv[10] = {"vitrine", "project"}, *at = s->line;
    int argc = 2;
    while (*at != '\0') {
        size_t len = strcspn(at, " ");
        snprintf(words[argc - 2], PATH_MAX, "%s%.*s", *at == '@' ? s->files.dir : "", (int)len - (*at == '@'),
                 at + (*at == '@'));
        argv[argc] = words[argc - 2];
        argc++;
        at += len + (at[len] == ' ');
    }
    vt_args args;
    int status = vt_args_parse(&args, argc, argv, vt_commands, vt_n_commands, err);
    if (status != VT_OK) {
        return status;
    }
    vt_cli cli = {.shop = s->files.dir, .quiet = true, .threads = 1, .width = 100};
    vt_display_options display = {stderr, false, true, false, 80, no_clock, never};
    vt_buf_init(&cli.out, 1 << 20);
    status = vt_display_create(&cli.display, &display, err);
    if (status == VT_OK) {
        cli.progress = vt_display_progress(cli.display);
        status = args.command->run(&cli, &args, err);
    }
    vt_display_free(cli.display);
    vt_buf_done(&cli.out);
    vt_args_done(&args);
    return status;
}

static char *project(shop *s, const char *line, const char *file)
{
    vt_error err = VT_ERROR_INIT;
    char *text = NULL;
    size_t size = 0;
    s->line = line;
    check_ok(run(s, &err));
    check_ok(vt_file_read(&text, &size, scratch_path(&s->files, file), 1 << 20, &err));
    return text;
}

static int set_up(void **state)
{
    static shop s;
    scratch_init(&s.files);
    fill_store(&s.files);
    fill_vectors(&s.files, VT_ENCODER_TEXT, N);
    fill_vectors(&s.files, VT_ENCODER_IMAGE, 4);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    scratch_done(&((shop *)*state)->files);
    return 0;
}

/*
 * The mean is (0, .16, .6). Along the first axis lie 4 x .64 = 2.56, along the second 4 x .0256 + .4096 = .512 of all
 * 3.072 squares: 83.3 % and 16.7 %. Components point where their largest number is positive.
 */
static void csv_has_the_places(void **state)
{
    char *text = project(*state, "--out @/points.csv --svg @/points.svg", "points.csv");
    static const char *const rows[] = {"item,x,y,category\n",
                                       "a,0.8,-0.16,Tea & Coffee > Green\n",
                                       "\"b,\"\"2\"\"\",0.8,-0.16,Tea & Coffee > Black\n",
                                       "c,-0.8,-0.16,Kitchen\n",
                                       "d,-0.8,-0.16,Kitchen > Cups\n",
                                       "e,"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(text, rows[i]) == NULL) {
            fail_msg("no %s in %s", rows[i], text);
        }
    }
    vt_free(text);
    text = project(*state, "--svg @/points.svg", "points.svg");
    assert_non_null(strstr(text, ">component 1: 83.3 % of the variance<"));
    assert_non_null(strstr(text, ">component 2: 16.7 % of the variance<"));
    assert_non_null(strstr(text, ">5 items by text, principal components<"));
    assert_non_null(strstr(text, "<title>a: Green &lt;tea&gt;\nTea &amp; Coffee</title>"));
    assert_non_null(strstr(text, ">Kitchen <tspan fill=\"#595959\">2<"));
    assert_non_null(strstr(text, ">none <tspan fill=\"#595959\">1<"));
    assert_null(strstr(text, "<image"));
    vt_free(text);
}

static void json_by_the_name_and_three_dimensions(void **state)
{
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    char *text = project(*state, "--method tsne --dims 3 --out @/points.json", "points.json");
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, vt_str_of(text), &root, &err));
    yyjson_val *points = yyjson_obj_get(root, "points"), *second = yyjson_arr_get(points, 1);
    assert_int_equal(yyjson_arr_size(points), N);
    assert_string_equal(yyjson_get_str(yyjson_obj_get(second, "item")), "b,\"2\"");
    assert_true(isfinite(yyjson_get_num(yyjson_obj_get(second, "z"))));
    assert_true(yyjson_is_null(yyjson_obj_get(yyjson_arr_get(points, 4), "category")));
    assert_string_equal(yyjson_get_str(yyjson_obj_get(root, "encoder")), "by-hand");
    vt_json_reader_free(reader);
    vt_free(text);
}

/* One photo can be read; the damaged, the missing and the distant one are dots. */
static void photos_that_can_be_read_are_shown(void **state)
{
    char *text = project(*state, "--by image --svg @/photos.svg", "photos.svg");
    const char *image = strstr(text, "href=\"data:image/jpeg;base64,/9j/");
    assert_non_null(image);
    assert_null(strstr(image + 20, "data:image"));
    assert_non_null(strstr(text, ">4 items by image, principal components<"));
    vt_free(text);
}

static void asks_for_files_and_vectors(void **state)
{
    vt_error err = VT_ERROR_INIT;
    shop *s = *state, bare = {.line = "--out @/x.csv"};
    s->line = "--method tsne";
    assert_int_equal(run(s, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "--out FILE.csv"));
    s->line = "--out @/x.txt";
    assert_int_equal(run(s, &err), VT_ERR_USAGE);
    scratch_init(&bare.files);
    fill_store(&bare.files);
    assert_int_equal(run(&bare, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, " encode\""));
    fill_vectors(&bare.files, VT_ENCODER_TEXT, 3);
    assert_int_equal(run(&bare, &err), VT_ERR_UNSUPPORTED);
    scratch_done(&bare.files);
}

static void every_allocation_and_write_may_fail(void **state)
{
    shop *s = *state;
    s->line = "--by image --out @/x.csv --svg @/x.svg";
    assert_true(fault_allocations(run, s) > 20);
    assert_true(fault_writes(run, s) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_has_the_places),
        cmocka_unit_test(json_by_the_name_and_three_dimensions),
        cmocka_unit_test(photos_that_can_be_read_are_shown),
        cmocka_unit_test(asks_for_files_and_vectors),
        cmocka_unit_test(every_allocation_and_write_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
