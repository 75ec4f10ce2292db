/* What leaves the program: stdout with its errors noticed, texts made harmless for a terminal. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <utf8proc.h>

#include "base/file.h"
#include "cli.h"

int vt_output_write(const char *text, size_t len, vt_error *err)
{
    while (len > 0) {
        ssize_t done = write(STDOUT_FILENO, text, len);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return vt_fail_errno(err, errno, "cannot write the result");
        }
        text += done;
        len -= (size_t)done;
    }
    return VT_OK;
}

int vt_output_save(const char *path, const vt_text *text, vt_error *err)
{
    return vt_file_put(path, text->data, text->len, true, err);
}

int vt_cli_save(const vt_cli *cli, const char *path, const vt_text *text, const char *what, vt_error *err)
{
    int status = vt_output_save(path, text, err);
    if (status == VT_OK) {
        vt_display_note(cli->display, "the %s is in %s", what, path);
    }
    return status;
}

/* Controls, and the marks that turn the direction of text around, can make a terminal show what is not there. */
static bool is_harmful(utf8proc_int32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f) || (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0x2028 || point == 0x2029;
}

int vt_output_clean(vt_buf *out, vt_str text, vt_error *err)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    int status = VT_OK;
    for (size_t at = 0; at < text.len && status == VT_OK;) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t len =
            utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + at, (utf8proc_ssize_t)(text.len - at), &point);
        size_t step = len > 0 ? (size_t)len : 1;
        if (len > 0 && (point == '\n' || point == '\t' || point == '\r')) {
            status = vt_buf_add(out, " ", 1, err);
        } else if (len <= 0 || is_harmful(point)) {
            status = vt_buf_add(out, replacement, sizeof replacement - 1, err);
        } else {
            status = vt_buf_add(out, text.ptr + at, step, err);
        }
        at += step;
    }
    return status;
}

int vt_output_error(vt_buf *out, bool json, const vt_error *error)
{
    vt_buf clean;
    vt_buf_init(&clean, sizeof error->message * 4);
    int status = vt_output_clean(&clean, vt_str_of(error->message), NULL);
    fprintf(stderr, "vitrine: %s\n", status == VT_OK && clean.data != NULL ? clean.data : "memory ran out");
    vt_buf_done(&clean);
    if (!json) {
        return VT_OK;
    }
    vt_json_writer writer;
    vt_json_writer_init(&writer, out, false);
    vt_json_object(&writer, NULL);
    vt_json_object(&writer, "error");
    vt_json_text(&writer, "code", vt_str_of(vt_code_name((int)error->code)));
    vt_json_text(&writer, "message", vt_str_of(error->message));
    vt_json_object_end(&writer);
    vt_json_object_end(&writer);
    status = vt_json_writer_done(&writer, NULL);
    return status == VT_OK ? vt_buf_add(out, "\n", 1, NULL) : status;
}
