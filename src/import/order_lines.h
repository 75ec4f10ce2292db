/*
 * Which of an order's lines a row is, where lines have no numbers: the first of its item in the order, the second, ...
 * Two equal rows are two lines. Counted anew in each file, so that the same export, or another one with the same order
 * in it, names the same lines again.
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

/** Forgets the lines and keeps the memory: another file begins. */
void vt_order_lines_clear(vt_order_lines *lines);

/**
 * Sets the occurrence of a line without a number. VT_ERR_LIMIT for more than VT_LINES_OF_ITEM_MAX of one item. 12 to 24
 * bytes a line are kept.
 */
int vt_order_lines_number(vt_order_lines *lines, vt_event *event, vt_error *err);

#endif
