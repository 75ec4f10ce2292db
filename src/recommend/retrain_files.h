/* Names of models that retraining makes, and which of them stay. */
#ifndef VT_RECOMMEND_RETRAIN_FILES_H
#define VT_RECOMMEND_RETRAIN_FILES_H

#include "vitrine/choice.h"

enum { VT_RETRAINED_KEPT = 3 };

/** A free name for a model that is made now: "itemknn-20261130T221500". */
int vt_retrained_name(char *out, size_t size, const char *shop, const char *kind, vt_error *err);

/**
 * Removes automatic models but for the newest VT_RETRAINED_KEPT, the active and the previous one. A file that cannot be
 * removed stays for the next time.
 */
int vt_retrained_prune(const char *shop, vt_error *err);

#endif
