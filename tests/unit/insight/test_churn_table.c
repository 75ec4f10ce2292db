/* Customers of a plain file: what is a number, a category, a name; what is missing; sentences where it is no table. */
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "insight/churn/churn_table.h"

static scratch folder;
static char path[256];

static vt_plain_file *read_text(const char *text)
{
    vt_plain_file *file = NULL;
    vt_error err = VT_ERROR_INIT;
    scratch_write(&folder, "table.csv", text, strlen(text));
    check_ok(vt_plain_file_read(&file, path, &err));
    return file;
}

static const char *const customers = "customer_id,plan,months,calls,note,date,value,churned\n"
                                     "7,basic,1,2,aa,2024-01-01,10,yes\n"
                                     "8,plus,12,NA,bb,2024-01-02,,no\n"
                                     "9,basic,,1,cc,2024-01-03,-5,No\n"
                                     "10,?,3,0,dd,2024-01-04,40,\n"
                                     "11,basic,4,1,ee,2024-01-05,50,TRUE\n";

static void columns_are_told_apart(void **state)
{
    (void)state;
    vt_plain_file *file = read_text(customers);
    vt_churn_table *t = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_churn_table_read(&t, file, "CHURNED", &err));
    const vt_features *x = &t->features;
    assert_int_equal(x->n, 5);
    assert_int_equal(x->f, 4); /* plan, months, calls, value */
    assert_string_equal(x->name[0], "plan");
    assert_int_equal(x->levels[0], 2);
    assert_true(x->x[0] == 0.0 && x->x[4] == 1.0 && isnan(x->x[12])); /* basic is the most frequent */
    assert_true(x->levels[1] == 0 && x->x[1] == 1.0 && isnan(x->x[2 * 4 + 1]) && isnan(x->x[4 + 2]));
    assert_true(t->has_name && t->name == 0);
    assert_string_equal(t->left_out, "\"note\"");
    static const uint8_t outcomes[] = {1, 0, 0, 2, 1};
    assert_memory_equal(t->outcome, outcomes, sizeof outcomes);
    assert_true(t->lost == 2 && t->kept == 2 && t->unknown == 1);
    assert_true(t->time[1] - t->time[0] == 86400 && t->value[0] == 10.0 && t->value[1] == 0.0 && t->value[2] == 0.0);
    vt_churn_table_free(t);
    vt_plain_file_free(file);
}

/* One text among ten numbers is a missing number; many of them make a category. */
static void text_in_number_columns(void **state)
{
    (void)state;
    vt_plain_file *file =
        read_text("a,b,churned\n1,1,1\n2,x,0\n3,3,1\n4,x,0\n5,y,1\n6,y,0\n7,3,1\n8,4,0\n9,x,1\nten,x,0\n");
    vt_churn_table *t = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_churn_table_read(&t, file, NULL, &err));
    assert_int_equal(t->features.f, 2);
    assert_true(t->features.levels[0] == 0 && t->features.levels[1] == 5);
    assert_true(isnan(t->features.x[18]) && t->features.x[0] == 1.0);
    assert_int_equal(t->n_unread, 1);
    vt_churn_table_free(t);
    vt_plain_file_free(file);
}

/* Levels beyond the cap share one code. */
static void rare_levels_are_joined(void **state)
{
    (void)state;
    char text[4096] = "town,churned\n";
    for (int i = 0; i < 60; i++) {
        char row[64];
        snprintf(row, sizeof row, "town %d,1\ntown %d,0\n", i, i / 2);
        strncat(text, row, sizeof text - strlen(text) - 1);
    }
    vt_plain_file *file = read_text(text);
    vt_churn_table *t = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_churn_table_read(&t, file, NULL, &err));
    assert_int_equal(t->features.levels[0], VT_CHURN_LEVELS_MAX + 1);
    for (size_t i = 0; i < t->features.n; i++) {
        assert_true(t->features.x[i] >= 0.0 && t->features.x[i] <= VT_CHURN_LEVELS_MAX);
    }
    vt_churn_table_free(t);
    vt_plain_file_free(file);
}

static void what_is_no_table(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
        int status;
    } wrong[] = {
        {"a,b\n1,2\n", "no column \"churned\" for the outcomes", VT_ERR_USAGE},
        {"a,churned\n", "has no rows", VT_ERR_FORMAT},
        {"a,churned\n1,maybe\n", ":2: \"churned\" is \"maybe\"; yes or no", VT_ERR_FORMAT},
        {"churned\n1\n", "no column that could foretell", VT_ERR_FORMAT},
        {"a,date,churned\n1,soon,1\n", "\"date\" is \"soon\"", VT_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        vt_plain_file *file = read_text(wrong[i].text);
        vt_churn_table *t = NULL;
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_churn_table_read(&t, file, NULL, &err), wrong[i].status);
        if (strstr(err.message, wrong[i].part) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.message, wrong[i].part);
        }
        vt_plain_file_free(file);
    }
}

static int read_once(void *context, vt_error *err)
{
    vt_churn_table *t = NULL;
    int status = vt_churn_table_read(&t, context, NULL, err);
    vt_churn_table_free(t);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    vt_plain_file *file = read_text(customers);
    assert_true(fault_allocations(read_once, file) > 8);
    vt_plain_file_free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_told_apart), cmocka_unit_test(text_in_number_columns),
        cmocka_unit_test(rare_levels_are_joined), cmocka_unit_test(what_is_no_table),
        cmocka_unit_test(memory_runs_out),
    };
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s/table.csv", folder.dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
