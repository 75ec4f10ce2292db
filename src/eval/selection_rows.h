/* Which kinds and presets are tried on which data. */
#ifndef VT_EVAL_SELECTION_ROWS_H
#define VT_EVAL_SELECTION_ROWS_H

#include "vitrine/selection.h"

/** What data may have, as bits. */
enum {
    VT_DATA_TIMED = 1 << 0,
    VT_DATA_UNTIMED = 1 << 1,
    VT_DATA_FEW = 1 << 2,  /* events a user, as in review data */
    VT_DATA_MANY = 1 << 3, /* as of ratings */
    VT_DATA_TEXT = 1 << 4, /* vectors of texts */
    VT_DATA_SIGNALS = 1 << 5,
    VT_DATA_SMALL = 1 << 6, /* few enough items for a matrix of them */
    VT_DATA_LARGE = 1 << 7  /* too many */
};

/** One model to try. */
typedef struct vt_selection_row {
    const char *kind, *preset, *settings; /* as in vt_selection_trial */
    unsigned needs;                       /* bits that the data must all have */
} vt_selection_row;

/** The table, `*n` rows, cheap kinds first; rows of one kind stand together. Static storage. */
const vt_selection_row *vt_selection_rows(size_t *n);

/** The bits of the data under a split. O(E). VT_ERR_NO_MEMORY. */
int vt_selection_shape(unsigned *out, const vt_snapshot *snapshot, const vt_split *split, const vt_fit_options *fit,
                       vt_error *err);

#endif
