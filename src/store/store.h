/*
 * The store: one interface to a shop's rows, SQLite behind it (PostgreSQL later). One connection in one process writes;
 * readers open their own and see one revision from vt_store_read_begin to vt_store_read_end.
 */
#ifndef VT_STORE_STORE_H
#define VT_STORE_STORE_H

#include <stdbool.h>

#include "store/event_key.h"
#include "vitrine/events.h"
#include "vitrine/importer.h"
#include "vitrine/key.h"
#include "vitrine/record.h"
#include "vitrine/results.h"
#include "vitrine/shop.h"
#include "vitrine/shop_rule.h"

typedef struct vt_store vt_store;

/** Opens the store at `where` (a path). Writers take the lock: VT_ERR_BUSY. */
int vt_store_open(vt_store **out, const char *where, vt_shop_mode mode, vt_error *err);
void vt_store_close(vt_store *store);

/**
 * Closes the store of an open shop, so that another process can write, until vt_shop_resume(): nothing else may be
 * done with the shop meanwhile but vt_shop_store(), which gives NULL, and vt_shop_close(). VT_ERR_BUSY: another still
 * writes.
 */
void vt_shop_suspend(vt_shop *shop);
int vt_shop_resume(vt_shop *shop, vt_error *err);

/**
 * From now on a commit of the shop, open for writing, is not waited for until it is on the disk: a power cut can take
 * the last ones, the end of the process takes none. Holds beyond vt_shop_resume().
 */
int vt_shop_relax(vt_shop *shop, vt_error *err);

/** The store of an open shop; borrowed. */
vt_store *vt_shop_store(vt_shop *shop);

/* ---- writing: puts between begin and commit ---------------------------------------------------------------- */

/**
 * Begins a write. With `kind` the rows belong to a new import, whose number goes to `*import_id`; kind NULL: no import.
 */
int vt_store_begin(vt_store *store, const char *kind, const char *source, int64_t *import_id, vt_error *err);

/**
 * Makes all since begin durable. `rejected` is kept with the import. On failure all is rolled back,
 * and so it is when a put failed for another reason than its record. A write that changed nothing leaves no trace: no
 * revision, no import.
 */
int vt_store_commit(vt_store *store, int64_t rejected, vt_error *err);

/** Forgets all since begin; nothing to do outside a write. */
void vt_store_rollback(vt_store *store);

/*
 * A put refuses a record with VT_ERR_FORMAT or VT_ERR_LIMIT (missing or long ids, bad UTF-8, numbers out of bounds):
 * nothing of it is stored and the write goes on. After any other failure the write cannot be committed.
 */

/** True for such a refusal. */
bool vt_store_is_refusal(int status);

/**
 * Upserts; fields that are not given stay. Price, cost and stock go to the history: with `as_of`, once for each
 * different statement about that time; without, when they differ from what holds. The item has the newest of its
 * history.
 */
int vt_store_put_item(vt_store *store, const vt_item *item, vt_put *done, vt_error *err);
int vt_store_put_user(vt_store *store, const vt_user *user, vt_put *done, vt_error *err);

/**
 * Adds an event once; users and items that are new come into being with nothing but their id. A line of an order
 * (vt_event in record.h says what makes it the same one) that is there already is replaced by what the event says:
 * VT_PUT_CHANGED. Its state stays unless the event gives another than VT_LINE_SOLD, its refund unless one is given, so
 * that an export of sales which is sent once more takes no cancellation back: vt_store_set_order() does.
 */
int vt_store_put_event(vt_store *store, const vt_event *event, vt_put *done, vt_error *err);

/**
 * The same for an event that vt_event_check() has passed without rules of the caller's, with its key as vt_event_key()
 * makes it. Both are work that another thread can do before.
 */
int vt_store_put_checked_event(vt_store *store, const vt_event *event, const unsigned char key[VT_EVENT_KEY_BYTES],
                               vt_put *done, vt_error *err);

/**
 * Sets the state of the purchased lines of an order, or of one line, and the amount given back for it (VT_NONE: as it
 * was). An amount for all lines is shared out by their value. VT_ERR_NOT_FOUND when no such line is stored, or none is
 * any more.
 */
int vt_store_set_order(vt_store *store, vt_str order, vt_str line, vt_line_state state, int64_t refunded, vt_put *done,
                       vt_error *err);

/**
 * Cancels the purchased lines of an order but those whose keys (vt_event_key()) are in `keep` (n), and counts them.
 * What was returned or cancelled before stays so.
 */
int vt_store_cancel_others(vt_store *store, vt_str order, const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n,
                           int64_t *cancelled, vt_error *err);

