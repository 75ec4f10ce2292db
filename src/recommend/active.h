/* The file models/active of a shop: which model answers, and which one did before. */
#ifndef VT_RECOMMEND_ACTIVE_H
#define VT_RECOMMEND_ACTIVE_H

#include "vitrine/choice.h"

/** Writes the file atomically; `previous` "" for none. */
int vt_active_write(const char *shop, const char *name, const char *previous, vt_error *err);

/** Forgets it: the newest model answers. None: no error. */
int vt_active_clear(const char *shop, vt_error *err);

#endif
