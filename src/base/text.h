/* Handing a buffer over as a text of the public interface. */
#ifndef VT_BASE_TEXT_H
#define VT_BASE_TEXT_H

#include "base/buf.h"
#include "vitrine/text.h"

/** When `status`, which is handed on, is VT_OK, the bytes of `buf` are now those of `out`. Ends `buf` in any case. */
int vt_text_finish(vt_text *out, vt_buf *buf, int status, vt_error *err);

#endif
