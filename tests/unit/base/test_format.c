/* Numbers as a person reads them. */
#include "check.h"

#include <math.h>

#include "base/format.h"
#include "vitrine/record.h"

static void counts(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } cases[] = {{0, "0"},          {999, "999"},   {1000, "1,000"}, {1234567, "1,234,567"},
                 {-1000, "-1,000"}, {-999, "-999"}, {VT_NONE, "-"},  {INT64_MAX, "9,223,372,036,854,775,807"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        vt_format_count(text, cases[i].number);
        assert_string_equal(text, cases[i].text);
    }
}

static void money(void **state)
{
    (void)state;
    static const struct {
        int64_t minor;
        const char *currency;
        const char *text;
    } cases[] = {
        {1290, "EUR", "12.90 EUR"}, {5, "USD", "0.05 USD"},
        {-5, "USD", "-0.05 USD"},   {123456789, "USD", "1,234,567.89 USD"},
        {1200, "JPY", "1,200 JPY"}, {100, "", "1.00"},
        {VT_NONE, "USD", "-"},      {-123456, "EUR", "-1,234.56 EUR"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[48];
        vt_format_money(text, cases[i].minor, cases[i].currency);
        assert_string_equal(text, cases[i].text);
    }
}

static void sizes_and_times(void **state)
{
    (void)state;
    char text[32];
    vt_format_bytes(text, 1023);
    assert_string_equal(text, "1023 B");
    vt_format_bytes(text, 1536);
    assert_string_equal(text, "1.5 KiB");
    vt_format_bytes(text, (int64_t)5 << 40);
    assert_string_equal(text, "5.0 TiB");
    vt_format_duration(text, 0.034);
    assert_string_equal(text, "34 ms");
    vt_format_duration(text, 0.9996);
    assert_string_equal(text, "1.0 s");
    vt_format_duration(text, 59.96);
    assert_string_equal(text, "1 min 0 s");
    vt_format_duration(text, 125.2);
    assert_string_equal(text, "2 min 5 s");
    vt_format_real(text, NAN, 4);
    assert_string_equal(text, "-");
    vt_format_real(text, 0.05546, 4);
    assert_string_equal(text, "0.0555");
}

/* Cut behind a word, without what would lead on to the next; behind a character where the words are too long. */
static void names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        size_t size;
        const char *shown;
    } cases[] = {
        {"Green tea", 10, "Green tea"},
        {"Green tea leaves", 16, "Green tea\xE2\x80\xA6"},
        {"Green tea, loose", 16, "Green tea\xE2\x80\xA6"},
        {"Shoes for rain (blue)", 20, "Shoes for rain\xE2\x80\xA6"},
        {"Donaudampfschiff", 12, "Donaudam\xE2\x80\xA6"},
        {"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 9, "\xC3\xA4\xC3\xA4\xE2\x80\xA6"},
        {"", 8, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        vt_format_name(text, cases[i].size, vt_str_of(cases[i].name));
        assert_string_equal(text, cases[i].shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(money),
        cmocka_unit_test(sizes_and_times),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
