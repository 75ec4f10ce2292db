/* A run of `encode` over one kind of content: what the parts for texts and for photos share. */
#ifndef VT_ENCODE_RUN_H
#define VT_ENCODE_RUN_H

#include "encode/encoder.h"
#include "encode/gather.h"

typedef struct vt_encode_run {
    vt_shop *shop;
    const vt_encode_options *options;
    const vt_encoder_info *info; /* of the encoder */
    const vt_reviews *reviews;   /* whose titles belong to the texts; NULL: none */
    vt_gathered *gathered;
    vt_vector_set *set;
    vt_encoder *encoder; /* opened when the first content is to be encoded */
    size_t *todo;        /* numbers of contents without a vector, each content once */
    size_t n_todo;
    double flushed; /* when the set was written last */
    vt_encode_counts *counts;
} vt_encode_run;

/** The encoder `wanted`, NULL: the one used last in the shop's folder, else the default of that kind. */
int vt_encode_open_manifest(vt_manifest **out, const char *shop, vt_encoder_kind kind, const char *wanted,
                            vt_error *err);

/** Opens the encoder, the first time. */
int vt_encode_run_ready(vt_encode_run *run, vt_error *err);

/** Notes which usable contents have no vector yet. */
int vt_encode_run_plan(vt_encode_run *run, vt_error *err);

/** Adds a vector, or why there is none, unless the content has one meanwhile. */
int vt_encode_run_add(vt_encode_run *run, const vt_content_key *key, const float *vector, const char *reason,
                      vt_error *err);

/** Writes the set when the last time was long ago: what a killed run loses is seconds. */
int vt_encode_run_keep(vt_encode_run *run, vt_error *err);

/** Reports `done` contents of those that had no vector. */
int vt_encode_run_report(const vt_encode_run *run, const char *stage, const char *unit, size_t done, size_t total,
                         vt_error *err);

int vt_encode_texts(vt_encode_run *run, vt_error *err);

/** Reads the photos for their hashes: those that cannot be read are told of and not usable. */
int vt_encode_read_photos(vt_encode_run *run, vt_error *err);
int vt_encode_photos(vt_encode_run *run, vt_error *err);

/** Tells the caller of every photo that cannot be used. */
int vt_encode_tell_refused(vt_encode_run *run, vt_error *err);

#endif
