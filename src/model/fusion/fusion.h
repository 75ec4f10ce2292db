/*
 * The fusion model: text, photos, attributes, identity and sales of an item, and the history of a user with its
 * times, in one score that is an exact sum of named parts:
 *
 *     score_i = sum over modalities m of alpha_im u.p_im  +  sum over terms k of w_k f_ki
 *
 * p_im is modality m of item i projected to D dimensions and alpha_im its share (an attention gate over what the item
 * has); u is the user as of the question; f_ki are what is known without a network: how item i goes with past events
 * (bought together, alike in words or looks, of one brand or category), how it sells as of the moment, the season of
 * its category.
 *
 * Nothing is learned of a single item but its identity vector, which is hidden for a share of items in each step
 * together with all sales: so an item that nobody bought yet is ranked on the same scale (DropoutNet, Volkovs 2017).
 *
 * Private to model. Legend: I items, D dimensions, L history that is read, M modalities, K terms, S statistics, T
 * tokens of a batch, C categories.
 */
#ifndef VT_MODEL_FUSION_FUSION_H
#define VT_MODEL_FUSION_FUSION_H

#include "dataset/item_clock.h"
#include "math/csr.h"
#include "math/logit.h"
#include "math/nn/encoder.h"
#include "math/nn/params.h"
#include "model/kind.h"
#include "model/rating_head.h"

enum {
    VT_FUSION_DIMENSIONS,
    VT_FUSION_LAYERS,
    VT_FUSION_HEADS,
    VT_FUSION_LENGTH,
    VT_FUSION_CLASSES,
    VT_FUSION_DROPOUT,
    VT_FUSION_COLD,
    VT_FUSION_LAG,
    VT_FUSION_STALE,
    VT_FUSION_HALF_LIFE,
    VT_FUSION_INTENT,
    VT_FUSION_NEIGHBOURS,
    VT_FUSION_FLOOR,
    VT_FUSION_EASE,
    VT_FUSION_EPOCHS,
    VT_FUSION_PATIENCE,
    VT_FUSION_BATCH,
    VT_FUSION_SAMPLED,
    VT_FUSION_RATE,
    VT_FUSION_WARMUP,
    VT_FUSION_DECAY,
    VT_FUSION_RATING_EPOCHS,
    VT_FUSION_USE,
    VT_FUSION_PARAMS
};

/** Modalities of an item. The vectors of all but the statistics do not change with the moment. */
enum { VT_MODALITY_ID, VT_MODALITY_TEXT, VT_MODALITY_IMAGE, VT_MODALITY_ATTRIBUTES, VT_MODALITY_SALES, VT_MODALITIES };
enum { VT_MODALITY_FIXED = VT_MODALITY_SALES };

/**
 * Events by what they say of the user. Positive ones are what is fitted and judged; the others are signals (split.h),
 * and what each is worth is learned. Who bought and of whom no signal is known is another one: what was bought then has
 * to say what otherwise views and carts say, so it has weights of its own.
 */
enum { VT_GROUP_TAKEN, VT_GROUP_VIEWED, VT_GROUP_CARTED, VT_GROUP_DISLIKED, VT_GROUP_ALONE, VT_GROUPS };

/** Whether a group is of positive events: in one history they all are of one, taken or alone. */
static inline bool vt_fusion_is_positive(int group)
{
    return group == VT_GROUP_TAKEN || group == VT_GROUP_ALONE;
}

/** How an item goes with a past event. */
enum {
    VT_RELATION_TOGETHER, /* bought together */
    VT_RELATION_WORDS,    /* alike in words */
    VT_RELATION_LOOKS,
    VT_RELATION_BRAND,
    VT_RELATION_CATEGORY,
    VT_RELATION_ITEM, /* it is that item; of signals only, what was taken is no candidate */
    VT_RELATIONS
};

/**
 * Terms beside the network. Each is a plane of numbers over the items for one user at one moment. Relations come in
 * twos: with all events of a group, older ones fading, and with the last of them.
 */
enum {
    VT_TERM_RELATIONS = VT_GROUPS * VT_RELATIONS * 2, /* how many there are; see vt_fusion_term() */
    VT_TERM_SALES = VT_TERM_RELATIONS,                /* VT_STATS of them */
    VT_TERM_SALES_LAGGED = VT_TERM_SALES + VT_STATS,  /* the same times how old the statistics are */
    VT_TERMS = VT_TERM_SALES_LAGGED + VT_STATS
};

