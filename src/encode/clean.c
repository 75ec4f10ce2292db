/*
 * From the text of a page to the text on it. Markup is often escaped once more than it should be ("&lt;b&gt;",
 * "&amp;#39;"), so a text in which an entity gave "<" or "&" is read a second time.
 */
#include "encode/clean.h"

#include <strings.h>
#include <utf8proc.h>

#include "base/html.h"
#include "encode/clean_lines.h"

/* What is written, with the white space between two pieces held back until the second comes. */
typedef struct cleaner {
    vt_buf *out;
    size_t start;
    char gap; /* '\0', ' ' or '\n' */
    bool escaped;
} cleaner;

static int put(cleaner *c, const char *bytes, size_t len, vt_error *err)
{
    int status = VT_OK;
    if (c->gap != '\0' && c->out->len > c->start) {
        status = vt_buf_add(c->out, &c->gap, 1, err);
    }
    c->gap = '\0';
    return status == VT_OK ? vt_buf_add(c->out, bytes, len, err) : status;
}

static void hold(cleaner *c, char gap)
{
    c->gap = c->gap == '\n' ? '\n' : gap;
}

static bool is_space(int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
           category == UTF8PROC_CATEGORY_CC;
}

static int put_code(cleaner *c, int32_t code, vt_error *err)
{
    char bytes[4];
    if (is_space(code)) {
        hold(c, code == '\n' ? '\n' : ' ');
        return VT_OK;
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF; /* as a number in an entity */
    utf8proc_ssize_t n = utf8proc_encode_char(surrogate ? 0xFFFD : code, (utf8proc_uint8_t *)bytes);
    return put(c, bytes, (size_t)n, err);
}

static bool is_named(vt_str name, const char *want)
{
    return name.len == strlen(want) && strncasecmp(name.ptr, want, name.len) == 0;
}

/* Bytes from a tag <script> or <style> to its end, which is that of the text when it has none. */
static size_t skip_unread(const char *name, vt_str text)
{
    for (size_t i = 1; i + 2 < text.len; i++) {
        vt_html_tag tag;
        vt_str rest = {text.ptr + i, text.len - i};
        size_t used = rest.ptr[0] == '<' && rest.ptr[1] == '/' ? vt_html_read_tag(&tag, rest) : 0;
        if (used > 0 && is_named(tag.name, name)) {
            return i + used;
        }
    }
    return text.len;
}

/* What a "<" begins; 0 bytes when it is a character like any other. */
static size_t skip_tag(cleaner *c, vt_str text)
{
    vt_html_tag tag;
    size_t used = vt_html_read_tag(&tag, text);
    if (used == 0) {
        return 0;
    }
    bool script = !tag.closing && is_named(tag.name, "script");
    bool style = !tag.closing && is_named(tag.name, "style");
    if (script || style) {
        hold(c, '\n');
        return skip_unread(script ? "script" : "style", text);
    }
    if (tag.block) {
        hold(c, '\n');
    }
    return used;
}

static bool is_plain(char c)
{
    return c > ' ' && c < 0x7F && c != '<' && c != '&';
}

static int clean_pass(cleaner *c, vt_str text, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < text.len;) {
        vt_str rest = {text.ptr + i, text.len - i};
        size_t plain = 0;
        while (plain < rest.len && is_plain(rest.ptr[plain])) {
            plain++;
        }
        if (plain > 0) {
            status = put(c, rest.ptr, plain, err);
            i += plain;
            continue;
        }
        uint32_t entity = 0;
        size_t used = *rest.ptr == '<' ? skip_tag(c, rest) : 0;
        if (used == 0 && *rest.ptr == '&') {
            used = vt_html_read_entity(&entity, rest);
        }
        if (entity != 0) {
            status = put_code(c, (int32_t)entity, err);
            c->escaped = c->escaped || entity == '<' || entity == '&';
        } else if (used == 0) {
            int32_t code = -1;
            utf8proc_ssize_t n =
                utf8proc_iterate((const utf8proc_uint8_t *)rest.ptr, (utf8proc_ssize_t)rest.len, &code);
            used = n > 0 ? (size_t)n : 1;
            status = put_code(c, n > 0 ? code : 0xFFFD, err);
        }
        i += used;
    }
    return status;
}

int vt_text_clean_lines(vt_buf *out, vt_str text, vt_error *err)
{
    size_t start = out->len;
    cleaner c = {.out = out, .start = start};
    int status = clean_pass(&c, text, err);
    if (status == VT_OK && c.escaped) {
        vt_buf again;
        vt_buf_init(&again, out->cap);
        status = vt_buf_add(&again, out->data + start, out->len - start, err);
        out->len = start;
        c = (cleaner){.out = out, .start = start};
        status = status == VT_OK ? clean_pass(&c, (vt_str){again.data, again.len}, err) : status;
        vt_buf_done(&again);
    }
    if (status != VT_OK) {
        out->len = start;
    }
    if (out->data != NULL) {
        out->data[out->len] = '\0';
    }
    return status;
}

int vt_text_clean(vt_buf *out, vt_str text, vt_error *err)
{
    size_t start = out->len;
    int status = vt_text_clean_lines(out, text, err);
    for (size_t i = start; i < out->len; i++) {
        out->data[i] = out->data[i] == '\n' ? ' ' : out->data[i];
    }
    return status;
}
