/* Which form a report has, and putting it in place. */
#include "report.h"

#include <string.h>

#include "base/file.h"

enum { REPORT_BYTES_MAX = 64 << 20 };

static const struct {
    const char *suffix;
    int (*write)(vt_buf *out, const vt_report *report, vt_error *err);
} forms[] = {
    {".html", vt_report_html},
    {".md", vt_report_markdown},
};

enum { FORMS = sizeof forms / sizeof *forms };

static size_t form_of(const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < FORMS; i++) {
        size_t n = strlen(forms[i].suffix);
        if (len > n && strcmp(path + len - n, forms[i].suffix) == 0) {
            return i;
        }
    }
    return FORMS;
}

int vt_report_check(const char *path, vt_error *err)
{
    return form_of(path) < FORMS
               ? VT_OK
               : vt_fail(err, VT_ERR_USAGE, "--report %s: a file that ends in .html or .md is expected", path);
}

int vt_report_write(const char *path, const vt_report *report, vt_error *err)
{
    vt_buf text;
    int status = vt_report_check(path, err);
    if (status != VT_OK) {
        return status;
    }
    vt_buf_init(&text, REPORT_BYTES_MAX);
    status = forms[form_of(path)].write(&text, report, err);
    if (status == VT_OK) {
        status = vt_output_save(path, &text, err);
    }
    vt_buf_done(&text);
    return status;
}

int vt_report_escape(vt_buf *out, vt_str text, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < text.len && status == VT_OK; i++) {
        switch (text.ptr[i]) {
        case '<':
            status = vt_buf_add_text(out, "&lt;", err);
            break;
        case '>':
            status = vt_buf_add_text(out, "&gt;", err);
            break;
        case '&':
            status = vt_buf_add_text(out, "&amp;", err);
            break;
        case '"':
            status = vt_buf_add_text(out, "&quot;", err);
            break;
        default:
            status = vt_buf_add(out, text.ptr + i, 1, err);
        }
    }
    return status;
}

const char *vt_report_group(const vt_report *report, size_t index)
{
    const vt_evaluation *first = &report->rows[0].result;
    for (size_t s = 0; s < first->n_slices; s++) {
        bool new = s == 0 || strcmp(first->slices[s].group, first->slices[s - 1].group) != 0;
        if (new &&index-- == 0) {
            return first->slices[s].group;
        }
    }
    return NULL;
}
