/*
 * Entry point: parse, run one command, print its result or its error, and exit with the code of the cause. Nothing else
 * happens before the words are parsed, so that help is there at once.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli.h"
#include "vitrine/version.h"

#define OUTPUT_CAP ((size_t)1 << 30)
#define WIDTH_WITHOUT_TERMINAL 120

/* Columns of the terminal behind `fd`, `fallback` when there is none. */
static int terminal_width(int fd, int fallback)
{
    struct winsize size;
    if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
        return size.ws_col;
    }
    return fallback;
}

/* True when --json stands among the words, for errors found before they are parsed. */
static bool asks_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            return true;
        }
    }
    return false;
}

static void set_globals(vt_cli *cli, const vt_args *args)
{
    const char *from_environment = getenv("VITRINE_SHOP");
    if (vt_args_given(args, "shop")) {
        cli->shop = vt_args_text(args, "shop");
        cli->shop_given = true;
    } else if (from_environment != NULL && from_environment[0] != '\0') {
        cli->shop = from_environment;
        cli->shop_given = true;
    } else {
        cli->shop = "shop";
    }
    cli->json = vt_args_given(args, "json");
    cli->quiet = vt_args_given(args, "quiet");
    cli->threads = (int)vt_args_int(args, "threads");
    cli->width = terminal_width(STDOUT_FILENO, WIDTH_WITHOUT_TERMINAL);
}

/* What the library has to say beside its results. */
static void on_log(void *context, vt_log_level level, const char *line)
{
    const vt_cli *cli = context;
    if (level >= VT_LOG_WARNING) {
        vt_display_warn(cli->display, "vitrine: %s", line);
    }
}

static int create_display(vt_cli *cli, vt_error *err)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    bool is_terminal = isatty(STDERR_FILENO) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
    vt_display_options options = {
        .stream = stderr,
        .terminal = is_terminal,
        .quiet = cli->quiet,
        .colour = is_terminal && (no_color == NULL || no_color[0] == '\0'),
        .width = terminal_width(STDERR_FILENO, 80),
        .clock = vt_seconds,
        .interrupted = vt_interrupted,
    };
    int status = vt_display_create(&cli->display, &options, err);
    if (status == VT_OK) {
        cli->progress = vt_display_progress(cli->display);
        vt_log_set(on_log, cli);
    }
    return status;
}

/* What the words ask for. */
static int run(vt_cli *cli, const vt_args *args, vt_error *err)
{
    if (args->help) {
        return args->command == NULL ? vt_help_overview(&cli->out, args->group, err)
                                     : vt_help_command(&cli->out, args->command, err);
    }
    if (args->version) {
        return vt_buf_printf(&cli->out, err, "vitrine %s\n", vt_version());
    }
    if (args->command == NULL && args->group != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "%s needs another word; \"vitrine help %s\" lists them", args->group,
                       args->group);
    }
    if (args->command == NULL) {
        return vt_help_overview(&cli->out, NULL, err);
    }
    set_globals(cli, args);
    int status = create_display(cli, err);
    if (status != VT_OK) {
        return status;
    }
    vt_interrupt_catch();
    status = args->command->run(cli, args, err);
    vt_log_set(NULL, NULL);
    vt_display_free(cli->display);
    cli->display = NULL;
    return status;
}

/* A connection has a file descriptor, and so has each file of 4,096 vectors: 1,024, the usual limit, are few. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); /* where that is refused, the old limit stands */
    }
}

int main(int argc, char **argv)
{
    vt_cli cli = {.json = asks_json(argc, argv)};
    vt_args args = {.command = NULL};
    vt_error err = VT_ERROR_INIT;
    vt_buf_init(&cli.out, OUTPUT_CAP);
    /* A closed pipe or a file that may not grow is an error of the write, not the end of the program. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    allow_many_files();
    int status = vt_args_parse(&args, argc, (const char *const *)argv, vt_commands, vt_n_commands, &err);
    if (status == VT_OK) {
        status = run(&cli, &args, &err);
    }
    if (status != VT_OK) {
        if (!cli.result_stands) {
            vt_buf_clear(&cli.out);
        }
        err.code = (vt_code)status;
        vt_output_error(&cli.out, cli.json && !cli.result_stands, &err);
    }
    vt_error write_error = VT_ERROR_INIT;
    int written = cli.out.len == 0 ? VT_OK : vt_output_write(cli.out.data, cli.out.len, &write_error);
    if (written != VT_OK && status == VT_OK) {
        status = written;
        vt_output_error(&cli.out, false, &write_error);
    }
    vt_buf_done(&cli.out);
    vt_args_done(&args);
    return status;
}
