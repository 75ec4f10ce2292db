/* The scatter plot: well-formed whatever texts hold, marks by size of group, photos that do not cover each other. */
#include "fault.h"

#include <math.h>

#include "base/buf.h"
#include "report/scatter.h"

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

static vt_scatter small(const vt_scatter_point *points, size_t n, const vt_str *groups, size_t n_groups)
{
    return (vt_scatter){.title = "a title",
                        .x_axis = "across",
                        .y_axis = "up",
                        .groups_name = "category",
                        .points = points,
                        .n = n,
                        .groups = groups,
                        .n_groups = n_groups};
}

static void texts_are_made_harmless(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    const vt_str groups[] = {vt_str_of("<b>\"R&D\"</b>")};
    const vt_scatter_point points[] = {{0, 0, 0, vt_str_of("a<script>"), vt_str_of("bell \a, cut \xC3")},
                                       {1, 2, -1, vt_str_of("b"), {NULL, 0}}};
    vt_scatter s = small(points, 2, groups, 1);
    s.title = "2 < 3 & 4";
    check_ok(vt_scatter_draw(&out, &s, &err));
    assert_int_equal(count(out.data, "<script"), 0);
    assert_int_equal(count(out.data, "<b>"), 0);
    assert_non_null(strstr(out.data, "2 &lt; 3 &amp; 4"));
    assert_non_null(strstr(out.data, "<title>a&lt;script&gt;: bell \xEF\xBF\xBD, cut \xEF\xBF\xBD\n"
                                     "&lt;b&gt;&quot;R&amp;D&quot;&lt;/b&gt;</title>"));
    assert_int_equal(count(out.data, "<circle"), 2 + 2); /* and those of the legend */
    assert_non_null(strstr(out.data, ">none "));
    vt_buf_done(&out);
}

/* 16 groups of 20, 19 ... 5 points: two of them have no mark of their own and are 6 + 5 others. */
static void the_largest_groups_have_marks(void **state)
{
    (void)state;
    enum { GROUPS = 16, N = 20 * GROUPS };
    vt_error err = VT_ERROR_INIT;
    static vt_scatter_point points[N];
    static char names[GROUPS][8];
    vt_str groups[GROUPS];
    size_t n = 0;
    for (int g = 0; g < GROUPS; g++) {
        snprintf(names[g], sizeof names[g], "g%d", g);
        groups[g] = vt_str_of(names[g]);
        for (int i = 0; i < 20 - g; i++) {
            points[n++] = (vt_scatter_point){(float)g, (float)i, g, vt_str_of("id"), {NULL, 0}};
        }
    }
    vt_buf out, again;
    vt_buf_init(&out, 1 << 20);
    vt_buf_init(&again, 1 << 20);
    vt_scatter s = small(points, n, groups, GROUPS);
    check_ok(vt_scatter_draw(&out, &s, &err));
    check_ok(vt_scatter_draw(&again, &s, &err));
    assert_int_equal(out.len, again.len);
    assert_memory_equal(out.data, again.data, out.len);
    assert_non_null(strstr(out.data, ">g0 <tspan fill=\"#595959\">20<"));
    assert_non_null(strstr(out.data, ">g13 <tspan fill=\"#595959\">7<"));
    assert_null(strstr(out.data, ">g14 "));
    assert_non_null(strstr(out.data, ">others <tspan fill=\"#595959\">11<"));
    assert_int_equal(count(out.data, "<title>"), n);
    vt_buf_done(&out);
    vt_buf_done(&again);
}

static int any_photo(void *context, size_t point, vt_buf *jpeg, vt_error *err)
{
    (*(size_t *)context)++;
    return point % 5 == 4 ? VT_OK : vt_buf_add(jpeg, "JPEG", 4, err); /* every fifth has none */
}

