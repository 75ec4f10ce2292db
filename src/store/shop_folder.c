/*
 * A list of names, not "everything in there": a shop is often put into a folder where somebody keeps other things, and
 * deleting it must never take those along.
 */
#include "store/shop_folder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "vitrine/shop.h"

/*
 * A folder of the shop and how the names of its own files end, or, after a slash, a whole name; NULL: all files in it
 * are the shop's.
 */
static const struct {
    const char *name;
    const char *suffix;
} folders[] = {
    {"snapshots", ".vsnap"}, {"snapshots", ".checked"},  {"embeddings", ".safetensors"},
    {"embeddings", ".json"}, {"models", ".safetensors"}, {"models", "/active"},
    {"images", NULL}, /* made by the import of images */
};

/* The lock goes last: whoever holds it keeps others out until the end. */
static const char *const files[] = {"store.db",       "store.db-wal",         "store.db-shm",      "store.db-journal",
                                    "store.db.new",   "store.db.new-journal", "store.db.new-wal",  "store.db.new-shm",
                                    "config.toml",    "truth.json",           "embeddings-writer", "server.sock",
                                    "store.db-writer"};

/* How names of files beside the store begin: what an upgrade keeps, and a backup that is being made. */
static const char *const beside[] = {"store.db" VT_STORE_FORMER, "store.db.backup-"};

/* Files of the folder itself that a backup holds. */
static const char *const kept[] = {"config.toml", "truth.json"};

enum { FOLDERS = sizeof folders / sizeof folders[0], FILES = sizeof files / sizeof files[0] };

static const char config_text[] =
    "# Settings of this shop. What belongs to its data (currency, time zone) is in the store.\n";

bool vt_shop_exists(const char *path)
{
    char store[PATH_MAX];
    return vt_path_join(store, sizeof store, path, "store.db", NULL) == VT_OK && vt_file_exists(store);
}

/* "a.vsnap", or "a.vsnap.x7Qz12" that a writer left when it was killed. */
static bool has_suffix(const char *name, const char *suffix)
{
    enum { TEMPORARY = 7 }; /* a dot and six characters */
    bool whole = suffix[0] == '/';
    suffix += whole;
    size_t len = strlen(name);
    size_t end = strlen(suffix);
    if (whole && len != end && len != end + TEMPORARY) {
        return false;
    }
    if (len >= end && strcmp(name + len - end, suffix) == 0) {
        return true;
    }
    return len >= end + TEMPORARY && name[len - TEMPORARY] == '.' &&
           memcmp(name + len - TEMPORARY - end, suffix, end) == 0;
}

typedef struct removing {
    const char *folder;
    const char *suffix;
} removing;

static int remove_file(void *context, const char *name)
{
    const removing *r = context;
    char path[PATH_MAX];
    if ((r->suffix == NULL || has_suffix(name, r->suffix)) &&
        vt_path_join(path, sizeof path, r->folder, name, NULL) == VT_OK) {
        unlink(path); /* does nothing to a folder: it is not the shop's */
    }
    return 0;
}

static int remove_beside(void *context, const char *name)
{
    char child[PATH_MAX];
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        if (strncmp(name, beside[i], strlen(beside[i])) == 0 &&
            vt_path_join(child, sizeof child, context, name, NULL) == VT_OK) {
            unlink(child);
        }
    }
    return 0;
}

void vt_shop_folder_remove(const char *path)
{
    char child[PATH_MAX];
    for (size_t i = 0; i < FOLDERS; i++) {
        removing r = {child, folders[i].suffix};
        if (vt_path_join(child, sizeof child, path, folders[i].name, NULL) == VT_OK && vt_dir_exists(child)) {
            vt_dir_list(child, remove_file, &r, NULL);
            rmdir(child); /* fails when something else lies there, as it should */
        }
    }
    for (size_t i = 0; i < FILES; i++) {
        if (vt_path_join(child, sizeof child, path, files[i], NULL) == VT_OK) {
            unlink(child);
        }
    }
    vt_dir_list(path, remove_beside, (void *)(uintptr_t)path, NULL);
    rmdir(path);
}

static int note_any(void *context, const char *name)
{
    (void)name;
    *(bool *)context = true;
    return 1;
}

/* The settings file as it is made, or not written yet. */
static bool is_our_config(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    bool ours = vt_file_read(&text, &size, path, sizeof config_text, NULL) == VT_OK &&
                (size == 0 || (size == sizeof config_text - 1 && memcmp(text, config_text, size) == 0));
    vt_free(text);
    return ours;
}

typedef struct look {
    const char *path;
    char foreign[256];
} look;

