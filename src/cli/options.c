/* The parser: words to commands, operands and checked values. It allocates two arrays and changes nothing else. */
#include "option_values.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/suggest.h"

const vt_option vt_global_options[] = {
    {.name = "shop",
     .type = VT_OPTION_TEXT,
     .value = "DIR",
     .words = VT_WORDS_FOLDERS,
     .help = "the shop's folder (default: $VITRINE_SHOP, else ./shop)"},
    {.name = "json", .help = "print the result as JSON"},
    {.name = "quiet", .letter = 'q', .help = "say nothing but results and errors"},
    {.name = "threads",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = VT_THREADS_MAX,
     .help = "threads to use, 0 for all processors"},
    {.name = "version", .help = "print the version"},
    {.name = "help", .letter = 'h', .help = "explain the program, or the command it stands with"},
    {.name = NULL},
};

static bool is_named(const vt_option *option, const char *name, size_t len)
{
    if (len == 1 && option->letter == name[0]) {
        return true;
    }
    return strlen(option->name) == len && memcmp(option->name, name, len) == 0;
}

static const vt_option *find_in(const vt_option *table, const char *name, size_t len)
{
    for (; table->name != NULL; table++) {
        if (is_named(table, name, len)) {
            return table;
        }
    }
    return NULL;
}

const vt_option *vt_option_find(const vt_command *command, const char *name, size_t len)
{
    const vt_option *found = NULL;
    for (const vt_option *const *t = command == NULL ? NULL : command->options; t != NULL && *t != NULL; t++) {
        found = find_in(*t, name, len);
        if (found != NULL) {
            return found;
        }
    }
    return find_in(vt_global_options, name, len);
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

typedef struct parser {
    vt_args args;
    int argc;
    const char *const *argv;
    const vt_command *const *commands;
    size_t n_commands;
} parser;

/* Length of the first word of a command's name. */
static size_t first_word(const vt_command *command)
{
    return strcspn(command->name, " ");
}

static int unknown_command(const parser *p, const char *first, const char *second, vt_error *err)
{
    char wanted[128];
    int printed =
        snprintf(wanted, sizeof wanted, "%s%s%s", first, second == NULL ? "" : " ", second == NULL ? "" : second);
    size_t len = printed < 0 ? 0 : strnlen(wanted, sizeof wanted);
    vt_suggestion near;
    vt_suggestion_init(&near, wanted, len);
    for (size_t i = 0; i < p->n_commands; i++) {
        const char *name = p->commands[i]->name;
        vt_suggestion_offer(&near, name, second == NULL ? first_word(p->commands[i]) : strlen(name));
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE,
                       "there is no command \"%s\"; did you mean \"%.*s\"? \"vitrine help\" lists them all", wanted,
                       (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no command \"%s\"; \"vitrine help\" lists them all", wanted);
}

/* Takes a word as the command's name, its first half or its second half. */
static int take_command(parser *p, const char *word, vt_error *err)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < p->n_commands; i++) {
        const char *name = p->commands[i]->name;
        size_t first = first_word(p->commands[i]);
        if (p->args.group == NULL) {
            if (first != len || memcmp(name, word, len) != 0) {
                continue;
            }
            if (name[first] == ' ') {
                p->args.group = word;
            } else {
                p->args.command = p->commands[i];
            }
            return VT_OK;
        }
        if (first == strlen(p->args.group) && memcmp(name, p->args.group, first) == 0 && name[first] == ' ' &&
            strcmp(name + first + 1, word) == 0) {
            p->args.command = p->commands[i];
            p->args.group = NULL;
            return VT_OK;
        }
    }
    return unknown_command(p, p->args.group == NULL ? word : p->args.group, p->args.group == NULL ? NULL : word, err);
}

/* ---- options ----------------------------------------------------------------------------------------------------- */

