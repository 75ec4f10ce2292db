/* vitrine images fetch: photos that the catalogue names by URL, as files of the shop. */
#include <stdio.h>

#include "base/clock.h"
#include "base/csv.h"
#include "base/file.h"
#include "common.h"
#include "import.h"
#include "vitrine/fetch.h"

#define FAILURES_SHOWN 10

/* Where failures go: the first ones to stderr, all of them to --failures and into the JSON. */
typedef struct failures {
    vt_cli *cli;
    vt_buf csv;
    int64_t count;
    int status; /* of `csv` */
    vt_error err;
} failures;

static void on_failure(void *context, const vt_fetch_failure *failure)
{
    failures *to = context;
    if (to->count++ < FAILURES_SHOWN) {
        vt_display_warn(to->cli->display, "%s: %s", failure->url, failure->reason);
    }
    if (to->status == VT_OK) {
        to->status = vt_csv_write_field(&to->csv, vt_str_of(failure->url), true, &to->err);
    }
    if (to->status == VT_OK) {
        to->status = vt_csv_write_field(&to->csv, vt_str_of(failure->reason), false, &to->err);
    }
    if (to->status == VT_OK) {
        to->status = vt_buf_add(&to->csv, "\n", 1, &to->err);
    }
}

static int print_json(vt_cli *cli, const vt_fetch_report *report, double seconds, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    if (report->import_id == 0) {
        vt_json_null(&w, "import");
    } else {
        vt_json_int(&w, "import", report->import_id);
    }
    vt_json_int(&w, "photos", report->photos);
    vt_json_int(&w, "fetched", report->fetched);
    vt_json_int(&w, "present", report->present);
    vt_json_int(&w, "failed", report->failed);
    vt_json_int(&w, "bytes", report->bytes);
    vt_json_int(&w, "items", report->items);
    vt_json_number(&w, "seconds", seconds);
    return vt_cli_json_end(&w, cli, err);
}

static int print_text(vt_cli *cli, const vt_fetch_report *report, double seconds, vt_error *err)
{
    char bytes[32], time[32];
    vt_table *table = NULL;
    if (report->photos == 0) {
        return vt_buf_add_text(&cli->out, "no item of the shop names a photo by URL\n", err);
    }
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_format_bytes(bytes, report->bytes);
    vt_format_duration(time, seconds);
    vt_pairs_count(table, "photos by URL", report->photos);
    vt_pairs_count(table, "fetched", report->fetched);
    vt_pairs_count(table, "there before", report->present);
    vt_pairs_count(table, "failed", report->failed);
    vt_pairs_text(table, "size", bytes);
    vt_pairs_text(table, "time", time);
    vt_pairs_count(table, "items changed", report->items);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    if (status == VT_OK && report->import_id != 0) {
        status = vt_buf_printf(&cli->out, err, "import %lld (undo: vitrine import --undo %lld)\n",
                               (long long)report->import_id, (long long)report->import_id);
    }
    return status;
}

static int run_fetch(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_fetch_options options;
    vt_fetch_report report = {0};
    failures to = {.cli = cli};
    const char *file = vt_args_text(args, "failures");
    double began = vt_seconds();
    vt_buf_init(&to.csv, (size_t)1 << 30);
    vt_error_reset(&to.err);
    vt_fetch_options_init(&options);
    options.parallel = (int)vt_args_int(args, "parallel");
    options.per_host = (int)vt_args_int(args, "per-host");
    options.seconds = (int)vt_args_int(args, "seconds");
    options.allow_private = vt_args_given(args, "allow-private");
    options.progress = &cli->progress;
    options.on_failure = on_failure;
    options.failure_context = &to;
    to.status = vt_buf_add_text(&to.csv, "url,reason\n", &to.err);
    vt_display_stage(cli->display, "looking for photos");
    int status =
        vt_shop_exists(cli->shop)
            ? vt_fetch_photos(cli->shop, &options, &report, err)
            : vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop in %s; name its folder with --shop DIR", cli->shop);
    vt_display_end(cli->display);
    if (to.count > FAILURES_SHOWN) {
        vt_display_warn(cli->display, "%lld more failed%s", (long long)(to.count - FAILURES_SHOWN),
                        file == NULL ? "; --failures FILE lists them all" : "");
    }
    if (status == VT_OK && to.status != VT_OK) {
        status = vt_fail(err, to.err.code, "%s", to.err.message);
    }
    if (status == VT_OK && file != NULL) {
        status = vt_file_put(file, to.csv.data, to.csv.len, true, err);
    }
    if (status == VT_OK) {
        double seconds = vt_seconds() - began;
        status = cli->json ? print_json(cli, &report, seconds, err) : print_text(cli, &report, seconds, err);
    }
    if (status == VT_OK && report.failed > 0 && report.fetched + report.present == 0) {
        cli->result_stands = true;
        status = vt_fail(err, VT_ERR_IO, "none of the %lld photos could be fetched", (long long)report.photos);
    }
    vt_buf_done(&to.csv);
    return status;
}

static const vt_option fetch_options[] = {
    {.name = "parallel",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "8",
     .min = 1,
     .max = 64,
     .help = "photos at once"},
    {.name = "per-host",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "2",
     .min = 1,
     .max = 64,
     .help = "of them from one host"},
    {.name = "seconds",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "60",
     .min = 1,
     .max = 3600,
     .help = "that one photo may take; a quarter of them below 1 KiB a second ends it too"},
    {.name = "failures",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "write url and reason of every photo that could not be had to FILE, as CSV"},
    {.name = "allow-private", .help = "fetch from private and loopback addresses too, which are refused otherwise"},
    {.name = NULL},
};

const vt_command vt_command_images_fetch = {
    .name = "images fetch",
    .summary = "fetch the photos that items name by URL",
    .details =
        "JPEG, PNG and WebP of at most 20 MiB, by http and https, at most five redirects, without a proxy. Files "
        "go to images/fetched in the shop and stand in the items' lists in place of the URLs; the change can be "
        "undone as an import. What is there is not fetched again, so a run that was stopped goes on.",
    .options = (const vt_option *const[]){fetch_options, NULL},
    .examples = "vitrine --shop s images fetch\nvitrine --shop s images fetch --failures failures.csv",
    .run = run_fetch,
};
