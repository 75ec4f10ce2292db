/* Snapshots of a shop in a folder: what is taken, when the file serves again, and what a bad disk does not prevent. */
#include "check.h"

#include <math.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/file.h"
#include "dataset/layout.h"
#include "fault.h"
#include "scratch.h"
#include "store/store.h"
#include "vitrine/snapshot.h"

typedef struct folder {
    scratch dir;
    char shop[PATH_MAX];
    char snapshots[PATH_MAX];
} folder;

static void put_event(vt_store *store, const char *user, const char *item, int64_t time, double value)
{
    vt_error err = VT_ERROR_INIT;
    vt_event event;
    vt_put done;
    vt_event_init(&event);
    event.user = vt_str_of(user);
    event.session = user == NULL ? vt_str_of("s1") : event.session;
    event.item = vt_str_of(item);
    event.time = time;
    event.value = value;
    event.kind = isnan(value) ? VT_EVENT_VIEW : VT_EVENT_RATING;
    check_ok(vt_store_put_event(store, &event, &done, &err));
    assert_int_equal(done, VT_PUT_ADDED);
}

static vt_shop *open_shop(const folder *f, vt_shop_mode mode)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    check_ok(vt_shop_open(&shop, f->shop, mode, &err));
    return shop;
}

/* Adds one event by a writer of its own: the next revision. */
static void add_event(const folder *f, const char *user, const char *item, int64_t time)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = open_shop(f, VT_SHOP_WRITE);
    check_ok(vt_store_begin(vt_shop_store(shop), NULL, NULL, NULL, &err));
    put_event(vt_shop_store(shop), user, item, time, 4);
    check_ok(vt_store_commit(vt_shop_store(shop), 0, &err));
    vt_shop_close(shop);
}

static void fill_shop(const folder *f)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_shop *shop = open_shop(f, VT_SHOP_CREATE);
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_set(store, "currency", "EUR", &err));
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of("soap");
    item.brand = vt_str_of("Lush");
    item.category = vt_str_of("Beauty > Soap");
    item.title = vt_str_of("Olive soap");
    item.price = 499;
    item.cost = 210;
    item.stock = 12;
    item.as_of = 1599000000;
    item.attributes = vt_str_of("{\"skin\": [\"dry\", \"oily\"], \"vegan\": true}");
    check_ok(vt_store_put_item(store, &item, &done, &err));
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of("zoe");
    user.tier = vt_str_of("premium");
    check_ok(vt_store_put_user(store, &user, &done, &err));
    put_event(store, "zoe", "soap", 1600000300, 5);
    put_event(store, "zoe", "balm", 1600000100, 3);
    put_event(store, "adam", "soap", 1600000200, 4);
    put_event(store, "adam", "balm", 1600000250, NAN);
    put_event(store, NULL, "soap", 1600000260, NAN);
    check_ok(vt_store_commit(store, 0, &err));
    vt_shop_close(shop);
}

static vt_snapshot *take_with(const folder *f, vt_shop_mode mode, const vt_snapshot_options *options)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_shop *shop = open_shop(f, mode);
    check_ok(vt_snapshot_take(&s, shop, options, &err));
    vt_shop_close(shop); /* the snapshot needs it no more */
    return s;
}

static vt_snapshot *take(const folder *f)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    return take_with(f, VT_SHOP_READ, &options);
}

typedef struct listing {
    int n;
    char last[256];
} listing;

static int list_one(void *context, const char *name)
{
    listing *l = context;
    l->n++;
    snprintf(l->last, sizeof l->last, "%s", name);
    return 0;
}

static listing files_of(const folder *f)
{
    listing l = {0};
    if (vt_dir_exists(f->snapshots)) {
        vt_error err = VT_ERROR_INIT;
        check_ok(vt_dir_list(f->snapshots, list_one, &l, &err));
    }
    return l;
}

static ino_t inode_of(const folder *f, const char *name)
{
    char path[2 * PATH_MAX];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", f->snapshots, name);
    assert_int_equal(stat(path, &info), 0);
    return info.st_ino;
}

