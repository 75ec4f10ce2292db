/*
 * Two queues pass a fixed number of batches around: full ones to the store, empty ones back to the reader. Memory so
 * stays bounded whatever the size of the files; the ids of items and users already seen are what grows.
 */
#include "import/sink.h"

#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/number.h"
#include "base/pool.h"
#include "import/order_lines.h"
#include "import/repair.h"
#include "store/event_key.h"

enum { BATCHES = 6, STEP = 64 /* rows between two looks at the stream */ };

struct vt_sink {
    vt_record_rules rules;
    bool wide; /* the rules allow values that the store does not */
    vt_part part;
    vt_queue *full;
    vt_queue *empty;
    vt_batch *batches[BATCHES];
    vt_batch *batch; /* being filled; NULL: the next one is still to be fetched */
    vt_arena *names; /* of files */
    vt_map *items;   /* id -> hash of the record */
    vt_map *users;
    vt_order_lines order_lines;
    vt_telling telling;
    const char *file;
    const vt_stream *stream;
    int64_t line;
    int64_t rows;
    int64_t before; /* bytes of the files that are done */
    bool keyless;   /* nobody asks for keys */
    bool repeats;   /* equal events without an order are kept */
    bool rejected;  /* the row at hand */
    vt_error why;   /* of the last refusal */
    char notes[256];
    /* Shared with the calling thread. */
    atomic_llong done;
    atomic_llong total;
    _Atomic(const char *) shown;
};

