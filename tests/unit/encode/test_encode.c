/*
 * Encoding a shop with small networks: every item has the vector it should have, nothing is encoded twice, photos that
 * cannot be used are named, and a run that was stopped or killed goes on where it was.
 */
#include "encoders.h"
#include "fault.h"

#include <math.h>
#include <png.h>
#include <unistd.h>

#include "encode/vectors.h"
#include "store/store.h"

/* A shop with small encoders beside it. */
typedef struct fixture {
    scratch files;
    vt_shop *shop;
    vt_encode_options options;
    char refused[1024]; /* what was told, a line a photo */
    int64_t stop_at;    /* the report at which to stop; 0: never */
    int64_t reports;
} fixture;

static int on_progress(void *context, const vt_progress_state *state)
{
    fixture *f = context;
    assert_non_null(state->stage);
    assert_true(state->total == 0 || state->done <= state->total);
    return f->stop_at > 0 && ++f->reports == f->stop_at;
}

static void on_refused(void *context, const char *item, const char *photo, const char *reason)
{
    fixture *f = context;
    size_t used = strlen(f->refused);
    snprintf(f->refused + used, sizeof f->refused - used, "%s %s %s\n", item, photo, reason);
}

static void put(fixture *f, const char *id, const char *title, const char *photo, const char *other)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(f->shop);
    const vt_str photos[] = {vt_str_of(photo), vt_str_of(other)};
    vt_item item;
    vt_put done;
    vt_item_init(&item);
    item.id = vt_str_of(id);
    item.title = vt_str_of(title);
    item.images = photos;
    item.n_images = photo == NULL ? 0 : other == NULL ? 1 : 2;
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_item(store, &item, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
}

/* A photo of one colour in the shop's folder. */
static void paint(fixture *f, const char *name, int r, int g, int b)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = 16, .height = 16, .format = PNG_FORMAT_RGB};
    uint8_t pixels[16 * 16 * 3];
    char path[300];
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)(i % 3 == 0 ? r : i % 3 == 1 ? g : b);
    }
    snprintf(path, sizeof path, "%s/shop/%s", f->files.dir, name);
    assert_true(png_image_write_to_file(&image, path, 0, pixels, 0, NULL));
}

static bool fixture_init(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    memset(f, 0, sizeof *f);
    scratch_init(&f->files);
    put_encoder(&f->files, "tiny-text");
    put_encoder(&f->files, "tiny-cls");
    put_encoder(&f->files, "tiny-image");
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->files, "shop"), VT_SHOP_CREATE, &err));
    static vt_progress progress;
    progress = (vt_progress){on_progress, f};
    vt_encode_options_init(&f->options);
    f->options.text = "tiny-text";
    f->options.image = "tiny-image";
    f->options.threads = 2;
    f->options.progress = &progress;
    f->options.refused = on_refused;
    f->options.context = f;
    bool there = open_encoder(&encoder, "tiny-text", 1);
    vt_encoder_close(there ? encoder : NULL);
    return there;
}

static void fixture_done(fixture *f)
{
    vt_shop_close(f->shop);
    scratch_done(&f->files);
}

static vt_encode_report encode(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_encode_report report;
    f->refused[0] = '\0';
    check_ok(vt_encode_shop(&report, f->shop, &f->options, &err));
    return report;
}

/* The vector of an item has the direction of `expected`. */
static void check_item(fixture *f, vt_encoder_kind kind, const char *id, const double *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_item_vectors *v = NULL;
    check_ok(vt_item_vectors_open(&v, vt_shop_path(f->shop), kind, &err));
    int32_t row = vt_ids_find(&v->ids, vt_str_of(id));
    if (expected == NULL) {
        assert_int_equal(row, -1);
    } else {
        assert_true(row >= 0);
        double square = 0.0, dot = 0.0;
        for (size_t k = 0; k < v->d; k++) {
            square += expected[k] * expected[k];
            dot += expected[k] * (double)v->data[(size_t)row * v->d + k];
        }
        if (fabs(dot / sqrt(square) - 1.0) > 1e-5) {
            fail_msg("item %s: cosine %g", id, dot / sqrt(square));
        }
    }
    vt_item_vectors_free(v);
}

