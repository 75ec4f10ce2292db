/*
 * Words of files that stand for something else: nothing at all, a kind of event, the state of an order, yes. Compared
 * as vt_word_key() writes them, so that case, accents and punctuation do not matter.
 */
#ifndef VT_IMPORT_WORDS_H
#define VT_IMPORT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"
#include "vitrine/record.h"

enum { VT_WORD_BYTES = 96 };

/**
 * Lower case without accents, "_" for each run of bytes that are neither letters nor digits; at most `size` - 1 bytes
 * and a NUL. What is no UTF-8 stays as it is.
 */
void vt_word_key(char *out, size_t size, vt_str text);

/**
 * True for the ways in which files say "nothing" (any case): empty, "N/A", "NA", "null", "none", "nan", "NaT",
 * "undefined", "\N", "-" and dashes.
 */
bool vt_word_nothing(vt_str text);

/** True for the times that stand for none: 0000-00-00..., 0001-01-01..., with or without a time of day. */
bool vt_word_no_time(vt_str text);

/** What a word in the place of a number of pieces means. */
typedef enum vt_stock_word {
    VT_STOCK_NO_WORD,
    VT_STOCK_OUT,   /* none: "out of stock" */
    VT_STOCK_THERE, /* some: "in stock" */
    VT_STOCK_OPEN   /* as many as one likes: "backorder", "unlimited" */
} vt_stock_word;

vt_stock_word vt_word_stock(vt_str text);

/** True for 1, true, yes, y, ja, oui, si. */
bool vt_word_yes(vt_str text);

/* ---- events ------------------------------------------------------------------------------------------------------ */

enum { VT_WORD_UNKNOWN = -1, VT_WORD_LEFT_OUT = -2, VT_WORD_CHECKOUT = -3 };

/**
 * The kind of event that a word means, VT_WORD_LEFT_OUT for events that a shop has no place for (remove_from_cart),
 * VT_WORD_CHECKOUT for "checkout", which is a purchase where a file has no other word for one,
 * and else the step before it, else VT_WORD_UNKNOWN. `map` is "word=kind,..." of the caller and comes first (NULL:
 * none).
 */
int vt_word_event(vt_str text, const char *map);

/** VT_ERR_USAGE when the map is not "word=kind,...", with the kinds that there are ("ignore" among them). */
int vt_word_event_map_check(const char *map, vt_error *err);

/* ---- orders ------------------------------------------------------------------------------------------------------ */

typedef enum vt_order_state {
    VT_ORDER_SOLD,
    VT_ORDER_OPEN, /* not placed or not paid (yet) */
    VT_ORDER_CANCELLED,
    VT_ORDER_REFUNDED,
    VT_ORDER_UNKNOWN
} vt_order_state;

/** The state that a status means, in English, German, French, Spanish, Italian or Dutch. `map` as for events. */
vt_order_state vt_word_order(vt_str text, const char *map);

/** VT_ERR_USAGE when the map is not "word=state,..." with sold, open, cancelled or refunded. */
int vt_word_order_map_check(const char *map, vt_error *err);

#endif
