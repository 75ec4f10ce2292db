/* Order lines and visits by time in a snapshot: what is there beside a plain search, what is refused, what fails. */
#include "snapshots.h"

#include "dataset/layout.h"
#include "dataset/timeline.h"
#include "fault.h"
#include "scratch.h"

enum { EVENTS = 600, USERS = 25, ITEMS = 12 };

/* A shop of chance: guests, events without a time, equal times, cancelled and returned lines, all kinds of events. */
static int make(vt_snapshot **out, uint64_t seed, vt_error *err)
{
    vt_rng rng = vt_rng_at(seed, "timeline", 0, 0);
    vt_snapshot_options options;
    vt_builder *builder = NULL;
    char id[16], order[16], session[16];
    vt_snapshot_options_init(&options);
    int status = vt_builder_create(&builder, &options, err);
    for (int i = 0; i < USERS && status == VT_OK; i++) {
        vt_user user;
        vt_user_init(&user);
        snprintf(id, sizeof id, "u%d", 7 * i % USERS);
        user.id = vt_str_of(id);
        status = vt_builder_add_user(builder, i + 1, &user, err);
    }
    for (int i = 0; i < ITEMS && status == VT_OK; i++) {
        vt_item item;
        vt_item_init(&item);
        snprintf(id, sizeof id, "i%d", i);
        item.id = vt_str_of(id);
        status = vt_builder_add_item(builder, i + 1, &item, err);
    }
    for (int i = 0; i < EVENTS && status == VT_OK; i++) {
        snprintf(order, sizeof order, "o%d", (int)vt_rng_below(&rng, 60));
        snprintf(session, sizeof session, "s%d", (int)vt_rng_below(&rng, 40));
        vt_event_row row = {.id = i + 1,
                            .user = (int64_t)vt_rng_below(&rng, USERS + 5),
                            .item = (int64_t)vt_rng_below(&rng, ITEMS),
                            .time = vt_rng_below(&rng, 12) == 0 ? VT_NONE : (int64_t)vt_rng_below(&rng, 200),
                            .quantity = 1 + (int64_t)vt_rng_below(&rng, 4),
                            .unit_price = (int64_t)vt_rng_below(&rng, 5000),
                            .discount = (int64_t)vt_rng_below(&rng, 100),
                            .refunded = (int64_t)vt_rng_below(&rng, 100),
                            .cost = (int64_t)vt_rng_below(&rng, 2000),
                            .value = (double)NAN,
                            .order = vt_str_of(vt_rng_below(&rng, 3) == 0 ? NULL : order),
                            .session = vt_str_of(vt_rng_below(&rng, 3) == 0 ? NULL : session),
                            .kind = (uint8_t)vt_rng_below(&rng, VT_EVENT_KINDS)};
        row.state = (uint8_t)(row.kind == VT_EVENT_PURCHASE ? vt_rng_below(&rng, VT_LINE_STATES) : 0);
        row.user = row.user < USERS ? row.user : -1;
        row.value = row.kind == VT_EVENT_RATING ? 4 : row.value;
        status = vt_builder_add_event(builder, &row, err);
    }
    status = status != VT_OK ? status : vt_builder_finish(out, builder, NULL, err);
    vt_builder_free(builder);
    return status;
}

static vt_snapshot *shop_of(uint64_t seed)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(make(&s, seed, &err));
    return s;
}

static int32_t user_of(const vt_snapshot *s, int64_t e)
{
    for (int32_t u = 0; u < s->n_users; u++) {
        if (e >= s->user_ptr[u] && e < s->user_ptr[u + 1]) {
            return u;
        }
    }
    return -1;
}

/* The event that stands next behind (time, id) among those of the kinds, by a look at all; -1 at the end. */
static int64_t next_of(const vt_snapshot *s, unsigned kinds, int64_t time, int64_t id)
{
    int64_t best = -1;
    for (int64_t e = 0; e < s->n_all; e++) {
        bool behind = s->time[e] > time || (s->time[e] == time && s->id[e] > id);
        if (s->time[e] == VT_NONE || (kinds >> s->kind[e] & 1U) == 0 || !behind) {
            continue;
        }
        if (best < 0 || s->time[e] < s->time[best] || (s->time[e] == s->time[best] && s->id[e] < s->id[best])) {
            best = e;
        }
    }
    return best;
}