/* 900 points on a grid of 30 by 30: far more than there is room for. */
static void photos_stand_where_there_is_room(void **state)
{
    (void)state;
    enum { N = 900 };
    vt_error err = VT_ERROR_INIT;
    static vt_scatter_point points[N];
    for (int i = 0; i < N; i++) {
        points[i] = (vt_scatter_point){(float)(i % 30), (float)(i / 30), -1, vt_str_of("id"), {NULL, 0}};
    }
    size_t requested = 0;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    vt_scatter s = small(points, N, NULL, 0);
    s.photo = any_photo;
    s.photo_context = &requested;
    check_ok(vt_scatter_draw(&out, &s, &err));
    size_t photos = count(out.data, "base64,SlBFRw==\"");
    assert_in_range(photos, 60, 300);
    assert_true(requested < 500);
    assert_int_equal(count(out.data, "<title>"), N); /* each point once, as a photo or as a dot */
    double x[300], y[300];
    size_t n = 0;
    for (const char *at = strstr(out.data, "<image "); at != NULL; at = strstr(at + 1, "<image ")) {
        x[n] = strtod(strstr(at, " x=\"") + 4, NULL);
        y[n] = strtod(strstr(at, " y=\"") + 4, NULL);
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs(x[i] - x[n]) >= VT_SCATTER_PHOTO_SIDE || fabs(y[i] - y[n]) >= VT_SCATTER_PHOTO_SIDE);
        }
        n++;
    }
    assert_int_equal(n, photos);
    vt_buf_done(&out);
}

/* Four points in one place and one far away: the photo on the four says that it covers three. */
static void a_photo_says_what_it_covers(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    const vt_scatter_point points[] = {{0, 0, -1, vt_str_of("a"), {NULL, 0}},
                                       {0, 0, -1, vt_str_of("b"), {NULL, 0}},
                                       {0, 0, -1, vt_str_of("c"), {NULL, 0}},
                                       {0, 0, -1, vt_str_of("d"), {NULL, 0}},
                                       {9, 9, -1, vt_str_of("e"), {NULL, 0}}};
    size_t requested = 0;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    vt_scatter s = small(points, 5, NULL, 0);
    s.photo = any_photo;
    s.photo_context = &requested;
    check_ok(vt_scatter_draw(&out, &s, &err));
    assert_int_equal(count(out.data, "class=\"more\""), 1);
    assert_int_equal(count(out.data, ">+3</text>"), 1);
    vt_buf_done(&out);
}

/* No points, one, and all in one place: finite numbers in the file. */
static void degenerate_sets_are_drawn(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    const vt_scatter_point points[] = {{3, 3, -1, vt_str_of("a"), {NULL, 0}}, {3, 3, -1, vt_str_of("b"), {NULL, 0}}};
    for (size_t n = 0; n <= 2; n++) {
        vt_buf out;
        vt_buf_init(&out, 1 << 20);
        vt_scatter s = small(points, n, NULL, 0);
        check_ok(vt_scatter_draw(&out, &s, &err));
        assert_null(strstr(out.data, "nan"));
        assert_null(strstr(out.data, "inf"));
        assert_int_equal(count(out.data, "<title>"), n);
        vt_buf_done(&out);
    }
}

static int draw_one(void *context, vt_error *err)
{
    size_t requested = 0;
    const vt_str groups[] = {vt_str_of("tea")};
    const vt_scatter_point points[] = {{0, 0, 0, vt_str_of("a"), {NULL, 0}}, {1, 1, -1, vt_str_of("b"), {NULL, 0}}};
    vt_scatter s = small(points, 2, groups, 1);
    vt_buf out;
    (void)context;
    s.photo = any_photo;
    s.photo_context = &requested;
    vt_buf_init(&out, 1 << 20);
    int status = vt_scatter_draw(&out, &s, err);
    vt_buf_done(&out);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(fault_allocations(draw_one, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_made_harmless),          cmocka_unit_test(the_largest_groups_have_marks),
        cmocka_unit_test(photos_stand_where_there_is_room), cmocka_unit_test(a_photo_says_what_it_covers),
        cmocka_unit_test(degenerate_sets_are_drawn),        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
