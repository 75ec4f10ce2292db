/*
 * Builds a snapshot from rows in any order: ids are sorted, events put by user and time, cores cut, features made
 * dense. vt_snapshot_take() feeds it from the store; tests feed it by hand.
 */
#ifndef VT_DATASET_BUILDER_H
#define VT_DATASET_BUILDER_H

#include "store/store.h"
#include "vitrine/snapshot.h"

typedef struct vt_builder vt_builder;

int vt_builder_create(vt_builder **out, const vt_snapshot_options *options, vt_error *err);
void vt_builder_free(vt_builder *builder);

/** Users and items are numbered from 0 in the order of adding; texts are copied. */
int vt_builder_add_user(vt_builder *builder, const vt_user *user, vt_error *err);
int vt_builder_add_item(vt_builder *builder, const vt_item *item, vt_error *err);

/** `event->user` and `event->item` are those numbers; `event->id` decides the order of events at one time. */
int vt_builder_add_event(vt_builder *builder, const vt_event_row *event, vt_error *err);

/** The snapshot, in memory; the builder is used up (free it all the same). */
int vt_builder_finish(vt_snapshot **out, vt_builder *builder, int64_t revision, vt_error *err);

/** Writes a snapshot to a file, atomically. */
int vt_snapshot_write(const vt_snapshot *snapshot, const char *path, vt_error *err);

#endif
