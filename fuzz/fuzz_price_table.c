/* Plain files of prices and sales: the panel is one that the estimators take, and what moved is described. */
#include "file.h"

#include <math.h>
#include <string.h>

#include "insight/price/price_table.h"

static void check_table(const vt_price_table *t, size_t rows)
{
    vt_error err = VT_ERROR_INIT;
    const vt_price_panel *p = &t->panel;
    fuzz_require(vt_price_panel_check(p, &err) == VT_OK);
    fuzz_require(p->n > 0 && p->n <= rows && (size_t)p->ptr[p->n_products] == p->n);
    fuzz_require((t->skipped > 0) == (t->why[0] != '\0'));
    double *scratch = malloc(p->n * sizeof *scratch);
    fuzz_require(scratch != NULL);
    for (size_t i = 0; i < p->n_products; i++) {
        vt_price_history h;
        vt_price_history_of(&h, p, i, scratch);
        fuzz_require(h.lowest > 0.0 && h.lowest <= h.highest && h.sold <= h.rows && h.variation >= 0.0);
        fuzz_require(t->cost[i] >= 0.0 && isfinite(t->cost[i]));
    }
    free(scratch);
}

/* One product of all rows, and one for each value of the first column. */
static void read_both(const vt_plain_file *file)
{
    const char *by[] = {NULL, file->column[0].ptr};
    for (int i = 0; i < 2; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_price_table *table = NULL;
        const vt_price_columns columns = {.by = by[i]};
        int status = vt_price_table_read(&table, file, &columns, &err);
        if (status == VT_OK) {
            check_table(table, file->n);
        } else {
            fuzz_require(table == NULL && err.code == (vt_code)status && err.message[0] != '\0');
        }
        vt_price_table_free(table);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[80];
    vt_error err = VT_ERROR_INIT;
    vt_plain_file *file = NULL;
    fuzz_write_file(path, data, size);
    int status = vt_plain_file_read(&file, path, &err);
    if (status != VT_OK) {
        fuzz_require(file == NULL && err.code == (vt_code)status && err.message[0] != '\0');
    } else {
        read_both(file);
    }
    vt_plain_file_free(file);
    unlink(path);
    return 0;
}
