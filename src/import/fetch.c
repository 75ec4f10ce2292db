/*
 * Photos of a shop by URL: which there are, which files are there already, and the change of the items' lists at the
 * end. A file's name is a digest of its URL, so what was fetched is known again whatever became of the run, and after
 * an undo. The shop is not held while photos come in, which may take hours; its lists are read anew for the change.
 */
#include "import/fetch.h"

#include <limits.h>
#include <stdio.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/options.h"
#include "import/known.h"
#include "import/photo_bytes.h"
#include "import/text.h"

#define FOLDER "images/fetched"

/* All photos of the catalogue, each once. */
typedef struct album {
    vt_map *urls; /* URL -> number in `photos` */
    vt_fetch_photo *photos;
    size_t n, capacity;
} album;

void vt_fetch_options_init_sized(vt_fetch_options *options, size_t size)
{
    const vt_fetch_options defaults = {.parallel = 8, .per_host = 2, .seconds = 60};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static bool is_url(vt_str image)
{
    return (image.len > 7 && strncasecmp(image.ptr, "http://", 7) == 0) ||
           (image.len > 8 && strncasecmp(image.ptr, "https://", 8) == 0);
}

static void album_done(album *a)
{
    vt_map_free(a->urls);
    for (size_t i = 0; i < a->n; i++) {
        vt_free((char *)(uintptr_t)a->photos[i].url);
    }
    vt_free(a->photos);
}

static int add_url(album *a, vt_str url, vt_error *err)
{
    int64_t number = 0;
    if (vt_map_get(a->urls, url, &number)) {
        return VT_OK;
    }
    int status = vt_alloc_next(&a->photos, &a->capacity, a->n, sizeof *a->photos, err);
    if (status != VT_OK) {
        return status;
    }
    vt_digest digest;
    unsigned char hash[16];
    vt_fetch_photo *photo = &a->photos[a->n];
    *photo = (vt_fetch_photo){.url = vt_strndup(url.ptr, url.len, err)};
    if (photo->url == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_digest_init(&digest, sizeof hash);
    vt_digest_add(&digest, url.ptr, url.len);
    vt_digest_done(&digest, hash, sizeof hash);
    vt_hex(photo->name, hash, sizeof hash);
    return vt_map_set(a->urls, url, (int64_t)a->n++, err);
}

/* The URLs of all items. */
static int collect(album *a, const char *shop, vt_error *err)
{
    vt_shop *opened = NULL;
    vt_known *known = NULL;
    int status = vt_map_create(&a->urls, 0, err);
    if (status == VT_OK) {
        status = vt_shop_open(&opened, shop, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_known_load(&known, vt_shop_store(opened), VT_KNOWN_IMAGES, err);
    }
    for (int64_t i = 0; status == VT_OK && i < vt_known_count(known); i++) {
        size_t n = 0;
        const vt_str *images = vt_known_images(known, i, &n);
        for (size_t k = 0; status == VT_OK && k < n; k++) {
            status = is_url(images[k]) ? add_url(a, images[k], err) : VT_OK;
        }
    }
    vt_known_free(known);
    vt_shop_close(opened);
    return status;
}

/* Sets the suffix of a photo whose file is there, whole. */
static void look_for_file(vt_fetch_photo *photo, const char *folder)
{
    static const char *const suffixes[] = {"jpg", "png", "webp"};
    for (size_t i = 0; photo->suffix == NULL && i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[PATH_MAX];
        vt_mapping mapping = {NULL, 0, -1};
        int len = snprintf(path, sizeof path, "%s/%s.%s", folder, photo->name, suffixes[i]);
        if (len > 0 && (size_t)len < sizeof path && vt_file_map(&mapping, path, NULL) == VT_OK) {
            photo->suffix = vt_photo_complete(mapping.data, mapping.size) ? suffixes[i] : NULL;
            vt_file_unmap(&mapping);
        }
    }
}

/* The list of an item with files in place of URLs; false when there is none to put. */
static bool replace(vt_str *list, char (*address)[80], const album *a, const vt_str *images, size_t n)
{
    bool any = false;
    for (size_t k = 0; k < n; k++) {
        int64_t number = -1;
        bool here = is_url(images[k]) && vt_map_get(a->urls, images[k], &number) && a->photos[number].suffix != NULL;
        if (here) {
            snprintf(address[k], sizeof address[k], FOLDER "/%s.%s", a->photos[number].name, a->photos[number].suffix);
        }
        list[k] = here ? vt_str_of(address[k]) : images[k];
        any = any || here;
    }
    return any;
}

/* Inside a write: all lists that name a URL whose file is there. */
static int relink_items(vt_store *store, const album *a, vt_fetch_report *report, vt_error *err)
{
    vt_known *known = NULL;
    vt_str *list = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *list, err);
    char(*address)[80] = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *address, err);
    int status = list == NULL || address == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        status = vt_known_load(&known, store, VT_KNOWN_IMAGES, err);
    }
    for (int64_t i = 0; status == VT_OK && i < vt_known_count(known); i++) {
        vt_item item;
        vt_put done = VT_PUT_SAME;
        size_t n = 0;
        const vt_str *images = vt_known_images(known, i, &n);
        n = n < VT_TEXT_IMAGES_MAX ? n : VT_TEXT_IMAGES_MAX;
        if (!replace(list, address, a, images, n)) {
            continue;
        }
        vt_item_init(&item);
        item.id = vt_known_id(known, i);
        item.images = list;
        item.n_images = n;
        status = vt_store_put_item(store, &item, &done, err);
        report->items += done == VT_PUT_CHANGED;
    }
    vt_known_free(known);
    vt_free(list);
    vt_free(address);
    return status;
}

static int relink(const char *path, const album *a, vt_fetch_report *report, vt_error *err)
{
    vt_shop *shop = NULL;
    char source[64];
    int64_t import_id = 0;
    snprintf(source, sizeof source, "%lld photos by URL", (long long)(report->fetched + report->present));
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status != VT_OK) {
        return status;
    }
    vt_store *store = vt_shop_store(shop);
    status = vt_store_begin(store, "fetch", source, &import_id, err);
    if (status == VT_OK) {
        status = relink_items(store, a, report, err);
        if (status == VT_OK && report->items > 0) {
            status = vt_store_commit(store, report->failed, err);
            report->import_id = status == VT_OK ? import_id : 0;
        } else {
            vt_store_rollback(store);
        }
    }
    vt_shop_close(shop);
    return status;
}

int vt_fetch_photos(const char *shop, const vt_fetch_options *options, vt_fetch_report *report, vt_error *err)
{
    album a = {0};
    vt_fetch_report done = {0};
    char folder[PATH_MAX];
    int status = vt_options_check(options->size, sizeof *options, "vt_fetch_options", err);
    if (status == VT_OK) {
        status = vt_path_join(folder, sizeof folder, shop, FOLDER, err);
    }
    if (status == VT_OK) {
        status = collect(&a, shop, err);
    }
    for (size_t i = 0; status == VT_OK && i < a.n; i++) {
        look_for_file(&a.photos[i], folder);
        done.present += a.photos[i].suffix != NULL;
    }
    done.photos = (int64_t)a.n;
    if (status == VT_OK && done.present < done.photos) {
        status = vt_dir_create(folder, err);
        if (status == VT_OK) {
            status = vt_fetch_transfer(a.photos, a.n, folder, options, &done, err);
        }
    }
    if (status == VT_OK && done.fetched + done.present > 0) {
        status = relink(shop, &a, &done, err);
    }
    if (status == VT_OK) {
        *report = done;
    }
    album_done(&a);
    return status;
}
