/* Help made of the rows: the overview and a page a command. Text is wrapped at 79 columns. */
#include <string.h>

#include "cli.h"

#define WIDTH 79
#define NAME_COLUMN_MAX 26

int vt_help_wrap(vt_buf *out, const char *text, size_t column, size_t indent, size_t width, vt_error *err)
{
    int status = VT_OK;
    bool fresh = true; /* nothing stands on the line but the indent */
    while (status == VT_OK) {
        text += strspn(text, " ");
        size_t len = strcspn(text, " ");
        if (len == 0) {
            return vt_buf_add(out, "\n", 1, err);
        }
        if (!fresh && column + 1 + len > width) {
            status = vt_buf_printf(out, err, "\n%*s", (int)indent, "");
            column = indent;
            fresh = true;
        }
        if (status == VT_OK && !fresh) {
            status = vt_buf_add(out, " ", 1, err);
            column++;
        }
        if (status == VT_OK) {
            status = vt_buf_add(out, text, len, err);
        }
        column += len;
        fresh = false;
        text += len;
    }
    return status;
}

int vt_help_option_name(vt_buf *out, const vt_option *option, vt_error *err)
{
    int status = VT_OK;
    if (option->letter != '\0') {
        status = vt_buf_printf(out, err, "-%c, ", option->letter);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err, "--%s", option->name);
    }
    if (status == VT_OK && option->value != NULL) {
        status = vt_buf_printf(out, err, " %s", option->value);
    }
    return status;
}

int vt_help_option_text(vt_buf *out, const vt_option *option, vt_error *err)
{
    int status = vt_buf_add_text(out, option->help, err);
    if (status == VT_OK && option->type == VT_OPTION_CHOICE) {
        status = vt_buf_add_text(out, ": ", err);
        const char *choice = NULL;
        size_t len = 0;
        for (size_t i = 0; status == VT_OK && vt_choice_at(option->choices, i, &choice, &len); i++) {
            status = vt_buf_printf(out, err, "%s%.*s", i == 0 ? "" : ", ", (int)len, choice);
        }
    }
    bool real = option->type == VT_OPTION_REAL;
    bool number = real || option->type == VT_OPTION_INT || option->type == VT_OPTION_INTS;
    const char *open = " (";
    if (status == VT_OK && number) {
        status = vt_buf_printf(out, err, real ? " (%g to %g" : " (%.0f to %.0f", option->min, option->max);
        open = "; ";
    }
    if (status == VT_OK && option->repeated) {
        status = vt_buf_printf(out, err, "%smay be repeated", open);
        open = "; ";
    }
    if (status == VT_OK && option->fallback != NULL) {
        status = vt_buf_printf(out, err, "%sdefault %s", open, option->fallback);
        open = "; ";
    }
    return status == VT_OK && open[0] == ';' ? vt_buf_add(out, ")", 1, err) : status;
}

int vt_help_usage(vt_buf *out, const vt_command *command, vt_error *err)
{
    int status = vt_buf_printf(out, err, "vitrine %s", command->name);
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL && status == VT_OK; o++) {
        status = vt_buf_printf(out, err, o->optional ? " [%s%s]" : " %s%s", o->name, o->repeated ? "..." : "");
    }
    if (status == VT_OK && command->options != NULL) {
        status = vt_buf_add_text(out, " [options]", err);
    }
    return status;
}

/* "  name   text" with the text in a column of its own. */
static int print_row(vt_buf *out, vt_str name, const char *text, size_t column, vt_error *err)
{
    int status = vt_buf_printf(out, err, "  %.*s", VT_STR_ARGS(name));
    if (status != VT_OK) {
        return status;
    }
    size_t used = name.len + 2;
    if (used + 2 > column) {
        status = vt_buf_printf(out, err, "\n%*s", (int)column, "");
    } else {
        status = vt_buf_printf(out, err, "%*s", (int)(column - used), "");
    }
    return status == VT_OK ? vt_help_wrap(out, text, column, column, WIDTH, err) : status;
}

/* The rows of one table of options. */
static int print_options(vt_buf *out, const vt_option *table, size_t column, vt_error *err)
{
    vt_buf name;
    vt_buf text;
    vt_buf_init(&name, 4096);
    vt_buf_init(&text, 4096);
    int status = VT_OK;
    for (; table->name != NULL && status == VT_OK; table++) {
        vt_buf_clear(&name);
        vt_buf_clear(&text);
        status = vt_help_option_name(&name, table, err);
        if (status == VT_OK) {
            status = vt_help_option_text(&text, table, err);
        }
        if (status == VT_OK) {
            status = print_row(out, (vt_str){name.data, name.len}, text.data, column, err);
        }
    }
    vt_buf_done(&name);
    vt_buf_done(&text);
    return status;
}