/** Erases a user: vt_shop_erase_users() says what goes and what stays. VT_ERR_NOT_FOUND when there is none. */
int vt_store_erase_user(vt_store *store, vt_str id, vt_error *err);

/**
 * Makes what a guest did an account's: vt_shop_merge_users() says what moves. VT_ERR_NOT_FOUND when there is no such
 * user or session; VT_ERR_USAGE when both are one, or inside an import, whose undo could not take it back.
 */
int vt_store_merge_users(vt_store *store, const vt_user_merge *merge, vt_error *err);

/** Takes an event back: see vt_shop_remove_events(). VT_ERR_NOT_FOUND; VT_ERR_USAGE inside an import. */
int vt_store_remove_event(vt_store *store, vt_str id, vt_error *err);

int vt_store_put_user_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);
int vt_store_put_item_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);

/*
 * What a model weighs, for reports; belongs to no import and makes no revision. Clear, then put each once: a second of
 * the same topic, place and name fails the write.
 */
int vt_store_clear_weights(vt_store *store, vt_str model, vt_error *err);
int vt_store_put_weight(vt_store *store, vt_str model, const vt_weight *weight, vt_error *err);

/** Gives the rows of a kind one by one, `*row` NULL after the last; a row is borrowed until the next call. */
typedef int (*vt_result_next)(void *context, const vt_result **row, vt_error *err);

/**
 * Puts what `next` gives in place of all computed rows of a kind, by the rules of vt_results_replace(); belongs to no
 * import and makes no revision. After any failure, an unknown kind among them, the write cannot be committed.
 */
int vt_store_replace_results(vt_store *store, const char *kind, int64_t made_at, vt_result_next next, void *context,
                             vt_error *err);

/** The kinds of computed rows, from 0; NULL after the last. */
const vt_result_kind *vt_result_kind_at(size_t i);

/*
 * Keys of the server: written between begin and commit, make no revision. VT_ERR_NOT_FOUND: no key has this id. The
 * oldest comes first.
 */
int vt_store_put_key(vt_store *store, const vt_key *key, vt_error *err);
int vt_store_remove_key(vt_store *store, vt_str id, vt_error *err);
int vt_store_each_key(vt_store *store, vt_key_each each, void *context, vt_error *err);

/*
 * Rules of merchandisers: written between begin and commit. A put replaces the whole rule of that id, in its place in
 * the order. `id` not given: every rule, in the order in which they act; else that one, VT_ERR_NOT_FOUND without.
 */
int vt_store_put_rule(vt_store *store, const vt_shop_rule *rule, vt_put *done, vt_error *err);
int vt_store_remove_rule(vt_store *store, vt_str id, vt_error *err);
int vt_store_each_rule(vt_store *store, vt_str id, vt_shop_rule_each each, void *context, vt_error *err);

/** Users and items that came into being since vt_store_begin(), those that only events name among them. */
void vt_store_fresh(const vt_store *store, int64_t *users, int64_t *items);

/**
 * Sets a setting inside a write: "currency" (once; VT_ERR_USAGE over a different one) or "time_zone" (an IANA name,
 * in which days begin and end) or "recommend.NAME", which is kept as it is, up to 4,095 bytes. VT_ERR_USAGE for other
 * names.
 */
int vt_store_set(vt_store *store, const char *name, const char *value, vt_error *err);

/**
 * Takes an import back, in a write of its own: the data are as if it had never been, except that what it would have
 * said first and a later one only repeated goes too, and so do items and users that nothing is left of but a name in an
 * order line which was replaced. In the report `added` counts rows that went and `changed` rows
 * that have former values again. VT_ERR_NOT_FOUND when there is no such import or it was undone.
 */
int vt_store_undo(vt_store *store, int64_t import_id, vt_import_report *report, vt_error *err);

/* ---- reading --------------------------------------------------------------------------------------------------- */

/** From here to the end all reads see one revision. May be nested; inside a write all reads see the write. */
int vt_store_read_begin(vt_store *store, vt_error *err);
void vt_store_read_end(vt_store *store);

/** A setting into `value` (size bytes), "" when not set. */
int vt_store_get(vt_store *store, const char *name, char *value, size_t size, vt_error *err);

/** All but schema and bytes, which are the shop's: see vt_shop_describe(). */
int vt_store_describe(vt_store *store, vt_shop_info *info, vt_error *err);
int vt_store_imports(vt_store *store, int (*each)(void *context, const vt_shop_import *row), void *context,
                     vt_error *err);
