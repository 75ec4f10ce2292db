/*
 * Time zones: what the clock on the wall says at a moment. Read from the system's zone files (TZif, RFC 8536) without
 * touching $TZ, so that each shop has its own zone and threads do not meet.
 */
#ifndef VT_BASE_ZONE_H
#define VT_BASE_ZONE_H

#include <stdint.h>

#include "vitrine/error.h"

typedef struct vt_zone vt_zone;

/**
 * The zone of an IANA name such as "Europe/Berlin", from $TZDIR or /usr/share/zoneinfo; "UTC" needs no file.
 * VT_ERR_NOT_FOUND for an unknown name, VT_ERR_FORMAT for a damaged file. The caller closes it.
 */
int vt_zone_open(vt_zone **out, const char *name, vt_error *err);
void vt_zone_close(vt_zone *zone);

/** The name it was opened with; borrowed. */
const char *vt_zone_name(const vt_zone *zone);

/** Seconds to add to UTC at the moment `time` (UTC seconds). O(log transitions). */
int64_t vt_zone_offset(const vt_zone *zone, int64_t time);

/** Days since 1970-01-01 on the zone's calendar; VT_NONE for VT_NONE. */
int64_t vt_zone_day(const vt_zone *zone, int64_t time);

#endif
