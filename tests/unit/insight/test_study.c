/* The study of a set: sums, gaps and stock-outs on the way, the same numbers for any number of threads. */
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "insight/demand/study.h"

static char path[PATH_MAX];

/* Tea rises with a season, cups fall, spare parts are bought now and then; goods ran out in some months. */
static void write_file(size_t months)
{
    vt_buf text;
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(9, "study-test", 0, 0);
    vt_buf_init(&text, (size_t)1 << 20);
    check_ok(vt_buf_add_text(&text, "series,period,value,stockout\n", &err));
    for (size_t i = 0; i < months; i++) {
        double wave = sin(0.5235987755982988 * (double)i), z = vt_rng_normal(&rng);
        bool out = i % 10 == 9;
        double tea = floor(100.0 + 2.0 * (double)i + 30.0 * wave + 3.0 * z),
               cup = floor(150.0 - 2.0 * (double)i + 3.0 * z);
        check_ok(vt_buf_printf(&text, &err, "tea,%zu-%02zu,%g,0\ncup,%zu-%02zu,%g,%d\n", 2019 + i / 12, i % 12 + 1, tea,
                               2019 + i / 12, i % 12 + 1, out ? 40.0 : cup, out));
        if (i >= 5 && i % 7 != 3) { /* begins later, has gaps */
            check_ok(
                vt_buf_printf(&text, &err, "part,%zu-%02zu,%d,0\n", 2019 + i / 12, i % 12 + 1, i % 3 == 0 ? 4 : 0));
        }
    }
    check_ok(vt_file_put(path, text.data, text.len, false, &err));
    vt_buf_done(&text);
}

static vt_study *study_of(vt_series_set **set, int threads)
{
    vt_error err = VT_ERROR_INIT;
    vt_study *study = NULL;
    vt_study_request r = {
        .horizon = 6, .backtest = true, .service = 0.95, .lead_time = 2, .seed = 1, .threads = threads};
    check_ok(vt_series_file_read(set, path, &err));
    check_ok(vt_study_make(&study, *set, &r, &err));
    return study;
}

static void three_goods(void **state)
{
    (void)state;
    vt_series_set *set = NULL;
    write_file(60);
    vt_study *study = study_of(&set, 2);
    assert_int_equal(study->season, 12);
    assert_int_equal(study->n_series, 3);
    const vt_study_series *tea = &study->series[0], *cup = &study->series[1], *part = &study->series[2];
    const vt_study_series *total = &study->series[3];
    assert_true(tea->trend.slope > 1.5 && tea->discovery < 0.001);
    assert_true(cup->trend.slope < -1.5 && cup->discovery < 0.001);
    assert_true(part->discovery > 0.05);
    assert_true(strcmp(tea->demand.name, "smooth") == 0 && strcmp(part->demand.name, "intermittent") == 0);
    assert_int_equal(part->begin, 5);
    assert_true(study->filled > 5);
    assert_int_equal(cup->censored.cut_short, 6);
    assert_true(cup->censored.rate > cup->censored.sold_rate);
    for (size_t h = 0; h < 6; h++) {
        assert_true(total->mean[h] == tea->mean[h] + cup->mean[h] + part->mean[h]);
        double truth = 100.0 + 2.0 * (double)(60 + h) + 30.0 * sin(0.5235987755982988 * (double)(60 + h));
        assert_true(fabs(tea->mean[h] - truth) < 20.0);
        assert_true(tea->low[h] < tea->mean[h] && tea->mean[h] < tea->high[h] && part->low[h] >= 0.0);
    }
    assert_true(study->season_strength > 0.8);
    assert_true(tea->tested && tea->test[VT_STUDY_METHODS - 1].mase < tea->test[0].mase);
    assert_true(tea->stock.reorder_point > tea->stock.expected && tea->stock.order_up_to > tea->stock.reorder_point);
    vt_study_free(study);
    vt_series_set_free(set);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    vt_series_set *set[2] = {NULL, NULL};
    write_file(40);
    vt_study *study[2] = {study_of(&set[0], 1), study_of(&set[1], 3)};
    for (size_t i = 0; i < 4; i++) {
        const vt_study_series *a = &study[0]->series[i], *b = &study[1]->series[i];
        assert_memory_equal(a->mean, b->mean, 18 * sizeof *a->mean);
        assert_memory_equal(&a->stock, &b->stock, sizeof a->stock);
        assert_memory_equal(a->test, b->test, sizeof a->test);
    }
    for (int k = 0; k < 2; k++) {
        vt_study_free(study[k]);
        vt_series_set_free(set[k]);
    }
}

static void the_shortest_file(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_series_set *set = NULL;
    static const char *const files[] = {"t,x\n1,5\n", "t,x\n1,0\n2,0\n3,0\n", "t,x,z\n1,-5,2\n2,,1\n3,7,1\n"};
    for (size_t i = 0; i < 3; i++) {
        check_ok(vt_file_put(path, files[i], strlen(files[i]), false, &err));
        vt_study *study = study_of(&set, 1);
        const vt_study_series *total = &study->series[study->n_series];
        for (size_t h = 0; h < 6; h++) {
            assert_true(isfinite(total->mean[h]) && isfinite(total->low[h]) && isfinite(total->high[h]));
        }
        assert_true(i == 2 || total->mean[5] == (i == 0 ? 5.0 : 0.0));
        vt_study_free(study);
        vt_series_set_free(set);
    }
}

static int run(void *context, vt_error *err)
{
    vt_series_set *set = NULL;
    vt_study *study = NULL;
    (void)context;
    vt_study_request r = {.horizon = 2, .service = 0.9, .lead_time = 1, .threads = 1};
    int status = vt_series_file_read(&set, path, err);
    status = status == VT_OK ? vt_study_make(&study, set, &r, err) : status;
    vt_study_free(study);
    vt_series_set_free(set);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    static const char text[] = "t,a,b.stockouts\n1,1,1\n2,3,0\n3,1,0\n4,2,0\n";
    check_ok(vt_file_put(path, text, strlen(text), false, &err));
    assert_true(fault_allocations(run, NULL) > 15);
}

int main(void)
{
    scratch folder;
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s", scratch_path(&folder, "series.csv"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_goods),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(the_shortest_file),
        cmocka_unit_test(memory_runs_out),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
