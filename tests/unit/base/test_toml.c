/* Settings in TOML: what is read, and what is refused with its line. */
#include "check.h"

#include "base/buf.h"
#include "base/toml.h"

static int note(void *context, const vt_toml_entry *e, vt_error *err)
{
    if (e->key == NULL) {
        return vt_buf_printf(context, err, "[%s]", e->section);
    }
    return vt_buf_printf(context, err, "%s.%s=%s/%d:%d;", e->section, e->key, e->value, (int)e->type, e->line);
}

static void entries_come_in_order(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf out;
    vt_buf_init(&out, 1 << 16);
    const char *text = "# settings\r\n"
                       "a = 1_000 # a thousand\n"
                       "\n"
                       "[ serve ]\n"
                       "listen='C:\\x'\n"
                       "model = \"a \\\"b\\\" # no comment\"\n"
                       "rate = -2.5e1\n"
                       "log = true";
    check_ok(vt_toml_read("config.toml", vt_str_of(text), note, &out, &err));
    assert_string_equal(out.data, ".a=1000/1:2;[serve]serve.listen=C:\\x/0:5;serve.model=a \"b\" # no comment/0:6;"
                                  "serve.rate=-2.5e1/2:7;serve.log=true/3:8;");
    vt_buf_done(&out);
}

static void what_is_no_setting_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"\n[serve", "c:2: \"]\" is expected"},
        {"[a.b]", "c:1: \"]\" is expected"},
        {"[serve] x", "there is more behind the section"},
        {"listen", "\"=\" is expected behind the name"},
        {"a.b = 1", "\"=\" is expected"},
        {"= 1", "a name of letters"},
        {"listen =", "the value is missing"},
        {"listen = # 1", "the value is missing"},
        {"listen = here", "a string in quotes, a number, true or false"},
        {"listen = [1]", "a string in quotes, a number, true or false"},
        {"listen = 2027-01-31", "a string in quotes"},
        {"n = 010", "a string in quotes"},
        {"n = 1__0", "a string in quotes"},
        {"n = nan", "a string in quotes"},
        {"listen = \"a", "the closing quote is missing"},
        {"listen = \"a\\q\"", "a backslash stands before"},
        {"listen = \"\"\"a\"\"\"", "strings over several lines"},
        {"listen = \"a\" b", "there is more behind the value"},
        {"listen = \"\xff\"", "no UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_buf out;
        vt_buf_init(&out, 1 << 16);
        assert_int_equal(vt_toml_read("c", vt_str_of(cases[i].text), note, &out, &err), VT_ERR_FORMAT);
        if (strstr(err.message, cases[i].says) == NULL) {
            fail_msg("\"%s\" gives \"%s\"", cases[i].text, err.message);
        }
        vt_buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_come_in_order),
        cmocka_unit_test(what_is_no_setting_is_refused_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
