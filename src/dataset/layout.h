/*
 * Where everything of a snapshot lies: one block of bytes, the same in memory and on disk. A header of 64 bytes, a
 * table of sections, the sections. The format is described in docs/formats/snapshot.md.
 */
#ifndef VT_DATASET_LAYOUT_H
#define VT_DATASET_LAYOUT_H

#include <stddef.h>

#include "base/file.h"
#include "vitrine/snapshot.h"

#define VT_SNAPSHOT_VERSION 6U
#define VT_SNAPSHOT_MAGIC "VTSNAP\r\n" /* a transfer that changes line ends breaks it */
#define VT_SNAPSHOT_ENDIAN 0x01020304U
#define VT_SNAPSHOT_HASH_BYTES 32
#define VT_SNAPSHOT_ALIGN 64U
#define VT_SNAPSHOT_TIME_MAX ((int64_t)1 << 60) /* differences of times do not overflow */

/** The first 64 bytes of every version. The hash covers the 32 bytes before it and all bytes behind it. */
typedef struct vt_snapshot_header {
    char magic[8];
    uint32_t version;
    uint32_t endian;
    uint64_t size; /* of the file */
    uint32_t sections;
    uint32_t reserved; /* 0 */
    unsigned char hash[VT_SNAPSHOT_HASH_BYTES];
} vt_snapshot_header;

/** One row of the table behind the header. */
typedef struct vt_snapshot_row {
    char name[24]; /* padded with NUL */
    char type[8];  /* "u8", "i32", "i64", "f32" */
    uint64_t offset;
    uint64_t count; /* elements */
} vt_snapshot_row;

typedef enum vt_section {
    VT_SECTION_META, /* vt_meta */
    VT_SECTION_RULE, /* text of the positive rule */
    VT_SECTION_CURRENCY,
    VT_SECTION_TIME_ZONE,
    VT_SECTION_USER_OFFSET,
    VT_SECTION_USER_TEXT,
    VT_SECTION_USER_ROW,
    VT_SECTION_USER_PTR,
    VT_SECTION_USER_FIRST_ORDER,
    VT_SECTION_ITEM_OFFSET,
    VT_SECTION_ITEM_TEXT,
    VT_SECTION_ITEM_ROW,
    VT_SECTION_EVENT_ID,
    VT_SECTION_EVENT_ITEM,
    VT_SECTION_EVENT_TIME,
    VT_SECTION_EVENT_VALUE,
    VT_SECTION_EVENT_QUANTITY,
    VT_SECTION_EVENT_KIND,
    VT_SECTION_EVENT_PART,
    VT_SECTION_EVENT_STATE,
    VT_SECTION_EVENT_POSITIVE,
    VT_SECTION_EVENT_UNIT_PRICE,
    VT_SECTION_EVENT_DISCOUNT,
    VT_SECTION_EVENT_COST,
    VT_SECTION_EVENT_REFUNDED,
    VT_SECTION_EVENT_ORDER,
    VT_SECTION_EVENT_SESSION,
    VT_SECTION_EVENT_PLACEMENT,
    VT_SECTION_EVENT_MODEL,
    VT_SECTION_EVENT_REQUEST,
    VT_SECTION_EVENT_HAS_TEXT,
    VT_SECTION_EVENT_BY_TIME,
    VT_SECTION_LINE_TIME,
    VT_SECTION_LINE_USER,
    VT_SECTION_LINE_ITEM,
    VT_SECTION_LINE_ORDER,
    VT_SECTION_LINE_SESSION,
    VT_SECTION_LINE_QUANTITY,
    VT_SECTION_LINE_UNIT_PRICE,
    VT_SECTION_LINE_DISCOUNT,
    VT_SECTION_LINE_COST,
    VT_SECTION_LINE_REFUNDED,
    VT_SECTION_LINE_KIND,
    VT_SECTION_LINE_STATE,
    VT_SECTION_LINE_AT,
    VT_SECTION_VISIT_TIME,
    VT_SECTION_VISIT_USER,
    VT_SECTION_VISIT_ITEM,
    VT_SECTION_VISIT_SESSION,
    VT_SECTION_VISIT_KIND,
    VT_SECTION_VISIT_AT,
    VT_SECTION_ORDER_OFFSET,
    VT_SECTION_ORDER_TEXT,
    VT_SECTION_SESSION_OFFSET,
    VT_SECTION_SESSION_TEXT,
    VT_SECTION_PLACEMENT_OFFSET,
    VT_SECTION_PLACEMENT_TEXT,
    VT_SECTION_MODEL_OFFSET,
    VT_SECTION_MODEL_TEXT,
    VT_SECTION_REQUEST_OFFSET,
    VT_SECTION_REQUEST_TEXT,
    VT_SECTION_TITLE_OFFSET,
    VT_SECTION_TITLE_TEXT,
    VT_SECTION_IMAGE_OFFSET,
    VT_SECTION_IMAGE_TEXT,
    VT_SECTION_CATEGORY_OFFSET,
    VT_SECTION_CATEGORY_TEXT,
    VT_SECTION_ITEM_CATEGORY,
    VT_SECTION_BRAND_OFFSET,
    VT_SECTION_BRAND_TEXT,
    VT_SECTION_ITEM_BRAND,
    VT_SECTION_ITEM_PRICE,
    VT_SECTION_ITEM_COST,
    VT_SECTION_ITEM_STOCK,
    VT_SECTION_ITEM_AVAILABLE_FROM,
    VT_SECTION_ITEM_AVAILABLE_UNTIL,
    VT_SECTION_ITEM_ATTRIBUTE_OFFSET,
    VT_SECTION_ITEM_ATTRIBUTE_TEXT,
    VT_SECTION_ITEM_ATTRIBUTE_PTR,
    VT_SECTION_ITEM_ATTRIBUTE,
    VT_SECTION_USER_ATTRIBUTE_OFFSET,
    VT_SECTION_USER_ATTRIBUTE_TEXT,
    VT_SECTION_USER_ATTRIBUTE_PTR,
    VT_SECTION_USER_ATTRIBUTE,
    VT_SECTION_STOCK_PTR,
    VT_SECTION_STOCK_TIME,
    VT_SECTION_STOCK_PIECES,
    VT_SECTIONS
} vt_section;

