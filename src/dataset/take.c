/*
 * Taking a snapshot of a shop: the file of this revision and these options when there is one, else rows from the store
 * through a builder. A file is a cache: when it cannot be written the snapshot in memory serves as well, when it is
 * damaged it is made anew.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/number.h"
#include "base/options.h"
#include "dataset/builder.h"
#include "dataset/layout.h"
#include "dataset/row_index.h"

#define SUFFIX ".vsnap"

enum { REPORT_EVERY = 1 << 16, KEY_DIGITS = 16 };

/* Where the file of a revision and options lies: "snapshots/<hash of the options>-<revision>.vsnap". */
typedef struct place {
    char dir[PATH_MAX];
    char path[PATH_MAX];
    char key[KEY_DIGITS + 1];
    int64_t revision;
} place;

static int find_place(place *p, const char *shop, int64_t revision, const vt_snapshot_options *options, vt_error *err)
{
    char name[64];
    uint64_t hash = vt_hash64(options->positive, strlen(options->positive), 1);
    hash = vt_hash_mix(hash, (uint64_t)(uint32_t)options->min_user << 32 | (uint32_t)options->min_item);
    snprintf(p->key, sizeof p->key, "%016" PRIx64, hash);
    snprintf(name, sizeof name, "%s-%" PRId64 SUFFIX, p->key, revision);
    p->revision = revision;
    int status = vt_path_join(p->dir, sizeof p->dir, shop, "snapshots", err);
    return status != VT_OK ? status : vt_path_join(p->path, sizeof p->path, p->dir, name, err);
}

/* Opens the file when it is there, whole, and what its name says. */
static bool reuse(vt_snapshot **out, const place *p, const vt_snapshot_options *options)
{
    vt_snapshot *found = NULL;
    if (!vt_file_exists(p->path) || vt_snapshot_open(&found, p->path, NULL) != VT_OK) {
        return false;
    }
    if (found->revision != p->revision || strcmp(found->positive_rule, options->positive) != 0 ||
        found->min_user != options->min_user || found->min_item != options->min_item) {
        vt_snapshot_free(found);
        return false;
    }
    *out = found;
    return true;
}

/*
 * The revision in a file's name when it belongs to these options, -1 otherwise; what a crash left unfinished counts
 * too.
 */
static int64_t revision_of(const place *p, const char *name)
{
    int64_t revision = -1;
    const char *end = strstr(name, SUFFIX);
    if (end == NULL || strncmp(name, p->key, KEY_DIGITS) != 0 || name[KEY_DIGITS] != '-') {
        return -1;
    }
    const char *digits = name + KEY_DIGITS + 1;
    const char *behind = end + strlen(SUFFIX);
    bool ours = *behind == '\0' || (*behind == '.' && strlen(behind) == strlen(".XXXXXX"));
    if (!ours || end <= digits || !vt_parse_int(&revision, (vt_str){digits, (size_t)(end - digits)})) {
        return -1;
    }
    return revision;
}

static int remove_older(void *context, const char *name)
{
    const place *p = context;
    char path[PATH_MAX];
    int64_t revision = revision_of(p, name);
    if (revision >= 0 && revision < p->revision && vt_path_join(path, sizeof path, p->dir, name, NULL) == VT_OK) {
        unlink(path);
    }
    return 0;
}

/* Keeps the snapshot for next time. That it cannot be kept harms no one, so nothing is said. */
static void keep(const vt_snapshot *snapshot, place *p)
{
    if (vt_dir_create(p->dir, NULL) == VT_OK && vt_snapshot_write(snapshot, p->path, NULL) == VT_OK) {
        vt_dir_list(p->dir, remove_older, p, NULL);
    }
}

/* The walk through the store. */
typedef struct reading {
    vt_builder *builder;
    vt_row_index users;
    vt_row_index items;
    const vt_progress *progress;
    vt_progress_state state;
    int64_t rows;
    vt_error *err;
} reading;

static void begin_stage(reading *r, const char *stage, int64_t total)
{
    r->state = (vt_progress_state){.stage = stage, .unit = "rows", .total = (double)total};
    r->rows = 0;
}

static int count_row(reading *r)
{
    if (r->rows++ % REPORT_EVERY != 0) {
        return VT_OK;
    }
    r->state.done = (double)(r->rows - 1);
    return vt_progress_report(r->progress, &r->state, r->err);
}

