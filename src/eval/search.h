/* The space that tuning draws settings from. */
#ifndef VT_EVAL_SEARCH_H
#define VT_EVAL_SEARCH_H

#include <stddef.h>

#include "base/buf.h"
#include "base/rng.h"
#include "vitrine/model.h"
#include "vitrine/str.h"

#define VT_SEARCH_MAX 64

/** One parameter: a range, or some values. Texts are borrowed. */
typedef struct vt_search_row {
    vt_str name;
    vt_str values; /* "a|b|c"; length 0 for a range */
    double low, high;
    bool logarithmic;
    bool whole;
    bool timed; /* a usual row that fails in data without times */
} vt_search_row;

typedef struct vt_search {
    vt_search_row row[VT_SEARCH_MAX];
    size_t n;
} vt_search;

/**
 * The usual rows of a kind (a table in search.c) and those of `rows` (n_rows), which replace them. Parameters named in
 * `fixed` ("name=value") are left out. VT_ERR_USAGE says what is wrong with a row.
 */
int vt_search_parse(vt_search *out, const vt_model_kind *kind, const char *const *rows, size_t n_rows,
                    const char *const *fixed, size_t n_fixed, vt_error *err);

/** Takes the usual rows out that data without times cannot have; rows of the person stay. */
void vt_search_without_times(vt_search *search);

/** Appends "k=57,shrink=3.2", drawn evenly in every row; three digits of a real number. */
int vt_search_draw(vt_buf *out, const vt_search *search, vt_rng *rng, vt_error *err);

#endif