static void lines_are_those_of_a_search(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        vt_snapshot *s = shop_of(seed);
        int64_t n = 0, time = VT_NONE, id = 0;
        const unsigned kinds = 1U << VT_EVENT_PURCHASE | 1U << VT_EVENT_RETURN;
        for (int64_t e = next_of(s, kinds, time, id); e >= 0; e = next_of(s, kinds, time, id), n++) {
            assert_in_range(n, 0, s->n_lines - 1);
            assert_int_equal(s->line_at[n], e);
            assert_int_equal(s->line_time[n], s->time[e]);
            assert_int_equal(s->line_user[n], user_of(s, e));
            assert_int_equal(s->line_item[n], s->item[e]);
            assert_int_equal(s->line_order[n], s->order[e]);
            assert_int_equal(s->line_session[n], s->session[e]);
            assert_true(s->line_quantity[n] == s->quantity[e]);
            assert_int_equal(s->line_unit_price[n], s->unit_price[e]);
            assert_int_equal(s->line_discount[n], s->discount[e]);
            assert_int_equal(s->line_cost[n], s->cost[e]);
            assert_int_equal(s->line_refunded[n], s->refunded[e]);
            assert_int_equal(s->line_kind[n], s->kind[e]);
            assert_int_equal(s->line_state[n], s->state[e]);
            time = s->time[e];
            id = s->id[e];
        }
        assert_int_equal(n, s->n_lines);
        assert_true(n > 80);
        vt_snapshot_free(s);
    }
}

static void visits_are_those_of_a_search(void **state)
{
    (void)state;
    vt_snapshot *s = shop_of(5);
    int64_t n = 0, time = VT_NONE, id = 0;
    const unsigned kinds = 1U << VT_EVENT_VIEW | 1U << VT_EVENT_CART | 1U << VT_EVENT_IMPRESSION | 1U << VT_EVENT_CLICK;
    for (int64_t e = next_of(s, kinds, time, id); e >= 0; e = next_of(s, kinds, time, id), n++) {
        assert_in_range(n, 0, s->n_visits - 1);
        assert_int_equal(s->visit_at[n], e);
        assert_int_equal(s->visit_time[n], s->time[e]);
        assert_int_equal(s->visit_user[n], user_of(s, e));
        assert_int_equal(s->visit_item[n], s->item[e]);
        assert_int_equal(s->visit_session[n], s->session[e]);
        assert_int_equal(s->visit_kind[n], s->kind[e]);
        time = s->time[e];
        id = s->id[e];
    }
    assert_int_equal(n, s->n_visits);
    assert_true(n > 160);
    vt_snapshot_free(s);
}

static void first_orders_leave_cancelled_ones_out(void **state)
{
    (void)state;
    vt_snapshot *s = shop_of(6);
    int without = 0, cancelled_before = 0;
    for (int32_t u = 0; u < s->n_users; u++) {
        int64_t first = VT_NONE, any = VT_NONE;
        for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
            if (s->kind[e] != VT_EVENT_PURCHASE || s->time[e] == VT_NONE) {
                continue;
            }
            any = any == VT_NONE || s->time[e] < any ? s->time[e] : any;
            if (s->state[e] != VT_LINE_CANCELLED && (first == VT_NONE || s->time[e] < first)) {
                first = s->time[e];
            }
        }
        assert_int_equal(s->user_first_order[u], first);
        without += first == VT_NONE;
        cancelled_before += first != any;
    }
    assert_true(cancelled_before > 0);
    assert_true(without < s->n_users / 2);
    vt_snapshot_free(s);
}

static void a_shop_without_sales_has_no_lines(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    static const event_row rows[] = {{"ann", "cup", 5, 4, 0, 0}, {"bob", "cup", VT_NONE, 0, VIEW_ROW, 0}};
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, rows, 2, NULL, &err));
    assert_int_equal(s->n_lines, 0);
    assert_int_equal(s->n_visits, 0); /* it has no time */
    assert_int_equal(s->user_first_order[0], VT_NONE);
    assert_int_equal(s->user_first_order[1], VT_NONE);
    vt_snapshot_free(s);
}

