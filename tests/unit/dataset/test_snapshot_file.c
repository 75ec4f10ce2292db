/* Snapshot files: read back equal, refused when damaged, harmless when made to harm. */
#include "snapshots.h"

#include "dataset/layout.h"
#include "fault.h"
#include "scratch.h"
#include "vitrine/split.h"
#include "vitrine/statistics.h"

/* A snapshot in which every section holds something. */
static vt_snapshot *full_snapshot(void)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.positive = "rating>=2|purchase";
    vt_builder *builder = NULL;
    check_ok(vt_builder_create(&builder, &options, &err));
    char id[16];
    char text[64];
    for (int i = 0; i < 9; i++) {
        vt_user user;
        vt_user_init(&user);
        snprintf(id, sizeof id, "user %d", 7 * i % 9);
        user.id = vt_str_of(id);
        user.region = vt_str_of(i % 2 == 0 ? "north" : "south");
        check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
        vt_item item;
        vt_item_init(&item);
        snprintf(id, sizeof id, "item %d", 5 * i % 9);
        snprintf(text, sizeof text, "{\"size\": [%d, %d], \"new\": true}", i, i % 4);
        item.id = vt_str_of(id);
        item.category = vt_str_of(i < 5 ? "A > B" : "A > C");
        item.brand = vt_str_of(i % 3 == 0 ? "X" : "Y");
        item.attributes = vt_str_of(text);
        item.price = i * 100;
        item.cost = i * 60;
        item.stock = i;
        item.title = vt_str_of(text);
        const vt_str image = vt_str_of(i % 2 == 0 ? "one.jpg" : "two.jpg");
        item.images = &image;
        item.n_images = i == 3 ? 0 : 1;
        check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
        check_ok(vt_builder_add_stock(builder, i, 500, 9 - i, &err));
        check_ok(vt_builder_add_stock(builder, i, 900, i, &err));
    }
    for (int i = 0; i < 72; i++) { /* the last twelve are of guests */
        vt_event_row row = {.id = i,
                            .user = i < 60 ? i * i % 9 : -1,
                            .item = i * 5 % 8,
                            .time = 1000 + i * 17 % 40,
                            .quantity = VT_NONE,
                            .unit_price = 100 + i,
                            .discount = i % 4,
                            .refunded = VT_NONE,
                            .cost = 50,
                            .value = i % 5 + 1,
                            .order = vt_str_of(i % 3 == 0   ? "A-1"
                                               : i % 3 == 1 ? "B-2"
                                                            : NULL),
                            .session = vt_str_of(i % 11 == 0  ? NULL
                                                 : i % 2 == 0 ? "s-even"
                                                              : "s-odd"),
                            .placement = vt_str_of(i % 2 == 0 ? "home" : NULL),
                            .model = vt_str_of(i % 3 == 0 ? "m-1" : "m-2"),
                            .request = vt_str_of(i % 4 == 0 ? "q" : NULL),
                            .has_text = i % 5 == 0,
                            .kind = i % 7 == 0   ? VT_EVENT_VIEW
                                    : i % 6 == 1 ? VT_EVENT_PURCHASE
                                    : i % 6 == 2 ? VT_EVENT_RETURN
                                                 : VT_EVENT_RATING,
                            .part = (uint8_t)(i % 5)};
        check_ok(vt_builder_add_event(builder, &row, &err));
    }
    vt_snapshot *s = NULL;
    vt_builder_origin origin = {.revision = 12, .last_event = 72, .currency = "EUR", .time_zone = "Europe/Vienna"};
    check_ok(vt_builder_finish(&s, builder, &origin, &err));
    vt_builder_free(builder);
    return s;
}

