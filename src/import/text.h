/*
 * Texts as source files have them, made fit for the store: broken UTF-8, Latin-1, HTML, category paths, lists of
 * images. All functions append to a buffer of the caller; VT_ERR_NO_MEMORY and VT_ERR_LIMIT (the buffer's cap) are
 * the errors.
 */
#ifndef VT_IMPORT_TEXT_H
#define VT_IMPORT_TEXT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/json.h"
#include "vitrine/str.h"

/** The beginning of a value, for a message: "%.*s". */
#define VT_SHOWN(s) (int)((s).len > 60 ? 60 : (s).len), (s).len == 0 ? "" : (s).ptr

#define VT_TEXT_IMAGES_MAX ((size_t)256) /* images of one item */

/** Equal but for the case of ASCII letters. */
bool vt_text_same(vt_str a, const char *b);

/** `text` with every byte that is no UTF-8, and every NUL, replaced by U+FFFD. */
int vt_text_repair(vt_buf *out, vt_str text, vt_error *err);

/** A code point as UTF-8; surrogates and what lies past U+10FFFF become U+FFFD. */
int vt_text_code_point(vt_buf *out, unsigned code, vt_error *err);

/**
 * HTML without its tags, with entities decoded and white space run together; paragraphs become lines. Scripts and
 * styles go with what is in them.
 */
int vt_text_html(vt_buf *out, vt_str text, vt_error *err);

/** As vt_text_html() where the text has a tag or an entity; else as it is, white space and lines too. */
int vt_text_marked(vt_buf *out, vt_str text, vt_error *err);

/** The same; of what a program printed of a list its texts, one a line, and of a dict nothing. */
int vt_text_plain(vt_buf *out, vt_str text, vt_error *err);

/**
 * A category cell as a path with " > " between levels. Levels stand apart by ">", in cells without one by "/"; of
 * several paths ("|" between them, with `commas` also ",") the first counts. A list of a program ("['A', 'B']") is a
 * path of its texts; an empty one is none.
 */
int vt_text_category(vt_buf *out, vt_str cell, bool commas, vt_error *err);

/** Adds one level to a path, nothing when the level is empty; `start` is where the path begins in the buffer. */
int vt_text_level(vt_buf *out, size_t start, vt_str level, vt_error *err);

/** Shopify's handle of a title: lower case, what is no letter or digit becomes one "-". */
int vt_text_handle(vt_buf *out, vt_str title, vt_error *err);

/**
 * The images of a cell, borrowed: separated by white space, "|" or ",". A comma inside a URL stays, unless another
 * URL or path follows it. Of lists and dicts of a program the addresses within, one of each size. At most
 * VT_TEXT_IMAGES_MAX; returns how many.
 */
size_t vt_text_images(vt_str *out, vt_str cell);

/** The parts of a cell that stand between `mark`s, trimmed and without empty ones, as an array of texts. */
void vt_text_list(vt_json_writer *writer, const char *key, vt_str cell, char mark);

/** "25-34" of an age in years ("0-17" and "65+" at the ends), NULL when it is none. Static storage. */
const char *vt_text_age_band(vt_str age);

#endif
