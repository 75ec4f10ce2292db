/* openat2() lets the kernel see to it that a path stays below its folder. */
#include "encode/photo_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

int vt_photo_file_open(const char *shop, vt_str image)
{
    static const char prefix[] = "images/";
    char images[PATH_MAX], path[PATH_MAX];
    size_t len = sizeof prefix - 1;
    if (image.len <= len || image.len >= sizeof path || memcmp(image.ptr, prefix, len) != 0 ||
        vt_path_join(images, sizeof images, shop, "images", NULL) != VT_OK) {
        return -1;
    }
    memcpy(path, image.ptr + len, image.len - len);
    path[image.len - len] = '\0';
    int folder = open(images, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return -1;
    }
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    close(folder);
    return fd;
}

int vt_photo_file_read(vt_buf *bytes, int fd, vt_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "the photo is no file");
    }
    ssize_t n = 1;
    int status = vt_buf_reserve(bytes, (size_t)info.st_size + 1, err);
    while (status == VT_OK && n > 0) {
        char block[16384];
        n = read(fd, block, sizeof block);
        status =
            n < 0 ? vt_fail_errno(err, errno, "the photo cannot be read") : vt_buf_add(bytes, block, (size_t)n, err);
    }
    return status;
}