/* Uses everything that a snapshot is indexed by; a stray read is for the sanitizers to see. */
static void use(const vt_snapshot *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_statistics statistics;
    check_ok(vt_statistics_compute(&statistics, s, &err));
    vt_interactions *all = NULL;
    check_ok(vt_interactions_create(&all, s, NULL, 0, &err));
    vt_interactions_free(all);
    static const char *const splits[] = {"time:0.6,0.2,0.2", "leave-one-out",  "ratio:0.5", "kfold:3",
                                         "cold-items:0.5",   "cold-users:0.5", "given"};
    for (size_t i = 0; i < sizeof splits / sizeof splits[0]; i++) {
        vt_split_spec spec;
        vt_split *split = NULL;
        check_ok(vt_split_parse(&spec, splits[i], &err));
        int status = vt_split_create(&split, s, &spec, 1, 0, true, &err);
        assert_true(status == VT_OK || status == VT_ERR_UNSUPPORTED);
        vt_split_free(split);
    }
    size_t bytes = 0;
    int64_t sum = 0;
    for (int64_t e = 0; e < s->n_all; e++) {
        uint32_t at = s->by_time[e];
        bytes += s->order[at] < 0 ? 0 : vt_ids_get(&s->orders, s->order[at]).len;
        bytes += s->session[at] < 0 ? 0 : vt_ids_get(&s->sessions, s->session[at]).len;
        sum ^= s->id[at] ^ s->unit_price[at] ^ s->discount[at] ^ s->cost[at] ^ s->refunded[at];
        assert_true(s->state[at] < VT_LINE_STATES && s->item[at] < s->n_items);
    }
    for (int64_t l = 0; l < s->n_lines; l++) {
        sum ^= s->unit_price[s->line_at[l]] ^ s->line_unit_price[l] ^ s->line_refunded[l];
        assert_true(s->line_user[l] < s->n_users && s->line_item[l] == s->item[s->line_at[l]]);
    }
    for (int64_t v = 0; v < s->n_visits; v++) {
        assert_true(s->visit_user[v] < s->n_users && s->visit_time[v] == s->time[s->visit_at[v]]);
    }
    bytes += (size_t)(sum & 1);
    for (int32_t i = 0; i < s->n_items; i++) {
        bytes += vt_ids_get(&s->titles, i).len;
        assert_int_equal(vt_ids_find(&s->items, vt_ids_get(&s->items, i)), i);
        bytes += s->item_category[i] < 0 ? 0 : vt_ids_get(&s->categories, s->item_category[i]).len;
        bytes += s->item_brand[i] < 0 ? 0 : vt_ids_get(&s->brands, s->item_brand[i]).len;
        for (int64_t a = s->item_attribute_ptr[i]; a < s->item_attribute_ptr[i + 1]; a++) {
            bytes += vt_ids_get(&s->item_attributes, s->item_attribute[a]).len;
        }
    }
    for (int32_t u = 0; u < s->n_users; u++) {
        for (int64_t a = s->user_attribute_ptr[u]; a < s->user_attribute_ptr[u + 1]; a++) {
            bytes += vt_ids_get(&s->user_attributes, s->user_attribute[a]).len;
        }
    }
    assert_true(bytes < 1 << 20);
}

static void reads_back_equal(void **state)
{
    scratch *dir = *state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = full_snapshot();
    vt_snapshot *mapped = NULL;
    const char *path = scratch_path(dir, "a.vsnap");
    check_ok(vt_snapshot_write(s, path, &err));
    check_ok(vt_snapshot_open(&mapped, path, &err));
    assert_string_equal(mapped->hash, s->hash);
    assert_string_equal(mapped->positive_rule, "rating>=2|purchase");
    assert_int_equal(mapped->revision, 12);
    assert_int_equal(mapped->n_events, 60);
    assert_int_equal(mapped->n_all, 72);
    assert_int_equal(mapped->last_event, 72);
    assert_string_equal(mapped->currency, "EUR");
    assert_string_equal(mapped->time_zone, "Europe/Vienna");
    assert_int_equal(mapped->n_users, 9);
    assert_int_equal(mapped->time_min, s->time_min);
    assert_int_equal(mapped->storage->size, s->storage->size);
    assert_memory_equal(mapped->storage->data, s->storage->data, s->storage->size);
    use(mapped);
    /* written again from the mapping: the same bytes once more */
    check_ok(vt_snapshot_write(mapped, scratch_path(dir, "b.vsnap"), &err));
    vt_snapshot *second = NULL;
    check_ok(vt_snapshot_open(&second, scratch_path(dir, "b.vsnap"), &err));
    assert_memory_equal(second->storage->data, s->storage->data, s->storage->size);
    vt_snapshot_free(second);
    vt_snapshot_free(mapped);
    vt_snapshot_free(s);
}

