/* Cleaned texts that still have their lines, for what looks at lines and sentences. */
#ifndef VT_ENCODE_CLEAN_LINES_H
#define VT_ENCODE_CLEAN_LINES_H

#include "base/buf.h"

/** As vt_text_clean(), but where a line of the page or of the text ended there is "\n" in place of a space. */
int vt_text_clean_lines(vt_buf *out, vt_str text, vt_error *err);

#endif
