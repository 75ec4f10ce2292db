/* Values of records as JSON: money in major units, so that a reader needs no table of currencies. */
#include "base/json_values.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "vitrine/record.h"

void vt_json_time(vt_json_writer *writer, const char *key, int64_t time)
{
    char text[32], iso[40];
    if (time == VT_NONE) {
        vt_json_null(writer, key);
        return;
    }
    vt_format_time(text, time);
    *strchr(text, ' ') = 'T';
    snprintf(iso, sizeof iso, "%sZ", text);
    vt_json_text(writer, key, vt_str_of(iso));
}

void vt_json_money(vt_json_writer *writer, const char *key, int64_t minor, const char *currency)
{
    if (minor == VT_NONE) {
        vt_json_null(writer, key);
        return;
    }
    vt_json_number(writer, key, (double)minor / (double)vt_currency_units(currency));
}

void vt_json_count(vt_json_writer *writer, const char *key, int64_t number)
{
    if (number == VT_NONE) {
        vt_json_null(writer, key);
    } else {
        vt_json_int(writer, key, number);
    }
}