static void an_empty_one_reads_back(void **state)
{
    scratch *dir = *state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, NULL, 0, NULL, &err));
    check_ok(vt_snapshot_write(s, scratch_path(dir, "empty.vsnap"), &err));
    vt_snapshot_free(s);
    check_ok(vt_snapshot_open(&s, scratch_path(dir, "empty.vsnap"), &err));
    assert_int_equal(s->n_users + s->n_items + s->n_events, 0);
    vt_snapshot_free(s);
}

static void check_refused(scratch *dir, const unsigned char *bytes, size_t size, int expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    const char *path = scratch_write(dir, "bad.vsnap", bytes, size);
    int status = vt_snapshot_open(&s, path, &err);
    if (status != expected || s != NULL || strstr(err.message, path) == NULL) {
        fail_msg("%zu bytes: status %d, expected %d: %s", size, status, expected, err.message);
    }
}

static void damage_is_found(void **state)
{
    scratch *dir = *state;
    vt_snapshot *s = full_snapshot();
    size_t size = s->storage->size;
    unsigned char *bytes = s->storage->block;
    for (size_t at = 0; at < size; at += at < 64 ? 1 : 61) { /* every byte of the header, some of the rest */
        bytes[at] ^= 0x20;
        check_refused(dir, bytes, size, VT_ERR_CORRUPT);
        bytes[at] ^= 0x20;
    }
    for (size_t left = 0; left < size; left += left < 80 ? 1 : 173) {
        check_refused(dir, bytes, left, VT_ERR_CORRUPT);
    }
    unsigned char *longer = malloc(size + 64);
    assert_non_null(longer);
    memcpy(longer, bytes, size);
    memset(longer + size, 0, 64);
    check_refused(dir, longer, size + 64, VT_ERR_CORRUPT);
    free(longer);
    check_refused(dir, (const unsigned char *)"hello", 5, VT_ERR_CORRUPT);
    vt_snapshot_free(s);
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_snapshot_open(&s, scratch_path(dir, "nowhere.vsnap"), &err), VT_ERR_NOT_FOUND);
    assert_int_equal(vt_snapshot_open(&s, dir->dir, &err), VT_ERR_FORMAT);
}

static void seal_bytes(unsigned char *bytes, size_t size)
{
    vt_layout_hash(bytes + offsetof(vt_snapshot_header, hash), bytes, size);
}

static void check_version(scratch *dir, uint32_t version, int expected)
{
    vt_snapshot *s = full_snapshot();
    memcpy(s->storage->block + offsetof(vt_snapshot_header, version), &version, sizeof version);
    seal_bytes(s->storage->block, s->storage->size);
    check_refused(dir, s->storage->block, s->storage->size, expected);
    vt_snapshot_free(s);
}

static void a_newer_format_is_named(void **state)
{
    check_version(*state, VT_SNAPSHOT_VERSION + 1, VT_ERR_VERSION);
}

static void an_older_format_is_named(void **state)
{
    check_version(*state, VT_SNAPSHOT_VERSION - 1, VT_ERR_UNSUPPORTED);
    check_version(*state, 1, VT_ERR_UNSUPPORTED);
    check_version(*state, 0, VT_ERR_UNSUPPORTED);
}

