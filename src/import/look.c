/*
 * Evidence is counted over all columns of a type: a file has one decimal mark and one order of day and month. Where
 * both are seen, what is unclear stays so and is rejected rather than guessed.
 */
#include "import/look.h"

#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/number.h"
#include "import/cells.h"
#include "import/money.h"
#include "import/words.h"

enum { ROWS_LEAST = 2000 };

typedef struct looking {
    const vt_columns *columns;
    const char *event_map;
    bool marks[VT_COLUMNS_FIELDS][VT_MARK_UNCLEAR + 1];
    bool purchases, checkouts; /* words for them were seen */
    int64_t days, numbers;     /* times that are numbers: those that may be days of a spreadsheet, and others */
    bool orders[VT_DAYS_EITHER + 1];
    vt_scale_look scale; /* of ratings */
    int64_t rows;
} looking;

static void look_at_number(looking *l, size_t field, vt_str cell)
{
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    vt_number_read(&number, &said, cell, VT_MARK_NONE);
    l->marks[field][said] = true;
}

/* As days of a spreadsheet a date from 1990 to 2100 is a number that no other count of time since 1990 has. */
static void look_at_time(looking *l, vt_str cell)
{
    double number = 0;
    if (vt_parse_real(&number, cell)) {
        bool day = number >= 32874 && number < 73415;
        l->days += day;
        l->numbers += !day;
    } else {
        l->orders[vt_time_order(cell)] = true;
    }
}

static void look_at_event(looking *l, vt_str cell)
{
    if (!l->purchases || !l->checkouts) {
        int kind = vt_word_event(cell, l->event_map);
        l->purchases = l->purchases || kind == VT_EVENT_PURCHASE;
        l->checkouts = l->checkouts || kind == VT_WORD_CHECKOUT;
    }
}

static void look_at_rating(looking *l, vt_str cell)
{
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    if (vt_number_read(&number, &said, cell, VT_MARK_NONE)) {
        vt_scale_see(&l->scale, number);
    }
}

static void look_at_row(looking *l, const vt_str *row)
{
    const vt_columns *columns = l->columns;
    for (size_t i = 0; i < columns->n_fields; i++) {
        vt_str cell = columns->column[i] < 0 ? (vt_str){NULL, 0} : vt_columns_peek(columns, i, row);
        if (cell.len == 0) {
            continue;
        }
        switch (columns->fields[i].type) {
        case VT_CELL_TIME:
            look_at_time(l, cell);
            break;
        case VT_CELL_MONEY:
            l->marks[i][vt_money_mark(cell)] = true;
            break;
        case VT_CELL_RATING:
            look_at_rating(l, cell);
            look_at_number(l, i, cell);
            break;
        case VT_CELL_NUMBER:
            look_at_number(l, i, cell);
            break;
        case VT_CELL_EVENT:
            look_at_event(l, cell);
            break;
        default:
            break;
        }
    }
}

/* True while something was seen that rows further down may settle. */
static bool open_question(const looking *l)
{
    bool marks = l->checkouts && !l->purchases;
    for (size_t i = 0; !marks && i < l->columns->n_fields; i++) {
        marks = l->marks[i][VT_MARK_UNCLEAR] && !l->marks[i][VT_MARK_POINT] && !l->marks[i][VT_MARK_COMMA];
    }
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

void vt_scale_see(vt_scale_look *look, double rating)
{
    look->low = look->rated == 0 || (rating >= 0 && (rating < look->low || look->low < 0)) ? rating : look->low;
    look->lowest = rating < look->lowest ? rating : look->lowest;
    look->high = look->rated == 0 || rating > look->high ? rating : look->high;
    look->rated++;
    look->above += rating > 5;
    look->below += rating < 0;
}

/*
 * The smallest usual scale that holds the ratings that were seen, when at least a tenth is outside the narrow one:
 * fewer are mistakes.
 */
void vt_scale_settle(vt_source *source, const vt_scale_look *look)
{
    static const double tops[] = {5, 10, 100};
    vt_record_rules *rules = vt_sink_rules(source->sink);
    bool above = look->high > rules->value_max && look->above >= 2 && look->above * 10 >= look->rated;
    bool below = look->below >= 2 && look->below * 10 >= look->rated;
    if (source->scale_given || (!above && !below)) {
        return;
    }
    for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++) {
        if (look->high <= tops[i] && (!below || look->lowest >= -tops[i])) {
            rules->value_min = below ? -tops[i] : look->low < 1 ? 0 : 1;
            rules->value_max = tops[i];
            vt_sink_remark(source->sink, "ratings taken as %g to %g", rules->value_min, rules->value_max);
            return;
        }
    }
}

static vt_mark mark_of(bool point, bool comma)
{
    return point && comma ? VT_MARK_UNCLEAR : point ? VT_MARK_POINT : comma ? VT_MARK_COMMA : VT_MARK_NONE;
}

/* Each column has its mark; one whose numbers do not tell has that of the others. */
static void settle_marks(vt_source *source, const looking *l)
{
    vt_forms *forms = &source->forms;
    bool point = false;
    bool comma = false;
    memset(forms->marks, 0, sizeof forms->marks);
    if (source->mark_given) {
        return;
    }
    for (size_t i = 0; i < l->columns->n_fields; i++) {
        const bool *marks = l->marks[i];
        forms->marks[i] = mark_of(marks[VT_MARK_POINT], marks[VT_MARK_COMMA]);
        point = point || marks[VT_MARK_POINT];
        comma = comma || marks[VT_MARK_COMMA];
    }
    forms->mark = mark_of(point, comma);
    if (comma && !point) {
        vt_sink_remark(source->sink, "%s has decimal commas", vt_sink_name(source->sink));
    }
    for (size_t i = 0; comma && point && i < l->columns->n_fields; i++) {
        if (forms->marks[i] == VT_MARK_COMMA) {
            vt_sink_remark(source->sink, "%s has decimal commas in \"%.60s\"", vt_sink_name(source->sink),
                           vt_columns_name(l->columns, i));
        }
    }
}

static void settle(vt_source *source, const looking *l)
{
    vt_forms *forms = &source->forms;
    bool days = l->orders[VT_DAYS_FIRST];
    bool months = l->orders[VT_MONTHS_FIRST];
    settle_marks(source, l);
    forms->purchases = l->purchases;
    forms->time.days = forms->time.unit == NULL && l->days > 0 && l->numbers == 0;
    if (l->checkouts) {
        vt_sink_remark(source->sink, l->purchases ? "\"checkout\" is left out: other words mean a purchase"
                                                  : "\"checkout\" is taken as a purchase: no other word means one");
    }
    if (forms->time.days && forms->time.format == NULL) {
        vt_sink_remark(source->sink, "%s has dates as the days of a spreadsheet", vt_sink_name(source->sink));
    }
    if (days != months) {
        forms->time.order = days ? VT_DAYS_FIRST : VT_MONTHS_FIRST;
    }
    if (days != months && forms->time.format == NULL) {
        vt_sink_remark(source->sink, "%s has dates as %s", vt_sink_name(source->sink),
                       days ? "day/month/year" : "month/day/year");
    }
    vt_scale_settle(source, &l->scale);
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
    looking l = {.columns = columns, .event_map = source->options->event_map};
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
