/*
 * What a database behind the store interface implements. store.c refuses records that nobody should store, then
 * dispatches; sqlite.h and its files are the first database.
 */
#ifndef VT_STORE_OPS_H
#define VT_STORE_OPS_H

#include "base/json.h"
#include "store/event_key.h"
#include "store/store.h"

/** Which items or users to read: those after a row, the one of a row, the one of an id. */
typedef struct vt_pick {
    enum { VT_PICK_AFTER, VT_PICK_ROW, VT_PICK_ID } by;
    int64_t row;
    vt_str id;
} vt_pick;

typedef struct vt_store_ops {
    void (*close)(vt_store *store);
    int (*begin)(vt_store *store, const char *kind, const char *source, int64_t *import_id, vt_error *err);
    int (*commit)(vt_store *store, int64_t rejected, vt_error *err);
    void (*rollback)(vt_store *store);
    int (*put_item)(vt_store *store, const vt_item *item, vt_put *done, vt_error *err);
    int (*put_user)(vt_store *store, const vt_user *user, vt_put *done, vt_error *err);
    int (*put_event)(vt_store *store, const vt_event *event, const unsigned char key[VT_EVENT_KEY_BYTES], vt_put *done,
                     vt_error *err);
    int (*set_order)(vt_store *store, vt_str order, vt_str line, vt_line_state state, int64_t refunded, vt_put *done,
                     vt_error *err);
    int (*cancel_others)(vt_store *store, vt_str order, const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n,
                         int64_t *cancelled, vt_error *err);
    int (*erase_user)(vt_store *store, vt_str id, vt_error *err);
    int (*merge_users)(vt_store *store, const vt_user_merge *merge, vt_error *err);
    int (*remove_event)(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], bool *removed, vt_error *err);
    int (*put_user_link)(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);
    int (*put_item_link)(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);
    int (*set)(vt_store *store, const char *name, const char *value, vt_error *err);
    int (*undo)(vt_store *store, int64_t import_id, vt_import_report *report, vt_error *err);
    int (*read_begin)(vt_store *store, vt_error *err);
    void (*read_end)(vt_store *store);
    int (*get)(vt_store *store, const char *name, char *value, size_t size, vt_error *err);
    int (*describe)(vt_store *store, vt_shop_info *info, vt_error *err);
    int (*imports)(vt_store *store, int (*each)(void *context, const vt_shop_import *row), void *context,
                   vt_error *err);
    int (*check)(vt_store *store, vt_error *err);
    int (*relax)(vt_store *store, vt_error *err);
    int (*copy)(vt_store *store, const char *path, const vt_progress *progress, vt_error *err);
    int (*mark)(vt_store *store, vt_store_mark *out, vt_error *err);
    int (*each_change)(vt_store *store, int64_t after, vt_change_each each, void *context, vt_error *err);
    int (*each_item)(vt_store *store, vt_pick pick, vt_item_each each, void *context, vt_error *err);
    int (*each_user)(vt_store *store, vt_pick pick, vt_user_each each, void *context, vt_error *err);
    int (*each_event)(vt_store *store, int64_t after, vt_event_each each, void *context, vt_error *err);
    int (*each_full_event)(vt_store *store, vt_full_event_each each, void *context, vt_error *err);
    int (*page_events)(vt_store *store, const vt_event_page *page, vt_paged_event_each each, void *context,
                       int64_t *looked, vt_error *err);
    int (*event)(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], vt_paged_event_each each, void *context,
                 vt_error *err);
    int (*each_user_link)(vt_store *store, vt_link_each each, void *context, vt_error *err);
    int (*each_item_link)(vt_store *store, vt_link_each each, void *context, vt_error *err);
    int (*history)(vt_store *store, vt_str user, vt_history_each each, void *context, vt_error *err);
    int (*prices)(vt_store *store, vt_str item, vt_price_each each, void *context, vt_error *err);
    int (*stocks)(vt_store *store, vt_str item, vt_stock_each each, void *context, vt_error *err);
    int (*each_stock)(vt_store *store, int64_t after, vt_stock_row_each each, void *context, vt_error *err);
    int (*unindexed)(vt_store *store, int64_t *items, vt_error *err);
    int (*index)(vt_store *store, vt_error *err);
    int (*match)(vt_store *store, vt_str query, int64_t limit, vt_match_each each, void *context, vt_error *err);
    int (*clear_weights)(vt_store *store, vt_str model, vt_error *err);
    int (*put_weight)(vt_store *store, vt_str model, const vt_weight *weight, vt_error *err);
    int (*each_weight)(vt_store *store, vt_str model, vt_weight_each each, void *context, vt_error *err);
    int (*put_key)(vt_store *store, const vt_key *key, vt_error *err);
    int (*remove_key)(vt_store *store, vt_str id, vt_error *err);
    int (*each_key)(vt_store *store, vt_key_each each, void *context, vt_error *err);
    int (*put_rule)(vt_store *store, const vt_shop_rule *rule, vt_put *done, vt_error *err);
    int (*remove_rule)(vt_store *store, vt_str id, vt_error *err);
    int (*each_rule)(vt_store *store, vt_str id, vt_shop_rule_each each, void *context, vt_error *err);
    int (*replace_results)(vt_store *store, const vt_result_kind *kind, int64_t made_at, vt_result_next next,
                           void *context, vt_error *err);
    int (*each_result)(vt_store *store, const vt_result_kind *kind, const char *subject, vt_result_each each,
                       void *context, vt_error *err);
} vt_store_ops;

/** What every store begins with. */
struct vt_store {
    const vt_store_ops *ops;
    vt_json_reader *json; /* for the check of attributes; NULL for readers */
    int64_t fresh_users;  /* since the last begin; counted by the database */
    int64_t fresh_items;
    bool writable;
    bool writing;    /* between begin and commit or rollback; kept by store.c */
    vt_error broken; /* what makes the write fail at its commit; code VT_OK while nothing does */
};

#endif
