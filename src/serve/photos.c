/* Routes of photos. A photo of an item is served only where it lies in the shop's own folder of images. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/number.h"
#include "encode/photo_file.h"
#include "encode/thumbnail.h"
#include "serve/handlers.h"
#include "serve/listed.h"
#include "serve/served_shop.h"
#include "serve/small_photos.h"
#include "vitrine/read.h"

/* ---- searching by one -------------------------------------------------------------------------------------------- */

/* The body as a file of this process alone, since photos are read from files; -1 and an errno. */
static int body_as_file(const vt_call *call)
{
    int fd = memfd_create("photo", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, call->body.data, call->body.len) != (ssize_t)call->body.len) {
        close(fd);
        return -1;
    }
    return fd;
}

static int search_photo(vt_call *call, vt_error *err)
{
    char path[64];
    vt_search_query query;
    vt_found found = {0};
    vt_text body = {NULL, 0};
    vt_search_query_init(&query);
    int status = vt_listed_request(&query.request, call, err);
    if (status == VT_OK && call->body.len == 0) {
        status = vt_fail(err, VT_ERR_FORMAT, "the request has no body; a JPEG, PNG or WebP photo is expected");
    }
    if (status != VT_OK) {
        return status;
    }
    int fd = body_as_file(call);
    if (fd < 0) {
        return vt_fail_errno(err, errno, "the photo cannot be kept for reading");
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    vt_engine *engine = vt_served_shop_engine(call->shop);
    query.photo = path;
    status = vt_search(&found, engine->recommender, &query, err);
    query.photo = "the photo that was sent";
    if (status == VT_OK) {
        status = vt_found_json(&body, &found, &query, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_found_done(&found);
    vt_engine_release(engine);
    close(fd);
    return status;
}

/* ---- showing one ------------------------------------------------------------------------------------------------- */

typedef struct wanted_photo {
    int64_t number;
    char path[PATH_MAX]; /* as the catalogue has it; "" where there is none */
} wanted_photo;

static int find_photo(void *context, const vt_item *item)
{
    wanted_photo *w = context;
    if (w->number < 1 || (size_t)w->number > item->n_images) {
        return VT_OK;
    }
    vt_str image = item->images[w->number - 1];
    if (image.len < sizeof w->path) {
        snprintf(w->path, sizeof w->path, "%.*s", VT_STR_ARGS(image));
    }
    return VT_OK;
}

static const char *type_of(const char *bytes, size_t len)
{
    static const struct {
        const char *begin;
        size_t len, at;
        const char *type;
    } types[] = {{"\xff\xd8\xff", 3, 0, "image/jpeg"}, {"\x89PNG", 4, 0, "image/png"}, {"WEBP", 4, 8, "image/webp"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (len >= types[i].at + types[i].len && memcmp(bytes + types[i].at, types[i].begin, types[i].len) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

/* The photo of an open file, as it is or `side` pixels small; a small one is kept for who asks next. */
static int read_photo(vt_call *call, int fd, int64_t side, vt_error *err)
{
    struct stat info;
    vt_buf bytes, small;
    vt_text body = {NULL, 0};
    if (fstat(fd, &info) != 0) {
        return vt_fail_errno(err, errno, "the photo cannot be read");
    }
    const vt_small_photo_key key = {info.st_dev, info.st_ino, info.st_mtim.tv_sec, info.st_mtim.tv_nsec, side};
    vt_buf_init(&bytes, VT_PHOTO_BYTES_MAX);
    vt_buf_init(&small, VT_PHOTO_BYTES_MAX);
    const char *type = "image/jpeg";
    int status = VT_OK;
    bool kept = side != VT_NONE && vt_small_photos_get(call->shop->photos, &key, &small);
    if (!kept) {
        status = vt_photo_file_read(&bytes, fd, err);
        type = status == VT_OK ? type_of(bytes.data, bytes.len) : NULL;
        if (status == VT_OK && type == NULL) {
            status = vt_fail(err, VT_ERR_NOT_FOUND, "the file is no JPEG, PNG or WebP photo");
        }
    }
    if (status == VT_OK && side != VT_NONE && !kept) {
        type = "image/jpeg";
        status = vt_thumbnail_add(&small, (const unsigned char *)bytes.data, bytes.len, (int)side, err);
        if (status == VT_OK) {
            vt_small_photos_put(call->shop->photos, &key, &small);
        }
    }
    vt_buf *shown = side != VT_NONE ? &small : &bytes;
    vt_buf_done(shown == &small ? &bytes : &small);
    status = vt_text_finish(&body, shown, status, err);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
        call->reply.type = type;
        vt_reply_header_add(call, "Cache-Control", "private, max-age=3600");
    }
    return status;
}

static int get_photo(vt_call *call, vt_error *err)
{
    wanted_photo w = {.path = ""};
    vt_shop *shop = NULL;
    if (!vt_parse_int(&w.number, call->path_value[1])) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "photos of an item are numbered from 1");
    }
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_shop_item(shop, call->path_value[0], find_photo, &w, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        return status;
    }
    int fd = vt_photo_file_open(call->shop->path, vt_str_of(w.path));
    if (fd < 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "the item has no such photo in the shop's folder of images");
    }
    status = read_photo(call, fd, vt_given_int(call, "size"), err);
    close(fd);
    return status;
}

static const vt_query_param search_params[] = {
    {"n", VT_QUERY_INT, false, 1, VT_RESULTS_MAX, "10", NULL, "how many items"},
    {"category", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items of this category, or of one below it"},
    {"brand", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items of this brand"},
    {"price", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items in this range of prices: 0:25, 10: or :9.99"},
    {"keep_unavailable", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "also what is out of stock or not on sale"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const search[] = {search_params, NULL};

static const vt_query_param photo_params[] = {
    {"size", VT_QUERY_CHOICE, false, 0, 0, NULL, "64|160|320|640",
     "a JPEG of so many pixels a side, white beside the photo"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const one_photo[] = {photo_params, NULL};

const vt_route vt_routes_photos[] = {
    {
        .method = "POST",
        .path = "/v1/search/photo",
        .name = "searchPhoto",
        .slow = true,
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "Items that look like a photo",
        .details = "The body is a JPEG, PNG or WebP file.",
        .params = search,
        .body = VT_BODY_BYTES,
        .answer = "Found",
        .handle = search_photo,
    },
    {
        .method = "GET",
        .path = "/v1/items/{item}/photos/{number}",
        .name = "getPhoto",
        .group = "Items",
        .scope = VT_SCOPES_GOODS,
        .summary = "A photo of an item",
        .details = "Numbered from 1. Only photos in the shop's own folder are served, never another path or address.",
        .params = one_photo,
        .type = "image/*",
        .handle = get_photo,
    },
    {.method = NULL},
};
