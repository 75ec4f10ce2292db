/*
 * One import: a second thread reads and checks the files, this one writes the store, in one transaction. Whatever
 * fails, on either side, takes all of it back.
 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "base/options.h"
#include "import/catalogue.h"
#include "import/drain.h"
#include "import/likes.h"
#include "import/options.h"
#include "import/source.h"

enum { NAMES_MAX = 1000 /* bytes of file names that are kept with an import */ };

static bool is_currency(const char *code)
{
    return strlen(code) == 3 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

static int unknown_kind(const char *name, vt_error *err)
{
    char names[256] = "";
    size_t count = 0;
    const vt_import_kind *kinds = vt_import_kinds(&count);
    for (size_t i = 0, len = 0; i < count && len < sizeof names; i++) {
        int n = snprintf(names + len, sizeof names - len, "%s%s", i == 0 ? "" : ", ", kinds[i].name);
        len += n < 0 ? sizeof names : (size_t)n;
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no kind of source \"%s\"; the kinds are %s", name == NULL ? "" : name,
                   names);
}

static int check_options(const vt_source_kind **kind, const vt_import_options *options, vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_import_options", err);
    if (status != VT_OK) {
        return status;
    }
    const vt_source_kind *found = options->kind == NULL ? NULL : vt_source_kind_find(options->kind);
    if (found == NULL) {
        return unknown_kind(options->kind, err);
    }
    if (options->rows != NULL && (found->run != vt_source_csv || options->n_paths > 0)) {
        return vt_fail(err, VT_ERR_USAGE, "a table in memory is imported by the kind csv, without files");
    }
    if (options->rows == NULL && options->n_paths == 0) {
        return vt_fail(err, VT_ERR_USAGE, "no file to import; name at least one: %s", found->info.paths);
    }
    if (options->currency != NULL && !is_currency(options->currency)) {
        return vt_fail(err, VT_ERR_USAGE, "the currency \"%s\" is no three capitals such as EUR", options->currency);
    }
    if (options->time_unit != NULL && strcmp(options->time_unit, "s") != 0 && strcmp(options->time_unit, "ms") != 0) {
        return vt_fail(err, VT_ERR_USAGE, "the time unit \"%s\" is neither s nor ms", options->time_unit);
    }
    double low = isnan(options->rating_min) ? found->rating_min : options->rating_min;
    double high = isnan(options->rating_max) ? found->rating_max : options->rating_max;
    status = vt_import_options_taken(options, found, err);
    if (status != VT_OK) {
        return status;
    }
    if (!(low < high)) {
        return vt_fail(err, VT_ERR_USAGE, "a rating scale from %g to %g is empty; the smallest rating comes first", low,
                       high);
    }
    *kind = found;
    return VT_OK;
}

/* Bytes of all paths, or rows of a table; a path that is missing ends the import before it begins. */
static int measure(int64_t *expected, const vt_import_options *options, vt_error *err)
{
    int64_t total = options->rows == NULL ? 0 : options->rows->n;
    for (size_t i = 0; i < options->n_paths; i++) {
        struct stat info;
        const char *path = options->paths[i];
        if (stat(path, &info) != 0) {
            return vt_fail_errno(err, errno, "cannot open %s", path);
        }
        total += S_ISDIR(info.st_mode) ? vt_dir_bytes(path) : S_ISREG(info.st_mode) ? info.st_size : 0;
    }
    *expected = total;
    return VT_OK;
}

/* The names of the files, without their folders, or that of the table. */
static int join_names(vt_buf *out, const vt_import_options *options, vt_error *err)
{
    int status = options->rows == NULL ? VT_OK : vt_buf_add_text(out, options->rows->name, err);
    for (size_t i = 0; status == VT_OK && i < options->n_paths; i++) {
        vt_str path = vt_str_of(options->paths[i]);
        while (path.len > 1 && path.ptr[path.len - 1] == '/') {
            path.len--;
        }
        const char *slash = memrchr(path.ptr, '/', path.len);
        vt_str base =
            slash == NULL || path.len == 1 ? path : (vt_str){slash + 1, path.len - (size_t)(slash + 1 - path.ptr)};
        if (out->len + base.len + 8 > NAMES_MAX) {
            return vt_buf_add_text(out, ", ...", err);
        }
        status = vt_buf_add(out, ", ", i == 0 ? 0 : 2, err);
        status = status == VT_OK ? vt_buf_add(out, base.ptr, base.len, err) : status;
    }
    return status;
}

/* The reading thread. */
typedef struct reading {
    vt_store *shop; /* to look at, also in a dry run; NULL: none */
    const vt_source_kind *kind;
    vt_source source;
    int status;
    vt_error error;
} reading;

static void *read_all(void *context)
{
    reading *r = context;
    r->status = r->kind->run(&r->source, &r->error);
    vt_error closing = VT_ERROR_INIT;
    int closed = vt_sink_close(r->source.sink, r->status == VT_OK, &closing);
    if (r->status == VT_OK && closed != VT_OK) {
        r->status = closed;
        r->error = closing;
    }
    return NULL;
}

static int report_progress(vt_sink *sink, const vt_drain *drain, vt_error *err)
{
    const vt_progress *progress = drain->options->progress;
    if (progress == NULL) {
        return VT_OK;
    }
    int64_t done = 0;
    int64_t total = 0;
    const char *file = "";
    char stage[256];
    char detail[64];
    vt_sink_state(sink, &done, &total, &file);
    snprintf(stage, sizeof stage, file[0] == '\0' ? "reading" : "reading %s", file);
    snprintf(detail, sizeof detail, "%lld rows", (long long)drain->records);
    const char *unit = drain->options->rows == NULL ? "bytes" : "rows";
    vt_progress_state state = {stage, unit, (double)done, (double)total, detail};
    return vt_progress_report(progress, &state, err);
}

/* Runs the reading thread and takes what it reads. */
static int flow(reading *r, vt_drain *drain, vt_error *err)
{
    vt_sink *sink = r->source.sink;
    pthread_t thread;
    int status = report_progress(sink, drain, err);
    if (status != VT_OK) {
        return status;
    }
    int failed = pthread_create(&thread, NULL, read_all, r);
    if (failed != 0) {
        return vt_fail_errno(err, failed, "cannot start a thread to read with");
    }
    for (vt_batch *batch = vt_sink_take(sink); batch != NULL; batch = vt_sink_take(sink)) {
        status = vt_drain_batch(drain, batch, err);
        if (status == VT_OK) {
            status = report_progress(sink, drain, err);
        }
        if (status != VT_OK) {
            vt_sink_cancel(sink);
            break;
        }
        vt_sink_release(sink, batch);
    }
    pthread_join(thread, NULL);
    if (status == VT_OK && r->status != VT_OK) {
        status = r->status;
        if (err != NULL) {
            *err = r->error;
        }
    }
    return status == VT_OK ? report_progress(sink, drain, err) : status;
}

/* What must be known of the shop before reading begins. */
typedef struct shop_facts {
    char currency[8];
    char time_zone[64];
    char rating_scale[64];
    vt_known *known;
} shop_facts;

static int look_at_shop(vt_store *store, const vt_source_kind *kind, shop_facts *facts, vt_error *err)
{
    *facts = (shop_facts){"", "", "", NULL};
    int status = store == NULL ? VT_OK : vt_store_read_begin(store, err);
    if (status != VT_OK) {
        return status;
    }
    if (store != NULL) {
        status = vt_store_get(store, "currency", facts->currency, sizeof facts->currency, err);
    }
    if (store != NULL && status == VT_OK) {
        status = vt_store_get(store, "time_zone", facts->time_zone, sizeof facts->time_zone, err);
    }
    if (store != NULL && status == VT_OK) {
        status = vt_store_get(store, "rating_scale", facts->rating_scale, sizeof facts->rating_scale, err);
    }
    if (status == VT_OK && kind->known != VT_KNOWN_NOTHING) {
        status = vt_known_load(&facts->known, store, kind->known, err);
    }
    if (store != NULL) {
        vt_store_read_end(store);
    }
    return status;
}

static bool changed_nothing(const vt_import_report *report)
{
    const vt_import_counts *tables[] = {&report->events, &report->items, &report->users, &report->links};
    int64_t changes = 0;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        changes += tables[i]->added + tables[i]->changed;
    }
    return changes == 0;
}

