/*
 * The transfers of a fetch: some at once, few from one host, each with a cap on bytes and time. What a server sends is
 * believed in nothing: the socket is refused when it would lead to a private address (so redirects and names that
 * change what they stand for gain nothing), bodies are cut off when they are no photo or too large, and a file appears
 * only when the photo is whole. A host that fails again and again is left alone.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/fetch.h"
#include "import/fetch_curl.h"
#include "import/fetch_guard.h"
#include "import/photo_bytes.h"

enum { REDIRECTS = 5, CONNECT_SECONDS = 10, SLOWEST = 1024, FAILURES = 10, HEADER_BYTES = 256 << 10, POLL_MS = 200 };

#define AGENT "Vitrine/" VT_VERSION " (vitrine images fetch)"

/* A host with the photos that wait for it, as a chain through `next`. */
typedef struct host {
    size_t first, last;
    int active;
    int failures; /* in a row */
} host;

struct fetching;

/* A photo on its way. */
typedef struct transfer {
    struct fetching *all;
    CURL *easy;
    size_t photo;
    vt_buf body;
    size_t header;
    const char *why;  /* it was broken off by us */
    char refused[64]; /* the private address that it led to */
    char error_text[CURL_ERROR_SIZE];
} transfer;

typedef struct fetching {
    const vt_curl *curl;
    CURLM *multi;
    vt_fetch_photo *photos;
    size_t n;
    const char *folder;
    const vt_fetch_options *options;
    vt_fetch_report *report;
    transfer *transfers;
    size_t *next;    /* (N) the next photo of the same host, N: none */
    size_t *host_of; /* (N) */
    vt_map *names;   /* host -> number */
    host *hosts;
    size_t n_hosts, turn;
    int active;
    vt_error *err;
} fetching;

/* ---- hosts ------------------------------------------------------------------------------------------------------- */

/* "shop.example:8080" of a URL. */
static vt_str host_name(const char *url)
{
    const char *begin = strstr(url, "://") + 3;
    size_t len = strcspn(begin, "/?#");
    const char *at = memrchr(begin, '@', len);
    return at == NULL ? (vt_str){begin, len} : (vt_str){at + 1, len - (size_t)(at + 1 - begin)};
}

static int queue_photos(fetching *f)
{
    int status = vt_map_create(&f->names, 0, f->err);
    f->next = vt_alloc(f->n, sizeof *f->next, f->err);
    f->host_of = vt_alloc(f->n, sizeof *f->host_of, f->err);
    f->hosts = vt_alloc_zero(f->n, sizeof *f->hosts, f->err);
    if (status == VT_OK && (f->next == NULL || f->host_of == NULL || f->hosts == NULL)) {
        status = VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; status == VT_OK && i < f->n; i++) {
        int64_t number = 0;
        if (f->photos[i].suffix != NULL) {
            continue;
        }
        vt_str name = host_name(f->photos[i].url);
        bool known = vt_map_get(f->names, name, &number);
        if (!known) {
            number = (int64_t)f->n_hosts++;
            status = vt_map_set(f->names, name, number, f->err);
        }
        host *h = &f->hosts[number];
        f->next[i] = f->n;
        f->host_of[i] = (size_t)number;
        if (known) {
            f->next[h->last] = i;
        } else {
            h->first = i;
        }
        h->last = i;
    }
    return status;
}

static void fail_photo(fetching *f, size_t photo, const char *reason)
{
    vt_fetch_failure failure = {f->photos[photo].url, reason};
    f->report->failed++;
    if (f->options->on_failure != NULL) {
        f->options->on_failure(f->options->failure_context, &failure);
    }
}

/* Counts what a host did; one that fails again and again loses all that waits for it. */
static void record_host(fetching *f, size_t photo, bool failed)
{
    host *h = &f->hosts[f->host_of[photo]];
    h->failures = failed ? h->failures + 1 : 0;
    for (; h->failures >= FAILURES && h->first < f->n; h->first = f->next[h->first]) {
        fail_photo(f, h->first, "not asked for: its host failed ten times in a row; run the command again later");
    }
}

