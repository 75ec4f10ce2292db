/* The encoders of this machine: folders with a manifest, one below the other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/paths.h"
#include "encode/manifest.h"

const char *vt_encoders_builder(void)
{
    return VT_SOURCE_FOLDER "/script/encoders";
}

const vt_encoder_info *vt_manifest_info(const vt_manifest *manifest)
{
    return &manifest->info;
}

int vt_manifest_remove(const vt_manifest *manifest, bool *left, vt_error *err)
{
    char path[PATH_MAX];
    for (const char *line = manifest->files.data; *line != '\0';) {
        const char *end = strchr(line, '\n');
        char name[256];
        snprintf(name, sizeof name, "%.*s", (int)(end - line) - 65, line + 65);
        if (vt_manifest_path(path, manifest, name, NULL) == VT_OK) {
            unlink(path);
        }
        line = end + 1;
    }
    int status = vt_manifest_path(path, manifest, "manifest.json", err);
    if (status == VT_OK && unlink(path) != 0) {
        status = vt_fail_errno(err, errno, "cannot remove %s", path);
    }
    if (status == VT_OK) {
        *left = rmdir(manifest->folder) != 0;
    }
    return status;
}

typedef struct listing {
    const char *folder;
    int (*each)(void *context, const vt_manifest *manifest, const vt_error *why);
    void *context;
    int status;
    vt_error *err;
} listing;

static int on_folder(void *context, const char *name)
{
    listing *l = context;
    char path[PATH_MAX];
    vt_manifest *m = NULL;
    vt_error why = VT_ERROR_INIT;
    if (name[0] == '.' || vt_path_join(path, sizeof path, l->folder, name, NULL) != VT_OK || !vt_dir_exists(path)) {
        return 0;
    }
    int status = vt_manifest_open(&m, name, &why);
    l->status = status == VT_ERR_NO_MEMORY ? vt_fail(l->err, why.code, "%s", why.message)
                                           : l->each(l->context, status == VT_OK ? m : NULL, &why);
    vt_manifest_close(m);
    return l->status;
}

int vt_encoders_each(int (*each)(void *context, const vt_manifest *manifest, const vt_error *why), void *context,
                     vt_error *err)
{
    listing l = {vt_encoders_folder(), each, context, VT_OK, err};
    if (!vt_dir_exists(l.folder)) {
        return VT_OK;
    }
    int status = vt_dir_list(l.folder, on_folder, &l, err);
    return l.status != VT_OK ? l.status : status;
}
