/* The tables of routes, one a file of handlers; each ends with a row without a method. */
#ifndef VT_SERVE_HANDLERS_H
#define VT_SERVE_HANDLERS_H

#include "serve/route.h"

extern const vt_route vt_routes_lists[];   /* lists.c: recommendations, similar, complements, trending, search */
extern const vt_route vt_routes_photos[];  /* photos.c */
extern const vt_route vt_routes_items[];   /* items.c */
extern const vt_route vt_routes_users[];   /* users.c */
extern const vt_route vt_routes_events[];  /* events.c */
extern const vt_route vt_routes_orders[];  /* orders.c */
extern const vt_route vt_routes_rules[];   /* rules.c */
extern const vt_route vt_routes_insight[]; /* insight.c */
extern const vt_route vt_routes_system[];  /* system.c: health, metrics, documentation */

#endif