static void holds_what_the_shop_holds(void **state)
{
    folder *f = *state;
    vt_snapshot *s = take(f);
    assert_int_equal(s->n_users, 2);
    assert_int_equal(s->n_items, 2);
    assert_int_equal(s->n_events, 4);
    assert_int_equal(s->n_all, 5); /* with that of a guest, which stands last */
    assert_int_equal(s->item[4], 1);
    const int32_t items[] = {1, 0, 0, 1}; /* adam: soap, balm; zoe: balm, soap */
    const uint8_t positive[] = {1, 0, 1, 1};
    assert_memory_equal(s->item, items, sizeof items);
    assert_memory_equal(s->positive, positive, sizeof positive);
    int32_t soap = vt_ids_find(&s->items, vt_str_of("soap"));
    assert_int_equal(soap, 1);
    assert_int_equal(s->item_price[soap], 499);
    assert_int_equal(s->item_price[0], VT_NONE);
    assert_int_equal(s->item_category[0], -1);
    assert_true(vt_str_equal(vt_ids_get(&s->brands, s->item_brand[soap]), vt_str_of("Lush")));
    assert_int_equal(s->item_attribute_ptr[2] - s->item_attribute_ptr[1], 3);
    assert_true(vt_ids_find(&s->item_attributes, vt_str_of("skin=oily")) >= 0);
    assert_int_equal(s->user_attributes.n, 1);
    assert_true(s->revision > 0 && s->last_event == 5 && s->last_user == 2 && s->last_item == 2);
    assert_true(s->user_row[1] > 0 && s->item_row[soap] > 0 && s->id[4] == 5);
    assert_true(vt_str_equal(vt_ids_get(&s->titles, soap), vt_str_of("Olive soap")));
    assert_int_equal(s->item_cost[soap], 210);
    assert_int_equal(s->item_stock[soap], 12);
    assert_string_equal(s->currency, "EUR");
    assert_string_equal(s->time_zone, "UTC");
    vt_snapshot_free(s);
}

/* Lines of an order: as they were sold, with what they cost then, and as they are now. */
static void lines_of_orders_are_as_the_store_has_them(void **state)
{
    folder *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_shop *shop = open_shop(f, VT_SHOP_WRITE);
    vt_store *store = vt_shop_store(shop);
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of("adam");
    event.session = vt_str_of("s9");
    event.item = vt_str_of("soap");
    event.order_id = vt_str_of("A-1");
    event.kind = VT_EVENT_PURCHASE;
    event.time = 1600000400;
    event.quantity = 2;
    event.unit_price = 499;
    event.discount = 98;
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_event(store, &event, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
    vt_shop_close(shop);
    vt_snapshot *s = take(f);
    int64_t line = s->user_ptr[1] - 1; /* adam's last */
    assert_int_equal(s->kind[line], VT_EVENT_PURCHASE);
    assert_int_equal(s->unit_price[line], 499);
    assert_int_equal(s->discount[line], 98);
    assert_int_equal(s->cost[line], 210);
    assert_int_equal(s->refunded[line], VT_NONE);
    assert_int_equal(s->state[line], VT_LINE_SOLD);
    assert_true(s->quantity[line] == 2);
    assert_true(vt_str_equal(vt_ids_get(&s->orders, s->order[line]), vt_str_of("A-1")));
    assert_true(vt_str_equal(vt_ids_get(&s->sessions, s->session[line]), vt_str_of("s9")));
    assert_true(vt_str_equal(vt_ids_get(&s->sessions, s->session[5]), vt_str_of("s1")));
    vt_snapshot_free(s);
}

static void the_file_serves_again(void **state)
{
    folder *f = *state;
    vt_snapshot *first = take(f);
    listing before = files_of(f);
    assert_int_equal(before.n, 1);
    ino_t inode = inode_of(f, before.last);
    vt_snapshot *second = take(f);
    listing after = files_of(f);
    assert_int_equal(after.n, 1);
    assert_int_equal(inode_of(f, after.last), inode);
    assert_string_equal(first->hash, second->hash);
    vt_snapshot_free(first);
    vt_snapshot_free(second);
}

static void a_damaged_file_is_made_anew(void **state)
{
    folder *f = *state;
    vt_snapshot *first = take(f);
    listing before = files_of(f);
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", f->snapshots, before.last);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 1500, SEEK_SET), 0);
    assert_int_equal(fputc('!', file), '!');
    assert_int_equal(fclose(file), 0);
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *damaged = NULL;
    assert_int_equal(vt_snapshot_open(&damaged, path, &err), VT_ERR_CORRUPT);
    vt_snapshot *second = take(f);
    assert_string_equal(first->hash, second->hash);
    vt_snapshot *whole = NULL;
    check_ok(vt_snapshot_open(&whole, path, &err));
    vt_snapshot_free(whole);
    vt_snapshot_free(first);
    vt_snapshot_free(second);
}

/* Makes the file say that it is of another format, under a right checksum. */
static void set_version(const char *path, uint32_t version)
{
    vt_error err = VT_ERROR_INIT;
    char *bytes = NULL;
    size_t size = 0;
    check_ok(vt_file_read(&bytes, &size, path, 1 << 20, &err));
    memcpy(bytes + offsetof(vt_snapshot_header, version), &version, sizeof version);
    unsigned char *sealed = (unsigned char *)bytes;
    vt_layout_hash(sealed + offsetof(vt_snapshot_header, hash), sealed, size);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    vt_free(bytes);
}

static void a_file_of_another_format_is_made_anew(void **state)
{
    folder *f = *state;
    vt_error err = VT_ERROR_INIT;
    static const struct {
        uint32_t version;
        int status;
    } cases[] = {{VT_SNAPSHOT_VERSION - 1, VT_ERR_UNSUPPORTED}, {VT_SNAPSHOT_VERSION + 1, VT_ERR_VERSION}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_snapshot *first = take(f), *other = NULL;
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", f->snapshots, files_of(f).last);
        set_version(path, cases[i].version);
        assert_int_equal(vt_snapshot_open(&other, path, &err), cases[i].status);
        vt_snapshot *second = take(f);
        assert_string_equal(first->hash, second->hash);
        assert_int_equal(files_of(f).n, 1);
        check_ok(vt_snapshot_open(&other, path, &err));
        vt_snapshot_free(other);
        vt_snapshot_free(second);
        vt_snapshot_free(first);
    }
}

static void a_new_revision_replaces_the_file(void **state)
{
    folder *f = *state;
    vt_snapshot *first = take(f);
    listing before = files_of(f);
    char leftover[2 * PATH_MAX]; /* of a program that was killed while it wrote */
    snprintf(leftover, sizeof leftover, "%s/%s.a1B2c3", f->snapshots, before.last);
    char foreign[2 * PATH_MAX];
    snprintf(foreign, sizeof foreign, "%s/notes.txt", f->snapshots);
    FILE *file = fopen(leftover, "wb");
    assert_non_null(file);
    fclose(file);
    file = fopen(foreign, "wb");
    assert_non_null(file);
    fclose(file);
    add_event(f, "cid", "soap", 1600000400);
    vt_snapshot *second = take(f);
    assert_true(second->revision > first->revision);
    assert_int_equal(second->n_events, first->n_events + 1);
    listing after = files_of(f);
    assert_int_equal(after.n, 2);
    assert_true(vt_file_exists(foreign)); /* what is not ours stays */
    assert_false(vt_file_exists(leftover));
    assert_int_equal(first->n_users, 2); /* in memory the old one is as it was */
    vt_snapshot_free(first);
    vt_snapshot_free(second);
}

/* The revision that a reader may start from, -1 without. */
static int64_t newest_of(vt_shop *shop)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_snapshot *s = NULL;
    check_ok(vt_snapshot_newest(&s, shop, &options, &err));
    int64_t revision = s == NULL ? -1 : s->revision;
    vt_snapshot_free(s);
    return revision;
}

