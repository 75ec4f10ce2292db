/*
 * Attributes are merged here and not in the sources: what the store holds is known on this thread alone. The first
 * price gives a shop without a currency its currency.
 */
#include "import/drain.h"

#include <stdio.h>
#include <stdlib.h>

#include "import/telling.h"

int vt_drain_init(vt_drain *drain, vt_store *store, const vt_import_options *options, const char *currency,
                  vt_import_report *report, vt_error *err)
{
    *drain = (vt_drain){.store = store, .options = options, .report = report, .fallback = "USD"};
    snprintf(drain->currency, sizeof drain->currency, "%s", currency);
    int status = vt_merger_create(&drain->merger, err);
    return status == VT_OK ? vt_map_create(&drain->created, 0, err) : status;
}

void vt_drain_done(vt_drain *drain)
{
    vt_merger_free(drain->merger);
    vt_map_free(drain->created);
    drain->merger = NULL;
    drain->created = NULL;
}

static void count_reason(vt_import_report *report, const char *reason)
{
    size_t i = 0;
    while (i < VT_IMPORT_REASONS - 1 && report->reasons[i].count > 0 &&
           strcmp(report->reasons[i].reason, reason) != 0) {
        i++;
    }
    bool last = i == VT_IMPORT_REASONS - 1;
    if (report->reasons[i].count == 0) {
        snprintf(report->reasons[i].reason, sizeof report->reasons[i].reason, "%s", last ? "other reasons" : reason);
    }
    report->reasons[i].count++;
}

static int by_count(const void *a, const void *b)
{
    typedef __typeof__(((vt_import_report *)0)->reasons[0]) reason_row;
    const reason_row *x = a;
    const reason_row *y = b;
    if (x->count != y->count) {
        return x->count < y->count ? 1 : -1;
    }
    return strcmp(x->reason, y->reason);
}

void vt_drain_sort_reasons(vt_import_report *report)
{
    qsort(report->reasons, VT_IMPORT_REASONS, sizeof report->reasons[0], by_count);
}

static void rejected(vt_drain *drain, const vt_import_reject *reject)
{
    drain->report->rejected++;
    count_reason(drain->report, reject->reason);
    if (drain->options->on_reject != NULL) {
        drain->options->on_reject(drain->options->reject_context, reject);
    }
}

/*
 * The currency of a record with money is the caller's where the file gives none, and becomes the shop's where it has
 * none yet. The shop's own is left out, so that a row is the same row before and after the shop had it.
 */
static int settle_currency(vt_drain *drain, vt_str *currency, bool money, vt_error *err)
{
    int status = VT_OK;
    if (!money) {
        *currency = (vt_str){NULL, 0};
        return VT_OK;
    }
    if (currency->ptr == NULL && drain->options->currency != NULL) {
        *currency = vt_str_of(drain->options->currency);
    }
    if (drain->currency[0] == '\0' && (drain->store != NULL || drain->taker != NULL)) {
        char code[4] = "";
        bool given = currency->ptr != NULL && currency->len == 3;
        memcpy(code, given ? currency->ptr : drain->fallback, 3);
        status = drain->store == NULL ? VT_OK : vt_store_set(drain->store, "currency", code, err);
        memcpy(drain->currency, code, sizeof drain->currency);
        if (drain->taker != NULL) {
            memcpy(drain->taker->currency, code, sizeof code);
        }
    }
    if (vt_str_equal(*currency, vt_str_of(drain->currency))) {
        *currency = (vt_str){NULL, 0};
    }
    return status;
}

typedef struct merging {
    vt_drain *drain;
    vt_str fresh;
    vt_str merged;
    vt_error *err;
} merging;

static int merge_item(void *context, int64_t row, const vt_item *item)
{
    merging *m = context;
    (void)row;
    return vt_merge_attributes(m->drain->merger, item->attributes, m->fresh, &m->merged, m->err);
}

static int merge_user(void *context, int64_t row, const vt_user *user)
{
    merging *m = context;
    (void)row;
    return vt_merge_attributes(m->drain->merger, user->attributes, m->fresh, &m->merged, m->err);
}

/* Gives `attributes` the members that the stored record has and the new one does not. */
static int merge_stored(vt_drain *drain, bool item, vt_str id, vt_str *attributes, vt_error *err)
{
    if (attributes->ptr == NULL) {
        return VT_OK;
    }
    vt_error missing = VT_ERROR_INIT;
    merging m = {drain, *attributes, *attributes, &missing};
    int status = item ? vt_store_item(drain->store, id, merge_item, &m, &missing)
                      : vt_store_user(drain->store, id, merge_user, &m, &missing);
    if (status == VT_ERR_NOT_FOUND) {
        status = vt_merge_attributes(drain->merger, (vt_str){NULL, 0}, m.fresh, &m.merged, &missing);
    }
    if (status == VT_OK) {
        *attributes = m.merged;
    } else if (err != NULL) {
        *err = missing;
    }
    return status;
}

