/* How numbers of an answer are written. */
#include "insight/number_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/number.h"

enum { DAY = 86400 };

const char *vt_unit_name(vt_unit unit)
{
    static const char *const names[] = {
        [VT_UNIT_TEXT] = "text",   [VT_UNIT_COUNT] = "count", [VT_UNIT_NUMBER] = "number", [VT_UNIT_MONEY] = "money",
        [VT_UNIT_SHARE] = "share", [VT_UNIT_DAYS] = "days",   [VT_UNIT_DATE] = "date",
    };
    return names[unit];
}

double vt_insight_major(double minor, const char *currency)
{
    return minor / (double)vt_currency_units(currency);
}

double vt_insight_change(double value, double before, vt_unit unit)
{
    if (isnan(value) || isnan(before)) {
        return NAN;
    }
    if (unit == VT_UNIT_SHARE || unit == VT_UNIT_DATE) {
        return value - before;
    }
    return before > 0 ? (value - before) / before : NAN;
}

/* Four digits that count, whole from a thousand on. */
static void format_number(char out[64], double number)
{
    double size = fabs(number);
    int decimals = size >= 1000 || size == 0 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
    snprintf(out, 64, "%.*f", decimals, number);
}

void vt_insight_format(char out[64], double number, vt_unit unit, const char *currency)
{
    if (isnan(number)) {
        memcpy(out, "-", 2);
        return;
    }
    switch (unit) {
    case VT_UNIT_COUNT:
        vt_format_count(out, (int64_t)llround(number));
        break;
    case VT_UNIT_MONEY:
        vt_format_money(out, (int64_t)llround(number), currency);
        break;
    case VT_UNIT_SHARE:
        snprintf(out, 64, "%.1f %%", 100 * number);
        break;
    case VT_UNIT_DAYS:
        snprintf(out, 64, fabs(number) >= 10 ? "%.0f d" : "%.1f d", number);
        break;
    case VT_UNIT_DATE:
        vt_format_date(out, (int64_t)number * DAY);
        break;
    case VT_UNIT_NUMBER:
    case VT_UNIT_TEXT:
        format_number(out, number);
        break;
    }
}

void vt_insight_format_change(char out[64], double value, double before, vt_unit unit)
{
    double change = vt_insight_change(value, before, unit);
    if (isnan(change) || unit == VT_UNIT_DATE) {
        out[0] = '\0';
    } else if (unit == VT_UNIT_SHARE) {
        snprintf(out, 64, "%+.1f pts", 100 * change);
    } else {
        snprintf(out, 64, "%+.1f %%", 100 * change);
    }
}
