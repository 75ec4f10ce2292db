/* Cells are read into a list of (series, period, value), and laid out once all periods are known. */
#include "insight/demand/series_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "insight/demand/series.h"
#include "insight/demand/series_grid.h"
#include "insight/plain_rows.h"

#define DAY 86400
enum { CELLS_MAX = 50000000, SHOWN = 40, NAME_SHOWN = 200 };

struct vt_series_storage {
    vt_series_set set;
    vt_arena *arena;
    const char **names;
};

typedef struct cell {
    double period; /* a number, or days since 1970-01-01 */
    double value;
    uint32_t series;
    bool out;
} cell;

typedef struct reading {
    vt_plain_rows rows;
    vt_arena *arena;
    vt_map *index; /* name to series */
    const char **names;
    size_t n_names, names_capacity;
    uint32_t *column; /* series of the columns, where these are series */
    cell *cells;
    size_t n, capacity;
    bool dates, numbers, stock; /* what occurred */
} reading;

/* ---- cells ------------------------------------------------------------------------------------------------------- */

/* A number, a month such as 2024-03, or a date. */
static bool parse_period(double *out, bool *date, vt_str text)
{
    char iso[16];
    int64_t seconds = 0, unused = 0;
    if (vt_parse_real(out, text)) {
        *date = false;
        return true;
    }
    if (text.len == 7 && text.ptr[4] == '-' && vt_parse_int(&unused, (vt_str){text.ptr, 4}) &&
        vt_parse_int(&unused, (vt_str){text.ptr + 5, 2})) {
        snprintf(iso, sizeof iso, "%.7s-01", text.ptr);
        text = vt_str_of(iso);
    }
    if (text.len < 8 || vt_parse_time(&seconds, text, NULL, NULL) != VT_OK) {
        return false;
    }
    *out = floor((double)seconds / DAY);
    *date = true;
    return true;
}

static int bad_cell(const reading *r, const char *what, vt_str text, vt_error *err)
{
    int64_t line = r->rows.line;
    int shown = (int)(text.len < SHOWN ? text.len : SHOWN);
    return vt_fail_at(err, VT_ERR_FORMAT, line, "%s:%lld: %s is \"%.*s\"; %s is expected", r->rows.path,
                      (long long)line, what, shown, text.ptr, what[0] == 'a' ? "a date or a number" : "a number");
}

static int read_period(double *out, reading *r, vt_str text, vt_error *err)
{
    bool date = false;
    if (!parse_period(out, &date, text)) {
        return bad_cell(r, "a period", text, err);
    }
    r->dates = r->dates || date;
    r->numbers = r->numbers || !date;
    if (r->dates && r->numbers) {
        return vt_fail_at(err, VT_ERR_FORMAT, r->rows.line,
                          "%s:%lld: periods are dates and numbers; one kind is expected", r->rows.path,
                          (long long)r->rows.line);
    }
    return VT_OK;
}

/* A series more; a name that is there already gets a number: "tea (2)". */
static int add_series(uint32_t *out, reading *r, vt_str name, vt_error *err)
{
    char numbered[VT_ID_BYTES_MAX];
    int64_t unused = 0;
    vt_str kept = name.len > 0 ? name : vt_str_of("series");
    for (size_t k = 2; vt_map_get(r->index, kept, &unused); k++) {
        int shown = (int)(name.len < NAME_SHOWN ? name.len : NAME_SHOWN);
        snprintf(numbered, sizeof numbered, "%.*s (%zu)", shown, name.ptr == NULL ? "" : name.ptr, k);
        kept = vt_str_of(numbered);
    }
    kept = vt_arena_str(r->arena, kept, err);
    int status = kept.ptr == NULL ? VT_ERR_NO_MEMORY
                                  : vt_alloc_next(&r->names, &r->names_capacity, r->n_names, sizeof *r->names, err);
    status = status == VT_OK ? vt_map_set(r->index, kept, (int64_t)r->n_names, err) : status;
    if (status == VT_OK) {
        r->names[r->n_names] = kept.ptr;
        *out = (uint32_t)r->n_names++;
    }
    return status;
}

