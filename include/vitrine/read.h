/**
 * Reading a shop row by row: settings, items, users, events, links. Texts are valid during the call. Callbacks return
 * VT_OK to go on; anything else ends it, and is what the call then gives. One thread at a time for an open shop.
 */
#ifndef VITRINE_READ_H
#define VITRINE_READ_H

#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * From here to vt_shop_read_end() all reads see one revision, also while somebody else writes. May be nested. Without
 * it, each call sees one of its own.
 */
VT_API int vt_shop_read_begin(vt_shop *shop, vt_error *err);
VT_API void vt_shop_read_end(vt_shop *shop);

/** A setting (see vt_shop_set()) into `value`, "" when it is not set. VT_ERR_LIMIT when it takes more than `size`. */
VT_API int vt_shop_get(vt_shop *shop, const char *name, char *value, size_t size, vt_error *err);

typedef int (*vt_shop_item_each)(void *context, const vt_item *item);
typedef int (*vt_shop_user_each)(void *context, const vt_user *user);
typedef int (*vt_shop_event_each)(void *context, const vt_event *event);
typedef int (*vt_shop_link_each)(void *context, const vt_link *link);

/** Every item, in the order of storing; price, cost and stock are those of now. */
VT_API int vt_shop_each_item(vt_shop *shop, vt_shop_item_each each, void *context, vt_error *err);

/** One item by its id. VT_ERR_NOT_FOUND names it. */
VT_API int vt_shop_item(vt_shop *shop, vt_str id, vt_shop_item_each each, void *context, vt_error *err);

VT_API int vt_shop_each_user(vt_shop *shop, vt_shop_user_each each, void *context, vt_error *err);
VT_API int vt_shop_user(vt_shop *shop, vt_str id, vt_shop_user_each each, void *context, vt_error *err);

/** Every event with all its fields, in the order of storing. */
VT_API int vt_shop_each_event(vt_shop *shop, vt_shop_event_each each, void *context, vt_error *err);

/** One event by the id that it was sent with. VT_ERR_NOT_FOUND names it. */
VT_API int vt_shop_event(vt_shop *shop, vt_str id, vt_shop_event_each each, void *context, vt_error *err);

/**
 * Events of one user in the order of time, then of storing: item, kind, time, value, quantity, price, state and part;
 * other fields are not given. VT_ERR_NOT_FOUND for an unknown user.
 */
VT_API int vt_shop_history(vt_shop *shop, vt_str user, vt_shop_event_each each, void *context, vt_error *err);

VT_API int vt_shop_each_user_link(vt_shop *shop, vt_shop_link_each each, void *context, vt_error *err);
VT_API int vt_shop_each_item_link(vt_shop *shop, vt_shop_link_each each, void *context, vt_error *err);

/** What an item cost and its price from a time on (VT_NONE: always), oldest first; VT_NONE where it is not known. */
typedef int (*vt_shop_price_each)(void *context, int64_t time, int64_t price, int64_t cost);
VT_API int vt_shop_prices(vt_shop *shop, vt_str item, vt_shop_price_each each, void *context, vt_error *err);

/**
 * How many pieces of an item were there from a time on, oldest first; VT_NONE: not told any longer. None where stock is
 * not tracked: no error.
 */
typedef int (*vt_shop_stock_each)(void *context, int64_t time, int64_t stock);
VT_API int vt_shop_stocks(vt_shop *shop, vt_str item, vt_shop_stock_each each, void *context, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
