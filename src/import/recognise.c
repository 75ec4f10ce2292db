/*
 * Looks at as little as tells: the name, the first bytes, the first line. Kinds that have a form of their own come
 * before plain tables.
 */
#include "import/recognise.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/number.h"
#include "base/unpack.h"
#include "import/likes.h"
#include "import/pydict.h"
#include "import/xlsx.h"

static void guess_kind(vt_import_guess *guess, const char *kind, const char *why)
{
    *guess = (vt_import_guess){.kind = kind};
    snprintf(guess->why, sizeof guess->why, "%s", why);
}

/* ---- folders ----------------------------------------------------------------------------------------------------- */

typedef struct folder_look {
    bool movielens;
    bool photos;
} folder_look;

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name);
    size_t end_len = strlen(end);
    return len >= end_len && strcmp(name + len - end_len, end) == 0;
}

static int look_at_entry(void *context, const char *name)
{
    folder_look *look = context;
    look->movielens = look->movielens || vt_movielens_tell(name);
    look->photos = look->photos || ends_with(name, ".jpg") || ends_with(name, ".jpeg") || ends_with(name, ".png") ||
                   ends_with(name, ".webp");
    return VT_OK;
}

static int look_at_folder(vt_import_guess *guess, const char *path, vt_error *err)
{
    folder_look look = {false, false};
    int status = vt_dir_list(path, look_at_entry, &look, err);
    if (status != VT_OK) {
        return status;
    }
    if (look.movielens) {
        guess_kind(guess, "movielens", "the folder has files of MovieLens or RecBole");
    } else if (look.photos) {
        guess_kind(guess, "images", "the folder has photos");
    } else {
        return vt_fail(err, VT_ERR_FORMAT, "%s has no files that are known by their names; name the files", path);
    }
    return VT_OK;
}

/* ---- lines ------------------------------------------------------------------------------------------------------- */

/* Rows of whole numbers alone, of differing widths, of two or of many: users and items, not ratings or times. */
static bool are_sequences(vt_csv *csv, const vt_str *row, size_t n)
{
    const size_t width = n;
    bool differ = false;
    bool numbers = vt_csv_delimiter(csv) == ' ' || n == 1;
    for (int i = 0; numbers && i < 20 && n > 0; i++) {
        for (size_t k = 0; k < n && numbers; k++) {
            for (size_t c = 0; c < row[k].len && numbers; c++) {
                numbers = row[k].ptr[c] == ' ' || (row[k].ptr[c] >= '0' && row[k].ptr[c] <= '9');
            }
        }
        differ = differ || n != width || (n == 1 && memchr(row[0].ptr, ' ', row[0].len) != NULL);
        if (vt_csv_row(csv, &row, &n, NULL) != VT_OK) {
            break;
        }
    }
    return numbers && (differ || width == 2 || width > 5);
}

static bool has_number(const vt_str *row, size_t n)
{
    double number = 0;
    for (size_t i = 0; i < n; i++) {
        vt_str cell = vt_trim(row[i]);
        const char *blank = cell.len == 0 ? NULL : memchr(cell.ptr, ' ', cell.len); /* "1 2 3" of one column */
        cell.len = blank == NULL ? cell.len : (size_t)(blank - cell.ptr);
        if (vt_parse_real(&number, cell)) {
            return true;
        }
    }
    return false;
}

static int guess_table(vt_import_guess *guess, const char *path, const vt_str *header, size_t n, vt_error *err)
{
    size_t fits = 0;
    const char *table = vt_csv_tell(header, n, &fits);
    const vt_like_file *like = vt_like_recognise(header, n, NULL);
    const char *what = vt_shopify_tell(header, n);
    const char *system = what == NULL ? "woocommerce" : "shopify";
    what = what == NULL && like == NULL ? vt_woocommerce_tell(header, n) : what;
    if (what != NULL) {
        guess_kind(guess, system, "");
        snprintf(guess->why, sizeof guess->why, "its columns are those of %s of %s", what, system);
        return VT_OK;
    }
    if (like != NULL) {
        guess_kind(guess, "csv", "");
        guess->like = like->name;
        snprintf(guess->why, sizeof guess->why, "its columns are those of %s", like->name);
        return VT_OK;
    }
    if (table != NULL && (fits >= 2 || n == 1)) {
        guess_kind(guess, "csv", "");
        guess->table = table;
        snprintf(guess->why, sizeof guess->why, "%zu of its columns are those of %s", fits, table);
        return VT_OK;
    }
    char list[VT_COLUMNS_LIST];
    vt_columns columns = {.header = (vt_str *)(uintptr_t)header, .n = n};
    vt_columns_list(list, &columns);
    if (has_number(header, n)) {
        return vt_fail(err, VT_ERR_FORMAT,
                       "%s seems to have no header: its first line is %s. Say what it is, such as: import csv --table "
                       "events --no-header --map user=#1,item=#2",
                       path, list);
    }
    if (list[0] == '\0') {
        return vt_fail(err, VT_ERR_FORMAT, "%s has no columns that could be read; is it a text with a header?", path);
    }
    return vt_fail(
        err, VT_ERR_FORMAT,
        "%s is nothing that is known by its columns, which are %s. Say what it is, such as: import csv --table "
        "events --map user=COLUMN,item=COLUMN",
        path, list);
}