/* Each element of each column of lines and visits in turn, and the first orders, changed under a right checksum. */
static void every_wrong_element_is_refused(void **state)
{
    scratch *dir = *state;
    static const vt_section copied[] = {VT_SECTION_USER_FIRST_ORDER, VT_SECTION_LINE_TIME,    VT_SECTION_LINE_ITEM,
                                        VT_SECTION_LINE_ORDER,       VT_SECTION_LINE_SESSION, VT_SECTION_LINE_KIND,
                                        VT_SECTION_LINE_STATE,       VT_SECTION_LINE_AT,      VT_SECTION_VISIT_TIME,
                                        VT_SECTION_VISIT_ITEM,       VT_SECTION_VISIT_KIND,   VT_SECTION_VISIT_SESSION,
                                        VT_SECTION_VISIT_AT};
    vt_snapshot *s = shop_of(7);
    vt_error err = VT_ERROR_INIT;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", scratch_path(dir, "odd.vsnap"));
    for (size_t c = 0; c < sizeof copied / sizeof copied[0]; c++) {
        unsigned char *column = vt_layout_section(s, copied[c]);
        size_t size = vt_section_table[copied[c]].size;
        for (uint64_t i = 0; i < vt_layout_row(s, copied[c])->count; i += 13) {
            vt_snapshot *read = NULL;
            column[i * size] ^= 1;
            vt_layout_seal(s);
            check_ok(vt_snapshot_write(s, path, &err));
            if (vt_snapshot_open(&read, path, &err) != VT_ERR_CORRUPT) {
                fail_msg("element %d of %s was taken", (int)i, vt_section_table[copied[c]].name);
            }
            column[i * size] ^= 1;
        }
    }
    vt_layout_seal(s);
    check_ok(vt_snapshot_write(s, path, &err));
    vt_snapshot *read = NULL;
    check_ok(vt_snapshot_open(&read, path, &err));
    assert_memory_equal(read->line_at, s->line_at, (size_t)s->n_lines * sizeof *s->line_at);
    vt_snapshot_free(read);
    vt_snapshot_free(s);
}

/* Users out of range, two lines that changed places, one line twice. */
static void what_does_not_hold_is_told(void **state)
{
    (void)state;
    vt_snapshot *s = shop_of(8);
    assert_true(vt_timeline_holds(s));
    int32_t *user = vt_layout_section(s, VT_SECTION_LINE_USER);
    const int32_t wrong[] = {-2, USERS, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int32_t was = user[3];
        user[3] = wrong[i];
        assert_false(vt_timeline_holds(s));
        user[3] = was;
    }
    uint32_t *at = vt_layout_section(s, VT_SECTION_LINE_AT);
    uint32_t second = at[1];
    at[1] = UINT32_MAX;
    assert_false(vt_timeline_holds(s));
    at[1] = at[0];
    assert_false(vt_timeline_holds(s));
    at[1] = second;
    assert_true(vt_timeline_holds(s));
    s->n_lines--; /* the last line is missing */
    assert_false(vt_timeline_holds(s));
    s->n_lines++;
    s->n_visits--;
    assert_false(vt_timeline_holds(s));
    vt_snapshot_free(s);
}

static int make_and_free(void *context, vt_error *err)
{
    (void)context;
    vt_snapshot *s = NULL;
    int status = make(&s, 9, err);
    vt_snapshot_free(s);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(fault_allocations(make_and_free, NULL) > 30);
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
        cmocka_unit_test(lines_are_those_of_a_search),
        cmocka_unit_test(visits_are_those_of_a_search),
        cmocka_unit_test(first_orders_leave_cancelled_ones_out),
        cmocka_unit_test(a_shop_without_sales_has_no_lines),
        cmocka_unit_test(every_wrong_element_is_refused),
        cmocka_unit_test(what_does_not_hold_is_told),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
