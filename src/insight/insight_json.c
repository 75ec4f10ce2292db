/* An answer as JSON: money in major units, days as dates, what is not known as null. */
#include "base/clock.h"
#include "base/json_values.h"
#include "base/number.h"
#include "base/text.h"
#include "insight/document.h"
#include "insight/number_text.h"

static void put_number(vt_json_writer *w, const char *key, double number, vt_unit unit, const char *currency)
{
    char date[64];
    if (unit == VT_UNIT_DATE && !isnan(number)) {
        vt_insight_format(date, number, unit, currency);
        vt_json_text(w, key, vt_str_of(date));
    } else if (unit == VT_UNIT_COUNT && number == floor(number)) {
        vt_json_int(w, key, (int64_t)number);
    } else {
        vt_json_number(w, key, unit == VT_UNIT_MONEY ? vt_insight_major(number, currency) : number);
    }
}

static void put_period(vt_json_writer *w, const char *key, const vt_insight_period *period)
{
    if (period->from == VT_NONE) {
        vt_json_null(w, key);
        return;
    }
    vt_json_object(w, key);
    vt_json_text(w, "days", vt_str_of(period->text));
    vt_json_time(w, "from", period->from);
    vt_json_time(w, "until", period->until);
    vt_json_bool(w, "unfinished", period->unfinished);
    vt_json_object_end(w);
}

static void put_figure(vt_json_writer *w, const vt_insight_figure *figure, const char *currency)
{
    vt_unit unit = figure->metric->unit;
    vt_json_object(w, NULL);
    vt_json_text(w, "id", vt_str_of(figure->metric->id));
    vt_json_text(w, "name", vt_str_of(figure->metric->name));
    vt_json_text(w, "unit", vt_str_of(vt_unit_name(unit)));
    put_number(w, "value", figure->value, unit, currency);
    put_number(w, "before", figure->before, unit, currency);
    vt_json_number(w, "change", vt_insight_change(figure->value, figure->before, unit));
    put_number(w, "low", figure->low, unit, currency);
    put_number(w, "high", figure->high, unit, currency);
    vt_json_int(w, "good", figure->metric->good);
    vt_json_text(w, "note", figure->note[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(figure->note));
    vt_json_object_end(w);
}

static void put_row(vt_json_writer *w, const vt_insight_table *table, size_t row, const char *currency)
{
    vt_json_object(w, NULL);
    for (size_t c = 0; c < table->n_columns; c++) {
        const vt_insight_column *column = &table->columns[c];
        const vt_insight_cell *cell = &table->cells[row * table->n_columns + c];
        if (column->unit == VT_UNIT_TEXT) {
            vt_json_text(w, column->id, cell->text == NULL ? (vt_str){NULL, 0} : vt_str_of(cell->text));
        } else {
            put_number(w, column->id, cell->number, column->unit, currency);
        }
    }
    vt_json_object_end(w);
}

static void put_table(vt_json_writer *w, const vt_insight_table *table, const char *currency)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "id", vt_str_of(table->id));
    vt_json_text(w, "title", vt_str_of(table->title));
    vt_json_array(w, "columns");
    for (size_t c = 0; c < table->n_columns; c++) {
        vt_json_object(w, NULL);
        vt_json_text(w, "id", vt_str_of(table->columns[c].id));
        vt_json_text(w, "name", vt_str_of(table->columns[c].name));
        vt_json_text(w, "unit", vt_str_of(vt_unit_name(table->columns[c].unit)));
        vt_json_object_end(w);
    }
    vt_json_array_end(w);
    vt_json_array(w, "rows");
    for (size_t r = 0; r < table->n_rows; r++) {
        put_row(w, table, r, currency);
    }
    vt_json_array_end(w);
    vt_json_object_end(w);
}

static void put_insight(vt_json_writer *w, const vt_insight *insight)
{
    vt_json_object(w, NULL);
    vt_json_text(w, "kind", vt_str_of(insight->kind));
    vt_json_text(w, "lead", vt_str_of(insight->lead));
    vt_json_array(w, "notes");
    for (size_t i = 0; i < insight->n_notes; i++) {
        vt_json_text(w, NULL, vt_str_of(insight->notes[i]));
    }
    vt_json_array_end(w);
    put_period(w, "period", &insight->period);
    put_period(w, "compared", &insight->compared);
    vt_json_text(w, "currency", insight->currency[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(insight->currency));
    vt_json_text(w, "time_zone", insight->time_zone[0] == '\0' ? (vt_str){NULL, 0} : vt_str_of(insight->time_zone));
    vt_json_array(w, "figures");
    for (size_t i = 0; i < insight->n_figures; i++) {
        put_figure(w, &insight->figures[i], insight->currency);
    }
    vt_json_array_end(w);
    vt_json_array(w, "tables");
    for (size_t i = 0; i < insight->n_tables; i++) {
        put_table(w, &insight->tables[i], insight->currency);
    }
    vt_json_array_end(w);
    vt_json_object_end(w);
}

int vt_insight_json(vt_text *out, const vt_insight *insight, bool pretty, vt_error *err)
{
    vt_buf text;
    vt_json_writer writer;
    vt_buf_init(&text, SIZE_MAX / 2);
    vt_json_writer_init(&writer, &text, pretty);
    put_insight(&writer, insight);
    int status = vt_json_writer_done(&writer, err);
    if (status == VT_OK) {
        status = vt_buf_add(&text, "\n", 1, err);
    }
    return vt_text_finish(out, &text, status, err);
}
