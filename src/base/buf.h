/* A growable byte buffer with a cap: reaching the cap is an error, not a crash. */
#ifndef VT_BASE_BUF_H
#define VT_BASE_BUF_H

#include "vitrine/error.h"
#include "vitrine/str.h"

/** Owned by the caller: init with vt_buf_init, done with vt_buf_done. `data` has a NUL behind `len`. */
typedef struct vt_buf {
    char *data;
    size_t len;
    size_t capacity;
    size_t cap; /* len never passes this */
} vt_buf;

void vt_buf_init(vt_buf *buf, size_t cap);
void vt_buf_done(vt_buf *buf);

/** Room for `extra` more bytes. VT_ERR_LIMIT past the cap. */
int vt_buf_reserve(vt_buf *buf, size_t extra, vt_error *err);

int vt_buf_add(vt_buf *buf, const void *bytes, size_t len, vt_error *err);
int vt_buf_add_text(vt_buf *buf, const char *text, vt_error *err);
int vt_buf_printf(vt_buf *buf, vt_error *err, const char *format, ...) VT_PRINTF(3, 4);

/** Forgets the content, keeps the memory. */
void vt_buf_clear(vt_buf *buf);

#endif