int vt_store_check(vt_store *store, vt_error *err);

/** Commits need not reach the disk before they return: see vt_shop_relax(). */
int vt_store_relax(vt_store *store, vt_error *err);

/** Writes all that is read now, between read_begin and read_end one revision, to a store of its own at `path`. */
int vt_store_copy(vt_store *store, const char *path, const vt_progress *progress, vt_error *err);

/**
 * Where a store stands, and where a reader that follows it stands. Whoever has read all up to a mark needs from a
 * later one: nothing when `revision` is the same; everything anew when `epoch` differs or its own `change` is under
 * `change_first`; else the rows after `event`, `user` and `item` and the changes after `change`. A row id is given
 * once: what is gone leaves a gap.
 */
typedef struct vt_store_mark {
    int64_t revision;  /* grows with every commit that changed anything */
    int64_t catalogue; /* grows with what is told of items, users, links, settings and rules, not with mere events */
    int64_t epoch;     /* grows when rows that were read may differ without a word in the journal, as after an undo */
    int64_t event;     /* largest row ids ever given; 0 before the first */
    int64_t user;      /* grows by ids that events name first, too: that moves no `catalogue` */
    int64_t item;
    int64_t stock;        /* of the history of stocks */
    int64_t change;       /* largest number in the journal */
    int64_t change_first; /* the smallest `change` from which the journal is complete */
} vt_store_mark;

/** The mark of what is read (or written) now. Four rows are looked at, whatever the shop holds. */
int vt_store_mark_get(vt_store *store, vt_store_mark *out, vt_error *err);

/** What happened to a row that was there before the write. Stored: never renumber. */
typedef enum vt_change_kind {
    VT_CHANGE_ITEM = 0, /* its fields, price or stock; read it again */
    VT_CHANGE_USER = 1,
    VT_CHANGE_EVENT_GONE = 2, /* replaced or moved (its successor has a new row), or erased */
    VT_CHANGE_USER_GONE = 3   /* erased, or merged into another */
} vt_change_kind;

/** One entry of the journal. A row may be one that the reader has never seen: made and gone since its mark. */
typedef struct vt_store_change {
    int64_t number;
    int64_t row;
    int64_t user;   /* of an event that is gone: row of its user, 0 for a guest */
    vt_str session; /* of a guest's event that is gone */
    vt_change_kind kind;
} vt_store_change;

/** Entries with a number over `after`, in order. */
typedef int (*vt_change_each)(void *context, const vt_store_change *change);
int vt_store_each_change(vt_store *store, int64_t after, vt_change_each each, void *context, vt_error *err);

/**
 * Rows of events, mostly as numbers: row ids of user and item are those of the items and users below. Money is in the
 * shop's currency: a line in another one brings none. Rows never change; a line that is replaced gets a new row.
 */
typedef struct vt_event_row {
    int64_t id;   /* grows with the order of storing */
    int64_t user; /* row id; 0 for a session without a user */
    int64_t item;
    int64_t time; /* VT_NONE without */
    int64_t quantity;
    int64_t unit_price; /* VT_NONE without */
    int64_t discount;   /* of the line; VT_NONE without */
    int64_t refunded;   /* of the line; VT_NONE without */
    int64_t cost;       /* of one piece when it was sold or returned: the newest known by then, else the earliest */
    double value;       /* NaN without */
    vt_str order;       /* not given: NULL */
    vt_str session;     /* not given: NULL */
    vt_str placement;   /* where, by which model and in answer to which request it was shown; not given: NULL */
    vt_str model;
    vt_str request;
    uint8_t kind;
    uint8_t part;
    uint8_t state; /* vt_line_state: cancelled lines are among the rows */
    bool has_text; /* a review with a title or body */
} vt_event_row;

/*
 * Callbacks return 0 to go on; anything else ends the pass, which then returns that value (use vt_code). Texts are
 * valid during the call. Items and users come in the order of their row ids, events in the order of storing.
 */
typedef int (*vt_item_each)(void *context, int64_t row, const vt_item *item);
typedef int (*vt_user_each)(void *context, int64_t row, const vt_user *user);
typedef int (*vt_event_each)(void *context, const vt_event_row *event);
typedef int (*vt_link_each)(void *context, const vt_link *link);

/** Rows with a row id over `row`, 0 for all. */
int vt_store_each_item_after(vt_store *store, int64_t row, vt_item_each each, void *context, vt_error *err);
int vt_store_each_user_after(vt_store *store, int64_t row, vt_user_each each, void *context, vt_error *err);
int vt_store_each_event_after(vt_store *store, int64_t id, vt_event_each each, void *context, vt_error *err);
int vt_store_each_user_link(vt_store *store, vt_link_each each, void *context, vt_error *err);
int vt_store_each_item_link(vt_store *store, vt_link_each each, void *context, vt_error *err);

