/* Texts of pages as text, and what an item says of itself. Expected texts are written by hand. */
#include "check.h"

#include "fault.h"

#include "encode/clean.h"

static vt_buf buf;

static const char *clean_bytes(const char *text, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_buf_add_text(&buf, "", &err));
    check_ok(vt_text_clean(&buf, (vt_str){text, len}, &err));
    assert_int_equal(strlen(buf.data), buf.len);
    return buf.data;
}

static const char *clean(const char *text)
{
    return clean_bytes(text, strlen(text));
}

static const char *item_text(const char *title, const char *brand, const char *category, const char *description)
{
    vt_error err = VT_ERROR_INIT;
    vt_item item;
    vt_item_init(&item);
    item.title = vt_str_of(title);
    item.brand = vt_str_of(brand);
    item.category = vt_str_of(category);
    item.description = vt_str_of(description);
    vt_buf_clear(&buf);
    check_ok(vt_buf_add_text(&buf, "", &err));
    check_ok(vt_item_text(&buf, &item, NULL, &err));
    return buf.data;
}

static void tags_go(void **state)
{
    (void)state;
    assert_string_equal(clean("<p>Soft <b>wool</b>en<br/>cap</p><P class=\"x\">Warm</P>"), "Soft woolen cap Warm");
    assert_string_equal(clean("a<!-- <b> not read > --> b"), "a b");
    assert_string_equal(clean("<ul><li>one</li><li>two</li></ul>"), "one two");
    assert_string_equal(clean("x<script type=\"a\">if (a < b) { \"</p>\" }</SCRIPT>y<style>p{}</style>z"), "x y z");
    assert_string_equal(clean("x<script>never ends"), "x");
}

static void what_is_no_tag_stays(void **state)
{
    (void)state;
    assert_string_equal(clean("I <3 tea"), "I <3 tea");
    assert_string_equal(clean("5 < 6 > 4"), "5 < 6 > 4");
    assert_string_equal(clean("a <b and no end"), "a <b and no end");
    assert_string_equal(clean("<"), "<");
    assert_string_equal(clean("AT&T & co; &unknown; &;"), "AT&T & co; &unknown; &;");
}

static void entities_are_characters(void **state)
{
    (void)state;
    assert_string_equal(clean("Q&amp;A &#39;x&#x27; &quot;5&nbsp;&deg;C&quot; &frac12;"), "Q&A 'x' \"5 \xC2\xB0"
                                                                                          "C\" \xC2\xBD");
    assert_string_equal(clean("it&#146;s &#8217;s &eacute;&Eacute;&yuml; &trade;"),
                        "it\xE2\x80\x99s \xE2\x80\x99s \xC3\xA9\xC3\x89\xC3\xBF \xE2\x84\xA2");
    assert_string_equal(clean("&#128512;"), "\xF0\x9F\x98\x80");
    assert_string_equal(clean("a&#10;&#9;b&#0;c"), "a b&#0;c");
    assert_string_equal(clean("&#xD800;"), "\xEF\xBF\xBD");
    assert_string_equal(clean("&#1114112;"), "&#1114112;");
}

static void what_was_escaped_twice_is_read_twice(void **state)
{
    (void)state;
    assert_string_equal(clean("&lt;p&gt;Soft &amp;amp; warm&lt;/p&gt;&lt;p&gt;it&amp;#39;s&lt;/p&gt;"),
                        "Soft & warm it's");
    assert_string_equal(clean("I &lt;3 R&amp;B"), "I <3 R&B");
}

static void space_and_controls_are_one_space(void **state)
{
    (void)state;
    assert_string_equal(clean("  a \t\r\n b\v\fc  "), "a b c");
    assert_string_equal(clean_bytes("a\0b\x01\x7F"
                                    "c",
                                    6),
                        "a b c");
    assert_string_equal(clean("a\xC2\xA0\xE2\x80\x83\xE3\x80\x80"
                              "b\xC2\x85"
                              "c\xE2\x80\xA8"
                              "d"),
                        "a b c d");
    assert_string_equal(clean(" \n\t"), "");
    assert_string_equal(clean(""), "");
    assert_string_equal(clean_bytes(NULL, 0), "");
}

