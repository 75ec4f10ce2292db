/*
 * The synthetic shop: the same bytes for a seed at any number of threads, the sizes that were asked for, rows that
 * agree with the truth, and nothing left behind by a failure.
 */
#include "check.h"

#include <math.h>
#include <png.h>
#include <turbojpeg.h>

#include "base/file.h"
#include "base/hash.h"
#include "fault.h"
#include "scratch.h"
#include "store/store.h"
#include "synth/world.h"

static vt_generate_options small(void)
{
    vt_generate_options options;
    vt_generate_options_init(&options);
    options.products = 70;
    options.users = 120;
    options.orders = 600;
    options.reviews = 333;
    options.photos = 21;
    options.seed = 7;
    options.threads = 1;
    return options;
}

static vt_generate_options tiny(void)
{
    vt_generate_options options = small();
    options.products = 35;
    options.users = 40;
    options.orders = 48;
    options.reviews = 30;
    options.photos = 1;
    return options;
}

/* ---- fingerprints ------------------------------------------------------------------------------------------------ */

static void add_text(vt_digest *digest, vt_str text)
{
    vt_digest_add(digest, &text.len, sizeof text.len);
    vt_digest_add(digest, text.ptr, text.len);
}

static void add_number(vt_digest *digest, double number)
{
    vt_digest_add(digest, &number, sizeof number);
}

static int digest_event(void *context, const vt_event *e)
{
    const vt_str texts[] = {e->id,   e->user,  e->session,   e->item,    e->order_id, e->title,
                            e->body, e->model, e->placement, e->request, e->currency};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add_text(context, texts[i]);
    }
    add_number(context, (double)e->time);
    add_number(context, (double)e->quantity);
    add_number(context, (double)e->unit_price);
    add_number(context, (double)e->discount);
    add_number(context, isnan(e->value) ? -1 : e->value);
    add_number(context, (double)e->kind);
    return 0;
}

static int digest_item(void *context, int64_t row, const vt_item *item)
{
    const vt_str texts[] = {item->id, item->title, item->description, item->brand, item->category, item->attributes};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add_text(context, texts[i]);
    }
    add_number(context, (double)row);
    add_number(context, (double)item->price);
    add_number(context, (double)item->cost);
    add_number(context, (double)item->stock);
    add_number(context, (double)item->available_from);
    return 0;
}

static int digest_user(void *context, int64_t row, const vt_user *user)
{
    const vt_str texts[] = {user->id, user->age_band, user->region, user->tier};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add_text(context, texts[i]);
    }
    add_number(context, (double)row);
    return 0;
}

static int digest_link(void *context, const vt_link *link)
{
    add_text(context, link->from);
    add_text(context, link->to);
    return 0;
}

static int digest_price(void *context, int64_t time, int64_t price, int64_t cost)
{
    add_number(context, (double)time);
    add_number(context, (double)price);
    add_number(context, (double)cost);
    return 0;
}

static void digest_file(vt_digest *digest, const char *dir, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    char path[4096];
    vt_mapping file;
    check_ok(vt_path_join(path, sizeof path, dir, name, &err));
    check_ok(vt_file_map(&file, path, &err));
    add_text(digest, vt_str_of(name));
    vt_digest_add(digest, file.data, file.size);
    vt_file_unmap(&file);
}

typedef struct photo_files {
    vt_digest *digest;
    const char *dir;
    int n;
} photo_files;

static int digest_photo(void *context, const char *name)
{
    photo_files *photos = context;
    digest_file(photos->digest, photos->dir, name);
    photos->n++;
    return 0;
}

/* Rows in one, truth and photos in the other. */
typedef struct fingerprint {
    unsigned char rows[32];
    unsigned char files[32];
    int photos;
} fingerprint;

