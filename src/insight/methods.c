/* Rows of several kinds, joined by their rank: each kind has one figure of each method. */
#include "insight/methods.h"

#include <math.h>
#include <stdio.h>

#include "vitrine/results.h"

enum { METHODS_MAX = 64, NAME_MAX_BYTES = 96 };

typedef struct figure_of {
    double value, low, high;
} figure_of;

static const char *const kinds[] = {"method_ndcg", "method_recall", "method_coverage", "method_diversity"};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

typedef struct methods {
    char name[METHODS_MAX][NAME_MAX_BYTES];
    figure_of of[METHODS_MAX][KINDS];
    int64_t users[METHODS_MAX];
    size_t n, kind; /* that is being read */
} methods;

static int add_row(void *context, const vt_result *row)
{
    methods *m = context;
    if (row->rank < 1 || row->rank > METHODS_MAX) {
        return VT_OK;
    }
    size_t i = (size_t)row->rank - 1;
    for (; m->n <= i; m->n++) {
        for (size_t k = 0; k < KINDS; k++) {
            m->of[m->n][k] = (figure_of){NAN, NAN, NAN};
        }
        m->name[m->n][0] = '\0';
    }
    snprintf(m->name[i], NAME_MAX_BYTES, "%.*s", VT_STR_ARGS(row->object));
    m->of[i][m->kind] = (figure_of){row->value, row->low, row->high};
    m->users[i] = row->count;
    return VT_OK;
}

static void show(vt_document *d, const methods *m)
{
    vt_document_table(d, "evaluation", "How well methods ranked what was held back");
    vt_document_column(d, "method", "Method", VT_UNIT_TEXT);
    vt_document_column(d, "ndcg", "NDCG", VT_UNIT_NUMBER);
    vt_document_column(d, "ndcg_low", "from", VT_UNIT_NUMBER);
    vt_document_column(d, "ndcg_high", "to", VT_UNIT_NUMBER);
    vt_document_column(d, "recall", "Found again", VT_UNIT_SHARE);
    vt_document_column(d, "recall_low", "from", VT_UNIT_SHARE);
    vt_document_column(d, "recall_high", "to", VT_UNIT_SHARE);
    vt_document_column(d, "coverage", "Catalogue in lists", VT_UNIT_SHARE);
    vt_document_column(d, "diversity", "Variety of a list", VT_UNIT_NUMBER);
    vt_document_column(d, "users", "Customers", VT_UNIT_COUNT);
    for (size_t i = 0; i < m->n; i++) {
        const figure_of *f = m->of[i];
        vt_document_text(d, vt_str_of(m->name[i]));
        vt_document_number(d, f[0].value);
        vt_document_number(d, f[0].low);
        vt_document_number(d, f[0].high);
        vt_document_number(d, f[1].value);
        vt_document_number(d, f[1].low);
        vt_document_number(d, f[1].high);
        vt_document_number(d, f[2].value);
        vt_document_number(d, f[3].value);
        vt_document_number(d, (double)m->users[i]);
    }
}

int vt_methods_show(vt_document *d, const vt_scope *scope, vt_error *err)
{
    vt_shop *shop = NULL;
    methods m = {.n = 0};
    int status = scope->shop_path == NULL ? VT_OK : vt_shop_open(&shop, scope->shop_path, VT_SHOP_READ, err);
    for (m.kind = 0; shop != NULL && status == VT_OK && m.kind < KINDS; m.kind++) {
        status = vt_results_each(shop, kinds[m.kind], "", add_row, &m, err);
    }
    vt_shop_close(shop);
    if (status == VT_OK && m.n > 0) {
        show(d, &m);
    }
    return status;
}
