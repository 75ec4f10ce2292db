/* What leaves the program: stdout with its errors noticed, texts made harmless for a terminal, numbers for a person. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <utf8proc.h>

#include "base/file.h"
#include "base/number.h"
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

int vt_output_save(const char *path, const vt_buf *bytes, vt_error *err)
{
    vt_file_writer *writer = NULL;
    int status = vt_file_writer_open(&writer, path, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_file_write(writer, bytes->data, bytes->len, err);
    if (status != VT_OK) {
        vt_file_writer_abort(writer);
        return status;
    }
    return vt_file_writer_commit(writer, err);
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

void vt_format_count(char out[32], int64_t number)
{
    if (number == VT_NONE) {
        memcpy(out, "-", 2);
        return;
    }
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(number < 0 ? -number : number));
    size_t at = 0;
    if (number < 0) {
        out[at++] = '-';
    }
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

void vt_format_money(char out[48], int64_t minor, const char *currency)
{
    if (minor == VT_NONE) {
        memcpy(out, "-", 2);
        return;
    }
    int digits = vt_currency_digits(currency);
    int64_t unit = 1;
    for (int i = 0; i < digits; i++) {
        unit *= 10;
    }
    int64_t whole = minor / unit;
    int64_t rest = minor % unit;
    char major[32];
    vt_format_count(major, whole < 0 ? -whole : whole);
    const char *sign = minor < 0 ? "-" : "";
    const char *gap = currency[0] == '\0' ? "" : " ";
    /* The unit in front keeps the zeros behind the point: 1.05 is "105" without its first digit. */
    char fraction[32];
    snprintf(fraction, sizeof fraction, "%lld", (long long)(unit + (rest < 0 ? -rest : rest)));
    snprintf(out, 48, "%s%.24s%s%.8s%s%.3s", sign, major, digits > 0 ? "." : "", fraction + 1, gap, currency);
}

void vt_format_bytes(char out[32], int64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024) {
        snprintf(out, 32, "%lld B", (long long)bytes);
        return;
    }
    double size = (double)bytes / 1024;
    size_t unit = 0;
    while (size >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        size /= 1024;
        unit++;
    }
    snprintf(out, 32, "%.1f %s", size, units[unit]);
}

void vt_format_duration(char out[32], double seconds)
{
    if (seconds < 0.9995) {
        snprintf(out, 32, "%.0f ms", seconds * 1000);
    } else if (seconds < 59.95) {
        snprintf(out, 32, "%.1f s", seconds);
    } else {
        long long whole = (long long)(seconds + 0.5);
        snprintf(out, 32, "%lld min %lld s", whole / 60, whole % 60);
    }
}

void vt_format_real(char out[32], double number, int decimals)
{
    if (isnan(number)) {
        memcpy(out, "-", 2);
    } else {
        snprintf(out, 32, "%.*f", decimals, number);
    }
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
