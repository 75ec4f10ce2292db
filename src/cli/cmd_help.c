/* vitrine help, man, completions: pages made of the rows. */
#include <string.h>

#include "base/suggest.h"
#include "cli.h"

static int run_help(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *first = vt_args_operand(args, 0);
    const char *second = vt_args_operand(args, 1);
    if (first == NULL) {
        return vt_help_overview(&cli->out, NULL, err);
    }
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s%s%s", first, second == NULL ? "" : " ", second == NULL ? "" : second);
    size_t len = strlen(wanted);
    vt_suggestion near;
    vt_suggestion_init(&near, wanted, len);
    bool group = false;
    for (size_t i = 0; i < vt_n_commands; i++) {
        const char *name = vt_commands[i]->name;
        if (strcmp(name, wanted) == 0) {
            return vt_help_command(&cli->out, vt_commands[i], err);
        }
        group = group || (strncmp(name, wanted, len) == 0 && name[len] == ' ');
        vt_suggestion_offer(&near, name, strlen(name));
    }
    if (group) {
        return vt_help_overview(&cli->out, wanted, err);
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no command \"%s\"; did you mean \"%.*s\"?", wanted,
                       (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no command \"%s\"; \"vitrine help\" lists them all", wanted);
}

static int run_man(vt_cli *cli, const vt_args *args, vt_error *err)
{
    (void)args;
    return vt_man_page(&cli->out, err);
}

static int run_completions(vt_cli *cli, const vt_args *args, vt_error *err)
{
    return vt_completions(&cli->out, vt_args_operand(args, 0), err);
}

const vt_command vt_command_help = {
    .name = "help",
    .summary = "explain a command",
    .operands =
        (const vt_operand[]){
            {.name = "COMMAND",
             .optional = true,
             .repeated = true,
             .words = VT_WORDS_COMMANDS,
             .help = "the command, in one or two words; none: an overview"},
            {.name = NULL},
        },
    .examples = "vitrine help evaluate\nvitrine help shop list",
    .run = run_help,
};

const vt_command vt_command_man = {
    .name = "man",
    .summary = "print the man page",
    .details = "The page is troff: all commands, options, exit codes, files and environment variables.",
    .examples = "vitrine man | man -l -",
    .run = run_man,
};

const vt_command vt_command_completions = {
    .name = "completions",
    .summary = "print a completion script for a shell",
    .operands =
        (const vt_operand[]){
            {.name = "SHELL", .words = VT_WORDS_SHELLS, .help = "bash, zsh or fish"},
            {.name = NULL},
        },
    .examples = "source <(vitrine completions bash)\nvitrine completions fish > "
                "~/.config/fish/completions/vitrine.fish",
    .run = run_completions,
};
