/* vitrine report: the dashboard as one file, once or again and again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "common.h"
#include "engine.h"
#include "insight_options.h"
#include "vitrine/dashboard.h"

enum { PATH_BYTES = 4096 };

static const char default_name[] = "interactive_dashboard.html";

static int read_options(vt_dashboard_options *o, const vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *now = vt_args_text(args, "now");
    vt_dashboard_options_init(o);
    o->name = vt_args_text(args, "title");
    o->customers = (int32_t)vt_args_int(args, "customers");
    o->photos = (int32_t)vt_args_int(args, "photos");
    o->names = vt_args_given(args, "names");
    o->seed = (uint64_t)vt_args_int(args, "seed");
    o->threads = cli->threads;
    o->progress = &cli->progress;
    if (now != NULL && vt_parse_time(&o->now, vt_str_of(now), NULL, NULL) != VT_OK) {
        return vt_fail(err, VT_ERR_USAGE, "--now is \"%.40s\"; a time such as 2026-10-01T08:00:00Z is expected", now);
    }
    return VT_OK;
}

static void note_sizes(vt_cli *cli, const char *path, const vt_text *page, const vt_dashboard_sizes *s, bool names)
{
    vt_display_note(cli->display,
                    "%s: %.2f MB, opens in a browser without a network: %" PRId64 " answers, lists of %" PRId64
                    " customers, %" PRId64 " photos",
                    path, (double)page->len / 1e6, s->answers, s->customers, s->photos);
    vt_display_note(cli->display, names ? "customers' ids are in it: --names"
                                        : "customers are numbers in it; --names writes their ids");
}

/* Writes one report to `path`. */
static int write_report(vt_cli *cli, const vt_args *args, const char *path, vt_error *err)
{
    vt_cli_engine engine = {0};
    vt_dashboard_options options;
    vt_dashboard_sizes sizes;
    vt_text page = {NULL, 0};
    int status = read_options(&options, cli, args, err);
    status = status != VT_OK ? status : vt_cli_open_live(&engine.live, cli, err);
    status = status != VT_OK ? status : vt_cli_open_recommender(&engine, cli, args, VT_CLI_MODEL_OR_NOT, err);
    options.model = engine.model;
    status =
        status != VT_OK ? status : vt_dashboard_html(&page, &sizes, engine.live, engine.recommender, &options, err);
    vt_display_end(cli->display);
    status = status != VT_OK ? status : vt_file_put(path, page.data, page.len, true, err);
    if (status == VT_OK) {
        note_sizes(cli, path, &page, &sizes, options.names);
    }
    vt_text_free(&page);
    vt_cli_engine_done(&engine);
    return status;
}

/* "DIR/2026-12-01.html"; with the time of day where reports come more than once a day. */
static int dated_path(char out[PATH_BYTES], const char *folder, int64_t every, vt_error *err)
{
    char name[64], time[32];
    vt_format_time(time, vt_now());
    snprintf(name, sizeof name, "%.10s%s%.2s%.2s%s.html", time, every < 86400 ? "T" : "",
             every < 86400 ? time + 11 : "", every < 86400 ? time + 14 : "", every < 86400 ? "Z" : "");
    int status = vt_dir_create(folder, err);
    return status != VT_OK ? status : vt_path_join(out, PATH_BYTES, folder, name, err);
}

/* A report that fails is said, and the next one comes in time. */
static int run_every(vt_cli *cli, const vt_args *args, int64_t every, vt_error *err)
{
    const char *folder = vt_args_text(args, "out");
    char path[PATH_BYTES];
    if (folder == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "--every needs --out DIR, the folder for the reports");
    }
    for (int64_t count = 0;; count++) {
        vt_error why = VT_ERROR_INIT;
        double begun = vt_seconds();
        int status = dated_path(path, folder, every, &why);
        status = status != VT_OK ? status : write_report(cli, args, path, &why);
        if (status == VT_ERR_CANCELLED || (status != VT_OK && count == 0)) {
            return vt_fail(err, status, "%s", why.message); /* what fails at once would fail for ever */
        }
        if (status != VT_OK) {
            vt_display_note(cli->display, "no report this time: %s", why.message);
        }
        double left = (double)every - (vt_seconds() - begun);
        const struct timespec pause = {left > 1 ? (time_t)left : 1, 0};
        nanosleep(&pause, NULL);
    }
}

/* "1d", "6h", "30m": seconds. */
static int read_every(int64_t *out, const char *text, vt_error *err)
{
    static const struct {
        char unit;
        int64_t seconds;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end = NULL;
    long long n = strtoll(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text && end[0] == units[i].unit && end[1] == '\0' && n >= 1 && n <= 366) {
            *out = n * units[i].seconds;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "--every is \"%.40s\"; a length such as 1d, 6h or 30m is expected", text);
}

static int run_report(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *out = vt_args_text(args, "out"), *every = vt_args_text(args, "every");
    int64_t seconds = 0;
    if (every == NULL) {
        return write_report(cli, args, out == NULL ? default_name : out, err);
    }
    int status = read_every(&seconds, every, err);
    return status != VT_OK ? status : run_every(cli, args, seconds, err);
}

static const vt_option report_options[] = {
    {.name = "out",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "file to write (default: interactive_dashboard.html); with --every a folder"},
    {.name = "customers",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "12",
     .min = 0,
     .max = 1000,
     .help = "with the recommendations for so many customers, and why; those that the figures name most"},
    {.name = "photos",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "200",
     .min = 0,
     .max = 10000,
     .help = "small photos at most, of the products that the figures name most"},
    {.name = "names", .help = "with customers' ids; else each is \"customer 17\", since files are passed on"},
    {.name = "title", .type = VT_OPTION_TEXT, .value = "TEXT", .help = "name of the shop (default: of its folder)"},
    {.name = "model", .type = VT_OPTION_TEXT, .value = "NAME", .help = "that recommends (default: what the shop says)"},
    {.name = "now", .type = VT_OPTION_TEXT, .value = "TIME", .help = "time that stands for now: 2026-10-01T08:00:00Z"},
    {.name = "every",
     .type = VT_OPTION_TEXT,
     .value = "LENGTH",
     .help = "again and again until it is stopped, 1d, 6h or 30m apart: DIR/2026-10-01.html"},
    {.name = NULL},
};

const vt_command vt_command_report = {
    .name = "report",
    .summary = "write the dashboard as one file",
    .details =
        "The pages that \"vitrine serve\" shows, with the answers for the periods of 7, 30, 90 and 365 days, each "
        "comparison, and one filter at a time inside. The file opens from disk and asks nobody for anything. What "
        "needs a free period, several filters or an encoder says that it needs the server.\n\n"
        "The same shop, options, seed and --now give the same bytes.",
    .options = (const vt_option *const[]){report_options, vt_insight_seed_option, NULL},
    .examples = "vitrine --shop s report\n"
                "vitrine --shop s report --out march.html --now 2026-04-01 --names\n"
                "vitrine --shop s report --every 1d --out reports",
    .run = run_report,
};
