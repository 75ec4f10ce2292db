/*
 * Routes that bring whole files in and out. A body goes to a file without a name as it comes, and from there through
 * the importers of the program; what is exported is written to such a file first, so that a slow reader holds nothing
 * but it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "serve/batch.h"
#include "serve/handlers.h"
#include "serve/served_shop.h"
#include "vitrine/importer.h"
#include "vitrine/read.h"

/* ---- import ------------------------------------------------------------------------------------------------------ */

typedef struct import_work {
    vt_import_options options;
    vt_import_report report;
    char path[64];
    const char *paths[1];
    size_t n_shown;
    char shown[20][256]; /* the first rejected rows */
} import_work;

static void on_reject(void *context, const vt_import_reject *reject)
{
    import_work *w = context;
    if (w->n_shown < sizeof w->shown / sizeof w->shown[0]) {
        snprintf(w->shown[w->n_shown++], sizeof w->shown[0], "line %lld: %.200s", (long long)reject->line,
                 reject->reason);
    }
}

static int import(void *context, vt_shop *shop, vt_error *err)
{
    vt_call *call = context;
    import_work *w = call->state;
    return vt_import(shop, &w->options, &w->report, err);
}

static void put_counts(vt_json_writer *json, const char *key, const vt_import_counts *counts)
{
    vt_json_object(json, key);
    vt_json_int(json, "added", counts->added);
    vt_json_int(json, "changed", counts->changed);
    vt_json_int(json, "same", counts->same);
    vt_json_object_end(json);
}

static int answer_import(vt_call *call, vt_error *err)
{
    const import_work *w = call->state;
    const vt_import_report *r = &w->report;
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_int(&object.json, "import", r->import_id);
    vt_json_int(&object.json, "rows", r->rows);
    vt_json_int(&object.json, "rejected", r->rejected);
    put_counts(&object.json, "events", &r->events);
    put_counts(&object.json, "items", &r->items);
    put_counts(&object.json, "users", &r->users);
    put_counts(&object.json, "links", &r->links);
    vt_json_array(&object.json, "reasons");
    for (size_t i = 0; i < VT_IMPORT_REASONS && r->reasons[i].count > 0; i++) {
        vt_json_object(&object.json, NULL);
        vt_json_text(&object.json, "reason", vt_str_of(r->reasons[i].reason));
        vt_json_int(&object.json, "rows", r->reasons[i].count);
        vt_json_object_end(&object.json);
    }
    vt_json_array_end(&object.json);
    vt_json_array(&object.json, "first_rejected");
    for (size_t i = 0; i < w->n_shown; i++) {
        vt_json_text(&object.json, NULL, vt_str_of(w->shown[i]));
    }
    vt_json_array_end(&object.json);
    vt_json_text(&object.json, "note", vt_str_of(r->note));
    vt_json_array(&object.json, "notes");
    for (size_t i = 0; i < VT_IMPORT_NOTES && r->notes[i][0] != '\0'; i++) {
        vt_json_text(&object.json, NULL, vt_str_of(r->notes[i]));
    }
    vt_json_array_end(&object.json);
    vt_json_array(&object.json, "unused_columns");
    for (size_t i = 0; i < VT_IMPORT_COLUMNS && r->columns[i].column[0] != '\0'; i++) {
        if (r->columns[i].field[0] == '\0') {
            vt_json_text(&object.json, NULL, vt_str_of(r->columns[i].column));
        }
    }
    vt_json_array_end(&object.json);
    vt_json_int(&object.json, "event_items", r->coverage.items);
    vt_json_int(&object.json, "event_items_in_catalogue", r->coverage.in_catalogue);
    return vt_reply_object_end(call, 200, &object, err);
}

