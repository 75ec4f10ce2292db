/* Whether an installation, a machine and a shop are sound. Each check is told as it is made. */
#include "recommend/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "base/format.h"
#include "base/pool.h"
#include "vitrine/choice.h"
#include "vitrine/snapshot.h"

/* Below this much free space an import of any size is likely to fail. */
#define FREE_BYTES_WANTED ((int64_t)256 << 20)

void vt_doctor_tell(vt_doctor_state *d, vt_verdict verdict, const char *name, const char *format, ...)
{
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (d->status == VT_OK) {
        const vt_check check = {name, verdict, text};
        d->status = d->each(d->context, &check);
    }
}

/* Between two files: whether somebody wants to stop. */
static int go_on(vt_doctor_state *d)
{
    const vt_progress_state state = {"checking the shop", "files", 0.0, 0.0, NULL};
    return d->status != VT_OK ? d->status : vt_progress_report(d->progress, &state, d->err);
}

/* ---- the machine ------------------------------------------------------------------------------------------------- */

static void check_processor(vt_doctor_state *d)
{
    char features[128] = "";
    size_t used = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const struct {
        const char *name;
        int there;
    } known[] = {
        {"sse4.2", __builtin_cpu_supports("sse4.2")},   {"avx", __builtin_cpu_supports("avx")},
        {"fma", __builtin_cpu_supports("fma")},         {"avx2", __builtin_cpu_supports("avx2")},
        {"avx512f", __builtin_cpu_supports("avx512f")}, {"avx512vnni", __builtin_cpu_supports("avx512vnni")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].there != 0) {
            int len = snprintf(features + used, sizeof features - used, " %s", known[i].name);
            used += len > 0 && (size_t)len < sizeof features - used ? (size_t)len : 0;
        }
    }
    vt_verdict verdict = __builtin_cpu_supports("avx2") != 0 ? VT_VERDICT_GOOD : VT_VERDICT_NOTE;
#else
    vt_verdict verdict = VT_VERDICT_GOOD;
#endif
    vt_doctor_tell(d, verdict, "processor", "%d usable;%s%s", vt_processors(),
                   used == 0 ? " no known extensions" : features, verdict == VT_VERDICT_NOTE ? " (slow: no AVX2)" : "");
}

static void check_space(vt_doctor_state *d)
{
    struct statvfs space;
    const char *folder = vt_dir_exists(d->shop) ? d->shop : ".";
    if (statvfs(folder, &space) != 0) {
        vt_doctor_tell(d, VT_VERDICT_NOTE, "free space", "unknown in %s", folder);
        return;
    }
    int64_t bytes = (int64_t)space.f_bavail * (int64_t)space.f_frsize;
    char text[32];
    vt_format_bytes(text, bytes);
    vt_doctor_tell(d, bytes < FREE_BYTES_WANTED ? VT_VERDICT_NOTE : VT_VERDICT_GOOD, "free space", "%s in %s%s", text,
                   folder, bytes < FREE_BYTES_WANTED ? "; an import may not fit" : "");
}

/* ---- the shop ---------------------------------------------------------------------------------------------------- */

static int on_model(void *context, const vt_model_file *file)
{
    vt_doctor_state *d = context;
    vt_model *model = NULL;
    vt_error why = VT_ERROR_INIT;
    char what[300];
    snprintf(what, sizeof what, "model %s", file->name);
    int status = vt_model_load(&model, file->path, &why);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(d->err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        vt_model_info info;
        vt_model_describe(model, &info);
        vt_doctor_tell(d, VT_VERDICT_GOOD, what, "%s, %s", info.kind->name, info.trained_on);
    } else {
        vt_doctor_tell(d, VT_VERDICT_BAD, what, "%s; remove it and train it again", why.message);
    }
    vt_model_free(model);
    return go_on(d);
}

static int on_snapshot(void *context, const char *name)
{
    vt_doctor_state *d = context;
    size_t len = strlen(name);
    char folder[4000];
    char path[4096];
    if (len < 6 || strcmp(name + len - 6, ".vsnap") != 0 ||
        vt_path_join(folder, sizeof folder, d->shop, "snapshots", NULL) != VT_OK ||
        vt_path_join(path, sizeof path, folder, name, NULL) != VT_OK) {
        return VT_OK;
    }
    vt_snapshot *snapshot = NULL;
    vt_error why = VT_ERROR_INIT;
    char what[300];
    snprintf(what, sizeof what, "snapshot %.12s", name);
    int status = vt_snapshot_open(&snapshot, path, &why);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(d->err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        vt_doctor_tell(d, VT_VERDICT_GOOD, what, "%lld events, revision %lld", (long long)snapshot->n_events,
                       (long long)snapshot->revision);
    } else if (status == VT_ERR_UNSUPPORTED) {
        vt_doctor_tell(d, VT_VERDICT_NOTE, what, "%s", why.message);
    } else {
        vt_doctor_tell(d, VT_VERDICT_BAD, what, "%s; remove it, it is made again when needed", why.message);
    }
    vt_snapshot_free(snapshot);
    return go_on(d);
}

static int check_shop(vt_doctor_state *d)
{
    const char *path = d->shop;
    if (!vt_shop_exists(path)) {
        vt_doctor_tell(d, VT_VERDICT_NOTE, "shop", "there is none in %s", path);
        return VT_OK;
    }
    vt_shop *shop = NULL;
    vt_error why = VT_ERROR_INIT;
    int status = go_on(d);
    if (status != VT_OK) {
        return status;
    }
    status = vt_shop_open(&shop, path, VT_SHOP_READ, &why);
    if (status == VT_OK) {
        status = vt_shop_check(shop, &why);
    }
    vt_shop_close(shop);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(d->err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        vt_doctor_tell(d, VT_VERDICT_GOOD, "shop", "%s is intact", path);
    } else {
        vt_doctor_tell(d, VT_VERDICT_BAD, "shop", "%s", why.message);
    }
    status = vt_model_files(path, on_model, d, d->err);
    char folder[4000];
    if (status == VT_OK) {
        status = vt_path_join(folder, sizeof folder, path, "snapshots", d->err);
    }
    if (status == VT_OK && vt_dir_exists(folder)) {
        status = vt_dir_list(folder, on_snapshot, d, d->err);
    }
    return status;
}

int vt_doctor(const char *shop, int (*each)(void *context, const vt_check *check), void *context,
              const vt_progress *progress, vt_error *err)
{
    vt_doctor_state d = {shop, each, context, progress, VT_OK, err};
    vt_doctor_libraries(&d);
    check_processor(&d);
    check_space(&d);
    int status = d.status == VT_OK ? check_shop(&d) : d.status;
    return status == VT_OK ? d.status : status;
}
