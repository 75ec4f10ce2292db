/** Marks what libvitrine exports; everything else is hidden. */
#ifndef VITRINE_EXPORT_H
#define VITRINE_EXPORT_H

#if defined(__GNUC__)
#define VT_API __attribute__((visibility("default")))
#define VT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define VT_API
#define VT_PRINTF(text, first)
#endif

#endif