/* Keeps the scale of the ratings, when it is wider than the usual one and than that of the shop. */
static int keep_scale(const reading *r, vt_store *store, vt_record_taker *taker, const vt_import_report *report,
                      vt_error *err)
{
    const vt_record_rules *rules = vt_sink_rules(r->source.sink);
    char scale[64];
    if (report->events.added == 0 || (rules->value_min >= 0.5 && rules->value_max <= 5)) {
        return VT_OK;
    }
    if (taker != NULL) {
        taker->rating_low = rules->value_min;
        taker->rating_high = rules->value_max;
    }
    if (store == NULL) {
        return VT_OK;
    }
    snprintf(scale, sizeof scale, "%g:%g", rules->value_min, rules->value_max);
    return vt_store_set(store, "rating_scale", scale, err);
}

/* In a write unless it is a dry run: reads all and settles the write. */
static int carry_out(reading *r, vt_store *store, vt_record_taker *taker, const char *currency, int64_t import_id,
                     vt_import_report *report, vt_error *err)
{
    vt_drain drain;
    int status = vt_drain_init(&drain, store, r->source.options, currency, report, err);
    drain.fallback = r->source.currency;
    drain.taker = taker;
    if (status == VT_OK) {
        status = flow(r, &drain, err);
    }
    if (status == VT_OK) {
        int64_t done = 0;
        int64_t total = 0;
        const char *file = NULL;
        vt_sink_state(r->source.sink, &done, &total, &file);
        report->bytes = r->source.options->rows == NULL ? done : 0;
        report->rows = vt_sink_rows(r->source.sink);
        snprintf(report->note, sizeof report->note, "%s", vt_sink_notes(r->source.sink));
        vt_drain_sort_reasons(report);
        vt_telling_report(vt_sink_telling(r->source.sink), report);
        bool looking = store == NULL && r->shop != NULL;
        status = looking ? vt_store_read_begin(r->shop, err) : VT_OK;
        status = status == VT_OK ? vt_catalogue_look(vt_sink_telling(r->source.sink), r->shop, report, err) : status;
        if (looking) {
            vt_store_read_end(r->shop);
        }
    }
    if (status == VT_OK) {
        status = keep_scale(r, store, taker, report, err);
    }
    if (store != NULL && status == VT_OK && !changed_nothing(report)) {
        status = vt_store_commit(store, report->rejected, err);
        report->import_id = import_id;
    } else if (store != NULL) {
        vt_store_rollback(store);
    }
    vt_drain_done(&drain);
    return status;
}

