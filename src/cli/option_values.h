/* Values of options, checked by their rows. */
#ifndef VT_CLI_OPTION_VALUES_H
#define VT_CLI_OPTION_VALUES_H

#include "options.h"

/* VT_ERR_USAGE unless the option can have that value; `shown` is the option as it was written. */
int vt_option_check(const vt_option *option, const char *shown, const char *text, vt_error *err);

/* Reads "5,10,20" into `out` (VT_INTS_MAX); false unless ascending and in range. */
bool vt_option_read_ints(const vt_option *option, const char *text, int32_t *out, size_t *n);

#endif
