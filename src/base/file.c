/* Files and folders over POSIX. A written file is synced before and its folder after the rename. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static atomic_llong writes_left = -1;

void vt_file_fail_after(int64_t n)
{
    atomic_store(&writes_left, n < 0 ? -1 : n);
}

/* True when this write must fail. */
static bool write_fails(void)
{
    long long left = atomic_load(&writes_left);
    if (left < 0) {
        return false;
    }
    if (left > 0) {
        atomic_store(&writes_left, left - 1);
        return false;
    }
    return true;
}

/* Opens a regular file for reading. A pipe without a writer would be waited for: it is opened without waiting. */
static int open_regular(int *fd, struct stat *info, const char *path, vt_error *err)
{
    int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (opened < 0 && errno == ENXIO) { /* a socket, or a device without a driver */
        return vt_fail(err, VT_ERR_FORMAT, "%s is not a regular file; a file is expected", path);
    }
    if (opened < 0) {
        return vt_fail_errno(err, errno, "cannot open %s", path);
    }
    if (fstat(opened, info) != 0) {
        int status = vt_fail_errno(err, errno, "cannot read %s", path);
        close(opened);
        return status;
    }
    if (!S_ISREG(info->st_mode)) {
        close(opened);
        return vt_fail(err, VT_ERR_FORMAT, "%s is %s; a file is expected", path,
                       S_ISDIR(info->st_mode) ? "a folder" : "not a regular file");
    }
    *fd = opened;
    return VT_OK;
}

int vt_file_map(vt_mapping *out, const char *path, vt_error *err)
{
    int fd = -1;
    struct stat info;
    int status = open_regular(&fd, &info, path, err);
    if (status != VT_OK) {
        return status;
    }
    vt_mapping mapping = {NULL, (size_t)info.st_size, fd};
    if (mapping.size > 0) {
        void *data = mmap(NULL, mapping.size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED) {
            status = vt_fail_errno(err, errno, "cannot map %s", path);
        } else {
            mapping.data = data;
        }
    }
    if (status != VT_OK || mapping.data == NULL) {
        close(fd);
    }
    if (status == VT_OK) {
        *out = mapping;
    }
    return status;
}

void vt_file_unmap(vt_mapping *mapping)
{
    if (mapping->data != NULL) {
        munmap((void *)(uintptr_t)mapping->data, mapping->size);
        close(mapping->fd);
    }
    *mapping = (vt_mapping){NULL, 0, -1};
}

void vt_file_copy(void *out, const vt_mapping *mapping, const void *at, size_t n)
{
    const unsigned char *from = at;
    size_t begin = (size_t)(from - mapping->data), done = 0;
    while (done < n) {
        ssize_t got = pread(mapping->fd, (char *)out + done, n - done, (off_t)(begin + done));
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            memcpy((char *)out + done, from + done, n - done); /* as it would be read without this */
            return;
        }
        done += got > 0 ? (size_t)got : 0;
    }
}

void vt_file_let_go(const vt_mapping *mapping)
{
    if (mapping->data != NULL) { /* a refusal costs memory and nothing else */
        madvise((void *)(uintptr_t)mapping->data, mapping->size, MADV_DONTNEED);
    }
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int vt_file_identify(vt_file_identity *out, const char *path, vt_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        return vt_fail_errno(err, errno, "cannot read %s", path);
    }
    *out = (vt_file_identity){.inode = (int64_t)info.st_ino,
                              .size = info.st_size,
                              .modified = nanoseconds(info.st_mtim),
                              .changed = nanoseconds(info.st_ctim)};
    return VT_OK;
}

int vt_file_head(void *bytes, size_t cap, size_t *len, const char *path, vt_error *err)
{
    int fd = -1;
    struct stat info;
    int status = open_regular(&fd, &info, path, err);
    if (status != VT_OK) {
        return status;
    }
    ssize_t got = pread(fd, bytes, cap, 0);
    if (got < 0) {
        status = vt_fail_errno(err, errno, "cannot read %s", path);
    } else {
        *len = (size_t)got;
    }
    close(fd);
    return status;
}