static void broken_utf8_is_replaced(void **state)
{
    (void)state;
    assert_string_equal(clean("caf\xE9 au lait"), "caf\xEF\xBF\xBD au lait");
    assert_string_equal(clean("tea\xF0\x9F\x8D"), "tea\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_string_equal(clean("\xF0\x9F\x8D\xB5 caf\xC3\xA9"), "\xF0\x9F\x8D\xB5 caf\xC3\xA9");
}

static void clean_appends(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_buf_add_text(&buf, "& kept &amp;lt; ", &err));
    check_ok(vt_text_clean(&buf, vt_str_of(" a &amp;lt; b"), &err));
    assert_string_equal(buf.data, "& kept &amp;lt; a < b");
}

static void fields_are_joined(void **state)
{
    (void)state;
    assert_string_equal(item_text("Green tea", "Hillmist", "Food > Tea", "Mild. Good\nfor mornings"),
                        "Green tea. Hillmist. Food > Tea. Mild. Good for mornings");
    assert_string_equal(item_text("Tea!", NULL, " ", "<p>Mild.</p>"), "Tea! Mild.");
    assert_string_equal(item_text(NULL, "Hillmist &amp; Co.", NULL, NULL), "Hillmist & Co.");
    assert_string_equal(item_text(NULL, NULL, NULL, NULL), "");
    assert_string_equal(item_text("<br>", "&nbsp;", "", "\n"), "");
}

static void headings_and_buttons_of_pages_go(void **state)
{
    (void)state;
    assert_string_equal(item_text("Tea", NULL, NULL, "<h2>Product description</h2><p>Mild and sweet.</p>"),
                        "Tea. Mild and sweet.");
    assert_string_equal(item_text(NULL, NULL, NULL, "PRODUCT DESCRIPTION: About this item Mild and sweet."),
                        "Mild and sweet.");
    assert_string_equal(item_text(NULL, NULL, NULL, "Mild\n\xE2\x80\xBA See more product details"), "Mild");
    assert_string_equal(item_text(NULL, NULL, NULL, "Mild and sweet. Read more... Show less"), "Mild and sweet.");
    assert_string_equal(item_text(NULL, NULL, NULL, "Product details matter to us."), "Product details matter to us.");
    assert_string_equal(item_text(NULL, NULL, NULL, "For steeping, see more product details."),
                        "For steeping, see more product details.");
    assert_string_equal(item_text("Read more", NULL, NULL, "Read more"), "Read more");
}

static void repeated_sentences_are_said_once(void **state)
{
    (void)state;
    assert_string_equal(item_text("Green tea of spring", NULL, NULL,
                                  "Green tea of spring. Picked by hand in May. Wash. Wash.\nPicked by hand in May\n"
                                  "Picked by hand in June!"),
                        "Green tea of spring. Picked by hand in May. Wash. Wash. Picked by hand in June!");
}

static int run_item_text(void *context, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    item.title = vt_str_of("A rather long title of a tea");
    item.description = vt_str_of("<p>Soft &amp;amp; warm, all of it.</p> And a second sentence of it.");
    vt_buf *out = context;
    vt_buf_clear(out);
    int status = vt_item_text(out, &item, NULL, err);
    assert_int_equal(out->len == 0, status != VT_OK);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    assert_in_range(fault_allocations(run_item_text, &out), 4, 100);
    vt_buf_done(&out);
}

static void the_cap_of_the_buffer_holds(void **state)
{
    (void)state;
    vt_buf out;
    vt_error err = VT_ERROR_INIT;
    vt_buf_init(&out, 10);
    check_ok(vt_text_clean(&out, vt_str_of("0123456789"), &err));
    assert_int_equal(vt_text_clean(&out, vt_str_of("x"), &err), VT_ERR_LIMIT);
    assert_string_equal(out.data, "0123456789");
    vt_buf_done(&out);
}

static int set_up(void **state)
{
    (void)state;
    vt_buf_init(&buf, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vt_buf_done(&buf);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_go),
        cmocka_unit_test(what_is_no_tag_stays),
        cmocka_unit_test(entities_are_characters),
        cmocka_unit_test(what_was_escaped_twice_is_read_twice),
        cmocka_unit_test(space_and_controls_are_one_space),
        cmocka_unit_test(broken_utf8_is_replaced),
        cmocka_unit_test(clean_appends),
        cmocka_unit_test(fields_are_joined),
        cmocka_unit_test(headings_and_buttons_of_pages_go),
        cmocka_unit_test(repeated_sentences_are_said_once),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_cap_of_the_buffer_holds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
