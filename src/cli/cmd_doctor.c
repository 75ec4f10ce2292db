/*
 * vitrine doctor: is this installation, this machine and this shop sound? Each check is a row with a verdict; anything
 * broken makes the exit code VT_ERR_CORRUPT, what merely should be known is a note.
 */
#include <cblas.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <utf8proc.h>
#include <yyjson.h>
#include <zlib.h>
#include <zstd.h>

#include "base/file.h"
#include "base/pool.h"
#include "common.h"
#include "math/blas.h"
#include "vitrine/version.h"

/* Below this much free space an import of any size is likely to fail. */
#define FREE_BYTES_WANTED ((int64_t)256 << 20)

typedef enum finding { GOOD, NOTE, BAD } finding;

typedef struct doctor {
    vt_cli *cli;
    vt_table *table;
    vt_json_writer writer;
    int bad;
    char first_bad[512];
    vt_error *err;
} doctor;

static void VT_PRINTF(4, 5) tell(doctor *d, finding verdict, const char *what, const char *format, ...)
{
    static const char *const words[] = {"ok", "note", "BAD"};
    static const char *const json_words[] = {"ok", "note", "bad"};
    char text[1200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (verdict == BAD && d->bad++ == 0) {
        snprintf(d->first_bad, sizeof d->first_bad, "%s: %.400s", what, text);
    }
    if (d->cli->json) {
        vt_json_object(&d->writer, NULL);
        vt_json_text(&d->writer, "check", vt_str_of(what));
        vt_json_text(&d->writer, "verdict", vt_str_of(json_words[verdict]));
        vt_json_text(&d->writer, "detail", vt_str_of(text));
        vt_json_object_end(&d->writer);
    } else {
        vt_table_text(d->table, words[verdict]);
        vt_table_text(d->table, what);
        vt_table_text(d->table, text);
    }
}

/* ---- the program ------------------------------------------------------------------------------------------------- */

/* The race between a commit and a checkpoint (sqlite.org/wal.html, "The WAL-Reset Bug") is mended in these versions. */
static bool has_wal_fix(int number)
{
    return number >= 3051003 || (number >= 3050007 && number < 3051000) || (number >= 3044006 && number < 3045000);
}

static void check_sqlite(doctor *d)
{
    const char *version = sqlite3_libversion();
    int number = sqlite3_libversion_number();
    if (sqlite3_threadsafe() == 0) {
        tell(d, BAD, "SQLite", "%s was built without threads; install one built with SQLITE_THREADSAFE=1", version);
    } else if (number < 3040000) {
        tell(d, BAD, "SQLite", "%s is too old; 3.40 or newer is needed", version);
    } else if (sqlite3_compileoption_used("ENABLE_FTS5") == 0) {
        tell(d, BAD, "SQLite", "%s was built without FTS5; install one built with SQLITE_ENABLE_FTS5", version);
    } else if (!has_wal_fix(number)) {
        tell(
            d, NOTE, "SQLite",
            "%s can corrupt a WAL when two connections write or checkpoint at once; vitrine lets one connection in one "
            "process do both, so it is safe here. Other programs should open store.db read-only",
            version);
    } else {
        tell(d, GOOD, "SQLite", "%s", version);
    }
}

/* A library whose version at run time should be the one it was built with. */
static void check_version(doctor *d, const char *name, const char *running, const char *built)
{
    if (strcmp(running, built) == 0) {
        tell(d, GOOD, name, "%s", running);
    } else {
        tell(d, NOTE, name, "%s, built with %s", running, built);
    }
}

static void check_libraries(doctor *d)
{
    tell(d, GOOD, "vitrine", "%s", vt_version());
    check_sqlite(d);
    vt_blas_init();
    tell(d, openblas_get_num_threads() == 1 ? GOOD : NOTE, "OpenBLAS", "%s; %d thread inside", openblas_get_config(),
         openblas_get_num_threads());
    check_version(d, "zlib", zlibVersion(), ZLIB_VERSION);
    check_version(d, "zstd", ZSTD_versionString(), ZSTD_VERSION_STRING);
    check_version(d, "libsodium", sodium_version_string(), SODIUM_VERSION_STRING);
    if (yyjson_version() == YYJSON_VERSION_HEX) {
        tell(d, GOOD, "yyjson", "%s", YYJSON_VERSION_STRING);
    } else {
        tell(d, NOTE, "yyjson", "%u.%u.%u, built with %s", yyjson_version() >> 16, yyjson_version() >> 8 & 0xff,
             yyjson_version() & 0xff, YYJSON_VERSION_STRING);
    }
    tell(d, GOOD, "utf8proc", "%s (Unicode %s)", utf8proc_version(), utf8proc_unicode_version());
}

/* ---- the machine ------------------------------------------------------------------------------------------------- */

static void check_processor(doctor *d)
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
    finding verdict = __builtin_cpu_supports("avx2") != 0 ? GOOD : NOTE;
#else
    finding verdict = GOOD;
#endif
    tell(d, verdict, "processor", "%d usable;%s%s", vt_processors(), used == 0 ? " no known extensions" : features,
         verdict == NOTE ? " (slow: no AVX2)" : "");
}

