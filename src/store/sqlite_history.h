/* The SQL that makes an item's price, cost and stock the newest of its histories, for puts and for undo. */
#ifndef VT_STORE_SQLITE_HISTORY_H
#define VT_STORE_SQLITE_HISTORY_H

#define VT_NEWEST_OF(column, table)                                                                                    \
    "(SELECT h." column " FROM " table " h WHERE h.item = items.id AND h." column                                      \
    " IS NOT NULL ORDER BY h.time DESC, h.id DESC LIMIT 1)"
#define VT_NEWEST(column, table) column " = " VT_NEWEST_OF(column, table)

#define VT_ITEM_NEWEST                                                                                                 \
    VT_NEWEST("price", "price_history")                                                                                \
    ", " VT_NEWEST("cost", "price_history") ", " VT_NEWEST("stock", "stock_"                                           \
                                                                    "history")

#endif
