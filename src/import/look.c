/*
 * Evidence is counted over all columns of a type: a file has one decimal mark and one order of day and month. Where
 * both are seen, what is unclear stays so and is rejected rather than guessed.
 */
#include "import/look.h"

#include <sys/stat.h>

#include "base/alloc.h"
#include "base/number.h"
#include "import/cells.h"
#include "import/money.h"

enum { ROWS_LEAST = 2000 };

typedef struct looking {
    const vt_columns *columns;
    bool marks[VT_MARK_UNCLEAR + 1];
    bool orders[VT_DAYS_EITHER + 1];
    double low, high; /* of ratings */
    int64_t rated;
    int64_t above; /* of them, above the usual scale */
    int64_t rows;
} looking;

static void look_at_number(looking *l, vt_str cell)
{
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    vt_number_read(&number, &said, cell, VT_MARK_NONE);
    l->marks[said] = true;
}

static void look_at_rating(looking *l, vt_str cell)
{
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    if (vt_number_read(&number, &said, cell, VT_MARK_NONE) && number >= 0) {
        l->low = l->rated == 0 || number < l->low ? number : l->low;
        l->high = l->rated == 0 || number > l->high ? number : l->high;
        l->rated++;
        l->above += number > 5;
    }
}

static void look_at_row(looking *l, const vt_str *row)
{
    const vt_columns *columns = l->columns;
    for (size_t i = 0; i < columns->n_fields; i++) {
        vt_str cell = columns->column[i] < 0 ? (vt_str){NULL, 0} : vt_trim(row[columns->column[i]]);
        if (cell.len == 0) {
            continue;
        }
        switch (columns->fields[i].type) {
        case VT_CELL_TIME:
            l->orders[vt_time_order(cell)] = true;
            break;
        case VT_CELL_MONEY:
            l->marks[vt_money_mark(cell)] = true;
            break;
        case VT_CELL_RATING:
            look_at_rating(l, cell);
            look_at_number(l, cell);
            break;
        case VT_CELL_NUMBER:
            look_at_number(l, cell);
            break;
        default:
            break;
        }
    }
}

/* True while something was seen that rows further down may settle. */
static bool open_question(const looking *l)
{
    bool marks = l->marks[VT_MARK_UNCLEAR] && !l->marks[VT_MARK_POINT] && !l->marks[VT_MARK_COMMA];
    bool orders = l->orders[VT_DAYS_EITHER] && !l->orders[VT_DAYS_FIRST] && !l->orders[VT_MONTHS_FIRST];
    return marks || orders;
}

static int look_at_rows(looking *l, vt_csv *csv, bool header, vt_error *err)
{
    const vt_str *row = NULL;
    size_t n = 0;
    int status = header ? vt_csv_row(csv, &row, &n, err) : VT_OK;
    while ((status == VT_OK || vt_source_row_bad(status)) && (l->rows < ROWS_LEAST || open_question(l))) {
        status = vt_csv_row(csv, &row, &n, err);
        if (status == VT_OK && n == 0) {
            break;
        }
        if (status == VT_OK && n >= l->columns->n) {
            look_at_row(l, row);
        }
        l->rows++;
    }
    return vt_source_row_bad(status) ? VT_OK : status;
}

/*
 * The smallest usual scale that holds the ratings that were seen, when at least a tenth is above the narrow one: fewer
 * are mistakes.
 */
static void settle_scale(vt_source *source, const looking *l)
{
    static const double tops[] = {10, 100};
    vt_record_rules *rules = vt_sink_rules(source->sink);
    if (source->scale_given || l->rated == 0 || l->high <= rules->value_max || l->above < 2 ||
        l->above * 10 < l->rated) {
        return;
    }
    for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++) {
        if (l->high <= tops[i]) {
            rules->value_min = l->low < 1 ? 0 : 1;
            rules->value_max = tops[i];
            vt_sink_remark(source->sink, "ratings taken as %g to %g", rules->value_min, rules->value_max);
            return;
        }
    }
}

static void settle(vt_source *source, const looking *l)
{
    vt_forms *forms = &source->forms;
    bool point = l->marks[VT_MARK_POINT];
    bool comma = l->marks[VT_MARK_COMMA];
    bool days = l->orders[VT_DAYS_FIRST];
    bool months = l->orders[VT_MONTHS_FIRST];
    if (!source->mark_given) {
        forms->mark = point && comma ? VT_MARK_UNCLEAR : point ? VT_MARK_POINT : comma ? VT_MARK_COMMA : VT_MARK_NONE;
        if (comma && !point) {
            vt_sink_remark(source->sink, "%s has decimal commas", vt_sink_name(source->sink));
        }
    }
    if (days != months) {
        forms->time.order = days ? VT_DAYS_FIRST : VT_MONTHS_FIRST;
    }
    if (days != months && forms->time.format == NULL) {
        vt_sink_remark(source->sink, "%s has dates as %s", vt_sink_name(source->sink),
                       days ? "day/month/year" : "month/day/year");
    }
    settle_scale(source, l);
}

static int look_at_memory(vt_source *source, looking *l, const vt_import_rows *rows, vt_error *err)
{
    vt_str *cells = vt_alloc_zero(rows->n_columns + 1, sizeof *cells, err);
    if (cells == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (; l->rows < rows->n && (l->rows < ROWS_LEAST || open_question(l)); l->rows++) {
        rows->cells(rows->context, l->rows, cells);
        look_at_row(l, cells);
    }
    settle(source, l);
    vt_free(cells);
    return VT_OK;
}

int vt_look(vt_source *source, const char *path, const vt_columns *columns, vt_error *err)
{
    looking l = {.columns = columns};
    struct stat info;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    if (source->options->rows != NULL) {
        return look_at_memory(source, &l, source->options->rows, err);
    }
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return VT_OK;
    }
    int status = vt_source_stream(source, &stream, path, err);
    if (status == VT_OK) {
        status = vt_source_table(source, &csv, stream, err);
    }
    if (status == VT_OK) {
        status = look_at_rows(&l, csv, !source->options->no_header, err);
    }
    if (status == VT_OK) {
        settle(source, &l);
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    return status;
}
