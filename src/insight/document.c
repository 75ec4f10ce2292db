/* Answers grow in arrays and are moved into one struct at the end; texts stand in the arena from the beginning. */
#include "insight/document.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"

/* A table that still grows. */
typedef struct growing {
    const char *id, *title;
    vt_insight_column *columns;
    vt_insight_cell *cells;
    size_t n_columns, columns_capacity;
    size_t n_cells, cells_capacity;
} growing;

/* What an answer owns. */
struct vt_insight_storage {
    vt_arena *texts;
    const char **notes;
    vt_insight_figure *figures;
    growing *grown; /* (n_tables) columns and cells of the tables */
    vt_insight_table *tables;
};

struct vt_document {
    vt_error error;
    vt_arena *texts;
    vt_buf lead;
    bool masked;
    vt_insight head; /* kind, periods, currency, time zone */
    const char **notes;
    vt_insight_figure *figures;
    growing *tables;
    size_t n_notes, notes_capacity;
    size_t n_figures, figures_capacity;
    size_t n_tables, tables_capacity;
};

enum { LEAD_MAX = 1 << 16, SENTENCE_MAX = 1024 };

static bool failed(const vt_document *d)
{
    return d->error.code != VT_OK;
}

int vt_document_create(vt_document **out, const char *kind, vt_error *err)
{
    vt_document *d = vt_alloc_zero(1, sizeof *d, err);
    if (d == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&d->lead, LEAD_MAX);
    d->head.kind = kind;
    d->head.period = d->head.compared = (vt_insight_period){VT_NONE, VT_NONE, "", false};
    if (vt_arena_create(&d->texts, 0, err) != VT_OK) {
        vt_document_free(d);
        return VT_ERR_NO_MEMORY;
    }
    *out = d;
    return VT_OK;
}

static void free_tables(growing *tables, size_t n)
{
    for (size_t t = 0; t < n; t++) {
        vt_free(tables[t].columns);
        vt_free(tables[t].cells);
    }
    vt_free(tables);
}

void vt_document_free(vt_document *d)
{
    if (d == NULL) {
        return;
    }
    free_tables(d->tables, d->n_tables);
    vt_free(d->figures);
    vt_free(d->notes);
    vt_buf_done(&d->lead);
    vt_arena_free(d->texts);
    vt_free(d);
}

int vt_document_status(const vt_document *d, vt_error *err)
{
    return failed(d) ? vt_fail(err, d->error.code, "%s", d->error.message) : VT_OK;
}

/* A place for one more element at the end of a growing array; NULL after an error. */
static void *one_more(vt_document *d, void *array, size_t *n, size_t *capacity, size_t size)
{
    if (failed(d) || vt_alloc_next(array, capacity, *n, size, &d->error) != VT_OK) {
        return NULL;
    }
    return *(char **)array + (*n)++ * size;
}

void vt_document_mask(vt_document *d)
{
    d->masked = true;
}

bool vt_document_masked(const vt_document *d)
{
    return d->masked;
}

const char *vt_document_copy(vt_document *d, vt_str text)
{
    vt_str copy = failed(d) ? vt_str_of("") : vt_arena_str(d->texts, text, &d->error);
    return copy.ptr == NULL ? "" : copy.ptr;
}

void vt_document_setting(vt_document *d, const char *currency, const char *time_zone)
{
    snprintf(d->head.currency, sizeof d->head.currency, "%s", currency);
    snprintf(d->head.time_zone, sizeof d->head.time_zone, "%s", time_zone);
}

