/* The capped buffer: grows by half as much again, never past its cap. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

void vt_buf_init(vt_buf *buf, size_t cap)
{
    *buf = (vt_buf){.cap = cap};
}

void vt_buf_done(vt_buf *buf)
{
    vt_free(buf->data);
    *buf = (vt_buf){.cap = buf->cap};
}

int vt_buf_reserve(vt_buf *buf, size_t extra, vt_error *err)
{
    if (extra > buf->cap - buf->len) {
        return vt_fail(err, VT_ERR_LIMIT, "more than the limit of %zu bytes", buf->cap);
    }
    size_t want = buf->len + extra + 1;
    if (want <= buf->capacity) {
        return VT_OK;
    }
    size_t capacity = buf->capacity + buf->capacity / 2 + 64;
    capacity = capacity < want ? want : capacity;
    char *data = vt_realloc(buf->data, capacity, 1, err);
    if (data == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    buf->data = data;
    buf->capacity = capacity;
    buf->data[buf->len] = '\0';
    return VT_OK;
}

int vt_buf_add(vt_buf *buf, const void *bytes, size_t len, vt_error *err)
{
    int status = vt_buf_reserve(buf, len, err);
    if (status == VT_OK) {
        if (len > 0) {
            memcpy(buf->data + buf->len, bytes, len);
        }
        buf->len += len;
        buf->data[buf->len] = '\0';
    }
    return status;
}

int vt_buf_add_text(vt_buf *buf, const char *text, vt_error *err)
{
    return vt_buf_add(buf, text, strlen(text), err);
}

int vt_buf_printf(vt_buf *buf, vt_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) {
        return vt_fail(err, VT_ERR_FAILED, "cannot format \"%s\"", format);
    }
    int status = vt_buf_reserve(buf, (size_t)len, err);
    if (status == VT_OK) {
        va_start(args, format);
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
        va_end(args);
        buf->len += (size_t)len;
    }
    return status;
}

void vt_buf_clear(vt_buf *buf)
{
    buf->len = 0;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}
