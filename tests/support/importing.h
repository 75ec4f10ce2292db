/*
 * Imports for tests: a shop in a folder of its own, what was rejected, and what the shop holds afterwards as lines of
 * text, so that a test says in one string what it expects.
 */
#ifndef VT_TEST_IMPORTING_H
#define VT_TEST_IMPORTING_H

#include <math.h>

#include "check.h"
#include "scratch.h"

#include "base/buf.h"
#include "store/store.h"
#include "vitrine/importer.h"

enum { IMPORTING_REJECTS = 64, IMPORTING_PATHS = 8 };

typedef struct importing {
    scratch scratch;
    vt_shop *shop;
    vt_import_options options; /* of the next import; reset by it */
    vt_import_report report;
    vt_error err;
    struct {
        char reason[96];
        char message[512];
        int64_t line;
    } rejects[IMPORTING_REJECTS];
    size_t n_rejects;
    vt_buf text;
} importing;

static inline void importing_init(importing *t)
{
    memset(t, 0, sizeof *t);
    scratch_init(&t->scratch);
    vt_buf_init(&t->text, (size_t)64 << 20);
    vt_import_options_init(&t->options);
    vt_error_reset(&t->err);
    setenv("VITRINE_NOW", "1700000000", 1); /* 2023-11-14 */
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&t->shop, scratch_path(&t->scratch, "shop"), VT_SHOP_CREATE, &err));
}

static inline void importing_done(importing *t)
{
    vt_shop_close(t->shop);
    vt_buf_done(&t->text);
    scratch_done(&t->scratch);
}

/** The path of a file of tests/data/import; valid until the fourth call after. */
static inline const char *importing_data(const char *name)
{
    static char paths[4][PATH_MAX];
    static int next;
    const char *source = getenv("VITRINE_SOURCE");
    char *path = paths[next++ % 4];
    snprintf(path, PATH_MAX, "%s/tests/data/import/%s", source == NULL ? "." : source, name);
    return path;
}

static inline void importing_keep(void *context, const vt_import_reject *reject)
{
    importing *t = context;
    assert_non_null(reject->file);
    if (t->n_rejects < IMPORTING_REJECTS) {
        snprintf(t->rejects[t->n_rejects].reason, sizeof t->rejects[0].reason, "%s", reject->reason);
        snprintf(t->rejects[t->n_rejects].message, sizeof t->rejects[0].message, "%s", reject->message);
        t->rejects[t->n_rejects].line = reject->line;
    }
    t->n_rejects++;
}

/** Imports up to IMPORTING_PATHS files (NULL behind the last) with the options that were set, then resets these. */
static inline int importing_status(importing *t, const char *kind, const char *const paths[])
{
    size_t n = 0;
    while (paths[n] != NULL) {
        n++;
    }
    t->options.kind = kind;
    t->options.paths = paths;
    t->options.n_paths = n;
    t->options.on_reject = importing_keep;
    t->options.reject_context = t;
    t->n_rejects = 0;
    memset(&t->report, 0, sizeof t->report);
    vt_error_reset(&t->err);
    int status = vt_import(t->shop, &t->options, &t->report, &t->err);
    assert_int_equal(status, t->err.code);
    vt_import_options_init(&t->options);
    return status;
}

/** As importing_status(), for an import that must work: importing_run(&t, "csv", path, ...). */
#define importing_run(t, kind, ...)                                                                                    \
    do {                                                                                                               \
        const char *const importing_paths[] = {__VA_ARGS__, NULL};                                                     \
        if (importing_status(t, kind, importing_paths) != VT_OK) {                                                     \
            fail_msg("import: %s", (t)->err.message);                                                                  \
        }                                                                                                              \
    } while (0)

/** As importing_run(), for an import that must fail with `code` and `words` in its message. */
#define importing_fails(t, code_, words, kind, ...)                                                                    \
    do {                                                                                                               \
        const char *const importing_paths[] = {__VA_ARGS__, NULL};                                                     \
        int importing_code = importing_status(t, kind, importing_paths);                                               \
        if (importing_code != (code_) || strstr((t)->err.message, words) == NULL) {                                    \
            fail_msg("import gives %d, \"%s\"", importing_code, (t)->err.message);                                     \
        }                                                                                                              \
    } while (0)

/** A file of the test's own; `path` becomes an array with its name. */
#define importing_file(t, path, name, text)                                                                            \
    char path[PATH_MAX];                                                                                               \
    snprintf(path, sizeof path, "%s", scratch_write(&(t)->scratch, name, text, strlen(text)))

#define check_counts(counts, added_, changed_, same_)                                                                  \
    do {                                                                                                               \
        assert_int_equal((counts).added, added_);                                                                      \
        assert_int_equal((counts).changed, changed_);                                                                  \
        assert_int_equal((counts).same, same_);                                                                        \
    } while (0)

/** The k-th rejected row: its line, reason, and words of its message. */
static inline void check_reject(const importing *t, size_t k, int64_t line, const char *reason, const char *words)
{
    if (k >= t->n_rejects) {
        fail_msg("%zu rows were rejected; row %zu is asked for", t->n_rejects, k);
    }
    if (t->rejects[k].line != line || strcmp(t->rejects[k].reason, reason) != 0 ||
        strstr(t->rejects[k].message, words) == NULL || strstr(t->rejects[k].message, "(row skipped)") == NULL) {
        fail_msg("reject %zu is line %lld, [%s] %s", k, (long long)t->rejects[k].line, t->rejects[k].reason,
                 t->rejects[k].message);
    }
}

