/* Formulas of metrics against tables worked by hand and against figures made with numpy (tests/golden/metrics.py). */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/file.h"
#include "eval/metrics.h"
#include "fault.h"

#define NEAR 1e-12

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= NEAR)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

static void check_list(const char *marks, size_t relevant, size_t k, const double expected[VT_LIST_METRICS])
{
    vt_discounts discounts;
    vt_error err = VT_ERROR_INIT;
    uint8_t hit[64];
    double value[VT_LIST_METRICS];
    size_t n = strlen(marks);
    for (size_t i = 0; i < n; i++) {
        hit[i] = marks[i] == '1';
    }
    check_ok(vt_discounts_init(&discounts, k, &err));
    vt_list_metrics(value, &discounts, hit, n, relevant, k);
    for (size_t m = 0; m < VT_LIST_METRICS; m++) {
        if (!(fabs(value[m] - expected[m]) <= NEAR)) {
            fail_msg("%s of \"%s\" at %zu with %zu relevant is %.15g, not %.15g", vt_metrics()[m].name, marks, k,
                     relevant, value[m], expected[m]);
        }
    }
    vt_discounts_done(&discounts);
}

/* Positions 1 to 4 weigh 1, 1/log2(3) = .63093, 1/2 and 1/log2(5) = .43068. */
static void lists_by_hand(void **state)
{
    (void)state;
    const double second = 1 / log2(3);
    /* hits at 1 and 3 of 4, 3 relevant: ideal 1 + .63 + .5; MAP (1/1 + 2/3) / 3 */
    check_list("1010", 3, 4, (double[]){0.5, 2.0 / 3, 1, 1.5 / (1.5 + second), (1 + 2.0 / 3) / 3, 1});
    /* the same list cut at 2: ideal 1 + .63, MAP 1 / min(2, 3) */
    check_list("1010", 3, 2, (double[]){0.5, 1.0 / 3, 1, 1 / (1 + second), 0.5, 1});
    /* hit at 4 only, one relevant */
    check_list("0001", 1, 4, (double[]){0.25, 1, 1, 1 / log2(5), 0.25, 0.25});
    /* a hit behind the cut counts for nothing */
    check_list("0001", 1, 3, (double[]){0, 0, 0, 0, 0, 0});
    /* a short list is evaluated at K, not by its length */
    check_list("1", 1, 10, (double[]){0.1, 1, 1, 1, 1, 1});
    check_list("", 2, 5, (double[]){0, 0, 0, 0, 0, 0});
    /* more relevant than K: a full list is perfect but for recall */
    check_list("11", 8, 2, (double[]){1, 0.25, 1, 1, 1, 1});
}

/* Candidates a b c d e, f is none. Training users 3, 1, 0, 0, 0 of 3; listings 4, 2, 0, 0, 2. */
static void exposure_by_hand(void **state)
{
    (void)state;
    const uint8_t allowed[] = {1, 1, 1, 1, 1, 0};
    const int64_t events[] = {5, 1, 0, 0, 0, 9};
    const int64_t users[] = {3, 1, 0, 0, 0, 3};
    const int64_t count[] = {4, 2, 0, 0, 2, 0};
    const vt_exposure exposure = {6, allowed, events, users, 3};
    double value[VT_METRICS];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_exposure_metrics(value, &exposure, count, &err));
    check_near(value[VT_METRIC_COVERAGE], 3.0 / 5);
    /* shares (3+1)/4, (1+1)/4, (0+1)/4: 0, 1 and 2 bits, weighed 4, 2, 2 */
    check_near(value[VT_METRIC_NOVELTY], (4 * 0 + 2 * 1 + 2 * 2) / 8.0);
    /* sorted 0 0 2 2 4, weights -4 -2 0 2 4: (4 + 16) / (5 x 8) */
    check_near(value[VT_METRIC_GINI], 20.0 / 40);
    /* two items with training events: a fifth, rounded up, is a alone */
    check_near(value[VT_METRIC_POPULARITY], 4.0 / 8);
}

static void nothing_listed_is_no_figure(void **state)
{
    (void)state;
    const uint8_t allowed[] = {1, 1};
    const int64_t none[] = {0, 0};
    const vt_exposure exposure = {2, allowed, none, none, 0};
    double value[VT_METRICS];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_exposure_metrics(value, &exposure, none, &err));
    check_near(value[VT_METRIC_COVERAGE], 0);
    assert_true(isnan(value[VT_METRIC_NOVELTY]));
    assert_true(isnan(value[VT_METRIC_GINI]));
    assert_true(isnan(value[VT_METRIC_POPULARITY]));
}

