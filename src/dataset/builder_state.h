/* The inside of a builder, shared by the file that collects and those that plan and fill. */
#ifndef VT_DATASET_BUILDER_STATE_H
#define VT_DATASET_BUILDER_STATE_H

#include "dataset/attributes.h"
#include "dataset/builder.h"
#include "dataset/columns.h"
#include "dataset/positive.h"

struct vt_builder {
    vt_positive rule;
    char rule_text[256];
    int32_t min_user;
    int32_t min_item;
    const vt_progress *progress;
    vt_text_list users;
    vt_user_columns user;
    vt_attribute_list user_attributes;
    vt_text_list items;
    vt_text_list titles;
    vt_text_list images; /* first ones */
    vt_item_columns item;
    vt_map *categories;
    vt_map *brands;
    vt_attribute_list item_attributes;
    vt_stock_columns stocks;
    vt_json_reader *json; /* of free attributes */
    vt_event_columns events;
    vt_map *orders;
    vt_map *sessions;
    vt_map *placements;
    vt_map *models;
    vt_map *requests;
};

#endif
