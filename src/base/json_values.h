/* Values of records as JSON. */
#ifndef VT_BASE_JSON_VALUES_H
#define VT_BASE_JSON_VALUES_H

#include "base/json.h"

/** A time as ISO 8601 has it, in UTC ("2026-10-01T08:00:00Z"); null for VT_NONE. */
void vt_json_time(vt_json_writer *writer, const char *key, int64_t time);

/** Money in major units, null for VT_NONE. */
void vt_json_money(vt_json_writer *writer, const char *key, int64_t minor, const char *currency);

/** A whole number, null for VT_NONE. */
void vt_json_count(vt_json_writer *writer, const char *key, int64_t number);

#endif