static fingerprint fingerprint_of(const char *dir)
{
    fingerprint out = {.photos = 0};
    vt_error err = VT_ERROR_INIT;
    vt_digest digest;
    vt_shop *shop = NULL;
    char images[4096];
    vt_digest_init(&digest, sizeof out.rows);
    check_ok(vt_shop_open(&shop, dir, VT_SHOP_READ, &err));
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_each_full_event(store, digest_event, &digest, &err));
    check_ok(vt_store_each_item_after(store, 0, digest_item, &digest, &err));
    check_ok(vt_store_each_user_after(store, 0, digest_user, &digest, &err));
    check_ok(vt_store_each_user_link(store, digest_link, &digest, &err));
    check_ok(vt_store_prices(store, vt_str_of("P000003"), digest_price, &digest, &err));
    vt_shop_close(shop);
    vt_digest_done(&digest, out.rows, sizeof out.rows);

    vt_digest_init(&digest, sizeof out.files);
    digest_file(&digest, dir, "truth.json");
    check_ok(vt_path_join(images, sizeof images, dir, "images", &err));
    photo_files photos = {&digest, images, 0};
    check_ok(vt_dir_list(images, digest_photo, &photos, &err));
    out.photos = photos.n;
    vt_digest_done(&digest, out.files, sizeof out.files);
    return out;
}

static void test_same_seed(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options = small();
    vt_generate_report report[3];
    fingerprint mark[3];
    scratch s;
    scratch_init(&s);
    for (int i = 0; i < 3; i++) {
        const char *const names[3] = {"one", "four", "other"};
        options.threads = i == 0 ? 1 : 4;
        options.seed = i == 2 ? 8 : 7;
        check_ok(vt_generate(scratch_path(&s, names[i]), &options, &report[i], &err));
        mark[i] = fingerprint_of(s.path);
        assert_int_equal(mark[i].photos, report[i].photos);
    }
    assert_memory_equal(&report[0], &report[1], sizeof report[0]);
    assert_memory_equal(mark[0].rows, mark[1].rows, sizeof mark[0].rows);
    assert_memory_equal(mark[0].files, mark[1].files, sizeof mark[0].files);
    assert_memory_not_equal(mark[0].rows, mark[2].rows, sizeof mark[0].rows);
    assert_memory_not_equal(mark[0].files, mark[2].files, sizeof mark[0].files);
    scratch_done(&s);
}

/* ---- sizes and rows ---------------------------------------------------------------------------------------------- */

typedef struct tally {
    int64_t kind[VT_EVENT_KINDS];
    int64_t orders, lines_of_guests, merges;
    char last_order[32];
    const synth_world *world;
    int8_t *seen; /* of a customer: 1 a guest's order, 2 one with session and account, 3 one with the account alone */
} tally;

static int32_t number_of(vt_str id)
{
    return (int32_t)strtol(id.ptr + 1, NULL, 10) - 1;
}

/* The opening of a review must come from the table of its stars. */
static void check_words(const synth_world *world, const vt_event *e)
{
    int stars = (int)e->value;
    char opening[256];
    const synth_item *item = &world->items[number_of(e->item)];
    int title = -1;
    int body = -1;
    assert_in_range(stars, 1, 5);
    for (int s = 0; s < 5; s++) {
        for (int i = 0; i < 4; i++) {
            const char *text = synth_review_titles[s][i];
            title = e->title.len == strlen(text) && memcmp(e->title.ptr, text, e->title.len) == 0 ? s + 1 : title;
            const char *hole = strstr(synth_review_openings[s][i], "%s");
            assert_non_null(hole);
            int n = snprintf(opening, sizeof opening, "%.*s%s%s", (int)(hole - synth_review_openings[s][i]),
                             synth_review_openings[s][i], synth_subs[item->sub].noun[item->noun], hole + 2);
            body = e->body.len >= (size_t)n && memcmp(e->body.ptr, opening, (size_t)n) == 0 ? s + 1 : body;
        }
    }
    assert_int_equal(title, stars);
    assert_int_equal(body, stars);
}

