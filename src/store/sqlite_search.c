/*
 * Words of items, by SQLite's FTS5. Making the index of a large catalogue takes several times as long as storing it, so
 * a write puts only a few items in; more wait in `unindexed` until somebody is going to search. What was in the index
 * and changed went out of it at once (triggers of the schema), so the index is never wrong, only not yet complete.
 */
#include <string.h>
#include <utf8proc.h>

#include "base/limits.h"
#include "store/sqlite.h"

enum {
    FEW = 500,            /* items that a write itself indexes: some tens of milliseconds */
    WORD_BYTES_MAX = 128, /* longer words are none */
    MATCH_BYTES_MAX = VT_QUERY_WORDS_MAX * (WORD_BYTES_MAX + 8)
};

static int count_unindexed(vt_sqlite *s, int64_t limit, int64_t *items, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_UNINDEXED, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(statement, 1, limit);
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        *items = sqlite3_column_int64(statement, 0);
    } else {
        status = vt_sqlite_fail(s, code, "count items", err);
    }
    sqlite3_reset(statement);
    return status;
}

int vt_sqlite_unindexed(vt_store *store, int64_t *items, vt_error *err)
{
    return count_unindexed((vt_sqlite *)store, -1, items, err);
}

static int index_all(vt_sqlite *s, vt_error *err)
{
    int status = vt_sqlite_do(s, VT_SQL_INDEX, "index words", err);
    return status == VT_OK ? vt_sqlite_do(s, VT_SQL_INDEXED, "index words", err) : status;
}

int vt_sqlite_index_few(vt_sqlite *s, vt_error *err)
{
    int64_t waiting = 0;
    int status = count_unindexed(s, FEW + 1, &waiting, err);
    return status == VT_OK && waiting > 0 && waiting <= FEW ? index_all(s, err) : status;
}

int vt_sqlite_index(vt_store *store, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int status = vt_sqlite_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = index_all(s, err);
    if (status != VT_OK) {
        vt_sqlite_rollback(store);
        return status;
    }
    return vt_sqlite_commit(store, 0, err);
}

/* Letters, numbers and marks, and what joins them inside a word. */
static bool in_word(utf8proc_int32_t point)
{
    static const uint32_t kinds = 1U << UTF8PROC_CATEGORY_LU | 1U << UTF8PROC_CATEGORY_LL | 1U << UTF8PROC_CATEGORY_LT |
                                  1U << UTF8PROC_CATEGORY_LM | 1U << UTF8PROC_CATEGORY_LO | 1U << UTF8PROC_CATEGORY_MN |
                                  1U << UTF8PROC_CATEGORY_MC | 1U << UTF8PROC_CATEGORY_ND | 1U << UTF8PROC_CATEGORY_NL |
                                  1U << UTF8PROC_CATEGORY_NO | 1U << UTF8PROC_CATEGORY_CO;
    return point == '-' || point == '\'' || point == 0x2019 || (kinds >> utf8proc_category(point) & 1) != 0;
}

/* Bytes of the word, or of the gap, that `text` begins with. */
static size_t run_of(vt_str text, bool word)
{
    size_t at = 0;
    while (at < text.len) {
        utf8proc_int32_t point = -1;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at, (utf8proc_ssize_t)(text.len - at), &point);
        if ((n > 0 && in_word(point)) != word) {
            break;
        }
        at += n > 0 ? (size_t)n : 1;
    }
    return at;
}

/* `query` in the language of FTS5: each word in quotes, so that none is an operator, any of them enough. */
static int write_match(vt_buf *out, vt_str query, vt_error *err)
{
    int status = VT_OK;
    for (int words = 0; status == VT_OK && words < VT_QUERY_WORDS_MAX && query.len > 0;) {
        size_t gap = run_of(query, false);
        size_t word = run_of((vt_str){query.ptr + gap, query.len - gap}, true);
        if (word > 0 && word <= WORD_BYTES_MAX) {
            status = vt_buf_printf(out, err, "%s\"%.*s\"", words == 0 ? "" : " OR ", (int)word, query.ptr + gap);
            words++;
        }
        query.ptr += gap + word;
        query.len -= gap + word;
    }
    return status;
}

typedef struct matching {
    vt_match_each each;
    void *context;
} matching;

static int match_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    const matching *m = context;
    (void)err;
    return m->each(m->context, sqlite3_column_int64(statement, 0), vt_column_str(statement, 1),
                   -sqlite3_column_double(statement, 2));
}

int vt_sqlite_match(vt_store *store, vt_str query, int64_t limit, vt_match_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    sqlite3_stmt *statement = NULL;
    matching m = {each, context};
    vt_buf match;
    vt_buf_init(&match, MATCH_BYTES_MAX);
    int status = write_match(&match, query, err);
    if (status != VT_OK || match.len == 0) {
        goto out;
    }
    status = vt_sqlite_open_pass(s, VT_SQL_MATCH, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, (vt_str){match.data, match.len});
        vt_bind_int(statement, 2, limit);
        status = vt_sqlite_pass(s, statement, match_row, &m, err);
    }
out:
    vt_buf_done(&match);
    return status;
}
