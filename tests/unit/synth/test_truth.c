/*
 * truth.json: written in parts, yet one object as yyjson would write it, with every product and customer in order,
 * whether they fill no part, one part or several; and what is left when memory or disk run out.
 */
#include "check.h"

#include "base/file.h"
#include "base/json.h"
#include "fault.h"
#include "scratch.h"
#include "synth/world.h"

static void make_world(synth_world *world, int64_t products, int64_t users)
{
    vt_error err = VT_ERROR_INIT;
    vt_generate_options options;
    vt_generate_options_init(&options);
    options.products = products;
    options.users = users;
    options.orders = 3 * users;
    options.reviews = users;
    options.seed = 11;
    options.threads = 1;
    check_ok(synth_world_init(world, &options, 0, &err));
}

/* As many elements as asked for, each with its own id. */
static void check_list(yyjson_val *root, const char *name, int32_t n, void (*id_of)(char id[16], int32_t index))
{
    yyjson_val *list = yyjson_obj_get(root, name);
    assert_true(yyjson_is_arr(list));
    assert_int_equal(yyjson_arr_size(list), n);
    size_t i = 0, count = 0;
    yyjson_val *one = NULL;
    yyjson_arr_foreach(list, i, count, one)
    {
        char id[16];
        id_of(id, (int32_t)i);
        assert_true(yyjson_equals_str(yyjson_obj_get(one, "id"), id));
    }
}

static void check_truth(const synth_world *world)
{
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    char *text = NULL;
    size_t len = 0, whole_len = 0;
    scratch s;
    scratch_init(&s);
    check_ok(synth_write_truth(world, scratch_path(&s, "truth.json"), &err));
    check_ok(vt_file_read(&text, &len, s.path, 1 << 26, &err));
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){text, len}, &root, &err));
    check_list(root, "items", world->n_items, synth_item_id);
    check_list(root, "customers", world->n_customers, synth_customer_id);
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(root, "archetypes")), SYNTH_ARCHETYPES);
    char *whole = yyjson_val_write(root, YYJSON_WRITE_PRETTY_TWO_SPACES, &whole_len);
    assert_non_null(whole);
    assert_int_equal(len, whole_len);
    assert_memory_equal(text, whole, len);
    free(whole); /* libc's */
    vt_json_reader_free(reader);
    vt_free(text);
    scratch_done(&s);
}

static void one_object_in_any_number_of_parts(void **state)
{
    (void)state;
    static const int64_t sizes[][2] = {{35, 10}, {199, 200}, {201, 400}, {700, 1001}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        synth_world world;
        make_world(&world, sizes[i][0], sizes[i][1]);
        check_truth(&world);
        int32_t customers = world.n_customers;
        world.n_customers = 0; /* a list without elements */
        check_truth(&world);
        world.n_customers = customers;
        synth_world_done(&world);
    }
}

typedef struct attempt {
    scratch s;
    synth_world world;
} attempt;

static int try_to_write(void *context, vt_error *err)
{
    attempt *a = context;
    int status = synth_write_truth(&a->world, scratch_path(&a->s, "truth.json"), err);
    vt_alloc_fail_after(-1);
    vt_file_fail_after(-1);
    assert_int_equal(vt_file_exists(a->s.path), status == VT_OK);
    return status;
}

static void memory_and_disk_run_out(void **state)
{
    (void)state;
    attempt a;
    scratch_init(&a.s);
    make_world(&a.world, 300, 300);
    assert_true(fault_allocations(try_to_write, &a) > 20);
    scratch_done(&a.s);
    scratch_init(&a.s);
    assert_true(fault_writes(try_to_write, &a) > 1);
    synth_world_done(&a.world);
    scratch_done(&a.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_object_in_any_number_of_parts),
        cmocka_unit_test(memory_and_disk_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
