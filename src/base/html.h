/* The marks of HTML in texts that are no documents: one tag or one entity at a time. */
#ifndef VT_BASE_HTML_H
#define VT_BASE_HTML_H

#include <stdbool.h>
#include <stdint.h>

#include "vitrine/str.h"

/** What a tag says. A comment has the name "!--", a declaration "!". */
typedef struct vt_html_tag {
    vt_str name; /* borrowed, as it is written */
    bool closing;
    bool block; /* ends a line: p, br, li, td ... */
} vt_html_tag;

/** Bytes of the tag or comment that `text` begins with ("<br/>" at "<"), 0 when it begins with none. */
size_t vt_html_read_tag(vt_html_tag *tag, vt_str text);

/**
 * Bytes of the entity that `text` begins with ("&amp;", "&#39;", "&#x2019;" at "&"), 0 when it begins with none that is
 * known. Numbers 128 to 159 are what Windows-1252 has there, as in browsers.
 */
size_t vt_html_read_entity(uint32_t *code, vt_str text);

#endif
