/* Sessions: one use of a first token, how long they last, whom a full table ends. */
#include "fault.h"

#include <string.h>

#include "serve/sessions.h"

enum { NOW = 1790000000 };

static vt_sessions *make(void)
{
    vt_sessions *s = NULL;
    assert_int_equal(vt_sessions_create(&s, NULL), VT_OK);
    return s;
}

static void test_first_token(void **state)
{
    char token[VT_SESSION_BYTES], second[VT_SESSION_BYTES], key[VT_KEY_ID_BYTES];
    vt_sessions *s = make();
    (void)state;
    assert_false(vt_sessions_use_first(s, "", NOW)); /* before there is one */
    vt_sessions_make_first(s, token, NOW);
    assert_false(vt_sessions_find(s, key, token, NOW)); /* it is no session */
    assert_false(vt_sessions_use_first(s, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NOW));
    assert_true(vt_sessions_use_first(s, token, NOW + VT_FIRST_TOKEN_SECONDS - 1));
    assert_false(vt_sessions_use_first(s, token, NOW));
    vt_sessions_make_first(s, token, NOW);
    assert_false(vt_sessions_use_first(s, token, NOW + VT_FIRST_TOKEN_SECONDS));
    vt_sessions_make_first(s, second, NOW);
    assert_false(vt_sessions_use_first(s, token, NOW)); /* replaced */
    assert_true(vt_sessions_use_first(s, second, NOW));
    vt_sessions_free(s);
}

static void test_ends(void **state)
{
    char token[VT_SESSION_BYTES], key[VT_KEY_ID_BYTES] = "";
    vt_sessions *s = make();
    (void)state;
    assert_false(vt_sessions_find(s, key, "", NOW)); /* an empty place is no session */
    vt_sessions_begin(s, token, "k1", NOW);
    assert_int_equal(strlen(token), VT_SESSION_BYTES - 1);
    assert_true(vt_sessions_find(s, key, token, NOW + VT_SESSION_IDLE_SECONDS - 1));
    assert_string_equal(key, "k1");
    assert_false(vt_sessions_find(s, key, token, NOW + 2 * VT_SESSION_IDLE_SECONDS)); /* silent for too long */
    vt_sessions_begin(s, token, "k2", NOW);
    for (int64_t at = NOW; at < NOW + VT_SESSION_SECONDS; at += VT_SESSION_IDLE_SECONDS / 2) {
        assert_true(vt_sessions_find(s, key, token, at));
    }
    assert_false(vt_sessions_find(s, key, token, NOW + VT_SESSION_SECONDS)); /* busy to the end */
    vt_sessions_begin(s, token, "", NOW);
    vt_sessions_end(s, token);
    vt_sessions_end(s, "nobody's");
    assert_false(vt_sessions_find(s, key, token, NOW));
    vt_sessions_free(s);
}

static void test_full(void **state)
{
    char idle[VT_SESSION_BYTES], busy[VT_SESSION_BYTES], token[VT_SESSION_BYTES], key[VT_KEY_ID_BYTES];
    vt_sessions *s = make();
    (void)state;
    vt_sessions_begin(s, busy, "busy", NOW);
    vt_sessions_begin(s, idle, "idle", NOW + 1);
    for (int64_t i = 2; i <= VT_SESSIONS_MAX; i++) { /* one more than there are places */
        assert_true(vt_sessions_find(s, key, busy, NOW + i));
        vt_sessions_begin(s, token, "more", NOW + i);
    }
    assert_true(vt_sessions_find(s, key, busy, NOW + VT_SESSIONS_MAX));
    assert_true(vt_sessions_find(s, key, token, NOW + VT_SESSIONS_MAX));
    assert_false(vt_sessions_find(s, key, idle, NOW + VT_SESSIONS_MAX));
    vt_sessions_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_token), cmocka_unit_test(test_ends),
                                       cmocka_unit_test(test_full)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
