/* Texts of products as an encoder should read them: without the marks of the pages they come from. */
#ifndef VT_ENCODE_CLEAN_H
#define VT_ENCODE_CLEAN_H

#include "base/buf.h"
#include "encode/reviews.h"
#include "vitrine/record.h"

/**
 * Appends `text` cleaned: HTML tags gone (what stands in script and style too), entities replaced, control characters
 * and runs of white space made one space, invalid UTF-8 made U+FFFD. What was escaped twice is read twice. `out` is
 * untouched on failure: VT_ERR_NO_MEMORY, VT_ERR_LIMIT.
 */
int vt_text_clean(vt_buf *out, vt_str text, vt_error *err);

/**
 * Appends what an item says of itself: title, brand, category path, description, each cleaned, joined by ". " (" "
 * where one ends in ".", "!" or "?"). The description is without headings and buttons of pages, and without sentences
 * that the item has said before. Titles of its reviews follow, unless `reviews` is NULL. What is missing is left out;
 * nothing is appended for an item without any text. `out` is untouched on failure: VT_ERR_NO_MEMORY, VT_ERR_LIMIT.
 */
int vt_item_text(vt_buf *out, const vt_item *item, const vt_reviews *reviews, vt_error *err);

#endif