static void remove_created(const vt_buf *created)
{
    for (size_t at = 0; at < created->len; at += strlen(created->data + at) + 1) {
        unlink(created->data + at);
    }
}

/* The scale of ratings: the caller's, else the shop's where it is wider, else the kind's. */
static void set_scale(vt_record_rules *rules, vt_source *source, const vt_source_kind *kind, const char *of_shop)
{
    const vt_import_options *options = source->options;
    double low, high;
    vt_rating_scale_read(&low, &high, of_shop);
    rules->value_min = isnan(options->rating_min) ? kind->rating_min : options->rating_min;
    rules->value_max = isnan(options->rating_max) ? kind->rating_max : options->rating_max;
    source->scale_given = !isnan(options->rating_min) || !isnan(options->rating_max);
    if (!source->scale_given && high > rules->value_max) {
        rules->value_min = low;
        rules->value_max = high;
    }
}

/* The zone of times that name none. */
static int open_zone(vt_zone **zone, const vt_import_options *options, const char *of_shop, vt_error *err)
{
    const char *name = options->time_zone != NULL ? options->time_zone : of_shop;
    return name[0] == '\0' || strcmp(name, "UTC") == 0 ? VT_OK : vt_zone_open(zone, name, err);
}

static void begin_source(vt_source *source, vt_shop *shop, const shop_facts *facts)
{
    const vt_import_options *options = source->options;
    const char *unit = options->currency != NULL    ? options->currency
                       : facts->currency[0] != '\0' ? facts->currency
                                                    : "USD";
    source->known = facts->known;
    source->folder = shop == NULL ? NULL : vt_shop_path(shop);
    source->currency_known = options->currency != NULL || facts->currency[0] != '\0';
    memcpy(source->currency, unit, 3);
    source->json = strcmp(options->kind, "amazon") == 0 || strcmp(options->kind, "attributes") == 0;
    vt_buf_init(&source->created, SIZE_MAX / 2);
    vt_buf_init(&source->numbers, SIZE_MAX / 2);
}

