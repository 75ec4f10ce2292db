/* How alike items are: cosines by hand, what counts without them, and what is missing. */
#include "tea_shop.h"

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
    const vt_likeness likeness = {c, of_text, of_image};
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