/* The next photo of the hosts in turn that may have one more; N when there is none. */
static size_t take_photo(fetching *f)
{
    for (size_t i = 0; i < f->n_hosts; i++) {
        host *h = &f->hosts[(f->turn + i) % f->n_hosts];
        if (h->first < f->n && h->active < f->options->per_host) {
            size_t photo = h->first;
            h->first = f->next[photo];
            h->active++;
            f->turn = (f->turn + i + 1) % f->n_hosts;
            return photo;
        }
    }
    return f->n;
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------ */

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
    transfer *t = context;
    bool internet = to->family == AF_INET || to->family == AF_INET6;
    if (purpose != CURLSOCKTYPE_IPCXN || !internet ||
        (!t->all->options->allow_private && !vt_address_public(&to->addr, to->addrlen))) {
        vt_address_text(t->refused, sizeof t->refused, &to->addr, to->addrlen);
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t on_header(char *bytes, size_t size, size_t n, void *context)
{
    transfer *t = context;
    (void)bytes;
    t->header += size * n;
    if (t->header > HEADER_BYTES) {
        t->why = "its answer has more than 256 KiB of headers";
        return 0;
    }
    return size * n;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    transfer *t = context;
    vt_error err = VT_ERROR_INIT;
    bool unknown = t->body.len < VT_PHOTO_MAGIC;
    int status = vt_buf_add(&t->body, bytes, size * n, &err);
    if (status != VT_OK) {
        t->why = status == VT_ERR_LIMIT ? "it is larger than 20 MiB" : "memory ran out";
        return 0;
    }
    if (unknown && t->body.len >= VT_PHOTO_MAGIC &&
        vt_photo_suffix((const unsigned char *)t->body.data, t->body.len) == NULL) {
        t->why = "it is no JPEG, PNG or WebP by its first bytes";
        return 0;
    }
    return size * n;
}

/* ---- one transfer ------------------------------------------------------------------------------------------------ */

/* Sets an option unless one before it could not be set. */
#define SET(option, value) (code = code == CURLE_OK ? c->easy_setopt(t->easy, option, value) : code)

/* Not one of them may be missing: some keep transfers away from private addresses, others end them. */
static int set_up(transfer *t, const char *url)
{
    const vt_curl *c = t->all->curl;
    long seconds = t->all->options->seconds;
    CURLcode code = CURLE_OK;
    c->easy_reset(t->easy);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_PROXY, ""); /* a proxy would connect where the guard cannot see */
    SET(CURLOPT_FOLLOWLOCATION, 1L);
    SET(CURLOPT_MAXREDIRS, (long)REDIRECTS);
    SET(CURLOPT_FAILONERROR, 1L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_USERAGENT, AGENT);
    SET(CURLOPT_CONNECTTIMEOUT, seconds < CONNECT_SECONDS ? seconds : (long)CONNECT_SECONDS);
    SET(CURLOPT_TIMEOUT, seconds);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
    SET(CURLOPT_LOW_SPEED_TIME, seconds < 8 ? 1L : seconds / 4);
    SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)VT_FETCHED_BYTES_MAX);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)t);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, (void *)t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)t);
    SET(CURLOPT_ERRORBUFFER, t->error_text);
    SET(CURLOPT_PRIVATE, (void *)t);
    if (code == CURLE_OUT_OF_MEMORY) {
        return vt_fail(t->all->err, VT_ERR_NO_MEMORY, "memory ran out");
    }
    return code == CURLE_OK
               ? VT_OK
               : vt_fail(t->all->err, VT_ERR_UNSUPPORTED,
                         "this libcurl lacks an option that photos are fetched with (%s); 7.85 or newer is needed",
                         c->easy_strerror(code));
}

#undef SET