/** The fading term of a relation with a group; that of the last event stands behind it. */
static inline int vt_fusion_term(int group, int relation)
{
    return (group * VT_RELATIONS + relation) * 2;
}

#define VT_FUSION_SMALL 0.02 /* size of vectors at the start */

enum { VT_SEASON_WAVES = 4 };  /* sine and cosine of the year and of half of it */
enum { VT_EVENT_NUMBERS = 8 }; /* numbers of an event's time, see users.c */
enum { VT_RATING_STEPS = 6 };  /* 0: none, 1 to 5 */
enum { VT_USER_SIDES = 3 };    /* short term, long term, attributes */

/** What is used of the data; ablations leave some out. */
enum {
    VT_USE_TIME = 1 << 0,
    VT_USE_TEXT = 1 << 1,
    VT_USE_IMAGE = 1 << 2,
    VT_USE_ID = 1 << 3,
    VT_USE_ATTENTION = 1 << 4,
    VT_USE_ATTRIBUTES = 1 << 5,
    VT_USE_SIGNALS = 1 << 6,
    VT_USE_ALL = (1 << 7) - 1
};

/** What items are made of, fixed at fitting; in the model's own order, see vt_fusion. */
typedef struct vt_fusion_items {
    size_t d_text, d_image; /* 0 without */
    float *text;            /* (I, d_text) zeros where an item has none */
    float *image;           /* (I, d_image) */
    uint8_t *has;           /* (I, M) 1 where the item has the modality; id: it was in the training part */
    float *log_count;       /* (I) ln(1 + training events) */
    int32_t *brand;         /* (I) -1 without */
    int32_t *category;      /* (I) -1 without */
    int32_t n_brands, n_categories;
    int64_t *token_ptr; /* (I + 1) attribute tokens of an item */
    int32_t *token;
    int32_t n_tokens; /* distinct ones */
    /* Names of the tokens, for explanations: a table of texts. NULL in models of files of before. */
    int64_t *name_ptr; /* (n_tokens + 1) */
    char *name;
} vt_fusion_items;

/** Offsets of tensors in the slab. */
typedef struct vt_fusion_places {
    size_t id;         /* (n_known, D) */
    size_t text;       /* (D, d_text) */
    size_t image;      /* (D, d_image) */
    size_t token;      /* (n_tokens, D) */
    size_t sales;      /* (S, D) */
    size_t gate;       /* (M, D) v_m */
    size_t gate_bias;  /* (M) */
    size_t gate_count; /* (M) times ln(1 + count) */
    size_t kind;       /* (event kinds, D) */
    size_t rating;     /* (VT_RATING_STEPS, D) */
    size_t time;       /* (D, VT_EVENT_NUMBERS) of an event */
    size_t asked;      /* (D, VT_EVENT_NUMBERS) of the question */
    size_t position;   /* (L + 1, D) counted back from the last */
    size_t nobody;     /* (D) the state of a user without any event */
    size_t longterm;   /* (D, D) */
    size_t user_token; /* (n_user_tokens, D) */
    size_t side;       /* (VT_USER_SIDES, D) */
    size_t side_bias;  /* (VT_USER_SIDES) */
    size_t term;       /* (K) */
    size_t season;     /* (C, VT_SEASON_WAVES) */
} vt_fusion_places;

/*
 * Items stand in an order of the model's own: those of the training part first, the rest of the catalogue behind
 * them. In the steps of a fit only the first are in play; whenever it answers all are. "Item" below is a number in this
 * order.
 */
