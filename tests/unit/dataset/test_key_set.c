/* The set of keys: what was added is found, what was not is new, through many growings. */
#include "check.h"

#include "dataset/key_set.h"

static void key_of(unsigned char key[VT_KEY_SET_BYTES], uint64_t number)
{
    uint64_t words[2] = {number * UINT64_C(0x9E3779B97F4A7C15), number};
    memcpy(key, words, sizeof words);
}

static void each_key_is_fresh_once(void **state)
{
    (void)state;
    enum { KEYS = 20000 };
    vt_key_set set = {0};
    vt_error err = VT_ERROR_INIT;
    for (int pass = 0; pass < 2; pass++) {
        for (uint64_t i = 0; i < KEYS; i++) { /* the first is the key of noughts */
            unsigned char key[VT_KEY_SET_BYTES];
            bool fresh = false;
            key_of(key, i);
            check_ok(vt_key_set_add(&set, key, &fresh, &err));
            assert_true(fresh == (pass == 0));
        }
    }
    vt_key_set_done(&set);
}

/* Keys that would all lie in one slot are still told apart. */
static void keys_of_one_slot_are_apart(void **state)
{
    (void)state;
    vt_key_set set = {0};
    vt_error err = VT_ERROR_INIT;
    for (uint64_t i = 1; i < 200; i++) {
        uint64_t words[2] = {7, i};
        unsigned char key[VT_KEY_SET_BYTES];
        bool fresh = false;
        memcpy(key, words, sizeof words);
        check_ok(vt_key_set_add(&set, key, &fresh, &err));
        assert_true(fresh);
        check_ok(vt_key_set_add(&set, key, &fresh, &err));
        assert_false(fresh);
    }
    vt_key_set_done(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_key_is_fresh_once),
        cmocka_unit_test(keys_of_one_slot_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
