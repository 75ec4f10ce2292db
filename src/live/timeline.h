/*
 * Order lines and visits of a period as columns: the piece of the snapshot that lies in the period, then the chunks of
 * the tail. What a figure costs grows with the period and the tail, not with the shop.
 *
 *     vt_lines lines;
 *     vt_line_span span;
 *     vt_lines_begin(&lines, view, from, until);
 *     while (vt_lines_next(&lines, &span)) {
 *         for (int64_t i = 0; i < span.n; i++) {
 *             if (vt_lines_counts(&lines, &span, i)) {
 *                 pieces += (double)span.quantity[i];
 *
 * Nothing is allocated; everything is borrowed as long as the view is held. Any thread.
 */
#ifndef VT_LIVE_TIMELINE_H
#define VT_LIVE_TIMELINE_H

#include "dataset/timeline.h"
#include "live/view.h"

/** Lines of a span are at most so many. */
enum { VT_TIMELINE_PIECE = 4096 };

/** A period as a view holds it. Private. */
typedef struct vt_timeline {
    const vt_view *view;
    int64_t from, until; /* from <= time < until */
    int64_t next, end;   /* of the snapshot's piece */
    int64_t tail;        /* position in the view where the next chunk of the tail begins */
} vt_timeline;

/* ---- order lines ------------------------------------------------------------------------------------------------- */

/** Order lines side by side. In the tail other events stand between them: see vt_lines_counts(). */
typedef struct vt_line_span {
    int64_t n;
    const int64_t *time;                                    /* (n) UTC seconds; ascending in the snapshot's piece */
    const int32_t *user, *item, *order, *session;           /* (n) numbers of the view, -1: a guest, or none */
    const float *quantity;                                  /* (n) */
    const int64_t *unit_price, *discount, *cost, *refunded; /* (n) minor units, VT_NONE without */
    const uint8_t *kind, *state;                            /* (n) */
    const uint32_t *at; /* (n) positions in the view; NULL in the tail, where they go on from `begin` */
    int64_t begin;
    const struct vt_memo *told; /* as the lines have it */
} vt_line_span;

typedef struct vt_lines {
    vt_timeline timeline;
    const struct vt_memo *told; /* returns that events tell (told_returns.h), for who sums; NULL: not looked at */
} vt_lines;

/** Lines with from <= time < until; INT64_MIN and INT64_MAX leave a side open. Those without a time are left out. */
void vt_lines_begin(vt_lines *lines, const vt_view *view, int64_t from, int64_t until);

/** The next span; false behind the last, `*span` untouched. */
bool vt_lines_next(vt_lines *lines, vt_line_span *span);

/** The position in the view of line `i`, for its other columns. */
static inline int64_t vt_line_span_at(const vt_line_span *span, int64_t i)
{
    return span->at != NULL ? (int64_t)span->at[i] : span->begin + i;
}

/**
 * Whether line `i` is an order line of the period that is neither replaced nor erased. Cancelled ones count as lines.
 */
static inline bool vt_lines_counts(const vt_lines *lines, const vt_line_span *span, int64_t i)
{
    const vt_timeline *t = &lines->timeline;
    return (span->at != NULL || (span->time[i] >= t->from && span->time[i] < t->until &&
                                 vt_timeline_is_line(span->kind[i], span->time[i]))) &&
           vt_view_shows(t->view, vt_line_span_at(span, i));
}

/* ---- visits ------------------------------------------------------------------------------------------------------ */

/** Visits (views, carts, impressions, clicks) side by side, as vt_line_span. */
typedef struct vt_visit_span {
    int64_t n;
    const int64_t *time;
    const int32_t *user, *item, *session;
    const uint8_t *kind;
    const uint32_t *at;
    int64_t begin;
} vt_visit_span;

typedef struct vt_visits {
    vt_timeline timeline;
} vt_visits;

/** As those of lines. */
void vt_visits_begin(vt_visits *visits, const vt_view *view, int64_t from, int64_t until);
bool vt_visits_next(vt_visits *visits, vt_visit_span *span);
static inline int64_t vt_visit_span_at(const vt_visit_span *span, int64_t i)
{
    return span->at != NULL ? (int64_t)span->at[i] : span->begin + i;
}
static inline bool vt_visits_counts(const vt_visits *visits, const vt_visit_span *span, int64_t i)
{
    const vt_timeline *t = &visits->timeline;
    return (span->at != NULL || (span->time[i] >= t->from && span->time[i] < t->until &&
                                 vt_timeline_is_visit(span->kind[i], span->time[i]))) &&
           vt_view_shows(t->view, vt_visit_span_at(span, i));
}

/* ---- single moments ---------------------------------------------------------------------------------------------- */

/**
 * The time of the first purchase of `user` that is not cancelled, VT_NONE without (or for -1, a guest). O(the user's
 * events in the tail); where something near the user's events of the snapshot was replaced or erased, these are looked
 * through up to the first that counts.
 */
int64_t vt_view_first_order(const vt_view *view, int32_t user);

/** The greatest time of an event of any kind, VT_NONE when there is none. O(tail). */
int64_t vt_view_last_time(const vt_view *view);

#endif
