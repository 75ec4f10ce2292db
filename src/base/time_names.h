/* Names in times: months and days of the week in six languages, zones by their short names. */
#ifndef VT_BASE_TIME_NAMES_H
#define VT_BASE_TIME_NAMES_H

#include <stdbool.h>

/**
 * The month (1 to 12) that a name at `*p` says, in English, German, French, Spanish, Italian or Dutch, whole or cut to
 * three letters or more, and `*p` behind it and its point; 0 and `*p` as it was when there is none.
 */
int vt_time_month(const char **p, const char *end);

/** The same of a day of the week, which says nothing more than that it is one. */
bool vt_time_weekday(const char **p, const char *end);

/** Seconds east of UTC of a zone's short name such as "CET" or "PDT". */
bool vt_time_zone_name(const char **p, const char *end, int *offset);

#endif
