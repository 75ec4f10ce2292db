/* Structs of options that begin with their size (VT_SIZED_INIT of vitrine/export.h): their defaults and their check. */
#ifndef VT_BASE_OPTIONS_H
#define VT_BASE_OPTIONS_H

#include "vitrine/error.h"

/** Defaults (`known` bytes) into the caller's struct of `size` bytes, which begins with that size. */
void vt_options_init(void *options, size_t size, const void *defaults, size_t known);

/**
 * VT_ERR_USAGE unless a caller's struct called `type` has the `known` size: it was not initialised, or by a program
 * that was compiled with the headers of another version.
 */
int vt_options_check(size_t size, size_t known, const char *type, vt_error *err);

#endif
