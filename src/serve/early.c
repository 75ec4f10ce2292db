/* The reply is small (a problem): a socket that nothing was sent to yet has place for it. */
#include "serve/early.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include "base/limits.h"

static int write_reply(vt_buf *out, const vt_reply *reply)
{
    int status = vt_buf_printf(out, NULL, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n",
                               reply->status, MHD_get_reason_phrase_for((unsigned)reply->status), reply->body.len);
    if (status == VT_OK && reply->type != NULL) {
        status = vt_buf_printf(out, NULL, "Content-Type: %s\r\n", reply->type);
    }
    for (size_t i = 0; i < reply->n_headers && status == VT_OK; i++) {
        status = vt_buf_printf(out, NULL, "%s: %s\r\n", reply->headers[i].name, reply->headers[i].value);
    }
    status = status != VT_OK ? status : vt_buf_add_text(out, "\r\n", NULL);
    return status != VT_OK ? status : vt_buf_add(out, reply->body.data, reply->body.len, NULL);
}

bool vt_early_send(int fd, const vt_reply *reply)
{
    vt_buf text;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    bool sent = write_reply(&text, reply) == VT_OK &&
                send(fd, text.data, text.len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)text.len;
    vt_buf_done(&text);
    return sent;
}
