/* An explanation as tables: the sum shown is the score, and nothing is left out but parts that are 0. */
#include "explain_print.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "common.h"

enum { GAPS = 8, EVENTS = 50 };

static const char *title_of(const char *title, const char *item)
{
    return title == NULL || title[0] == '\0' ? item : title;
}

/* A line with texts of the shop in it, which must not drive the terminal. */
VT_PRINTF(3, 4) static int put_line(vt_cli *cli, vt_error *err, const char *format, ...)
{
    char line[2048];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof line, format, values);
    va_end(values);
    int status = vt_output_clean(&cli->out, vt_str_of(line), err);
    return status == VT_OK ? vt_buf_add_text(&cli->out, "\n", err) : status;
}

/* A number with sign, "-" for NaN, "all" where the model has no evidence without the event. */
static void put_signed(vt_table *table, double value)
{
    if (isnan(value)) {
        vt_table_text(table, "-");
    } else if (isinf(value)) {
        vt_table_text(table, "all");
    } else if (fabs(value) < 5e-5) {
        vt_table_text(table, "0");
    } else {
        vt_table_printf(table, "%+.4f", value);
    }
}

static int by_value(const void *a, const void *b)
{
    const vt_score_part *const *x = a, *const *y = b;
    double p = (*x)->value, q = (*y)->value;
    return p > q ? -1 : p < q ? 1 : (*x > *y) - (*x < *y);
}

static int print_table(vt_cli *cli, vt_table *table, vt_error *err)
{
    int status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* The parts, largest first, and their sum. */
static int print_parts(vt_cli *cli, const vt_why *why, vt_error *err)
{
    const vt_explanation *e = &why->explanation;
    vt_table *table = NULL;
    const vt_score_part **sorted = vt_alloc(e->n_parts, sizeof *sorted, err);
    int status = sorted == NULL ? VT_ERR_NO_MEMORY : vt_table_create(&table, err);
    if (status != VT_OK) {
        vt_free(sorted);
        return status;
    }
    size_t n = 0;
    for (size_t p = 0; p < e->n_parts; p++) {
        if (e->parts[p].value > 0.0 || e->parts[p].value < 0.0) {
            sorted[n++] = &e->parts[p];
        }
    }
    qsort(sorted, n, sizeof *sorted, by_value);
    vt_table_column(table, "part", VT_LEFT, 0);
    vt_table_column(table, "kind", VT_LEFT, 0);
    vt_table_column(table, "value", VT_RIGHT, 0);
    vt_table_column(table, "share", VT_RIGHT, 0);
    for (size_t p = 0; p < n; p++) {
        vt_table_text(table, sorted[p]->name);
        vt_table_text(table, vt_reason_kind_name((int)sorted[p]->kind));
        put_signed(table, sorted[p]->value);
        if (isnan(sorted[p]->share)) {
            vt_table_text(table, "");
        } else {
            vt_table_printf(table, "%.1f %%", 100.0 * sorted[p]->share);
        }
    }
    vt_table_text(table, "score");
    vt_table_text(table, "sum");
    put_signed(table, e->score);
    vt_table_text(table, "");
    vt_free(sorted);
    return print_table(cli, table, err);
}

static int print_tokens(vt_cli *cli, const vt_explanation *e, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "of the part attributes", VT_LEFT, 60);
    vt_table_column(table, "value", VT_RIGHT, 0);
    for (size_t t = 0; t < e->n_tokens; t++) {
        vt_table_text(table, e->tokens[t].name);
        put_signed(table, e->tokens[t].value);
    }
    return print_table(cli, table, err);
}

static int print_events(vt_cli *cli, const vt_why *why, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    bool attends = why->explanation.attended != NULL;
    vt_table_column(table, "event", VT_LEFT, 0);
    vt_table_column(table, "of", VT_LEFT, 0);
    vt_table_column(table, "item", VT_LEFT, 30);
    vt_table_column(table, "without it", VT_RIGHT, 0);
    vt_table_column(table, "place then", VT_RIGHT, 0);
    vt_table_column(table, "relations", VT_RIGHT, 0);
    if (attends) {
        vt_table_column(table, "attention", VT_RIGHT, 0);
    }
    vt_table_column(table, "title", VT_LEFT, 40);
    for (size_t i = 0; i < why->n_events && i < EVENTS; i++) {
        const vt_why_event *e = &why->events[why->newest[i]];
        char date[16];
        vt_format_date(date, e->time);
        vt_table_text(table, vt_event_kind_name(e->kind));
        vt_table_text(table, date);
        vt_table_text(table, e->item);
        put_signed(table, isinf(e->difference) ? e->difference : -e->difference);
        vt_table_count(table, e->rank == 0 ? VT_NONE : e->rank);
        put_signed(table, e->relations);
        if (attends) {
            vt_table_printf(table, "%.1f %%", 100.0 * e->attention);
        }
        vt_table_text(table, e->title[0] == '\0' ? "-" : e->title);
    }
    status = print_table(cli, table, err);
    if (status == VT_OK && why->n_events > EVENTS) {
        status = vt_buf_printf(&cli->out, err, "and %zu older events\n", why->n_events - EVENTS);
    }
    return status;
}

