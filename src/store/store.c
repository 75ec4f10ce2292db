/* Refuses bad records, then hands every call to the database that the store was opened on. */
#include "store/store.h"

#include "base/limits.h"
#include "base/number.h"
#include "store/ops.h"
#include "store/record_check.h"
#include "store/sqlite.h"

int vt_store_open(vt_store **out, const char *where, vt_shop_mode mode, vt_error *err)
{
    if (strncmp(where, "postgresql:", 11) == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "%s: this build has no PostgreSQL; use a folder", where);
    }
    vt_store *store = NULL;
    int status = vt_sqlite_open(&store, where, mode, err);
    if (status == VT_OK && mode != VT_SHOP_READ) {
        status = vt_json_reader_create(&store->json, err);
    }
    if (status != VT_OK) {
        vt_store_close(store);
        return status;
    }
    store->writable = mode != VT_SHOP_READ;
    *out = store;
    return VT_OK;
}

void vt_store_close(vt_store *store)
{
    if (store != NULL) {
        vt_json_reader_free(store->json);
        store->ops->close(store);
    }
}

bool vt_store_is_refusal(int status)
{
    return status == VT_ERR_FORMAT || status == VT_ERR_LIMIT || status == VT_ERR_USAGE || status == VT_ERR_NOT_FOUND;
}

/* Keeps a failure that may have left a record half stored: such a write cannot be committed. */
static int after_put(vt_store *store, int status, const vt_error *err)
{
    if (status != VT_OK && !vt_store_is_refusal(status) && store->broken.code == VT_OK) {
        if (err != NULL) {
            store->broken = *err;
        }
        store->broken.code = (vt_code)status;
    }
    return status;
}

static int idle_check(const vt_store *store, vt_error *err)
{
    if (!store->writable) {
        return vt_fail(err, VT_ERR_USAGE, "the shop is open for reading; open it for writing");
    }
    if (store->writing) {
        return vt_fail(err, VT_ERR_USAGE, "a write is under way; commit it or roll it back first");
    }
    return VT_OK;
}

static int writing_check(const vt_store *store, vt_error *err)
{
    if (!store->writing) {
        return vt_fail(err, VT_ERR_USAGE, "nothing can be stored before vt_store_begin");
    }
    if (store->broken.code != VT_OK) {
        return vt_fail(err, store->broken.code, "this write has failed already: %s", store->broken.message);
    }
    return VT_OK;
}

int vt_store_begin(vt_store *store, const char *kind, const char *source, int64_t *import_id, vt_error *err)
{
    int status = idle_check(store, err);
    if (status == VT_OK) {
        store->fresh_users = store->fresh_items = 0;
        status = store->ops->begin(store, kind, source, import_id, err);
    }
    if (status == VT_OK) {
        store->writing = true;
        store->broken = (vt_error)VT_ERROR_INIT;
    }
    return status;
}

int vt_store_commit(vt_store *store, int64_t rejected, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = store->ops->commit(store, rejected, err);
        store->writing = false;
    } else {
        vt_store_rollback(store);
    }
    return status;
}

void vt_store_rollback(vt_store *store)
{
    if (store->writing) {
        store->ops->rollback(store);
        store->writing = false;
    }
}

int vt_store_put_item(vt_store *store, const vt_item *item, vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_item_check(NULL, item, store->json, err);
    }
    return status == VT_OK ? after_put(store, store->ops->put_item(store, item, done, err), err) : status;
}

int vt_store_put_user(vt_store *store, const vt_user *user, vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_user_check(NULL, user, store->json, err);
    }
    return status == VT_OK ? after_put(store, store->ops->put_user(store, user, done, err), err) : status;
}

int vt_store_put_event(vt_store *store, const vt_event *event, vt_put *done, vt_error *err)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_event_check(NULL, event, NULL, err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_event_key(key, event);
    return after_put(store, store->ops->put_event(store, event, key, done, err), err);
}

int vt_store_put_checked_event(vt_store *store, const vt_event *event, const unsigned char key[VT_EVENT_KEY_BYTES],
                               vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->put_event(store, event, key, done, err), err) : status;
}

