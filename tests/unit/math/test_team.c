/* Teams: how many threads, and that waiting ones sleep. CPU time is measured, which other work leaves alone. */
#include "check.h"

#include <omp.h>
#include <time.h>
#include <unistd.h>

#include "base/pool.h"
#include "math/team.h"

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void counts_as_the_pool_does(void **state)
{
    (void)state;
    assert_int_equal(vt_team(3), 3);
    assert_int_equal(vt_team(0), vt_threads(0));
    assert_int_equal(vt_team(1 << 20), vt_threads(1 << 20));
}

/* Spinning as long as libgomp would by itself, the second thread alone takes some milliseconds after each loop. */
static void waiting_threads_sleep(void **state)
{
    (void)state;
    enum { LOOPS = 30, APART_US = 20000 };
    int threads = vt_team(2);
    int64_t sum = 0;
    double before = cpu_seconds();
    for (int i = 0; i < LOOPS; i++) {
#pragma omp parallel for num_threads(threads) reduction(+ : sum)
        for (int k = 0; k < 100; k++) {
            sum += k;
        }
        usleep(APART_US);
    }
    double used = cpu_seconds() - before;
    assert_int_equal(sum, (int64_t)LOOPS * 4950);
    if (used > 1e-3 * LOOPS) {
        fail_msg("%d short loops took %.1f ms of CPU time; %d ms would do", LOOPS, 1e3 * used, LOOPS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_as_the_pool_does),
        cmocka_unit_test(waiting_threads_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