/*
 * ---- what the shop holds -------------------------------------------------------------------------------------------
 */

static inline void importing_add_text(importing *t, const char *name, vt_str text)
{
    vt_error err = VT_ERROR_INIT;
    if (text.ptr != NULL) {
        check_ok(vt_buf_printf(&t->text, &err, " %s=%.*s", name, VT_STR_ARGS(text)));
    }
}

static inline void importing_add_number(importing *t, const char *name, int64_t number)
{
    vt_error err = VT_ERROR_INIT;
    if (number != VT_NONE) {
        check_ok(vt_buf_printf(&t->text, &err, " %s=%lld", name, (long long)number));
    }
}

static inline int importing_item(void *context, int64_t row, const vt_item *item)
{
    importing *t = context;
    (void)row;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_buf_printf(&t->text, &err, "%.*s:", VT_STR_ARGS(item->id)));
    importing_add_text(t, "title", item->title);
    importing_add_text(t, "description", item->description);
    importing_add_text(t, "brand", item->brand);
    importing_add_text(t, "category", item->category);
    importing_add_text(t, "attributes", item->attributes);
    for (size_t i = 0; i < item->n_images; i++) {
        importing_add_text(t, "image", item->images[i]);
    }
    importing_add_number(t, "price", item->price);
    importing_add_number(t, "cost", item->cost);
    importing_add_text(t, "currency", item->currency);
    importing_add_number(t, "stock", item->stock);
    importing_add_number(t, "from", item->available_from);
    importing_add_number(t, "until", item->available_until);
    check_ok(vt_buf_add(&t->text, "\n", 1, &err));
    return 0;
}

static inline int importing_user(void *context, int64_t row, const vt_user *user)
{
    importing *t = context;
    (void)row;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_buf_printf(&t->text, &err, "%.*s:", VT_STR_ARGS(user->id)));
    importing_add_text(t, "age", user->age_band);
    importing_add_text(t, "segment", user->segment);
    importing_add_text(t, "region", user->region);
    importing_add_text(t, "tier", user->tier);
    importing_add_text(t, "attributes", user->attributes);
    check_ok(vt_buf_add(&t->text, "\n", 1, &err));
    return 0;
}

static inline int importing_event(void *context, const vt_event *event)
{
    importing *t = context;
    vt_error err = VT_ERROR_INIT;
    vt_str who = event->user.ptr == NULL ? event->session : event->user;
    check_ok(vt_buf_printf(&t->text, &err, "%s%.*s %s %.*s", event->user.ptr == NULL ? "session " : "",
                           VT_STR_ARGS(who), vt_event_kind_name((int)event->kind), VT_STR_ARGS(event->item)));
    if (!isnan(event->value)) {
        check_ok(vt_buf_printf(&t->text, &err, " value=%g", event->value));
    }
    importing_add_number(t, "time", event->time);
    importing_add_number(t, "quantity", event->quantity);
    importing_add_number(t, "price", event->unit_price);
    importing_add_number(t, "discount", event->discount);
    importing_add_text(t, "currency", event->currency);
    importing_add_text(t, "order", event->order_id);
    if (event->state != VT_LINE_SOLD) {
        check_ok(vt_buf_printf(&t->text, &err, event->state == VT_LINE_CANCELLED ? " cancelled" : " returned"));
    }
    importing_add_text(t, "title", event->title);
    importing_add_text(t, "body", event->body);
    importing_add_number(t, "part", event->part == VT_PART_NONE ? VT_NONE : (int64_t)event->part);
    check_ok(vt_buf_add(&t->text, "\n", 1, &err));
    return 0;
}

static inline int importing_link(void *context, const vt_link *link)
{
    importing *t = context;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_buf_printf(&t->text, &err, "%.*s %.*s %.*s %g\n", VT_STR_ARGS(link->from), VT_STR_ARGS(link->kind),
                           VT_STR_ARGS(link->to), link->weight));
    return 0;
}

/** One line a row of the table, in the order of storing; valid until the next call. */
static inline const char *importing_text(importing *t, const char *table)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(t->shop);
    vt_buf_clear(&t->text);
    check_ok(vt_buf_add_text(&t->text, "", &err));
    check_ok(vt_store_read_begin(store, &err));
    if (strcmp(table, "items") == 0) {
        check_ok(vt_store_each_item_after(store, 0, importing_item, t, &err));
    } else if (strcmp(table, "users") == 0) {
        check_ok(vt_store_each_user_after(store, 0, importing_user, t, &err));
    } else if (strcmp(table, "events") == 0) {
        check_ok(vt_store_each_full_event(store, importing_event, t, &err));
    } else if (strcmp(table, "item-links") == 0) {
        check_ok(vt_store_each_item_link(store, importing_link, t, &err));
    } else {
        assert_string_equal(table, "user-links");
        check_ok(vt_store_each_user_link(store, importing_link, t, &err));
    }
    vt_store_read_end(store);
    return t->text.data;
}

/** All tables, for "the shop is as it was"; the caller frees it with free(). */
static inline char *importing_whole(importing *t)
{
    static const char *const tables[] = {"items", "users", "events", "item-links", "user-links"};
    size_t size = 0;
    char *whole = calloc(1, 1);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const char *text = importing_text(t, tables[i]);
        size_t len = strlen(text);
        whole = realloc(whole, size + len + 1);
        assert_non_null(whole);
        memcpy(whole + size, text, len + 1);
        size += len;
    }
    return whole;
}

#endif
