/** What libvitrine exports (everything else is hidden), and how structs that programs fill in can grow. */
#ifndef VITRINE_EXPORT_H
#define VITRINE_EXPORT_H

#include <stddef.h>

#if defined(__GNUC__)
#define VT_API __attribute__((visibility("default")))
#define VT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define VT_API
#define VT_PRINTF(text, first)
#endif

/**
 * Structs of options begin with `size_t size`, their size in the headers that a program was compiled with; TYPE_init()
 * sets it beside the defaults. A library whose struct has another size answers VT_ERR_USAGE instead of reading fields
 * that are not there, and so it does for a struct that was never initialised.
 */
#define VT_SIZED_INIT(type)                                                                                            \
    VT_API void type##_init_sized(type *options, size_t size);                                                         \
    static inline void type##_init(type *options)                                                                      \
    {                                                                                                                  \
        type##_init_sized(options, sizeof *options);                                                                   \
    }

#endif
