/* Texts of the public interface. */
#include "base/text.h"

#include "base/alloc.h"

void vt_text_free(vt_text *text)
{
    if (text != NULL) {
        vt_free(text->data);
        *text = (vt_text){NULL, 0};
    }
}

int vt_text_finish(vt_text *out, vt_buf *buf, int status, vt_error *err)
{
    if (status == VT_OK) {
        status = vt_buf_reserve(buf, 0, err); /* an empty text has its NUL too */
    }
    if (status == VT_OK) {
        *out = (vt_text){buf->data, buf->len};
        buf->data = NULL;
    }
    vt_buf_done(buf);
    return status;
}