typedef struct vt_fusion {
    int32_t n_users, n_items; /* as the shop counts */
    size_t n_known;           /* items with training events */
    size_t n;                 /* I: items in play, n_known or n_items */
    int32_t *shop_item;       /* (n_items) the shop's number of an item */
    int32_t *place;           /* (n_items) an item's number by the shop's */
    size_t d, length;
    unsigned use;
    bool timed;                         /* the data have times */
    unsigned groups;                    /* bits 1 << group: which the data have */
    double half_life, intent_half_life; /* days */
    size_t near_k;                      /* neighbours in words and looks that are kept, above a likeness of: */
    float near_floor;
    vt_fusion_items items;
    int32_t n_user_tokens;
    int64_t *user_token_ptr; /* (U + 1) */
    int32_t *user_token;
    vt_item_clock *clock;
    float *together; /* (n_known, n_known) P of EASE, see terms.c; NULL without */
    float *diagonal; /* (n_known) of it, side by side */
    vt_csr *words;   /* (I, I) likeness of the nearest in words, itself left out; NULL without */
    vt_csr *looks;
    vt_csr *other_words, *other_looks; /* while it is fitted: those among the items of the other play */
    const vt_item_subset *subset;      /* of a step of the fit that looks at some known items only; NULL: at all */
    vt_nn_params params;
    vt_nn_encoder encoder;
    vt_fusion_places at;
    float term_scale[VT_TERMS]; /* what a plane is multiplied by, so that all are of one size */
    /* Ratings, where it was fitted for them too; the slab is NULL without: */
    vt_rating_head head;
    vt_nn_params head_params;
    size_t rated_by;  /* in that slab: weights of what other ratings of the person say, by relation */
    double scale[3];  /* mean, lowest, highest rating */
    float *item_bias; /* (n_items) in the model's order: how much better than the mean an item is rated */
    /* Made from the parameters by vt_fusion_prepare(): */
    float *z;                      /* (I, D) sum of alpha p over what is fixed */
    float *alpha;                  /* (I, M) */
    int64_t *numbers;              /* sizes, as the file has them */
    struct vt_fusion_spare *spare; /* what one answer leaves for the next, see score.c */
} vt_fusion;

int vt_fusion_create(vt_fusion **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err);
void vt_fusion_free(void *model);

/** The tensors' table and the slab, once the items and users are known. */
int vt_fusion_add_params(vt_fusion *m, const vt_params *settings, vt_error *err);

/* ---- items.c ---- */

/** Attributes, vectors and counts of the items, from the training part and its snapshot. */
int vt_fusion_take_items(vt_fusion *m, const vt_fit *fit, vt_error *err);

/** What the way back of the items needs of the way there. */
typedef struct vt_fusion_tower {
    float *p;      /* (fixed M, I, D) projected modalities */
    float *z;      /* (I, D) */
    float *alpha;  /* (I, M) */
    float *dz;     /* (I, D) */
    float *dalpha; /* (I) of the sales' share */
    float *dp;     /* (I, D) scratch */
} vt_fusion_tower;

int vt_fusion_tower_init(vt_fusion_tower *tower, const vt_fusion *m, vt_error *err);
void vt_fusion_tower_done(vt_fusion_tower *tower);

/** z and alpha of all items; `cold` (I) marks those whose identity and sales are hidden in this step, NULL: none. */
void vt_fusion_items_forward(const vt_nn *nn, vt_fusion_tower *tower, const vt_fusion *m, const uint8_t *cold);

/** Gradients of the slab from tower->dz and tower->dalpha. */
void vt_fusion_items_back(const vt_nn *nn, vt_fusion_tower *tower, vt_fusion *m, const uint8_t *cold);

/** m->z and m->alpha from the parameters. */
int vt_fusion_prepare(vt_fusion *m, int threads, vt_error *err);

/** p_im of one item (D); zeros where it does not have the modality. */
void vt_fusion_modality(float *p, const vt_fusion *m, int32_t item, int modality);

/* ---- users.c ---- */

/** What a user did, as the model reads it. */
typedef struct vt_fusion_event {
    int64_t time; /* VT_NONE: unknown */
    int32_t item; /* in the model's order */
    float value;  /* NaN: none */
    uint8_t kind; /* UINT8_MAX: unknown */
    uint8_t group;
    uint32_t index; /* among the positive ones or, for signals, behind these */
    uint32_t place; /* in the row */
} vt_fusion_event;

/** A question of a sequence. */
typedef struct vt_fusion_question {
    size_t read; /* events that are known */
    int64_t now; /* VT_NONE: unknown */
} vt_fusion_question;

/** One sequence: n events that are read, and questions, each behind some of them. */
typedef struct vt_fusion_sequence {
    const vt_fusion_event *event;
    size_t n;
    const vt_fusion_question *question;
    size_t n_questions;
    int32_t user; /* -1: a stranger */
} vt_fusion_sequence;

/** A batch of sequences on its way through the network. Starts zeroed. T tokens, Q questions. */
typedef struct vt_fusion_batch {
    size_t *begin, *square;
    int32_t *item, *back, *kind, *rating; /* (T) */
    int32_t *read, *user;                 /* (Q) the token of the last known event, the user */
    float *numbers, *asked;               /* (T, VT_EVENT_NUMBERS), (Q, VT_EVENT_NUMBERS) */
    uint8_t *bucket;
    float *floats;
    size_t room[11], questions;
    float *x, *h, *mean, *spare;                           /* (T, D) */
    float *s, *side[VT_USER_SIDES], *gate, *u, *known, *q; /* (Q, D) but gate (Q, VT_USER_SIDES) */
    float *buffers;
    vt_nn_batch nn;
} vt_fusion_batch;

