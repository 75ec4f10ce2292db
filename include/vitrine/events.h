/**
 * Writing from programs: batches of events, items, users and links, what becomes of orders, prices and stock, and the
 * erasing and merging of users. A batch is one durable write: when the call returns VT_OK it is on the disk. A record
 * that is refused spoils only itself. The shop must be open for writing. Many threads write through a vt_writer
 * (writer.h).
 */
#ifndef VITRINE_EVENTS_H
#define VITRINE_EVENTS_H

#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a put did with a record. */
typedef enum vt_put {
    VT_PUT_ADDED,
    VT_PUT_CHANGED,
    VT_PUT_SAME,   /**< all of it was stored already */
    VT_PUT_REFUSED /**< nothing of it is stored */
} vt_put;

/** What became of one record of a batch. */
typedef struct vt_put_result {
    vt_put done;
    vt_code code;      /**< VT_OK unless refused */
    char message[240]; /**< why it was refused: a sentence, maybe cut; else "" */
} vt_put_result;

/** What is said of the purchased lines of an order. */
typedef struct vt_order_change {
    vt_str order;
    vt_str line; /**< not given: all lines of the order */
    vt_line_state state;
    int64_t refunded; /**< given back, minor units, shared out over the lines by their value; VT_NONE: as it was */
} vt_order_change;

/** Price, cost and stock of an item; VT_NONE: as it was. */
typedef struct vt_offer {
    vt_str item;
    int64_t price;
    int64_t cost;
    int64_t stock;
    int64_t as_of; /**< when it took effect; VT_NONE: now */
} vt_offer;

/** Who turned out to be whom: give `from` or `session`. */
typedef struct vt_user_merge {
    vt_str from;    /**< a user, as which a guest was known */
    vt_str session; /**< a visit whose events name no user */
    vt_str into;    /**< the account; comes into being where it is not there */
} vt_user_merge;

/*
 * Each takes `n` records and says of each in `results` (n places, or NULL) what became of it. VT_OK also when records
 * were refused; otherwise nothing of the batch is stored and the results mean nothing.
 */

/** Events; users and items that they name first come into being. A line of an order replaces what is stored of it. */
VT_API int vt_shop_put_events(vt_shop *shop, const vt_event *events, size_t n, vt_put_result *results, vt_error *err);
VT_API int vt_shop_put_items(vt_shop *shop, const vt_item *items, size_t n, vt_put_result *results, vt_error *err);
VT_API int vt_shop_put_users(vt_shop *shop, const vt_user *users, size_t n, vt_put_result *results, vt_error *err);
VT_API int vt_shop_put_user_links(vt_shop *shop, const vt_link *links, size_t n, vt_put_result *results, vt_error *err);
VT_API int vt_shop_put_item_links(vt_shop *shop, const vt_link *links, size_t n, vt_put_result *results, vt_error *err);

/**
 * Takes events back, each by the id that it was sent with: it counts nowhere any more, and one that is sent with this
 * id later is a new one. One that is not there is refused with VT_ERR_NOT_FOUND, and so is a numbered line of an order,
 * which has no id: that is cancelled.
 */
VT_API int vt_shop_remove_events(vt_shop *shop, const vt_str *events, size_t n, vt_put_result *results, vt_error *err);

/** Cancels, returns, refunds. An order or line that is not stored is refused with VT_ERR_NOT_FOUND. */
VT_API int vt_shop_set_orders(vt_shop *shop, const vt_order_change *orders, size_t n, vt_put_result *results,
                              vt_error *err);

/** Sets prices and stock of items that are there; another is refused with VT_ERR_NOT_FOUND. */
VT_API int vt_shop_set_offers(vt_shop *shop, const vt_offer *offers, size_t n, vt_put_result *results, vt_error *err);

/**
 * Erases users: who they are, their links, the texts of their reviews and all their events but purchases and returns,
 * which stay without a user and a session, so that revenue stays. What the store's file held of them is overwritten.
 * Somebody who is not there is refused with VT_ERR_NOT_FOUND. Later events of the same id begin anew. Snapshots and
 * models that were made before keep what they learned; make them anew.
 */
VT_API int vt_shop_erase_users(vt_shop *shop, const vt_str *users, size_t n, vt_put_result *results, vt_error *err);

/**
 * Merges a guest into an account: all events of the user `from`, or of guests in `session`, are the account's from here
 * on; an event that is sent once more is still the same one, and lines of orders stay what they are. Of a user also
 * the links and fields come over that the account does not have, and the user is gone: who sends new events of that id
 * makes it anew. An import that brought moved events can still be taken back; fields that came over then stay. A user
 * or session that is not there is refused with VT_ERR_NOT_FOUND.
 */
VT_API int vt_shop_merge_users(vt_shop *shop, const vt_user_merge *merges, size_t n, vt_put_result *results,
                               vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
