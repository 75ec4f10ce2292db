/* The man page, made of the same rows as the help. Renders without warnings in groff and mandoc. */
#include <string.h>

#include "cli.h"
#include "vitrine/version.h"

/* Text for troff: backslashes, hyphens that are meant, and lines that would be requests. */
static int add_text(vt_buf *out, const char *text, size_t len, vt_error *err)
{
    int status = VT_OK;
    bool line_start = out->len == 0 || out->data[out->len - 1] == '\n';
    for (size_t i = 0; i < len && status == VT_OK; i++) {
        char c = text[i];
        if (line_start && (c == '.' || c == '\'')) {
            status = vt_buf_add_text(out, "\\&", err);
        }
        if (status != VT_OK) {
            break;
        }
        if (c == '\\') {
            status = vt_buf_add_text(out, "\\e", err);
        } else if (c == '-') {
            status = vt_buf_add_text(out, "\\-", err);
        } else if (c == '\'') {
            status = vt_buf_add_text(out, "\\(aq", err);
        } else if (c == '^') {
            status = vt_buf_add_text(out, "\\(ha", err);
        } else if (c == '~') {
            status = vt_buf_add_text(out, "\\(ti", err);
        } else {
            status = vt_buf_add(out, &c, 1, err);
        }
        line_start = c == '\n';
    }
    return status;
}

static int add_line(vt_buf *out, const char *text, vt_error *err)
{
    int status = add_text(out, text, strlen(text), err);
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

/* ".TP", a bold name, a text. */
static int add_entry(vt_buf *out, const char *name, const char *text, vt_error *err)
{
    int status = vt_buf_add_text(out, ".TP\n\\fB", err);
    if (status == VT_OK) {
        status = add_text(out, name, strlen(name), err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "\\fR\n", err);
    }
    return status == VT_OK ? add_line(out, text, err) : status;
}

static int add_options(vt_buf *out, const vt_option *table, vt_error *err)
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
            status = add_entry(out, name.data, text.data, err);
        }
    }
    vt_buf_done(&name);
    vt_buf_done(&text);
    return status;
}

/* Lines shown as they are. */
static int add_verbatim(vt_buf *out, const char *text, vt_error *err)
{
    int status = vt_buf_add_text(out, ".PP\n.nf\n", err);
    if (status == VT_OK) {
        status = add_line(out, text, err);
    }
    return status == VT_OK ? vt_buf_add_text(out, ".fi\n", err) : status;
}

/* Paragraphs parted by empty lines. */
static int add_details(vt_buf *out, const char *details, vt_error *err)
{
    int status = VT_OK;
    while (status == VT_OK && *details != '\0') {
        const char *end = strstr(details, "\n\n");
        size_t len = end == NULL ? strlen(details) : (size_t)(end - details);
        status = vt_buf_add_text(out, ".PP\n", err);
        if (status == VT_OK) {
            status = add_text(out, details, len, err);
        }
        if (status == VT_OK) {
            status = vt_buf_add(out, "\n", 1, err);
        }
        details += len;
        details += strspn(details, "\n");
    }
    return status;
}

static int add_more(vt_buf *out, const vt_command *command, vt_error *err)
{
    vt_buf more;
    vt_buf_init(&more, (size_t)1 << 20);
    int status = command->more_help(&more, err);
    if (status == VT_OK && more.len > 0) {
        while (more.len > 0 && more.data[more.len - 1] == '\n') {
            more.data[--more.len] = '\0';
        }
        status = add_verbatim(out, more.data + strspn(more.data, "\n"), err);
    }
    vt_buf_done(&more);
    return status;
}

static int add_command(vt_buf *out, const vt_command *command, vt_error *err)
{
    int status = vt_buf_add_text(out, ".SS \"", err);
    if (status == VT_OK) {
        status = vt_help_usage(out, command, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, "\"\n", err);
    }
    if (status == VT_OK) {
        status = add_text(out, command->summary, strlen(command->summary), err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, ".\n", err);
    }
    for (const vt_operand *o = command->operands; o != NULL && o->name != NULL && status == VT_OK; o++) {
        status = add_entry(out, o->name, o->help, err);
    }
    if (status == VT_OK && command->details != NULL) {
        status = add_details(out, command->details, err);
    }
    for (const vt_option *const *t = command->options; t != NULL && *t != NULL && status == VT_OK; t++) {
        status = add_options(out, *t, err);
    }
    if (status == VT_OK && command->more_help != NULL) {
        status = add_more(out, command, err);
    }
    if (status == VT_OK && command->examples != NULL) {
        status = add_verbatim(out, command->examples, err);
    }
    return status;
}

/* Fixed sections behind the commands. */
static const struct {
    const char *section; /* NULL: another entry of the section before */
    const char *name;
    const char *text;
} entries[] = {
    {"FILES", "shop/store.db", "the shop's rows: items, users, events, links, histories, imports"},
    {NULL, "shop/snapshots/*.vsnap", "frozen interactions that models are fitted and evaluated on"},
    {NULL, "shop/models/*.safetensors", "fitted models, one self-described file each"},
    {"ENVIRONMENT", "VITRINE_SHOP", "the shop's folder where --shop is not given"},
    {NULL, "NO_COLOR", "when set and not empty, progress is drawn without colour"},
};

int vt_man_page(vt_buf *out, vt_error *err)
{
    int status =
        vt_buf_printf(out, err,
                      ".TH VITRINE 1 \"\" \"vitrine %s\" \"User Commands\"\n.SH NAME\nvitrine \\- recommends a "
                      "shop\\(aqs products and measures how well\n.SH SYNOPSIS\n.B vitrine\n"
                      "[\\fB\\-\\-shop\\fR \\fIDIR\\fR] \\fICOMMAND\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n",
                      vt_version());
    if (status == VT_OK) {
        status =
            add_line(out,
                     "Vitrine learns from what a shop's customers did and what its products say, recommends products, "
                     "and measures the recommendations under named protocols. A shop is a folder. The result of a "
                     "command goes to standard output, progress and errors go to standard error.",
                     err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, ".SH OPTIONS OF EVERY COMMAND\n", err);
    }
    if (status == VT_OK) {
        status = add_options(out, vt_global_options, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, ".SH COMMANDS\n", err);
    }
    for (size_t i = 0; i < vt_n_commands && status == VT_OK; i++) {
        status = add_command(out, vt_commands[i], err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(out, ".SH EXIT STATUS\n", err);
    }
    size_t n = 0;
    const vt_code_info *codes = vt_codes(&n);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", (int)codes[i].code);
        status = add_entry(out, number, codes[i].meaning, err);
    }
    for (size_t i = 0; i < sizeof entries / sizeof entries[0] && status == VT_OK; i++) {
        if (entries[i].section != NULL) {
            status = vt_buf_printf(out, err, ".SH %s\n", entries[i].section);
        }
        if (status == VT_OK) {
            status = add_entry(out, entries[i].name, entries[i].text, err);
        }
    }
    return status;
}
