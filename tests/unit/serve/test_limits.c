/* Buckets: who has called too often waits, and nobody else does. Rates are so small that no time passes in a test. */
#include "serve_fixture.h"

#include "serve/limits.h"

static vt_limits limits; /* too large for the stack */

static bool pass(fixture *f, const char *key, const char *client)
{
    vt_call_reset(f->call);
    snprintf(f->call->key, sizeof f->call->key, "%s", key);
    f->call->client = client;
    return vt_limits_pass(&limits, f->call);
}

static void who_comes_too_often_waits(void **state)
{
    fixture *f = *state;
    vt_limits_init(&limits, .001, 1);
    assert_true(pass(f, "", "10.0.0.1")); /* one at least, whatever the rate */
    assert_false(pass(f, "", "10.0.0.1"));
    assert_int_equal(f->call->reply.status, 429);
    const char *wait = header_of(f->call, "Retry-After");
    assert_non_null(wait);
    assert_true(strtol(wait, NULL, 10) > 900 && strtol(wait, NULL, 10) <= 1000);
    assert_non_null(strstr(f->call->reply.body.data, "\"code\":\"limited\""));
    assert_true(pass(f, "", "10.0.0.2"));
    assert_true(pass(f, "key", "10.0.0.1")); /* one that shows a key goes by the key */
    assert_false(pass(f, "key", "10.0.0.3"));
    vt_limits_done(&limits);
}

static void what_is_saved_up(void **state)
{
    fixture *f = *state;
    int passed = 0;
    vt_limits_init(&limits, 50, 100);
    for (int i = 0; i < 100; i++) {
        passed += pass(f, "", "10.0.0.1");
    }
    assert_int_equal(passed, 100);
    vt_limits_done(&limits);
}

static void no_limit(void **state)
{
    fixture *f = *state;
    vt_limits_init(&limits, 0, 2);
    for (int i = 0; i < 1000; i++) {
        assert_true(pass(f, "", "10.0.0.1"));
    }
    vt_limits_done(&limits);
}

/* Strangers take the places of those who were not seen for long; who goes on calling keeps waiting. */
static void a_flood_of_addresses(void **state)
{
    fixture *f = *state;
    vt_limits_init(&limits, .001, 1);
    assert_true(pass(f, "", "busy"));
    for (int i = 0; i < 20000; i++) {
        char client[16];
        snprintf(client, sizeof client, "c%d", i);
        (void)pass(f, "", client);
        if (i % 2 == 0) {
            assert_false(pass(f, "", "busy"));
        }
    }
    vt_limits_done(&limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_comes_too_often_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_saved_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_of_addresses, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
