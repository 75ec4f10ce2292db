/* Hashes: published vectors of BLAKE2b, spread of the table hash, hexadecimal. */
#include "check.h"

#include "base/hash.h"

static void digest_is_blake2b(void **state)
{
    (void)state;
    vt_digest digest;
    unsigned char out[64];
    char hex[129];
    vt_digest_init(&digest, 64);
    vt_digest_add(&digest, "a", 1);
    vt_digest_add(&digest, "", 0);
    vt_digest_add(&digest, "bc", 2);
    vt_digest_done(&digest, out, 64);
    vt_hex(hex, out, 64);
    assert_string_equal(hex, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1" /* RFC 7693, A */
                             "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void repeatable_hash_spreads(void **state)
{
    (void)state;
    enum { KEYS = 1 << 16, SLOTS = 1 << 16 };
    static unsigned char slots[SLOTS];
    char key[32];
    int hit = 0;
    memset(slots, 0, sizeof slots);
    for (int i = 0; i < KEYS; i++) {
        int len = snprintf(key, sizeof key, "B%09d", i);
        size_t slot = vt_hash64(key, (size_t)len, 0) & (SLOTS - 1);
        hit += slots[slot] == 0;
        slots[slot] = 1;
    }
    /* As many as balls thrown at random: 1 - 1/e of the slots. */
    assert_in_range(hit, 41000, 41900);
}

static void keyed_hash_is_steady_and_tells_texts_apart(void **state)
{
    (void)state;
    assert_true(vt_hash_keyed("abc", 3) == vt_hash_keyed("abcd", 3));
    assert_true(vt_hash_keyed("abc", 3) != vt_hash_keyed("abd", 3));
    assert_true(vt_hash_keyed("abc", 3) != vt_hash_keyed("abc", 2));
    assert_true(vt_hash_keyed(NULL, 0) == vt_hash_keyed("", 0));
}

static void length_and_seed_count(void **state)
{
    (void)state;
    static const unsigned char zeros[40] = {0};
    for (size_t a = 0; a < sizeof zeros; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_true(vt_hash64(zeros, a, 0) != vt_hash64(zeros, b, 0));
        }
        assert_true(vt_hash64(zeros, a, 0) != vt_hash64(zeros, a, 1));
    }
    assert_true(vt_hash64("abcdefgh1", 9, 0) != vt_hash64("abcdefgh2", 9, 0));
    assert_true(vt_hash_mix(1, 2) != vt_hash_mix(2, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digest_is_blake2b),
        cmocka_unit_test(repeatable_hash_spreads),
        cmocka_unit_test(keyed_hash_is_steady_and_tells_texts_apart),
        cmocka_unit_test(length_and_seed_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
