/*
 * What a user did, as the model reads it: positive events and signals in one row. Private to model.
 */
#ifndef VT_MODEL_FUSION_EVENTS_H
#define VT_MODEL_FUSION_EVENTS_H

#include "vitrine/model.h"

typedef struct vt_fusion vt_fusion;

/**
 * Events by what they say of the user. Positive ones are what is fitted and evaluated; the others are signals
 * (split.h), and what each is worth is learned. Who bought and of whom no signal is known is another one: what was
 * bought then has to say what otherwise views and carts say, so it has weights of its own.
 */
enum { VT_GROUP_TAKEN, VT_GROUP_VIEWED, VT_GROUP_CARTED, VT_GROUP_DISLIKED, VT_GROUP_SINGLE, VT_GROUPS };

/** Whether a group is of positive events: in one history they all are of one, taken or single. */
static inline bool vt_fusion_is_positive(int group)
{
    return group == VT_GROUP_TAKEN || group == VT_GROUP_SINGLE;
}

/** What a user did, as the model reads it. */
typedef struct vt_fusion_event {
    int64_t time;    /* VT_NONE: unknown */
    int32_t item;    /* in the model's order */
    float value;     /* NaN: none */
    float log_count; /* ln(1 + events of the item before it); without times those of the fit */
    uint8_t kind;    /* UINT8_MAX: unknown */
    uint8_t group;
    uint32_t index; /* among the positive ones or, for signals, behind these */
    uint32_t place; /* in the row */
} vt_fusion_event;

/** Group of an event that is no positive one. */
int vt_fusion_group(int kind);

/** Kinds of signals that the model met in its fit, bits 1 << vt_event_kind. */
unsigned vt_fusion_signals(const void *state);

/**
 * Positive events and signals in one row by time, signals first where it is the same; signals on items that are not
 * active, and those whose time is unknown, are left out. `out` has room for all. Gives how many there are. O(N), and a
 * look at a count for each.
 */
size_t vt_fusion_merge(vt_fusion_event *out, const vt_fusion *m, const vt_user_state *state);

/**
 * The events that the network reads, of the `n` that a history has: the newest `length` positive ones
 * and, of the signals between them, at most three in a row. `out` has room for n. Gives how many there are.
 */
size_t vt_fusion_choose_read(vt_fusion_event *out, const vt_fusion_event *event, size_t n, size_t length);

#endif
