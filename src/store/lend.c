/* The path of a Unix socket is short by law of the system, so the folder is reached through its descriptor. */
#include "store/lend.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "server.sock"

enum { WANTED = 'w', GIVEN = 'y', WAIT_MS = 60000, ASK_MS = 5000, RETURN_MS = 30000 };

/* A descriptor of the folder that the store is in; -1 and errno. */
static int open_folder(const char *store)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(store, '/');
    int n = slash == NULL ? snprintf(folder, sizeof folder, ".")
                          : snprintf(folder, sizeof folder, "%.*s", (int)(slash - store + 1), store);
    if (n < 0 || (size_t)n >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    return open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void name_socket(struct sockaddr_un *out, int folder)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/" NAME, folder);
}

int vt_lend_listen(int *fd, const char *store, vt_error *err)
{
    struct sockaddr_un address;
    int folder = open_folder(store), made = -1, code = 0;
    if (folder < 0) {
        return vt_fail_errno(err, errno, "cannot open the folder of %s", store);
    }
    name_socket(&address, folder);
    unlinkat(folder, NAME, 0); /* whoever holds the shop's lock is the only server */
    made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    mode_t mask = umask(0177);
    if (made < 0 || bind(made, (const struct sockaddr *)&address, sizeof address) != 0 || listen(made, 64) != 0) {
        code = errno;
    }
    umask(mask);
    close(folder);
    if (code != 0) {
        if (made >= 0) {
            close(made);
        }
        return vt_fail_errno(err, code, "cannot make the socket " NAME " beside %s", store);
    }
    *fd = made;
    return VT_OK;
}

void vt_lend_close(int fd, const char *store)
{
    if (fd < 0) {
        return;
    }
    int folder = open_folder(store);
    if (folder >= 0) {
        unlinkat(folder, NAME, 0);
        close(folder);
    }
    close(fd);
}

/* One byte within `ms`; -1 when none comes. */
static int read_byte(int fd, int ms)
{
    unsigned char byte = 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready = 0;
    do {
        ready = poll(&wait, 1, ms);
    } while (ready < 0 && errno == EINTR);
    return ready == 1 && read(fd, &byte, 1) == 1 ? byte : -1;
}

static int send_byte(int fd, unsigned char byte, vt_error *err)
{
    return send(fd, &byte, 1, MSG_NOSIGNAL) == 1 ? VT_OK : vt_fail_errno(err, errno, "the other side has gone");
}

int vt_lend_accept(int *fd, int listening, vt_error *err)
{
    int accepted = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    if (accepted < 0) {
        return vt_fail_errno(err, errno, "cannot accept a connection");
    }
    if (read_byte(accepted, ASK_MS) != WANTED) {
        close(accepted);
        return vt_fail(err, VT_ERR_FORMAT, "a connection to the shop's socket says nothing that is known");
    }
    *fd = accepted;
    return VT_OK;
}

int vt_lend_give(int fd, vt_error *err)
{
    return send_byte(fd, GIVEN, err);
}

int vt_lend_borrow(int *fd, const char *store, vt_error *err)
{
    struct sockaddr_un address;
    int folder = open_folder(store);
    int made = folder < 0 ? -1 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made >= 0) {
        name_socket(&address, folder);
        if (connect(made, (const struct sockaddr *)&address, sizeof address) != 0) {
            close(made);
            made = -1;
        }
    }
    if (folder >= 0) {
        close(folder);
    }
    if (made < 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "no server of %s answers", store);
    }
    int status = send_byte(made, WANTED, err);
    if (status == VT_OK && read_byte(made, WAIT_MS) != GIVEN) {
        status = vt_fail(err, VT_ERR_BUSY, "the server of %s does not let others write now; try again", store);
    }
    if (status != VT_OK) {
        close(made);
        return status;
    }
    *fd = made;
    return VT_OK;
}

void vt_lend_return(int fd)
{
    if (fd >= 0) {
        shutdown(fd, SHUT_WR);
        read_byte(fd, RETURN_MS); /* none comes: the server closes */
        close(fd);
    }
}