static void check_purchase(tally *t, const vt_event *e, int32_t customer)
{
    const synth_item *item = &t->world->items[number_of(e->item)];
    int day = (int)((e->time - SYNTH_FIRST_SECOND) / 86400);
    assert_int_equal(e->unit_price, synth_regular_price(item, day));
    assert_int_equal(e->unit_price - e->discount, synth_price(item, day));
    assert_true(day >= item->launch_day);
    assert_true(e->order_id.len < sizeof t->last_order);
    if (strlen(t->last_order) != e->order_id.len || memcmp(t->last_order, e->order_id.ptr, e->order_id.len) != 0) {
        snprintf(t->last_order, sizeof t->last_order, "%.*s", (int)e->order_id.len, e->order_id.ptr);
        t->orders++;
    }
    if (e->session.len > 0) {
        assert_true(t->world->customers[customer].guest);
        int step = e->user.len == 0 ? 1 : 2;
        assert_true(t->seen[customer] == step || t->seen[customer] == step - 1);
        t->merges += step == 2 && t->seen[customer] == 1;
        t->seen[customer] = (int8_t)step;
        t->lines_of_guests += step == 1;
    } else if (t->world->customers[customer].guest) {
        assert_true(t->seen[customer] >= 2);
        t->seen[customer] = 3;
    }
}

static int count_event(void *context, const vt_event *e)
{
    tally *t = context;
    t->kind[e->kind]++;
    assert_true(e->time >= SYNTH_FIRST_SECOND && e->time < SYNTH_FIRST_SECOND + (int64_t)SYNTH_DAYS * 86400);
    if (e->kind == VT_EVENT_RATING) {
        assert_true(e->user.len > 0);
        check_words(t->world, e);
    } else if (e->kind == VT_EVENT_PURCHASE) {
        /* "O-<customer>-<number>" */
        check_purchase(t, e, (int32_t)strtol(e->order_id.ptr + 2, NULL, 10) - 1);
    }
    return 0;
}

static void test_rows(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options = small();
    vt_generate_report report;
    vt_shop_info info;
    vt_shop *shop = NULL;
    synth_world world;
    tally t = {.world = &world};
    scratch s;
    scratch_init(&s);
    check_ok(synth_world_init(&world, &options, 0, &err));
    t.seen = vt_alloc_zero((size_t)world.n_customers, 1, &err);
    assert_non_null(t.seen);
    check_ok(vt_generate(scratch_path(&s, "shop"), &options, &report, &err));
    check_ok(vt_shop_open(&shop, s.path, VT_SHOP_READ, &err));
    check_ok(vt_store_each_full_event(vt_shop_store(shop), count_event, &t, &err));
    check_ok(vt_shop_describe(shop, &info, &err));
    check_ok(vt_shop_check(shop, &err));
    assert_int_equal(t.kind[VT_EVENT_RATING], 333);
    assert_int_equal(report.reviews, 333);
    assert_int_equal(t.orders, report.orders);
    assert_in_range(report.orders, 594, 606);
    assert_int_equal(t.kind[VT_EVENT_PURCHASE], report.lines);
    assert_int_equal(info.events, report.events);
    assert_int_equal(info.users, 120);
    assert_int_equal(info.items, 70);
    assert_true(t.kind[VT_EVENT_IMPRESSION] > t.kind[VT_EVENT_CLICK] && t.kind[VT_EVENT_CLICK] > 100);
    assert_true(t.kind[VT_EVENT_VIEW] > t.kind[VT_EVENT_PURCHASE]);
    assert_true(t.kind[VT_EVENT_CART] >= t.kind[VT_EVENT_PURCHASE]);
    assert_true(t.kind[VT_EVENT_RETURN] > 0 && t.kind[VT_EVENT_RETURN] < t.kind[VT_EVENT_PURCHASE] / 5);
    int guests = 0;
    for (int32_t i = 0; i < world.n_customers; i++) {
        guests += world.customers[i].guest;
    }
    assert_true(guests > 0);
    assert_int_equal(t.merges, guests);
    vt_shop_close(shop);
    vt_free(t.seen);
    synth_world_done(&world);
    scratch_done(&s);
}