static void check_space(doctor *d)
{
    struct statvfs space;
    const char *folder = vt_dir_exists(d->cli->shop) ? d->cli->shop : ".";
    if (statvfs(folder, &space) != 0) {
        tell(d, NOTE, "free space", "unknown in %s", folder);
        return;
    }
    int64_t bytes = (int64_t)space.f_bavail * (int64_t)space.f_frsize;
    char text[32];
    vt_format_bytes(text, bytes);
    tell(d, bytes < FREE_BYTES_WANTED ? NOTE : GOOD, "free space", "%s in %s%s", text, folder,
         bytes < FREE_BYTES_WANTED ? "; an import may not fit" : "");
}

/* ---- the shop ---------------------------------------------------------------------------------------------------- */

static int on_model(void *context, const char *name, const char *path)
{
    doctor *d = context;
    vt_model *model = NULL;
    vt_error why = VT_ERROR_INIT;
    char what[300];
    snprintf(what, sizeof what, "model %s", name);
    int status = vt_model_load(&model, path, &why);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(d->err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        vt_model_info info;
        vt_model_describe(model, &info);
        tell(d, GOOD, what, "%s, %s", info.kind->name, info.trained_on);
    } else {
        tell(d, BAD, what, "%s; remove it and train it again", why.message);
    }
    vt_model_free(model);
    return vt_interrupted() ? VT_ERR_CANCELLED : VT_OK;
}

static int on_snapshot(void *context, const char *name)
{
    doctor *d = context;
    size_t len = strlen(name);
    char folder[4000];
    char path[4096];
    if (len < 6 || strcmp(name + len - 6, ".vsnap") != 0 ||
        vt_path_join(folder, sizeof folder, d->cli->shop, "snapshots", NULL) != VT_OK ||
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
        tell(d, GOOD, what, "%lld events, revision %lld", (long long)snapshot->n_events, (long long)snapshot->revision);
    } else {
        tell(d, BAD, what, "%s; remove it, it is made again when needed", why.message);
    }
    vt_snapshot_free(snapshot);
    return vt_interrupted() ? VT_ERR_CANCELLED : VT_OK;
}

static int check_shop(doctor *d, vt_error *err)
{
    const char *path = d->cli->shop;
    if (!vt_shop_exists(path)) {
        tell(d, NOTE, "shop", "there is none in %s", path);
        return VT_OK;
    }
    vt_display_stage(d->cli->display, "checking the shop");
    vt_shop *shop = NULL;
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, &why);
    if (status == VT_OK) {
        status = vt_shop_check(shop, &why);
    }
    vt_shop_close(shop);
    if (status == VT_ERR_NO_MEMORY) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    if (status == VT_OK) {
        tell(d, GOOD, "shop", "%s is intact", path);
    } else {
        tell(d, BAD, "shop", "%s", why.message);
    }
    status = vt_each_model_file(path, on_model, d, err);
    char folder[4000];
    if (status == VT_OK) {
        status = vt_path_join(folder, sizeof folder, path, "snapshots", err);
    }
    if (status == VT_OK && vt_dir_exists(folder)) {
        status = vt_dir_list(folder, on_snapshot, d, err);
    }
    return status == VT_ERR_CANCELLED ? vt_fail(err, VT_ERR_CANCELLED, "stopped while checking the shop") : status;
}

static int run_doctor(vt_cli *cli, const vt_args *args, vt_error *err)
{
    (void)args;
    doctor d = {.cli = cli, .err = err};
    int status = vt_table_create(&d.table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(d.table, "", VT_LEFT, 0);
    vt_table_column(d.table, "", VT_LEFT, 0);
    vt_table_column(d.table, "", VT_LEFT, 0);
    if (cli->json) {
        vt_cli_json_begin(&d.writer, cli);
        vt_json_array(&d.writer, "checks");
    }
    check_libraries(&d);
    check_processor(&d);
    check_space(&d);
    status = check_shop(&d, err);
    vt_display_end(cli->display);
    if (status == VT_OK && cli->json) {
        vt_json_array_end(&d.writer);
        vt_json_bool(&d.writer, "sound", d.bad == 0);
        status = vt_cli_json_end(&d.writer, cli, err);
    } else if (status == VT_OK) {
        status = vt_table_print(&cli->out, d.table, SIZE_MAX / 2, err);
    }
    vt_table_free(d.table);
    if (status == VT_OK && d.bad > 0) {
        cli->result_stands = true;
        return vt_fail(err, VT_ERR_CORRUPT, "%d of the checks found damage; first: %s", d.bad, d.first_bad);
    }
    return status;
}

const vt_command vt_command_doctor = {
    .name = "doctor",
    .summary = "check the installation, the machine and the shop",
    .details =
        "Shows the versions of the linked parts and flags known-bad ones, the processor, free space, and whether "
        "the shop, its snapshots and its models are intact. Exits with 9 when something is damaged.",
    .examples = "vitrine --shop s doctor",
    .run = run_doctor,
};
