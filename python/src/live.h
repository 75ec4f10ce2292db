/* The shop in memory as a handle. */
#ifndef VT_PYTHON_LIVE_H
#define VT_PYTHON_LIVE_H

#include "handle.h"
#include "vitrine/live.h"

extern const vt_handle_kind vt_live_kind; /* a vt_live; keeps nothing */

#endif
