/*
 * HTML to text, as far as product descriptions need it: tags go, block tags end a line, entities are decoded, white
 * space runs together. No parser of documents: what is not well formed stays as text.
 */
#include <string.h>
#include <strings.h>

#include "base/html.h"
#include "import/text.h"

/* Pieces of text with the white space between them held back until the next piece comes. */
typedef struct html_writer {
    vt_buf *out;
    size_t start;
    char gap; /* '\0', ' ' or '\n' */
} html_writer;

static int put(html_writer *w, const void *bytes, size_t len, vt_error *err)
{
    int status = VT_OK;
    if (w->gap != '\0' && w->out->len > w->start) {
        status = vt_buf_add(w->out, &w->gap, 1, err);
    }
    w->gap = '\0';
    return status == VT_OK ? vt_buf_add(w->out, bytes, len, err) : status;
}

static void hold(html_writer *w, char gap)
{
    w->gap = w->gap == '\n' ? '\n' : gap;
}

/* Bytes up to the end of what a script or style holds, its closing tag included; to the end when nothing closes it. */
static size_t hidden(vt_str rest, vt_str name)
{
    for (const char *p = rest.ptr, *end = rest.ptr + rest.len; p < end; p++) {
        p = memchr(p, '<', (size_t)(end - p));
        if (p == NULL) {
            break;
        }
        bool closes = end - p > (ptrdiff_t)name.len + 1 && p[1] == '/' && strncasecmp(p + 2, name.ptr, name.len) == 0;
        if (closes) {
            const char *close = memchr(p, '>', (size_t)(end - p));
            return close == NULL ? rest.len : (size_t)(close + 1 - rest.ptr);
        }
    }
    return rest.len;
}

static bool hides(const vt_html_tag *tag)
{
    return !tag->closing && (vt_text_same(tag->name, "script") || vt_text_same(tag->name, "style"));
}

int vt_text_marked(vt_buf *out, vt_str text, vt_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        vt_html_tag tag;
        uint32_t code = 0;
        vt_str rest = {text.ptr + i, text.len - i};
        if ((text.ptr[i] == '<' && vt_html_read_tag(&tag, rest) > 0) ||
            (text.ptr[i] == '&' && vt_html_read_entity(&code, rest) > 0)) {
            return vt_text_html(out, text, err);
        }
    }
    return text.len == 0 ? VT_OK : vt_buf_add(out, text.ptr, text.len, err);
}

int vt_text_html(vt_buf *out, vt_str text, vt_error *err)
{
    html_writer w = {out, out->len, '\0'};
    const char *p = text.ptr;
    const char *end = text.len == 0 ? p : p + text.len;
    int status = VT_OK;
    while (status == VT_OK && p < end) {
        vt_str rest = {p, (size_t)(end - p)};
        vt_html_tag tag;
        uint32_t code = 0;
        size_t used = *p == '<' ? vt_html_read_tag(&tag, rest) : *p == '&' ? vt_html_read_entity(&code, rest) : 0;
        if (used > 0 && code == 0) {
            if (tag.block) {
                hold(&w, '\n');
            }
            if (hides(&tag)) {
                used += hidden((vt_str){p + used, (size_t)(end - p) - used}, tag.name);
            }
        } else if (used > 0 && code > ' ' && code != 0x7F && code != 0xA0) {
            status = put(&w, "", 0, err);
            status = status == VT_OK ? vt_text_code_point(out, code, err) : status;
        } else if (used > 0 || *p == ' ' || (*p >= '\t' && *p <= '\r')) {
            hold(&w, ' ');
            used = used == 0 ? 1 : used;
        } else {
            const char *from = p++;
            while (p < end && *p != '<' && *p != '&' && *p != ' ' && !(*p >= '\t' && *p <= '\r')) {
                p++;
            }
            status = put(&w, from, (size_t)(p - from), err);
        }
        p += used;
    }
    return status;
}
