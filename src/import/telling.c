/* All of it is of fixed size but for two maps of at most VT_TELLING_ITEMS ids. */
#include "import/telling.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "import/text.h"
#include "import/words.h"

int vt_telling_init(vt_telling *telling, vt_error *err)
{
    *telling = (vt_telling){0};
    int status = vt_map_create(&telling->wanted, 0, err);
    return status == VT_OK ? vt_map_create(&telling->described, 0, err) : status;
}

void vt_telling_done(vt_telling *telling)
{
    vt_map_free(telling->wanted);
    vt_map_free(telling->described);
    telling->wanted = NULL;
    telling->described = NULL;
}

static void put_note(char notes[VT_IMPORT_NOTES][256], const char *text)
{
    char fit[256];
    snprintf(fit, sizeof fit, "%s", text);
    vt_make_printable(fit);
    for (size_t i = 0; i < VT_IMPORT_NOTES; i++) {
        if (notes[i][0] == '\0') {
            memcpy(notes[i], fit, sizeof fit);
            return;
        }
        if (strcmp(notes[i], fit) == 0) {
            return;
        }
    }
}

void vt_telling_note(vt_telling *telling, const char *text)
{
    put_note(telling->notes, text);
}

void vt_telling_count(vt_telling *telling, const char *what, int64_t count, const char *example)
{
    for (size_t i = 0; count > 0 && i < VT_IMPORT_NOTES; i++) {
        if (telling->counted[i].what == NULL) {
            telling->counted[i].what = what;
            snprintf(telling->counted[i].example, sizeof telling->counted[i].example, "%s", example);
        }
        if (strcmp(telling->counted[i].what, what) == 0) {
            telling->counted[i].count += count;
            return;
        }
    }
}

void vt_telling_column(vt_telling *telling, vt_str column, const char *field)
{
    vt_import_column row = {"", ""};
    snprintf(row.column, sizeof row.column, "%.*s", VT_STR_ARGS(column));
    snprintf(row.field, sizeof row.field, "%s", field == NULL ? "" : field);
    vt_make_printable(row.column);
    vt_make_printable(row.field);
    for (size_t i = 0; i < telling->n_columns; i++) {
        if (strcmp(telling->columns[i].column, row.column) == 0 && strcmp(telling->columns[i].field, row.field) == 0) {
            return;
        }
    }
    if (telling->n_columns < VT_IMPORT_COLUMNS && row.column[0] != '\0') {
        telling->columns[telling->n_columns++] = row;
    }
}

void vt_telling_columns(vt_telling *telling, const vt_columns *columns, const char *file)
{
    char buffer[64];
    char note[256];
    for (size_t i = 0; i < columns->n; i++) {
        vt_telling_column(telling, columns->header[i], vt_columns_use(columns, i, buffer));
    }
    int twice = columns->n > VT_IMPORT_COLUMNS ? -1 : vt_columns_twice(columns);
    if (twice >= 0) {
        snprintf(note, sizeof note, "%.120s has two columns \"%.60s\"; the first counts", file,
                 columns->header[twice].ptr);
        vt_telling_note(telling, note);
    }
}

static bool same_as_last(const vt_telling *telling, vt_str id)
{
    return strlen(telling->last) == id.len && memcmp(telling->last, id.ptr, id.len) == 0;
}

/* Amounts in several currencies are no mistake, but nobody adds them up. */
static void look_at_currency(vt_telling *telling, vt_str currency)
{
    if (currency.len != 3) {
        return;
    }
    if (telling->currency[0] == '\0') {
        memcpy(telling->currency, currency.ptr, 3);
    } else if (memcmp(telling->currency, currency.ptr, 3) != 0) {
        char example[32];
        snprintf(example, sizeof example, "%.3s, not %s", currency.ptr, telling->currency);
        vt_telling_count(telling,
                         telling->of_shop ? "events in another currency than the shop's"
                                          : "events in another currency than the first",
                         1, example);
    }
}

int vt_telling_event(vt_telling *telling, const vt_event *event, vt_error *err)
{
    vt_import_coverage *c = &telling->coverage;
    int64_t seen = 0;
    c->events++;
    c->no_user += event->user.ptr == NULL;
    c->no_time += event->time == VT_NONE;
    look_at_currency(telling, event->currency);
    c->no_price += event->kind == VT_EVENT_PURCHASE && event->unit_price == VT_NONE;
    if (same_as_last(telling, event->item)) {
        return VT_OK;
    }
    size_t kept = event->item.len < sizeof telling->last ? event->item.len : sizeof telling->last - 1;
    memcpy(telling->last, event->item.ptr, kept);
    telling->last[kept] = '\0';
    if (vt_map_count(telling->wanted) >= VT_TELLING_ITEMS || vt_map_get(telling->wanted, event->item, &seen)) {
        return VT_OK;
    }
    return vt_map_set(telling->wanted, event->item, 1, err);
}

int vt_telling_item(vt_telling *telling, const vt_item *item, vt_error *err)
{
    int64_t seen = 0;
    if (item->title.ptr == NULL && item->price == VT_NONE) {
        return VT_OK;
    }
    if (telling->present[0] == '\0') {
        snprintf(telling->present, sizeof telling->present, "%.*s", VT_STR_ARGS(item->id));
    }
    /* Items mostly come first: those that no event asked for yet are kept too, as far as there is room. */
    if (vt_map_count(telling->described) >= 10 * (size_t)VT_TELLING_ITEMS &&
        !vt_map_get(telling->wanted, item->id, &seen)) {
        return VT_OK;
    }
    return vt_map_set(telling->described, item->id, 1, err);
}

void vt_telling_report(const vt_telling *telling, vt_import_report *report)
{
    char note[256];
    memcpy(report->notes, telling->notes, sizeof report->notes);
    for (size_t i = 0; i < VT_IMPORT_NOTES && telling->counted[i].what != NULL; i++) {
        snprintf(note, sizeof note, "%s: %lld (such as %s)", telling->counted[i].what,
                 (long long)telling->counted[i].count, telling->counted[i].example);
        put_note(report->notes, note);
    }
    memcpy(report->columns, telling->columns, sizeof report->columns);
    report->coverage = telling->coverage;
}