/* Files with a right checksum and one wrong index each. */
static void wrong_indices_are_refused(void **state)
{
    scratch *dir = *state;
    static const struct {
        vt_section section;
        int64_t value;
    } cases[] = {
        {VT_SECTION_USER_OFFSET, 1},
        {VT_SECTION_USER_OFFSET, INT64_MIN},
        {VT_SECTION_ITEM_OFFSET, INT64_MAX},
        {VT_SECTION_USER_PTR, -1},
        {VT_SECTION_USER_PTR, 61},
        {VT_SECTION_EVENT_ITEM, 9},
        {VT_SECTION_EVENT_ITEM, -1},
        {VT_SECTION_EVENT_TIME, INT64_MAX},
        {VT_SECTION_EVENT_KIND, 9},
        {VT_SECTION_EVENT_PART, 5},
        {VT_SECTION_EVENT_POSITIVE, 2},
        {VT_SECTION_EVENT_STATE, VT_LINE_STATES},
        {VT_SECTION_EVENT_ORDER, 2},
        {VT_SECTION_EVENT_ORDER, -2},
        {VT_SECTION_EVENT_SESSION, 2},
        {VT_SECTION_EVENT_SESSION, -2},
        {VT_SECTION_EVENT_PLACEMENT, 1},
        {VT_SECTION_EVENT_MODEL, 2},
        {VT_SECTION_EVENT_REQUEST, -2},
        {VT_SECTION_EVENT_HAS_TEXT, 2},
        {VT_SECTION_MODEL_TEXT, 'z'},
        {VT_SECTION_IMAGE_OFFSET, 1},
        {VT_SECTION_EVENT_BY_TIME, 72},
        {VT_SECTION_EVENT_BY_TIME, UINT32_MAX},
        {VT_SECTION_EVENT_ID, INT64_MAX},
        {VT_SECTION_USER_FIRST_ORDER, 1},
        {VT_SECTION_LINE_TIME, 0},
        {VT_SECTION_LINE_USER, 9},
        {VT_SECTION_LINE_USER, -2},
        {VT_SECTION_LINE_ITEM, 9},
        {VT_SECTION_LINE_ORDER, 2},
        {VT_SECTION_LINE_SESSION, -2},
        {VT_SECTION_LINE_KIND, VT_EVENT_VIEW},
        {VT_SECTION_LINE_STATE, VT_LINE_STATES},
        {VT_SECTION_LINE_AT, 72},
        {VT_SECTION_VISIT_TIME, INT64_MAX},
        {VT_SECTION_VISIT_USER, 9},
        {VT_SECTION_VISIT_ITEM, -1},
        {VT_SECTION_VISIT_SESSION, 2},
        {VT_SECTION_VISIT_KIND, VT_EVENT_PURCHASE},
        {VT_SECTION_VISIT_AT, UINT32_MAX},
        {VT_SECTION_ORDER_OFFSET, 1},
        {VT_SECTION_ORDER_TEXT, 'C'},
        {VT_SECTION_SESSION_TEXT, 't'},
        {VT_SECTION_TITLE_OFFSET, 1},
        {VT_SECTION_CURRENCY, 0},
        {VT_SECTION_TIME_ZONE, 0},
        {VT_SECTION_ITEM_CATEGORY, 2},
        {VT_SECTION_ITEM_CATEGORY, -2},
        {VT_SECTION_ITEM_BRAND, 2},
        {VT_SECTION_ITEM_ATTRIBUTE, -1},
        {VT_SECTION_ITEM_ATTRIBUTE, 1000},
        {VT_SECTION_ITEM_ATTRIBUTE_PTR, 1},
        {VT_SECTION_USER_ATTRIBUTE_PTR, 5},
        {VT_SECTION_USER_ATTRIBUTE, 2},
        {VT_SECTION_CATEGORY_OFFSET, 100000},
        {VT_SECTION_META, INT64_MAX},
        {VT_SECTION_ITEM_TEXT, 0x7f},
        {VT_SECTION_RULE, 'x'},
        {VT_SECTION_RULE, 0},
        {VT_SECTION_BRAND_TEXT, 'Z'},
        {VT_SECTION_STOCK_PTR, 1},
        {VT_SECTION_STOCK_TIME, 901},
        {VT_SECTION_STOCK_TIME, INT64_MIN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_snapshot *s = full_snapshot();
        memcpy(vt_layout_section(s, cases[i].section), &cases[i].value, vt_section_table[cases[i].section].size);
        seal_bytes(s->storage->block, s->storage->size);
        check_refused(dir, s->storage->block, s->storage->size, VT_ERR_CORRUPT);
        vt_snapshot_free(s);
    }
}

static void check_sealed(scratch *dir, vt_snapshot *s)
{
    seal_bytes(s->storage->block, s->storage->size);
    check_refused(dir, s->storage->block, s->storage->size, VT_ERR_CORRUPT);
    vt_snapshot_free(s);
}

/*
 * An order by time that names an event twice, or two that change places; users who have more events than there are;
 * sessions of guests that do not stand together.
 */
static void orders_that_do_not_hold_are_refused(void **state)
{
    scratch *dir = *state;
    vt_snapshot *s = full_snapshot();
    uint32_t *by_time = vt_layout_section(s, VT_SECTION_EVENT_BY_TIME);
    by_time[41] = by_time[40];
    check_sealed(dir, s);
    s = full_snapshot();
    by_time = vt_layout_section(s, VT_SECTION_EVENT_BY_TIME);
    uint32_t first = by_time[0];
    by_time[0] = by_time[1];
    by_time[1] = first;
    check_sealed(dir, s);
    s = full_snapshot();
    int64_t *ptr = vt_layout_section(s, VT_SECTION_USER_PTR);
    ptr[9] = 73;
    check_sealed(dir, s);
    s = full_snapshot();
    int32_t *session = vt_layout_section(s, VT_SECTION_EVENT_SESSION);
    session[71] = 0; /* the last ones are of session 1 */
    check_sealed(dir, s);
}

/* Random changes under a right checksum: refused, or usable. */
static void hostile_files_do_no_harm(void **state)
{
    scratch *dir = *state;
    static const uint64_t odd[] = {0, 1, 2, 0x7f, 0xff, 0x7fffffff, 0x80000000, UINT64_MAX, INT64_MAX, 64, 128};
    int opened = 0;
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        vt_snapshot *s = full_snapshot();
        vt_rng rng = vt_rng_at(seed, "mutate", 0, 0);
        size_t size = s->storage->size;
        /* half of the changes go to the header and the table */
        size_t range = seed % 2 == 0 ? sizeof(vt_snapshot_header) + VT_SECTIONS * sizeof(vt_snapshot_row) : size;
        for (uint64_t changes = 1 + vt_rng_below(&rng, 3); changes > 0; changes--) {
            uint64_t value = vt_rng_below(&rng, 2) == 0 ? odd[vt_rng_below(&rng, sizeof odd / sizeof odd[0])]
                                                        : vt_rng_u64(&rng) >> vt_rng_below(&rng, 64);
            size_t width = (size_t)1 << vt_rng_below(&rng, 4);
            memcpy(s->storage->block + vt_rng_below(&rng, range - 8) / width * width, &value, width);
        }
        seal_bytes(s->storage->block, size);
        vt_error err = VT_ERROR_INIT;
        vt_snapshot *read = NULL;
        int status = vt_snapshot_open(&read, scratch_write(dir, "odd.vsnap", s->storage->block, size), &err);
        if (status == VT_OK) {
            use(read);
            opened++;
        } else if (status != VT_ERR_CORRUPT && status != VT_ERR_VERSION && status != VT_ERR_UNSUPPORTED) {
            fail_msg("seed %d: status %d: %s", (int)seed, status, err.message);
        }
        vt_snapshot_free(read);
        vt_snapshot_free(s);
    }
    assert_in_range(opened, 20, 1400); /* some changes are to values that may be anything, such as prices */
}