static int find_series(uint32_t *out, reading *r, vt_str name, vt_error *err)
{
    int64_t at = 0;
    if (vt_map_get(r->index, name.len > 0 ? name : vt_str_of("series"), &at)) {
        *out = (uint32_t)at;
        return VT_OK;
    }
    return add_series(out, r, name, err);
}

/* Adds a value; a missing one makes no cell. */
static int add_cell(reading *r, uint32_t series, double period, vt_str text, bool out, vt_error *err)
{
    double value = 0.0;
    if (vt_plain_missing(text)) {
        return VT_OK;
    }
    if (!vt_parse_real(&value, text)) {
        return bad_cell(r, "value", text, err);
    }
    if (r->n >= CELLS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the file has over %d values", CELLS_MAX);
    }
    int status = vt_alloc_next(&r->cells, &r->capacity, r->n, sizeof *r->cells, err);
    if (status == VT_OK) {
        r->cells[r->n++] = (cell){period, value, series, out};
    }
    return status;
}

/* ---- shapes ------------------------------------------------------------------------------------------------------ */

typedef struct header {
    vt_str *fields; /* (n) in the arena */
    size_t n;
} header;

static bool tells_stock(vt_str name)
{
    static const char end[] = "stockouts";
    size_t len = sizeof end - 1;
    return name.len >= len && strncasecmp(name.ptr + name.len - len, end, len) == 0;
}

static bool is_true(vt_str text)
{
    double number = 0.0;
    return (vt_parse_real(&number, text) && number > 0.0) || (text.len == 4 && strncasecmp(text.ptr, "true", 4) == 0) ||
           (text.len == 3 && strncasecmp(text.ptr, "yes", 3) == 0);
}

/* Where the parts of a row stand; n: nowhere. */
typedef struct shape {
    size_t series, period, value, stock;
    bool rows; /* one series a row */
} shape;

static shape shape_of(const header *h, vt_str first)
{
    shape s = {vt_plain_find(h->fields, h->n, "series unique_id id item item_id product sku"),
               vt_plain_find(h->fields, h->n, "period date ds time month week day"),
               vt_plain_find(h->fields, h->n, "value y sales quantity units demand sold"),
               vt_plain_find(h->fields, h->n, "stockout stockouts out_of_stock"), false};
    double number = 0.0;
    bool date = false;
    if (s.series == h->n || s.period == h->n || s.value == h->n) {
        s.series = h->n;
        s.rows = h->n > 1 && !parse_period(&number, &date, first);
        for (size_t i = 1; i < h->n; i++) {
            s.rows = s.rows && parse_period(&number, &date, h->fields[i]);
        }
    }
    return s;
}

static int read_long(reading *r, const shape *s, const vt_str *fields, vt_error *err)
{
    uint32_t series = 0;
    double period = 0.0;
    int status = find_series(&series, r, fields[s->series], err);
    status = status == VT_OK ? read_period(&period, r, fields[s->period], err) : status;
    return status == VT_OK ? add_cell(r, series, period, fields[s->value], r->stock && is_true(fields[s->stock]), err)
                           : status;
}

/* Columns are series of their own, whatever they are called. */
static int name_columns(reading *r, const header *h, vt_error *err)
{
    r->column = vt_arena_alloc(r->arena, h->n, sizeof *r->column, err);
    int status = r->column == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 1; status == VT_OK && i < h->n; i++) {
        status = tells_stock(h->fields[i]) ? VT_OK : add_series(&r->column[i], r, h->fields[i], err);
    }
    return status;
}

static int read_across(reading *r, const header *h, const shape *s, const vt_str *fields, vt_error *err)
{
    double period = 0.0;
    uint32_t series = 0;
    int status = s->rows ? add_series(&series, r, fields[0], err) : read_period(&period, r, fields[0], err);
    for (size_t i = 1; status == VT_OK && i < h->n; i++) {
        if (s->rows) {
            status = read_period(&period, r, h->fields[i], err);
        } else if (tells_stock(h->fields[i])) {
            continue;
        } else {
            series = r->column[i];
        }
        bool out = !s->rows && i + 1 < h->n && tells_stock(h->fields[i + 1]) && is_true(fields[i + 1]);
        r->stock = r->stock || out;
        status = status == VT_OK ? add_cell(r, series, period, fields[i], out, err) : status;
    }
    return status;
}