static void an_older_file_is_a_beginning_until_rows_went(void **state)
{
    folder *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = open_shop(f, VT_SHOP_WRITE);
    vt_store *store = vt_shop_store(shop);
    assert_int_equal(newest_of(shop), -1);
    int64_t import = 0;
    check_ok(vt_store_begin(store, "csv", "more.csv", &import, &err));
    put_event(store, "cid", "soap", 1600000400, 4);
    check_ok(vt_store_commit(store, 0, &err));
    vt_snapshot_free(take(f));
    int64_t revision = newest_of(shop);
    assert_true(revision > 0);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    put_event(store, "cid", "balm", 1600000500, 5);
    check_ok(vt_store_commit(store, 0, &err));
    assert_int_equal(newest_of(shop), revision);
    vt_import_report report;
    check_ok(vt_store_undo(store, import, &report, &err));
    assert_int_equal(newest_of(shop), -1);
    vt_shop_close(shop);
}

static void options_have_files_of_their_own(void **state)
{
    folder *f = *state;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_snapshot_free(take(f));
    options.positive = "rating>=4";
    vt_snapshot *s = take_with(f, VT_SHOP_READ, &options);
    const uint8_t positive[] = {1, 0, 0, 1};
    assert_memory_equal(s->positive, positive, sizeof positive);
    assert_int_equal(files_of(f).n, 2);
    vt_snapshot_free(s);
    options.min_user = 2;
    s = take_with(f, VT_SHOP_WRITE, &options); /* a writer may take one too */
    assert_int_equal(s->n_users, 0);
    assert_int_equal(s->n_items, 2);
    assert_int_equal(files_of(f).n, 3);
    vt_snapshot_free(s);
    vt_shop *shop = open_shop(f, VT_SHOP_READ);
    vt_error err = VT_ERROR_INIT;
    options.positive = "bought";
    assert_int_equal(vt_snapshot_take(&s, shop, &options, &err), VT_ERR_USAGE);
    vt_shop_close(shop);
}