/** Elements of the section "meta". */
typedef enum vt_meta {
    VT_META_TIME_MIN,
    VT_META_TIME_MAX,
    VT_META_REVISION,
    VT_META_CATALOGUE,
    VT_META_EPOCH,
    VT_META_LAST_EVENT,
    VT_META_LAST_USER,
    VT_META_LAST_ITEM,
    VT_META_LAST_CHANGE,
    VT_META_MIN_USER,
    VT_META_MIN_ITEM,
    VT_META_LAST_STOCK,
    VT_META_RATING_LOW, /* in millionths */
    VT_META_RATING_HIGH,
    VT_METAS
} vt_meta;

/** How many elements a section has. */
typedef enum vt_shape {
    VT_SHAPE_OWN,      /* its own number: texts, attributes */
    VT_SHAPE_META,     /* VT_METAS */
    VT_SHAPE_USERS,    /* U */
    VT_SHAPE_USER_END, /* U + 1 */
    VT_SHAPE_ITEMS,    /* I */
    VT_SHAPE_ITEM_END, /* I + 1 */
    VT_SHAPE_EVENTS,   /* A */
    VT_SHAPE_LINES,    /* L */
    VT_SHAPE_VISITS,   /* V */
    VT_SHAPE_NAMES     /* one more than there are names */
} vt_shape;

typedef struct vt_section_info {
    const char *name;
    const char *type;
    size_t size;  /* of an element */
    size_t field; /* offset of the pointer in vt_snapshot; SIZE_MAX: it has none */
    vt_shape shape;
} vt_section_info;

/** The table of sections, in the order of the file. */
extern const vt_section_info vt_section_table[VT_SECTIONS];

/** What a snapshot owns: a block in memory, or a mapped file. */
struct vt_snapshot_storage {
    unsigned char *block; /* owned, NULL when mapped */
    vt_mapping mapping;
    const unsigned char *data; /* the one or the other */
    size_t size;
};

/** What shapes are made of. */
typedef struct vt_layout_sizes {
    uint64_t users, items, events, lines, visits; /* U, I, A, L, V */
} vt_layout_sizes;

/** The number of elements of a section by its shape; `own` where the shape gives none. */
uint64_t vt_layout_count(vt_section section, const vt_layout_sizes *sizes, uint64_t own);

/** A snapshot with room for sections of `count` elements each, header and table filled; contents are the caller's. */
int vt_layout_create(vt_snapshot **out, const uint64_t count[VT_SECTIONS], vt_error *err);

/** A snapshot over a mapped file, which it takes over. Nothing is checked or bound. */
int vt_layout_adopt(vt_snapshot **out, vt_mapping *mapping, vt_error *err);

/** Row `section` of the table of a block. */
const vt_snapshot_row *vt_layout_row(const vt_snapshot *snapshot, vt_section section);

/** The contents of a section of a snapshot that was made by vt_layout_create(), to be filled. */
void *vt_layout_section(vt_snapshot *snapshot, vt_section section);

/** Sets the fields of the struct from the block; the block must be complete. */
void vt_layout_bind(vt_snapshot *snapshot);

/** Hash of a block, as the header keeps it. */
void vt_layout_hash(unsigned char hash[VT_SNAPSHOT_HASH_BYTES], const unsigned char *data, size_t size);

/** Puts the hash into the header, and binds. */
void vt_layout_seal(vt_snapshot *snapshot);

#endif
