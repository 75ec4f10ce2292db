/* Files: whole reads, mapping, atomic replacement, folders. */
#ifndef VT_BASE_FILE_H
#define VT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** A read-only mapping; init by vt_file_map, done by vt_file_unmap. An empty file has data NULL and size 0. */
typedef struct vt_mapping {
    const unsigned char *data;
    size_t size;
    int fd; /* stays open for vt_file_copy() */
} vt_mapping;

int vt_file_map(vt_mapping *out, const char *path, vt_error *err);
void vt_file_unmap(vt_mapping *mapping);

/**
 * Copies `n` bytes that stand at `at` in the mapping to `out`, by a read of the file: looking at them there would make
 * their pages, and up to some megabytes around them, memory of this process.
 */
void vt_file_copy(void *out, const vt_mapping *mapping, const void *at, size_t n);

/** Takes the mapped pages out of the process's memory until they are read again; others may be reading them. */
void vt_file_let_go(const vt_mapping *mapping);

/** What tells one file from another, and from itself before a change: times are nanoseconds since 1970. */
typedef struct vt_file_identity {
    int64_t inode;
    int64_t size;
    int64_t modified; /* content; whoever may write the file can set it */
    int64_t changed;  /* content, name or rights; set by the system alone */
} vt_file_identity;

int vt_file_identify(vt_file_identity *out, const char *path, vt_error *err);

/** The first `cap` bytes of a file, fewer where it is shorter. Here and above, pipes and devices are VT_ERR_FORMAT. */
int vt_file_head(void *bytes, size_t cap, size_t *len, const char *path, vt_error *err);

/** The whole file into memory with a NUL behind it; freed with vt_free. VT_ERR_LIMIT past `cap` bytes. */
int vt_file_read(char **data, size_t *size, const char *path, size_t cap, vt_error *err);

/**
 * A file that appears under its name whole or not at all: written beside it, synced, renamed. Writes may fail in tests
 * (vt_file_fail_after).
 */
typedef struct vt_file_writer vt_file_writer;

/** What stands behind the name of a file until it is whole: a dot and letters by chance; a crash leaves them there. */
enum { VT_FILE_TEMPORARY = 7 /* bytes */ };

int vt_file_writer_open(vt_file_writer **out, const char *path, vt_error *err);
int vt_file_write(vt_file_writer *writer, const void *bytes, size_t len, vt_error *err);
/** Syncs and puts the file in place; the writer is freed in any case. */
int vt_file_writer_commit(vt_file_writer *writer, vt_error *err);
/** Removes what was written; NULL is allowed. */
void vt_file_writer_abort(vt_file_writer *writer);

/**
 * A whole file by such a writer. `sync` false: it stands in a folder that appears, or is thrown away, as a whole, and
 * syncing is left to vt_dir_sync().
 */
int vt_file_put(const char *path, const void *bytes, size_t len, bool sync, vt_error *err);

/**
 * Appends whole lines to a file, which is made when there is none, and syncs. Where the file ends within a line, as a
 * kill may leave it, a line end goes before. VT_ERR_NO_SPACE, VT_ERR_IO: a part may have been written.
 */
int vt_file_append(const char *path, const void *bytes, size_t len, vt_error *err);

/** Tests: lets `n` more writes succeed and fails the one after with ENOSPC; negative: none fails. */
void vt_file_fail_after(int64_t n);

/** "dir/name" into `out` (size bytes); VT_ERR_LIMIT when it does not fit. */
int vt_path_join(char *out, size_t size, const char *dir, const char *name, vt_error *err);

/** Makes a folder and its parents; one that is there already is fine. */
int vt_dir_create(const char *path, vt_error *err);

/** Makes all that was written below a folder durable, in one go for its whole file system. */
int vt_dir_sync(const char *path, vt_error *err);

bool vt_file_exists(const char *path);
bool vt_dir_exists(const char *path);

/** Bytes of all regular files below `path`. */
int64_t vt_dir_bytes(const char *path);

/** Calls `each` with the name of every entry of a folder, sorted by bytes, until it returns non-zero. */
int vt_dir_list(const char *path, int (*each)(void *context, const char *name), void *context, vt_error *err);

#endif
