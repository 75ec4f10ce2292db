/*
 * Files of snapshots by options and revision. The options are hashed into the name in the same way by all versions of
 * the format, so that a file of an older version is found, made anew and removed in time. Removing a file that another
 * process has mapped harms no one: its pages stay until they are unmapped.
 */
#include "dataset/snapshot_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "dataset/builder.h"
#include "dataset/columns.h"

#define SUFFIX ".vsnap"
#define STAMP_SUFFIX ".checked"

enum { KEY_SEED = 1 };

int vt_snapshot_place_find(vt_snapshot_place *p, const char *shop, const vt_snapshot_options *options, vt_error *err)
{
    uint64_t hash = vt_hash64(options->positive, strlen(options->positive), KEY_SEED);
    hash = vt_hash_mix(hash, (uint64_t)(uint32_t)options->min_user << 32 | (uint32_t)options->min_item);
    snprintf(p->key, sizeof p->key, "%016" PRIx64, hash);
    p->options = options;
    return vt_path_join(p->dir, sizeof p->dir, shop, "snapshots", err);
}

static int path_of(char path[PATH_MAX], const vt_snapshot_place *p, int64_t revision, const char *suffix)
{
    char name[64];
    snprintf(name, sizeof name, "%s-%" PRId64 "%s", p->key, revision, suffix);
    return vt_path_join(path, PATH_MAX, p->dir, name, NULL);
}

bool vt_snapshot_place_open(vt_snapshot **out, const vt_snapshot_place *p, int64_t revision)
{
    char path[PATH_MAX], stamp[PATH_MAX];
    vt_snapshot *found = NULL;
    if (path_of(path, p, revision, SUFFIX) != VT_OK || path_of(stamp, p, revision, STAMP_SUFFIX) != VT_OK ||
        !vt_file_exists(path) || vt_snapshot_open_again(&found, path, stamp, NULL) != VT_OK) {
        return false;
    }
    if (found->revision != revision || strcmp(found->positive_rule, p->options->positive) != 0 ||
        found->min_user != p->options->min_user || found->min_item != p->options->min_item) {
        vt_snapshot_free(found);
        return false;
    }
    *out = found;
    return true;
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The revision in a file's name when it belongs to these options, else -1; `*whole`: no stamp or leftover. */
static int64_t revision_of(const vt_snapshot_place *p, const char *name, bool *whole)
{
    int64_t revision = -1;
    const char *end = strchr(name, '.');
    if (end == NULL || !begins_with(name, p->key) || name[VT_SNAPSHOT_KEY_DIGITS] != '-') {
        return -1;
    }
    bool stamp = begins_with(end, STAMP_SUFFIX);
    if (!stamp && !begins_with(end, SUFFIX)) {
        return -1;
    }
    const char *digits = name + VT_SNAPSHOT_KEY_DIGITS + 1;
    const char *behind = end + strlen(stamp ? STAMP_SUFFIX : SUFFIX);
    bool leftover = *behind == '.' && strlen(behind) == VT_FILE_TEMPORARY; /* of a crash */
    *whole = *behind == '\0' && !stamp;
    if ((*behind != '\0' && !leftover) || end <= digits ||
        !vt_parse_int(&revision, (vt_str){digits, (size_t)(end - digits)})) {
        return -1;
    }
    return revision;
}

typedef struct listing {
    const vt_snapshot_place *place;
    int64_t *revision; /* of whole files */
    size_t n, capacity;
    vt_error *err;
} listing;

static int list_file(void *context, const char *name)
{
    listing *l = context;
    bool whole = false;
    int64_t revision = revision_of(l->place, name, &whole);
    if (revision < 0 || !whole) {
        return VT_OK;
    }
    int status = VT_OK;
    if (l->n == l->capacity) {
        status = vt_column_grow(&l->revision, &l->capacity, l->n + 1, sizeof *l->revision, l->err);
    }
    if (status == VT_OK) {
        l->revision[l->n++] = revision;
    }
    return status;
}

static int newest_first(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a < b) - (a > b);
}

int vt_snapshot_place_newest(vt_snapshot **out, const vt_snapshot_place *p, const vt_store_mark *mark, vt_error *err)
{
    listing l = {.place = p, .err = err};
    vt_snapshot *found = NULL;
    int status = vt_dir_exists(p->dir) ? vt_dir_list(p->dir, list_file, &l, err) : VT_OK;
    if (status == VT_OK && l.n > 0) {
        qsort(l.revision, l.n, sizeof *l.revision, newest_first);
    }
    for (size_t i = 0; status == VT_OK && found == NULL && i < l.n; i++) {
        if (l.revision[i] > mark->revision || !vt_snapshot_place_open(&found, p, l.revision[i])) {
            continue;
        }
        if (found->epoch != mark->epoch || found->last_change < mark->change_first) {
            vt_snapshot_free(found);
            found = NULL;
        }
    }
    vt_free(l.revision);
    if (status == VT_OK) {
        *out = found;
    }
    return status;
}

typedef struct removal {
    const vt_snapshot_place *place;
    int64_t revision;
} removal;

static int remove_older(void *context, const char *name)
{
    const removal *r = context;
    char path[PATH_MAX];
    bool whole;
    int64_t revision = revision_of(r->place, name, &whole);
    if (revision >= 0 && revision < r->revision &&
        vt_path_join(path, sizeof path, r->place->dir, name, NULL) == VT_OK) {
        unlink(path);
    }
    return 0;
}

void vt_snapshot_place_keep(const vt_snapshot_place *p, const vt_snapshot *snapshot)
{
    char path[PATH_MAX];
    removal r = {p, snapshot->revision};
    if (path_of(path, p, snapshot->revision, SUFFIX) == VT_OK && vt_dir_create(p->dir, NULL) == VT_OK &&
        vt_snapshot_write(snapshot, path, NULL) == VT_OK) {
        vt_dir_list(p->dir, remove_older, &r, NULL);
    }
}
