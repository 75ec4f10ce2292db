/* What pictures of numbers in cells share. */
#ifndef VT_REPORT_HEAT_H
#define VT_REPORT_HEAT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The colour of a number whose largest absolute value is `most`: signed ones from blue over white to red, shares from
 * white to green.
 */
void vt_heat_colour(char out[8], double value, double most, bool share);

/* Where a cell stands and how large it is. */
typedef struct vt_heat_cell {
    double x, y, width, height;
} vt_heat_cell;

/* Appends a cell of a colour with a text in its middle. */
int vt_heat_put(vt_buf *out, const vt_heat_cell *cell, const char *colour, const char *text, vt_error *err);

/* Appends the opening of a picture, with a white ground. */
int vt_heat_open(vt_buf *out, size_t width, size_t height, vt_error *err);

/* Appends a text cut to `most` bytes at a whole character, escaped for SVG. */
int vt_heat_text(vt_buf *out, const char *text, size_t most, vt_error *err);

#endif