int vt_sink_create(vt_sink **out, const vt_record_rules *rules, vt_part part, vt_error *err)
{
    vt_sink *sink = vt_alloc_zero(1, sizeof *sink, err);
    if (sink == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_record_rules own;
    vt_record_rules_init(&own);
    sink->rules = *rules;
    sink->wide = rules->value_min < own.value_min || rules->value_max > own.value_max;
    sink->part = part;
    sink->file = "";
    atomic_store(&sink->shown, "");
    int status = vt_arena_create(&sink->names, 4096, err);
    if (status == VT_OK) {
        status = vt_telling_init(&sink->telling, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&sink->items, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&sink->users, 0, err);
    }
    if (status == VT_OK) {
        status = vt_queue_create(&sink->full, BATCHES, err);
    }
    if (status == VT_OK) {
        status = vt_queue_create(&sink->empty, BATCHES, err);
    }
    for (size_t i = 0; status == VT_OK && i < BATCHES; i++) {
        status = vt_batch_create(&sink->batches[i], err);
        if (status == VT_OK) {
            vt_queue_push(sink->empty, sink->batches[i]);
        }
    }
    if (status != VT_OK) {
        vt_sink_free(sink);
        return status;
    }
    *out = sink;
    return VT_OK;
}

void vt_sink_free(vt_sink *sink)
{
    if (sink == NULL) {
        return;
    }
    for (size_t i = 0; i < BATCHES; i++) {
        vt_batch_free(sink->batches[i]);
    }
    vt_queue_free(sink->full);
    vt_queue_free(sink->empty);
    vt_map_free(sink->items);
    vt_map_free(sink->users);
    vt_order_lines_done(&sink->order_lines);
    vt_telling_done(&sink->telling);
    vt_arena_free(sink->names);
    vt_free(sink);
}

vt_record_rules *vt_sink_rules(vt_sink *sink)
{
    return &sink->rules;
}

static void update_progress(vt_sink *sink)
{
    int64_t consumed = sink->stream == NULL ? 0 : vt_stream_consumed(sink->stream);
    atomic_store_explicit(&sink->done, sink->before + consumed, memory_order_relaxed);
}

int vt_sink_file(vt_sink *sink, const char *name, const vt_stream *stream, vt_error *err)
{
    if (sink->stream != NULL) {
        sink->before += vt_stream_consumed(sink->stream);
        sink->stream = NULL;
        update_progress(sink);
    }
    if (name == NULL) {
        return VT_OK;
    }
    vt_str copy = vt_arena_str(sink->names, vt_str_of(name), err);
    if (copy.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    sink->file = copy.ptr;
    sink->stream = stream;
    sink->line = 0;
    vt_order_lines_clear(&sink->order_lines);
    atomic_store(&sink->shown, copy.ptr);
    return VT_OK;
}

const char *vt_sink_name(const vt_sink *sink)
{
    return sink->file;
}

void vt_sink_expect(vt_sink *sink, int64_t bytes)
{
    atomic_store(&sink->total, bytes);
}

void vt_sink_consumed(vt_sink *sink, int64_t bytes)
{
    sink->before += bytes;
    update_progress(sink);
}

static int stopped(vt_error *err)
{
    return vt_fail(err, VT_ERR_CANCELLED, "stopped while reading");
}

/* Makes sink->batch one that has space for one more record. */
static int need_space(vt_sink *sink, vt_error *err)
{
    if (sink->batch != NULL && vt_batch_full(sink->batch)) {
        update_progress(sink);
        vt_batch *full = sink->batch;
        sink->batch = NULL;
        if (!vt_queue_push(sink->full, full)) {
            return stopped(err);
        }
    }
    if (sink->batch == NULL) {
        sink->batch = vt_queue_pop(sink->empty);
        if (sink->batch == NULL) {
            return stopped(err);
        }
        vt_batch_reset(sink->batch);
    }
    return VT_OK;
}

int vt_sink_row(vt_sink *sink, int64_t line, vt_error *err)
{
    sink->line = line;
    sink->rejected = false;
    if (++sink->rows % STEP == 0) {
        update_progress(sink);
    }
    return need_space(sink, err);
}

void vt_sink_at(vt_sink *sink, int64_t line)
{
    sink->line = line;
    sink->rejected = false;
}

int64_t vt_sink_line(const vt_sink *sink)
{
    return sink->line;
}

static int add(vt_sink *sink, vt_batch_type type, void *record)
{
    if (record == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_batch_add(sink->batch, type, sink->file, sink->line, record);
    return VT_OK;
}

static int refuse(vt_sink *sink, const char *reason, const char *words, vt_error *err)
{
    if (sink->rejected) {
        return VT_OK;
    }
    int status = need_space(sink, err);
    if (status != VT_OK) {
        return status;
    }
    char sentence[512];
    char message[PATH_MAX + sizeof sentence];
    snprintf(sentence, sizeof sentence, "%s", words);
    vt_make_printable(sentence);
    snprintf(message, sizeof message, "%s:%lld: %s (row skipped)", sink->file, (long long)sink->line, sentence);
    vt_import_reject reject = {sink->file, sink->line, reason, message};
    sink->rejected = true;
    return add(sink, VT_BATCH_REJECT, vt_batch_copy_reject(sink->batch, &reject, err));
}

int vt_sink_reject(vt_sink *sink, vt_error *err, const char *reason, const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return refuse(sink, reason, sentence, err);
}

int vt_sink_reject_value(vt_sink *sink, vt_str given, vt_error *err)
{
    const char *reason = NULL;
    vt_value_refuse(&reason, &sink->rules, given, &sink->why);
    return refuse(sink, reason, sink->why.message, err);
}

bool vt_sink_rejected(const vt_sink *sink)
{
    return sink->rejected;
}

bool vt_sink_has_item(const vt_sink *sink, vt_str id)
{
    int64_t hash = 0;
    return vt_map_get(sink->items, id, &hash);
}

/*
 * What became of a check with sink->why: true when the record may go on; else its row was rejected, or `*status` says
 * what failed.
 */
static bool passed(vt_sink *sink, int *status, const char *reason, vt_error *err)
{
    if (reason != NULL) {
        *status = refuse(sink, reason, sink->why.message, err);
        return false;
    }
    return *status == VT_OK;
}

/* The rules of the import, and where they allow more than the store does, the store's. */
static int check_event(const char **reason, vt_sink *sink, const vt_event *event)
{
    int status = vt_event_check(reason, event, &sink->rules, &sink->why);
    return status == VT_OK && sink->wide ? vt_event_check(reason, event, NULL, &sink->why) : status;
}

/* The key, unless it depends on what currency the shop has. */
static vt_batch_event keyed(const vt_event *event, bool keyless)
{
    vt_batch_event out = {.event = *event};
    bool money = event->unit_price != VT_NONE || event->discount != VT_NONE;
    bool by_content = !vt_event_is_line(event) && event->id.ptr == NULL;
    if (!money) {
        out.event.currency = (vt_str){NULL, 0};
    }
    out.keyed = keyless || !money || !by_content;
    if (out.keyed && !keyless) {
        vt_event_key(out.key, &out.event);
    }
    return out;
}

int vt_sink_event(vt_sink *sink, const vt_event *event, vt_error *err)
{
    const char *reason = NULL;
    vt_event checked = *event;
    checked.part = sink->part;
    int status = need_space(sink, err);
    if (status == VT_OK) {
        status = vt_repair_event(sink->batch->arena, &checked, err);
    }
    if (status == VT_OK) {
        status = check_event(&reason, sink, &checked);
    }
    if (!passed(sink, &status, reason, err)) {
        return status;
    }
    bool numbered = vt_event_is_line(&checked) || (sink->repeats && checked.id.ptr == NULL);
    if (numbered && checked.line.ptr == NULL && checked.occurrence == 0) {
        status = vt_order_lines_number(&sink->order_lines, &checked, &sink->why);
        reason = status == VT_ERR_LIMIT ? "too many lines of one item" : NULL;
        if (!passed(sink, &status, reason, err)) {
            return status == VT_ERR_NO_MEMORY ? vt_fail(err, VT_ERR_NO_MEMORY, "%s", sink->why.message) : status;
        }
    }
    status = vt_telling_event(&sink->telling, &checked, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_batch_event ready = keyed(&checked, sink->keyless);
    return add(sink, VT_BATCH_EVENT, vt_batch_copy_event(sink->batch, &ready, err));
}

static uint64_t hash_text(uint64_t hash, vt_str text)
{
    return vt_hash_mix(hash, text.ptr == NULL ? 1 : vt_hash64(text.ptr, text.len, 2));
}

static uint64_t hash_item(const vt_item *item)
{
    const vt_str texts[] = {item->title,    item->description, item->brand,
                            item->category, item->attributes,  item->currency};
    const int64_t numbers[] = {item->price,           item->cost, item->stock, item->available_from,
                               item->available_until, item->as_of};
    uint64_t hash = vt_hash64(numbers, sizeof numbers, 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        hash = hash_text(hash, texts[i]);
    }
    for (size_t i = 0; i < item->n_images; i++) {
        hash = hash_text(hash, item->images[i]);
    }
    return hash;
}

static uint64_t hash_user(const vt_user *user)
{
    uint64_t hash = hash_text(hash_text(hash_text(0, user->age_band), user->segment), user->region);
    return hash_text(hash_text(hash, user->tier), user->attributes);
}

/* Refuses an id that came before with other content. */
static int once(vt_sink *sink, const char **reason, vt_map *seen, vt_str id, uint64_t hash, const char *what,
                vt_error *err)
{
    int64_t before = 0;
    int64_t now = (int64_t)(hash >> 1);
    if (!vt_map_get(seen, id, &before)) {
        return vt_map_set(seen, id, now, err);
    }
    if (before != now) {
        *reason = "given twice";
        vt_fail(&sink->why, VT_ERR_FORMAT, "the %s %.*s came before with other values; the first row counts", what,
                VT_STR_ARGS(id));
    }
    return VT_OK;
}

int vt_sink_item(vt_sink *sink, const vt_item *item, vt_error *err)
{
    const char *reason = NULL;
    vt_item checked = *item;
    int status = need_space(sink, err);
    if (status == VT_OK) {
        status = vt_repair_item(sink->batch->arena, &checked, err);
    }
    if (status == VT_OK) {
        status = vt_item_check(&reason, &checked, NULL, &sink->why);
    }
    if (status == VT_OK) {
        status = once(sink, &reason, sink->items, checked.id, hash_item(&checked), "item", err);
    }
    if (!passed(sink, &status, reason, err)) {
        return status;
    }
    status = vt_telling_item(&sink->telling, &checked, err);
    if (status != VT_OK) {
        return status;
    }
    return add(sink, VT_BATCH_ITEM, vt_batch_copy_item(sink->batch, &checked, err));
}

int vt_sink_user(vt_sink *sink, const vt_user *user, vt_error *err)
{
    const char *reason = NULL;
    vt_user checked = *user;
    int status = need_space(sink, err);
    if (status == VT_OK) {
        status = vt_repair_user(sink->batch->arena, &checked, err);
    }
    if (status == VT_OK) {
        status = vt_user_check(&reason, &checked, NULL, &sink->why);
    }
    if (status == VT_OK) {
        status = once(sink, &reason, sink->users, checked.id, hash_user(&checked), "user", err);
    }
    if (!passed(sink, &status, reason, err)) {
        return status;
    }
    return add(sink, VT_BATCH_USER, vt_batch_copy_user(sink->batch, &checked, err));
}

static int add_link(vt_sink *sink, const vt_link *link, vt_batch_type type, vt_error *err)
{
    const char *reason = NULL;
    int status = need_space(sink, err);
    if (status == VT_OK) {
        status = vt_link_check(&reason, link, &sink->why);
    }
    if (!passed(sink, &status, reason, err)) {
        return status;
    }
    return add(sink, type, vt_batch_copy_link(sink->batch, link, err));
}

int vt_sink_item_link(vt_sink *sink, const vt_link *link, vt_error *err)
{
    return add_link(sink, link, VT_BATCH_ITEM_LINK, err);
}

int vt_sink_user_link(vt_sink *sink, const vt_link *link, vt_error *err)
{
    return add_link(sink, link, VT_BATCH_USER_LINK, err);
}

void vt_sink_note(vt_sink *sink, const char *format, ...)
{
    char text[sizeof sink->notes];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t len = strlen(sink->notes);
    if (strstr(sink->notes, text) == NULL && len + strlen(text) + 3 < sizeof sink->notes) {
        snprintf(sink->notes + len, sizeof sink->notes - len, "%s%s", len == 0 ? "" : "; ", text);
    }
}

void vt_sink_keep_repeats(vt_sink *sink, bool keep)
{
    sink->repeats = keep;
}

void vt_sink_leave_keys(vt_sink *sink)
{
    sink->keyless = true;
}

void vt_sink_remark(vt_sink *sink, const char *format, ...)
{
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    vt_telling_note(&sink->telling, text);
}

void vt_sink_count(vt_sink *sink, const char *what, int64_t count, const char *example, ...)
{
    char text[96];
    va_list args;
    va_start(args, example);
    vsnprintf(text, sizeof text, example, args);
    va_end(args);
    vt_telling_count(&sink->telling, what, count, text);
}

vt_telling *vt_sink_telling(vt_sink *sink)
{
    return &sink->telling;
}

int vt_sink_close(vt_sink *sink, bool complete, vt_error *err)
{
    int status = vt_sink_file(sink, NULL, NULL, err);
    if (complete && sink->batch != NULL && sink->batch->n > 0) {
        status = vt_queue_push(sink->full, sink->batch) ? VT_OK : stopped(err);
    }
    sink->batch = NULL;
    vt_queue_close(sink->full);
    return status;
}

vt_batch *vt_sink_take(vt_sink *sink)
{
    return vt_queue_pop(sink->full);
}

void vt_sink_release(vt_sink *sink, vt_batch *batch)
{
    vt_queue_push(sink->empty, batch);
}

void vt_sink_cancel(vt_sink *sink)
{
    vt_queue_cancel(sink->full);
    vt_queue_cancel(sink->empty);
}

void vt_sink_state(vt_sink *sink, int64_t *done, int64_t *total, const char **file)
{
    *done = atomic_load_explicit(&sink->done, memory_order_relaxed);
    *total = atomic_load_explicit(&sink->total, memory_order_relaxed);
    *file = atomic_load(&sink->shown);
}

int64_t vt_sink_rows(const vt_sink *sink)
{
    return sink->rows;
}

const char *vt_sink_notes(const vt_sink *sink)
{
    return sink->notes;
}
