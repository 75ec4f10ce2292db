/** The version of the library. */
#ifndef VITRINE_VERSION_H
#define VITRINE_VERSION_H

#include "vitrine/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The version the program runs with, such as "0.1.0"; static storage. */
VT_API const char *vt_version(void);

#ifdef __cplusplus
}
#endif

#endif
