/* Looks libcurl and the functions of it up, once in a process. */
#include "import/fetch_curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static vt_curl loaded;
static bool is_loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define ROW(name)                                                                                                      \
    {                                                                                                                  \
        "curl_" #name, offsetof(vt_curl, name)                                                                         \
    }

static const struct {
    const char *name;
    size_t offset;
} rows[] = {
    ROW(global_init),   ROW(easy_init),     ROW(easy_setopt),     ROW(easy_getinfo),     ROW(easy_reset),
    ROW(easy_cleanup),  ROW(easy_strerror), ROW(multi_init),      ROW(multi_add_handle), ROW(multi_remove_handle),
    ROW(multi_perform), ROW(multi_poll),    ROW(multi_info_read), ROW(multi_cleanup),
};

static void load(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so"};
    void *library = NULL;
    for (size_t i = 0; library == NULL && i < sizeof names / sizeof names[0]; i++) {
        library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    }
    for (size_t i = 0; library != NULL && i < sizeof rows / sizeof rows[0]; i++) {
        void *function = dlsym(library, rows[i].name);
        if (function == NULL) {
            return;
        }
        memcpy((char *)&loaded + rows[i].offset, &function, sizeof function);
    }
    is_loaded = library != NULL && loaded.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int vt_curl_load(const vt_curl **out, vt_error *err)
{
    pthread_once(&once, load);
    if (!is_loaded) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "photos are fetched by libcurl (7.85 or newer), which is not installed; on Debian: apt install "
                       "libcurl4");
    }
    *out = &loaded;
    return VT_OK;
}
