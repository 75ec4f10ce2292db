/*
 * A shop's models are files in one folder. The active one answers, else the newest, unless somebody names another; when
 * it cannot be used, an older one answers (fallback.h), else the answer does without a model; either way it says why.
 */
#include "vitrine/choice.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "recommend/active.h"
#include "recommend/fallback.h"
#include "vitrine/encoder.h"
#include "vitrine/recommend.h"
#include "vitrine/weights.h"

#define MODEL_SUFFIX ".safetensors"
#define PATH_BYTES 4096

/* ---- files ------------------------------------------------------------------------------------------------------- */

int vt_model_path(char *out, size_t size, const char *shop, const char *name, vt_error *err)
{
    int len = snprintf(out, size, "%s/models/%s" MODEL_SUFFIX, shop, name);
    if (len < 0 || (size_t)len >= size) {
        return vt_fail(err, VT_ERR_LIMIT, "the path of the shop is too long");
    }
    return VT_OK;
}

void vt_model_name(char *out, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t len = strlen(name), suffix = strlen(MODEL_SUFFIX);
    if (len > suffix && strcmp(name + len - suffix, MODEL_SUFFIX) == 0) {
        len -= suffix;
    }
    snprintf(out, size, "%.*s", (int)len, name);
}

/* The folder of a shop's models, made when it is not there. */
static int make_folder(const char *shop, vt_error *err)
{
    char folder[PATH_BYTES];
    if (!vt_dir_exists(shop)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop in %s", shop);
    }
    int status = vt_path_join(folder, sizeof folder, shop, "models", err);
    return status != VT_OK ? status : vt_dir_create(folder, err);
}

static int record_weights(const char *shop_path, const char *name, const vt_model *model, const vt_interactions *train,
                          vt_error *err)
{
    vt_shop *shop = NULL;
    vt_model_info info;
    vt_model_describe(model, &info);
    if ((info.kind->abilities & VT_MODEL_WEIGHTS) == 0) {
        return VT_OK;
    }
    int status = vt_shop_open(&shop, shop_path, VT_SHOP_WRITE, err);
    status = status != VT_OK ? status : vt_weights_record(shop, name, model, train, err);
    vt_shop_close(shop);
    return status;
}

int vt_model_save_in(const char *shop, const char *name, const vt_model *model, const vt_interactions *train,
                     vt_error *unrecorded, vt_error *err)
{
    char path[PATH_BYTES];
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL) {
        return vt_fail(err, VT_ERR_USAGE,
                       "\"%s\" cannot be the name of a model: it is one of a file, without a slash "
                       "and with no dot at its beginning",
                       name);
    }
    int status = vt_model_path(path, sizeof path, shop, name, err);
    status = status != VT_OK ? status : make_folder(shop, err);
    status = status != VT_OK ? status : vt_model_save(model, path, err);
    status = status != VT_OK ? status : vt_active_clear(shop, err);
    if (status == VT_OK) {
        vt_error_reset(unrecorded);
        (void)record_weights(shop, name, model, train, unrecorded);
    }
    return status;
}

static vt_model_file describe(const char *name, const char *path)
{
    struct stat file;
    bool there = stat(path, &file) == 0 && S_ISREG(file.st_mode);
    return (vt_model_file){name, path, there ? (int64_t)file.st_mtime : VT_NONE, there ? (int64_t)file.st_size : 0};
}

int vt_model_file_describe(vt_model_file *out, char *name, size_t size, const char *path, vt_error *err)
{
    vt_model_name(name, size, path);
    *out = describe(name, path);
    return out->written != VT_NONE ? VT_OK : vt_fail(err, VT_ERR_IO, "%s cannot be read", path);
}

typedef struct listing {
    const char *folder;
    vt_model_file_each each;
    void *context;
    int status;
} listing;

static int on_entry(void *context, const char *entry)
{
    listing *l = context;
    char name[256], path[PATH_BYTES];
    size_t len = strlen(entry), suffix = strlen(MODEL_SUFFIX);
    if (len <= suffix || strcmp(entry + len - suffix, MODEL_SUFFIX) != 0 || entry[0] == '.') {
        return 0;
    }
    vt_model_name(name, sizeof name, entry);
    int written = snprintf(path, sizeof path, "%s/%s", l->folder, entry);
    if (written < 0 || (size_t)written >= sizeof path) {
        return 0;
    }
    const vt_model_file row = describe(name, path);
    l->status = l->each(l->context, &row);
    return l->status;
}

