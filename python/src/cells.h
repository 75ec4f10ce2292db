/* Columns as the rows of an import: each cell as the text that a file would hold. */
#ifndef VT_PYTHON_CELLS_H
#define VT_PYTHON_CELLS_H

#include "column.h"
#include "vitrine/importer.h"

enum { VT_CELL_NUMBER_BYTES = 32 };

/** Columns in use. */
typedef struct vt_cells {
    vt_import_rows rows; /* of the import; it stays where it is */
    PyObject **handle;   /* (C) */
    vt_column **column;  /* (C) */
    size_t n_entered;
    char (*number)[VT_CELL_NUMBER_BYTES]; /* (C) texts of numbers of the row at hand */
} vt_cells;

/** From (name, [name of a column], [column]); false with an exception. Columns have to be of one length. */
bool vt_cells_enter(vt_cells *cells, PyObject *table);
void vt_cells_leave(vt_cells *cells);

#endif
