/*
 * One shop that is served: its writer, its memory and the model that answers. What is committed is in memory before
 * anybody hears that it is stored, so the next answer has it. A model is swapped by reference: calls at work go on with
 * the one they hold.
 */
#ifndef VT_SERVE_SERVED_SHOP_H
#define VT_SERVE_SERVED_SHOP_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/file.h"
#include "serve/measure.h"
#include "serve/result_cache.h"
#include "store/writer.h"
#include "vitrine/choice.h"

/** A recommender that is counted by who uses it. */
typedef struct vt_engine {
    atomic_int refs;
    vt_recommender *recommender;
    vt_chosen_model chosen;
    vt_file_identity file;   /* of the model as it was read; zero without one */
    vt_file_identity wanted; /* of the model that should answer: another where that one cannot be used */
} vt_engine;

typedef struct vt_served_shop {
    char *path;
    const char *name; /* last part of the path */
    char *model;      /* the one that answers whatever the shop says; NULL: the active one, else the newest */
    vt_measures measures;
    vt_shop *shop; /* open for writing; the writer's */
    vt_writer *writer;
    vt_live *live;
    struct vt_lending *lending;
    vt_result_cache *results;
    struct vt_encoding *encoding; /* NULL: nothing is encoded */
    int64_t catalogue;            /* of the live state that was last followed; the writer's thread's */
    pthread_mutex_t choosing;     /* around a change of the model that answers */
    struct vt_keys *keys;
    struct vt_sessions *sessions;
    struct vt_small_photos *photos;
    pthread_mutex_t taking; /* around `engine` and `readers`, for a few instructions */
    vt_engine *engine;
    vt_file_identity passed; /* a model that could not be used, so that it is not tried again; with `choosing` */
    struct vt_trainer *trainer;
    struct vt_maps *maps;
    struct vt_kept_insight *insight;
    struct vt_warm_up *warm_up; /* NULL: nothing is answered before it is asked */
    struct vt_reader *readers;  /* shops open for reading that nobody uses at the moment */
    atomic_int broken;          /* vt_code that the disk failed with: nothing is acknowledged any more */
    void (*on_break)(void *context);
    void *context;
    atomic_llong commits;
    atomic_llong not_followed; /* commits that memory could not take in: the error is in the log */
} vt_served_shop;

/** How a shop is served. Texts are borrowed for the call. */
typedef struct vt_served_shop_options {
    const char *model;     /* name; NULL: the one that the shop says */
    bool encode;           /* new items get vectors while it is served */
    bool relaxed;          /* vt_shop_relax() */
    size_t result_bytes;   /* of lists that are kept; 0: none is */
    double result_seconds; /* for how long each */
    const vt_progress *progress;
    void (*on_break)(
        void *context); /* called once, from any thread, when what follows could only pretend to be durable */
    void *context;
} vt_served_shop_options;

/** Opens the shop, made where the folder is missing or empty. */
int vt_served_shop_open(vt_served_shop **out, const char *path, const vt_served_shop_options *options, vt_error *err);

/** The disk has failed with this status. Any thread. */
void vt_served_shop_break(vt_served_shop *shop, int status);

/** Waits for no command that writes any more: what is to be written after it is refused (VT_ERR_BUSY). */
void vt_served_shop_end_lending(vt_served_shop *shop);

/** Writes what waits, and closes; NULL is allowed. No call may be at work. */
void vt_served_shop_close(vt_served_shop *shop);

/** A recommender over the model called `model`, NULL: what the shop says. One reference is the caller's. */
int vt_engine_make(vt_engine **out, vt_served_shop *shop, const char *model, vt_error *err);

/** The recommender of now; goes back by vt_engine_release(). */
vt_engine *vt_served_shop_engine(vt_served_shop *shop);
void vt_engine_release(vt_engine *engine);

/**
 * Lets the model called `name` answer, here and in the shop's folder (vt_model_activate()); NULL: the one that did
 * before. No call is missed. VT_ERR_EXISTS where the server was told which one answers.
 */
int vt_served_shop_activate(vt_served_shop *shop, const char *name, vt_error *err);

/** Takes up the model that the shop's folder says, where it is another one; one that cannot be used is passed over. */
void vt_served_shop_follow(vt_served_shop *shop);

/** When the file of the model that answers was written, UTC seconds; VT_NONE without one. */
int64_t vt_served_shop_model_written(vt_served_shop *shop);

/** Makes the recommender that answers anew, by the same model: it then has the vectors that were made since. */
int vt_served_shop_renew(vt_served_shop *shop, vt_error *err);

/** The store, open for reading, for one thread until it goes back. */
int vt_served_shop_reader(vt_shop **out, vt_served_shop *shop, vt_error *err);
void vt_served_shop_reader_back(vt_served_shop *shop, vt_shop *reader);

#endif
