/* What pictures of numbers in cells share. */
#ifndef VT_CLI_HEAT_H
#define VT_CLI_HEAT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * The colour of a number whose largest absolute value is `most`: signed ones from blue over white to red, shares from
 * white to green.
 */
void vt_heat_colour(char out[8], double value, double most, bool share);

/* Appends a text cut to `most` bytes at a whole character, escaped for SVG. */
int vt_heat_text(vt_buf *out, const char *text, size_t most, vt_error *err);

#endif
