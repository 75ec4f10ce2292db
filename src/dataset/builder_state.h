/* The inside of a builder, shared by the file that collects and the one that finishes. */
#ifndef VT_DATASET_BUILDER_STATE_H
#define VT_DATASET_BUILDER_STATE_H

#include "base/json.h"
#include "dataset/builder.h"
#include "dataset/positive.h"
#include "dataset/rows.h"

struct vt_builder {
    vt_positive rule;
    char rule_text[256];
    int32_t min_user;
    int32_t min_item;
    const vt_progress *progress;
    vt_text_list users;
    vt_text_list items;
    vt_map *categories;
    vt_map *brands;
    int32_t *item_category; /* number in `categories`, -1 without */
    int32_t *item_brand;
    int64_t *item_price;
    size_t item_capacity;
    vt_attribute_list item_attributes;
    vt_attribute_list user_attributes;
    vt_json_reader *json; /* of free attributes */
    vt_event_columns events;
};

#endif
