/* All that the store holds of a person: fixed steps of SQL over it, for erasing and merging. */
#ifndef VT_STORE_SQLITE_PERSON_H
#define VT_STORE_SQLITE_PERSON_H

#include "store/sqlite.h"

/**
 * What the steps speak of, by number: ?1 the row of the user, ?2 its id, ?3 and ?4 the largest row ids of events before
 * the write and now, ?5 and ?6 row and id of the user that it becomes, ?7 a session.
 */
typedef struct vt_sqlite_person {
    int64_t user;
    vt_str id;
    int64_t into;
    vt_str into_id;
    vt_str session;
} vt_sqlite_person;

/** The row of a user; VT_ERR_NOT_FOUND names it. */
int vt_sqlite_find_user(vt_sqlite *s, vt_str id, int64_t *row, vt_error *err);

/**
 * Runs steps. One that fills temp.moved(event, row) gives its events new rows, which then count as given. `doing`
 * completes "cannot ...".
 */
int vt_sqlite_person_steps(vt_sqlite *s, const char *const *steps, size_t n, const vt_sqlite_person *person,
                           const char *doing, vt_error *err);

/** After the last step, when the row of a user is gone: followers are told, and the row is not found again. */
int vt_sqlite_user_is_gone(vt_sqlite *s, int64_t row, vt_error *err);

/* Begins and ends the moving of events. */
#define VT_MOVED_NONE "DELETE FROM temp.moved"
#define VT_MOVED_FILL(where)                                                                                           \
    "INSERT INTO temp.moved SELECT id, ?4 + row_number() OVER (ORDER BY id) FROM events WHERE " where

/* What belongs to moved events follows them; before the events themselves. */
#define VT_MOVED_FOLLOWS(table)                                                                                        \
    "UPDATE " table " SET event = (SELECT row FROM temp.moved m WHERE m.event = " table                                \
    ".event) WHERE event IN (SELECT event FROM temp.moved)"

/* The events, with other values of columns besides. */
#define VT_MOVED_EVENTS(columns)                                                                                       \
    "UPDATE events SET id = (SELECT row FROM temp.moved m WHERE m.event = events.id), " columns                        \
    " WHERE id IN (SELECT event FROM temp.moved)"

#endif
