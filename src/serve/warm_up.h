/*
 * What the pages of the dashboard ask first, and by a click on a period or on a category, is answered before somebody
 * asks: after the start, after midnight of the shop, and before an answer that took long ends. By one thread that gives
 * way to all others.
 */
#ifndef VT_SERVE_WARM_UP_H
#define VT_SERVE_WARM_UP_H

#include "serve/served_shop.h"

typedef struct vt_warm_up vt_warm_up;

/** Begins it; `*out` is NULL where the program has no dashboard. Of a shop that is open until it is closed. */
int vt_warm_up_open(vt_warm_up **out, vt_served_shop *shop, vt_error *err);

/** Ends it, in the middle of an answer as well; NULL is allowed. */
void vt_warm_up_close(vt_warm_up *warm_up);

#endif