static void a_full_disk_is_no_obstacle(void **state)
{
    folder *f = *state;
    vt_file_fail_after(0);
    vt_snapshot *s = take(f);
    vt_file_fail_after(-1);
    assert_int_equal(s->n_events, 4);
    assert_int_equal(files_of(f).n, 0);
    vt_snapshot_free(s);
    /* nor is a place where no folder can be */
    remove(f->snapshots);
    FILE *file = fopen(f->snapshots, "wb");
    assert_non_null(file);
    fclose(file);
    s = take(f);
    assert_int_equal(s->n_events, 4);
    vt_snapshot_free(s);
    assert_true(vt_file_exists(f->snapshots));
}

static void an_empty_shop_gives_an_empty_snapshot(void **state)
{
    folder *f = *state;
    folder other = *f;
    snprintf(other.shop, sizeof other.shop, "%s", scratch_path(&f->dir, "bare"));
    snprintf(other.snapshots, sizeof other.snapshots, "%s", scratch_path(&f->dir, "bare/snapshots"));
    vt_shop_close(open_shop(&other, VT_SHOP_CREATE));
    vt_snapshot *s = take(&other);
    assert_int_equal(s->n_users + s->n_items + s->n_events, 0);
    assert_int_equal(s->time_min, VT_NONE);
    vt_snapshot_free(s);
}

static int stop_at(void *context, const vt_progress_state *state)
{
    return strcmp(state->stage, context) == 0;
}

static void stops_when_asked(void **state)
{
    folder *f = *state;
    char *stages[] = {"reading users", "reading items", "reading events", "building snapshot"};
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_snapshot *s = NULL;
        vt_progress progress = {stop_at, stages[i]};
        vt_snapshot_options options;
        vt_snapshot_options_init(&options);
        options.progress = &progress;
        vt_shop *shop = open_shop(f, VT_SHOP_READ);
        assert_int_equal(vt_snapshot_take(&s, shop, &options, &err), VT_ERR_CANCELLED);
        assert_null(s);
        options.progress = NULL; /* the shop is as good as before */
        check_ok(vt_snapshot_take(&s, shop, &options, &err));
        vt_snapshot_free(s);
        vt_shop_close(shop);
        char file[2 * PATH_MAX];
        snprintf(file, sizeof file, "%s/%s", f->snapshots, files_of(f).last);
        assert_int_equal(remove(file), 0);
    }
}

static int run_take(void *context, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_snapshot *s = NULL;
    int status = vt_snapshot_take(&s, context, &options, err);
    if (status == VT_OK) {
        assert_int_equal(s->n_events, 4);
    } else {
        assert_null(s);
    }
    vt_snapshot_free(s);
    return status;
}

static void every_failed_allocation_is_an_error_or_no_file(void **state)
{
    folder *f = *state;
    vt_shop *shop = open_shop(f, VT_SHOP_READ);
    int failures = fault_allocations(run_take, shop);
    assert_in_range(failures, 30, 2000);
    vt_shop_close(shop);
    vt_snapshot *s = take(f);
    assert_int_equal(s->n_events, 4);
    vt_snapshot_free(s);
}

static int set_up(void **state)
{
    static folder f;
    scratch_init(&f.dir);
    snprintf(f.shop, sizeof f.shop, "%s", scratch_path(&f.dir, "shop"));
    snprintf(f.snapshots, sizeof f.snapshots, "%s", scratch_path(&f.dir, "shop/snapshots"));
    fill_shop(&f);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    folder *f = *state;
    scratch_done(&f->dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_what_the_shop_holds),
        TEST(lines_of_orders_are_as_the_store_has_them),
        TEST(the_file_serves_again),
        TEST(a_damaged_file_is_made_anew),
        TEST(a_file_of_another_format_is_made_anew),
        TEST(a_new_revision_replaces_the_file),
        TEST(an_older_file_is_a_beginning_until_rows_went),
        TEST(options_have_files_of_their_own),
        TEST(a_full_disk_is_no_obstacle),
        TEST(an_empty_shop_gives_an_empty_snapshot),
        TEST(stops_when_asked),
        TEST(every_failed_allocation_is_an_error_or_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
