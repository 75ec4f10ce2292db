/*
 * Completion scripts for bash, zsh and fish. The rows are written out into the script, so that pressing Tab starts no
 * program; each script finds the command among the words, skipping options and their values, and then offers what the
 * rows of that command allow.
 */
#include <string.h>

#include "cli.h"

/* A text inside single quotes of any of the three shells: quotes, backslashes (fish) and colons (zsh) are left out. */
static int add_phrase(vt_buf *out, const char *text, vt_error *err)
{
    int status = VT_OK;
    for (; *text != '\0' && status == VT_OK; text++) {
        if (*text != '\'' && *text != '\\') {
            char c = *text == ':' ? ',' : *text;
            status = vt_buf_add(out, &c, 1, err);
        }
    }
    return status;
}

/* The words of an option's choices or of a kind of words, joined by blanks. */
static int add_words(vt_buf *out, const char *choices, vt_words words, vt_error *err)
{
    int status = VT_OK;
    const char *text = NULL;
    size_t len = 0;
    for (size_t i = 0; choices != NULL && status == VT_OK && vt_choice_at(choices, i, &text, &len); i++) {
        status = vt_buf_printf(out, err, "%s%.*s", i == 0 ? "" : " ", (int)len, text);
    }
    for (size_t i = 0; choices == NULL && status == VT_OK && (text = vt_words_at(words, i)) != NULL; i++) {
        status = vt_buf_printf(out, err, "%s%s", i == 0 ? "" : " ", text);
    }
    return status;
}

/* Calls `each` for every option of `command`, the global ones last. */
static int each_option(vt_buf *out, const vt_command *command,
                       int (*each)(vt_buf *out, const vt_command *command, const vt_option *option, vt_error *err),
                       vt_error *err)
{
    int status = VT_OK;
    for (const vt_option *const *t = command == NULL ? NULL : command->options; t != NULL && *t != NULL; t++) {
        for (const vt_option *o = *t; o->name != NULL && status == VT_OK; o++) {
            status = each(out, command, o, err);
        }
    }
    for (const vt_option *o = vt_global_options; o->name != NULL && status == VT_OK; o++) {
        status = each(out, command, o, err);
    }
    return status;
}

/* True when no command before number `index` has an option (that takes a value) of this name. */
static bool is_first_of_name(const vt_option *option, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const vt_option *other = vt_option_find(vt_commands[i], option->name, strlen(option->name));
        if (other != NULL && other->type != VT_OPTION_FLAG) {
            return false;
        }
    }
    return true;
}

/* "--shop|--threads|-n": every option that takes a value, parted by `bar`. */
static int add_value_options(vt_buf *out, const char *bar, vt_error *err)
{
    int status = VT_OK;
    const char *gap = "";
    for (const vt_option *o = vt_global_options; o->name != NULL && status == VT_OK; o++) {
        if (o->type != VT_OPTION_FLAG) {
            status = vt_buf_printf(out, err, "%s--%s", gap, o->name);
            gap = bar;
        }
    }
    for (size_t i = 0; i < vt_n_commands; i++) {
        for (const vt_option *const *t = vt_commands[i]->options; t != NULL && *t != NULL; t++) {
            for (const vt_option *o = *t; o->name != NULL && status == VT_OK; o++) {
                if (o->type == VT_OPTION_FLAG || !is_first_of_name(o, i)) {
                    continue;
                }
                status = vt_buf_printf(out, err, "%s--%s", gap, o->name);
                if (status == VT_OK && o->letter != '\0') {
                    status = vt_buf_printf(out, err, "%s-%c", bar, o->letter);
                }
            }
        }
    }
    return status;
}

/* First words of two-word commands, each once. */
static int add_groups(vt_buf *out, const char *bar, vt_error *err)
{
    int status = VT_OK;
    size_t last = 0;
    const char *group = "";
    const char *gap = "";
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        const char *name = vt_commands[i]->name;
        size_t len = strcspn(name, " ");
        if (name[len] == ' ' && (len != last || memcmp(group, name, len) != 0)) {
            status = vt_buf_printf(out, err, "%s%.*s", gap, (int)len, name);
            group = name;
            last = len;
            gap = bar;
        }
    }
    return status;
}

/* The words that may follow `group` ("": first words), joined by blanks. */
static int add_next_words(vt_buf *out, const char *group, size_t len, vt_error *err)
{
    int status = VT_OK;
    size_t last = 0;
    const char *before = "";
    const char *gap = "";
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        const char *name = vt_commands[i]->name;
        if (len > 0 && (strncmp(name, group, len) != 0 || name[len] != ' ')) {
            continue;
        }
        const char *word = len > 0 ? name + len + 1 : name;
        size_t n = strcspn(word, " ");
        if (n == last && memcmp(before, word, n) == 0) {
            continue;
        }
        status = vt_buf_printf(out, err, "%s%.*s", gap, (int)n, word);
        gap = " ";
        before = word;
        last = n;
    }
    return status;
}

/* ---- bash and zsh: the same walk, other words for offering ------------------------------------------------------- */

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
        status = add_words(out, choices, words, err);
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
        status = add_phrase(out, option->help, err);
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
            status = each_option(out, command, shell == BASH ? add_bash_option : add_zsh_option, err);
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
        status = add_next_words(out, "", 0, err);
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
                status = add_next_words(out, group, len, err);
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
static int add_walk(vt_buf *out, dialect shell, vt_error *err)
{
    const char *word = shell == BASH ? "${COMP_WORDS[i]}" : "${words[i]}";
    int status = vt_buf_printf(out, err,
                               "    local command='' i operands=0\n"
                               "    for ((i = %d; i < %s; i++)); do\n"
                               "        case \"%s\" in\n            (",
                               shell == BASH ? 1 : 2, shell == BASH ? "COMP_CWORD" : "CURRENT", word);
    if (status == VT_OK) {
        status = add_value_options(out, "|", err);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err,
                               ") ((i++)) ;;\n            (-*) ;;\n            (*)\n"
                               "                case \"$command\" in\n"
                               "                    ('') command=\"%s\" ;;\n                    (",
                               word);
    }
    if (status == VT_OK) {
        status = add_groups(out, "|", err);
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
        status = add_walk(out, BASH, err);
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
        status = add_walk(out, ZSH, err);
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

/* ---- fish -------------------------------------------------------------------------------------------------------- */

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
                status = add_words(out, choices, option->words, err);
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
        status = add_phrase(out, option->help, err);
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
        status = add_phrase(out, command->summary, err);
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
                status = add_words(out, NULL, o->words, err);
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

static int add_fish(vt_buf *out, vt_error *err)
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
        status = add_value_options(out, " ", err);
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
        status = add_groups(out, " ", err);
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

int vt_completions(vt_buf *out, const char *shell, vt_error *err)
{
    static const struct {
        const char *name;
        int (*add)(vt_buf *out, vt_error *err);
    } shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, shell) == 0) {
            return shells[i].add(out, err);
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "there are no completions for \"%s\"; possible are: bash, zsh, fish", shell);
}
