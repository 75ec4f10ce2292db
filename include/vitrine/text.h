/** A text that a call made and the caller owns. */
#ifndef VITRINE_TEXT_H
#define VITRINE_TEXT_H

#include <stddef.h>

#include "vitrine/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** UTF-8 (or the bytes of a picture); a NUL stands behind `len`. Starts zeroed. */
typedef struct vt_text {
    char *data;
    size_t len;
} vt_text;

/** Frees; NULL is allowed. The struct is empty after it. */
VT_API void vt_text_free(vt_text *text);

#ifdef __cplusplus
}
#endif

#endif