/* Without --orders there are always enough of them, whatever the size of the catalogue. */
static void test_reviews_alone(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        vt_generate_options options = small();
        vt_generate_report report;
        scratch s;
        options.products = seed == 1 ? 35 : 350;
        options.users = 20;
        options.orders = 0;
        options.reviews = 400;
        options.photos = 0;
        options.seed = seed;
        scratch_init(&s);
        check_ok(vt_generate(scratch_path(&s, "shop"), &options, &report, &err));
        assert_int_equal(report.reviews, 400);
        assert_int_equal(report.photos, 0);
        scratch_done(&s);
    }
}

/* ---- the world --------------------------------------------------------------------------------------------------- */

static void test_world(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options = small();
    synth_world world;
    int partners = 0;
    int friends = 0;
    options.products = 700;
    options.users = 2000;
    options.orders = 6000;
    check_ok(synth_world_init(&world, &options, 0, &err));
    for (int32_t i = 0; i < world.n_items; i++) {
        int32_t partner = world.items[i].partner;
        if (partner >= 0) {
            assert_true(partner != i);
            assert_int_equal(world.items[partner].partner, i);
            partners++;
        }
    }
    assert_in_range(partners, 200, 600);
    for (int32_t i = 0; i < world.n_customers; i++) {
        const synth_customer *c = &world.customers[i];
        for (int f = 0; f < c->n_friends; f++) {
            const synth_customer *other = &world.customers[c->friends[f]];
            int back = 0;
            for (int g = 0; g < other->n_friends; g++) {
                back += other->friends[g] == i;
            }
            assert_true(c->friends[f] != i);
            assert_int_equal(back, 1);
            friends++;
        }
    }
    assert_true(friends > 500);
    assert_in_range(world.n_orders, 5940, 6060);
    for (int64_t i = 1; i < world.n_orders; i++) {
        assert_true(world.orders[i - 1].day <= world.orders[i].day);
    }
    double shares =
        world.truth.share_category + world.truth.share_brand + world.truth.share_words + world.truth.share_look;
    assert_true(fabs(shares - 1) < 1e-12);
    synth_world_done(&world);
}

/* Worked by hand: a launch price of 20.00, ten per cent up on day 10, a third off from day 12 to 13. */
static void test_prices_and_seasons(void **state)
{
    (void)state;
    synth_item item = {.price = 2000};
    for (int i = 0; i < SYNTH_PRICE_CHANGES; i++) {
        item.change_day[i] = i == 0 ? 10 : 1000;
        item.change_factor[i] = 1.1;
    }
    for (int i = 0; i < SYNTH_PROMOTIONS; i++) {
        item.promotion[i] = (synth_promotion){1000, 1001, 0.5};
    }
    item.promotion[0] = (synth_promotion){12, 13, 2.0 / 3.0};
    assert_int_equal(synth_price(&item, 9), 2000);
    assert_int_equal(synth_price(&item, 10), 2299); /* 22.00, ending in 99 as prices do */
    assert_int_equal(synth_price(&item, 12), 1533); /* 22.99 x 2/3 = 15.327 */
    assert_int_equal(synth_regular_price(&item, 12), 2299);
    assert_int_equal(synth_price(&item, 14), 2299);

    for (int c = 0; c < SYNTH_CATEGORIES; c++) {
        int peak = (int)synth_categories[c].peak_day - 1;
        assert_true(fabs(synth_season(c, peak) - synth_categories[c].amplitude) < 1e-12);
        for (int day = 0; day < 365; day++) {
            assert_true(synth_season(c, day) <= synth_season(c, peak));
        }
        /* Half a year away it is as low as it gets. */
        assert_true(fabs(synth_season(c, (peak + 183) % 365) + synth_categories[c].amplitude) < 1e-3);
    }
}

/* ---- photos ------------------------------------------------------------------------------------------------------ */

typedef struct album {
    const char *dir;
    int jpeg, png, blank;
} album;