static int read_rows(reading *r, vt_error *err)
{
    vt_plain_rows *rows = &r->rows;
    header h = {0};
    shape s = {0};
    rows->strict = true; /* a value that is missing unseen would make a forecast wrong */
    int status = vt_plain_rows_next(rows, err);
    h.n = rows->n;
    status = status == VT_OK ? vt_plain_rows_keep(&h.fields, rows, r->arena, err) : status;
    for (bool first = true; status == VT_OK; first = false) {
        status = vt_plain_rows_next(rows, err);
        if (status != VT_OK || rows->n == 0) {
            break;
        }
        if (rows->n != h.n) {
            return vt_fail_at(err, VT_ERR_FORMAT, rows->line, "%s:%lld: the row has %zu fields, the header %zu",
                              rows->path, (long long)rows->line, rows->n, h.n);
        }
        if (first) {
            s = shape_of(&h, rows->fields[0]);
            r->stock = s.series < h.n && s.stock < h.n;
            status = s.series < h.n || s.rows ? VT_OK : name_columns(r, &h, err);
        }
        status = status != VT_OK  ? status
                 : s.series < h.n ? read_long(r, &s, rows->fields, err)
                                  : read_across(r, &h, &s, rows->fields, err);
    }
    if (status == VT_OK && r->n == 0) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s has no values; a header and rows of periods are expected", rows->path);
    }
    return status;
}

/* ---- the grid ---------------------------------------------------------------------------------------------------- */

/* Values on the grid, added up where several meet; gaps counted. */
static void fill_grid(vt_series_set *set, const reading *r, const vt_series_grid *grid)
{
    for (size_t i = 0; i < set->n_series * set->n; i++) {
        set->values[i] = NAN;
    }
    for (size_t i = 0; i < r->n; i++) {
        const cell *c = &r->cells[i];
        size_t at = c->series * set->n + vt_series_grid_place(grid, c->period);
        set->added += isnan(set->values[at]) ? 0U : 1U;
        set->values[at] = isnan(set->values[at]) ? c->value : set->values[at] + c->value;
        if (set->out_of_stock != NULL) {
            set->out_of_stock[at] = set->out_of_stock[at] || c->out;
        }
    }
    for (size_t s = 0; s < set->n_series; s++) {
        const double *y = set->values + s * set->n;
        size_t begin = 0, end = set->n;
        while (begin < end && isnan(y[begin])) {
            begin++;
        }
        while (end > begin && isnan(y[end - 1])) {
            end--;
        }
        for (size_t i = begin; i < end; i++) {
            set->gaps += isnan(y[i]) ? 1U : 0U;
        }
    }
}

