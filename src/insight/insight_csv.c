/* Tables of an answer as CSV: plain numbers, dates as text, money in major units with the currency's digits. */
#include <stdio.h>
#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "base/text.h"
#include "insight/document.h"
#include "insight/number_text.h"

static int put_text(vt_buf *out, const char *text, bool first, vt_error *err)
{
    /* What a spreadsheet would take for a formula is marked as text. */
    char quoted[512];
    if (text != NULL && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL) {
        snprintf(quoted, sizeof quoted, "'%s", text);
        text = quoted;
    }
    return vt_csv_write_field(out, text == NULL ? vt_str_of("") : vt_str_of(text), first, err);
}

static int put_number(vt_buf *out, double number, vt_unit unit, const char *currency, bool first, vt_error *err)
{
    char text[64] = "";
    if (!isnan(number)) {
        switch (unit) {
        case VT_UNIT_COUNT:
            snprintf(text, sizeof text, "%.0f", number);
            break;
        case VT_UNIT_MONEY:
            snprintf(text, sizeof text, "%.*f", vt_currency_digits(currency), vt_insight_major(number, currency));
            break;
        case VT_UNIT_DATE:
            vt_insight_format(text, number, unit, currency);
            break;
        case VT_UNIT_NUMBER:
        case VT_UNIT_SHARE:
        case VT_UNIT_DAYS:
        case VT_UNIT_TEXT:
            snprintf(text, sizeof text, "%.9g", number);
            break;
        }
    }
    return vt_csv_write_field(out, vt_str_of(text), first, err);
}

static int put_table(vt_buf *out, const vt_insight_table *table, const char *currency, vt_error *err)
{
    int status = VT_OK;
    for (size_t c = 0; c < table->n_columns && status == VT_OK; c++) {
        status = put_text(out, table->columns[c].id, c == 0, err);
    }
    for (size_t i = 0; i < table->n_rows * table->n_columns && status == VT_OK; i++) {
        size_t c = i % table->n_columns;
        const vt_insight_cell *cell = &table->cells[i];
        if (c == 0) {
            status = vt_buf_add(out, "\n", 1, err);
        }
        if (status == VT_OK && table->columns[c].unit == VT_UNIT_TEXT) {
            status = put_text(out, cell->text, c == 0, err);
        } else if (status == VT_OK) {
            status = put_number(out, cell->number, table->columns[c].unit, currency, c == 0, err);
        }
    }
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

static int put_figures(vt_buf *out, const vt_insight *insight, vt_error *err)
{
    int status = vt_buf_add_text(out, "id,name,unit,value,before,low,high\n", err);
    for (size_t i = 0; i < insight->n_figures && status == VT_OK; i++) {
        const vt_insight_figure *figure = &insight->figures[i];
        const double numbers[] = {figure->value, figure->before, figure->low, figure->high};
        const char *const texts[] = {figure->metric->id, figure->metric->name, vt_unit_name(figure->metric->unit)};
        for (size_t c = 0; c < 3 && status == VT_OK; c++) {
            status = put_text(out, texts[c], c == 0, err);
        }
        for (size_t c = 0; c < 4 && status == VT_OK; c++) {
            status = put_number(out, numbers[c], figure->metric->unit, insight->currency, false, err);
        }
        if (status == VT_OK) {
            status = vt_buf_add(out, "\n", 1, err);
        }
    }
    return status;
}

static int no_table(const vt_insight *insight, const char *table, vt_error *err)
{
    char all[512] = "";
    size_t used = 0;
    for (size_t i = 0; i < insight->n_tables; i++) {
        int len = snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", insight->tables[i].id);
        used += len > 0 && (size_t)len < sizeof all - used ? (size_t)len : 0;
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "%s has no table \"%.100s\"; it has: %s", insight->kind, table,
                   used == 0 ? "none" : all);
}

int vt_insight_csv(vt_text *out, const vt_insight *insight, const char *table, vt_error *err)
{
    const vt_insight_table *found = NULL;
    for (size_t i = 0; table != NULL && i < insight->n_tables; i++) {
        found = strcmp(insight->tables[i].id, table) == 0 ? &insight->tables[i] : found;
    }
    if (table != NULL && found == NULL) {
        return no_table(insight, table, err);
    }
    vt_buf text;
    vt_buf_init(&text, SIZE_MAX / 2);
    int status = table == NULL ? put_figures(&text, insight, err) : put_table(&text, found, insight->currency, err);
    return vt_text_finish(out, &text, status, err);
}
