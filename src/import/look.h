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

#endif
