/* Time zones against the C library's own reading of the same files, and against files made by hand. */
#include "check.h"

#include <time.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/zone.h"
#include "scratch.h"
#include "vitrine/record.h"

static void utc_needs_no_file(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_zone *zone = NULL;
    setenv("TZDIR", "/nowhere", 1);
    check_ok(vt_zone_open(&zone, "UTC", &err));
    unsetenv("TZDIR");
    assert_string_equal(vt_zone_name(zone), "UTC");
    assert_int_equal(vt_zone_offset(zone, 1700000000), 0);
    assert_int_equal(vt_zone_day(zone, 86399), 0);
    assert_int_equal(vt_zone_day(zone, 86400), 1);
    assert_int_equal(vt_zone_day(zone, -1), -1);
    assert_int_equal(vt_zone_day(zone, -86400), -1);
    assert_int_equal(vt_zone_day(zone, -86401), -2);
    assert_true(vt_zone_day(zone, VT_NONE) == VT_NONE);
    vt_zone_close(zone);
    vt_zone_close(NULL);
}

/* From 1900 to 2400, with summer on either half of the globe, odd offsets, and rules that cross the new year. */
static void as_the_c_library_has_it(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin",     "America/New_York", "Australia/Sydney",
                                        "Asia/Kolkata",      "Asia/Kathmandu",   "America/Sao_Paulo",
                                        "Africa/Casablanca", "Europe/Dublin",    "America/St_Johns",
                                        "Pacific/Chatham",   "Etc/GMT+5",        "Antarctica/Troll"};
    vt_rng rng = vt_rng_at(3, "zones", 0, 0);
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_zone *zone = NULL;
        int status = vt_zone_open(&zone, names[i], &err);
        if (status == VT_ERR_NOT_FOUND) {
            continue;
        }
        check_ok(status);
        found++;
        setenv("TZ", names[i], 1);
        tzset();
        for (int k = 0; k < 20000; k++) {
            time_t when = (time_t)vt_rng_below(&rng, 15778800000U) - 2208988800;
            struct tm local;
            assert_non_null(localtime_r(&when, &local));
            if (vt_zone_offset(zone, when) != local.tm_gmtoff) {
                fail_msg("%s at %lld: %lld, the C library has %ld", names[i], (long long)when,
                         (long long)vt_zone_offset(zone, when), local.tm_gmtoff);
            }
        }
        vt_zone_close(zone);
    }
    unsetenv("TZ");
    tzset();
    print_message("%d zones\n", found);
    if (found == 0) {
        print_message("skipped: this system has no time zones\n");
        skip();
    }
}

static size_t add(unsigned char *out, size_t at, const void *bytes, size_t len)
{
    memcpy(out + at, bytes, len);
    return at + len;
}

/* The head of a block: `times` transitions, `types` kinds of local time, 4 bytes of names. */
static size_t add_head(unsigned char *out, size_t at, unsigned char times, unsigned char types)
{
    const unsigned char counts[24] = {[15] = times, [19] = types, [23] = 4};
    static const unsigned char reserved[15];
    at = add(out, at, "TZif2", 5);
    at = add(out, at, reserved, sizeof reserved);
    return add(out, at, counts, sizeof counts);
}

/* A file by hand: UTC until second 1000, one hour ahead from then on and for ever. */
static size_t make_file(unsigned char *out)
{
    static const unsigned char utc[6] = {0};
    static const unsigned char ahead[6] = {0, 0, 14, 16, 0, 0}; /* 3600 s */
    static const unsigned char at_1000[8] = {[6] = 3, [7] = 232};
    size_t at = add_head(out, 0, 0, 1);
    at = add(out, at, utc, sizeof utc);
    at = add(out, at, "UTC", 4);
    at = add_head(out, at, 1, 2);
    at = add(out, at, at_1000, sizeof at_1000);
    at = add(out, at, "\1", 1);
    at = add(out, at, utc, sizeof utc);
    at = add(out, at, ahead, sizeof ahead);
    at = add(out, at, "ABC", 4);
    return add(out, at, "\nABC-1\n", 7);
}

static void bad_names_and_files(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        "/etc/passwd",
                                        "../zone",
                                        "Nowhere/Else",
                                        "Europe/Ber lin",
                                        "A-name-that-is-far-too-long-for-any-time-zone-in-this-or-any-other-world"};
    vt_error err = VT_ERROR_INIT;
    vt_zone *zone = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(vt_zone_open(&zone, names[i], &err), VT_ERR_NOT_FOUND);
        assert_null(zone);
    }
    unsigned char good[256];
    size_t size = make_file(good);
    scratch dir;
    scratch_init(&dir);
    setenv("TZDIR", dir.dir, 1);
    scratch_write(&dir, "Zone", good, size);
    check_ok(vt_zone_open(&zone, "Zone", &err));
    assert_int_equal(vt_zone_offset(zone, 999), 0);
    assert_int_equal(vt_zone_offset(zone, 1000), 3600);
    assert_int_equal(vt_zone_offset(zone, 4000000000), 3600);
    vt_zone_close(zone);
    zone = NULL;
    for (size_t cut = 0; cut < size; cut++) {
        scratch_write(&dir, "Zone", good, cut);
        assert_int_equal(vt_zone_open(&zone, "Zone", &err), VT_ERR_FORMAT);
        assert_null(zone);
    }
    vt_rng rng = vt_rng_at(4, "damage", 0, 0);
    for (int i = 0; i < 3000; i++) { /* any bytes: an error or a zone, no harm */
        unsigned char bytes[256];
        memcpy(bytes, good, size);
        for (int k = 0; k < 3; k++) {
            bytes[vt_rng_below(&rng, size)] = (unsigned char)vt_rng_below(&rng, 256);
        }
        scratch_write(&dir, "Zone", bytes, size);
        if (vt_zone_open(&zone, "Zone", &err) == VT_OK) {
            vt_zone_offset(zone, 123456789);
            vt_zone_offset(zone, 100000000000);
            vt_zone_close(zone);
        }
        zone = NULL;
    }
    unsetenv("TZDIR");
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(utc_needs_no_file),
        cmocka_unit_test(as_the_c_library_has_it),
        cmocka_unit_test(bad_names_and_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
