/* Records from JSON and back: what each type of member takes, what is refused and by which words. */
#include "serve_fixture.h"

#include "base/clock.h"
#include "base/limits.h"
#include "fault.h"
#include "serve/fields.h"

static yyjson_val *parse(fixture *f, const char *text)
{
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = NULL;
    vt_call_reset(f->call);
    check_ok(vt_buf_add_text(&f->call->body, text, &err));
    check_ok(vt_call_json(&root, f->call, &err));
    return root;
}

static int read_item(vt_item *item, fixture *f, const char *currency, const char *text, vt_error *err)
{
    return vt_fields_read(item, f->call, &vt_item_fields, parse(f, text), currency, err);
}

static void expect(const vt_fields *fields, const void *record, const char *currency, const char *text)
{
    vt_buf out;
    vt_json_writer writer;
    vt_error err = VT_ERROR_INIT;
    vt_buf_init(&out, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&writer, &out, false);
    vt_json_object(&writer, NULL);
    vt_fields_write(&writer, fields, record, currency);
    vt_json_object_end(&writer);
    check_ok(vt_json_writer_done(&writer, &err));
    assert_string_equal(out.data, text);
    vt_buf_done(&out);
}

static void what_is_read_is_written(void **state)
{
    fixture *f = *state;
    static const char *const texts[] = {
        "{\"id\":\"a/1\"}",
        "{\"id\":\"\xc3\xa4\",\"title\":\"\\\"\\\\\",\"description\":\"d\",\"brand\":\"b\",\"category\":\"a > b\"}",
        "{\"id\":\"a\",\"attributes\":{\"x\":[1,null,{\"y\":\"z\"}]},\"images\":[\"1.png\",\"2.png\"]}",
        "{\"id\":\"a\",\"currency\":\"EUR\",\"price\":12.5,\"cost\":0.01,\"stock\":-3}",
        "{\"id\":\"a\",\"available_from\":\"1970-01-01T00:00:00Z\",\"available_until\":\"2090-01-01T00:00:00Z\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        vt_item item;
        vt_error err = VT_ERROR_INIT;
        check_ok(read_item(&item, f, "EUR", texts[i], &err));
        expect(&vt_item_fields, &item, "EUR", texts[i]);
    }
}

/* Major units become minor ones by the record's currency, else the shop's. */
static void money_by_currency(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *shop, *body;
        int64_t price;
    } cases[] = {
        {"EUR", "{\"id\":\"a\",\"price\":12.34}", 1234},
        {"JPY", "{\"id\":\"a\",\"price\":1234}", 1234},
        {"KWD", "{\"id\":\"a\",\"price\":1.234}", 1234},
        {"EUR", "{\"id\":\"a\",\"price\":1234,\"currency\":\"JPY\"}", 1234},
        {"EUR", "{\"price\":1.234,\"id\":\"a\",\"currency\":\"KWD\"}", 1234},
        {"", "{\"id\":\"a\",\"price\":12.34}", 1234},
        {"EUR", "{\"id\":\"a\",\"price\":0.29}", 29}, /* to the nearest, not cut */
        {"EUR", "{\"id\":\"a\",\"price\":null}", VT_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_item item;
        vt_error err = VT_ERROR_INIT;
        check_ok(read_item(&item, f, cases[i].shop, cases[i].body, &err));
        if (item.price != cases[i].price) {
            fail_msg("%s in %s: %lld", cases[i].body, cases[i].shop, (long long)item.price);
        }
    }
}