/** Room for `n` elements at `*array`, an eighth more than asked for; what was there is lost where it grows. */
int vt_fusion_make_room(void *array, size_t *room, size_t n, size_t size, vt_error *err);

int vt_fusion_batch_fill(vt_fusion_batch *batch, const vt_fusion *m, const vt_fusion_sequence *sequences, size_t n,
                         bool training, vt_error *err);
void vt_fusion_batch_done(vt_fusion_batch *batch);

/** batch->u (Q, D): the user as of each question. `z` (I, D) are the items as of this step. */
void vt_fusion_users_forward(const vt_nn *nn, vt_fusion_batch *batch, const vt_fusion *m, const float *z, bool training,
                             uint64_t key);

/** Gradients of the slab and of z (dz (I, D) += ...) from du (Q, D), which is overwritten. */
void vt_fusion_users_back(const vt_nn *nn, vt_fusion_batch *batch, vt_fusion *m, float *dz, float *du, uint64_t key);

/**
 * The numbers of a moment: the gap before as logarithm of days, hour, weekday, day of the year as sines and cosines.
 */
void vt_fusion_moment(float numbers[VT_EVENT_NUMBERS], int64_t time, int64_t before);

/* ---- events.c ---- */

/** Group of an event that is no positive one. */
int vt_fusion_group(int kind);

/** Kinds of signals that the model met in its fit, bits 1 << vt_event_kind. */
unsigned vt_fusion_signals(const void *state);

/**
 * Positive events and signals in one row by time, signals first where it is the same; signals on items that are not in
 * play, and those whose time is unknown, are left out. `out` has room for all. Gives how many there are. O(N).
 */
size_t vt_fusion_merge(vt_fusion_event *out, const vt_fusion *m, const vt_user_state *state, const int32_t *place);

/**
 * The events that the network reads, of the `n` that a history has: the newest `length` positive ones
 * and, of the signals between them, at most three in a row. `out` has room for n. Gives how many there are.
 */
size_t vt_fusion_choose_read(vt_fusion_event *out, const vt_fusion_event *event, size_t n, size_t length);

/* ---- terms.c ---- */

/** The rows of the user-item matrix: each item of a user once, by its first event. Starts zeroed. */
typedef struct vt_fusion_rows {
    int32_t n_users;
    int64_t *ptr;   /* (U + 1) */
    int32_t *item;  /* in the order of the events */
    uint8_t *fresh; /* (N) of the events: 1 for the first on its item */
} vt_fusion_rows;

/** Rows of interactions whose items are numbered as the model does. O(N). */
int vt_fusion_rows_init(vt_fusion_rows *rows, const vt_interactions *train, vt_error *err);
void vt_fusion_rows_done(vt_fusion_rows *rows);

/** How many items by chance a step of the fit looks at; 0: at all items. */
size_t vt_fusion_sampled(const vt_fusion *m, const vt_params *settings);

/** P of EASE out of the rows of the training part, unless there are too many items or steps look at some only. */
int vt_fusion_take_together(vt_fusion *m, const vt_fusion_rows *rows, const vt_fit *fit, vt_error *err);

/** The diagonal of P, once P is there. */
int vt_fusion_take_diagonal(vt_fusion *m, vt_error *err);

/** Whether the data give a relation with a group of events anything to say. */
bool vt_fusion_has_relation(const vt_fusion *m, int group, int relation);

/** Whether statistics of sales and the season count. */
bool vt_fusion_has_sales(const vt_fusion *m);

/** Neighbours in words and looks among the items in play, in place of those there are. */
int vt_fusion_take_near(vt_fusion *m, int threads, vt_error *err);

/** Neighbours for both plays, the known items in play first. */
int vt_fusion_take_both_near(vt_fusion *m, int threads, vt_error *err);

/** Puts all items in play, or the known ones only. */
void vt_fusion_play(vt_fusion *m, bool all);

/** Numbers over items, brands or categories of which few are not 0. */
typedef struct vt_fusion_sparse {
    float *value;   /* all of them; NULL: the data have no such relation */
    int32_t *index; /* (n) which may not be 0 */
    uint8_t *listed;
    size_t n;
} vt_fusion_sparse;

