/*
 * The simulated world: products, customers and the parameters they follow. Everything is drawn from streams keyed by
 * the seed and by what it is for, so that order of work and number of threads do not matter.
 *
 * Legend: I products, U customers. Money in minor units, days since the first day of the simulation.
 */
#ifndef VT_SYNTH_WORLD_H
#define VT_SYNTH_WORLD_H

#include <stdbool.h>

#include "synth/words.h"
#include "vitrine/generator.h"

enum {
    SYNTH_DAYS = 731, /* 2024-01-01 to 2025-12-31 */
    SYNTH_ARCHETYPES = 24,
    SYNTH_PRICE_CHANGES = 4,
    SYNTH_PROMOTIONS = 6,
    SYNTH_SLOTS = 6, /* positions of the old recommender's list */
    SYNTH_REGIONS = 6,
    SYNTH_AGES = 6,
    SYNTH_FRIENDS = 8,
    SYNTH_LINES_MAX = 12 /* of an order */
};

#define SYNTH_FIRST_SECOND INT64_C(1704067200) /* 2024-01-01 00:00:00 UTC */

/* Parameters of the simulation that do not depend on its size; they go to truth.json as they stand. */
typedef struct synth_truth {
    double taste_deviation;                                      /* of the utility of a product to a customer */
    double share_category, share_brand, share_words, share_look; /* of its variance, sum 1 */
    double share_individual;                                     /* of each channel; the rest is the archetype's */
    double drift_share;                                          /* customers whose archetype changes once */
    double bg_r, bg_a, bg_b;         /* BG/NBD; alpha (days) is found for the number of orders */
    double gg_p, gg_q, gg_v;         /* gamma-gamma of the order value, minor units */
    double friend_boost;             /* log units, for what a friend bought in the last 30 days */
    double repeat_penalty;           /* log units, for what the customer already has */
    double complement_rate;          /* of lines followed by the product's partner */
    double examination[SYNTH_SLOTS]; /* chance that a slot is looked at */
    double budget_penalty;           /* log units, times the squared log of price over budget, above it */
    double guest_share;              /* of those with two orders or more */
    double return_base;              /* chance of a return, before taste and quality */
    double stars_base, stars_match, stars_quality, stars_noise, mishap_share; /* of ratings */
} synth_truth;

typedef struct synth_promotion {
    int first_day, last_day; /* inclusive */
    double factor;           /* price times this */
} synth_promotion;

typedef struct synth_item {
    int sub, brand, style;
    int noun, material, use, adjective;
    int colour, second_colour, pattern;
    int64_t price, cost; /* at launch */
    double quality;      /* log units */
    double appeal;       /* log units: quality and luck */
    double elasticity;
    double trend;      /* log units a year */
    bool intermittent; /* sold in bursts only */
    int partner;       /* bought together, -1 without */
    int launch_day;
    int change_day[SYNTH_PRICE_CHANGES]; /* ascending */
    double change_factor[SYNTH_PRICE_CHANGES];
    synth_promotion promotion[SYNTH_PROMOTIONS];
    int n_photos;
} synth_item;

typedef struct synth_customer {
    int archetype, later_archetype;
    int drift_day; /* SYNTH_DAYS: never */
    int first_day;
    int region, age;
    bool premium;
    bool guest;     /* the first order of several is made without an account */
    double rate;    /* lambda, orders a day while alive */
    double dropout; /* p, chance to leave after an order */
    double spend;   /* mean order value, minor units */
    double death;   /* day of leaving, SYNTH_DAYS when still there */
    int n_friends;
    int32_t friends[SYNTH_FRIENDS];
} synth_customer;

/* What a customer likes, one number an alternative, unit variance each. */
typedef struct synth_taste {
    float category[SYNTH_CATEGORIES];
    float sub[SYNTH_SUBS];
    float brand[SYNTH_BRANDS];
    float colour[SYNTH_COLOURS];
    float pattern[SYNTH_PATTERNS];
    float material[SYNTH_SUBS][SYNTH_MATERIALS];
    float use[SYNTH_SUBS][SYNTH_USES];
} synth_taste;

/* One order to come. */
typedef struct synth_order {
    int32_t customer;
    int32_t number; /* of the customer's, from 0 */
    double day;     /* with its fraction: the time of the day */
} synth_order;

struct synth_stock;

typedef struct synth_world {
    vt_generate_options options;
    synth_truth truth;
    bool orders_open; /* their number is not given */
    double alpha;     /* BG/NBD, days */
    int32_t n_items;
    synth_item *items; /* (I), grouped by sub-category */
    int32_t sub_first[SYNTH_SUBS + 1];
    int32_t n_customers;
    synth_customer *customers; /* (U) */
    synth_taste *archetypes;   /* (SYNTH_ARCHETYPES) */
    synth_order *orders;       /* by time */
    int64_t n_orders;
    struct synth_stock *stock; /* NULL: stock does not run out */
} synth_world;

/**
 * Draws the world for options that were checked. Where they leave the number of orders open, it is as many as the
 * reviews need by experience and `tenths` tenths more, or as near to that as the customers get. Done with
 * synth_world_done() also after a failure.
 */
int synth_world_init(synth_world *world, const vt_generate_options *options, int tenths, vt_error *err);
void synth_world_done(synth_world *world);

/** The parts of it, in this order. */
int synth_catalogue(synth_world *world, vt_error *err);
int synth_customers(synth_world *world, vt_error *err);
int synth_orders(synth_world *world, vt_error *err);

/** A customer's taste on a day. */
void synth_taste_of(synth_taste *out, const synth_world *world, int32_t customer, int day);

/** The regular price of a product on a day, and the price paid (lower during a promotion). */
int64_t synth_regular_price(const synth_item *item, int day);
int64_t synth_price(const synth_item *item, int day);

/** log of season times trend times bursts of a product's demand on a day. */
double synth_demand(const synth_world *world, int32_t item, int day);

/** Season of a category, log units. */
double synth_season(int category, int day);

/** Ids as the shop has them: "P00001", "C000001". */
void synth_item_id(char out[16], int32_t item);
void synth_customer_id(char out[16], int32_t customer);

/** Title and description of a product. */
struct vt_buf;
int synth_title(struct vt_buf *out, const synth_world *world, int32_t item, vt_error *err);
int synth_description(struct vt_buf *out, const synth_world *world, int32_t item, vt_error *err);

/** Writes the photos of options.photos products, evenly spread, below `dir`; `*files` counts them. */
int synth_photos(const synth_world *world, const char *dir, int64_t *files, vt_error *err);

/** Path of a photo inside the shop: "images/P00001_1.jpg"; every seventh product has PNG. */
void synth_photo_path(char out[48], int32_t item, int number);

/** Writes truth.json. */
int synth_write_truth(const synth_world *world, const char *path, vt_error *err);

/** Simulates all days into an open store write. */
struct vt_store;
int synth_simulate(const synth_world *world, struct vt_store *store, vt_generate_report *report, vt_error *err);

#endif