int vt_model_files(const char *shop, vt_model_file_each each, void *context, vt_error *err)
{
    char folder[PATH_BYTES - 96];
    int status = vt_path_join(folder, sizeof folder, shop, "models", err);
    if (status != VT_OK || !vt_dir_exists(folder)) {
        return status;
    }
    listing l = {folder, each, context, VT_OK};
    status = vt_dir_list(folder, on_entry, &l, err);
    return l.status != VT_OK ? l.status : status;
}

/* ---- which one is meant ------------------------------------------------------------------------------------------ */

typedef struct newest {
    char path[PATH_BYTES]; /* "" while there is none */
    struct timespec time;
} newest;

static int keep_newest(void *context, const vt_model_file *file)
{
    newest *best = context;
    struct stat now;
    if (file->written == VT_NONE || stat(file->path, &now) != 0) {
        return VT_OK;
    }
    bool later = now.st_mtim.tv_sec > best->time.tv_sec ||
                 (now.st_mtim.tv_sec == best->time.tv_sec && now.st_mtim.tv_nsec > best->time.tv_nsec);
    if (best->path[0] == '\0' || later) {
        snprintf(best->path, sizeof best->path, "%s", file->path);
        best->time = now.st_mtim;
    }
    return VT_OK;
}

static int find_newest(char *out, size_t size, const char *shop, vt_error *err)
{
    newest best = {.path = ""};
    int status = vt_model_files(shop, keep_newest, &best, err);
    if (status == VT_OK && best.path[0] == '\0') {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "the shop %s has no model yet; run \"vitrine --shop %s train itemknn\" first", shop, shop);
    }
    if (status == VT_OK && strlen(best.path) >= size) {
        return vt_fail(err, VT_ERR_LIMIT, "the path of the model is too long");
    }
    if (status == VT_OK) {
        snprintf(out, size, "%s", best.path);
    }
    return status;
}

/* The active model where there is one and its file is there, else the newest. */
static int find_answering(char *out, size_t size, const char *shop, vt_error *err)
{
    vt_active_model active;
    int status = vt_model_active(&active, shop, err);
    if (status == VT_OK && active.name[0] != '\0' && strchr(active.name, '/') == NULL) {
        status = vt_model_path(out, size, shop, active.name, err);
        if (status == VT_OK && vt_file_exists(out)) {
            return VT_OK;
        }
    }
    return status == VT_OK ? find_newest(out, size, shop, err) : status;
}

int vt_model_find(char *out, size_t size, const char *shop, const char *name, vt_error *err)
{
    if (name == NULL) {
        return find_answering(out, size, shop, err);
    }
    if (strchr(name, '/') == NULL) {
        int status = vt_model_path(out, size, shop, name, err);
        if (status != VT_OK || vt_file_exists(out)) {
            return status;
        }
    }
    int len = snprintf(out, size, "%s", name);
    if (len < 0 || (size_t)len >= size || !vt_file_exists(name)) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no model %s in the shop %s and no file of that name; \"vitrine model list\" lists the "
                       "models",
                       name, shop);
    }
    return VT_OK;
}

/* ---- the choice -------------------------------------------------------------------------------------------------- */

int vt_recommender_choose(vt_recommender **out, vt_chosen_model *chosen, vt_live *live, const char *name,
                          const vt_recommender_options *options, vt_error *err)
{
    vt_chosen_model choice = {.named = name != NULL, .why = VT_ERROR_INIT};
    vt_recommender_options without = *options;
    char path[PATH_BYTES];
    int status = vt_model_find(path, sizeof path, vt_live_path(live), name, &choice.why);
    if (status == VT_OK) {
        vt_active_model active;
        vt_model_name(choice.name, sizeof choice.name, path);
        choice.active = name == NULL && vt_model_active(&active, vt_live_path(live), NULL) == VT_OK &&
                        strcmp(active.name, choice.name) == 0;
        status = vt_recommender_open(out, live, path, options, &choice.why);
    }
    bool stopped = status == VT_ERR_NO_MEMORY || status == VT_ERR_CANCELLED;
    if (status != VT_OK && (choice.named || stopped)) {
        return vt_fail(err, choice.why.code, "%s", choice.why.message);
    }
    if (status != VT_OK && choice.name[0] != '\0') {
        status = vt_fallback_open(out, &choice, live, options, err);
        if (status == VT_ERR_NO_MEMORY || status == VT_ERR_CANCELLED) {
            return status;
        }
    }
    if (status != VT_OK) {
        without.without_model = choice.why.message;
        status = vt_recommender_create(out, live, NULL, &without, err);
    }
    if (status == VT_OK) {
        *chosen = choice;
    }
    return status;
}
