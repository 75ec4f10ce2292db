/* How alike items are: cosines by hand, what counts without them, and what is missing. */
#include "tea_shop.h"

#include "base/alloc.h"
#include "fault.h"
#include "recommend/likeness.h"

enum { BARE, BLACK, CUP, GONE, GREEN, LATER, MINT, POT };

/* Vectors by hand under the ids of the rows; not from a file. */
typedef struct hand {
    vt_item_vectors vectors;
    float data[16];
    int64_t offset[9];
    char text[64];
} hand;

static void hand_init(hand *h, const char *const *ids, const float *data, size_t n)
{
    *h = (hand){0};
    for (size_t i = 0; i < n; i++) {
        strncat(h->text, ids[i], sizeof h->text - strlen(h->text) - 1);
        h->offset[i + 1] = (int64_t)strlen(h->text);
    }
    memcpy(h->data, data, n * 2 * sizeof *data);
    h->vectors = (vt_item_vectors){
        .n = (int32_t)n, .d = 2, .data = h->data, .ids = {(int32_t)n, h->offset, h->text}, .encoder = "", .hash = ""};
}

static void near(float value, double expected)
{
    if (fabs((double)value - expected) > 1e-6) {
        fail_msg("%.7f instead of %.7f", (double)value, expected);
    }
}

static void by_hand(void **state)
{
    tea_shop tea;
    vt_view *c = NULL;
    vt_like_rows *of_text = NULL, *of_image = NULL;
    vt_error err = VT_ERROR_INIT;
    hand text, image;
    const char *const texts[] = {"black", "cup", "green"};
    const char *const images[] = {"black", "green", "pot"};
    const float text_data[] = {1, 0, -1, 0, 0.6F, 0.8F};
    const float image_data[] = {0, 1, 0, 1, 1, 0};
    (void)state;
    hand_init(&text, texts, text_data, 3);
    hand_init(&image, images, image_data, 3);
    tea_shop_init(&tea, NULL);
    check_ok(vt_view_of_snapshot(&c, tea.snapshot, &err));
    /* without vectors: shared levels of the longer path and the brand */
    near(vt_like_attributes(c, BLACK, GREEN), 0.75 * 0.5 + 0.25); /* Tea & Coffee > ..., Hillmist */
    near(vt_like_attributes(c, GONE, GREEN), 1);
    near(vt_like_attributes(c, LATER, GREEN), 0.75 * 0.5); /* one level of two, another brand */
    near(vt_like_attributes(c, POT, GREEN), 0);
    near(vt_like_attributes(c, BARE, BARE), 0); /* nothing is known of it */
    check_ok(vt_like_rows_create(&of_text, c, &text.vectors, &err));
    check_ok(vt_like_rows_create(&of_image, c, &image.vectors, &err));
    const vt_likeness likeness = {c, of_text, of_image, NULL};
    near(vt_like(&likeness, BLACK, GREEN), (0.6 + 1) / 2);
    near(vt_like(&likeness, GREEN, BLACK), (0.6 + 1) / 2);
    near(vt_like(&likeness, BLACK, CUP), 0);  /* a cosine of -1 */
    near(vt_like(&likeness, GREEN, POT), 0);  /* photos alone */
    near(vt_like(&likeness, CUP, POT), 0);    /* no kind in common: attributes */
    near(vt_like(&likeness, GONE, GREEN), 1); /* likewise */
    vt_like_rows_release(of_text);
    vt_like_rows_release(of_image);
    vt_view_of_snapshot_free(c);
    tea_shop_done(&tea);
}

/* Vectors that are left in files, more of them than the cache has slots. */
enum { MANY = 5000, SHORT = 3, POOL = 500, CHOSEN = 10 };

typedef struct left {
    vt_item_vectors vectors; /* first */
    float data[MANY * SHORT];
    size_t copied;
} left;

static const float *row_left(const vt_item_vectors *vectors, int32_t i, float *room)
{
    left *l = (left *)(uintptr_t)vectors;
    const float *row = l->data + (size_t)i * SHORT;
    if (room == NULL || i % 100 == 7) { /* some are in memory: means of several photos */
        return row;
    }
    l->copied++;
    return memcpy(room, row, SHORT * sizeof *row);
}

static void read_once(void **state)
{
    static left l;
    vt_error err = VT_ERROR_INIT;
    vt_like_cache *cache = NULL;
    vt_like_rows *rows = vt_alloc(1, sizeof *rows + MANY * sizeof *rows->row, NULL);
    (void)state;
    assert_non_null(rows);
    l.vectors = (vt_item_vectors){.n = MANY, .d = SHORT, .row = row_left};
    rows->vectors = &l.vectors;
    rows->n_items = MANY;
    for (int32_t i = 0; i < MANY; i++) {
        rows->row[i] = MANY - 1 - i;
        for (size_t k = 0; k < SHORT; k++) {
            l.data[i * SHORT + (int32_t)k] = (float)((i * 31 + (int32_t)k * 17) % 23) / 40;
        }
    }
    check_ok(vt_like_cache_create(&cache, &err));
    const vt_likeness plain = {NULL, rows, rows, NULL}, cached = {NULL, rows, rows, cache};
    for (int32_t b = 0; b < CHOSEN; b++) {
        for (int32_t a = 0; a < POOL; a++) {
            assert_float_equal(vt_like(&cached, 3 * a, b), vt_like(&plain, 3 * a, b), 0);
        }
    }
    assert_in_range(l.copied, 2 * (POOL + CHOSEN) * 9 / 10, 2 * (3 * POOL + CHOSEN)); /* of 10,000 comparisons */
    for (int32_t i = 0; i < 4 * MANY; i++) {
        int32_t a = i * 7919 % MANY, b = i * 104729 % MANY;
        vt_alloc_fail_after(i % 3 == 0 ? 0 : -1);
        assert_float_equal(vt_like(&cached, a, b), vt_like(&plain, a, b), 0);
    }
    vt_alloc_fail_after(-1);
    vt_like_cache_free(cache);
    vt_free(rows);
}

static int make_cache(void *context, vt_error *err)
{
    vt_like_cache *cache = NULL;
    (void)context;
    int status = vt_like_cache_create(&cache, err);
    vt_like_cache_free(cache);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(make_cache, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(read_once),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