/* ---- walk.c ---- */

/**
 * The relations of a history, built up event by event. For an event of the training part, what this very user's row did
 * to EASE's matrix is taken off, so that the weight of the term is learned from what it says of strangers.
 */
typedef struct vt_fusion_walk {
    const vt_fusion *m;
    float *together[VT_GROUPS]; /* (2, I) with all events, older ones fading, and with the last; NULL: there is none */
    vt_fusion_sparse sum[VT_GROUPS][VT_RELATIONS]; /* with all events, of the other relations */
    float *own;                                    /* (I) q = P x of the user, for leaving it out */
    float own_scale;                               /* 1 / (1 - x'q); 0 at scoring */
    float *brand, *category; /* (brands + 1), (categories + 1) scratch, the first is of items without */
    int64_t last[VT_GROUPS]; /* time of the last event of a group; VT_NONE */
    int32_t item[VT_GROUPS]; /* of it; -1 */
} vt_fusion_walk;

/** On failure nothing is left to end. */
int vt_fusion_walk_init(vt_fusion_walk *walk, const vt_fusion *m, vt_error *err);
void vt_fusion_walk_done(vt_fusion_walk *walk);

/** Starts a user, whose training row is to be left out; NULL: none is. */
void vt_fusion_walk_start(vt_fusion_walk *walk, const vt_fusion_rows *rows, int32_t user);

/** Goes on by one event. */
void vt_fusion_walk_event(vt_fusion_walk *walk, const vt_fusion_event *event);

/** Whether the data have a term, and its number of an item as of the last event, before any gain. */
bool vt_fusion_walk_has(const vt_fusion_walk *walk, int term);
float vt_fusion_walk_value(const vt_fusion_walk *walk, int term, int32_t item);

/** Adds relations and season to `logits` (I); `warm` (I) is 0 for items that are cold, else 1, NULL: none is. */
void vt_fusion_walk_add(float *logits, vt_fusion_walk *walk, int64_t now, const float *warm,
                        const float waves[VT_SEASON_WAVES]);

/** Adds to the gradients of the terms' weights and of the season (C, waves). `warm` (I): dlogits, 0 for cold items. */
void vt_fusion_walk_back(float dterm[VT_TERM_RELATIONS], float *dseason, vt_fusion_walk *walk, int64_t now,
                         const float *dlogits, const float *warm, const float waves[VT_SEASON_WAVES]);

/** What a plane counts at a question: interest in an item passes with the time since the group's last event. */
float vt_fusion_walk_gain(const vt_fusion_walk *walk, int term, int64_t now);

/** What fading leaves of an event at the end of a history. */
typedef struct vt_fusion_left {
    float keep;   /* for likeness and the like */
    float intent; /* for interest in the item itself, which passes sooner */
    bool last;    /* of its group */
} vt_fusion_left;

/** `left` (n) of the events at a question. */
void vt_fusion_keep(vt_fusion_left *left, const vt_fusion *m, const vt_fusion_event *event, size_t n, int64_t now);

/**
 * Statistics as of `now` less a lag, (S, I); how old they are in units of ln(1 + days) / 6 is the result. `known`:
 * the shop's item times in place of those of the training part; `scratch` has room for (S, n_items).
 */
float vt_fusion_sales(float *planes, const vt_fusion *m, const vt_item_times *known, int64_t now, double lag_days,
                      float *scratch);

/** Sines and cosines of the day of the year. */
void vt_fusion_waves(float waves[VT_SEASON_WAVES], int64_t now);

/** What a question adds to the terms. */
typedef struct vt_fusion_asking {
    float row[VT_STATS];   /* P_s u: what the sales' modality makes of the planes of sales */
    float plain[VT_STATS]; /* the weights of these planes that are the same for all users */
    float age;             /* of the statistics */
    float waves[VT_SEASON_WAVES];
} vt_fusion_asking;

/**
 * Adds what the sales' modality makes of the statistics, and what they are worth for everybody, to `logits` (I).
 * `alpha` (I, M) is that of z, `warm` (I) 0 for items whose sales are hidden, else 1; NULL: none are.
 */
void vt_fusion_add_sales(float *logits, const vt_fusion *m, const float *alpha, const float *warm, const float *sales,
                         const vt_fusion_asking *asking);

/** Whether an item that is cold is without a term: it is in no matrix of EASE, and has no sales. */
bool vt_fusion_hidden_when_cold(int term);

