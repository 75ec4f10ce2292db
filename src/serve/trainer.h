/*
 * Trains models of a served shop while it is served: by itself, on a schedule, or when a call says so, one after the
 * other, each in a process of its own. It also follows what other processes do to the shop's models.
 */
#ifndef VT_SERVE_TRAINER_H
#define VT_SERVE_TRAINER_H

#include "base/json.h"
#include "serve/served_shop.h"
#include "vitrine/server.h"

/** When models are trained without being told to. */
typedef struct vt_retrain_plan {
    bool off;       /* never */
    int64_t every;  /* seconds; 0: not by time */
    int64_t events; /* that came since the last; 0: not by number */
} vt_retrain_plan;

/** Reads "off", "every=6h" (m, h, d), "events=50000", "first" or NULL (a first model alone). VT_ERR_USAGE. */
int vt_retrain_plan_parse(vt_retrain_plan *out, const char *text, vt_error *err);

/** How a trainer works. Texts are borrowed for as long as it is open. */
typedef struct vt_trainer_options {
    const char *program; /* NULL: it cannot train */
    vt_retrain_plan plan;
    int64_t memory_mib; /* of the child's address space, 0: any */
    void (*log)(void *context, vt_server_log_level level, const char *line);
    void *context;
} vt_trainer_options;

typedef struct vt_trainer vt_trainer;

/** `shop` outlives it. */
int vt_trainer_open(vt_trainer **out, vt_served_shop *shop, const vt_trainer_options *options, vt_error *err);

/** Stops a training at work; NULL is allowed. */
void vt_trainer_close(vt_trainer *trainer);

/** What a call wants trained; all NULL: as the model that answers. Copied. */
typedef struct vt_training_order {
    const char *kind, *preset;
    const char *const *settings;
    size_t n_settings;
} vt_training_order;

/** Lets a training begin; `*job` is its number. VT_ERR_EXISTS while one is at work or waits, VT_ERR_UNSUPPORTED. */
int vt_trainer_start(int64_t *job, vt_trainer *trainer, const vt_training_order *order, vt_error *err);

/** The members of job number `job` (0: the last) into an open object; VT_ERR_NOT_FOUND. */
int vt_trainer_write_job(vt_json_writer *writer, vt_trainer *trainer, int64_t job, vt_error *err);

/** For measures. */
typedef struct vt_trainer_state {
    int64_t trainings; /* that ended, but for those that were stopped */
    bool last_failed;
    int64_t written; /* when the model that answers was written; VT_NONE without one */
} vt_trainer_state;

void vt_trainer_describe(vt_trainer_state *out, vt_trainer *trainer);

#endif
