/*
 * The SQL that makes an item's price, cost and stock the newest of its histories, for puts and for undo. A row of
 * prices speaks of a price or a cost when it has one, or when it says that none is told any longer.
 */
#ifndef VT_STORE_SQLITE_HISTORY_H
#define VT_STORE_SQLITE_HISTORY_H

enum { VT_CLEARED_PRICE = 1, VT_CLEARED_COST = 2 }; /* bits of `cleared` */

#define VT_TELLS_PRICE "(h.price IS NOT NULL OR h.cleared & 1)"
#define VT_TELLS_COST "(h.cost IS NOT NULL OR h.cleared >= 2)"

#define VT_NEWEST_OF(column, table, condition)                                                                         \
    "(SELECT h." column " FROM " table " h WHERE h.item = items.id AND " condition                                     \
    " ORDER BY h.time DESC, h.id DESC LIMIT 1)"
#define VT_NEWEST_PRICE VT_NEWEST_OF("price", "price_history", VT_TELLS_PRICE)
#define VT_NEWEST_COST VT_NEWEST_OF("cost", "price_history", VT_TELLS_COST)
#define VT_NEWEST_STOCK VT_NEWEST_OF("stock", "stock_history", "1")

#define VT_ITEM_NEWEST "price = " VT_NEWEST_PRICE ", cost = " VT_NEWEST_COST ", stock = " VT_NEWEST_STOCK

#endif
