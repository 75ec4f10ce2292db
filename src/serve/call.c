/* Reading a request and filling a reply. */
#include "serve/call.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "base/number.h"
#include "serve/http.h"
#include "serve/served_shop.h"

static void close_file(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

int vt_call_create(vt_call **out, vt_error *err)
{
    vt_call *call = vt_alloc_zero(1, sizeof *call, err);
    if (call == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&call->body, VT_BODY_BYTES_MAX);
    call->body_file = call->reply.file = -1;
    int status = vt_arena_create(&call->arena, 0, err);
    if (status == VT_OK) {
        status = vt_json_reader_create(&call->json, err);
    }
    if (status != VT_OK) {
        vt_call_free(call);
        return status;
    }
    *out = call;
    return VT_OK;
}

void vt_call_free(vt_call *call)
{
    if (call != NULL) {
        vt_reply_clear(call);
        close_file(&call->body_file);
        vt_buf_done(&call->body);
        vt_json_reader_free(call->json);
        vt_arena_free(call->arena);
        vt_free(call);
    }
}

void vt_call_reset(vt_call *call)
{
    enum { KEPT = 256 << 10 }; /* a buffer that one large request needed is not kept for all that follow */
    vt_reply_clear(call);
    close_file(&call->body_file);
    vt_arena *arena = call->arena;
    vt_json_reader *json = call->json;
    vt_buf body = call->body;
    if (body.capacity > KEPT) {
        vt_buf_done(&body);
        vt_buf_init(&body, VT_BODY_BYTES_MAX);
    }
    vt_buf_clear(&body);
    vt_arena_reset(arena);
    memset(call, 0, offsetof(vt_call, query)); /* without the parameters, which n_query counts */
    call->arena = arena;
    call->json = json;
    call->body = body;
    call->body_file = call->reply.file = -1;
}

/* ---- the request ------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int vt_call_decode(vt_str *out, vt_call *call, vt_str text, bool plus, vt_error *err)
{
    char *decoded = vt_arena_alloc(call->arena, text.len + 1, 1, err);
    size_t n = 0;
    if (decoded == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(text.ptr[i + 2]) : -1;
            if (low < 0) {
                return vt_fail(err, VT_ERR_FORMAT, "\"%%\" in the address is not followed by two hexadecimal digits");
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        decoded[n++] = c;
    }
    decoded[n] = '\0';
    *out = (vt_str){decoded, n};
    return vt_utf8_valid(*out) ? VT_OK
                               : vt_fail(err, VT_ERR_FORMAT, "the address holds bytes that are no UTF-8, or a NUL");
}

static int add_query(vt_call *call, vt_str pair, vt_error *err)
{
    if (pair.len == 0) {
        return VT_OK;
    }
    if (call->n_query == VT_QUERY_VALUES_MAX) {
        return vt_fail(err, VT_ERR_FORMAT, "a request has at most %d parameters", VT_QUERY_VALUES_MAX);
    }
    const char *equals = memchr(pair.ptr, '=', pair.len);
    size_t name = equals == NULL ? pair.len : (size_t)(equals - pair.ptr);
    vt_query_value *q = &call->query[call->n_query];
    int status = vt_call_decode(&q->name, call, (vt_str){pair.ptr, name}, true, err);
    if (status == VT_OK && equals != NULL) {
        status = vt_call_decode(&q->value, call, (vt_str){equals + 1, pair.len - name - 1}, true, err);
    } else {
        q->value = vt_str_of("");
    }
    call->n_query += status == VT_OK;
    return status;
}

int vt_call_split(vt_call *call, vt_error *err)
{
    vt_str target = call->target;
    const char *mark = memchr(target.ptr, '?', target.len);
    call->path = (vt_str){target.ptr, mark == NULL ? target.len : (size_t)(mark - target.ptr)};
    call->n_query = 0;
    int status = VT_OK;
    const char *end = target.ptr + target.len;
    for (const char *at = mark == NULL ? end : mark + 1; status == VT_OK && at < end;) {
        const char *next = memchr(at, '&', (size_t)(end - at));
        next = next == NULL ? end : next;
        status = add_query(call, (vt_str){at, (size_t)(next - at)}, err);
        at = next + 1;
    }
    return status;
}

vt_str vt_call_query(const vt_call *call, const char *name)
{
    const vt_str wanted = vt_str_of(name);
    for (size_t i = call->n_query; i-- > 0;) {
        if (vt_str_equal(call->query[i].name, wanted)) {
            return call->query[i].value;
        }
    }
    return (vt_str){NULL, 0};
}

int vt_call_json(yyjson_val **out, vt_call *call, vt_error *err)
{
    if (call->body.len == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "the request has no body; JSON is expected");
    }
    return vt_json_read(call->json, (vt_str){call->body.data, call->body.len}, out, err);
}

/* ---- files ------------------------------------------------------------------------------------------------------- */

int vt_call_scratch_file(const vt_call *call, vt_error *err)
{
    int fd = open(call->shop->path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) {
        vt_fail_errno(err, errno, "cannot make a file in %s", call->shop->path);
    }
    return fd;
}

int vt_call_body_add(vt_call *call, const char *bytes, size_t len, vt_error *err)
{
    if (!call->body_to_file) {
        return vt_buf_add(&call->body, bytes, len, err);
    }
    if (call->body_file < 0 && (call->body_file = vt_call_scratch_file(call, err)) < 0) {
        return VT_ERR_IO;
    }
    if (len > VT_BODY_FILE_BYTES_MAX - call->body_written) {
        return vt_fail(err, VT_ERR_LIMIT, "the body is longer than 16 GiB");
    }
    for (size_t done = 0; done < len;) {
        ssize_t n = write(call->body_file, bytes + done, len - done);
        if (n < 0 && errno != EINTR) {
            return vt_fail_errno(err, errno, "the body cannot be kept");
        }
        done += n > 0 ? (size_t)n : 0;
    }
    call->body_written += len;
    return VT_OK;
}

int vt_reply_file(vt_call *call, int file, const char *type, vt_error *err)
{
    if (file < 0) {
        return vt_fail_errno(err, errno, "the reply has no file");
    }
    vt_reply_clear(call);
    call->reply.status = 200;
    call->reply.type = type;
    call->reply.file = file;
    return VT_OK;
}

/* ---- the reply --------------------------------------------------------------------------------------------------- */

void vt_reply_clear(vt_call *call)
{
    vt_text_free(&call->reply.body);
    close_file(&call->reply.file);
    memset(&call->reply, 0, sizeof call->reply);
    call->reply.file = -1;
}

void vt_reply_header_add(vt_call *call, const char *name, const char *value)
{
    vt_str copy = vt_arena_str(call->arena, vt_str_of(value), NULL);
    if (copy.ptr != NULL && call->reply.n_headers < VT_REPLY_HEADERS_MAX) {
        call->reply.headers[call->reply.n_headers++] = (vt_reply_header){name, copy.ptr};
    }
}

void vt_reply_json(vt_call *call, int status, vt_text *body)
{
    vt_text_free(&call->reply.body);
    call->reply.status = status;
    call->reply.type = "application/json";
    call->reply.body = *body;
    *body = (vt_text){NULL, 0};
}

void vt_reply_object_begin(vt_reply_object *object)
{
    vt_buf_init(&object->text, VT_REPLY_BYTES_MAX);
    vt_json_writer_init(&object->json, &object->text, false);
    vt_json_object(&object->json, NULL);
}

int vt_reply_object_end(vt_call *call, int status, vt_reply_object *object, vt_error *err)
{
    vt_text body = {NULL, 0};
    vt_json_object_end(&object->json);
    int code = vt_json_writer_done(&object->json, err);
    if (code == VT_OK) {
        code = vt_buf_add(&object->text, "\n", 1, err);
    }
    code = vt_text_finish(&body, &object->text, code, err);
    if (code == VT_OK) {
        vt_reply_json(call, status, &body);
    }
    return code;
}

/* ---- work of the writer ------------------------------------------------------------------------------------------ */

static void answered(vt_write_task *task)
{
    vt_http_resume(task->context);
}

static int prepare(vt_call *call, const vt_write_task *task, int (*finish)(vt_call *call, vt_error *err), vt_error *err)
{
    if (vt_writer_waiting(call->shop->writer) >= VT_WRITES_WAITING_MAX) {
        return vt_fail(err, VT_ERR_BUSY, "too many requests wait for the disk; send this one once more");
    }
    call->task = *task;
    call->task.context = call;
    call->task.answered = answered;
    call->finish = finish;
    call->pending = true;
    return VT_OK;
}

int vt_call_write(vt_call *call, vt_write_kind kind, const void *records, size_t n, vt_put_result *results,
                  int (*finish)(vt_call *call, vt_error *err), vt_error *err)
{
    const vt_write_task task = {.batch = {kind, records, n, results}, .err = VT_ERROR_INIT};
    return prepare(call, &task, finish, err);
}

int vt_call_work(vt_call *call, int (*work)(void *call, vt_shop *shop, vt_error *err),
                 int (*finish)(vt_call *call, vt_error *err), vt_error *err)
{
    const vt_write_task task = {.work = work, .err = VT_ERROR_INIT};
    return prepare(call, &task, finish, err);
}