int vt_file_read(char **data, size_t *size, const char *path, size_t cap, vt_error *err)
{
    int fd = -1;
    struct stat info;
    int status = open_regular(&fd, &info, path, err);
    if (status != VT_OK) {
        return status;
    }
    size_t want = (size_t)info.st_size;
    char *bytes = NULL;
    if (want > cap) {
        status = vt_fail(err, VT_ERR_LIMIT, "%s has %zu bytes; at most %zu are read", path, want, cap);
        goto out;
    }
    bytes = vt_alloc(want + 1, 1, err);
    if (bytes == NULL) {
        status = VT_ERR_NO_MEMORY;
        goto out;
    }
    size_t done = 0;
    while (done < want) {
        ssize_t got = read(fd, bytes + done, want - done);
        if (got < 0 && errno != EINTR) {
            status = vt_fail_errno(err, errno, "cannot read %s", path);
            goto out;
        }
        if (got == 0) {
            break;
        }
        done += got > 0 ? (size_t)got : 0;
    }
    bytes[done] = '\0';
    *data = bytes;
    *size = done;
    bytes = NULL;
out:
    vt_free(bytes);
    close(fd);
    return status;
}

struct vt_file_writer {
    FILE *file;
    char *path;
    char *temporary;
    bool sync_later;
};

static void writer_free(vt_file_writer *writer)
{
    if (writer->file != NULL) {
        fclose(writer->file);
    }
    vt_free(writer->path);
    vt_free(writer->temporary);
    vt_free(writer);
}

int vt_file_writer_open(vt_file_writer **out, const char *path, vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    vt_file_writer *writer = vt_alloc_zero(1, sizeof *writer, err);
    if (writer == NULL) {
        return status;
    }
    size_t size = strlen(path) + VT_FILE_TEMPORARY + 1;
    writer->path = vt_strndup(path, strlen(path), err);
    writer->temporary = writer->path == NULL ? NULL : vt_alloc(size, 1, err);
    if (writer->temporary == NULL) {
        goto fail;
    }
    snprintf(writer->temporary, size, "%s.XXXXXX", path);
    int fd = mkostemp(writer->temporary, O_CLOEXEC);
    if (fd < 0) {
        status = vt_fail_errno(err, errno, "cannot write %s", path);
        goto fail;
    }
    fchmod(fd, 0644);
    writer->file = fdopen(fd, "wb");
    if (writer->file == NULL) {
        status = vt_fail_errno(err, errno, "cannot write %s", path);
        close(fd);
        unlink(writer->temporary);
        goto fail;
    }
    *out = writer;
    return VT_OK;
fail:
    writer_free(writer);
    return status;
}

int vt_file_write(vt_file_writer *writer, const void *bytes, size_t len, vt_error *err)
{
    errno = 0;
    if (write_fails()) {
        errno = ENOSPC;
    } else if (len == 0 || fwrite(bytes, 1, len, writer->file) == len) {
        return VT_OK;
    }
    return vt_fail_errno(err, errno, "cannot write %s", writer->path);
}

