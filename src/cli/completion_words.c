/* Words and phrases of the rows, as the completion scripts of all shells hold them. */
#include "completion_words.h"

#include <string.h>

int vt_complete_phrase(vt_buf *out, const char *text, vt_error *err)
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

int vt_complete_words(vt_buf *out, const char *choices, vt_words words, vt_error *err)
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

int vt_complete_options(vt_buf *out, const vt_command *command,
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

int vt_complete_value_options(vt_buf *out, const char *bar, vt_error *err)
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

int vt_complete_groups(vt_buf *out, const char *bar, vt_error *err)
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

int vt_complete_next_words(vt_buf *out, const char *group, size_t len, vt_error *err)
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
