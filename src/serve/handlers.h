/* The tables of routes, each in the file of its name; each ends with a row without a method. */
#ifndef VT_SERVE_HANDLERS_H
#define VT_SERVE_HANDLERS_H

#include "serve/route.h"

/** Goods and lists that name no customer: for storefronts, and for who reads figures of them. */
enum { VT_SCOPES_GOODS = VT_SCOPE_READ | VT_SCOPE_VIEW | VT_SCOPE_REPORT };

extern const vt_route vt_routes_lists[];
extern const vt_route vt_routes_photos[];
extern const vt_route vt_routes_items[];
extern const vt_route vt_routes_users[];
extern const vt_route vt_routes_events[];
extern const vt_route vt_routes_orders[];
extern const vt_route vt_routes_rules[];
extern const vt_route vt_routes_transfer[];
extern const vt_route vt_routes_backup[];
extern const vt_route vt_routes_insight[];
extern const vt_route vt_routes_dashboard[];
extern const vt_route vt_routes_session[];
extern const vt_route vt_routes_models[];
extern const vt_route vt_routes_maps[];
extern const vt_route vt_routes_system[];

#endif
