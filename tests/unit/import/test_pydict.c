/* Python literals made JSON, and what is none refused. */
#include "check.h"

#include "fault.h"
#include "import/pydict.h"

static vt_buf buf;

static const char *json(const char *python)
{
    vt_error err = VT_ERROR_INIT;
    vt_buf_clear(&buf);
    check_ok(vt_pydict_to_json(&buf, vt_str_of(python), &err));
    return buf.data;
}

static void literals_become_json(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{}", "{}"},
        {"{'a': 1}", "{\"a\":1}"},
        {"{'a': 'x', \"b\": u'y', 'c': None, 'd': True, 'e': False}",
         "{\"a\":\"x\",\"b\":\"y\",\"c\":null,\"d\":true,\"e\":false}"},
        {"{'categories': [['Toys', 'Games'], ['Sale']]}", "{\"categories\":[[\"Toys\",\"Games\"],[\"Sale\"]]}"},
        {"('a', 'b',)", "[\"a\",\"b\"]"},
        {"[]", "[]"},
        {"[1, -2.5, 3e-7, 12L, .5, 5., +4, nan, inf]", "[1,-2.5,3e-7,12,0.5,5.0,4,null,null]"},
        {"'it\\'s \"quoted\"'", "\"it's \\\"quoted\\\"\""},
        {"\"it's\"", "\"it's\""},
        {"'tab\\t newline\\n back\\\\slash'", "\"tab\\u0009 newline\\u000a back\\\\slash\""},
        {"'unknown \\d escape'", "\"unknown \\\\d escape\""},
        {"r'raw\\n'", "\"raw\\\\n\""},
        {"u'caf\\xe9'", "\"caf\xC3\xA9\""},
        {"'caf\\xc3\\xa9'", "\"caf\xC3\xA9\""},          /* UTF-8 as Python 2 wrote it */
        {"u'caf\\xc3\\xa9'", "\"caf\xC3\x83\xC2\xA9\""}, /* code points, where it says so */
        {"'caf\\xe9 x'", "\"caf\xC3\xA9 x\""},           /* no UTF-8: Latin-1 */
        {"u'\\u20ac \\U0001F600 \\ud83d\\ude00'", "\"\xE2\x82\xAC \xF0\x9F\x98\x80 \xF0\x9F\x98\x80\""},
        {"u'\\ud83d alone'", "\"\xEF\xBF\xBD alone\""},
        {"'\\101\\0'", "\"A\\u0000\""},
        {" { 'a' : 1 , } ", "{\"a\":1}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(json(cases[i][0]), cases[i][1]);
    }
}

static void anything_else_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *words;
        int64_t position;
    } cases[] = {
        {"", "ends too early", 0},
        {"{'a': 1", "ends too early", 7},
        {"{'a' 1}", "\":\" is missing", 5},
        {"{'a': 1 'b': 2}", "\",\" is missing", 8},
        {"{a: 1}", "no string", 1},
        {"{'a': exit()}", "no Python value", 6},
        {"{'a': 1+1}", "\",\" is missing", 7},
        {"'open", "without its end", 5},
        {"'open\\", "without its end", 6},
        {"'\\xg1'", "broken escape", 2},
        {"'\\u12'", "broken escape", 2},
        {"{'a': 1} x", "more behind", 9},
        {"{'a': --1}", "no Python value", 6},
        {"[1, , 2]", "no Python value", 4},
        {"u", "no Python value", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_buf_clear(&buf);
        int status = vt_pydict_to_json(&buf, vt_str_of(cases[i].text), &err);
        if (status != VT_ERR_FORMAT || strstr(err.message, cases[i].words) == NULL ||
            err.position != cases[i].position) {
            fail_msg("%s: %d at %lld, \"%s\"", cases[i].text, status, (long long)err.position, err.message);
        }
    }
}

static void depth_is_capped(void **state)
{
    (void)state;
    char text[200000];
    vt_error err = VT_ERROR_INIT;
    memset(text, '[', sizeof text);
    vt_buf_clear(&buf);
    assert_int_equal(vt_pydict_to_json(&buf, (vt_str){text, sizeof text}, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "too deep"));
}

static void python_is_told_from_json(void **state)
{
    (void)state;
    assert_true(vt_pydict_likely(vt_str_of("{'a': 1}")));
    assert_true(vt_pydict_likely(vt_str_of("  { u'a': 1}")));
    assert_false(vt_pydict_likely(vt_str_of("{\"a\": 1}")));
    assert_false(vt_pydict_likely(vt_str_of("{}")));
    assert_false(vt_pydict_likely(vt_str_of("")));
    assert_false(vt_pydict_likely(vt_str_of("  ")));
}

static int convert(void *context, vt_error *err)
{
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    int status = vt_pydict_to_json(&out, vt_str_of(context), err);
    vt_buf_done(&out);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    char text[600];
    memset(text, 'x', sizeof text);
    memcpy(text, "{'a': '", 7);
    memcpy(text + sizeof text - 4, "'}", 3);
    assert_in_range(fault_allocations(convert, text), 2, 100);
}

int main(void)
{
    vt_buf_init(&buf, 1 << 20);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_become_json), cmocka_unit_test(anything_else_is_refused_with_its_place),
        cmocka_unit_test(depth_is_capped),      cmocka_unit_test(python_is_told_from_json),
        cmocka_unit_test(memory_may_run_out),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vt_buf_done(&buf);
    return failed;
}