static int print_gaps(vt_cli *cli, const vt_why *why, vt_error *err)
{
    vt_table *table = NULL;
    char place[32];
    vt_format_count(place, why->above.rank);
    int status = vt_buf_add_text(&cli->out, "\n", err);
    if (status == VT_OK) {
        status = put_line(cli, err, "Why not higher: \"%s\" (%s), in place %s, is ahead in",
                          title_of(why->above.title, why->above.item), why->above.item, place);
    }
    status = status == VT_OK ? vt_table_create(&table, err) : status;
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "part", VT_LEFT, 0);
    vt_table_column(table, "kind", VT_LEFT, 0);
    vt_table_column(table, "here", VT_RIGHT, 0);
    vt_table_column(table, "there", VT_RIGHT, 0);
    vt_table_column(table, "behind by", VT_RIGHT, 0);
    for (size_t g = 0; g < why->n_gaps && g < GAPS; g++) {
        vt_table_text(table, why->gaps[g].name);
        vt_table_text(table, vt_reason_kind_name((int)why->gaps[g].kind));
        put_signed(table, why->gaps[g].own);
        put_signed(table, why->gaps[g].other);
        put_signed(table, why->gaps[g].other - why->gaps[g].own);
    }
    return print_table(cli, table, err);
}

static int print_changes(vt_cli *cli, const vt_why *why, vt_error *err)
{
    char place[32];
    int status = vt_buf_add_text(&cli->out, "\nWhat would change it:\n", err);
    if (status == VT_OK && why->lifted_without >= 0) {
        const vt_why_event *e = &why->events[why->lifted_without];
        char date[16];
        vt_format_date(date, e->time);
        vt_format_count(place, e->rank);
        status = put_line(cli, err, "  without the %s of \"%s\" (%s) it would be in place %s",
                          vt_event_kind_name(e->kind), title_of(e->title, e->item), date, place);
    } else if (status == VT_OK) {
        status = vt_buf_add_text(&cli->out, "  leaving out any one past event lifts it no further\n", err);
    }
    if (status == VT_OK && why->next.item != NULL) {
        vt_format_count(place, why->next.rank);
        status =
            put_line(cli, err, "  with \"%s\" (%s) as the next event, of %d that were tried, it would be in place %s",
                     title_of(why->next.title, why->next.item), why->next.item, (int)why->tried, place);
    } else if (status == VT_OK) {
        status = vt_buf_printf(&cli->out, err, "  none of %d likely next events would lift it\n", (int)why->tried);
    }
    return status;
}

static int print_place(vt_cli *cli, const vt_why *why, vt_error *err)
{
    char place[32], of[32], listed[64] = "";
    vt_format_count(place, why->rank);
    vt_format_count(of, why->candidates);
    if (why->listed > 0 && why->listed != why->rank) {
        snprintf(listed, sizeof listed, ", %d in the list that the shop shows", (int)why->listed);
    }
    int status = vt_buf_add_text(&cli->out, "\n", err);
    if (status == VT_OK) {
        status = put_line(cli, err, "%s (%s): place %s of %s by score%s%s%s", title_of(why->title, why->item),
                          why->item, why->rank == 0 ? "-" : place, of, listed,
                          why->barred[0] == '\0' ? "" : "; it is not recommended: ", why->barred);
    }
    if (status == VT_OK && !isnan(why->rating)) {
        status = put_line(cli, err, "predicted rating %.1f", why->rating);
    }
    return status;
}

int vt_cli_print_why(vt_cli *cli, const vt_why *why, vt_error *err)
{
    const vt_explanation *e = &why->explanation;
    int status = put_line(cli, err, "%s", why->sentence);
    status = status == VT_OK ? print_place(cli, why, err) : status;
    if (status == VT_OK && e->n_parts > 0) {
        status = vt_buf_add_text(&cli->out, "\n", err);
        status = status == VT_OK ? print_parts(cli, why, err) : status;
    }
    if (status == VT_OK && e->n_tokens > 0) {
        status = vt_buf_add_text(&cli->out, "\n", err);
        status = status == VT_OK ? print_tokens(cli, e, err) : status;
    }
    if (status == VT_OK && why->n_events > 0) {
        status = vt_buf_add_text(&cli->out, "\n", err);
        status = status == VT_OK ? print_events(cli, why, err) : status;
    }
    if (status == VT_OK && why->n_gaps > 0) {
        status = print_gaps(cli, why, err);
    }
    return status == VT_OK && why->rank > 1 ? print_changes(cli, why, err) : status;
}
