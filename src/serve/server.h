/* The inside of a server. */
#ifndef VT_SERVE_SERVER_H
#define VT_SERVE_SERVER_H

#include <stdatomic.h>

#include "base/log.h"
#include "serve/http.h"
#include "serve/limits.h"
#include "serve/measure.h"
#include "serve/served_shop.h"
#include "serve/trainer.h"
#include "vitrine/server.h"

struct vt_server {
    vt_server_options options;
    char *origins;
    char *program; /* that trains; NULL: none */
    vt_retrain_plan plan;
    vt_served_shop **shops; /* (n_shops) in the order of their names */
    size_t n_shops;
    bool many; /* addresses begin with /shops/NAME */
    vt_http *http;
    struct vt_side *side; /* of calls that take long */
    vt_measures measures; /* of calls that belong to no shop */
    vt_limits limits;
    vt_limits logins; /* tries to log in of one address */
    char address[128];
    int wake[2]; /* a pipe: a byte in it ends vt_server_run() */
    atomic_int stopping;
    atomic_int backing_up;
    double opened; /* vt_seconds() */
};

/** The head of a call is here: route, key, limits. Makes the reply where the call is refused. */
void vt_server_admit(vt_server *server, vt_call *call);

/** Headers by which pages of the origins of the options may read the reply. */
void vt_server_allow_origin(const vt_server *server, vt_call *call);

/** What a call counts in: its shop's measures, or the server's. */
vt_measures *vt_server_measures(vt_server *server, const vt_call *call);

/** One line of the log that is about no call; a sink of vt_log_set(). */
void vt_server_log(void *server, vt_log_level level, const char *line);

/** One line of the log about a call that is done. */
void vt_server_log_call(vt_server *server, const vt_call *call, bool sent);

/** What every reply has: the request's id, who may read it. Once a call, when its reply is made. */
void vt_server_finish(vt_server *server, vt_call *call);

#endif