int vt_store_set_order(vt_store *store, vt_str order, vt_str line, vt_line_state state, int64_t refunded, vt_put *done,
                       vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_order_check(order, state, refunded, err);
    }
    if (status != VT_OK) {
        return status;
    }
    return after_put(store, store->ops->set_order(store, order, line, state, refunded, done, err), err);
}

int vt_store_cancel_others(vt_store *store, vt_str order, const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n,
                           int64_t *cancelled, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->cancel_others(store, order, keep, n, cancelled, err), err)
                           : status;
}

int vt_store_erase_user(vt_store *store, vt_str id, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->erase_user(store, id, err), err) : status;
}

int vt_store_merge_users(vt_store *store, const vt_user_merge *merge, vt_error *err)
{
    vt_user into;
    int status = writing_check(store, err);
    vt_user_init(&into);
    into.id = merge->into;
    if (status == VT_OK) {
        status = vt_user_check(NULL, &into, store->json, err);
    }
    if (status == VT_OK && (merge->from.ptr == NULL) == (merge->session.ptr == NULL)) {
        status = vt_fail(err, VT_ERR_FORMAT, "either a user or a session is merged into \"%.*s\"; give one of them",
                         VT_STR_ARGS(merge->into));
    }
    if (status == VT_OK && merge->from.ptr != NULL && vt_str_equal(merge->from, merge->into)) {
        status = vt_fail(err, VT_ERR_USAGE, "the user \"%.*s\" cannot be merged into itself", VT_STR_ARGS(merge->into));
    }
    return status == VT_OK ? after_put(store, store->ops->merge_users(store, merge, err), err) : status;
}

/* The key of an event that has an id of its own, and is no numbered line of an order. */
static void key_of_id(unsigned char key[VT_EVENT_KEY_BYTES], vt_str id)
{
    vt_event event;
    vt_event_init(&event);
    event.id = id.ptr == NULL ? vt_str_of("") : id;
    vt_event_key(key, &event);
}

static int no_event(vt_str id, vt_error *err)
{
    return vt_fail(err, VT_ERR_NOT_FOUND, "there is no event \"%.*s\" in this shop; ids are case-sensitive",
                   VT_STR_ARGS(id));
}

int vt_store_remove_event(vt_store *store, vt_str id, vt_error *err)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    bool removed = false;
    int status = writing_check(store, err);
    if (status != VT_OK) {
        return status;
    }
    key_of_id(key, id);
    status = after_put(store, store->ops->remove_event(store, key, &removed, err), err);
    return status == VT_OK && !removed ? no_event(id, err) : status;
}

int vt_store_put_user_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_link_check(NULL, link, err);
    }
    return status == VT_OK ? after_put(store, store->ops->put_user_link(store, link, done, err), err) : status;
}

int vt_store_put_item_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_link_check(NULL, link, err);
    }
    return status == VT_OK ? after_put(store, store->ops->put_item_link(store, link, done, err), err) : status;
}

int vt_store_clear_weights(vt_store *store, vt_str model, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->clear_weights(store, model, err), err) : status;
}

int vt_store_put_weight(vt_store *store, vt_str model, const vt_weight *weight, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->put_weight(store, model, weight, err), err) : status;
}

int vt_store_each_weight(vt_store *store, vt_str model, vt_weight_each each, void *context, vt_error *err)
{
    return store->ops->each_weight(store, model, each, context, err);
}

int vt_store_put_key(vt_store *store, const vt_key *key, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK && (!vt_utf8_valid(key->name) || key->name.len > VT_ID_BYTES_MAX)) {
        return vt_fail(err, VT_ERR_USAGE, "the name of a key has at most %zu bytes of UTF-8", VT_ID_BYTES_MAX);
    }
    return status == VT_OK ? after_put(store, store->ops->put_key(store, key, err), err) : status;
}

int vt_store_remove_key(vt_store *store, vt_str id, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? store->ops->remove_key(store, id, err) : status;
}

int vt_store_each_key(vt_store *store, vt_key_each each, void *context, vt_error *err)
{
    return store->ops->each_key(store, each, context, err);
}

int vt_store_put_rule(vt_store *store, const vt_shop_rule *rule, vt_put *done, vt_error *err)
{
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = vt_shop_rule_check(rule, err);
    }
    return status == VT_OK ? after_put(store, store->ops->put_rule(store, rule, done, err), err) : status;
}