static int unknown_option(const parser *p, const char *word, const char *name, size_t len, vt_error *err)
{
    const vt_command *command = p->args.command;
    vt_suggestion near;
    vt_suggestion_init(&near, name, len);
    for (const vt_option *const *t = command == NULL ? NULL : command->options; t != NULL && *t != NULL; t++) {
        for (const vt_option *o = *t; o->name != NULL; o++) {
            vt_suggestion_offer(&near, o->name, strlen(o->name));
        }
    }
    for (const vt_option *o = vt_global_options; o->name != NULL; o++) {
        vt_suggestion_offer(&near, o->name, strlen(o->name));
    }
    int shown = (int)(name - word) + (int)len;
    if (command == NULL) {
        for (size_t i = 0; i < p->n_commands; i++) {
            if (vt_option_find(p->commands[i], name, len) != NULL) {
                return vt_fail(err, VT_ERR_USAGE, "%.*s stands after its command, such as: vitrine %s %.*s", shown,
                               word, p->commands[i]->name, shown, word);
            }
        }
    }
    const char *subject = command == NULL ? "vitrine" : command->name;
    if (near.best != NULL && word[1] == '-') {
        return vt_fail(err, VT_ERR_USAGE, "%s has no option %.*s; did you mean --%.*s?", subject, shown, word,
                       (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_USAGE,
                   "%s has no option %.*s; \"vitrine %s%s\" lists them (a word that begins with \"-\" goes behind --)",
                   subject, shown, word, command == NULL ? "help" : "help ", command == NULL ? "" : command->name);
}

/* Takes the option at argv[*at] and its value, which may be the next word. */
static int take_option(parser *p, int *at, vt_error *err)
{
    const char *word = p->argv[*at];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t len = is_long ? strcspn(name, "=") : 1;
    const char *inline_value = name[len] == '\0' ? NULL : name + len + (is_long || name[len] == '=' ? 1 : 0);
    const vt_option *option = NULL;
    if (!is_long || len > 1) {
        option = vt_option_find(p->args.command, name, len);
    }
    if (option == NULL) {
        return unknown_option(p, word, name, len, err);
    }
    char shown[64];
    snprintf(shown, sizeof shown, is_long ? "--%.*s" : "-%.*s", (int)len, name);
    const char *value = inline_value;
    if (option->type == VT_OPTION_FLAG) {
        if (value != NULL) {
            return vt_fail(err, VT_ERR_USAGE, "%s takes no value, but was given \"%s\"", shown, value);
        }
        value = "";
    } else {
        if (value == NULL && *at + 1 < p->argc && strncmp(p->argv[*at + 1], "--", 2) != 0) {
            value = p->argv[++*at];
        }
        if (value == NULL) {
            return vt_fail(err, VT_ERR_USAGE, "%s needs a value: %s %s (%s)", shown, shown, option->value,
                           option->help);
        }
        int status = vt_option_check(option, shown, value, err);
        if (status != VT_OK) {
            return status;
        }
    }
    p->args.help = p->args.help || strcmp(option->name, "help") == 0;
    p->args.version = p->args.version || strcmp(option->name, "version") == 0;
    p->args.values[p->args.n_values++] = (vt_option_value){option, value};
    return VT_OK;
}

/* Command, options and operands, word by word. */
static int take_words(parser *p, vt_error *err)
{
    bool only_operands = false;
    for (int i = 1; i < p->argc; i++) {
        const char *word = p->argv[i];
        if (!only_operands && strcmp(word, "--") == 0) {
            only_operands = true;
            continue;
        }
        int status = VT_OK;
        if (!only_operands && word[0] == '-' && word[1] != '\0') {
            status = take_option(p, &i, err);
        } else if (p->args.command == NULL) {
            status = take_command(p, word, err);
        } else {
            p->args.operands[p->args.n_operands++] = word;
        }
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

/* Too few or too many operands. */
static int check_operands(const parser *p, vt_error *err)
{
    const vt_command *command = p->args.command;
    size_t wanted = 0;
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL; o++, wanted++) {
        if (wanted >= p->args.n_operands && !o->optional) {
            return vt_fail(err, VT_ERR_USAGE, "%s needs %s (%s); \"vitrine help %s\" says more", command->name, o->name,
                           o->help, command->name);
        }
        if (o->repeated) {
            return VT_OK;
        }
    }
    if (p->args.n_operands > wanted) {
        return vt_fail(err, VT_ERR_USAGE, "%s does not take \"%s\"; \"vitrine help %s\" says what it takes",
                       command->name, p->args.operands[wanted], command->name);
    }
    return VT_OK;
}

/* True when --help or -h stands among the words. */
static bool asks_help(const parser *p)
{
    for (int i = 1; i < p->argc && strcmp(p->argv[i], "--") != 0; i++) {
        if (strcmp(p->argv[i], "--help") == 0 || strcmp(p->argv[i], "-h") == 0) {
            return true;
        }
    }
    return false;
}

int vt_args_parse(vt_args *out, int argc, const char *const *argv, const vt_command *const *commands, size_t n_commands,
                  vt_error *err)
{
    parser p = {.argc = argc, .argv = argv, .commands = commands, .n_commands = n_commands};
    int status = VT_ERR_NO_MEMORY;
    vt_error first = VT_ERROR_INIT;
    size_t most = argc > 0 ? (size_t)argc : 1;
    p.args.values = vt_alloc_zero(most, sizeof *p.args.values, err);
    if (p.args.values == NULL) {
        goto out;
    }
    p.args.operands = vt_alloc_zero(most, sizeof *p.args.operands, err);
    if (p.args.operands == NULL) {
        goto out;
    }
    status = take_words(&p, &first);
    if (asks_help(&p) && (status == VT_OK || p.args.command != NULL || p.args.group != NULL)) {
        p.args.help = true;
        status = VT_OK;
    } else if (status == VT_OK && p.args.command != NULL && !p.args.help && !p.args.version) {
        status = check_operands(&p, &first);
    }
    if (status != VT_OK) {
        status = vt_fail(err, first.code, "%s", first.message);
        goto out;
    }
    *out = p.args;
    p.args.values = NULL;
    p.args.operands = NULL;
out:
    vt_args_done(&p.args);
    return status;
}

void vt_args_done(vt_args *args)
{
    vt_free(args->values);
    vt_free((void *)(uintptr_t)args->operands);
    args->values = NULL;
    args->operands = NULL;
    args->n_values = 0;
    args->n_operands = 0;
}