/** What a model weighs, by topic, place and name. */
int vt_store_each_weight(vt_store *store, vt_str model, vt_weight_each each, void *context, vt_error *err);

/** Computed rows: see vt_results_each(). */
int vt_store_each_result(vt_store *store, const char *kind, const char *subject, vt_result_each each, void *context,
                         vt_error *err);

/** One item or user by the shop's id, through `each`; VT_ERR_NOT_FOUND names it. */
int vt_store_item(vt_store *store, vt_str id, vt_item_each each, void *context, vt_error *err);
int vt_store_user(vt_store *store, vt_str id, vt_user_each each, void *context, vt_error *err);

/** One by its row id; VT_ERR_NOT_FOUND when it is gone or never was. */
int vt_store_item_row(vt_store *store, int64_t row, vt_item_each each, void *context, vt_error *err);
int vt_store_user_row(vt_store *store, int64_t row, vt_user_each each, void *context, vt_error *err);

/** Events of one user in time order (then order of storing), without cancelled lines, with item ids as texts. */
typedef int (*vt_history_each)(void *context, const vt_event_row *event, vt_str item);
int vt_store_history(vt_store *store, vt_str user, vt_history_each each, void *context, vt_error *err);

/** Events with all their fields and texts, in the order of storing; slower than each_event. */
typedef int (*vt_full_event_each)(void *context, const vt_event *event);
int vt_store_each_full_event(vt_store *store, vt_full_event_each each, void *context, vt_error *err);

/** Which events a page has. Those of one user, or of one item, are of what has that id: VT_ERR_NOT_FOUND names it. */
typedef struct vt_event_page {
    int64_t after;        /* row id; 0: from the first */
    int64_t limit;        /* at most */
    vt_str user, item;    /* not given: all */
    int kind;             /* -1: all */
    int64_t since, until; /* times in [since, until); VT_NONE: all */
} vt_event_page;

/**
 * Events with all their fields and a row id over `after`, in the order of storing. A page with conditions and without
 * a user looks at VT_PAGE_LOOKS_MAX rows at most: `*looked` is the last of them, or 0 when there are none behind it.
 */
typedef int (*vt_paged_event_each)(void *context, int64_t row, const vt_event *event);
int vt_store_page_events(vt_store *store, const vt_event_page *page, vt_paged_event_each each, void *context,
                         int64_t *looked, vt_error *err);

/** One event by the id that it was sent with, which is given back; VT_ERR_NOT_FOUND names it. */
int vt_store_event(vt_store *store, vt_str id, vt_paged_event_each each, void *context, vt_error *err);

/** History of an item's prices, oldest first. */
typedef int (*vt_price_each)(void *context, int64_t time, int64_t price, int64_t cost);
int vt_store_prices(vt_store *store, vt_str item, vt_price_each each, void *context, vt_error *err);

/** History of an item's stock, oldest first: pieces from a time on, VT_NONE where they are told no longer. */
typedef int (*vt_stock_each)(void *context, int64_t time, int64_t stock);
int vt_store_stocks(vt_store *store, vt_str item, vt_stock_each each, void *context, vt_error *err);

/** The histories of all items behind row `row`, in the order of storing; `item` is the row of the item. */
typedef int (*vt_stock_row_each)(void *context, int64_t item, int64_t time, int64_t stock);
int vt_store_each_stock_after(vt_store *store, int64_t row, vt_stock_row_each each, void *context, vt_error *err);

/**
 * Items whose title, brand, category or description has any of the words of `query`, best first: BM25 with weights 8,
 * 4, 2, 1 of those fields, ties to what was stored first; at most `limit` (negative: all). `query` is what a person
 * types: nothing in it is an operator, letters match in any case and without accents, English endings do not count, and
 * words after the first 32 are passed over. No words, no items. `score` is larger for better.
 */
typedef int (*vt_match_each)(void *context, int64_t row, vt_str item, double score);
int vt_store_match(vt_store *store, vt_str query, int64_t limit, vt_match_each each, void *context, vt_error *err);

/** Items whose words vt_store_match() does not know yet: a large import leaves them for vt_store_index(). */
int vt_store_unindexed(vt_store *store, int64_t *items, vt_error *err);

/** Takes those words in, in a write of its own; what the shop holds is the same before and after. */
int vt_store_index(vt_store *store, vt_error *err);

#endif
