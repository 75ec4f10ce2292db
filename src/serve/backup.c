/*
 * A backup over HTTP: written beside the store as any backup, then streamed from a file that has no name any more. It
 * may take as long as it takes, but one at a time, since it holds one of the few threads for slow calls; a server that
 * is told to stop gives it up.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "serve/handlers.h"
#include "serve/served_shop.h"
#include "serve/server.h"
#include "vitrine/backup.h"

static int stop_with_server(void *context, const vt_progress_state *state)
{
    vt_server *server = context;
    (void)state;
    return atomic_load(&server->stopping);
}

static int make_backup(vt_call *call, vt_error *err)
{
    char path[PATH_MAX], name[128], revision[32];
    vt_backup_report report;
    vt_shop *shop = NULL;
    int n = snprintf(path, sizeof path, "%s/store.db.backup-%s", call->shop->path, call->id);
    if (n < 0 || (size_t)n >= sizeof path) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", call->shop->path);
    }
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_progress progress = {stop_with_server, call->server};
    status = vt_shop_backup(shop, path, &progress, &report, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        return status;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    int reason = errno;
    unlink(path);
    if (file < 0) {
        return vt_fail_errno(err, reason, "cannot open %s", path);
    }
    status = vt_reply_file(call, file, "application/zip", err);
    if (status == VT_OK) {
        snprintf(revision, sizeof revision, "%lld", (long long)report.revision);
        snprintf(name, sizeof name, "attachment; filename=\"%s-%s.zip\"", report.shop, revision);
        vt_reply_header_add(call, "Content-Disposition", name);
        vt_reply_header_add(call, "X-Revision", revision);
    }
    return status;
}

static int post_backup(vt_call *call, vt_error *err)
{
    vt_server *server = call->server;
    if (atomic_exchange(&server->backing_up, 1) != 0) {
        return vt_fail(err, VT_ERR_BUSY, "a backup is being made; send this once more when that has come");
    }
    int status = make_backup(call, err);
    atomic_store(&server->backing_up, 0);
    return status;
}

const vt_route vt_routes_backup[] = {
    {
        .method = "POST",
        .path = "/v1/admin/backup",
        .name = "postBackup",
        .group = "Files",
        .scope = VT_SCOPE_ADMIN,
        .summary = "A backup of the shop, as one file",
        .details =
            "The shop as it stands now, for \"vitrine restore\". Nothing waits for it. It is made before its first "
            "byte comes, which may take minutes: the client should wait that long. One at a time, else 503.",
        .type = "application/zip",
        .slow = true,
        .handle = post_backup,
    },
    {.method = NULL},
};
