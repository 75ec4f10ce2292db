/* libcurl, loaded when it is first needed: linked, it would bring thirty libraries into every start of the program. */
#ifndef VT_IMPORT_FETCH_CURL_H
#define VT_IMPORT_FETCH_CURL_H

#include <curl/curl.h>

#include "vitrine/error.h"

/** What is used of it, by libcurl's own names without "curl_". */
typedef struct vt_curl {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    void (*easy_reset)(CURL *easy);
    void (*easy_cleanup)(CURL *easy);
    const char *(*easy_strerror)(CURLcode code);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_perform)(CURLM *multi, int *running);
    CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd extra[], unsigned n, int timeout_ms, int *ready);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
    CURLMcode (*multi_cleanup)(CURLM *multi);
} vt_curl;

/** Loads and starts it. VT_ERR_UNSUPPORTED says what to install. The table lasts as long as the process. */
int vt_curl_load(const vt_curl **out, vt_error *err);

#endif