static int make_set(vt_series_set **out, reading *r, vt_error *err)
{
    vt_series_grid grid = {0};
    double *periods = vt_alloc(r->n, sizeof *periods, err);
    if (periods == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < r->n; i++) {
        periods[i] = r->cells[i].period;
    }
    int status = vt_series_grid_find(&grid, periods, r->n, r->dates, err);
    vt_free(periods);
    if (status == VT_OK && grid.n > CELLS_MAX / r->n_names) {
        status =
            vt_fail(err, VT_ERR_LIMIT, "%zu series of %zu periods are over %d values", r->n_names, grid.n, CELLS_MAX);
    }
    struct vt_series_storage *storage = status == VT_OK ? vt_alloc_zero(1, sizeof *storage, err) : NULL;
    if (storage == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    vt_series_set *set = &storage->set;
    *set = (vt_series_set){.n_series = r->n_names,
                           .n = grid.n,
                           .step = grid.step,
                           .first = grid.first,
                           .width = grid.width,
                           .storage = storage};
    set->values = vt_alloc(r->n_names * grid.n, sizeof *set->values, err);
    if (set->values != NULL && r->stock) {
        set->out_of_stock = vt_alloc_zero(r->n_names * grid.n, sizeof *set->out_of_stock, err);
    }
    if (set->values == NULL || (r->stock && set->out_of_stock == NULL)) {
        vt_series_set_free(set);
        return VT_ERR_NO_MEMORY;
    }
    fill_grid(set, r, &grid);
    storage->names = r->names;
    storage->arena = r->arena;
    set->names = r->names;
    r->names = NULL;
    r->arena = NULL;
    *out = set;
    return VT_OK;
}

int vt_series_file_read(vt_series_set **out, const char *path, vt_error *err)
{
    reading r = {0};
    int status = vt_plain_rows_open(&r.rows, path, err);
    status = status == VT_OK ? vt_arena_create(&r.arena, 0, err) : status;
    status = status == VT_OK ? vt_map_create(&r.index, 64, err) : status;
    status = status == VT_OK ? read_rows(&r, err) : status;
    status = status == VT_OK ? make_set(out, &r, err) : status;
    vt_free(r.cells);
    vt_free(r.names);
    vt_map_free(r.index);
    vt_arena_free(r.arena);
    vt_plain_rows_close(&r.rows);
    return status;
}

void vt_series_set_free(vt_series_set *set)
{
    if (set != NULL) {
        struct vt_series_storage *storage = set->storage;
        vt_free(set->values);
        vt_free(set->out_of_stock);
        vt_free(storage->names);
        vt_arena_free(storage->arena);
        vt_free(storage);
    }
}

void vt_series_period_name(char out[32], const vt_series_set *set, size_t index)
{
    char date[16];
    if (set->step == VT_SERIES_NUMBER) {
        snprintf(out, 32, "%.7g", set->first + set->width * (double)index);
        return;
    }
    if (set->step < VT_SERIES_MONTH) {
        vt_format_date(date, (int64_t)(set->first + set->width * (double)index) * DAY);
        snprintf(out, 32, "%s", date);
        return;
    }
    vt_format_date(date, (int64_t)set->first * DAY);
    int64_t month =
        12 * strtoll(date, NULL, 10) + strtoll(date + 5, NULL, 10) - 1 + (int64_t)(set->width * (double)index);
    if (set->step == VT_SERIES_MONTH) {
        snprintf(out, 32, "%04lld-%02lld", (long long)(month / 12), (long long)(month % 12 + 1));
    } else if (set->step == VT_SERIES_QUARTER) {
        snprintf(out, 32, "%04lld Q%lld", (long long)(month / 12), (long long)(month % 12 / 3 + 1));
    } else {
        snprintf(out, 32, "%04lld", (long long)(month / 12));
    }
}

bool vt_series_period_day(int64_t *out, const vt_series_set *set, size_t index)
{
    int64_t year = 0;
    int month = 0, day = 0;
    if (set->step == VT_SERIES_NUMBER) {
        return false;
    }
    *out = (int64_t)(set->first + set->width * (double)index);
    if (set->step >= VT_SERIES_MONTH) {
        vt_civil_from_days((int64_t)set->first, &year, &month, &day);
        int64_t months = 12 * year + month - 1 + (int64_t)(set->width * (double)index);
        *out = vt_days_from_civil(months / 12, (int)(months % 12) + 1, 1);
    }
    return true;
}

size_t vt_series_season(const vt_series_set *set)
{
    double steps = 1.0;
    switch (set->step) {
    case VT_SERIES_DAY:
        steps = 7.0 / set->width;
        break;
    case VT_SERIES_WEEK:
        return 52;
    case VT_SERIES_MONTH:
    case VT_SERIES_QUARTER:
        steps = 12.0 / set->width;
        break;
    case VT_SERIES_NUMBER:
        steps = 1.0 / set->width; /* years with fractions, as time series of R have them */
        break;
    default:
        break;
    }
    return steps > 1.5 && fabs(steps - round(steps)) < 0.01 ? (size_t)llround(steps) : 1;
}
