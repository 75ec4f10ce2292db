/**
 * The server: a shop over HTTP. Lists and figures are answered from memory, what is told is on the disk before it is
 * answered, and the next answer has it. docs/rest.md lists the routes. Experimental: may still change.
 */
#ifndef VITRINE_SERVER_H
#define VITRINE_SERVER_H

#include <stdbool.h>

#include "vitrine/error.h"
#include "vitrine/progress.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_server vt_server;

/** How severe a line of the log is. */
typedef enum vt_server_log_level {
    VT_SERVER_DEBUG,
    VT_SERVER_INFO,
    VT_SERVER_WARNING,
    VT_SERVER_ERROR
} vt_server_log_level;

/** What is served and how. Texts are borrowed for vt_server_open(). Init with vt_server_options_init(). */
typedef struct vt_server_options {
    size_t size;         /**< set by vt_server_options_init() */
    const char *shop;    /**< folder; made where it is missing or empty */
    const char *shops;   /**< in place of `shop`: a folder of shops, each at /shops/NAME/v1/... with its own keys; NULL:
                                  one shop */
    const char *listen;  /**< default "127.0.0.1:8080"; port 0: any free one */
    const char *model;   /**< name of the model that answers; NULL: what the shop says, vt_model_find() */
    const char *program; /**< path of the program vitrine, which trains models; NULL: nothing is trained */
    const char *retrain; /**< when models are trained: "every=6h" (m, h, d), "events=50000" that came since, "off", or
                              NULL: only a first model, once 1,000 events that count are there */
    int64_t train_memory;    /**< MiB of address space of a training, 512 at least; 0: any */
    int32_t workers;         /**< threads that answer, 1 to 256; 0, the default: as many as processors, 2 at least */
    int32_t connections;     /**< at once, default 4,096 */
    double idle_seconds;     /**< until a connection that says nothing is closed, default 60 */
    double total_seconds;    /**< that a client may take to send a request, and again to take the reply, default 60 */
    bool without_encoding;   /**< new items get no vectors of their texts and photos while they are served */
    bool without_warm_up;    /**< what the dashboard asks first is not answered before somebody asks */
    bool insecure_local;     /**< answer without a key; VT_ERR_USAGE unless it listens on a loopback address */
    const char *certificate; /**< PEM files for TLS; NULL: none */
    const char *private_key;
    bool relaxed;                /**< a commit need not have reached the disk: a power cut can take the last ones, a
                                      kill takes none */
    const char *origins;         /**< whose pages may call, joined by spaces: "https://shop.example"; NULL: nobody's */
    double requests_per_second;  /**< of one key, or of one address without; 0, the default: any number */
    const vt_progress *progress; /**< of opening; borrowed for the call */
    void (*log)(void *context, vt_server_log_level level, const char *line); /**< one JSON object a line; NULL: none */
    void *log_context;
    int32_t
        result_cache; /**< MiB of lists that are kept, of each shop, to be given again while nothing has changed that
                               they hang on; default 32, 0: none */
    double result_seconds; /**< for how long at most, since what is popular moves with time and with what others do;
                                default 10 */
    vt_server_log_level log_least; /**< lines below it are not made; default VT_SERVER_DEBUG */
} vt_server_options;

VT_SIZED_INIT(vt_server_options)

/**
 * Opens the shop for writing and begins to answer. VT_ERR_BUSY: another process writes to the shop; VT_ERR_IO: the
 * address is in use. The caller closes it.
 */
VT_API int vt_server_open(vt_server **out, const vt_server_options *options, vt_error *err);

/** Where it listens: "http://127.0.0.1:8080". Borrowed. */
VT_API const char *vt_server_address(const vt_server *server);

/**
 * For shop number `at` that has no key yet: the address at which a browser logs in, once and in the next ten minutes,
 * "http://127.0.0.1:8080/#token=...". Each call makes a new one and ends the one before. VT_ERR_NOT_FOUND: the shop has
 * keys, or no keys are asked for; VT_ERR_USAGE: there is no such shop.
 */
VT_API int vt_server_first_address(char *out, size_t size, vt_server *server, size_t at, vt_error *err);

/**
 * Answers until somebody stops it: VT_OK after vt_server_stop(), or what made it stop: VT_ERR_IO where the disk could
 * not be trusted any more.
 */
VT_API int vt_server_run(vt_server *server, vt_error *err);

/** Ends vt_server_run(): new connections are refused, requests at work are answered. Safe in a handler of signals. */
VT_API void vt_server_stop(vt_server *server);

/** Closes; NULL is allowed. */
VT_API void vt_server_close(vt_server *server);

/** The OpenAPI document (3.1) of all routes, as JSON. */
VT_API int vt_server_openapi(vt_text *out, bool pretty, vt_error *err);

/** The routes as Markdown: docs/rest.md. */
VT_API int vt_server_reference(vt_text *out, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