int vt_store_remove_rule(vt_store *store, vt_str id, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? store->ops->remove_rule(store, id, err) : status;
}

int vt_store_each_rule(vt_store *store, vt_str id, vt_shop_rule_each each, void *context, vt_error *err)
{
    return store->ops->each_rule(store, id, each, context, err);
}

static int kind_of(const vt_result_kind **out, const char *name, vt_error *err)
{
    *out = vt_result_kind_find(name);
    return *out != NULL ? VT_OK : vt_fail(err, VT_ERR_USAGE, "there is no kind of computed rows \"%.60s\"", name);
}

/* A source of rows that is looked at before the database has them. */
typedef struct checked_rows {
    const vt_result_kind *kind;
    vt_result_next next;
    void *context;
} checked_rows;

static int next_checked(void *context, const vt_result **row, vt_error *err)
{
    const checked_rows *c = context;
    int status = c->next(c->context, row, err);
    return status == VT_OK && *row != NULL ? vt_result_check(c->kind, *row, err) : status;
}

int vt_store_replace_results(vt_store *store, const char *kind, int64_t made_at, vt_result_next next, void *context,
                             vt_error *err)
{
    checked_rows c = {NULL, next, context};
    int status = writing_check(store, err);
    if (status == VT_OK) {
        status = kind_of(&c.kind, kind, err);
    }
    if (status == VT_OK) {
        status = store->ops->replace_results(store, c.kind, made_at, next_checked, &c, err);
    }
    if (status != VT_OK && store->writing && store->broken.code == VT_OK) { /* rows are half replaced */
        vt_fail(&store->broken, (vt_code)status, "%s", err != NULL ? err->message : "rows were not replaced");
    }
    return status;
}

int vt_store_each_result(vt_store *store, const char *kind, const char *subject, vt_result_each each, void *context,
                         vt_error *err)
{
    const vt_result_kind *found = NULL;
    int status = kind_of(&found, kind, err);
    return status == VT_OK ? store->ops->each_result(store, found, subject, each, context, err) : status;
}

void vt_store_fresh(const vt_store *store, int64_t *users, int64_t *items)
{
    *users = store->fresh_users;
    *items = store->fresh_items;
}

int vt_store_set(vt_store *store, const char *name, const char *value, vt_error *err)
{
    int status = writing_check(store, err);
    return status == VT_OK ? after_put(store, store->ops->set(store, name, value, err), err) : status;
}

int vt_store_undo(vt_store *store, int64_t import_id, vt_import_report *report, vt_error *err)
{
    int status = idle_check(store, err);
    return status == VT_OK ? store->ops->undo(store, import_id, report, err) : status;
}

int vt_store_read_begin(vt_store *store, vt_error *err)
{
    return store->ops->read_begin(store, err);
}

void vt_store_read_end(vt_store *store)
{
    store->ops->read_end(store);
}

int vt_store_get(vt_store *store, const char *name, char *value, size_t size, vt_error *err)
{
    return store->ops->get(store, name, value, size, err);
}

int vt_store_describe(vt_store *store, vt_shop_info *info, vt_error *err)
{
    return store->ops->describe(store, info, err);
}

int vt_store_imports(vt_store *store, int (*each)(void *context, const vt_shop_import *row), void *context,
                     vt_error *err)
{
    return store->ops->imports(store, each, context, err);
}

int vt_store_relax(vt_store *store, vt_error *err)
{
    return store->ops->relax(store, err);
}

int vt_store_copy(vt_store *store, const char *path, const vt_progress *progress, vt_error *err)
{
    return store->ops->copy(store, path, progress, err);
}

int vt_store_check(vt_store *store, vt_error *err)
{
    return store->ops->check(store, err);
}

int vt_store_mark_get(vt_store *store, vt_store_mark *out, vt_error *err)
{
    return store->ops->mark(store, out, err);
}

int vt_store_each_change(vt_store *store, int64_t after, vt_change_each each, void *context, vt_error *err)
{
    return store->ops->each_change(store, after, each, context, err);
}

