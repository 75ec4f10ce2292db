/* Attributes of records that come, as numbers of names: what the writer puts into the columns. */
#ifndef VT_LIVE_ATTRIBUTE_READER_H
#define VT_LIVE_ATTRIBUTE_READER_H

#include "dataset/attributes.h"
#include "live/columns.h"
#include "live/names.h"

/** The attributes of the record at work. Init with vt_attribute_reader_init(), done with vt_attribute_reader_done(). */
typedef struct vt_attribute_reader {
    vt_json_reader *json;
    vt_names *names; /* of the record at work */
    vt_arena *arena;
    int32_t *number; /* (n) */
    size_t n, capacity;
} vt_attribute_reader;

/** `arena` is where new names and lists live. */
int vt_attribute_reader_init(vt_attribute_reader *reader, vt_arena *arena, vt_error *err);
void vt_attribute_reader_done(vt_attribute_reader *reader);

/**
 * The attributes of a record as a list in the arena, new names numbered in `names`; `before` itself where it has the
 * same ones (it may be NULL). VT_ERR_FORMAT when free attributes are no JSON object.
 */
int vt_attributes_read_user(const vt_number_list **out, vt_attribute_reader *reader, vt_names *names,
                            const vt_number_list *before, const vt_user *user, vt_error *err);
int vt_attributes_read_item(const vt_number_list **out, vt_attribute_reader *reader, vt_names *names,
                            const vt_number_list *before, const vt_item *item, vt_error *err);

#endif
