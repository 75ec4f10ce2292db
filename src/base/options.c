/* Sizes of structs are compared as a whole: fields that one side does not know are never read or written. */
#include "base/options.h"

#include <string.h>

#include "vitrine/version.h"

void vt_options_init(void *options, size_t size, const void *defaults, size_t known)
{
    memset(options, 0, size);
    memcpy(options, defaults, size < known ? size : known);
    memcpy(options, &size, sizeof size);
}

int vt_options_check(size_t size, size_t known, const char *type, vt_error *err)
{
    if (size == known) {
        return VT_OK;
    }
    if (size == 0) {
        return vt_fail(err, VT_ERR_USAGE, "the size of a %s is 0; call %s_init() before filling it in", type, type);
    }
    return vt_fail(
        err, VT_ERR_USAGE,
        "a %s has %zu bytes, and this version of Vitrine (%s) knows %zu; compile the program with its headers", type,
        size, vt_version(), known);
}
