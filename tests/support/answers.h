/* Looking into an answer of insight: figures, tables and cells by their ids. What is not there fails the test. */
#ifndef VT_TEST_ANSWERS_H
#define VT_TEST_ANSWERS_H

#include "check.h"

#include "vitrine/insight.h"

static inline const vt_insight_figure *answer_figure(const vt_insight *insight, const char *id)
{
    for (size_t i = 0; i < insight->n_figures; i++) {
        if (strcmp(insight->figures[i].metric->id, id) == 0) {
            return &insight->figures[i];
        }
    }
    fail_msg("there is no figure %s: %s", id, insight->lead);
    return NULL;
}

/** NULL when there is none. */
static inline const vt_insight_table *answer_find_table(const vt_insight *insight, const char *id)
{
    for (size_t t = 0; t < insight->n_tables; t++) {
        if (strcmp(insight->tables[t].id, id) == 0) {
            return &insight->tables[t];
        }
    }
    return NULL;
}

static inline const vt_insight_table *answer_table(const vt_insight *insight, const char *id)
{
    const vt_insight_table *table = answer_find_table(insight, id);
    if (table == NULL) {
        fail_msg("there is no table %s: %s", id, insight->lead);
    }
    return table;
}

static inline const vt_insight_cell *answer_cell(const vt_insight_table *t, size_t row, const char *column)
{
    for (size_t c = 0; c < t->n_columns && row < t->n_rows; c++) {
        if (strcmp(t->columns[c].id, column) == 0) {
            return &t->cells[row * t->n_columns + c];
        }
    }
    fail_msg("there is no row %zu with a column %s", row, column);
    return NULL;
}

static inline double answer_number(const vt_insight_table *t, size_t row, const char *column)
{
    return answer_cell(t, row, column)->number;
}

static inline double answer_sum(const vt_insight_table *t, const char *column)
{
    double sum = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        sum += answer_number(t, r, column);
    }
    return sum;
}

#endif