static int start(fetching *f, transfer *t, size_t photo)
{
    t->photo = photo;
    t->header = 0;
    t->why = NULL;
    t->refused[0] = '\0';
    t->error_text[0] = '\0';
    vt_buf_clear(&t->body);
    int status = set_up(t, f->photos[photo].url);
    if (status != VT_OK) {
        t->photo = f->n;
        return status;
    }
    if (f->curl->multi_add_handle(f->multi, t->easy) != CURLM_OK) {
        t->photo = f->n;
        return vt_fail(f->err, VT_ERR_FAILED, "libcurl cannot start a transfer");
    }
    f->active++;
    return VT_OK;
}

/* Why a transfer failed, as a phrase. */
static void explain(char *reason, size_t size, const transfer *t, CURLcode result)
{
    const fetching *f = t->all;
    long code = 0;
    double seconds = 0.0;
    f->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
    f->curl->easy_getinfo(t->easy, CURLINFO_TOTAL_TIME, &seconds);
    const char *why = t->why;
    if (why == NULL && t->refused[0] != '\0') {
        snprintf(reason, size, "it leads to %s, which is not a public address (--allow-private lets it)", t->refused);
    } else if (why == NULL && result == CURLE_HTTP_RETURNED_ERROR) {
        snprintf(reason, size, "the server answered %ld", code);
    } else if (why == NULL && result == CURLE_TOO_MANY_REDIRECTS) {
        snprintf(reason, size, "it was redirected more than %d times", REDIRECTS);
    } else if (why == NULL && result == CURLE_UNSUPPORTED_PROTOCOL && t->header == 0) {
        snprintf(reason, size, "the answer is not HTTP");
    } else if (why == NULL && result == CURLE_OPERATION_TIMEDOUT && seconds >= (double)f->options->seconds * 0.99) {
        snprintf(reason, size, "it took longer than %d s", f->options->seconds);
    } else if (why == NULL && result == CURLE_OPERATION_TIMEDOUT && t->header > 0) {
        snprintf(reason, size, "it came slower than 1 KiB a second");
    } else {
        why = why != NULL                            ? why
              : result == CURLE_UNSUPPORTED_PROTOCOL ? "it leads to something that is neither http nor https"
              : result == CURLE_FILESIZE_EXCEEDED    ? "it is larger than 20 MiB"
              : result == CURLE_PARTIAL_FILE         ? "it ended before it was complete"
              : t->error_text[0] != '\0'             ? t->error_text
                                                     : f->curl->easy_strerror(result);
        snprintf(reason, size, "%s", why);
    }
}

static int keep(fetching *f, const transfer *t, const char *suffix)
{
    char path[PATH_MAX];
    vt_fetch_photo *photo = &f->photos[t->photo];
    int len = snprintf(path, sizeof path, "%s/%s.%s", f->folder, photo->name, suffix);
    if (len < 0 || (size_t)len >= sizeof path) {
        return vt_fail(f->err, VT_ERR_LIMIT, "the path of the shop is too long");
    }
    int status = vt_file_put(path, t->body.data, t->body.len, true, f->err);
    if (status == VT_OK) {
        photo->suffix = suffix;
        f->report->fetched++;
        f->report->bytes += (int64_t)t->body.len;
    }
    return status;
}