int vt_store_each_item_after(vt_store *store, int64_t row, vt_item_each each, void *context, vt_error *err)
{
    return store->ops->each_item(store, (vt_pick){.by = VT_PICK_AFTER, .row = row}, each, context, err);
}

int vt_store_each_user_after(vt_store *store, int64_t row, vt_user_each each, void *context, vt_error *err)
{
    return store->ops->each_user(store, (vt_pick){.by = VT_PICK_AFTER, .row = row}, each, context, err);
}

int vt_store_item(vt_store *store, vt_str id, vt_item_each each, void *context, vt_error *err)
{
    return store->ops->each_item(store, (vt_pick){.by = VT_PICK_ID, .id = id}, each, context, err);
}

int vt_store_item_row(vt_store *store, int64_t row, vt_item_each each, void *context, vt_error *err)
{
    return store->ops->each_item(store, (vt_pick){.by = VT_PICK_ROW, .row = row}, each, context, err);
}

int vt_store_user(vt_store *store, vt_str id, vt_user_each each, void *context, vt_error *err)
{
    return store->ops->each_user(store, (vt_pick){.by = VT_PICK_ID, .id = id}, each, context, err);
}

int vt_store_user_row(vt_store *store, int64_t row, vt_user_each each, void *context, vt_error *err)
{
    return store->ops->each_user(store, (vt_pick){.by = VT_PICK_ROW, .row = row}, each, context, err);
}

int vt_store_each_event_after(vt_store *store, int64_t id, vt_event_each each, void *context, vt_error *err)
{
    return store->ops->each_event(store, id, each, context, err);
}

int vt_store_each_full_event(vt_store *store, vt_full_event_each each, void *context, vt_error *err)
{
    return store->ops->each_full_event(store, each, context, err);
}

int vt_store_page_events(vt_store *store, const vt_event_page *page, vt_paged_event_each each, void *context,
                         int64_t *looked, vt_error *err)
{
    return store->ops->page_events(store, page, each, context, looked, err);
}

/* An event gets its id back on the way to the reader. */
typedef struct named_event {
    vt_str id;
    vt_paged_event_each each;
    void *context;
    bool found;
} named_event;

static int name_event(void *context, int64_t row, const vt_event *event)
{
    named_event *n = context;
    vt_event named = *event;
    named.id = n->id;
    n->found = true;
    return n->each(n->context, row, &named);
}

int vt_store_event(vt_store *store, vt_str id, vt_paged_event_each each, void *context, vt_error *err)
{
    unsigned char key[VT_EVENT_KEY_BYTES];
    named_event n = {id, each, context, false};
    key_of_id(key, id);
    int status = store->ops->event(store, key, name_event, &n, err);
    return status == VT_OK && !n.found ? no_event(id, err) : status;
}

int vt_store_each_user_link(vt_store *store, vt_link_each each, void *context, vt_error *err)
{
    return store->ops->each_user_link(store, each, context, err);
}

int vt_store_each_item_link(vt_store *store, vt_link_each each, void *context, vt_error *err)
{
    return store->ops->each_item_link(store, each, context, err);
}

int vt_store_history(vt_store *store, vt_str user, vt_history_each each, void *context, vt_error *err)
{
    return store->ops->history(store, user, each, context, err);
}

int vt_store_prices(vt_store *store, vt_str item, vt_price_each each, void *context, vt_error *err)
{
    return store->ops->prices(store, item, each, context, err);
}

int vt_store_stocks(vt_store *store, vt_str item, vt_stock_each each, void *context, vt_error *err)
{
    return store->ops->stocks(store, item, each, context, err);
}

int vt_store_each_stock_after(vt_store *store, int64_t row, vt_stock_row_each each, void *context, vt_error *err)
{
    return store->ops->each_stock(store, row, each, context, err);
}

int vt_store_unindexed(vt_store *store, int64_t *items, vt_error *err)
{
    return store->ops->unindexed(store, items, err);
}

int vt_store_index(vt_store *store, vt_error *err)
{
    int status = idle_check(store, err);
    return status == VT_OK ? store->ops->index(store, err) : status;
}

int vt_store_match(vt_store *store, vt_str query, int64_t limit, vt_match_each each, void *context, vt_error *err)
{
    return store->ops->match(store, query, limit, each, context, err);
}
