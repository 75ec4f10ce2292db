/* The shop: its folder and its store together, opened, described, checked and deleted. */
#include "vitrine/shop.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "store/lock.h"
#include "store/migrations.h"
#include "store/shop_folder.h"
#include "store/store.h"

struct vt_shop {
    char *path;
    vt_store *store;
    bool relaxed;
};

/* After a making that failed: nothing of ours stays, unless another process has begun to make the shop. */
static void clean_up(const char *path)
{
    char store[PATH_MAX];
    int lock = -1;
    if (!vt_dir_exists(path) || vt_path_join(store, sizeof store, path, "store.db", NULL) != VT_OK ||
        vt_lock_take(&lock, store, NULL) != VT_OK) {
        return;
    }
    if (!vt_shop_exists(path)) {
        vt_shop_folder_remove(path);
    }
    vt_lock_release(lock);
}

int vt_shop_open(vt_shop **out, const char *path, vt_shop_mode mode, vt_error *err)
{
    char store[PATH_MAX];
    bool fresh = !vt_shop_exists(path);
    if (fresh && mode != VT_SHOP_CREATE && mode != VT_SHOP_SERVE) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no shop in %s; name its folder with --shop, or import something to make one", path);
    }
    int status = vt_path_join(store, sizeof store, path, "store.db", err);
    vt_shop *shop = status == VT_OK ? vt_alloc_zero(1, sizeof *shop, err) : NULL;
    if (shop == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    shop->path = vt_strndup(path, strlen(path), err);
    status = shop->path == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && fresh) {
        status = vt_shop_folder_make(path, err);
    }
    if (status == VT_OK) {
        status = vt_store_open(&shop->store, store, mode, err);
    }
    if (status != VT_OK) {
        vt_shop_close(shop);
        if (fresh && status != VT_ERR_EXISTS) {
            clean_up(path);
        }
        return status;
    }
    *out = shop;
    return VT_OK;
}

void vt_shop_close(vt_shop *shop)
{
    if (shop != NULL) {
        vt_store_close(shop->store);
        vt_free(shop->path);
        vt_free(shop);
    }
}

void vt_shop_suspend(vt_shop *shop)
{
    vt_store_close(shop->store);
    shop->store = NULL;
}

int vt_shop_resume(vt_shop *shop, vt_error *err)
{
    char store[PATH_MAX];
    int status = vt_path_join(store, sizeof store, shop->path, "store.db", err);
    status = status != VT_OK ? status : vt_store_open(&shop->store, store, VT_SHOP_SERVE, err);
    return status == VT_OK && shop->relaxed ? vt_shop_relax(shop, err) : status;
}

int vt_shop_relax(vt_shop *shop, vt_error *err)
{
    shop->relaxed = true;
    return vt_store_relax(shop->store, err);
}

const char *vt_shop_path(const vt_shop *shop)
{
    return shop->path;
}

vt_store *vt_shop_store(vt_shop *shop)
{
    return shop->store;
}

int vt_shop_describe(vt_shop *shop, vt_shop_info *info, vt_error *err)
{
    vt_shop_info out;
    int status = vt_store_read_begin(shop->store, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_describe(shop->store, &out, err);
    vt_store_read_end(shop->store);
    if (status == VT_OK) {
        out.schema = VT_SCHEMA;
        out.bytes = vt_dir_bytes(shop->path);
        *info = out;
    }
    return status;
}

int vt_shop_imports(vt_shop *shop, int (*each)(void *context, const vt_shop_import *row), void *context, vt_error *err)
{
    return vt_store_imports(shop->store, each, context, err);
}

int vt_shop_check(vt_shop *shop, vt_error *err)
{
    int status = vt_store_read_begin(shop->store, err);
    if (status == VT_OK) {
        status = vt_store_check(shop->store, err);
        vt_store_read_end(shop->store);
    }
    return status;
}

int vt_shop_set(vt_shop *shop, const char *name, const char *value, vt_error *err)
{
    int status = vt_store_begin(shop->store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_set(shop->store, name, value, err);
    if (status != VT_OK) {
        vt_store_rollback(shop->store);
        return status;
    }
    return vt_store_commit(shop->store, 0, err);
}

int vt_shop_delete(const char *path, vt_error *err)
{
    char store[PATH_MAX];
    int lock = -1;
    if (!vt_shop_exists(path)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no shop in %s", path);
    }
    int status = vt_path_join(store, sizeof store, path, "store.db", err);
    if (status == VT_OK) {
        status = vt_lock_take(&lock, store, err); /* so that nobody writes meanwhile; a damaged shop can go too */
    }
    if (status == VT_OK && unlink(store) != 0) {
        status = vt_fail_errno(err, errno, "cannot delete %s", store);
    }
    if (status == VT_OK) {
        vt_shop_folder_remove(path);
    }
    vt_lock_release(lock);
    return status;
}