static const vt_query_param import_params[] = {
    {"kind", VT_QUERY_TEXT, false, 0, 0, "csv", NULL,
     "what the file is, as \"vitrine import\" names it: csv, amazon, shopify, ...; not images"},
    {"table", VT_QUERY_CHOICE, false, 0, 0, "events", "events|items|users|item-links|user-links", "of a CSV file"},
    {"map", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "field=column,...: where columns are not named as fields"},
    {"currency", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "of prices without one"},
    {"like", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "of a CSV file: the data set or shop system that it is of"},
    {"encoding", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "utf-8, utf-16 or windows-1252; else told from the bytes"},
    {"no_header", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "the first line is a row; columns are #1, #2, ..."},
    {"no_quotes", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "a quote is a character like others"},
    {"decimal_mark", VT_QUERY_CHOICE, false, 0, 0, NULL, "point|comma",
     "what begins decimals; else told from the file"},
    {"time_unit", VT_QUERY_CHOICE, false, 0, 0, NULL, "s|ms", "of times that are numbers; else told from their size"},
    {"time_format", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "such as %d/%m/%Y; else told from the column"},
    {"time_zone", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "of times that name none; else the shop's"},
    {"rating_scale", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "smallest and largest rating, such as 0:10"},
    {"event_kind", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "kind of rows that name none"},
    {"event_map", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "word=kind,...: what words for kinds mean"},
    {"status_map", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "word=state,...: what statuses of orders mean"},
    {"zero_rating", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "kind of rows with a rating of 0"},
    {"dry_run", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "read and check everything, store nothing"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

/* The parameters as the library's options, which have "-" where they have "_". */
static int set_options(vt_import_options *options, vt_call *call, vt_error *err)
{
    int status = VT_OK;
    for (const vt_query_param *p = import_params; status == VT_OK && p->name != NULL; p++) {
        const char *value =
            p->type == VT_QUERY_FLAG ? (vt_given_flag(call, p->name) ? "true" : NULL) : vt_given_text(call, p->name);
        char name[32];
        snprintf(name, sizeof name, "%s", p->name);
        for (char *c = strchr(name, '_'); c != NULL; c = strchr(c, '_')) {
            *c = '-';
        }
        status = value == NULL ? VT_OK : vt_import_options_set(options, name, value, err);
    }
    if (options->like != NULL || strcmp(options->kind, "csv") != 0) {
        options->table = NULL; /* it has a default, which is for other files */
    }
    return status;
}

static int post_import(vt_call *call, vt_error *err)
{
    import_work *w = vt_arena_alloc(call->arena, 1, sizeof *w, err);
    if (w == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(w, 0, sizeof *w);
    call->state = w;
    if (call->body_file < 0) {
        return vt_fail(err, VT_ERR_FORMAT, "the request has no body; a file to import is expected");
    }
    snprintf(w->path, sizeof w->path, "/proc/self/fd/%d", call->body_file);
    vt_import_options_init(&w->options);
    if (strcmp(vt_given_text(call, "kind"), "images") == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "images are files of the server's disk; \"vitrine import images\" brings them in");
    }
    w->paths[0] = w->path;
    w->options.paths = w->paths;
    w->options.n_paths = 1;
    int status = set_options(&w->options, call, err);
    if (status != VT_OK) {
        return status;
    }
    w->options.on_reject = on_reject;
    w->options.reject_context = w;
    return vt_call_work(call, import, answer_import, err);
}

/* ---- export ------------------------------------------------------------------------------------------------------ */

typedef struct exporting {
    FILE *file;
    const vt_fields *fields;
    char currency[4];
    vt_buf line;
    vt_error *err;
} exporting;

static int write_record(exporting *e, const void *record)
{
    vt_json_writer w;
    vt_buf_clear(&e->line);
    vt_json_writer_init(&w, &e->line, false);
    vt_json_object(&w, NULL);
    vt_fields_write(&w, e->fields, record, e->currency);
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, e->err);
    status = status != VT_OK ? status : vt_buf_add(&e->line, "\n", 1, e->err);
    if (status == VT_OK && fwrite(e->line.data, 1, e->line.len, e->file) != e->line.len) {
        status = vt_fail_errno(e->err, errno, "the export cannot be written");
    }
    return status;
}

static int on_item(void *context, const vt_item *item)
{
    return write_record(context, item);
}

static int on_user(void *context, const vt_user *user)
{
    return write_record(context, user);
}

static int on_event(void *context, const vt_event *event)
{
    return write_record(context, event);
}

static int export_all(exporting *e, vt_shop *shop, const char *table, vt_error *err)
{
    if (strcmp(table, "items") == 0) {
        e->fields = &vt_item_fields;
        return vt_shop_each_item(shop, on_item, e, err);
    }
    if (strcmp(table, "users") == 0) {
        e->fields = &vt_user_fields;
        return vt_shop_each_user(shop, on_user, e, err);
    }
    if (strcmp(table, "events") == 0) {
        e->fields = &vt_event_fields;
        return vt_shop_each_event(shop, on_event, e, err);
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "items, users and events can be exported, not \"%.40s\"", table);
}

static int get_export(vt_call *call, vt_error *err)
{
    exporting e = {.err = err};
    vt_shop *shop = NULL;
    int fd = vt_call_scratch_file(call, err);
    if (fd < 0) {
        return VT_ERR_IO;
    }
    e.file = fdopen(fd, "w+");
    if (e.file == NULL) {
        int code = errno;
        close(fd);
        return vt_fail_errno(err, code, "the export cannot be written");
    }
    vt_buf_init(&e.line, VT_REPLY_BYTES_MAX);
    vt_call_currency(e.currency, call);
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status == VT_OK) {
        status = export_all(&e, shop, call->path_value[0].ptr, err);
        vt_served_shop_reader_back(call->shop, shop);
    }
    if (status == VT_OK && fflush(e.file) != 0) {
        status = vt_fail_errno(err, errno, "the export cannot be written");
    }
    if (status == VT_OK) {
        status = vt_reply_file(call, dup(fileno(e.file)), "application/x-ndjson", err);
    }
    fclose(e.file);
    vt_buf_done(&e.line);
    return status;
}

static const vt_query_param *const imports[] = {import_params, NULL};

const vt_route vt_routes_transfer[] = {
    {
        .method = "POST",
        .path = "/v1/import",
        .name = "postImport",
        .group = "Files",
        .scope = VT_SCOPE_ADMIN,
        .summary = "Import a file",
        .details =
            "The body is the file as it is, maybe compressed, of up to 16 GiB. All of it is stored or nothing; bad "
            "rows are counted and the rest goes on. Other writes wait meanwhile.",
        .params = imports,
        .body = VT_BODY_FILE,
        .answer = "Import",
        .handle = post_import,
    },
    {
        .method = "GET",
        .path = "/v1/export/{table}",
        .name = "getExport",
        .group = "Files",
        .scope = VT_SCOPE_ADMIN,
        .summary = "All items, users or events, one JSON object a line",
        .details = "In the form in which POST takes them.",
        .type = "application/x-ndjson",
        .slow = true,
        .handle = get_export,
    },
    {.method = NULL},
};
