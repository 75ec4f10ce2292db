/* Attributes of records as lists of numbers: in the order of their texts, and the same list where nothing changed. */
#include "check.h"

#include "fault.h"
#include "live/attribute_reader.h"

static const char frozen_text[] = "a=1b=2z=9";
static const int64_t frozen_offset[] = {0, 3, 6, 9};

typedef struct desk {
    vt_arena *arena;
    vt_names names;
    vt_attribute_reader reader;
    vt_ids frozen;
} desk;

static int open_desk(desk *d, vt_error *err)
{
    *d = (desk){.frozen = {3, frozen_offset, frozen_text}};
    int status = vt_arena_create(&d->arena, 0, err);
    status = status != VT_OK ? status : vt_names_init(&d->names, &d->frozen, err);
    return status != VT_OK ? status : vt_attribute_reader_init(&d->reader, d->arena, err);
}

static void close_desk(desk *d)
{
    vt_attribute_reader_done(&d->reader);
    vt_names_done(&d->names);
    vt_arena_free(d->arena);
}

static int read_item(const vt_number_list **out, desk *d, const vt_number_list *before, const char *json, vt_error *err)
{
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of("i");
    item.attributes = vt_str_of(json);
    return vt_attributes_read_item(out, &d->reader, &d->names, before, &item, err);
}

static void lists_stand_in_the_order_of_texts(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    desk d;
    const vt_number_list *first = NULL, *second = NULL, *third = NULL, *none = NULL;
    check_ok(open_desk(&d, &err));
    check_ok(read_item(&first, &d, NULL, "{\"z\":9,\"m\":[5,4,5],\"a\":1}", &err));
    assert_int_equal(first->n, 4);
    const int32_t expected[] = {0, 4, 3, 2}; /* a=1, m=4 (came second), m=5 (came first), z=9 */
    assert_memory_equal(first->number, expected, sizeof expected);
    check_ok(read_item(&second, &d, first, "{\"a\":1,\"m\":[4,5],\"z\":9}", &err));
    assert_ptr_equal(second, first);
    check_ok(read_item(&third, &d, first, "{\"a\":1,\"m\":[4,5],\"z\":8}", &err));
    assert_ptr_not_equal(third, first);
    assert_int_equal(first->number[3], 2); /* what a view shows stays */
    check_ok(read_item(&none, &d, third, "{}", &err));
    assert_int_equal(none->n, 0);
    close_desk(&d);
}

static void a_user_has_fields_and_free_attributes(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    desk d;
    const vt_number_list *list = NULL;
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of("u");
    user.tier = vt_str_of("gold");
    user.region = vt_str_of("north");
    user.attributes = vt_str_of("{\"b\":2}");
    check_ok(open_desk(&d, &err));
    check_ok(vt_attributes_read_user(&list, &d.reader, &d.names, NULL, &user, &err));
    assert_int_equal(list->n, 3);
    assert_int_equal(list->number[0], 1);
    assert_true(vt_str_equal(vt_names_at(&d.names, list->number[1]), vt_str_of("region=north")));
    assert_true(vt_str_equal(vt_names_at(&d.names, list->number[2]), vt_str_of("tier=gold")));
    user.attributes = vt_str_of("[1]");
    assert_int_equal(vt_attributes_read_user(&list, &d.reader, &d.names, NULL, &user, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "the attributes of user \"u\" are no JSON object"));
    assert_int_equal(list->n, 3);
    close_desk(&d);
}

static int run(void *context, vt_error *err)
{
    (void)context;
    desk d;
    const vt_number_list *list = NULL;
    int status = open_desk(&d, err);
    status = status != VT_OK ? status : read_item(&list, &d, NULL, "{\"m\":[5,4,5],\"a\":1}", err);
    close_desk(&d);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(fault_allocations(run, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_stand_in_the_order_of_texts),
        cmocka_unit_test(a_user_has_fields_and_free_attributes),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
