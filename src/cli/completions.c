/*
 * Completion scripts for bash, zsh and fish. The rows are written out into the script, so that pressing Tab starts no
 * program; each script finds the command among the words, skipping options and their values, and then offers what the
 * rows of that command allow.
 */
#include <string.h>

#include "completion_words.h"

typedef enum dialect { BASH, ZSH } dialect;

/* What is offered for a kind of words. */
static int add_offer(vt_buf *out, dialect shell, const char *choices, vt_words words, vt_error *err)
{
    int status = VT_OK;
    if (words == VT_WORDS_FILES || words == VT_WORDS_FOLDERS) {
        bool folders = words == VT_WORDS_FOLDERS;
        if (shell == BASH) {
            return vt_buf_printf(out, err,
                                 "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -%c -- \"$cur\")",
                                 folders ? 'd' : 'f');
        }
        return vt_buf_add_text(out, folders ? "_files -/" : "_files", err);
    }
    if (choices == NULL && vt_words_at(words, 0) == NULL) {
        return vt_buf_add_text(out, shell == BASH ? ":" : "_message 'a value'", err);
    }
    status = vt_buf_add_text(out, shell == BASH ? "mapfile -t COMPREPLY < <(compgen -W '" : "compadd -- ", err);
    if (status == VT_OK) {
        status = vt_complete_words(out, choices, words, err);
    }
    return status == VT_OK && shell == BASH ? vt_buf_add_text(out, "' -- \"$cur\")", err) : status;
}

/* One arm of the choice by command and option before the cursor. */
static int add_value_arm(vt_buf *out, dialect shell, const vt_command *command, const vt_option *option, vt_error *err)
{
    if (option->type == VT_OPTION_FLAG) {
        return VT_OK;
    }
    const char *name = command == NULL ? "" : command->name;
    const char *any = command == NULL ? "*" : "";
    int status = vt_buf_printf(out, err, "        (%s'%s:--%s'", any, name, option->name);
    if (status == VT_OK && option->letter != '\0') {
        status = vt_buf_printf(out, err, "|%s'%s:-%c'", any, name, option->letter);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, ") ", err);
    }
    if (status == VT_OK) {
        status = add_offer(out, shell, option->type == VT_OPTION_CHOICE ? option->choices : NULL, option->words, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, "; return ;;\n", err) : status;
}

static int add_value_arms(vt_buf *out, dialect shell, vt_error *err)
{
    int status = vt_buf_add_text(out, "    case \"$command:$prev\" in\n", err);
    for (size_t i = 0; i < vt_n_commands; i++) {
        for (const vt_option *const *t = vt_commands[i]->options; t != NULL && *t != NULL; t++) {
            for (const vt_option *o = *t; o->name != NULL && status == VT_OK; o++) {
                status = add_value_arm(out, shell, vt_commands[i], o, err);
            }
        }
    }
    for (const vt_option *o = vt_global_options; o->name != NULL && status == VT_OK; o++) {
        status = add_value_arm(out, shell, NULL, o, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, "    esac\n", err) : status;
}

/* " --name" for bash. */
static int add_bash_option(vt_buf *out, const vt_command *command, const vt_option *option, vt_error *err)
{
    (void)command;
    return vt_buf_printf(out, err, " --%s", option->name);
}

/* " '--name:help'" for zsh. */
static int add_zsh_option(vt_buf *out, const vt_command *command, const vt_option *option, vt_error *err)
{
    (void)command;
    int status = vt_buf_printf(out, err, " '--%s:", option->name);
    if (status == VT_OK) {
        status = vt_complete_phrase(out, option->help, err);
    }
    return status == VT_OK ? vt_buf_add(out, "'", 1, err) : status;
}

/* The options of each command. */
static int add_option_arms(vt_buf *out, dialect shell, vt_error *err)
{
    int status = vt_buf_add_text(out, "        case \"$command\" in\n", err);
    for (size_t i = 0; i <= vt_n_commands && status == VT_OK; i++) {
        const vt_command *command = i < vt_n_commands ? vt_commands[i] : NULL;
        if (command == NULL) {
            status = vt_buf_add_text(out, "            (*) options=(", err);
        } else {
            status = vt_buf_printf(out, err, "            ('%s') options=(", command->name);
        }
        if (status == VT_OK) {
            status = vt_complete_options(out, command, shell == BASH ? add_bash_option : add_zsh_option, err);
        }
        if (status == VT_OK) {
            status = vt_buf_add_text(out, ") ;;\n", err);
        }
    }
    return status == VT_OK ? vt_buf_add_text(out, "        esac\n", err) : status;
}

/* What may stand as an operand: the next word of a command, or what the rows of operands say. */
static int add_operand_arms(vt_buf *out, dialect shell, vt_error *err)
{
    const char *open = shell == BASH ? "mapfile -t COMPREPLY < <(compgen -W '" : "compadd -- ";
    const char *close = shell == BASH ? "' -- \"$cur\")" : "";
    int status = vt_buf_printf(out, err, "    case \"$command:$operands\" in\n        (':0') %s", open);
    if (status == VT_OK) {
        status = vt_complete_next_words(out, "", 0, err);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err, "%s ;;\n", close);
    }
    const char *group = "";
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        const vt_command *command = vt_commands[i];
        size_t len = strcspn(command->name, " ");
        if (command->name[len] == ' ' && strncmp(group, command->name, len + 1) != 0) {
            group = command->name;
            status = vt_buf_printf(out, err, "        ('%.*s:0') %s", (int)len, group, open);
            if (status == VT_OK) {
                status = vt_complete_next_words(out, group, len, err);
            }
            if (status == VT_OK) {
                status = vt_buf_printf(out, err, "%s ;;\n", close);
            }
        }
        size_t at = 0;
        for (const vt_operand *o = command->operands; o != NULL && o->name != NULL && status == VT_OK; o++, at++) {
            status = o->repeated ? vt_buf_printf(out, err, "        ('%s:'*) ", command->name)
                                 : vt_buf_printf(out, err, "        ('%s:%zu') ", command->name, at);
            if (status == VT_OK) {
                status = add_offer(out, shell, NULL, o->words, err);
            }
            if (status == VT_OK) {
                status = vt_buf_add_text(out, " ;;\n", err);
            }
        }
    }
    return status == VT_OK ? vt_buf_add_text(out, "    esac\n", err) : status;
}