/* Makes a rename durable. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char dir[PATH_MAX] = ".";
    if (slash != NULL && (size_t)(slash - path) < sizeof dir) {
        memcpy(dir, path, (size_t)(slash - path));
        dir[slash - path] = '\0';
    }
    int fd = open(dir[0] == '\0' ? "/" : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

int vt_file_writer_commit(vt_file_writer *writer, vt_error *err)
{
    int status = VT_OK;
    errno = 0;
    if (write_fails()) {
        errno = ENOSPC;
        status = vt_fail_errno(err, errno, "cannot write %s", writer->path);
    } else if (fflush(writer->file) != 0 || (!writer->sync_later && fsync(fileno(writer->file)) != 0) ||
               rename(writer->temporary, writer->path) != 0) {
        status = vt_fail_errno(err, errno, "cannot write %s", writer->path);
    }
    if (status == VT_OK && !writer->sync_later) {
        sync_folder(writer->path);
    }
    if (status != VT_OK) {
        unlink(writer->temporary);
    }
    writer_free(writer);
    return status;
}

int vt_dir_sync(const char *path, vt_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return vt_fail_errno(err, errno, "cannot open the folder %s", path);
    }
    int status = syncfs(fd) == 0 ? VT_OK : vt_fail_errno(err, errno, "cannot write to %s", path);
    close(fd);
    return status;
}

void vt_file_writer_abort(vt_file_writer *writer)
{
    if (writer != NULL) {
        unlink(writer->temporary);
        writer_free(writer);
    }
}

int vt_file_put(const char *path, const void *bytes, size_t len, bool sync, vt_error *err)
{
    vt_file_writer *writer = NULL;
    int status = vt_file_writer_open(&writer, path, err);
    if (status != VT_OK) {
        return status;
    }
    writer->sync_later = !sync;
    status = vt_file_write(writer, bytes, len, err);
    if (status != VT_OK) {
        vt_file_writer_abort(writer);
        return status;
    }
    return vt_file_writer_commit(writer, err);
}

int vt_path_join(char *out, size_t size, const char *dir, const char *name, vt_error *err)
{
    size_t len = strlen(dir);
    const char *slash = len > 0 && dir[len - 1] == '/' ? "" : "/";
    int n = snprintf(out, size, "%s%s%s", dir, slash, name);
    if (n < 0 || (size_t)n >= size) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s/%s is too long", dir, name);
    }
    return VT_OK;
}

int vt_dir_create(const char *path, vt_error *err)
{
    char part[PATH_MAX];
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof part) {
        return vt_fail(err, VT_ERR_LIMIT, "the path \"%s\" is empty or too long", path);
    }
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0755) != 0 && !(errno == EEXIST && vt_dir_exists(part))) {
            return vt_fail_errno(err, errno, "cannot make the folder %s", part);
        }
    }
    return VT_OK;
}

bool vt_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool vt_dir_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int64_t vt_dir_bytes(const char *path)
{
    int64_t total = 0;
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return 0;
    }
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char child[PATH_MAX];
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            vt_path_join(child, sizeof child, path, entry->d_name, NULL) != VT_OK || lstat(child, &info) != 0) {
            continue;
        }
        if (S_ISDIR(info.st_mode)) {
            total += vt_dir_bytes(child);
        } else if (S_ISREG(info.st_mode)) {
            total += info.st_size;
        }
    }
    closedir(dir);
    return total;
}

static int not_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int vt_dir_list(const char *path, int (*each)(void *context, const char *name), void *context, vt_error *err)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, not_dots, by_bytes);
    if (count < 0) {
        return vt_fail_errno(err, errno, "cannot read the folder %s", path);
    }
    bool go_on = true;
    for (int i = 0; i < count; i++) {
        go_on = go_on && each(context, entries[i]->d_name) == 0;
        free(entries[i]); /* libc's */
    }
    free(entries); /* libc's */
    return VT_OK;
}

/* True when the file ends within a line. */
static bool ends_within_line(FILE *file)
{
    return fseek(file, -1, SEEK_END) == 0 && fgetc(file) != '\n';
}

int vt_file_append(const char *path, const void *bytes, size_t len, vt_error *err)
{
    FILE *file = fopen(path, "a+b");
    if (file == NULL) {
        return vt_fail(err, VT_ERR_IO, "%s cannot be written: %s", path, strerror(errno));
    }
    bool whole = !ends_within_line(file) || fputc('\n', file) != EOF;
    errno = write_fails() ? ENOSPC : 0;
    whole = whole && errno == 0 && fwrite(bytes, 1, len, file) == len && fflush(file) == 0 && fsync(fileno(file)) == 0;
    int why = errno;
    if (fclose(file) != 0 && whole) {
        whole = false;
        why = errno;
    }
    return whole ? VT_OK
                 : vt_fail(err, why == ENOSPC ? VT_ERR_NO_SPACE : VT_ERR_IO, "%s cannot be written: %s", path,
                           strerror(why));
}