/* An event may create its item; what a later row says of that item is then no change of it. */
static int put_event(vt_drain *drain, vt_batch_event *ready, vt_put *done, vt_error *err)
{
    vt_event *event = &ready->event;
    int64_t users = 0;
    int64_t before = 0;
    int64_t after = 0;
    bool money = event->unit_price != VT_NONE || event->discount != VT_NONE;
    int status = settle_currency(drain, &event->currency, money, err);
    if (status != VT_OK || (drain->store == NULL && drain->taker == NULL)) {
        return status;
    }
    if (!ready->keyed) {
        vt_event_key(ready->key, event);
    }
    if (drain->taker != NULL) {
        bool fresh = true;
        status =
            drain->taker->event(drain->taker->context, event, drain->taker->keyless ? NULL : ready->key, &fresh, err);
        *done = fresh ? VT_PUT_ADDED : VT_PUT_SAME;
        return status;
    }
    vt_store_fresh(drain->store, &users, &before);
    status = vt_store_put_checked_event(drain->store, event, ready->key, done, err);
    vt_store_fresh(drain->store, &users, &after);
    return status == VT_OK && after > before ? vt_map_set(drain->created, event->item, 1, err) : status;
}

static int put_item(vt_drain *drain, vt_item *item, vt_put *done, vt_error *err)
{
    int64_t first = 0;
    bool money = item->price != VT_NONE || item->cost != VT_NONE;
    int status = settle_currency(drain, &item->currency, money, err);
    if (status == VT_OK && drain->taker != NULL) {
        bool fresh = true;
        status = drain->taker->item(drain->taker->context, item, &fresh, err);
        *done = fresh ? VT_PUT_ADDED : VT_PUT_SAME;
    }
    if (status == VT_OK && drain->store != NULL) {
        status = merge_stored(drain, true, item->id, &item->attributes, err);
        status = status == VT_OK ? vt_store_put_item(drain->store, item, done, err) : status;
    }
    if (status == VT_OK && *done == VT_PUT_CHANGED && vt_map_get(drain->created, item->id, &first)) {
        *done = VT_PUT_ADDED;
    }
    return status;
}

static int put_user(vt_drain *drain, vt_user *user, vt_put *done, vt_error *err)
{
    if (drain->taker != NULL) {
        bool fresh = true;
        int taken = drain->taker->user(drain->taker->context, user, &fresh, err);
        *done = fresh ? VT_PUT_ADDED : VT_PUT_SAME;
        return taken;
    }
    if (drain->store == NULL) {
        return VT_OK;
    }
    int status = merge_stored(drain, false, user->id, &user->attributes, err);
    return status == VT_OK ? vt_store_put_user(drain->store, user, done, err) : status;
}

/* The counts of the table that the record belongs to, through `*counts`. */
static int put_record(vt_drain *drain, const vt_batch_entry *entry, vt_import_counts **counts, vt_put *done,
                      vt_error *err)
{
    vt_store *store = drain->store;
    vt_import_report *report = drain->report;
    switch (entry->type) {
    case VT_BATCH_EVENT:
        *counts = &report->events;
        return put_event(drain, entry->record, done, err);
    case VT_BATCH_ITEM:
        *counts = &report->items;
        return put_item(drain, entry->record, done, err);
    case VT_BATCH_USER:
        *counts = &report->users;
        return put_user(drain, entry->record, done, err);
    case VT_BATCH_ITEM_LINK:
        *counts = &report->links;
        return store == NULL ? VT_OK : vt_store_put_item_link(store, entry->record, done, err);
    default:
        *counts = &report->links;
        return store == NULL ? VT_OK : vt_store_put_user_link(store, entry->record, done, err);
    }
}

static void take_sample(vt_drain *drain, const vt_batch_entry *entry)
{
    char *out = drain->report->samples[drain->samples++];
    const char *currency = drain->currency[0] != '\0'         ? drain->currency
                           : drain->options->currency != NULL ? drain->options->currency
                                                              : drain->fallback;
    switch (entry->type) {
    case VT_BATCH_EVENT:
        vt_telling_event_line(out, &((const vt_batch_event *)entry->record)->event, currency);
        break;
    case VT_BATCH_ITEM:
        vt_telling_item_line(out, entry->record, currency);
        break;
    case VT_BATCH_USER:
        vt_telling_user_line(out, entry->record);
        break;
    default:
        vt_telling_link_line(out, entry->record);
        break;
    }
}

/* True for what the store says about one record rather than about itself. */
static bool refusal(int status)
{
    return status == VT_ERR_FORMAT || status == VT_ERR_USAGE || status == VT_ERR_LIMIT || status == VT_ERR_NOT_FOUND;
}

int vt_drain_batch(vt_drain *drain, const vt_batch *batch, vt_error *err)
{
    for (size_t i = 0; i < batch->n; i++) {
        const vt_batch_entry *entry = &batch->entries[i];
        drain->records++;
        if (entry->type == VT_BATCH_REJECT) {
            rejected(drain, entry->record);
            continue;
        }
        vt_import_counts *counts = NULL;
        vt_put done = VT_PUT_ADDED;
        vt_error why = VT_ERROR_INIT;
        int status = put_record(drain, entry, &counts, &done, &why);
        if (refusal(status)) {
            char message[1280];
            snprintf(message, sizeof message, "%s:%lld: %s (row skipped)", entry->file, (long long)entry->line,
                     why.message);
            rejected(drain, &(vt_import_reject){entry->file, entry->line, "refused by the shop", message});
            continue;
        }
        if (status != VT_OK) {
            if (err != NULL) {
                *err = why;
            }
            return status;
        }
        if (drain->options->dry_run && drain->samples < VT_IMPORT_SAMPLES) {
            take_sample(drain, entry);
        }
        counts->added += done == VT_PUT_ADDED;
        counts->changed += done == VT_PUT_CHANGED;
        counts->same += done == VT_PUT_SAME;
    }
    if (drain->store != NULL) { /* with those that an event created */
        vt_store_fresh(drain->store, &drain->report->users.added, &drain->report->items.added);
    }
    return VT_OK;
}
