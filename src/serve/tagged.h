/*
 * Records with a tag: one that is read says its state in the header ETag, and a change may ask with If-Match that the
 * record is still in that state. One way for every kind of record that has an address.
 */
#ifndef VT_SERVE_TAGGED_H
#define VT_SERVE_TAGGED_H

#include "serve/call.h"

/** A kind of records. */
typedef struct vt_tagged {
    const char *name; /* "item" */
    /** Writes the members of one into the open object; VT_ERR_NOT_FOUND names it. */
    int (*write)(vt_json_writer *writer, vt_call *call, vt_shop *shop, vt_str id, vt_error *err);
    /** On the writer's thread, with the shop open for writing and no write begun. */
    int (*put)(vt_put_result *result, vt_call *call, vt_shop *shop, void *record, vt_error *err);
    /** Likewise; NULL where records are not removed. */
    int (*remove)(vt_shop *shop, vt_str id, vt_error *err);
} vt_tagged;

/** The record of the path: 200 with its tag, or 304 where If-None-Match has that. */
int vt_tagged_get(vt_call *call, const vt_tagged *kind, vt_error *err);

/**
 * Puts `record`, in the call's arena, if it is in the state of If-Match: answered by what became of it, its id and its
 * new tag, or 412. `must_exist`: 404 where there is none.
 */
int vt_tagged_put(vt_call *call, const vt_tagged *kind, vt_str id, void *record, bool must_exist, vt_error *err);

/** Removes the record of the path, likewise. */
int vt_tagged_remove(vt_call *call, const vt_tagged *kind, vt_error *err);

#endif
