/*
 * Which of an order's lines a row is, where lines have no numbers: the first of its item in the order, the second with
 * other content, ... A row that is there twice is one line. Counted over all files of an import, so that the same
 * export names the same lines again.
 */
#ifndef VT_IMPORT_ORDER_LINES_H
#define VT_IMPORT_ORDER_LINES_H

#include "vitrine/record.h"

enum { VT_LINES_OF_ITEM_MAX = 1000 /* in one order */ };

typedef struct vt_order_lines {
    struct vt_order_entry *entries;
    size_t n, capacity;
} vt_order_lines;

void vt_order_lines_done(vt_order_lines *lines);

/**
 * Sets the occurrence of a line without a number. VT_ERR_LIMIT for more than VT_LINES_OF_ITEM_MAX of one item. 24 to 48
 * bytes a line are kept.
 */
int vt_order_lines_number(vt_order_lines *lines, vt_event *event, vt_error *err);

#endif
