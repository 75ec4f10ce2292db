/*
 * Lines of Python literals ({'asin': u'B0', 'price': 3.5}), as the 2014 files of Amazon reviews have them, made JSON.
 */
#ifndef VT_IMPORT_PYDICT_H
#define VT_IMPORT_PYDICT_H

#include "base/buf.h"
#include "vitrine/str.h"

/** True when the first byte inside the outermost brace begins no JSON key: worth reading as Python. */
bool vt_pydict_likely(vt_str line);

/**
 * Appends the JSON of one Python literal: dict, list, tuple (an array), strings of any quotes and of prefix u, b or
 * r, numbers, True, False, None, nan and inf (null). In strings without prefix, runs of \x escapes that are UTF-8 are
 * read as UTF-8, as Python 2 wrote it. VT_ERR_FORMAT with the byte in `position` for anything else; nesting is capped
 * at VT_JSON_DEPTH_MAX.
 */
int vt_pydict_to_json(vt_buf *out, vt_str line, vt_error *err);

#endif