/* Rows of differing widths with words in them are baskets. */
static bool are_baskets(vt_csv *csv, size_t width)
{
    const vt_str *row = NULL;
    size_t n = 0;
    bool differ = false;
    for (int i = 0; i < 20 && vt_csv_row(csv, &row, &n, NULL) == VT_OK && n > 0; i++) {
        differ = differ || n != width;
        if (has_number(row, n)) {
            return false;
        }
    }
    return differ;
}

static int look_at_rows(vt_import_guess *guess, const char *path, vt_stream *stream, vt_error *err)
{
    vt_csv *csv = NULL;
    const vt_str *row = NULL;
    size_t n = 0;
    int status = vt_csv_create(&csv, stream, '\0', err);
    if (status == VT_OK) {
        vt_csv_allow_blanks(csv);
        status = vt_csv_row(csv, &row, &n, err);
    }
    if (status == VT_OK && n == 0) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s is empty", path);
    }
    if (status == VT_OK) {
        vt_error why = VT_ERROR_INIT;
        status = guess_table(guess, path, row, n, &why);
        if (status != VT_OK && !has_number(row, n) && are_baskets(csv, n)) {
            guess_kind(guess, "baskets", "its lines are lists of words of differing length");
            status = VT_OK;
        } else if (status != VT_OK && are_sequences(csv, row, n)) {
            guess_kind(guess, "sequences", "its lines are numbers with blanks between them");
            status = VT_OK;
        } else if (status != VT_OK) {
            status = vt_fail(err, why.code, "%s", why.message);
        }
    }
    vt_csv_free(csv);
    return status;
}

static bool has_word(vt_str line, const char *word)
{
    return memmem(line.ptr, line.len, word, strlen(word)) != NULL;
}

static int look_at_object(vt_import_guess *guess, const char *path, vt_str line, vt_error *err)
{
    if (has_word(line, "asin") || has_word(line, "reviewerID")) {
        guess_kind(guess, "amazon", "its lines are reviews or products of Amazon");
    } else if (has_word(line, "[")) {
        guess_kind(guess, "attributes", "it is a JSON object of lists");
    } else {
        return vt_fail(err, VT_ERR_FORMAT, "%s is JSON, but neither reviews nor products of Amazon nor lists by item",
                       path);
    }
    return VT_OK;
}

static int look_at_file(vt_import_guess *guess, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_str line = {NULL, 0};
    bool workbook = vt_xlsx_is(path);
    int status = workbook ? vt_xlsx_open(&stream, path, err) : vt_stream_open(&stream, path, err);
    if (status == VT_ERR_UNSUPPORTED && ends_with(path, ".zip")) {
        guess_kind(guess, "images", "it is a ZIP file");
        return VT_OK;
    }
    if (status == VT_OK && !workbook) {
        status = vt_stream_set_text(stream, VT_ENCODING_AUTO, err);
        status = status == VT_OK ? vt_stream_line(stream, &line, err) : status;
    }
    if (status == VT_OK && line.len > 0 && line.ptr[0] == '{') {
        status = look_at_object(guess, path, line, err);
    } else if (status == VT_OK) {
        if (!workbook) {
            vt_stream_close(stream);
            stream = NULL;
            status = vt_stream_open(&stream, path, err);
            status = status == VT_OK ? vt_stream_set_text(stream, VT_ENCODING_AUTO, err) : status;
        }
        status = status == VT_OK ? look_at_rows(guess, path, stream, err) : status;
    }
    vt_stream_close(stream);
    return status;
}

int vt_import_recognise(vt_import_guess *guess, const char *path, vt_error *err)
{
    struct stat info;
    if (vt_dir_exists(path)) {
        return look_at_folder(guess, path, err);
    }
    if (vt_movielens_tell(path)) {
        guess_kind(guess, "movielens", "it is named as files of MovieLens or RecBole are");
        return VT_OK;
    }
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is no file that can be looked into; say its kind", path);
    }
    return look_at_file(guess, path, err);
}