void vt_document_period(vt_document *d, const vt_insight_period *period, const vt_insight_period *compared)
{
    d->head.period = *period;
    d->head.compared = *compared;
    d->head.period.text = vt_document_copy(d, vt_str_of(period->text));
    d->head.compared.text = vt_document_copy(d, vt_str_of(compared->text));
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void sentence(char text[SENTENCE_MAX], const char *format, va_list args)
{
    vsnprintf(text, SENTENCE_MAX, format, args);
}

void vt_document_lead(vt_document *d, const char *format, ...)
{
    char text[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    sentence(text, format, args);
    va_end(args);
    if (!failed(d) && d->lead.len > 0) {
        vt_buf_add(&d->lead, " ", 1, &d->error);
    }
    if (!failed(d)) {
        vt_buf_add_text(&d->lead, text, &d->error);
    }
}

void vt_document_note(vt_document *d, const char *format, ...)
{
    char text[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    sentence(text, format, args);
    va_end(args);
    const char *copy = vt_document_copy(d, vt_str_of(text));
    const char **note = one_more(d, &d->notes, &d->n_notes, &d->notes_capacity, sizeof *d->notes);
    if (note != NULL) {
        *note = copy;
    }
}

/* ---- figures ----------------------------------------------------------------------------------------------------- */

static double finite_or_none(double number)
{
    return isfinite(number) ? number : NAN;
}

void vt_document_compared(vt_document *d, const char *metric, double value, double before)
{
    const vt_metric_definition *definition = vt_metric_find(metric);
    assert(definition != NULL);
    vt_insight_figure *figure = one_more(d, &d->figures, &d->n_figures, &d->figures_capacity, sizeof *d->figures);
    if (figure != NULL) {
        *figure = (vt_insight_figure){definition, finite_or_none(value), finite_or_none(before), NAN, NAN, ""};
    }
}

void vt_document_figure(vt_document *d, const char *metric, double value)
{
    vt_document_compared(d, metric, value, NAN);
}

void vt_document_interval(vt_document *d, double low, double high)
{
    if (!failed(d)) {
        assert(d->n_figures > 0);
        d->figures[d->n_figures - 1].low = finite_or_none(low);
        d->figures[d->n_figures - 1].high = finite_or_none(high);
    }
}

void vt_document_remark(vt_document *d, const char *format, ...)
{
    char text[SENTENCE_MAX];
    va_list args;
    va_start(args, format);
    sentence(text, format, args);
    va_end(args);
    const char *copy = vt_document_copy(d, vt_str_of(text));
    if (!failed(d)) {
        assert(d->n_figures > 0);
        d->figures[d->n_figures - 1].note = copy;
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

void vt_document_table(vt_document *d, const char *id, const char *title)
{
    assert(failed(d) || d->n_tables == 0 || d->tables[d->n_tables - 1].n_columns > 0);
    growing table = {.id = vt_document_copy(d, vt_str_of(id)), .title = vt_document_copy(d, vt_str_of(title))};
    growing *place = one_more(d, &d->tables, &d->n_tables, &d->tables_capacity, sizeof *d->tables);
    if (place != NULL) {
        *place = table;
    }
}

static growing *current(const vt_document *d)
{
    assert(failed(d) || d->n_tables > 0);
    return failed(d) ? NULL : &d->tables[d->n_tables - 1];
}

void vt_document_column(vt_document *d, const char *id, const char *name, vt_unit unit)
{
    vt_insight_column column = {vt_document_copy(d, vt_str_of(id)), vt_document_copy(d, vt_str_of(name)), unit};
    growing *table = current(d);
    if (table != NULL) {
        assert(table->n_cells == 0);
        vt_insight_column *place =
            one_more(d, &table->columns, &table->n_columns, &table->columns_capacity, sizeof *table->columns);
        if (place != NULL) {
            *place = column;
        }
    }
}

void vt_document_metric(vt_document *d, const char *metric)
{
    const vt_metric_definition *definition = vt_metric_find(metric);
    assert(definition != NULL);
    vt_document_column(d, definition->id, definition->name, definition->unit);
}

void vt_document_metric_interval(vt_document *d, const char *metric)
{
    const vt_metric_definition *definition = vt_metric_find(metric);
    assert(definition != NULL);
    char id[96], name[160];
    snprintf(id, sizeof id, "%s_low", definition->id);
    snprintf(name, sizeof name, "%s, at least", definition->name);
    vt_document_column(d, id, name, definition->unit);
    snprintf(id, sizeof id, "%s_high", definition->id);
    snprintf(name, sizeof name, "%s, at most", definition->name);
    vt_document_column(d, id, name, definition->unit);
}

static void add_cell(vt_document *d, vt_insight_cell cell, bool is_text)
{
    growing *table = current(d);
    if (table != NULL) {
        assert((table->columns[table->n_cells % table->n_columns].unit == VT_UNIT_TEXT) == is_text);
        (void)is_text;
        vt_insight_cell *place =
            one_more(d, &table->cells, &table->n_cells, &table->cells_capacity, sizeof *table->cells);
        if (place != NULL) {
            *place = cell;
        }
    }
}

void vt_document_text(vt_document *d, vt_str text)
{
    add_cell(d, (vt_insight_cell){NAN, text.ptr == NULL ? NULL : vt_document_copy(d, text)}, true);
}

void vt_document_number(vt_document *d, double number)
{
    add_cell(d, (vt_insight_cell){finite_or_none(number), NULL}, false);
}

/* ---- the end ----------------------------------------------------------------------------------------------------- */

static void hand_over(vt_insight *insight, struct vt_insight_storage *storage, vt_insight_table *tables, vt_document *d,
                      const char *lead)
{
    for (size_t t = 0; t < d->n_tables; t++) {
        growing *from = &d->tables[t];
        assert(from->n_columns > 0 && from->n_cells % from->n_columns == 0);
        tables[t] = (vt_insight_table){from->id,        from->title, from->columns,
                                       from->n_columns, from->cells, from->n_cells / from->n_columns};
    }
    *storage = (struct vt_insight_storage){d->texts, d->notes, d->figures, d->tables, tables};
    *insight = d->head;
    insight->lead = lead;
    insight->notes = d->notes;
    insight->n_notes = d->n_notes;
    insight->figures = d->figures;
    insight->n_figures = d->n_figures;
    insight->tables = tables;
    insight->n_tables = d->n_tables;
    insight->storage = storage;
    d->tables = NULL;
    d->n_tables = 0;
    d->notes = NULL;
    d->figures = NULL;
    d->texts = NULL;
}

int vt_document_finish(vt_insight **out, vt_document *d, vt_error *err)
{
    const char *lead = vt_document_copy(d, vt_str_of(d->lead.len == 0 ? "" : d->lead.data));
    int status = vt_document_status(d, err);
    if (status == VT_OK) {
        vt_insight *insight = vt_alloc_zero(1, sizeof *insight, err);
        struct vt_insight_storage *storage = vt_alloc(1, sizeof *storage, err);
        vt_insight_table *tables = vt_alloc(d->n_tables, sizeof *tables, err);
        if (insight == NULL || storage == NULL || tables == NULL) {
            vt_free(insight);
            vt_free(storage);
            vt_free(tables);
            status = VT_ERR_NO_MEMORY;
        } else {
            hand_over(insight, storage, tables, d, lead);
            *out = insight;
        }
    }
    vt_document_free(d);
    return status;
}

void vt_insight_free(vt_insight *insight)
{
    if (insight == NULL) {
        return;
    }
    struct vt_insight_storage *storage = insight->storage;
    free_tables(storage->grown, insight->n_tables);
    vt_free(storage->tables);
    vt_free(storage->figures);
    vt_free(storage->notes);
    vt_arena_free(storage->texts);
    vt_free(storage);
    vt_free(insight);
}
