/** A borrowed piece of text: pointer and length, not necessarily NUL-terminated, UTF-8. */
#ifndef VITRINE_STR_H
#define VITRINE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/** ptr == NULL means "not given"; a given empty text has a pointer and length 0. */
typedef struct vt_str {
    const char *ptr;
    size_t len;
} vt_str;

/** A piece of text over a NUL-terminated string; NULL gives "not given". */
static inline vt_str vt_str_of(const char *text)
{
    vt_str s = {text, text == NULL ? 0 : strlen(text)};
    return s;
}

/** Equal bytes; "not given" equals only itself. */
static inline bool vt_str_equal(vt_str a, vt_str b)
{
    if (a.ptr == NULL || b.ptr == NULL) {
        return a.ptr == b.ptr;
    }
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** Order of bytes, shorter first among equal prefixes; "not given" sorts as empty. */
static inline int vt_str_compare(vt_str a, vt_str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared == 0 ? 0 : memcmp(a.ptr, b.ptr, shared);
    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/** Prints with "%.*s": `printf("%.*s", VT_STR_ARGS(s))`. */
#define VT_STR_ARGS(s) (int)(s).len, (s).ptr == NULL ? "" : (s).ptr

#ifdef __cplusplus
}
#endif

#endif