/*
 * Notes the first entry that a making of a shop which was killed cannot have left behind: only empty folders, our own
 * text and the parts of an unfinished store pass.
 */
static int note_foreign(void *context, const char *name)
{
    look *l = context;
    char child[PATH_MAX];
    bool ours = false;
    if (vt_path_join(child, sizeof child, l->path, name, NULL) == VT_OK) {
        if (strncmp(name, "config.toml", 11) == 0) {
            ours = is_our_config(child);
        } else if (vt_dir_exists(child)) {
            bool full = false;
            for (size_t i = 0; i < FOLDERS; i++) {
                ours = ours || strcmp(name, folders[i].name) == 0;
            }
            ours = ours && vt_dir_list(child, note_any, &full, NULL) == VT_OK && !full;
        } else {
            ours = strcmp(name, "store.db-writer") == 0 || strncmp(name, "store.db.new", 12) == 0;
        }
    }
    if (!ours) {
        snprintf(l->foreign, sizeof l->foreign, "%s", name);
    }
    return !ours;
}

static int write_config(const char *path, vt_error *err)
{
    char child[PATH_MAX];
    int status = vt_path_join(child, sizeof child, path, "config.toml", err);
    return status == VT_OK ? vt_file_put(child, config_text, sizeof config_text - 1, true, err) : status;
}

int vt_shop_folder_make(const char *path, vt_error *err)
{
    look l = {path, ""};
    char child[PATH_MAX];
    int status = VT_OK;
    if (vt_dir_exists(path)) {
        status = vt_dir_list(path, note_foreign, &l, err);
        if (status == VT_OK && l.foreign[0] != '\0') {
            status = vt_fail(err, VT_ERR_EXISTS, "the folder %s holds other files (%s) and no shop; choose another one",
                             path, l.foreign);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    status = vt_dir_create(path, err);
    for (size_t i = 0; i + 1 < FOLDERS && status == VT_OK; i++) { /* images/ comes with the first image */
        status = vt_path_join(child, sizeof child, path, folders[i].name, err);
        if (status == VT_OK) {
            status = vt_dir_create(child, err);
        }
    }
    if (status == VT_OK) {
        status = write_config(path, err);
    }
    return status;
}

/* ---- what a backup holds ----------------------------------------------------------------------------------------- */

bool vt_shop_folder_holds(const char *name)
{
    const char *slash = strchr(name, '/');
    for (size_t i = 0; slash == NULL && i < sizeof kept / sizeof kept[0]; i++) {
        if (strcmp(name, kept[i]) == 0) {
            return true;
        }
    }
    if (slash == NULL || slash[1] == '\0' || slash[1] == '.' || strchr(slash + 1, '/') != NULL) {
        return false;
    }
    size_t len = (size_t)(slash - name), end = strlen(slash);
    for (size_t i = 0; i < FOLDERS; i++) {
        const char *suffix = folders[i].suffix == NULL ? "" : folders[i].suffix; /* "/active" is a whole name */
        if (strcmp(folders[i].name, "snapshots") != 0 && strlen(folders[i].name) == len &&
            memcmp(name, folders[i].name, len) == 0 && end >= strlen(suffix) &&
            strcmp(slash + end - strlen(suffix), suffix) == 0) {
            return true;
        }
    }
    return false;
}

typedef struct listing {
    const char *folder;
    int (*each)(void *context, const char *name);
    void *context;
} listing;

static int on_kept(void *context, const char *name)
{
    const listing *l = context;
    char relative[PATH_MAX];
    int n = snprintf(relative, sizeof relative, "%s/%s", l->folder, name);
    return n > 0 && (size_t)n < sizeof relative && vt_shop_folder_holds(relative) ? l->each(l->context, relative) : 0;
}

int vt_shop_folder_each(const char *path, int (*each)(void *context, const char *name), void *context, vt_error *err)
{
    char child[PATH_MAX];
    int status = VT_OK;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0] && status == VT_OK; i++) {
        status = vt_path_join(child, sizeof child, path, kept[i], err);
        if (status == VT_OK && vt_file_exists(child)) {
            status = each(context, kept[i]);
        }
    }
    for (size_t i = 0; i < FOLDERS && status == VT_OK; i++) {
        listing l = {folders[i].name, each, context};
        bool again = i > 0 && strcmp(folders[i].name, folders[i - 1].name) == 0; /* its other files came with it */
        status = vt_path_join(child, sizeof child, path, folders[i].name, err);
        if (status == VT_OK && !again && vt_dir_exists(child)) {
            status = vt_dir_list(child, on_kept, &l, err);
        }
    }
    return status;
}