static int check_photo(void *context, const char *name)
{
    album *a = context;
    vt_error err = VT_ERROR_INIT;
    char path[4096];
    vt_mapping file;
    static unsigned char pixels[256 * 256 * 3];
    check_ok(vt_path_join(path, sizeof path, a->dir, name, &err));
    check_ok(vt_file_map(&file, path, &err));
    memset(pixels, 0, sizeof pixels);
    if (strstr(name, ".jpg") != NULL) {
        int width = 0;
        int height = 0;
        int sampling = 0;
        int space = 0;
        tjhandle codec = tjInitDecompress();
        assert_int_equal(tjDecompressHeader3(codec, file.data, file.size, &width, &height, &sampling, &space), 0);
        assert_int_equal(width, 256);
        assert_int_equal(height, 256);
        assert_int_equal(tjDecompress2(codec, file.data, file.size, pixels, 256, 0, 256, TJPF_RGB, 0), 0);
        tjDestroy(codec);
        a->jpeg++;
    } else {
        png_image png = {.version = PNG_IMAGE_VERSION};
        assert_true(png_image_begin_read_from_memory(&png, file.data, file.size));
        assert_int_equal(png.width, 256);
        assert_int_equal(png.height, 256);
        png.format = PNG_FORMAT_RGB;
        assert_true(png_image_finish_read(&png, NULL, pixels, 0, NULL));
        a->png++;
    }
    vt_file_unmap(&file);
    int painted = 0;
    for (size_t i = 0; i < sizeof pixels; i += 3) {
        painted += pixels[i] < 225 || pixels[i + 1] < 225 || pixels[i + 2] < 225;
    }
    /* A white corner, and something on it. */
    assert_true(pixels[0] > 245 && pixels[1] > 245 && pixels[2] > 245);
    a->blank += painted < 256 * 256 / 50;
    return 0;
}

static void test_photos(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options = small();
    synth_world world;
    int64_t files = 0;
    char images[4096];
    scratch s;
    scratch_init(&s);
    options.photos = 70; /* two of each sub-category */
    check_ok(synth_world_init(&world, &options, 0, &err));
    check_ok(synth_photos(&world, s.dir, &files, &err));
    check_ok(vt_path_join(images, sizeof images, s.dir, "images", &err));
    album a = {.dir = images};
    check_ok(vt_dir_list(images, check_photo, &a, &err));
    assert_int_equal(a.jpeg + a.png, files);
    assert_true(files > 70 && a.jpeg > 50 && a.png >= 10);
    assert_int_equal(a.blank, 0);
    synth_world_done(&world);
    scratch_done(&s);
}

/* ---- what can go wrong ------------------------------------------------------------------------------------------- */

static void refuses(const char *path, const vt_generate_options *options, int code, const char *words)
{
    vt_error err = VT_ERROR_INIT;
    vt_generate_report report = {.products = -5};
    assert_int_equal(vt_generate(path, options, &report, &err), code);
    if (strstr(err.message, words) == NULL) {
        fail_msg("\"%s\" does not speak of \"%s\"", err.message, words);
    }
    assert_int_equal(report.products, -5);
}

static int count_entry(void *context, const char *name)
{
    (void)name;
    ++*(int *)context;
    return 0;
}

static int entries(const char *dir)
{
    vt_error err = VT_ERROR_INIT;
    int n = 0;
    check_ok(vt_dir_list(dir, count_entry, &n, &err));
    return n;
}

