/*
 * Segments of customers by recency, frequency and money (RFM; Hughes 1994, Bult and Wansbeek 1995): when the last order
 * was, how many there were, what they brought, each as a score from 1 to 5 among all customers.
 */
#ifndef VT_INSIGHT_SEGMENTS_H
#define VT_INSIGHT_SEGMENTS_H

#include "insight/sales.h"

typedef enum vt_segment {
    VT_SEGMENT_CHAMPIONS, /**< bought lately and often */
    VT_SEGMENT_LOYAL,     /**< often, not just now */
    VT_SEGMENT_PROMISING, /**< lately, a few times */
    VT_SEGMENT_NEWCOMERS, /**< lately, once */
    VT_SEGMENT_FADING,    /**< neither lately nor long ago, seldom */
    VT_SEGMENT_AT_RISK,   /**< often, but long ago */
    VT_SEGMENT_LOST,      /**< seldom and long ago */
    VT_SEGMENTS
} vt_segment;

/** "champions", ...; static storage. */
const char *vt_segment_name(vt_segment segment);

/** What one may do for a segment: a sentence. */
const char *vt_segment_advice(vt_segment segment);

/** VT_ERR_USAGE names the possible ones. */
int vt_segment_parse(vt_segment *out, const char *name, vt_error *err);

/** All customers as of the end of a period. Init with zeroes, done with vt_segments_done(). Legend: U users. */
typedef struct vt_segments {
    int8_t *of_user;    /**< (U) vt_segment, -1: has no order */
    uint8_t *recency;   /**< (U) 1 to 5: 5 bought last; 0 without an order */
    uint8_t *frequency; /**< (U) 1 to 5 */
    uint8_t *money;     /**< (U) 1 to 5 */
    vt_sums *sums;      /**< (U) over all time up to the end */
    int32_t customers;  /**< with an order */
} vt_segments;

/**
 * Scores and segments of all customers, from all lines up to the end of the scope's period, whatever its filters. Equal
 * values have equal scores. O(lines + U log U).
 */
int vt_segments_find(vt_segments *out, const vt_scope *scope, vt_error *err);
void vt_segments_done(vt_segments *segments);

#endif
