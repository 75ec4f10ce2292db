/*
 * A call: one request of a client and the reply to it. It lives from the request line to the last byte of the reply and
 * is then used again. HTTP itself is http.c's; handlers read and fill this struct alone.
 */
#ifndef VT_SERVE_CALL_H
#define VT_SERVE_CALL_H

#include "base/arena.h"
#include "base/json.h"
#include "base/text.h"
#include "store/writer.h"

enum {
    VT_PATH_VALUES_MAX = 4,   /* names in the path of a route */
    VT_QUERY_VALUES_MAX = 64, /* parameters of a request */
    VT_REPLY_HEADERS_MAX = 12
};

struct vt_route;
struct vt_served_shop;

/** One parameter of the query, decoded. */
typedef struct vt_query_value {
    vt_str name, value;
} vt_query_value;

typedef struct vt_reply_header {
    const char *name;
    const char *value; /* in the call's arena, or static */
} vt_reply_header;

typedef struct vt_reply {
    int status; /* of HTTP */
    const char *type;
    vt_text body;      /* freed with the reply */
    vt_str fixed_body; /* used where `body` has no data: bytes that live as long as the process */
    int file;          /* sent in place of both, from its beginning; -1: none */
    vt_reply_header headers[VT_REPLY_HEADERS_MAX];
    size_t n_headers;
} vt_reply;

typedef struct vt_call {
    /* what came */
    const char *method;
    vt_str target;  /* as on the request line */
    vt_str path;    /* of it, still encoded, without the query */
    size_t n_query; /* parameters in `query` */
    vt_buf body;
    bool body_to_file;   /* of this route the body goes to a file */
    int body_file;       /* without a name; -1: there is none */
    size_t body_written; /* bytes in it */
    const char *client;  /* address, for logs and limits; the connection's */
    bool old_version;    /* HTTP/1.0 */
    bool ends; /* the connection ends with the reply: its head was not sound, or its body is not read to the end */

    /* what was found for it */
    void *server; /* the one that takes calls */
    const struct vt_route *route;
    size_t route_place;                    /* in the table of routes */
    vt_str path_value[VT_PATH_VALUES_MAX]; /* decoded, in the order of the route's names */
    struct vt_served_shop *shop;
    unsigned scopes; /* of the key that was shown */
    char key[24];    /* its id; "" without one */
    bool by_session; /* shown by the cookie of a session */
    char id[33];     /* of this request, hexadecimal */
    char parent[56]; /* the `traceparent` that was sent, if it is one */
    double begun;    /* vt_seconds() */
    double seconds;  /* that it took, when it is done */

    /* work under way */
    vt_arena *arena;
    vt_json_reader *json;
    vt_write_task task;
    bool pending;                                       /* the reply comes when the task is answered */
    int (*finish)(struct vt_call *call, vt_error *err); /* then makes it, on a worker */
    void *state;                                        /* of the handler, in the arena */

    vt_reply reply;
    void *connection; /* this and the next are http.c's */
    void *stage;
    struct vt_call *next;
    vt_query_value query[VT_QUERY_VALUES_MAX]; /* last, so that it need not be zeroed for each request */
} vt_call;

/** A header of the request, NULL without; borrowed. */
const char *vt_call_header(const vt_call *call, const char *name);

/** The value of a query parameter, "not given" without. The last one counts. */
vt_str vt_call_query(const vt_call *call, const char *name);

/** Splits and decodes `target` into path and query. VT_ERR_FORMAT. */
int vt_call_split(vt_call *call, vt_error *err);

/** `%41` and, where `plus`, `+` decoded into the arena; VT_ERR_FORMAT for what is no UTF-8 or has a NUL. */
int vt_call_decode(vt_str *out, vt_call *call, vt_str text, bool plus, vt_error *err);

/** The body as JSON. VT_ERR_FORMAT says where it is not. */
int vt_call_json(yyjson_val **out, vt_call *call, vt_error *err);

/** A file without a name in the shop's folder, readable and writable; the caller closes it. -1 and an error. */
int vt_call_scratch_file(const vt_call *call, vt_error *err);

/** Puts bytes of the body behind what its file holds. VT_ERR_LIMIT past what a body may have. */
int vt_call_body_add(vt_call *call, const char *bytes, size_t len, vt_error *err);

/** The reply is this file from its beginning, taken over. */
int vt_reply_file(vt_call *call, int file, const char *type, vt_error *err);

/** Adds a header to the reply; `value` is copied. Past the most that a reply can have nothing is added. */
void vt_reply_header_add(vt_call *call, const char *name, const char *value);

/** The reply is this JSON text, taken over. */
void vt_reply_json(vt_call *call, int status, vt_text *body);

/** A JSON object to write members into; ends with vt_reply_object_end(). */
typedef struct vt_reply_object {
    vt_json_writer json;
    vt_buf text;
} vt_reply_object;

void vt_reply_object_begin(vt_reply_object *object);
int vt_reply_object_end(vt_call *call, int status, vt_reply_object *object, vt_error *err);

/** Forgets the reply, so that another can be made. */
void vt_reply_clear(vt_call *call);

/** Makes the call ready for another request; keeps its memory. */
void vt_call_reset(vt_call *call);

int vt_call_create(vt_call **out, vt_error *err);
void vt_call_free(vt_call *call);

/**
 * Hands a task to the shop's writer; the reply is made by `finish` when the disk has it. The handler returns what this
 * returns. VT_ERR_BUSY when too many wait.
 */
int vt_call_write(vt_call *call, vt_write_kind kind, const void *records, size_t n, vt_put_result *results,
                  int (*finish)(vt_call *call, vt_error *err), vt_error *err);

/** The same for work of the handler's own, which is given the call. */
int vt_call_work(vt_call *call, int (*work)(void *call, vt_shop *shop, vt_error *err),
                 int (*finish)(vt_call *call, vt_error *err), vt_error *err);

#endif