/* Columns that the names of options need, within reason. */
static size_t option_column(const vt_command *command)
{
    size_t widest = 14;
    for (const vt_option *const *t = command->options; t != NULL && *t != NULL; t++) {
        for (const vt_option *o = *t; o->name != NULL; o++) {
            size_t w =
                strlen(o->name) + 2 + (o->letter != '\0' ? 4 : 0) + (o->value == NULL ? 0 : strlen(o->value) + 1);
            widest = w > widest && w <= NAME_COLUMN_MAX ? w : widest;
        }
    }
    return widest + 4;
}

/* Paragraphs parted by empty lines, each wrapped. */
static int print_details(vt_buf *out, const char *details, vt_error *err)
{
    int status = VT_OK;
    while (status == VT_OK && *details != '\0') {
        const char *end = strstr(details, "\n\n");
        size_t len = end == NULL ? strlen(details) : (size_t)(end - details);
        char paragraph[2048];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)len, details);
        status = vt_buf_add(out, "\n", 1, err);
        if (status == VT_OK) {
            status = vt_help_wrap(out, paragraph, 0, 0, WIDTH, err);
        }
        details += len;
        details += strspn(details, "\n");
    }
    return status;
}

static int print_examples(vt_buf *out, const char *examples, vt_error *err)
{
    int status = vt_buf_add_text(out, strchr(examples, '\n') == NULL ? "\nexample:\n" : "\nexamples:\n", err);
    while (status == VT_OK && *examples != '\0') {
        size_t len = strcspn(examples, "\n");
        status = vt_buf_printf(out, err, "  %.*s\n", (int)len, examples);
        examples += len + (examples[len] == '\n' ? 1 : 0);
    }
    return status;
}

int vt_help_command(vt_buf *out, const vt_command *command, vt_error *err)
{
    size_t column = option_column(command);
    int status = vt_buf_printf(out, err, "vitrine %s - %s\n\nusage: ", command->name, command->summary);
    if (status == VT_OK) {
        status = vt_help_usage(out, command, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, command->operands != NULL ? "\n\n" : "\n", err);
    }
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL && status == VT_OK; o++) {
        status = print_row(out, vt_str_of(o->name), o->help, column, err);
    }
    if (status == VT_OK && command->details != NULL) {
        status = print_details(out, command->details, err);
    }
    if (status == VT_OK && command->options != NULL) {
        status = vt_buf_add_text(out, "\noptions:\n", err);
    }
    for (const vt_option *const *t = command->options; t != NULL && *t != NULL && status == VT_OK; t++) {
        status = print_options(out, *t, column, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "\noptions of every command:\n", err);
    }
    if (status == VT_OK) {
        status = print_options(out, vt_global_options, column, err);
    }
    if (status == VT_OK && command->more_help != NULL) {
        status = command->more_help(out, err);
    }
    if (status == VT_OK && command->examples != NULL) {
        status = print_examples(out, command->examples, err);
    }
    return status;
}

int vt_help_overview(vt_buf *out, const char *group, vt_error *err)
{
    int status = VT_OK;
    if (group == NULL) {
        status = vt_buf_add_text(out,
                                 "vitrine - recommends a shop's products and measures how well\n\n"
                                 "usage: vitrine [--shop DIR] COMMAND [options]\n\n",
                                 err);
    } else {
        status = vt_buf_printf(out, err, "usage: vitrine %s COMMAND [options]\n\n", group);
    }
    size_t len = group == NULL ? 0 : strlen(group);
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        const char *name = vt_commands[i]->name;
        if (group == NULL || (strncmp(name, group, len) == 0 && name[len] == ' ')) {
            status = print_row(out, vt_str_of(name), vt_commands[i]->summary, 17, err);
        }
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "\noptions of every command:\n", err);
    }
    if (status == VT_OK) {
        status = print_options(out, vt_global_options, 17, err);
    }
    if (status == VT_OK && group == NULL) {
        status = vt_buf_add_text(
            out, "\n\"vitrine help COMMAND\" explains a command, \"vitrine man\" prints all of it.\n", err);
    }
    return status;
}
