/* Texts of source files: repair, Latin-1, HTML, categories, handles, images, ages, money. */
#include "check.h"

#include "import/money.h"
#include "import/text.h"
#include "import/words.h"

static vt_buf buf;

static const char *repaired(const char *text, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_text_repair(&buf, (vt_str){text, len}, &err));
    return buf.data;
}

static const char *html(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_buf_add_text(&buf, "", &err));
    check_ok(vt_text_html(&buf, vt_str_of(text), &err));
    return buf.data;
}

static const char *category(const char *cell, bool commas)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_buf_add_text(&buf, "", &err));
    check_ok(vt_text_category(&buf, vt_str_of(cell), commas, &err));
    return buf.data;
}

static const char *handle(const char *title)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_text_handle(&buf, vt_str_of(title), &err));
    return buf.data;
}

static void repair_replaces_what_is_no_utf8(void **state)
{
    (void)state;
    assert_string_equal(repaired("Caf\xC3\xA9", 5), "Caf\xC3\xA9");
    assert_string_equal(repaired("Caf\xE9", 4), "Caf\xEF\xBF\xBD");
    assert_string_equal(repaired("a\0b", 3), "a\xEF\xBF\xBD"
                                             "b");
    assert_string_equal(repaired("\xF0\x9F\x98", 3), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(repaired("\xED\xA0\x80z", 4), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"); /* a surrogate */
}

static void html_becomes_text(void **state)
{
    (void)state;
    assert_string_equal(html("plain"), "plain");
    assert_string_equal(html("  two   words \n"), "two words");
    assert_string_equal(html("<p>One</p><p>Two<br/>Three</p>"), "One\nTwo\nThree");
    assert_string_equal(html("<b>bold</b>er"), "bolder");
    assert_string_equal(html("Tom &amp; Jerry&#39;s &quot;x&quot; &#x20AC;5&nbsp;only"),
                        "Tom & Jerry's \"x\" \xE2\x82\xAC"
                        "5 only");
    assert_string_equal(html("AT&T &bogus; &; &#0; & co"), "AT&T &bogus; &; &#0; & co");
    assert_string_equal(html("a < b and b > c"), "a < b and b > c");
    assert_string_equal(html("x <3 y"), "x <3 y");
    assert_string_equal(html("</span></span>"), "");
    assert_string_equal(html("<!-- note -->seen"), "seen");
    assert_string_equal(html("<a href=\"x\">link</a> &#1114112;"), "link &#1114112;"); /* past the last code point */
    assert_string_equal(html("&#55296;"), "\xEF\xBF\xBD");                             /* a surrogate */
}

static void categories_are_paths(void **state)
{
    (void)state;
    assert_string_equal(category("Men>Tops >  Hoodies", false), "Men > Tops > Hoodies");
    assert_string_equal(category("Men/Tops/Hoodies & Sweatshirts | Collections/Eco", false),
                        "Men > Tops > Hoodies & Sweatshirts");
    assert_string_equal(category("Audio/Video > Cables", false), "Audio/Video > Cables");
    assert_string_equal(category("Clothing > Hoodies, Sale", true), "Clothing > Hoodies");
    assert_string_equal(category("Salt, pepper", false), "Salt, pepper");
    assert_string_equal(category(" > > ", false), "");
    assert_string_equal(category("", false), "");
}

static void handles_are_slugs(void **state)
{
    (void)state;
    assert_string_equal(handle("Green Tea 100g"), "green-tea-100g");
    assert_string_equal(handle("  Women's  T-Shirt! "), "womens-t-shirt");
    assert_string_equal(handle("Caf\xC3\xA9 & Co."), "caf\xC3\xA9-co");
}

static void images_are_cut_apart(void **state)
{
    (void)state;
    vt_str out[VT_TEXT_IMAGES_MAX];
    assert_int_equal(vt_text_images(out, vt_str_of("a.jpg b.jpg|c.jpg,d.jpg")), 4);
    assert_true(vt_str_equal(out[3], vt_str_of("d.jpg")));
    /* commas belong to Amazon's addresses */
    assert_int_equal(
        vt_text_images(out, vt_str_of("https://x/I/3._SX38_SY50_CR,0,0,38,50_.jpg, https://x/b.jpg,https://x/c.jpg")),
        3);
    assert_true(vt_str_equal(out[0], vt_str_of("https://x/I/3._SX38_SY50_CR,0,0,38,50_.jpg")));
    assert_true(vt_str_equal(out[1], vt_str_of("https://x/b.jpg")));
    assert_int_equal(vt_text_images(out, vt_str_of(" , | ")), 0);
    assert_int_equal(vt_text_images(out, (vt_str){NULL, 0}), 0);
    char many[2 * VT_TEXT_IMAGES_MAX + 40];
    memset(many, 'a', sizeof many);
    for (size_t i = 1; i < sizeof many; i += 2) {
        many[i] = ' ';
    }
    assert_int_equal(vt_text_images(out, (vt_str){many, sizeof many}), VT_TEXT_IMAGES_MAX);
}

static void ages_have_bands(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"0", "0-17"},   {"17", "0-17"},  {"18", "18-24"}, {"24", "18-24"},
                                           {"25", "25-34"}, {"44", "35-44"}, {"54", "45-54"}, {"64", "55-64"},
                                           {"65", "65+"},   {"149", "65+"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(vt_text_age_band(vt_str_of(cases[i][0])), cases[i][1]);
    }
    assert_null(vt_text_age_band(vt_str_of("150")));
    assert_null(vt_text_age_band(vt_str_of("-1")));
    assert_null(vt_text_age_band(vt_str_of("old")));
}

static void nothing_has_many_names(void **state)
{
    (void)state;
    static const char *const nothing[] = {"",    " ", "N/A",          "n/a", "NA",  "null",     "None",
                                          "NaN", "-", "\xE2\x80\x94", "\\N", "NaT", "undefined"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        assert_true(vt_word_nothing(vt_str_of(nothing[i])));
    }
    assert_true(vt_word_nothing((vt_str){NULL, 0}));
    assert_false(vt_word_nothing(vt_str_of("0")));
    assert_false(vt_word_nothing(vt_str_of("Nancy")));
}

static void money_is_an_amount_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t minor;
        int digits;
    } good[] = {{"25", 2500, 2},
                {"$25.00", 2500, 2},
                {"$1,250.00", 125000, 2},
                {"12,50 EUR", 1250, 2},
                {"from 9.99", 999, 2},
                {"$5.00 - $10.00", 500, 2},
                {"0", 0, 2},
                {"1500", 1500, 0},
                {"1.234,56", 123456, 2},
                {" $7.99\n", 799, 2},
                {"1.5", 1500, 3},
                {"USD 3", 300, 2}};
    static const char *const bad[] = {"",
                                      "N/A",
                                      "free",
                                      ".a-box-inner{background-color:#fff}#alohaBuyBoxWidget .selected{width:5px}",
                                      ".a{width:5px}",
                                      "<b>5</b>",
                                      "-5.00",
                                      "5 for the price of three 10",
                                      "12:30",
                                      "12abc",
                                      "10 2",
                                      "(12.50)",
                                      "10.00-",
                                      "\xE2\x88\x92"
                                      "10.00",
                                      "99999999999999999999"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t minor = -1;
        vt_mark said = VT_MARK_NONE;
        if (!vt_money_read(&minor, &said, vt_str_of(good[i].text), good[i].digits, VT_MARK_NONE) ||
            minor != good[i].minor) {
            fail_msg("\"%s\" gives %lld", good[i].text, (long long)minor);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t minor = -1;
        vt_mark said = VT_MARK_NONE;
        if (vt_money_read(&minor, &said, vt_str_of(bad[i]), 2, VT_MARK_NONE) || minor != -1) {
            fail_msg("\"%s\" is read as %lld", bad[i], (long long)minor);
        }
    }
}

int main(void)
{
    vt_buf_init(&buf, 1 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repair_replaces_what_is_no_utf8),
        cmocka_unit_test(html_becomes_text),
        cmocka_unit_test(categories_are_paths),
        cmocka_unit_test(handles_are_slugs),
        cmocka_unit_test(images_are_cut_apart),
        cmocka_unit_test(ages_have_bands),
        cmocka_unit_test(nothing_has_many_names),
        cmocka_unit_test(money_is_an_amount_and_nothing_else),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vt_buf_done(&buf);
    return failed;
}
