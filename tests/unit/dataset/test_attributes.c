/* Free attributes: what of a JSON object becomes "name=value", and what is said of text that is none. */
#include "snapshots.h"

#include "fault.h"

/* A snapshot of one item "i" with these attributes, and one user "u" with the same. */
static int describe(vt_snapshot **out, const char *json, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    vt_item item;
    vt_user user;
    vt_item_init(&item);
    vt_user_init(&user);
    item.id = vt_str_of("i");
    user.id = vt_str_of("u");
    user.tier = vt_str_of("gold");
    item.attributes = user.attributes = vt_str_of(json);
    int status = vt_builder_create(&builder, &options, err);
    status = status != VT_OK ? status : vt_builder_add_item(builder, VT_NONE, &item, err);
    status = status != VT_OK ? status : vt_builder_add_user(builder, VT_NONE, &user, err);
    status = status != VT_OK ? status : vt_builder_finish(out, builder, NULL, err);
    vt_builder_free(builder);
    return status;
}

static void check_attributes(const char *json, const char *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    char text[512] = "";
    check_ok(describe(&s, json, &err));
    for (int64_t a = 0; a < s->item_attribute_ptr[1]; a++) {
        vt_str name = vt_ids_get(&s->item_attributes, s->item_attribute[a]);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.*s", a == 0 ? "" : ";", VT_STR_ARGS(name));
    }
    assert_string_equal(text, expected);
    assert_int_equal(s->user_attribute_ptr[1], s->item_attribute_ptr[1] + 1);
    assert_true(vt_ids_find(&s->user_attributes, vt_str_of("tier=gold")) >= 0);
    vt_snapshot_free(s);
}

static void members_become_attributes(void **state)
{
    (void)state;
    check_attributes("{}", "");
    check_attributes("{\"size\": \"XL\", \"colour\": \"red\"}", "colour=red;size=XL");
    check_attributes("{\"organic\": true, \"vegan\": false, \"volume\": 250, \"ph\": 5.5, \"floor\": -2, \"w\": 0.1}",
                     "floor=-2;organic=true;ph=5.5;vegan=false;volume=250;w=0.1");
    check_attributes("{\"skin\": [\"dry\", \"oily\", \"dry\"], \"tag\": [7, 12, true]}",
                     "skin=dry;skin=oily;tag=12;tag=7;tag=true");
    check_attributes("{\"none\": null, \"empty\": \"\", \"\": \"x\", \"deep\": {\"a\": 1}, \"list\": [[1], {}, null]}",
                     "");
    check_attributes(" {\"\\u00e9\": \"\\u00fc=1\"} ", "\xc3\xa9=\xc3\xbc=1");
}

static void prose_is_no_attribute(void **state)
{
    (void)state;
    char json[1200];
    char expected[700];
    char value[600];
    memset(value, 'x', sizeof value);
    value[510] = '\0'; /* with "a=" these are 512 bytes: the most */
    snprintf(json, sizeof json, "{\"a\": \"%s\"}", value);
    snprintf(expected, sizeof expected, "a=%s", value);
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(describe(&s, json, &err));
    assert_int_equal(vt_ids_find(&s->item_attributes, vt_str_of(expected)), 0);
    vt_snapshot_free(s);
    snprintf(json, sizeof json, "{\"a\": \"%sx\"}", value);
    check_attributes(json, "");
}

static void says_whose_attributes_are_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"[1]", "\"text\"", "{", "{\"a\": 1, \"a\": 2}", "{} {}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_snapshot *s = NULL;
        assert_int_equal(describe(&s, wrong[i], &err), VT_ERR_FORMAT);
        assert_non_null(strstr(err.message, "the attributes of item \"i\" are no JSON object"));
    }
}

static int run(void *context, vt_error *err)
{
    vt_snapshot *s = NULL;
    int status = describe(&s, context, err);
    vt_snapshot_free(s);
    return status;
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    char json[] = "{\"size\": \"XL\", \"skin\": [\"dry\", \"oily\"], \"volume\": 250}";
    assert_in_range(fault_allocations(run, json), 20, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_become_attributes),
        cmocka_unit_test(prose_is_no_attribute),
        cmocka_unit_test(says_whose_attributes_are_wrong),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
