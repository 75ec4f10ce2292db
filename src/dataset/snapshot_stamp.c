/* A stamp is compared as a text that only this file makes, so there is nothing in it to be read wrongly but a time. */
#include "dataset/snapshot_stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* The first number is that of the checks: a reader that checks more than the one before takes the next. */
#define WORDS "vitrine checked 1\n"

enum { STAMP_MAX = 512, SETTLED_SECONDS = 2, NANOSECONDS = 1000000000 };

/* All but the time of the check, which follows as the last line. */
static size_t stamp_text(char out[STAMP_MAX], const vt_file_identity *file, const char *hash)
{
    int len =
        snprintf(out, STAMP_MAX,
                 WORDS "hash %s\ninode %" PRId64 "\nsize %" PRId64 "\nmodified %" PRId64 "\nchanged %" PRId64 "\nat ",
                 hash, file->inode, file->size, file->modified, file->changed);
    return len > 0 && len < STAMP_MAX ? (size_t)len : 0;
}

bool vt_snapshot_stamp_holds(const char *path, const vt_file_identity *file, const char *hash, int64_t now)
{
    char expected[STAMP_MAX], found[STAMP_MAX];
    size_t len = stamp_text(expected, file, hash), got = 0;
    int64_t at = 0;
    if (!vt_file_exists(path) || vt_file_head(found, sizeof found, &got, path, NULL) != VT_OK || len == 0 ||
        got <= len + 1 || memcmp(found, expected, len) != 0 || found[got - 1] != '\n') {
        return false;
    }
    return vt_parse_int(&at, (vt_str){found + len, got - len - 1}) && at <= now && now - at < VT_SNAPSHOT_STAMP_SECONDS;
}

void vt_snapshot_stamp_put(const char *path, const vt_file_identity *file, const char *hash, int64_t now)
{
    char text[STAMP_MAX];
    size_t len = stamp_text(text, file, hash);
    if (len == 0 || file->changed / NANOSECONDS > now - SETTLED_SECONDS - 1) {
        return;
    }
    int rest = snprintf(text + len, sizeof text - len, "%" PRId64 "\n", now);
    if (rest > 0 && (size_t)rest < sizeof text - len) {
        vt_file_put(path, text, len + (size_t)rest, false, NULL);
    }
}