static void what_is_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const vt_fields *fields;
        const char *body, *why;
    } cases[] = {
        {&vt_item_fields, "7", "a JSON object is expected: Item"},
        {&vt_item_fields, "[]", "a JSON object is expected"},
        {&vt_item_fields, "{}", "\"id\" is missing"},
        {&vt_item_fields, "{\"id\":null}", "\"id\" is missing"},
        {&vt_item_fields, "{\"id\":\"\"}", "\"id\" is empty"},
        {&vt_item_fields, "{\"id\":7}", "\"id\" is not as expected: a text"},
        {&vt_item_fields, "{\"id\":\"a\\u0000\"}", "a text without a NUL"},
        {&vt_item_fields, "{\"id\":\"a\",\"titel\":\"x\"}", "did you mean \"title\"?"},
        {&vt_item_fields, "{\"id\":\"a\",\"quite_another\":1}", "there is no member \"quite_another\" in Item"},
        {&vt_item_fields, "{\"id\":\"a\",\"price\":-0.01}", "\"price\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"price\":1e300}", "\"price\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"price\":\"1\"}", "\"price\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"stock\":1.5}", "a whole number from -1000000000000"},
        {&vt_item_fields, "{\"id\":\"a\",\"stock\":1e13}", "a whole number"},
        {&vt_item_fields, "{\"id\":\"a\",\"images\":\"x\"}", "\"images\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"images\":[1]}", "\"images\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"attributes\":[]}", "\"attributes\" is not as expected"},
        {&vt_item_fields, "{\"id\":\"a\",\"available_from\":\"today\"}", "a time such as"},
        {&vt_item_fields, "{\"id\":\"a\",\"available_from\":358000000000}", "the years 1 to 9999"},
        {&vt_item_fields, "{\"id\":\"a\",\"available_from\":-62135596801}", "the years 1 to 9999"},
        {&vt_item_fields, "{\"id\":\"a\",\"available_from\":18446744073709551615}", "the years 1 to 9999"},
        {&vt_item_fields, "{\"id\":\"a\",\"available_from\":1e15}", "\"available_from\" is not as expected"},
        {&vt_event_fields, "{\"kind\":\"nod\",\"item\":\"a\"}", "one of view|cart"},
        {&vt_event_fields, "{\"kind\":1,\"item\":\"a\"}", "one of view|cart"},
        {&vt_event_fields, "{\"kind\":\"view\"}", "\"item\" is missing"},
        {&vt_event_fields, "{\"kind\":\"view\",\"item\":\"a\",\"quantity\":0}", "a whole number from 1"},
        {&vt_event_fields, "{\"kind\":\"view\",\"item\":\"a\",\"value\":true}", "a number from"},
        {&vt_rule_fields, "{\"action\":\"pin\",\"what\":\"item\"}", "\"name\" is missing"},
        {&vt_rule_fields, "{\"action\":\"boost\",\"what\":\"brand\",\"name\":\"x\",\"factor\":0.5}", "from 1 to 100"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        char *record = malloc(cases[i].fields->size);
        yyjson_val *root = parse(f, cases[i].body);
        int status = vt_fields_read(record, f->call, cases[i].fields, root, "EUR", &err);
        if (status != VT_ERR_FORMAT || strstr(err.message, cases[i].why) == NULL) {
            fail_msg("%s: status %d, %s", cases[i].body, status, err.message);
        }
        free(record);
    }
}

static void the_id_of_the_address(void **state)
{
    fixture *f = *state;
    vt_item item;
    vt_error err = VT_ERROR_INIT;
    yyjson_val *root = parse(f, "{\"title\":\"t\"}");
    check_ok(vt_fields_read_named(&item, f->call, &vt_item_fields, root, "", vt_str_of("a"), &err));
    assert_true(vt_str_equal(item.id, vt_str_of("a")));
    root = parse(f, "{\"id\":\"a\"}");
    check_ok(vt_fields_read_named(&item, f->call, &vt_item_fields, root, "", vt_str_of("a"), &err));
    root = parse(f, "{\"id\":\"b\"}");
    assert_int_equal(vt_fields_read_named(&item, f->call, &vt_item_fields, root, "", vt_str_of("a"), &err),
                     VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "the address is that of \"a\""));
    /* over a record: what is not given stays */
    vt_item_init(&item);
    item.id = vt_str_of("a");
    item.brand = vt_str_of("before");
    item.stock = 4;
    root = parse(f, "{\"stock\":5,\"title\":null}");
    check_ok(vt_fields_read_over(&item, f->call, &vt_item_fields, root, "", vt_str_of("a"), &err));
    assert_true(vt_str_equal(item.brand, vt_str_of("before")) && item.stock == 5 && item.title.ptr == NULL);
    /* but for one member */
    root = parse(f, "{\"id\":\"a\",\"lines\":7}");
    check_ok(vt_fields_read_but(&item, f->call, &vt_item_fields, root, "", "lines", &err));
}

static int read_all(void *context, vt_error *err)
{
    fixture *f = context;
    vt_item item;
    yyjson_val *root = NULL;
    vt_call *call = NULL;
    int status = vt_call_create(&call, err);
    status = status != VT_OK ? status
                             : vt_buf_add_text(&call->body,
                                               "{\"id\":\"a\",\"attributes\":{\"x\":1},\"images\":[\"1\",\"2\"]}", err);
    status = status != VT_OK ? status : vt_call_json(&root, call, err);
    status = status != VT_OK ? status : vt_fields_read(&item, call, &vt_item_fields, root, "", err);
    (void)f;
    vt_call_free(call);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(read_all, *state) >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_read_is_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(money_by_currency, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_id_of_the_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_runs_out, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
