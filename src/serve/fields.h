/*
 * Records as JSON: what members an item, a user, an event or an order has, as rows. Reading a body, writing a reply and
 * the schemas of the documentation go by the same table. Money is in major units, times are ISO 8601 or UTC seconds;
 * null is the same as not given.
 */
#ifndef VT_SERVE_FIELDS_H
#define VT_SERVE_FIELDS_H

#include "serve/call.h"

typedef enum vt_field_type {
    VT_FIELD_TEXT,   /* vt_str */
    VT_FIELD_TEXTS,  /* const vt_str *, followed by size_t: an array of texts */
    VT_FIELD_OBJECT, /* vt_str: one JSON object as it is */
    VT_FIELD_TIME,   /* int64_t */
    VT_FIELD_MONEY,  /* int64_t, minor units */
    VT_FIELD_COUNT,  /* int64_t in [min, max] */
    VT_FIELD_NUMBER, /* double in [min, max] */
    VT_FIELD_CHOICE  /* int: place in `choices` */
} vt_field_type;

typedef struct vt_field {
    const char *name;
    vt_field_type type;
    size_t offset; /* in the record's struct */
    bool required;
    double min, max;
    const char *choices; /* "view|cart|..." in the order of the values */
    const char *help;
} vt_field;

typedef struct vt_fields {
    const char *name; /* of the schema: "Item" */
    const char *help;
    const vt_field *rows;
    size_t n_rows;
    size_t size; /* of the struct */
    void (*init)(void *record);
    bool has_currency;
    size_t currency; /* offset of a vt_str with the currency of the record's money */
} vt_fields;

/** The kinds of events in the order of their values. */
#define VT_EVENT_KIND_CHOICES "view|cart|purchase|return|rating|like|dislike|impression|click"

extern const vt_fields vt_item_fields, vt_user_fields, vt_event_fields, vt_line_fields, vt_given_fields, vt_rule_fields;

/**
 * Reads one object into `record` (of fields->size bytes). Texts are borrowed from `object` or are in the call's arena.
 * `currency` is the shop's, "" for none. VT_ERR_FORMAT names the member.
 */
int vt_fields_read(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                   vt_error *err);

/** The same for a record whose id is in the path: the body's `id`, its first row, may be left out or is the same. */
int vt_fields_read_named(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                         vt_str id, vt_error *err);

/** As that over what `record` holds: what is not given stays, and nothing is required. */
int vt_fields_read_over(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                        vt_str id, vt_error *err);

/** The same for an object that has one more member, which is read elsewhere. */
int vt_fields_read_but(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                       const char *besides, vt_error *err);

/** Minor units of an amount in major units of `currency`. */
int64_t vt_minor_units(double major, const char *currency);

/** Writes what is given of a record as members of the open object. */
void vt_fields_write(vt_json_writer *writer, const vt_fields *fields, const void *record, const char *currency);

#endif
