/*
 * For LD_PRELOAD: syncing fails with EIO while the file named by $VITRINE_FAIL_SYNC is there, and takes three seconds
 * longer while that of $VITRINE_SLOW_SYNC is.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((visibility("default"))) int fsync(int fd);
__attribute__((visibility("default"))) int fdatasync(int fd);

static int is_marked(const char *name)
{
    const char *mark = getenv(name);
    return mark != NULL && access(mark, F_OK) == 0;
}

static int sync_with(long number, int fd)
{
    if (is_marked("VITRINE_SLOW_SYNC")) {
        sleep(3);
    }
    if (is_marked("VITRINE_FAIL_SYNC")) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(number, fd);
}

int fsync(int fd)
{
    return sync_with(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return sync_with(SYS_fdatasync, fd);
}