/* Ids of tokens: [CLS] 2, [SEP] 3, red 4, blue 5. A token's row is (1, id, 0, 0). */
static const double red[] = {1, 3, 0, 0}, blue[] = {1, 10.0 / 3, 0, 0};

static void fill(fixture *f)
{
    paint(f, "r.png", 255, 0, 0);
    paint(f, "g.png", 0, 255, 0);
    paint(f, "r again.png", 255, 0, 0);
    char path[300];
    snprintf(path, sizeof path, "%s/shop/text.jpg", f->files.dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("this is no photo", file);
    fclose(file);
    put(f, "b", "red", "r.png", "g.png");
    put(f, "a", "blue", "r again.png", "gone.png");
    put(f, "c", "red", "https://shop.example/c.jpg", NULL);
    put(f, "d", NULL, "text.jpg", NULL);
}

static void every_item_has_its_vector(void **state)
{
    (void)state;
    fixture f;
    if (fixture_init(&f)) {
        fill(&f);
        vt_encode_report report = encode(&f);
        assert_string_equal(report.text.encoder, "tiny-text");
        assert_int_equal(report.text.items, 4);
        assert_int_equal(report.text.encoded, 2);
        assert_int_equal(report.text.kept, 1); /* c says what b says */
        assert_int_equal(report.text.without, 1);
        assert_int_equal(report.image.encoded, 2);
        assert_int_equal(report.image.kept, 1);
        assert_int_equal(report.image.refused, 2);
        assert_int_equal(report.image.addresses, 1);
        assert_int_equal(report.image.without, 1);
        assert_non_null(strstr(f.refused, "d text.jpg "));
        assert_non_null(strstr(f.refused, "a gone.png "));
        check_item(&f, VT_ENCODER_TEXT, "a", blue);
        check_item(&f, VT_ENCODER_TEXT, "b", red);
        check_item(&f, VT_ENCODER_TEXT, "c", red);
        check_item(&f, VT_ENCODER_TEXT, "d", NULL);
        check_item(&f, VT_ENCODER_IMAGE, "a", (const double[]){1, 0, 0});
        check_item(&f, VT_ENCODER_IMAGE, "b", (const double[]){1, 1, 0});
        check_item(&f, VT_ENCODER_IMAGE, "c", NULL);
        check_item(&f, VT_ENCODER_IMAGE, "d", NULL);
    }
    fixture_done(&f);
}

static void nothing_is_encoded_twice(void **state)
{
    (void)state;
    fixture f;
    if (fixture_init(&f)) {
        fill(&f);
        encode(&f);
        f.options.text = NULL; /* the one used last */
        f.options.image = NULL;
        vt_encode_report report = encode(&f);
        assert_int_equal(report.text.encoded + report.image.encoded, 0);
        assert_int_equal(report.text.kept, 3);
        assert_int_equal(report.image.kept, 3);
        assert_int_equal(report.image.refused, 2); /* still named */
        assert_non_null(strstr(f.refused, "text.jpg"));

        paint(&f, "g.png", 0, 0, 255); /* the same name, another photo */
        put(&f, "c", "blue blue", NULL, NULL);
        report = encode(&f);
        assert_string_equal(report.text.encoder, "tiny-text");
        assert_int_equal(report.text.encoded, 1);
        assert_int_equal(report.image.encoded, 1);
        check_item(&f, VT_ENCODER_IMAGE, "b", (const double[]){1, 0, 1});
        check_item(&f, VT_ENCODER_TEXT, "c", (const double[]){1, 15.0 / 4, 0, 0});

        f.options.text = "tiny-cls"; /* another encoder makes a set of its own */
        f.options.skip_image = true;
        report = encode(&f);
        assert_int_equal(report.text.encoded, 3);
        check_item(&f, VT_ENCODER_TEXT, "c", (const double[]){1, 2, 0, 0});
        f.options.text = "tiny-text"; /* and the first one has kept its own */
        assert_int_equal(encode(&f).text.encoded, 0);
        check_item(&f, VT_ENCODER_TEXT, "a", blue);
    }
    fixture_done(&f);
}

/* 3,000 texts and 600 photos, stopped at every few reports: each run goes on from where the one before was. */
static void a_stopped_run_goes_on(void **state)
{
    (void)state;
    enum { N = 3000, PHOTOS = 600 };
    vt_error err = VT_ERROR_INIT;
    fixture f;
    if (fixture_init(&f)) {
        vt_store *store = vt_shop_store(f.shop);
        check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
        for (int i = 0; i < N; i++) {
            char id[16], title[64], photo[16];
            vt_item item;
            vt_put done;
            vt_item_init(&item);
            snprintf(id, sizeof id, "%d", i);
            snprintf(title, sizeof title, "red %s shoe %d", i % 2 == 0 ? "blue" : ".", i);
            snprintf(photo, sizeof photo, "%d.png", i);
            vt_str photos[] = {vt_str_of(photo)};
            item.id = vt_str_of(id);
            item.title = vt_str_of(title);
            item.images = photos;
            item.n_images = i < PHOTOS ? 1 : 0;
            if (i < PHOTOS) {
                paint(&f, photo, i % 256, 255 - i % 256, i / 256 * 100);
            }
            check_ok(vt_store_put_item(store, &item, &done, &err));
        }
        check_ok(vt_store_commit(store, 0, &err));
        int stops = 0;
        vt_encode_report report;
        for (f.stop_at = 8;; f.stop_at += 40) {
            f.reports = 0;
            int status = vt_encode_shop(&report, f.shop, &f.options, &err);
            if (status == VT_OK) {
                break;
            }
            assert_int_equal(status, VT_ERR_CANCELLED);
            stops++;
        }
        assert_in_range(stops, 2, 50);
        assert_true(report.text.encoded + report.image.encoded < N + PHOTOS);
        assert_int_equal(report.text.encoded + report.text.kept, N);
        assert_int_equal(report.image.encoded + report.image.kept, PHOTOS);
        check_item(&f, VT_ENCODER_IMAGE, "299", (const double[]){299 % 256, 255 - 299 % 256, 100});
        f.stop_at = 0;
        assert_int_equal(encode(&f).text.encoded, 0);
    }
    fixture_done(&f);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_encode_report report;
    fixture f;
    if (fixture_init(&f)) {
        vt_encode_report none = encode(&f); /* no items: an encoder that was named is looked at all the same */
        assert_int_equal(none.text.items + none.image.items, 0);
        fill(&f);
        f.options.text = "tiny-image";
        assert_int_equal(vt_encode_shop(&report, f.shop, &f.options, &err), VT_ERR_USAGE);
        assert_non_null(strstr(err.message, "--image"));
        f.options.text = "minilm";
        assert_int_equal(vt_encode_shop(&report, f.shop, &f.options, &err), VT_ERR_NOT_FOUND);
        put_encoder(&f.files, "tiny-nan");
        f.options.skip_text = true;
        f.options.image = "tiny-nan";
        assert_int_equal(vt_encode_shop(&report, f.shop, &f.options, &err), VT_ERR_CORRUPT);
        vt_item_vectors *v = NULL;
        check_ok(vt_item_vectors_open(&v, vt_shop_path(f.shop), VT_ENCODER_IMAGE, &err)); /* as it was */
        assert_int_equal(v->n, 0);
        vt_item_vectors_free(v);
    }
    fixture_done(&f);
}

static int encode_it(void *context, vt_error *err)
{
    fixture *f = context;
    vt_encode_report report;
    f->refused[0] = '\0';
    return vt_encode_shop(&report, f->shop, &f->options, err);
}

static void fails_whole(void **state)
{
    (void)state;
    fixture f;
    if (fixture_init(&f)) {
        fill(&f);
        f.options.threads = 1; /* so that the allocations come in one order */
        assert_in_range(fault_writes(encode_it, &f), 3, 300);
        put(&f, "e", "blue red", "text.jpg", NULL);
        assert_in_range(fault_allocations(encode_it, &f), 10, 2000);
        check_item(&f, VT_ENCODER_TEXT, "a", blue);
        check_item(&f, VT_ENCODER_TEXT, "e", (const double[]){1, 3.5, 0, 0});
    }
    fixture_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_has_its_vector),
        cmocka_unit_test(nothing_is_encoded_twice),
        cmocka_unit_test(a_stopped_run_goes_on),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
