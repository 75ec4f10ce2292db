/* Requests to the handlers of a served shop, without HTTP: what is stored by a call is put through the shop before. */
#ifndef VT_TEST_SERVE_FIXTURE_H
#define VT_TEST_SERVE_FIXTURE_H

#include "check.h"

#include "scratch.h"
#include "serve/problem.h"
#include "serve/route.h"
#include "serve/served_shop.h"
#include "vitrine/events.h"

typedef struct fixture {
    scratch files;
    vt_served_shop *shop; /* NULL until open_served() */
    vt_call *call;
} fixture;

static inline void set_up_call(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    *f = (fixture){0};
    scratch_init(&f->files);
    check_ok(vt_call_create(&f->call, &err));
}

static inline void broke(void *context)
{
    (void)context;
    fail_msg("the disk failed");
}

/** The shop in the scratch folder, which is made where it is not there. */
static inline void open_served(fixture *f)
{
    const vt_served_shop_options served = {.on_break = broke};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_served_shop_open(&f->shop, scratch_path(&f->files, "shop"), &served, &err));
}

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    set_up_call(f);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    vt_call_free(f->call);
    vt_served_shop_close(f->shop);
    scratch_done(&f->files);
    free(f);
    return 0;
}

/** A request up to its handler: what the server does before it, but keys and limits. */
static inline int begin(fixture *f, const char *method, const char *target, vt_error *err)
{
    char allowed[64];
    vt_call_reset(f->call);
    f->call->method = method;
    f->call->shop = f->shop;
    f->call->target = vt_arena_str(f->call->arena, vt_str_of(target), err);
    int status = f->call->target.ptr == NULL ? VT_ERR_NO_MEMORY : vt_call_split(f->call, err);
    status = status != VT_OK ? status : vt_route_find(f->call, allowed, sizeof allowed, err);
    return status != VT_OK ? status : vt_query_check(f->call, f->call->route->params, err);
}

/** A request that only reads, to its reply. */
static inline int get(fixture *f, const char *target, vt_error *err)
{
    int status = begin(f, "GET", target, err);
    return status != VT_OK ? status : f->call->route->handle(f->call, err);
}

static inline const char *header_of(const vt_call *call, const char *name)
{
    for (size_t i = 0; i < call->reply.n_headers; i++) {
        if (strcmp(call->reply.headers[i].name, name) == 0) {
            return call->reply.headers[i].value;
        }
    }
    return NULL;
}

#endif
