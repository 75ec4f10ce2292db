/* Plain files of customers: outcomes add up, features are numbers, levels or missing, values are money. */
#include "file.h"

#include <math.h>
#include <string.h>

#include "insight/churn/churn_table.h"

static void check_table(const vt_churn_table *t, const vt_plain_file *file)
{
    const vt_features *x = &t->features;
    fuzz_require(x->n == file->n && x->f > 0 && x->f < file->n_columns);
    fuzz_require(t->lost + t->kept + t->unknown == x->n);
    for (size_t f = 0; f < x->f; f++) {
        fuzz_require(t->column[f] < file->n_columns && x->levels[f] >= 0 && x->levels[f] <= VT_CHURN_LEVELS_MAX + 1);
        for (size_t r = 0; r < x->n; r++) {
            double value = x->x[r * x->f + f];
            fuzz_require(!isinf(value));
            fuzz_require(x->levels[f] == 0 || isnan(value) || (value >= 0.0 && value < x->levels[f]));
        }
    }
    for (size_t r = 0; t->value != NULL && r < x->n; r++) {
        fuzz_require(t->value[r] >= 0.0 && isfinite(t->value[r]));
    }
    fuzz_require(!t->has_name || t->name < file->n_columns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[80];
    vt_error err = VT_ERROR_INIT;
    vt_plain_file *file = NULL;
    vt_churn_table *table = NULL;
    fuzz_write_file(path, data, size);
    int status = vt_plain_file_read(&file, path, &err);
    if (status == VT_OK) {
        status = vt_churn_table_read(&table, file, NULL, &err);
    }
    if (status != VT_OK) {
        fuzz_require(table == NULL && err.code == (vt_code)status && err.message[0] != '\0');
    } else {
        check_table(table, file);
    }
    vt_churn_table_free(table);
    vt_plain_file_free(file);
    unlink(path);
    return 0;
}