/** Adds all terms at a moment, from planes; `warm` (I) 0 for items that are cold, else 1; NULL: none is. */
void vt_fusion_add_terms(float *logits, vt_fusion_walk *walk, int64_t now, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_asking *asking);

/* ---- score.c ---- */

void vt_fusion_ask(vt_fusion_asking *asking, const vt_fusion *m, const float *u, int64_t now, float age);

/** What scoring one state after another works with. */
typedef struct vt_fusion_room {
    vt_fusion_batch batch;
    float *sales, *scratch;  /* (S, I), (S, n_items) */
    float *logits;           /* (I) */
    float *near;             /* (I) zeros between uses */
    float *brand, *category; /* (brands + 1), (categories + 1) what they add; 0: an item has none */
    size_t n;                /* I that it was made for */
    size_t events;           /* room for a history: */
    vt_fusion_event *event;  /* (events) all of it, of which there are n_events */
    vt_fusion_event *read;   /* (events) what the network reads, of which there are n_read */
    vt_fusion_left *left;    /* (events) */
    size_t n_events, n_read;
    bool taken; /* `sales` are those of: */
    int64_t now;
    const vt_item_times *known;
    float age;
} vt_fusion_room;

/**
 * A place for one room: asking the same model again needs no new memory, nor the same statistics anew. Whoever finds it
 * taken makes a room of their own.
 */
typedef struct vt_fusion_spare {
    _Atomic(vt_fusion_room *) room;
} vt_fusion_spare;

/** The room that is spare, or a new one; NULL and `err` without memory. */
vt_fusion_room *vt_fusion_room_take(const vt_fusion *m, vt_error *err);
void vt_fusion_room_give(const vt_fusion *m, vt_fusion_room *room);

/** On failure vt_fusion_room_done() is due too. */
int vt_fusion_room_init(vt_fusion_room *room, const vt_fusion *m, vt_error *err);
void vt_fusion_room_done(vt_fusion_room *room);

/**
 * The history as the model reads it, and the user's vector after it (D), in the room. `keep`: the buffers of
 * the encoder stay as vt_nn_encoder_weights() reads them.
 */
int vt_fusion_read_user(vt_fusion_room *room, const float **u, const vt_fusion *m, const vt_user_state *state,
                        bool keep, vt_error *err);

/** Statistics as of the question into room->sales, unless they stand there; how old they are is the result. */
float vt_fusion_sales_now(vt_fusion_room *room, const vt_fusion *m, const vt_user_state *state);

/* ---- tokens.c ---- */

/** Names of the attribute tokens of a snapshot, in the order of take_tokens() in items.c. */
int vt_fusion_take_names(vt_fusion *m, const vt_snapshot *snapshot, vt_error *err);

/** Whether the names that were read are a table of `len` bytes. */
bool vt_fusion_good_names(const vt_fusion *m, size_t len);

/** The name of a token into `out`; "attribute=17" where the model has no names. */
void vt_fusion_token_name(char *out, size_t size, const vt_fusion *m, int32_t token);

/** Bands that prices fall in, each up to twice the price of the one before. */
enum { VT_PRICE_BANDS = 24 };
int32_t vt_fusion_price_band(int64_t price);

/* ---- grow.c ---- */

int vt_fusion_grow(void *state, const vt_growth *growth, vt_error *err);

/* ---- explain.c ---- */

int vt_fusion_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err);

extern const char *const vt_fusion_modality_name[VT_MODALITIES];

/* ---- ratings.c ---- */

/** Room for a head. */
int vt_fusion_add_head(vt_fusion *m, vt_error *err);
bool vt_fusion_has_head(const vt_fusion *m);
int vt_fusion_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                      vt_error *err);

/* ---- weights.c ---- */

int vt_fusion_weights(const void *state, vt_weight_each each, void *context, vt_error *err);

/* ---- fit.c, score.c ---- */

int vt_fusion_fit(vt_fusion *m, const vt_fit *fit, vt_error *err);

/** For tests: the mean loss of the first step and its gradient, in the slab. The first call starts the parameters. */
int vt_fusion_gradient(double *loss, vt_fusion *m, const vt_fit *fit, vt_error *err);

/* ---- files.c ---- */

int vt_fusion_save(const void *state, vt_tensor_list *list, vt_error *err);
int vt_fusion_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                   int32_t n_items, vt_error *err);
int vt_fusion_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err);

#endif
