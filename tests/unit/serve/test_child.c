/* A process of its own: what it wrote, how it ended, and that nobody waits for one that does not. */
#include "check.h"

#include <signal.h>
#include <unistd.h>

#include "fault.h"
#include "serve/child.h"

enum { OUT_MAX = 1000 };

static int run(vt_child *child, const char *script, int stop, vt_error *err)
{
    const char *const argv[] = {"/bin/sh", "-c", script, NULL};
    *child = (vt_child){.code = 99};
    vt_buf_init(&child->out, OUT_MAX);
    vt_buf_init(&child->errors, OUT_MAX);
    return vt_child_run(child, argv, stop, err);
}

static void done(vt_child *child)
{
    vt_buf_done(&child->out);
    vt_buf_done(&child->errors);
}

static void how_it_ends(void **state)
{
    (void)state;
    vt_child child;
    vt_error err = VT_ERROR_INIT;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    check_ok(run(&child, "echo out; echo wrong >&2; exit 3", ends[0], &err));
    assert_true(child.code == 3 && !child.stopped);
    assert_string_equal(child.out.data, "out\n");
    assert_string_equal(child.errors.data, "wrong\n");
    done(&child);
    check_ok(run(&child, "kill -9 $$", ends[0], &err));
    assert_true(child.code == -1 && !child.stopped);
    done(&child);
    check_ok(run(&child, "exec >&- 2>&-; exit 0", ends[0], &err)); /* closes both ends before it ends */
    assert_int_equal(child.code, 0);
    done(&child);
    check_ok(run(&child, "cat; echo $OPENBLAS_NUM_THREADS; ls /proc/self/fd | wc -l", ends[0], &err));
    assert_string_equal(child.out.data,
                        "1\n4\n"); /* nothing on stdin, none of our descriptors: 0, 1, 2 and the folder */
    done(&child);
    close(ends[0]);
    close(ends[1]);
}

/* It does not wait for us: what does not fit is dropped. */
static void more_than_is_kept(void **state)
{
    (void)state;
    vt_child child;
    vt_error err = VT_ERROR_INIT;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    check_ok(run(&child,
                 "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789 1>&2; i=$((i+1)); "
                 "done; echo end",
                 ends[0], &err));
    assert_int_equal(child.code, 0);
    assert_string_equal(child.out.data, "end\n");
    assert_true(child.errors.len <= OUT_MAX);
    done(&child);
    close(ends[0]);
    close(ends[1]);
}

static void one_that_is_stopped(void **state)
{
    (void)state;
    vt_child child;
    vt_error err = VT_ERROR_INIT;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[1]); /* as a server that ends */
    check_ok(run(&child, "trap 'echo bye; exit 0' TERM; while :; do sleep 0.05; done", ends[0], &err));
    assert_true(child.stopped);
    done(&child);
    close(ends[0]);
}

static void one_that_cannot_begin(void **state)
{
    (void)state;
    vt_child child = {.code = 0};
    vt_error err = VT_ERROR_INIT;
    const char *const argv[] = {"/nowhere/vitrine", NULL};
    vt_buf_init(&child.out, OUT_MAX);
    vt_buf_init(&child.errors, OUT_MAX);
    int status = vt_child_run(&child, argv, -1, &err);
    assert_true(status != VT_OK && strstr(err.message, "cannot begin /nowhere/vitrine") != NULL);
    done(&child);
}

static int run_once(void *context, vt_error *err)
{
    vt_child child;
    (void)context;
    int status = run(&child, "exit 0", -1, err);
    done(&child);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(fault_allocations(run_once, NULL) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_it_ends),         cmocka_unit_test(more_than_is_kept),
        cmocka_unit_test(one_that_is_stopped), cmocka_unit_test(one_that_cannot_begin),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