static void table_is_in_order(void **state)
{
    (void)state;
    const char *names[] = {"precision",
                           "recall",
                           "hr",
                           "ndcg",
                           "map",
                           "mrr",
                           "coverage",
                           "novelty",
                           "gini",
                           "popularity",
                           "diversity-category",
                           "diversity-text",
                           "diversity-image",
                           "calibration"};
    for (size_t m = 0; m < VT_METRICS; m++) {
        const vt_metric_info *info = &vt_metrics()[m];
        assert_string_equal(info->name, names[m]);
        assert_true(info->title[0] != '\0' && info->formula[0] != '\0');
        assert_int_equal(info->per_user, m < VT_LIST_METRICS || m > VT_METRIC_POPULARITY);
    }
    assert_int_equal(vt_metrics()[VT_METRIC_NDCG].good, 1);
    assert_int_equal(vt_metrics()[VT_METRIC_GINI].good, -1);
}

/* Cuts the next word off `*text`. */
static char *word(char **text)
{
    char *begin = *text + strspn(*text, " ");
    char *end = begin + strcspn(begin, " ");
    *text = *end == '\0' ? end : end + 1;
    *end = '\0';
    return begin;
}

static void golden_list(char *line)
{
    double expected[VT_LIST_METRICS];
    size_t k = strtoul(word(&line), NULL, 10);
    size_t relevant = strtoul(word(&line), NULL, 10);
    const char *marks = word(&line);
    for (size_t m = 0; m < VT_LIST_METRICS; m++) {
        expected[m] = strtod(word(&line), NULL);
    }
    check_list(strcmp(marks, "-") == 0 ? "" : marks, relevant, k, expected);
}

static void golden_exposure(char *line)
{
    uint8_t allowed[64];
    int64_t events[64];
    int64_t users[64];
    int64_t count[64];
    double value[VT_METRICS];
    vt_error err = VT_ERROR_INIT;
    int64_t n_users = strtoll(word(&line), NULL, 10);
    int32_t n = (int32_t)strtol(word(&line), NULL, 10);
    for (int32_t i = 0; i < n; i++) {
        char *cell = word(&line);
        allowed[i] = (uint8_t)strtol(cell, &cell, 10);
        events[i] = strtoll(cell + 1, &cell, 10);
        users[i] = strtoll(cell + 1, &cell, 10);
        count[i] = strtoll(cell + 1, &cell, 10);
    }
    check_ok(vt_exposure_metrics(value, &(vt_exposure){n, allowed, events, users, n_users}, count, &err));
    for (size_t m = VT_METRIC_COVERAGE; m < VT_METRICS; m++) {
        check_near(value[m], strtod(word(&line), NULL));
    }
}

static void golden(void **state)
{
    (void)state;
    char path[512];
    char *text = NULL;
    size_t size = 0;
    int lists = 0;
    int exposures = 0;
    vt_error err = VT_ERROR_INIT;
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/metrics.txt", source == NULL ? "." : source);
    check_ok(vt_file_read(&text, &size, path, (size_t)1 << 20, &err));
    for (char *next = text; *next != '\0';) {
        char *line = next;
        next += strcspn(next, "\n");
        next += *next == '\n' ? (*next = '\0', 1) : 0;
        const char *kind = word(&line);
        if (strcmp(kind, "list") == 0) {
            golden_list(line);
            lists++;
        } else {
            assert_string_equal(kind, "exposure");
            golden_exposure(line);
            exposures++;
        }
    }
    assert_int_equal(lists, 60);
    assert_int_equal(exposures, 5);
    vt_free(text);
}

static int all_formulas(void *context, vt_error *err)
{
    const uint8_t allowed[] = {1};
    const int64_t one[] = {1};
    double value[VT_METRICS];
    vt_discounts discounts;
    (void)context;
    int status = vt_discounts_init(&discounts, 3, err);
    if (status == VT_OK) {
        vt_discounts_done(&discounts);
        status = vt_exposure_metrics(value, &(vt_exposure){1, allowed, one, one, 1}, one, err);
    }
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(all_formulas, NULL), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_by_hand),
        cmocka_unit_test(exposure_by_hand),
        cmocka_unit_test(nothing_listed_is_no_figure),
        cmocka_unit_test(table_is_in_order),
        cmocka_unit_test(golden),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
