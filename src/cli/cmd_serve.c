/* vitrine serve: the shop over HTTP until somebody stops it; vitrine rest: what it answers to. */
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "settings.h"
#include "vitrine/server.h"

static vt_server *running; /* of the handler below */

static void on_signal(int number)
{
    (void)number;
    vt_server_stop(running);
}

static void catch_signals(vt_server *server)
{
    struct sigaction action;
    running = server;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static void log_line(void *context, vt_server_log_level level, const char *line)
{
    (void)context;
    (void)level;
    fprintf(stderr, "%s\n", line);
}

/* Of the machine, in MiB; 0 where it does not say. */
static int64_t memory_of_machine(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (int64_t)pages * bytes >> 20 : 0;
}

/* Where the dashboard of shops without keys can be opened. */
static void note_first(vt_cli *cli, vt_server *server)
{
    char address[512];
    int status = VT_OK;
    for (size_t i = 0; status != VT_ERR_USAGE; i++) {
        status = vt_server_first_address(address, sizeof address, server, i, NULL);
        if (status == VT_OK) {
            vt_display_note(cli->display, "no key yet: the dashboard opens once, in the next ten minutes, at %s",
                            address);
        }
    }
}

static int serve_with(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_server *server = NULL;
    vt_server_options options;
    bool quiet = !vt_args_given(args, "log") || cli->quiet;
    vt_server_options_init(&options);
    options.shop = cli->shop;
    options.shops = vt_args_text(args, "shops");
    options.listen = vt_args_text(args, "listen");
    options.model = vt_args_text(args, "model");
    options.retrain = vt_args_text(args, "retrain");
    options.train_memory =
        vt_args_given(args, "train-memory") ? vt_args_int(args, "train-memory") : memory_of_machine();
    char program[PATH_MAX] = "";
    ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);
    options.program = len > 0 ? program : NULL;
    options.workers = (int32_t)vt_args_int(args, "workers");
    options.connections = (int32_t)vt_args_int(args, "connections");
    options.idle_seconds = vt_args_real(args, "idle");
    options.total_seconds = vt_args_real(args, "deadline");
    options.without_encoding = vt_args_given(args, "no-encode");
    options.without_warm_up = vt_args_given(args, "no-warm-up");
    options.insecure_local = vt_args_given(args, "insecure-local");
    options.relaxed = vt_args_choice(args, "durability") == 1;
    options.certificate = vt_args_text(args, "certificate");
    options.private_key = vt_args_text(args, "private-key");
    options.origins = vt_args_text(args, "origins");
    options.requests_per_second = vt_args_real(args, "rate");
    options.result_cache = (int32_t)vt_args_int(args, "result-cache");
    options.result_seconds = vt_args_real(args, "result-seconds");
    options.progress = &cli->progress;
    options.log = log_line;
    options.log_least = quiet ? VT_SERVER_WARNING : VT_SERVER_DEBUG;
    int status = vt_server_open(&server, &options, err);
    vt_display_end(cli->display);
    if (status != VT_OK) {
        return status;
    }
    catch_signals(server);
    const char *what = options.shops == NULL ? cli->shop : options.shops;
    vt_display_note(cli->display, "serving %s at %s; the interface is described at %s/docs", what,
                    vt_server_address(server), vt_server_address(server));
    note_first(cli, server);
    if (!options.insecure_local) {
        vt_display_note(cli->display, "a key: vitrine --shop %s%s key create --scope events,read --name storefront",
                        what, options.shops == NULL ? "" : "/NAME");
    }
    status = vt_server_run(server, err);
    vt_display_note(cli->display, "stopping");
    vt_server_close(server);
    return status;
}

static int run_serve(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_settings settings;
    int status = vt_settings_read(&settings, cli, args, err);
    if (status != VT_OK) {
        return status;
    }
    status = serve_with(cli, &settings.args, err);
    vt_settings_done(&settings);
    return status;
}

