/* Plain files of baskets: both forms and how they are told apart, columns by name, rows that cannot be read, faults. */
#include "fault.h"
#include "scratch.h"

#include "insight/baskets/basket_file.h"

static scratch folder;

static int set_up(void **state)
{
    (void)state;
    scratch_init(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_done(&folder);
    return 0;
}

static vt_basket_file *read_text(const char *text, const char *basket, const char *item)
{
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    check_ok(vt_basket_file_read(&file, scratch_write(&folder, "baskets.csv", text, strlen(text)), basket, item, &err));
    return file;
}

/* The baskets as "a b|c|": names with a space between, each basket ended by a bar. */
static void check_baskets(vt_basket_file *file, bool pairs, const char *wanted)
{
    char text[512] = "";
    size_t len = 0;
    const vt_baskets *b = &file->baskets;
    for (size_t i = 0; i < b->n_baskets; i++) {
        for (int64_t e = b->offsets[i]; e < b->offsets[i + 1]; e++) {
            vt_str name = vt_basket_file_name(file, b->items[e]);
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%.*s", e > b->offsets[i] ? " " : "",
                                    VT_STR_ARGS(name));
        }
        len += (size_t)snprintf(text + len, sizeof text - len, "|");
    }
    assert_string_equal(text, wanted);
    assert_int_equal(file->pairs, pairs);
    assert_int_equal(b->n_items, vt_map_count(file->names));
    vt_basket_file_free(file);
}

static void reads_one_basket_a_line(void **state)
{
    (void)state;
    check_baskets(read_text("tea,cake\n\ntea\r\n cake , milk,tea,tea\n", NULL, NULL), false,
                  "tea cake|tea|cake milk tea tea|");
    check_baskets(read_text("tea;cake\ntea;milk\n", NULL, NULL), false, "tea cake|tea milk|"); /* tea comes again */
    check_baskets(read_text("\"tea, green\",cake\n\"say \"\"hi\"\"\"", NULL, NULL), false,
                  "tea, green cake|say \"hi\"|");
    check_baskets(read_text("tea,,cake\n,\n", NULL, NULL), false, "tea cake||");
    check_baskets(read_text("tea\ncake\n", NULL, NULL), false, "tea|cake|");
    check_baskets(read_text("", NULL, NULL), false, "");
    check_baskets(read_text("\n\n", NULL, NULL), false, "");
    check_baskets(read_text("tea,cake", NULL, NULL), false, "tea cake|"); /* one line is no header */
}

static void reads_pairs(void **state)
{
    (void)state;
    check_baskets(read_text("basket,item\n1,tea\n2,cake\n1,milk\n2,tea\n", NULL, NULL), true, "tea milk|cake tea|");
    check_baskets(read_text("\xef\xbb\xbforder\titem\tprice\n1\ttea\t5\n1\tcake\t7\n", NULL, NULL), true, "tea cake|");
    check_baskets(read_text("price,order,what\n5,a,tea\n7,b,tea\n", "order", "what"), true, "tea|tea|");
    check_baskets(read_text("what,order\ntea,a\ncake,a\n", "order", NULL), true, "tea cake|");
    check_baskets(read_text("what,order\ntea,a\ncake,a\n", NULL, "what"), true, "tea cake|");
    check_baskets(read_text("order,what\na,tea\nb,\na,cake\n", NULL, NULL), true, "tea cake||"); /* b holds nothing */
    check_baskets(read_text("order,what\n", "order", "what"), true, "");
}

static void skips_rows_that_cannot_be_read(void **state)
{
    (void)state;
    vt_basket_file *file = read_text("order,what\na,tea\n,cake\nb\na,\"x\"y\na,\xff\nc,milk\n", "order", "what");
    assert_int_equal(file->skipped, 4);
    assert_non_null(strstr(file->why, "line 3 names no basket"));
    check_baskets(file, true, "tea|milk|");
    file = read_text("tea,cake\ntea,\xff,milk\nmilk\n", NULL, NULL);
    assert_int_equal(file->skipped, 1);
    assert_non_null(strstr(file->why, "line 2 is not UTF-8"));
    check_baskets(file, false, "tea cake|milk|");
}

static void reads_on_behind_the_first_rows(void **state)
{
    (void)state;
    static char text[1 << 16];
    size_t len = (size_t)snprintf(text, sizeof text, "order,item\n");
    for (int i = 0; i < 3000; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%d,i%d\n", i % 1000, i % 7);
    }
    vt_basket_file *file = read_text(text, NULL, NULL);
    assert_true(file->pairs);
    assert_int_equal(file->baskets.n_baskets, 1000);
    assert_int_equal(file->baskets.n_items, 7);
    for (int b = 0; b < 1000; b++) {
        assert_int_equal(file->baskets.offsets[b + 1], 3 * (b + 1));
        for (int64_t k = 0; k < 3; k++) { /* names came in the order i0, i1 ... */
            assert_int_equal(file->baskets.items[3 * b + k], (b + 1000 * k) % 7);
        }
    }
    vt_basket_file_free(file);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    assert_int_equal(vt_basket_file_read(&file, scratch_path(&folder, "none.csv"), NULL, NULL, &err), VT_ERR_NOT_FOUND);
    const char *text = "order,what\na,tea\n";
    const char *path = scratch_write(&folder, "baskets.csv", text, strlen(text));
    assert_int_equal(vt_basket_file_read(&file, path, "basket", NULL, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "has no column \"basket\""));
    assert_int_equal(vt_basket_file_read(&file, path, "what", "what", &err), VT_ERR_USAGE);
    assert_null(file);
}

static int read_again(void *context, vt_error *err)
{
    vt_basket_file *file = NULL;
    int status = vt_basket_file_read(&file, context, NULL, NULL, err);
    assert_true((status == VT_OK) == (file != NULL));
    vt_basket_file_free(file);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    char path[PATH_MAX];
    const char *text = "order,what\na,tea\nb,cake\n";
    snprintf(path, sizeof path, "%s", scratch_write(&folder, "baskets.csv", text, strlen(text)));
    assert_true(fault_allocations(read_again, path) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_one_basket_a_line),
        cmocka_unit_test(reads_pairs),
        cmocka_unit_test(skips_rows_that_cannot_be_read),
        cmocka_unit_test(reads_on_behind_the_first_rows),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
