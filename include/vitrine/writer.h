/**
 * A writer for many threads: a thread of its own takes all that waits into one transaction and answers when it is on
 * the disk. One event alone costs one write of the disk, and so do a hundred that come at once.
 */
#ifndef VITRINE_WRITER_H
#define VITRINE_WRITER_H

#include "vitrine/events.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_writer vt_writer;

/**
 * Starts a writer over a shop that is open for writing. Until vt_writer_close() nothing else may be done with `shop`,
 * which the caller closes after that; who reads opens the shop for itself.
 */
VT_API int vt_writer_open(vt_writer **out, vt_shop *shop, vt_error *err);

/** Writes what waits and ends the thread; NULL is allowed. No call may be under way or follow. */
VT_API void vt_writer_close(vt_writer *writer);

/*
 * As the functions of events.h, from any number of threads: each waits until its batch is durable. A record that is
 * refused spoils only itself; when the disk fails, all whose batches were in that write get the error and nothing of
 * theirs is stored.
 */
VT_API int vt_writer_put_events(vt_writer *writer, const vt_event *events, size_t n, vt_put_result *results,
                                vt_error *err);
VT_API int vt_writer_put_items(vt_writer *writer, const vt_item *items, size_t n, vt_put_result *results,
                               vt_error *err);
VT_API int vt_writer_put_users(vt_writer *writer, const vt_user *users, size_t n, vt_put_result *results,
                               vt_error *err);
VT_API int vt_writer_put_user_links(vt_writer *writer, const vt_link *links, size_t n, vt_put_result *results,
                                    vt_error *err);
VT_API int vt_writer_put_item_links(vt_writer *writer, const vt_link *links, size_t n, vt_put_result *results,
                                    vt_error *err);
VT_API int vt_writer_set_orders(vt_writer *writer, const vt_order_change *orders, size_t n, vt_put_result *results,
                                vt_error *err);
VT_API int vt_writer_set_offers(vt_writer *writer, const vt_offer *offers, size_t n, vt_put_result *results,
                                vt_error *err);
VT_API int vt_writer_erase_users(vt_writer *writer, const vt_str *users, size_t n, vt_put_result *results,
                                 vt_error *err);
VT_API int vt_writer_remove_events(vt_writer *writer, const vt_str *events, size_t n, vt_put_result *results,
                                   vt_error *err);
VT_API int vt_writer_merge_users(vt_writer *writer, const vt_user_merge *merges, size_t n, vt_put_result *results,
                                 vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
