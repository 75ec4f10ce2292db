/* Numbers, money and times: what is accepted is written and read again to the same value. */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"

static void check_int(vt_str text)
{
    int64_t value = 0;
    int64_t again = 0;
    char written[32];
    if (vt_parse_int(&value, text)) {
        snprintf(written, sizeof written, "%lld", (long long)value);
        fuzz_require(vt_parse_int(&again, vt_str_of(written)) && again == value);
    }
}

static void check_real(vt_str text)
{
    double value = 0;
    double again = 0;
    char written[64];
    if (vt_parse_real(&value, text)) {
        fuzz_require(isfinite(value));
        snprintf(written, sizeof written, "%.17g", value);
        fuzz_require(vt_parse_real(&again, vt_str_of(written)) && again == value);
    }
}

static void check_money(vt_str text, int digits)
{
    int64_t value = 0;
    int64_t again = 0;
    char written[64];
    static const int64_t units[] = {1, 10, 100, 1000};
    if (!vt_parse_money(&value, text, digits)) {
        return;
    }
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t unit = (uint64_t)units[digits];
    int n = snprintf(written, sizeof written, "%s%llu", value < 0 ? "-" : "", (unsigned long long)(size / unit));
    if (digits > 0) {
        snprintf(written + n, sizeof written - (size_t)n, ".%0*llu", digits, (unsigned long long)(size % unit));
    }
    fuzz_require(vt_parse_money(&again, vt_str_of(written), digits) && again == value);
}

static void check_time(vt_str text, const char *unit)
{
    int64_t time = 0;
    int64_t again = 0;
    char written[32];
    vt_error err = VT_ERROR_INIT;
    if (vt_parse_time(&time, text, unit, &err) != VT_OK) {
        fuzz_require(err.code == VT_ERR_FORMAT && err.message[0] != '\0');
        return;
    }
    vt_format_date(written, time);
    vt_format_time(written, time);
    if (time >= vt_days_from_civil(1000, 1, 1) * 86400 && time < vt_days_from_civil(10000, 1, 1) * 86400) {
        fuzz_require(vt_parse_time(&again, vt_str_of(written), NULL, &err) == VT_OK && again == time);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_str text = {(const char *)data, size};
    check_int(text);
    check_real(text);
    for (int digits = 0; digits <= 3; digits++) {
        check_money(text, digits);
    }
    check_time(text, NULL);
    check_time(text, "s");
    check_time(text, "ms");
    vt_str trimmed = vt_trim(text);
    fuzz_require(trimmed.len <= size && vt_trim(trimmed).len == trimmed.len);
    if (vt_utf8_valid(text)) {
        fuzz_require(size == 0 || memchr(data, '\0', size) == NULL);
    }
    return 0;
}
