/*
 * Records on their way from the thread that reads files to the thread that writes the store: copied into one arena a
 * batch, in the order of reading, rejected rows among them.
 */
#ifndef VT_IMPORT_BATCH_H
#define VT_IMPORT_BATCH_H

#include "base/arena.h"
#include "store/event_key.h"
#include "vitrine/importer.h"
#include "vitrine/record.h"

enum {
    VT_BATCH_RECORDS = 512,     /* records of a full batch */
    VT_BATCH_BYTES = 384 << 10, /* or bytes, whichever comes first */
    VT_BATCH_BLOCK = 512 << 10  /* one block of the arena: a usual batch needs no second */
};

typedef enum vt_batch_type {
    VT_BATCH_EVENT,
    VT_BATCH_ITEM,
    VT_BATCH_USER,
    VT_BATCH_ITEM_LINK,
    VT_BATCH_USER_LINK,
    VT_BATCH_REJECT /* a vt_import_reject */
} vt_batch_type;

/** An event that passed the store's check. */
typedef struct vt_batch_event {
    vt_event event;
    bool keyed; /* false: the key depends on the currency of the shop, which only the writing thread knows */
    unsigned char key[VT_EVENT_KEY_BYTES];
} vt_batch_event;

typedef struct vt_batch_entry {
    vt_batch_type type;
    const char *file; /* outlives the import */
    int64_t line;
    void *record; /* a vt_batch_event, vt_item, vt_user, vt_link or vt_import_reject */
} vt_batch_entry;

typedef struct vt_batch {
    vt_arena *arena;
    size_t n;
    size_t bytes; /* of the records in the arena */
    vt_batch_entry entries[VT_BATCH_RECORDS];
} vt_batch;

int vt_batch_create(vt_batch **out, vt_error *err);
void vt_batch_free(vt_batch *batch);

/** Forgets the records and keeps one block of memory. */
void vt_batch_reset(vt_batch *batch);

bool vt_batch_full(const vt_batch *batch);

/** Copies of a record with its texts, owned by the batch; NULL when memory ran out. */
vt_batch_event *vt_batch_copy_event(vt_batch *batch, const vt_batch_event *event, vt_error *err);
vt_item *vt_batch_copy_item(vt_batch *batch, const vt_item *item, vt_error *err);
vt_user *vt_batch_copy_user(vt_batch *batch, const vt_user *user, vt_error *err);
vt_link *vt_batch_copy_link(vt_batch *batch, const vt_link *link, vt_error *err);
vt_import_reject *vt_batch_copy_reject(vt_batch *batch, const vt_import_reject *reject, vt_error *err);

/** Appends a record that is copied already; the batch must not hold VT_BATCH_RECORDS. */
void vt_batch_add(vt_batch *batch, vt_batch_type type, const char *file, int64_t line, void *record);

#endif
