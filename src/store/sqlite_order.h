/* The columns of a line's former content, for puts and for undo. */
#ifndef VT_STORE_SQLITE_ORDER_H
#define VT_STORE_SQLITE_ORDER_H

#include "store/sqlite.h"

#define VT_LINE_COLUMNS                                                                                                \
    "user, session, item, time, value, quantity, unit_price, discount, currency, part, title, body, placement, model," \
    " request, refunded, state"

/** What of a line changes on its own. Stored: never renumber. */
enum { VT_LINE_CONTENT = 0, VT_LINE_CHANGES_STATE = 1, VT_LINE_CHANGES_REFUND = 2 };

/** An event with the row ids of its user (VT_NONE: a guest) and item, and its currency as it is stored. */
typedef struct vt_sqlite_line {
    const vt_event *event;
    const unsigned char *key;
    int64_t user;
    int64_t item;
    vt_str currency;
} vt_sqlite_line;

/** A put of a line that is there already. */
int vt_sqlite_replace_line(vt_sqlite *s, const vt_sqlite_line *line, vt_put *done, vt_error *err);

/** Adds the review and the exposure of an event. */
int vt_sqlite_add_texts(vt_sqlite *s, int64_t row, const vt_event *event, vt_error *err);

#endif
