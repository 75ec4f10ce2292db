/*
 * A look into a table before it is read: what no single cell says. Rows are looked at until what is open is settled, at
 * least the first two thousand; pipes, which cannot be read twice, are not looked into.
 */
#ifndef VT_IMPORT_LOOK_H
#define VT_IMPORT_LOOK_H

#include "import/columns.h"
#include "import/source.h"

/**
 * Fills source->forms (decimal mark, order of day and month) and the scale of ratings for the file at `path`, or for
 * the import's table in memory.
 */
int vt_look(vt_source *source, const char *path, const vt_columns *columns, vt_error *err);

/** Ratings that were seen; zeroed at first. */
typedef struct vt_scale_look {
    double low; /* the lowest that is not negative, where there is one */
    double lowest, high;
    int64_t rated;
    int64_t above, below; /* of them, above 5 and below 0 */
} vt_scale_look;

void vt_scale_see(vt_scale_look *look, double rating);

/** Widens the rules of the sink to the scale that the ratings show, with a note, unless the caller gave one. */
void vt_scale_settle(vt_source *source, const vt_scale_look *look);

#endif
