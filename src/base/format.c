/* Numbers and names for a person. */
#include "base/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "vitrine/record.h"

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
    int64_t unit = vt_currency_units(currency);
    int64_t whole = minor / unit;
    int64_t rest = minor % unit;
    char major[32];
    vt_format_count(major, whole < 0 ? -whole : whole);
    const char *sign = minor < 0 ? "-" : "";
    const char *gap = currency[0] == '\0' ? "" : " ";
    /* The unit in front keeps the zeros behind the point: 1.05 is "105" without its first digit. */
    char fraction[32];
    snprintf(fraction, sizeof fraction, "%lld", (long long)(unit + (rest < 0 ? -rest : rest)));
    snprintf(out, 48, "%s%.24s%s%.8s%s%.3s", sign, major, unit > 1 ? "." : "", fraction + 1, gap, currency);
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

static bool ends_nothing(char c)
{
    return c != '\0' && strchr(" ,;:-(/&", c) != NULL;
}

void vt_format_name(char *out, size_t size, vt_str name)
{
    static const char dots[] = "\xE2\x80\xA6";
    if (name.len < size) {
        memcpy(out, name.ptr, name.len);
        out[name.len] = '\0';
        return;
    }
    size_t most = size - sizeof dots, len = most;
    while (len > 0 && name.ptr[len] != ' ') {
        len--;
    }
    while (len > 0 && ends_nothing(name.ptr[len - 1])) {
        len--;
    }
    if (len < most / 2) { /* a word that fills it */
        len = most;
        while (len > 0 && ((unsigned char)name.ptr[len] & 0xC0U) == 0x80U) {
            len--;
        }
    }
    memcpy(out, name.ptr, len);
    memcpy(out + len, dots, sizeof dots);
}
