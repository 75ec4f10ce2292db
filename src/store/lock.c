/*
 * flock belongs to the open file, not to the process: two writers in one process exclude each other as well. A lock won
 * on a file that was deleted meanwhile (with its shop) is worth nothing, so the file is looked at again.
 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens and locks; 0 or an errno. */
static int lock_file(int *fd, const char *path)
{
    int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (opened < 0) {
        return errno;
    }
    int result = 0;
    do {
        result = flock(opened, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    } while (result == EINTR);
    struct stat info;
    if (result == 0 && (fstat(opened, &info) != 0 || info.st_nlink == 0)) {
        result = ESTALE;
    }
    if (result != 0) {
        close(opened);
        return result;
    }
    *fd = opened;
    return 0;
}

int vt_lock_take(int *fd, const char *store, vt_error *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s-writer", store);
    if (n < 0 || (size_t)n >= sizeof path) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", store);
    }
    int result = ESTALE;
    for (int i = 0; i < 3 && result == ESTALE; i++) {
        result = lock_file(fd, path);
    }
    if (result == EWOULDBLOCK) {
        return vt_fail(err, VT_ERR_BUSY,
                       "%s is in use by another process that writes; wait until it has finished, or stop it", store);
    }
    return result == 0 ? VT_OK : vt_fail_errno(err, result, "cannot lock %s", path);
}

void vt_lock_release(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
