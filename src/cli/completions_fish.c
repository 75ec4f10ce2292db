/* The completion script for fish: a line an option or word, with the condition under which it is offered. */
#include <string.h>

#include "completion_words.h"

static int add_fish_option(vt_buf *out, const vt_command *command, const vt_option *option, vt_error *err)
{
    int status = vt_buf_add_text(out, "complete -c vitrine", err);
    if (status == VT_OK && command != NULL) {
        status = vt_buf_printf(out, err, " -n '__vitrine_in \"%s\"'", command->name);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err, " -l %s", option->name);
    }
    if (status == VT_OK && option->letter != '\0') {
        status = vt_buf_printf(out, err, " -s %c", option->letter);
    }
    if (status == VT_OK && option->type != VT_OPTION_FLAG) {
        bool files = option->words == VT_WORDS_FILES || option->words == VT_WORDS_FOLDERS;
        status = vt_buf_add_text(out, files ? " -r -F" : " -x", err);
        const char *choices = option->type == VT_OPTION_CHOICE ? option->choices : NULL;
        if (status == VT_OK && (choices != NULL || vt_words_at(option->words, 0) != NULL)) {
            status = vt_buf_add_text(out, " -a '", err);
            if (status == VT_OK) {
                status = vt_complete_words(out, choices, option->words, err);
            }
            if (status == VT_OK) {
                status = vt_buf_add(out, "'", 1, err);
            }
        }
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, " -d '", err);
    }
    if (status == VT_OK) {
        status = vt_complete_phrase(out, option->help, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, "'\n", err) : status;
}

/* The command's last word behind its first ones, and its operands. */
static int add_fish_command(vt_buf *out, const vt_command *command, vt_error *err)
{
    const char *blank = strchr(command->name, ' ');
    int group = blank == NULL ? 0 : (int)(blank - command->name);
    int status = vt_buf_printf(out, err, "complete -c vitrine -n '__vitrine_at \"%.*s\"' -a '%s' -d '", group,
                               command->name, blank == NULL ? command->name : blank + 1);
    if (status == VT_OK) {
        status = vt_complete_phrase(out, command->summary, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "'\n", err);
    }
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL && status == VT_OK; o++) {
        if (o->words == VT_WORDS_FILES || o->words == VT_WORDS_FOLDERS) {
            status = vt_buf_printf(out, err, "complete -c vitrine -n '__vitrine_in \"%s\"' -F\n", command->name);
        } else if (vt_words_at(o->words, 0) != NULL) {
            status = vt_buf_printf(out, err, "complete -c vitrine -n '__vitrine_in \"%s\"' -a '", command->name);
            if (status == VT_OK) {
                status = vt_complete_words(out, NULL, o->words, err);
            }
            if (status == VT_OK) {
                status = vt_buf_add_text(out, "'\n", err);
            }
        }
    }
    for (const vt_option *const *t = command->options; t != NULL && *t != NULL; t++) {
        for (const vt_option *o = *t; o->name != NULL && status == VT_OK; o++) {
            status = add_fish_option(out, command, o, err);
        }
    }
    return status;
}

int vt_complete_fish(vt_buf *out, vt_error *err)
{
    int status = vt_buf_add_text(out,
                                 "# fish completion of vitrine, made by: vitrine completions fish\n"
                                 "function __vitrine_command\n    set -l skip 0\n    set -l found\n"
                                 "    set -l tokens (commandline -opc)\n"
                                 "    for token in $tokens[2..-1]\n        if test $skip = 1\n"
                                 "            set skip 0\n            continue\n        end\n"
                                 "        switch $token\n            case ",
                                 err);
    if (status == VT_OK) {
        status = vt_complete_value_options(out, " ", err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out,
                                 "\n                set skip 1\n            case '-*'\n            case '*'\n"
                                 "                set found $found $token\n        end\n    end\n"
                                 "    string join ' ' -- $found\nend\n"
                                 "function __vitrine_at\n    set -l line (__vitrine_command)\n"
                                 "    test \"$line\" = \"$argv\"\nend\n"
                                 "function __vitrine_in\n    set -l line (__vitrine_command)\n"
                                 "    test \"$line\" = \"$argv\"; or string match -q -- \"$argv *\" \"$line\"\nend\n"
                                 "complete -c vitrine -f\n",
                                 err);
    }
    /* Groups are words too: offered first, without a description of their own. */
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "complete -c vitrine -n '__vitrine_at \"\"' -a '", err);
    }
    if (status == VT_OK) {
        status = vt_complete_groups(out, " ", err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "'\n", err);
    }
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        status = add_fish_command(out, vt_commands[i], err);
    }
    for (const vt_option *o = vt_global_options; o->name != NULL && status == VT_OK; o++) {
        status = add_fish_option(out, NULL, o, err);
    }
    return status;
}