static int finish(fetching *f, transfer *t, CURLcode result)
{
    char reason[CURL_ERROR_SIZE + 64];
    long code = 0;
    const unsigned char *bytes = (const unsigned char *)t->body.data;
    f->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
    f->active--;
    f->hosts[f->host_of[t->photo]].active--;
    if (result == CURLE_OK && vt_photo_complete(bytes, t->body.len)) {
        record_host(f, t->photo, false);
        return keep(f, t, vt_photo_suffix(bytes, t->body.len));
    }
    if (result == CURLE_OK) {
        snprintf(reason, sizeof reason, "%s",
                 t->body.len == 0                              ? "the answer is empty"
                 : vt_photo_suffix(bytes, t->body.len) == NULL ? "it is no JPEG, PNG or WebP by its first bytes"
                                                               : "it ends before the photo does");
    } else {
        explain(reason, sizeof reason, t, result);
    }
    fail_photo(f, t->photo, reason);
    /* An answer, even a wrong one, shows a host at work, unless it says that it is overloaded. */
    record_host(f, t->photo, code == 0 || code == 429 || code == 503 || result == CURLE_OPERATION_TIMEDOUT);
    return VT_OK;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static int say(const fetching *f)
{
    char detail[64] = "";
    double done = (double)(f->report->fetched + f->report->failed),
           all = (double)(f->report->photos - f->report->present);
    if (f->report->failed > 0) {
        snprintf(detail, sizeof detail, "%lld failed", (long long)f->report->failed);
    }
    vt_progress_state state = {"fetching photos", "photos", done, all, detail};
    return vt_progress_report(f->options->progress, &state, f->err);
}

static int finish_some(fetching *f)
{
    int left = 0, status = VT_OK;
    for (CURLMsg *message = f->curl->multi_info_read(f->multi, &left); message != NULL && status == VT_OK;
         message = f->curl->multi_info_read(f->multi, &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        void *context = NULL;
        CURLcode result = message->data.result;
        f->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        transfer *t = context;
        status = finish(f, t, result);
        f->curl->multi_remove_handle(f->multi, t->easy);
        t->photo = f->n;
    }
    return status;
}

static int run(fetching *f)
{
    int status = VT_OK;
    while (status == VT_OK) {
        for (int i = 0; status == VT_OK && i < f->options->parallel; i++) {
            size_t photo = f->transfers[i].photo == f->n ? take_photo(f) : f->n;
            status = photo < f->n ? start(f, &f->transfers[i], photo) : VT_OK;
        }
        int running = 0;
        if (status == VT_OK && f->curl->multi_perform(f->multi, &running) != CURLM_OK) {
            status = vt_fail(f->err, VT_ERR_FAILED, "libcurl cannot go on with the transfers");
        }
        status = status == VT_OK ? finish_some(f) : status;
        status = status == VT_OK ? say(f) : status;
        if (status != VT_OK ||
            (f->active == 0 && f->report->fetched + f->report->failed >= f->report->photos - f->report->present)) {
            break;
        }
        if (f->active > 0) {
            f->curl->multi_poll(f->multi, NULL, 0, POLL_MS, NULL);
        }
    }
    return status;
}

static int open_transfers(fetching *f)
{
    f->multi = f->curl->multi_init();
    f->transfers = vt_alloc_zero((size_t)f->options->parallel, sizeof *f->transfers, f->err);
    if (f->transfers == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    bool whole = f->multi != NULL;
    for (int i = 0; i < f->options->parallel; i++) {
        transfer *t = &f->transfers[i];
        t->all = f;
        t->photo = f->n;
        t->easy = f->curl->easy_init();
        vt_buf_init(&t->body, VT_FETCHED_BYTES_MAX);
        whole = whole && t->easy != NULL;
    }
    return whole ? VT_OK : vt_fail(f->err, VT_ERR_NO_MEMORY, "memory ran out");
}

static void close_transfers(fetching *f)
{
    for (int i = 0; f->transfers != NULL && i < f->options->parallel; i++) {
        transfer *t = &f->transfers[i];
        if (t->easy != NULL) {
            if (t->photo < f->n) {
                f->curl->multi_remove_handle(f->multi, t->easy);
            }
            f->curl->easy_cleanup(t->easy);
        }
        vt_buf_done(&t->body);
    }
    if (f->multi != NULL) {
        f->curl->multi_cleanup(f->multi);
    }
    vt_free(f->transfers);
}

int vt_fetch_transfer(vt_fetch_photo *photos, size_t n, const char *folder, const vt_fetch_options *options,
                      vt_fetch_report *report, vt_error *err)
{
    fetching f = {.photos = photos, .n = n, .folder = folder, .options = options, .report = report, .err = err};
    int status = vt_curl_load(&f.curl, err);
    if (status == VT_OK) {
        status = queue_photos(&f);
        if (status == VT_OK) {
            status = open_transfers(&f);
        }
        if (status == VT_OK) {
            status = run(&f);
        }
        close_transfers(&f);
    }
    vt_map_free(f.names);
    vt_free(f.next);
    vt_free(f.host_of);
    vt_free(f.hosts);
    return status;
}