static void begin_sink(vt_sink *sink, const vt_record_taker *taker, const shop_facts *facts, int64_t expected)
{
    vt_telling *telling = vt_sink_telling(sink);
    telling->of_shop = strlen(facts->currency) == 3;
    if (telling->of_shop) {
        memcpy(telling->currency, facts->currency, 3);
    }
    if (taker != NULL && taker->keyless) {
        vt_sink_leave_keys(sink);
    }
    vt_sink_expect(sink, expected);
}

/* Into the shop, or to the taker. */
static int run(vt_shop *shop, vt_record_taker *taker, const vt_import_options *given, vt_import_report *report,
               vt_error *err)
{
    const vt_source_kind *kind = NULL;
    vt_store *store = shop == NULL ? NULL : vt_shop_store(shop);
    vt_store *target = given->dry_run ? NULL : store;
    vt_import_options options;
    vt_import_report *result = vt_alloc_zero(1, sizeof *result, err);
    shop_facts facts = {"", "", "", NULL};
    vt_zone *zone = NULL;
    int64_t expected = 0;
    int64_t import_id = 0;
    vt_buf names;
    reading r = {.error = VT_ERROR_INIT};
    vt_record_rules rules;
    vt_buf_init(&names, NAMES_MAX + 16);
    int status = result == NULL ? VT_ERR_NO_MEMORY : check_options(&kind, given, err);
    if (status == VT_OK && shop == NULL && taker == NULL && !given->dry_run) {
        status = vt_fail(err, VT_ERR_USAGE, "no shop to import into");
    }
    if (status != VT_OK) {
        goto out;
    }
    options = *given;
    options.no_header = options.no_header || vt_like_headless(options.like);
    r = (reading){.kind = kind, .shop = store, .error = VT_ERROR_INIT};
    r.source = (vt_source){.options = &options, .currency = "USD"};
    status = vt_import_options_forms(&options, &r.source, err);
    if (status == VT_OK) {
        status = measure(&expected, &options, err);
    }
    if (status == VT_OK) {
        status = join_names(&names, &options, err);
    }
    if (status == VT_OK) {
        status = look_at_shop(store, kind, &facts, err);
    }
    if (status == VT_OK) {
        status = open_zone(&zone, &options, facts.time_zone, err);
    }
    if (status != VT_OK) {
        goto out;
    }
    begin_source(&r.source, shop, &facts);
    r.source.forms.time.zone = zone;
    vt_record_rules_init(&rules);
    set_scale(&rules, &r.source, kind, facts.rating_scale);
    rules.now = vt_now();
    rules.value_name = "rating";
    status = vt_sink_create(&r.source.sink, &rules, options.part, err);
    if (status != VT_OK) {
        goto out;
    }
    begin_sink(r.source.sink, taker, &facts, expected);
    status = target == NULL ? VT_OK : vt_store_begin(target, kind->info.name, names.data, &import_id, err);
    if (status == VT_OK) {
        status = carry_out(&r, target, taker, facts.currency, import_id, result, err);
    }
    if (status == VT_OK) {
        *report = *result;
    } else {
        remove_created(&r.source.created);
    }
out:
    vt_sink_free(r.source.sink);
    vt_buf_done(&r.source.created);
    vt_buf_done(&r.source.numbers);
    vt_known_free(facts.known);
    vt_zone_close(zone);
    vt_buf_done(&names);
    vt_free(result);
    return status;
}

int vt_import(vt_shop *shop, const vt_import_options *options, vt_import_report *report, vt_error *err)
{
    return run(shop, NULL, options, report, err);
}

int vt_import_records(const vt_import_options *options, vt_record_taker *taker, vt_import_report *report, vt_error *err)
{
    return run(NULL, taker, options, report, err);
}

int vt_import_undo(vt_shop *shop, int64_t import_id, vt_import_report *report, vt_error *err)
{
    return vt_store_undo(vt_shop_store(shop), import_id, report, err);
}