static void test_refusals(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_generate_report report;
    scratch s;
    scratch_init(&s);
    char path[4096];
    check_ok(vt_path_join(path, sizeof path, s.dir, "shop", &err));
    vt_generate_options options = tiny();
    options.products = 0;
    refuses(path, &options, VT_ERR_USAGE, "products is 0; 35 to 1000000 is possible");
    options = tiny();
    options.users = -3;
    refuses(path, &options, VT_ERR_USAGE, "users is -3; 10 to 10000000 is possible");
    options = tiny();
    options.reviews = -1;
    refuses(path, &options, VT_ERR_USAGE, "reviews is -1");
    options = tiny();
    options.photos = 36;
    refuses(path, &options, VT_ERR_USAGE, "photos is 36; 0 to 35 is possible");
    options = tiny();
    options.reviews = 0;
    options.orders = 0;
    refuses(path, &options, VT_ERR_USAGE, "both 0");
    options = tiny();
    options.orders = 39;
    refuses(path, &options, VT_ERR_USAGE, "39 orders are fewer than the 40 users");
    options = tiny();
    options.reviews = 40 * 35 + 1;
    options.orders = 1000;
    refuses(path, &options, VT_ERR_USAGE, "1401 reviews are more than 40 users can write about 35 products");
    options = tiny();
    options.reviews = 600;
    refuses(path, &options, VT_ERR_USAGE, "600 reviews are more than 48 orders of at most 12 products");
    options.reviews = 200; /* found out only when all is simulated */
    refuses(path, &options, VT_ERR_USAGE, "200 reviews are more than the");
    options = tiny();
    options.users = 10;
    options.orders = 90000000;
    refuses(path, &options, VT_ERR_USAGE, "change --users or --orders");
    assert_int_equal(entries(s.dir), 0);

    options = tiny();
    refuses(scratch_write(&s, "file", "x", 1), &options, VT_ERR_EXISTS, "is a file");
    assert_int_equal(entries(s.dir), 1);
    check_ok(vt_dir_create(path, &err));
    assert_int_equal(entries(path), 0);
    check_ok(vt_generate(path, &options, &report, &err)); /* an empty folder will do */
    int n = entries(path);
    refuses(path, &options, VT_ERR_EXISTS, "already holds a shop");
    assert_int_equal(entries(path), n);
    check_ok(vt_shop_delete(path, &err));
    assert_false(vt_dir_exists(path)); /* photos and truth go with it */
    check_ok(vt_dir_create(path, &err));
    scratch_write(&s, "shop/notes", "x", 1);
    refuses(path, &options, VT_ERR_EXISTS, "is not empty");
    assert_int_equal(entries(s.dir), 2);
    scratch_done(&s);
}

typedef struct stopper {
    int calls, stop_at;
} stopper;

static int stop(void *context, const vt_progress_state *progress)
{
    stopper *s = context;
    assert_non_null(progress->stage);
    return s->calls++ == s->stop_at;
}

static void test_stopping(void **state)
{
    (void)state;
    scratch s;
    scratch_init(&s);
    stopper counter = {0, -1};
    vt_progress progress = {stop, &counter};
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options = tiny();
    vt_generate_report report;
    options.progress = &progress;
    check_ok(vt_generate(scratch_path(&s, "shop"), &options, &report, &err));
    check_ok(vt_shop_delete(s.path, &err));
    int calls = counter.calls;
    assert_true(calls > SYNTH_DAYS);
    for (int at = 0; at < calls; at += calls / 7) {
        counter = (stopper){0, at};
        assert_int_equal(vt_generate(scratch_path(&s, "shop"), &options, &report, &err), VT_ERR_CANCELLED);
        assert_int_equal(entries(s.dir), 0);
    }
    scratch_done(&s);
}

typedef struct attempt {
    scratch s;
    vt_generate_options options;
} attempt;

static int try_to_generate(void *context, vt_error *err)
{
    attempt *a = context;
    vt_generate_report report;
    int status = vt_generate(scratch_path(&a->s, "shop"), &a->options, &report, err);
    if (status != VT_OK) {
        /* Looking must not fail as well. */
        vt_alloc_fail_after(-1);
        vt_file_fail_after(-1);
        assert_int_equal(entries(a->s.dir), 0);
    }
    return status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    attempt a = {.options = tiny()};
    scratch_init(&a.s);
    assert_true(fault_allocations(try_to_generate, &a) > 20);
    scratch_done(&a.s);
}

static void test_full_disk(void **state)
{
    (void)state;
    attempt a = {.options = tiny()};
    a.options.photos = 3;
    scratch_init(&a.s);
    assert_true(fault_writes(try_to_generate, &a) > 5);
    scratch_done(&a.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed),          cmocka_unit_test(test_rows),
        cmocka_unit_test(test_reviews_alone),      cmocka_unit_test(test_world),
        cmocka_unit_test(test_prices_and_seasons), cmocka_unit_test(test_photos),
        cmocka_unit_test(test_refusals),           cmocka_unit_test(test_stopping),
        cmocka_unit_test(test_out_of_memory),      cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
