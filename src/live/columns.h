/* The columns of items and users that views share in blocks. */
#ifndef VT_LIVE_COLUMNS_H
#define VT_LIVE_COLUMNS_H

#include "live/block_table.h"
#include "vitrine/record.h"

/** Attributes of one row as numbers of their names, in the order of the texts "name=value". */
typedef struct vt_number_list {
    int32_t n;
    int32_t number[]; /**< (n) */
} vt_number_list;

/** The columns of 256 items. Money in minor units, times in UTC seconds; VT_NONE without. */
typedef struct vt_item_block {
    atomic_int refs;
    int64_t price[VT_BLOCK];
    int64_t cost[VT_BLOCK];
    int64_t stock[VT_BLOCK];           /**< VT_NONE: not tracked */
    int64_t available_from[VT_BLOCK];  /**< VT_NONE: always */
    int64_t available_until[VT_BLOCK]; /**< VT_NONE: for ever */
    int64_t count[VT_BLOCK];           /**< positive events, by the rule of the snapshot, those of guests too */
    int32_t category[VT_BLOCK];        /**< number of the text, -1 without */
    int32_t brand[VT_BLOCK];           /**< likewise */
    vt_str title[VT_BLOCK];            /**< "" without; as long as the generation lives */
    vt_str image[VT_BLOCK];            /**< path or URL of the first image, likewise */
    const vt_number_list *attributes[VT_BLOCK]; /**< NULL: those of the snapshot, if it has the item */
} vt_item_block;

/** The columns of 256 users. */
typedef struct vt_user_block {
    atomic_int refs;
    const vt_number_list *attributes[VT_BLOCK]; /**< NULL: those of the snapshot, if it has the user */
} vt_user_block;

extern const vt_block_kind vt_item_blocks;
extern const vt_block_kind vt_user_blocks;

#endif
