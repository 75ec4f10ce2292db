/* The parts that the library is linked with: their versions, and what is known of them. */
#include <cblas.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>
#include <utf8proc.h>
#include <yyjson.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

#include "math/blas.h"
#include "recommend/doctor.h"
#include "vitrine/version.h"

/* The race between a commit and a checkpoint (sqlite.org/wal.html, "The WAL-Reset Bug") is mended in these versions. */
static bool has_wal_fix(int number)
{
    return number >= 3051003 || (number >= 3050007 && number < 3051000) || (number >= 3044006 && number < 3045000);
}

static void check_sqlite(vt_doctor_state *d)
{
    const char *version = sqlite3_libversion();
    int number = sqlite3_libversion_number();
    if (sqlite3_threadsafe() == 0) {
        vt_doctor_tell(d, VT_VERDICT_BAD, "SQLite",
                       "%s was built without threads; install one built with SQLITE_THREADSAFE=1", version);
    } else if (number < 3040000) {
        vt_doctor_tell(d, VT_VERDICT_BAD, "SQLite", "%s is too old; 3.40 or newer is needed", version);
    } else if (sqlite3_compileoption_used("ENABLE_FTS5") == 0) {
        vt_doctor_tell(d, VT_VERDICT_BAD, "SQLite",
                       "%s was built without FTS5; install one built with SQLITE_ENABLE_FTS5", version);
    } else if (!has_wal_fix(number)) {
        vt_doctor_tell(
            d, VT_VERDICT_NOTE, "SQLite",
            "%s can corrupt a WAL when two connections write or checkpoint at once; vitrine lets one connection in one "
            "process do both, so it is safe here. Other programs should open store.db read-only",
            version);
    } else {
        vt_doctor_tell(d, VT_VERDICT_GOOD, "SQLite", "%s", version);
    }
}

/* A library whose version at run time should be the one it was built with. */
static void check_version(vt_doctor_state *d, const char *name, const char *running, const char *built)
{
    if (strcmp(running, built) == 0) {
        vt_doctor_tell(d, VT_VERDICT_GOOD, name, "%s", running);
    } else {
        vt_doctor_tell(d, VT_VERDICT_NOTE, name, "%s, built with %s", running, built);
    }
}

void vt_doctor_libraries(vt_doctor_state *d)
{
    vt_doctor_tell(d, VT_VERDICT_GOOD, "vitrine", "%s", vt_version());
    check_sqlite(d);
    vt_blas_init();
    vt_doctor_tell(d, openblas_get_num_threads() == 1 ? VT_VERDICT_GOOD : VT_VERDICT_NOTE, "OpenBLAS",
                   "%s; %d thread inside", openblas_get_config(), openblas_get_num_threads());
    check_version(d, "zlib", zlibVersion(), ZLIB_VERSION);
    check_version(d, "libzip", zip_libzip_version(), LIBZIP_VERSION);
    check_version(d, "zstd", ZSTD_versionString(), ZSTD_VERSION_STRING);
    check_version(d, "libsodium", sodium_version_string(), SODIUM_VERSION_STRING);
    if (yyjson_version() == YYJSON_VERSION_HEX) {
        vt_doctor_tell(d, VT_VERDICT_GOOD, "yyjson", "%s", YYJSON_VERSION_STRING);
    } else {
        vt_doctor_tell(d, VT_VERDICT_NOTE, "yyjson", "%u.%u.%u, built with %s", yyjson_version() >> 16,
                       yyjson_version() >> 8 & 0xff, yyjson_version() & 0xff, YYJSON_VERSION_STRING);
    }
    vt_doctor_tell(d, VT_VERDICT_GOOD, "utf8proc", "%s (Unicode %s)", utf8proc_version(), utf8proc_unicode_version());
}
