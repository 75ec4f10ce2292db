/* Files that are no baskets are refused by a sentence that says why; small and odd ones that are stay. */
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

/* Checks a text; `why` NULL: it passes. */
static void check(const char *text, const char *why)
{
    vt_error err = VT_ERROR_INIT;
    vt_basket_file *file = NULL;
    const char *path = scratch_write(&folder, "some.csv", text, strlen(text));
    check_ok(vt_basket_file_read(&file, path, NULL, NULL, &err));
    int status = vt_basket_file_check(file, path, &err);
    vt_basket_file_free(file);
    if (why == NULL) {
        check_ok(status);
        return;
    }
    if (status != VT_ERR_FORMAT || strstr(err.message, why) == NULL || strstr(err.message, path) == NULL ||
        strstr(err.message, "one basket a line, its items apart by commas") == NULL) {
        fail_msg("%s: %d: %s", text, status, err.message);
    }
}

static void baskets_pass(void **state)
{
    (void)state;
    check("tea,cake\ntea,milk\n", NULL);
    check("basket,item\n1,tea\n1,cake\n2,tea\n", NULL);
    check("4011,4030\n4011,72\n", NULL); /* whole numbers are ids */
    check("20240131,4030\n20240131,72\n", NULL);
    check("", NULL);
    check("tea\n", NULL);
    check("tea,cake\n", NULL);
}

static void other_files_do_not(void **state)
{
    (void)state;
    check("{\"orders\": [1, 2],\n \"items\": [1, 2]}\n",
          "2 of its 2 rows cannot be read, the first: line 1 is no row of a table");
    check("[1,2]\n[1,3]\n", "it begins as JSON");
    check("<html>\n<p>a,b</p>\n<p>a,c</p>\n", "or a page does");
    check("Once upon a time\nthere was a shop,\nthere was no order\n", "no two items lie in one basket");
    check("Once upon a time, there was\na shop that, to tell the truth\nsold nothing\n", "no item lies in two baskets");
    check("1,2.5,0.3\n2,2.5,0.1\n1,0.5,0.3\n", "most of its items are dates or numbers with a fraction");
    check("customer,date\n7,2024-01-31\n8,2024-01-31\n7,2024-02-01\n", "most of its items are dates");
    check(",\n,\n,,\n", "there is no item in it");
}

static void many_words_that_come_once_are_no_items(void **state)
{
    (void)state;
    char text[4096];
    for (int often = 0; often < 2; often++) {
        size_t len = 0;
        for (int i = 0; i < 60; i++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "and,word %d%s\n", i, often ? ",or,but" : "");
        }
        for (int i = 0; i < 600 && !often; i++) {
            len += (size_t)snprintf(text + len, sizeof text - len, "w%d%c", i, i % 10 == 9 ? '\n' : ',');
        }
        check(text, often ? NULL : "of 720 items in baskets 661 are different ones");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baskets_pass),
        cmocka_unit_test(other_files_do_not),
        cmocka_unit_test(many_words_that_come_once_are_no_items),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
