/*
 * New snapshots. The thread that makes one reads the store by itself and hands over a file; what came while it worked
 * is read by the next refresh.
 */
#include "live/live.h"

int vt_live_adopt(vt_live *live, vt_snapshot *snapshot, vt_error *err)
{
    vt_view_parts parts;
    int status = vt_view_parts_of(&parts, snapshot, false, err);
    return status != VT_OK ? status : vt_live_publish(live, &parts, err);
}

/* That no snapshot could be made harms nobody: the tail goes on, and the next refresh tries again. */
static void *freeze(void *context)
{
    vt_live *live = context;
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    if (vt_shop_open(&shop, live->path, VT_SHOP_READ, NULL) == VT_OK) {
        (void)vt_snapshot_take(&snapshot, shop, &options, NULL);
        vt_shop_close(shop);
    }
    vt_snapshot_free(snapshot); /* its file is what stays */
    atomic_store(&live->frozen, true);
    return NULL;
}

int vt_live_freeze_later(vt_live *live, vt_error *err)
{
    if (live->freezing) {
        return VT_OK;
    }
    atomic_store(&live->frozen, false);
    int code = pthread_create(&live->freezer, NULL, freeze, live);
    if (code != 0) {
        return vt_fail_errno(err, code, "cannot start a thread for a new snapshot of %s", live->path);
    }
    live->freezing = true;
    return VT_OK;
}

void vt_live_freeze_join(vt_live *live)
{
    if (live->freezing) {
        pthread_join(live->freezer, NULL);
        live->freezing = false;
    }
}
