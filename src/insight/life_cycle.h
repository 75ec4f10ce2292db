/*
 * Where a product stands in its life: introduction, growth, maturity, decline, dead. By rules on its last two quarters
 * of 91 days, beside the course of all products, so that a season of the shop moves nobody. Legend: I items.
 */
#ifndef VT_INSIGHT_LIFE_CYCLE_H
#define VT_INSIGHT_LIFE_CYCLE_H

#include "insight/scope.h"

typedef enum vt_life_stage {
    VT_LIFE_UNKNOWN,      /* never sold, or sold out and not sold for a quarter */
    VT_LIFE_INTRODUCTION, /* the first sale is at most a quarter ago */
    VT_LIFE_GROWTH,       /* more in the last quarter than chance, beside all products and the quarter before */
    VT_LIFE_MATURITY,
    VT_LIFE_DECLINE, /* less */
    VT_LIFE_DEAD,    /* no sale for a quarter in which three pieces at least were to be expected */
    VT_LIFE_STAGES
} vt_life_stage;

/** "introduction", ...; "" for VT_LIFE_UNKNOWN; static storage. */
const char *vt_life_stage_name(vt_life_stage stage);

/** What the rules read of a product. */
typedef struct vt_life_counts {
    int64_t first;      /* time of the first sale; VT_NONE: never */
    double sold;        /* pieces of its whole life */
    double now, before; /* of the last quarter and of the one before */
    bool sold_out;      /* its stock is told, and 0 */
} vt_life_counts;

/** The stage as of `end`, UTC seconds; `course` is pieces of all products in the last quarter over those before. */
vt_life_stage vt_life_stage_of(const vt_life_counts *counts, double course, int64_t end);

/** Stages of all items (I) as of the end of the scope's period, by sales that pass its filters. O(lines). */
int vt_life_stages_find(uint8_t *stage, const vt_scope *scope, vt_error *err);

#endif
