/* How a customer chooses: first a sub-category, then a product in it. Both are multinomial logits. */
#ifndef VT_SYNTH_CHOICE_H
#define VT_SYNTH_CHOICE_H

#include "base/rng.h"
#include "synth/world.h"

enum { SYNTH_RECENT = 3, SYNTH_BEST = 30 };

/* What the shop and its customers know at the beginning of a day. */
typedef struct synth_day {
    const synth_world *world;
    int day;
    float *base; /* (I) log demand minus elasticity times log of the price relative to launch; -INFINITY: not on sale */
    int64_t *price;   /* (I) paid */
    int64_t *regular; /* (I) */
    int32_t *recent;  /* (U, SYNTH_RECENT) last products bought, -1 without */
    int16_t *recent_day;
    uint32_t *sold;                             /* (30, I) pieces of the last thirty days, a ring */
    uint32_t *sold_30;                          /* (I) their sum */
    int32_t best[SYNTH_CATEGORIES][SYNTH_BEST]; /* bestsellers of the last thirty days, -1 without */
} synth_day;

int synth_day_init(synth_day *state, const synth_world *world, vt_error *err);
void synth_day_done(synth_day *state);

/** Moves to `day`: prices, demand, bestsellers. */
int synth_day_begin(synth_day *state, int day, vt_error *err);

/**
 * Notes a purchase, not `here` where the shop had none; called in order of time after the day's sessions were
 * simulated.
 */
void synth_day_bought(synth_day *state, int32_t customer, int32_t item, bool here);

/* One visit: what the visitor likes now, and the weights of the sub-category looked at. */
typedef struct synth_visit {
    const synth_day *state;
    int32_t customer;
    double budget; /* minor units */
    synth_taste taste;
    int sub;        /* whose weights `weight` holds, -1 for none */
    double *weight; /* (largest sub-category) cumulative */
} synth_visit;

/** Draws a sub-category. */
int synth_choose_sub(const synth_visit *visit, vt_rng *rng);

/** Draws a product of `sub`; -1 when none is on sale. */
int32_t synth_choose_item(synth_visit *visit, int sub, vt_rng *rng);

/** Utility of a product by taste alone, in standard deviations. */
double synth_match(const synth_visit *visit, int32_t item);

#endif