typedef struct file_task {
    const vt_snapshot *snapshot;
    const char *path;
} file_task;

static int run_write(void *context, vt_error *err)
{
    const file_task *task = context;
    return vt_snapshot_write(task->snapshot, task->path, err);
}

static int run_open(void *context, vt_error *err)
{
    const file_task *task = context;
    vt_snapshot *s = NULL;
    int status = vt_snapshot_open(&s, task->path, err);
    vt_snapshot_free(s);
    return status;
}

static void every_fault_is_an_error(void **state)
{
    scratch *dir = *state;
    vt_snapshot *s = full_snapshot();
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", scratch_path(dir, "fault.vsnap"));
    file_task task = {s, path};
    assert_int_equal(fault_writes(run_write, &task), 2);
    assert_int_equal(remove(path), 0);
    vt_file_fail_after(0);
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_snapshot_write(s, path, &err), VT_ERR_NO_SPACE);
    vt_file_fail_after(-1);
    assert_false(vt_file_exists(path)); /* nothing half-written stays */
    assert_in_range(fault_allocations(run_write, &task), 1, 10);
    assert_in_range(fault_allocations(run_open, &task), 2, 10);
    vt_snapshot_free(s);
}

static int set_up(void **state)
{
    static scratch dir;
    scratch_init(&dir);
    *state = &dir;
    return 0;
}

static int tear_down(void **state)
{
    scratch_done(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_equal),          cmocka_unit_test(an_empty_one_reads_back),
        cmocka_unit_test(damage_is_found),           cmocka_unit_test(a_newer_format_is_named),
        cmocka_unit_test(wrong_indices_are_refused), cmocka_unit_test(orders_that_do_not_hold_are_refused),
        cmocka_unit_test(an_older_format_is_named),  cmocka_unit_test(hostile_files_do_no_harm),
        cmocka_unit_test(every_fault_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