const vt_option vt_options_serve[] = {
    {.name = "shops",
     .type = VT_OPTION_TEXT,
     .value = "DIR",
     .words = VT_WORDS_FOLDERS,
     .help = "all shops in this folder, each at /shops/NAME/v1/... with keys of its own"},
    {.name = "listen",
     .type = VT_OPTION_TEXT,
     .value = "ADDRESS",
     .fallback = "127.0.0.1:8080",
     .help = "where to answer; port 0 takes a free one"},
    {.name = "model",
     .type = VT_OPTION_TEXT,
     .value = "NAME",
     .help = "the model that answers, whatever is trained (default: what the shop says)"},
    {.name = "retrain",
     .type = VT_OPTION_TEXT,
     .value = "WHEN",
     .help = "when a model is trained: every=6h (or m, d), events=50000 that came since, or off; not given: a first "
             "model once 1,000 events that count are there"},
    {.name = "train-memory",
     .type = VT_OPTION_INT,
     .value = "MIB",
     .min = 0,
     .max = 1 << 30,
     .help = "address space that a training may take, 512 at least, 0: any (default: the memory of the machine)"},
    {.name = "workers",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = 256,
     .help = "threads that answer; 0: as many as processors, 2 at least"},
    {.name = "connections",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "4096",
     .min = 1,
     .max = 100000,
     .help = "at once; more are refused"},
    {.name = "idle",
     .type = VT_OPTION_REAL,
     .value = "SECONDS",
     .fallback = "60",
     .min = 1,
     .max = 86400,
     .help = "until a connection that says nothing is closed"},
    {.name = "deadline",
     .type = VT_OPTION_REAL,
     .value = "SECONDS",
     .fallback = "60",
     .min = 1,
     .max = 86400,
     .help = "that a client may take to send a request, and again to take the reply"},
    {.name = "rate",
     .type = VT_OPTION_REAL,
     .value = "N",
     .fallback = "0",
     .min = 0,
     .max = 1e9,
     .help = "requests a second of one key, or of one address without; 0: any number"},
    {.name = "result-cache",
     .type = VT_OPTION_INT,
     .value = "MIB",
     .fallback = "32",
     .min = 0,
     .max = 1 << 20,
     .help = "memory for lists to be given again while what they hang on is the same, of each shop; 0: each is made"},
    {.name = "result-seconds",
     .type = VT_OPTION_REAL,
     .value = "SECONDS",
     .fallback = "10",
     .min = 0.001,
     .max = 3600,
     .help =
         "that such a list may be old: what others do and the time move it; what its user does always does at once"},
    {.name = "durability",
     .type = VT_OPTION_CHOICE,
     .value = "HOW",
     .fallback = "full",
     .choices = "full|relaxed",
     .help = "full: what is answered is on the disk; relaxed: a power cut can take the last seconds, a kill nothing"},
    {.name = "origins",
     .type = VT_OPTION_TEXT,
     .value = "URLS",
     .help = "whose pages may call from a browser, joined by spaces: \"https://shop.example\""},
    {.name = "certificate",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "PEM certificate, for HTTPS"},
    {.name = "private-key",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "PEM private key of the certificate"},
    {.name = "no-encode", .help = "do not make vectors of new items' texts and photos while they are served"},
    {.name = "no-warm-up", .help = "do not answer what the dashboard asks first before somebody asks"},
    {.name = "insecure-local", .help = "answer without keys, on this machine alone"},
    {.name = "log", .help = "a line of JSON on stderr for each request"},
    {.name = NULL},
};

const vt_command vt_command_serve = {
    .name = "serve",
    .summary = "answer over HTTP, live and durable",
    .details = "A request sees one state of the shop. What is told is on the disk before it is answered, and the next "
               "answer has it. A folder without a shop gets an empty one, which can be filled over HTTP.\n\n"
               "With no model what is popular answers, until the first one is trained, which begins by itself. Models "
               "are trained in a process of its own with low priority, compared on recent events with the one that "
               "answers, as \"vitrine retrain\" does, and swapped without a missed request; what other commands train "
               "or activate is taken up too.\n\n"
               "\"vitrine rest\" prints the interface; a running server has it at /docs and as OpenAPI at "
               "/v1/openapi.json. SIGTERM and Ctrl-C end it when the requests at work are answered.",
    .options = (const vt_option *const[]){vt_options_serve, NULL},
    .examples = "vitrine --shop s serve --insecure-local\n"
                "vitrine --shop s serve --listen 0.0.0.0:8443 --certificate c.pem --private-key k.pem --log",
    .run = run_serve,
};

/* ---- rest -------------------------------------------------------------------------------------------------------- */

static int run_rest(vt_cli *cli, const vt_args *args, vt_error *err)
{
    (void)args;
    vt_text text = {NULL, 0};
    int status = cli->json ? vt_server_openapi(&text, true, err) : vt_server_reference(&text, err);
    status = status == VT_OK ? vt_buf_add(&cli->out, text.data, text.len, err) : status;
    vt_text_free(&text);
    return status;
}

const vt_command vt_command_rest = {
    .name = "rest",
    .summary = "print the REST interface",
    .details = "As Markdown; with --json as OpenAPI 3.1.",
    .examples = "vitrine rest > docs/rest.md\nvitrine rest --json > openapi.json",
    .run = run_rest,
};
