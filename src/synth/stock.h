/*
 * Stock that runs out (an option): each product is ordered anew when little is left, arrives some days later, and what
 * is wanted while there is none is lost. Who finds nothing buys it elsewhere: demand is that of the shop without
 * stock-outs, whatever is there. Legend: I products, S spells, L losses.
 */
#ifndef VT_SYNTH_STOCK_H
#define VT_SYNTH_STOCK_H

#include "synth/choice.h"

struct vt_store;

/* A time without stock. */
typedef struct synth_spell {
    int32_t item;
    int64_t from, until; /* UTC seconds; until: the end of the simulation where nothing came any more */
} synth_spell;

/* A piece that was wanted and not there. */
typedef struct synth_loss {
    int32_t item;
    int64_t time;
    int64_t price; /* minor units */
} synth_loss;

typedef struct synth_shelf {
    int32_t pieces, on_order;
    int32_t arrives; /* day */
    int32_t spell;   /* number of the one that goes on, -1: none */
    float foresight; /* orders come when stock is at or under this times what is sold in the lead time */
    int16_t lead;    /* days */
    bool changed;    /* since the store was told */
} synth_shelf;

typedef struct synth_stock {
    synth_shelf *shelf; /* (I) */
    synth_spell *spell; /* (S) by begin */
    size_t n_spells, spell_capacity;
    synth_loss *loss; /* (L) in the order of orders */
    size_t n_losses, loss_capacity;
} synth_stock;

/** Pieces that a product is launched with. */
int32_t synth_stock_first(const synth_world *world, int32_t item);

/** Done with synth_stock_free(). */
int synth_stock_create(synth_stock **out, const synth_world *world, vt_error *err);
void synth_stock_free(synth_stock *stock);

/** The morning of a day: goods arrive, others are ordered by what was sold lately; told to the store. */
int synth_stock_day(synth_stock *stock, const synth_day *state, struct vt_store *store, vt_error *err);

/** Takes a piece at `time`. `*sold` false: there was none, and `price` is lost. */
int synth_stock_take(bool *sold, synth_stock *stock, int32_t item, int64_t time, int64_t price, struct vt_store *store,
                     vt_error *err);

#endif
