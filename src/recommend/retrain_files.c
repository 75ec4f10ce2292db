/* A name says when the model was made, so the order of the names of a kind is that of their age. */
#include "recommend/retrain_files.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "store/store.h"
#include "vitrine/retrain.h"

enum { PATH_BYTES = 4096, STAMP = 15 /* YYYYMMDDTHHMMSS */, NAME_BYTES = 256 };

int vt_retrained_name(char *out, size_t size, const char *shop, const char *kind, vt_error *err)
{
    char path[PATH_BYTES];
    for (int64_t now = vt_now();; now++) { /* two within a second: the later one gets the next */
        int64_t day = (now >= 0 ? now : now - 86399) / 86400, second = now - day * 86400, year = 0;
        int month = 0, of_month = 0;
        vt_civil_from_days(day, &year, &month, &of_month);
        int len = snprintf(out, size, "%s-%04d%02d%02dT%02d%02d%02d", kind, (int)year, month, of_month,
                           (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
        if (len < 0 || (size_t)len >= size) {
            return vt_fail(err, VT_ERR_LIMIT, "the name of the kind %s is too long", kind);
        }
        int status = vt_model_path(path, sizeof path, shop, out, err);
        if (status != VT_OK || !vt_file_exists(path)) {
            return status;
        }
    }
}

/* Where the time in the name of an automatic model begins; NULL: it is none. */
static const char *stamp_of(const char *name)
{
    size_t len = strlen(name);
    const char *stamp = len > STAMP + 1 ? name + len - STAMP : NULL;
    if (stamp == NULL || stamp[-1] != '-') {
        return NULL;
    }
    for (int i = 0; i < STAMP; i++) {
        if (i == 8 ? stamp[i] != 'T' : !isdigit((unsigned char)stamp[i])) {
            return NULL;
        }
    }
    return stamp;
}

bool vt_model_is_automatic(const char *name)
{
    const char *stamp = stamp_of(name);
    char kind[64];
    if (stamp == NULL || (size_t)(stamp - 1 - name) >= sizeof kind) {
        return false;
    }
    snprintf(kind, sizeof kind, "%.*s", (int)(stamp - 1 - name), name);
    return vt_model_kind_find(kind) != NULL;
}

typedef struct names {
    char (*name)[NAME_BYTES];
    size_t n, capacity;
    vt_error *err;
} names;

static int add_name(void *context, const vt_model_file *file)
{
    names *all = context;
    if (!vt_model_is_automatic(file->name)) {
        return VT_OK;
    }
    if (all->n == all->capacity) {
        size_t capacity = all->capacity == 0 ? 8 : 2 * all->capacity;
        char(*grown)[NAME_BYTES] = vt_realloc(all->name, capacity, sizeof *grown, all->err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        all->name = grown;
        all->capacity = capacity;
    }
    snprintf(all->name[all->n++], NAME_BYTES, "%s", file->name);
    return VT_OK;
}

static int newest_first(const void *a, const void *b)
{
    return strcmp(stamp_of(b), stamp_of(a));
}

/* What reports read of a model that is gone; where another process writes, it stays. */
static void forget_weights(const char *shop_path, const char *name)
{
    vt_shop *shop = NULL;
    char kind[64];
    snprintf(kind, sizeof kind, "%.*s", (int)(stamp_of(name) - 1 - name), name);
    if ((vt_model_kind_find(kind)->abilities & VT_MODEL_WEIGHTS) == 0 ||
        vt_shop_open(&shop, shop_path, VT_SHOP_WRITE, NULL) != VT_OK) {
        return;
    }
    vt_store *store = vt_shop_store(shop);
    if (vt_store_begin(store, NULL, NULL, NULL, NULL) == VT_OK) {
        if (vt_store_clear_weights(store, vt_str_of(name), NULL) == VT_OK) {
            (void)vt_store_commit(store, 0, NULL);
        } else {
            vt_store_rollback(store);
        }
    }
    vt_shop_close(shop);
}

int vt_retrained_prune(const char *shop, vt_error *err)
{
    names all = {.err = err};
    vt_active_model active;
    char path[PATH_BYTES];
    int status = vt_model_active(&active, shop, err);
    status = status != VT_OK ? status : vt_model_files(shop, add_name, &all, err);
    if (status == VT_OK && all.n > 1) {
        qsort(all.name, all.n, sizeof *all.name, newest_first);
    }
    for (size_t i = VT_RETRAINED_KEPT; i < all.n && status == VT_OK; i++) {
        bool kept = strcmp(all.name[i], active.name) == 0 || strcmp(all.name[i], active.previous) == 0;
        status = kept ? VT_OK : vt_model_path(path, sizeof path, shop, all.name[i], err);
        if (status == VT_OK && !kept) {
            unlink(path);
            forget_weights(shop, all.name[i]);
        }
    }
    vt_free(all.name);
    return status;
}
