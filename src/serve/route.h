/*
 * The routes, as rows of one table: finding the handler of a request, its key's scope, the check of its parameters, the
 * OpenAPI document, the page of documentation and docs/rest.md all go by them.
 */
#ifndef VT_SERVE_ROUTE_H
#define VT_SERVE_ROUTE_H

#include "serve/fields.h"
#include "serve/query.h"
#include "vitrine/key.h"

/** What a route's body is. */
typedef enum vt_body_type {
    VT_BODY_NONE,
    VT_BODY_ONE,   /* one record */
    VT_BODY_MANY,  /* one record or an array of them */
    VT_BODY_JSON,  /* an object of its own */
    VT_BODY_BYTES, /* a photo */
    VT_BODY_FILE   /* a file of any size */
} vt_body_type;

typedef struct vt_route {
    const char *method;
    const char *path;  /* "/v1/users/{user}/recommendations" */
    const char *name;  /* "recommendUser" */
    const char *group; /* heading in the documentation */
    bool slow;         /* answered on a thread of its own */
    bool begins_job;   /* answers 202 before the work is done */
    bool of_process;   /* about the server, not a shop of it */
    unsigned scope;    /* the key needs one of these; 0: no key is needed */
    const char *summary;
    const char *details; /* may be NULL */
    const vt_query_param *const *params;
    vt_body_type body;
    bool body_optional;
    const vt_fields *fields;  /* of the body's records */
    const char *body_schema;  /* of VT_BODY_JSON: a schema of answers.c */
    const char *body_example; /* of VT_BODY_JSON */
    const char *answer;       /* schema of the answer: "List", "Item"; NULL: it is no JSON that has one */
    const char *type;         /* of the answer where it has no schema */
    int (*handle)(vt_call *call, vt_error *err);
} vt_route;

/** Row number `at`; NULL past the last. */
const vt_route *vt_route_at(size_t at);

/** The names of its scopes with `joint` between them: "write or report". */
void vt_route_scopes(char *out, size_t size, const vt_route *route, const char *joint);

/**
 * The route of a request; its path values are decoded into the call. VT_ERR_NOT_FOUND: no such path; VT_ERR_USAGE: the
 * path knows other methods, which are then in `allowed` ("GET, PUT").
 */
int vt_route_find(vt_call *call, char *allowed, size_t size, vt_error *err);

#endif
