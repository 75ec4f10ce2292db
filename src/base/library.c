/* A variable comes first and alone: who sets it wants that library or a sentence. */
#include "base/library.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/paths.h"

typedef struct looking {
    const vt_library_places *places;
    const char *folder;
    char *found; /* PATH_MAX */
} looking;

static int on_library(void *context, const char *name)
{
    looking *l = context;
    return strncmp(name, l->places->file, strlen(l->places->file)) == 0 &&
           vt_path_join(l->found, PATH_MAX, l->folder, name, NULL) == VT_OK;
}

/* The library in a folder, or what `folder` names itself. */
static bool look_in(char found[PATH_MAX], const vt_library_places *places, const char *folder)
{
    looking l = {places, folder, found};
    found[0] = '\0';
    if (vt_file_exists(folder)) {
        snprintf(found, PATH_MAX, "%s", folder);
    } else if (vt_dir_exists(folder)) {
        vt_dir_list(folder, on_library, &l, NULL);
    }
    return found[0] != '\0';
}

/* The folder of the program or library that this code is in. */
static bool own_folder(char out[PATH_MAX])
{
    static const char here = 0;
    Dl_info info;
    char *slash = NULL;
    if (dladdr((const void *)&here, &info) != 0 && info.dli_fname != NULL && realpath(info.dli_fname, out) != NULL) {
        slash = strrchr(out, '/');
    }
    if (slash != NULL) {
        *slash = '\0';
    }
    return slash != NULL;
}

/* The library in the Python environment that the set-up makes beside the sources. */
static int on_python(void *context, const char *name)
{
    looking *l = context;
    char folder[PATH_MAX];
    int n = snprintf(folder, sizeof folder, "%s/%s/site-packages/%s", l->folder, name, l->places->folder);
    return strncmp(name, "python3", 7) == 0 && n > 0 && (size_t)n < sizeof folder &&
           look_in(l->found, l->places, folder);
}

int vt_library_find(const vt_library_places *places, bool (*load)(const char *path, char why[512]), vt_error *err)
{
    char path[PATH_MAX], folder[PATH_MAX], why[512] = "";
    const char *given = getenv(places->variable);
    if (given != NULL && given[0] != '\0') {
        if (look_in(path, places, given) && load(path, why)) {
            return VT_OK;
        }
        char none[128];
        snprintf(none, sizeof none, "there is no %s in it", places->file);
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "%s cannot be used from $%s (%s): %s; name the folder %s of its package", places->name,
                       places->variable, given, why[0] == '\0' ? none : why, places->folder);
    }
    if (own_folder(folder) && look_in(path, places, folder) && load(path, why)) {
        return VT_OK;
    }
    int n = snprintf(folder, sizeof folder, VT_SOURCE_FOLDER "/%s/lib", places->environment);
    if (n > 0 && (size_t)n < sizeof folder && vt_dir_exists(folder)) {
        looking l = {places, folder, path};
        path[0] = '\0';
        vt_dir_list(folder, on_python, &l, NULL);
        if (path[0] != '\0' && load(path, why)) {
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_UNSUPPORTED, "%s, which is not installed%s%s: %s", places->missing,
                   why[0] == '\0' ? "" : " or cannot be loaded: ", why, places->remedy);
}
