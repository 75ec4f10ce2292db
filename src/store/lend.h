/*
 * Lending the right to write. A server holds a shop's lock as long as it runs; a command that wants to write connects
 * to the server's socket, `server.sock` beside the store. The server ends what it is writing, closes the store and says
 * so; the command takes the lock, works, and closes the connection, at which the server opens the store again. At any
 * time one connection in one process writes.
 */
#ifndef VT_STORE_LEND_H
#define VT_STORE_LEND_H

#include "vitrine/error.h"

/** Of the server: listens on the socket beside `store`, in the place of one that an earlier server has left. */
int vt_lend_listen(int *fd, const char *store, vt_error *err);

/** Removes the socket and closes it; -1 is allowed. */
void vt_lend_close(int fd, const char *store);

/** Of the server: a connection made by vt_lend_listen()'s socket wants to write. VT_ERR_FORMAT: it does not. */
int vt_lend_accept(int *fd, int listening, vt_error *err);

/** Of the server: the store is closed, the borrower may write. */
int vt_lend_give(int fd, vt_error *err);

/**
 * Of a command: asks the server of `store` and waits until it has closed the store. `*fd` is for vt_lend_return().
 * VT_ERR_NOT_FOUND: no server answers; VT_ERR_BUSY: it did not close the store within a minute.
 */
int vt_lend_borrow(int *fd, const char *store, vt_error *err);

/**
 * Of a command, after it has released the lock: waits until the server has the shop again, and what was written in
 * memory, half a minute at most; closes the connection. -1 is allowed.
 */
void vt_lend_return(int fd);

#endif