/* Finds `command` and the number of `operands` before the cursor. */
static int add_search(vt_buf *out, dialect shell, vt_error *err)
{
    const char *word = shell == BASH ? "${COMP_WORDS[i]}" : "${words[i]}";
    int status = vt_buf_printf(out, err,
                               "    local command='' i operands=0\n"
                               "    for ((i = %d; i < %s; i++)); do\n"
                               "        case \"%s\" in\n            (",
                               shell == BASH ? 1 : 2, shell == BASH ? "COMP_CWORD" : "CURRENT", word);
    if (status == VT_OK) {
        status = vt_complete_value_options(out, "|", err);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err,
                               ") ((i++)) ;;\n            (-*) ;;\n            (*)\n"
                               "                case \"$command\" in\n"
                               "                    ('') command=\"%s\" ;;\n                    (",
                               word);
    }
    if (status == VT_OK) {
        status = vt_complete_groups(out, "|", err);
    }
    return status == VT_OK ? vt_buf_printf(out, err,
                                           ") command=\"$command %s\" ;;\n"
                                           "                    (*) ((operands++)) ;;\n"
                                           "                esac ;;\n        esac\n    done\n",
                                           word)
                           : status;
}

static int add_bash(vt_buf *out, vt_error *err)
{
    int status = vt_buf_add_text(out,
                                 "# bash completion of vitrine, made by: vitrine completions bash\n"
                                 "_vitrine() {\n"
                                 "    local cur=\"${COMP_WORDS[COMP_CWORD]}\" prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
                                 "    local -a options=()\n    COMPREPLY=()\n",
                                 err);
    if (status == VT_OK) {
        status = add_search(out, BASH, err);
    }
    if (status == VT_OK) {
        status = add_value_arms(out, BASH, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "    if [[ $cur == -* ]]; then\n", err);
    }
    if (status == VT_OK) {
        status = add_option_arms(out, BASH, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out,
                                 "        mapfile -t COMPREPLY < <(compgen -W \"${options[*]}\" -- \"$cur\")\n"
                                 "        return\n    fi\n",
                                 err);
    }
    if (status == VT_OK) {
        status = add_operand_arms(out, BASH, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, "}\ncomplete -F _vitrine vitrine\n", err) : status;
}

static int add_zsh(vt_buf *out, vt_error *err)
{
    int status = vt_buf_add_text(out,
                                 "#compdef vitrine\n# zsh completion of vitrine, made by: vitrine completions zsh\n"
                                 "_vitrine() {\n"
                                 "    local cur=\"${words[CURRENT]}\" prev=\"${words[CURRENT-1]}\"\n"
                                 "    local -a options\n",
                                 err);
    if (status == VT_OK) {
        status = add_search(out, ZSH, err);
    }
    if (status == VT_OK) {
        status = add_value_arms(out, ZSH, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "    if [[ $cur == -* ]]; then\n", err);
    }
    if (status == VT_OK) {
        status = add_option_arms(out, ZSH, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "        _describe -o option options\n        return\n    fi\n", err);
    }
    if (status == VT_OK) {
        status = add_operand_arms(out, ZSH, err);
    }
    return status == VT_OK ? vt_buf_add_text(out,
                                             "}\nif [ \"${funcstack[1]}\" = \"_vitrine\" ]; then\n    _vitrine \"$@\"\n"
                                             "else\n    compdef _vitrine vitrine\nfi\n",
                                             err)
                           : status;
}

int vt_completions(vt_buf *out, const char *shell, vt_error *err)
{
    static const struct {
        const char *name;
        int (*add)(vt_buf *out, vt_error *err);
    } shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", vt_complete_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            return shells[i].add(out, err);
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "there are no completions for \"%s\"; possible are: bash, zsh, fish", shell);
}