static int take_user(void *context, int64_t row, const vt_user *user)
{
    reading *r = context;
    int status = count_row(r);
    status = status != VT_OK ? status : vt_row_index_add(&r->users, row, r->err);
    return status != VT_OK ? status : vt_builder_add_user(r->builder, row, user, r->err);
}

static int take_item(void *context, int64_t row, const vt_item *item)
{
    reading *r = context;
    int status = count_row(r);
    status = status != VT_OK ? status : vt_row_index_add(&r->items, row, r->err);
    return status != VT_OK ? status : vt_builder_add_item(r->builder, row, item, r->err);
}

/* The number of a user in the builder: -1 for a guest, -2 for a row that is not there. */
static int64_t user_of(const reading *r, int64_t row)
{
    int32_t user = row == 0 ? -1 : vt_row_index_find(&r->users, row);
    return row != 0 && user < 0 ? -2 : user;
}

static int take_event(void *context, const vt_event_row *stored)
{
    reading *r = context;
    int status = count_row(r);
    if (status != VT_OK) {
        return status;
    }
    vt_event_row event = *stored;
    event.user = user_of(r, stored->user);
    event.item = vt_row_index_find(&r->items, stored->item);
    return vt_builder_add_event(r->builder, &event, r->err);
}

static int read_rows(reading *r, vt_store *store)
{
    vt_shop_info counts = {0};
    if (r->progress != NULL) { /* counting reads every row once more: only where someone looks at the bar */
        int counted = vt_store_describe(store, &counts, r->err);
        if (counted != VT_OK) {
            return counted;
        }
    }
    begin_stage(r, "reading users", counts.users);
    int status = vt_store_each_user_after(store, 0, take_user, r, r->err);
    status = status != VT_OK ? status : vt_row_index_seal(&r->users, r->err);
    begin_stage(r, "reading items", counts.items);
    status = status != VT_OK ? status : vt_store_each_item_after(store, 0, take_item, r, r->err);
    status = status != VT_OK ? status : vt_row_index_seal(&r->items, r->err);
    begin_stage(r, "reading events", counts.events);
    return status != VT_OK ? status : vt_store_each_event_after(store, 0, take_event, r, r->err);
}

/* The store's revision; a store in which nothing was ever committed has none, which is 0. */
static int find_origin(vt_builder_origin *origin, vt_store *store, vt_error *err)
{
    char text[32];
    int status = vt_store_get(store, "revision", text, sizeof text, err);
    if (status == VT_OK && text[0] != '\0' && !vt_parse_int(&origin->revision, vt_str_of(text))) {
        status = vt_fail(err, VT_ERR_CORRUPT, "the store's revision is \"%s\"; a whole number is expected", text);
    }
    status = status != VT_OK ? status : vt_store_get(store, "currency", origin->currency, sizeof origin->currency, err);
    return status != VT_OK ? status
                           : vt_store_get(store, "time_zone", origin->time_zone, sizeof origin->time_zone, err);
}

static int read_store(reading *r, vt_store *store, const vt_snapshot_options *options)
{
    int status = vt_builder_create(&r->builder, options, r->err);
    status = status != VT_OK ? status : read_rows(r, store);
    vt_row_index_done(&r->users);
    vt_row_index_done(&r->items);
    return status;
}

int vt_snapshot_take(vt_snapshot **out, vt_shop *shop, const vt_snapshot_options *options, vt_error *err)
{
    place p;
    vt_builder_origin origin = {0};
    vt_snapshot *snapshot = NULL;
    vt_store *store = vt_shop_store(shop);
    int status = vt_options_check(options->size, sizeof *options, "vt_snapshot_options", err);
    if (status != VT_OK) {
        return status;
    }
    reading r = {.progress = options->progress, .err = err};
    status = vt_positive_check(options->positive, err);
    status = status != VT_OK ? status : vt_store_read_begin(store, err);
    if (status != VT_OK) {
        return status;
    }
    status = find_origin(&origin, store, err);
    status = status != VT_OK ? status : find_place(&p, vt_shop_path(shop), origin.revision, options, err);
    bool reused = status == VT_OK && reuse(&snapshot, &p, options);
    if (status == VT_OK && !reused) {
        status = read_store(&r, store, options);
    }
    vt_store_read_end(store); /* before the long part: a reader holds the store's log back */
    if (status == VT_OK && !reused) {
        status = vt_builder_finish(&snapshot, r.builder, &origin, err);
    }
    vt_builder_free(r.builder);
    if (status == VT_OK && !reused) {
        keep(snapshot, &p);
    }
    if (status == VT_OK) {
        *out = snapshot;
    }
    return status;
}
