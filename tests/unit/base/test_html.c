/* Tags and entities at the begin of a text: how many bytes they have and what they say. */
#include "check.h"

#include "base/html.h"

static void check_tag(const char *text, size_t bytes, const char *name, bool closing, bool block)
{
    vt_html_tag tag;
    assert_int_equal(vt_html_read_tag(&tag, vt_str_of(text)), bytes);
    assert_true(vt_str_equal(tag.name, vt_str_of(name)));
    assert_int_equal(tag.closing, closing);
    assert_int_equal(tag.block, block);
}

static void tags_have_names(void **state)
{
    (void)state;
    check_tag("<b>x", 3, "b", false, false);
    check_tag("</P >x", 5, "P", true, true);
    check_tag("<br/>", 5, "br", false, true);
    check_tag("<li class=\"a\">x>", 14, "li", false, true);
    check_tag("<!-- <p> -> -->x", 15, "!--", false, false);
    check_tag("<!DOCTYPE html>x", 15, "!", false, false);
}

static void what_is_no_tag_has_no_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {"<", "<>", "< b>", "<3>", "<b", "<!-- no end >", "</ b>"};
    vt_html_tag tag;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(vt_html_read_tag(&tag, vt_str_of(texts[i])), 0);
    }
}

static uint32_t entity(const char *text, size_t bytes)
{
    uint32_t code = 0;
    assert_int_equal(vt_html_read_entity(&code, vt_str_of(text)), bytes);
    return code;
}

static void entities_have_codes(void **state)
{
    (void)state;
    assert_int_equal(entity("&amp;x", 5), '&');
    assert_int_equal(entity("&nbsp;", 6), 0xA0);
    assert_int_equal(entity("&times;", 7), 0xD7);
    assert_int_equal(entity("&Egrave;", 8), 0xC8);
    assert_int_equal(entity("&yuml;", 6), 0xFF);
    assert_int_equal(entity("&hellip;", 8), 0x2026);
    assert_int_equal(entity("&#39;", 5), '\'');
    assert_int_equal(entity("&#x1f375;", 9), 0x1F375);
    assert_int_equal(entity("&#128;", 6), 0x20AC);
    assert_int_equal(entity("&#x9F;", 6), 0x178);
}

static void what_is_no_entity_has_no_bytes(void **state)
{
    (void)state;
    static const char *const texts[] = {"&",    "&;",    "&amp",   "&Amp;",      "&#;",    "&#0;",
                                        "&#x;", "&#3a;", "&#129;", "&#x110000;", "& amp;", "&nothingsuch;"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(entity(texts[i], 0), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_have_names),
        cmocka_unit_test(what_is_no_tag_has_no_bytes),
        cmocka_unit_test(entities_have_codes),
        cmocka_unit_test(what_is_no_entity_has_no_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
