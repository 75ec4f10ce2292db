/* Which addresses are public, and what tells a whole photo. */
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "import/fetch_guard.h"
#include "import/photo_bytes.h"

static bool is_public(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    char back[64];
    bool four = inet_pton(AF_INET, text, &in.sin_addr) == 1;
    if (!four && inet_pton(AF_INET6, text, &in6.sin6_addr) != 1) {
        fail_msg("%s is no address", text);
    }
    const struct sockaddr *address = four ? (const struct sockaddr *)&in : (const struct sockaddr *)&in6;
    socklen_t len = four ? sizeof in : sizeof in6;
    vt_address_text(back, sizeof back, address, len);
    assert_string_equal(back, text);
    assert_false(vt_address_public(address, len - 1)); /* a cut one is none */
    return vt_address_public(address, len);
}

/* First and last address of each closed range, and its neighbours outside. */
static void closed_ranges_are_closed_to_their_edges(void **state)
{
    (void)state;
    static const char *const closed[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.0",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.0.0",
                                         "169.254.169.254",
                                         "169.254.255.255",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.0",
                                         "192.0.0.255",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.0",
                                         "192.168.255.255",
                                         "198.18.0.0",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.7",
                                         "224.0.0.0",
                                         "239.255.255.255",
                                         "240.0.0.0",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.1.2.3",
                                         "::ffff:192.168.1.1",
                                         "64:ff9b::7f00:1",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:1ff:ffff::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::",
                                         "2002:c0a8:101::1",
                                         "3fff::1",
                                         "3fff:fff::1",
                                         "4000::1",
                                         "fc00::1",
                                         "fd12:3456::1",
                                         "fe80::1",
                                         "febf::1",
                                         "fec0::1",
                                         "ff02::1",
                                         "::127.0.0.1"};
    static const char *const open[] = {"1.0.0.0",          "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
                                       "100.128.0.0",      "126.255.255.255", "128.0.0.0",        "169.253.255.255",
                                       "169.255.0.0",      "172.15.255.255",  "172.32.0.0",       "192.0.1.0",
                                       "192.0.3.0",        "192.88.98.255",   "192.167.255.255",  "192.169.0.0",
                                       "198.17.255.255",   "198.20.0.0",      "198.51.101.0",     "203.0.112.255",
                                       "203.0.114.0",      "223.255.255.255", "2000::1",          "2001:200::1",
                                       "2001:db7:ffff::1", "2001:db9::1",     "2606:4700::1111",  "3ffe:ffff::1",
                                       "3fff:1000::1",     "::ffff:8.8.8.8",  "64:ff9b::808:808", "2002:808:808::1"};
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++) {
        if (is_public(closed[i])) {
            fail_msg("%s passes for public", closed[i]);
        }
    }
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        if (!is_public(open[i])) {
            fail_msg("%s is refused", open[i]);
        }
    }
}

static void other_families_are_not_public(void **state)
{
    (void)state;
    struct sockaddr_storage other = {.ss_family = AF_UNIX};
    char text[64];
    assert_false(vt_address_public((const struct sockaddr *)&other, sizeof other));
    vt_address_text(text, sizeof text, (const struct sockaddr *)&other, sizeof other);
    assert_string_equal(text, "?");
}

static void check_photo(const char *bytes, size_t len, const char *suffix)
{
    const unsigned char *b = (const unsigned char *)bytes;
    for (size_t cut = 0; cut <= len; cut++) {
        const char *got = vt_photo_suffix(b, cut);
        assert_true(got == NULL || strcmp(got, suffix) == 0);
        if (vt_photo_complete(b, cut) != (cut == len)) {
            fail_msg("%s: %zu of %zu bytes", suffix, cut, len);
        }
    }
    assert_string_equal(vt_photo_suffix(b, len), suffix);
}

static void a_photo_is_whole_or_not(void **state)
{
    (void)state;
    static const char jpeg[] = "\xFF\xD8\xFF\xE1 a photo \xFF\xD9";
    static const char thumbnail[] = "\xFF\xD8\xFF\xE1 small \xFF\xD9 and then the photo itself, cut of";
    static const char png[] = "\x89PNG\r\n\x1A\n....IHDR............IEND";
    static const char webp[] = "RIFF\x0C\0\0\0WEBPVP8 ....";
    check_photo(jpeg, sizeof jpeg - 1, "jpg");
    check_photo(png, sizeof png - 1, "png");
    check_photo(webp, sizeof webp - 1, "webp");
    assert_false(vt_photo_complete((const unsigned char *)thumbnail, sizeof thumbnail - 1));
    assert_null(vt_photo_suffix((const unsigned char *)"GIF89a and more", 15));
    assert_false(vt_photo_complete((const unsigned char *)"<html>", 6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_ranges_are_closed_to_their_edges),
        cmocka_unit_test(other_families_are_not_public),
        cmocka_unit_test(a_photo_is_whole_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
