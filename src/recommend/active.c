/* Naming the model that answers in a small text file of two lines: what answers, and what answered before. */
#include "recommend/active.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"

enum { PATH_BYTES = 4096, FILE_BYTES_MAX = 1024 };

static int path_of(char *out, const char *shop, vt_error *err)
{
    int len = snprintf(out, PATH_BYTES, "%s/models/active", shop);
    return len < 0 || len >= PATH_BYTES ? vt_fail(err, VT_ERR_LIMIT, "the path of the shop is too long") : VT_OK;
}

static void take_line(char *out, size_t size, const char **at)
{
    size_t len = strcspn(*at, "\r\n");
    snprintf(out, size, "%.*s", (int)len, *at);
    *at += len;
    *at += strspn(*at, "\r\n");
}

int vt_model_active(vt_active_model *out, const char *shop, vt_error *err)
{
    char path[PATH_BYTES];
    char *text = NULL;
    size_t len = 0;
    *out = (vt_active_model){"", ""};
    int status = path_of(path, shop, err);
    if (status != VT_OK || !vt_file_exists(path)) {
        return status;
    }
    status = vt_file_read(&text, &len, path, FILE_BYTES_MAX, err);
    if (status == VT_OK) {
        const char *at = text;
        take_line(out->name, sizeof out->name, &at);
        take_line(out->previous, sizeof out->previous, &at);
    }
    vt_free(text);
    return status;
}

int vt_active_write(const char *shop, const char *name, const char *previous, vt_error *err)
{
    char path[PATH_BYTES], text[FILE_BYTES_MAX];
    int len = snprintf(text, sizeof text, "%s\n%s\n", name, previous);
    int status = path_of(path, shop, err);
    return status == VT_OK ? vt_file_put(path, text, (size_t)len, true, err) : status;
}

int vt_active_clear(const char *shop, vt_error *err)
{
    char path[PATH_BYTES];
    int status = path_of(path, shop, err);
    if (status == VT_OK && unlink(path) != 0 && errno != ENOENT) {
        return vt_fail_errno(err, errno, "cannot remove %s", path);
    }
    return status;
}

/* A name, not a path: the model must be one of the shop's. */
static int check_there(const char *shop, const char *name, vt_error *err)
{
    char path[PATH_BYTES];
    int status = vt_model_path(path, sizeof path, shop, name, err);
    if (status == VT_OK && (strchr(name, '/') != NULL || name[0] == '\0' || !vt_file_exists(path))) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "the shop has no model \"%.200s\"; \"vitrine model list\" lists those that it has", name);
    }
    return status;
}

int vt_model_activate(const char *shop, const char *name, vt_error *err)
{
    vt_active_model before;
    char path[PATH_BYTES], answers[256] = "";
    vt_model *model = NULL;
    int status = check_there(shop, name, err);
    status = status != VT_OK ? status : vt_model_active(&before, shop, err);
    status = status != VT_OK ? status : vt_model_find(path, sizeof path, shop, NULL, err);
    if (status == VT_OK) {
        vt_model_name(answers, sizeof answers, path);
        status = vt_model_path(path, sizeof path, shop, name, err);
    }
    status = status != VT_OK ? status : vt_model_load(&model, path, err); /* a damaged one never answers */
    vt_model_free(model);
    if (status != VT_OK) {
        return status;
    }
    return vt_active_write(shop, name, strcmp(answers, name) == 0 ? before.previous : answers, err);
}

int vt_model_rollback(char *name, size_t size, const char *shop, vt_error *err)
{
    vt_active_model before;
    int status = vt_model_active(&before, shop, err);
    if (status == VT_OK && before.previous[0] == '\0') {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "no model answered before this one; \"vitrine model activate NAME\" names one");
    }
    status = status != VT_OK ? status : vt_model_activate(shop, before.previous, err);
    if (status == VT_OK) {
        snprintf(name, size, "%s", before.previous);
    }
    return status;
}
