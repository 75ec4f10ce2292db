/* The reader goes line by line: no value that is read here has a line end in it. */
#include "base/toml.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

enum { NAME_MAX_BYTES = 64, VALUE_MAX_BYTES = 4096 };

typedef struct toml {
    const char *name;
    const char *at, *end; /* of the line */
    int line;
    char section[NAME_MAX_BYTES];
    char key[NAME_MAX_BYTES];
    char value[VALUE_MAX_BYTES];
    size_t len; /* of the value */
    vt_toml_type type;
    vt_error *err;
} toml;

static int refuse(const toml *t, const char *what)
{
    return vt_fail(t->err, VT_ERR_FORMAT, "%s:%d: %s", t->name, t->line, what);
}

static void skip_blanks(toml *t)
{
    while (t->at < t->end && (*t->at == ' ' || *t->at == '\t')) {
        t->at++;
    }
}

/* True at the end of the line, or at a comment. */
static bool at_end(toml *t)
{
    skip_blanks(t);
    return t->at == t->end || *t->at == '#';
}

static int expect_end(toml *t, const char *after)
{
    char what[80];
    snprintf(what, sizeof what, "there is more behind %s", after);
    return at_end(t) ? VT_OK : refuse(t, what);
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static int take_name(toml *t, char out[NAME_MAX_BYTES])
{
    const char *begin = t->at;
    while (t->at < t->end && is_name(*t->at)) {
        t->at++;
    }
    size_t len = (size_t)(t->at - begin);
    if (len == 0 || len >= NAME_MAX_BYTES) {
        return refuse(t, "a name of letters, digits, \"_\" and \"-\" is expected");
    }
    memcpy(out, begin, len);
    out[len] = '\0';
    return VT_OK;
}

static int add(toml *t, char c)
{
    if (t->len + 1 >= sizeof t->value) {
        return refuse(t, "the value is longer than 4,095 bytes");
    }
    t->value[t->len++] = c;
    return VT_OK;
}

static int take_escape(toml *t)
{
    static const char escapes[] = "\"\\btnfr", means[] = "\"\\\b\t\n\f\r";
    const char *found = t->at < t->end && *t->at != '\0' ? strchr(escapes, *t->at) : NULL;
    if (found == NULL) {
        return refuse(t, "a backslash stands before one of \" \\ b t n f r here; '...' takes it as it is");
    }
    t->at++;
    return add(t, means[found - escapes]);
}

static int take_text(toml *t)
{
    char quote = *t->at++;
    t->type = VT_TOML_TEXT;
    if (t->end - t->at >= 2 && t->at[0] == quote && t->at[1] == quote) {
        return refuse(t, "strings over several lines are not read here");
    }
    int status = VT_OK;
    while (status == VT_OK && t->at < t->end && *t->at != quote) {
        char c = *t->at++;
        status = c == '\\' && quote == '"' ? take_escape(t) : add(t, c);
    }
    if (status != VT_OK) {
        return status;
    }
    if (t->at == t->end) {
        return refuse(t, "the closing quote is missing");
    }
    t->at++;
    return VT_OK;
}

/* A number or a boolean: what stands up to a blank or a comment. */
static int take_word(toml *t)
{
    int status = VT_OK;
    bool digit = false; /* before: "_" stands between digits */
    for (; status == VT_OK && t->at < t->end && *t->at != ' ' && *t->at != '\t' && *t->at != '#'; t->at++) {
        bool between = *t->at == '_' && digit && t->at + 1 < t->end && t->at[1] >= '0' && t->at[1] <= '9';
        digit = *t->at >= '0' && *t->at <= '9';
        status = between ? VT_OK : add(t, *t->at);
    }
    vt_str text = {t->value, t->len};
    t->value[t->len] = '\0';
    const char *plain = t->value + (t->value[0] == '+' || t->value[0] == '-');
    int64_t whole = 0;
    double real = 0;
    bool leading_zero = plain[0] == '0' && plain[1] >= '0' && plain[1] <= '9';
    if (status != VT_OK) {
        return status;
    }
    if (strcmp(t->value, "true") == 0 || strcmp(t->value, "false") == 0) {
        t->type = VT_TOML_BOOL;
    } else if (!leading_zero && vt_parse_int(&whole, text)) {
        t->type = VT_TOML_INTEGER;
    } else if (!leading_zero && plain[0] >= '0' && plain[0] <= '9' && vt_parse_real(&real, text)) {
        t->type = VT_TOML_REAL;
    } else {
        return refuse(t, "a string in quotes, a number, true or false is expected as the value");
    }
    return VT_OK;
}

static int take_line(toml *t, vt_toml_each each, void *context)
{
    if (at_end(t)) {
        return VT_OK;
    }
    t->len = 0;
    if (*t->at == '[') {
        t->at++;
        skip_blanks(t);
        int status = take_name(t, t->section);
        skip_blanks(t);
        if (status == VT_OK && (t->at == t->end || *t->at != ']')) {
            return refuse(t, "\"]\" is expected behind the name of the section");
        }
        t->at++;
        status = status != VT_OK ? status : expect_end(t, "the section");
        const vt_toml_entry entry = {t->section, NULL, VT_TOML_TEXT, NULL, t->line};
        return status != VT_OK ? status : each(context, &entry, t->err);
    }
    int status = take_name(t, t->key);
    skip_blanks(t);
    if (status == VT_OK && (t->at == t->end || *t->at != '=')) {
        return refuse(t, "\"=\" is expected behind the name");
    }
    if (status != VT_OK) {
        return status;
    }
    t->at++;
    if (at_end(t)) {
        return refuse(t, "the value is missing");
    }
    status = *t->at == '"' || *t->at == '\'' ? take_text(t) : take_word(t);
    status = status != VT_OK ? status : expect_end(t, "the value");
    t->value[t->len] = '\0';
    const vt_toml_entry entry = {t->section, t->key, t->type, t->value, t->line};
    return status != VT_OK ? status : each(context, &entry, t->err);
}

int vt_toml_read(const char *name, vt_str text, vt_toml_each each, void *context, vt_error *err)
{
    toml t = {.name = name, .err = err};
    const char *end = text.ptr + text.len;
    int status = VT_OK;
    if (!vt_utf8_valid(text)) {
        return vt_fail(err, VT_ERR_FORMAT, "%s holds bytes that are no UTF-8", name);
    }
    for (const char *at = text.ptr; status == VT_OK && at < end;) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        t.line++;
        t.at = at;
        t.end = next == NULL ? end : next;
        at = t.end + 1;
        t.end -= t.end > t.at && t.end[-1] == '\r';
        status = take_line(&t, each, context);
    }
    return status;
}
