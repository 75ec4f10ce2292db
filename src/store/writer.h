/*
 * The inside of a writer: tasks, which whoever made them is told about when the disk has them. The public calls of
 * writer.h are tasks that somebody waits for.
 */
#ifndef VT_STORE_WRITER_H
#define VT_STORE_WRITER_H

#include "store/batch_write.h"
#include "vitrine/writer.h"

/**
 * One thing to do on the writer's thread: a batch of records, or work of its own kind. It belongs to whoever made it,
 * and must live until `answered` is called.
 */
typedef struct vt_write_task {
    vt_batch_write batch; /**< where `work` is NULL; shares one transaction with others that wait */
    /** What to do alone, with the shop open for writing and no write begun; its writes are its own. */
    int (*work)(void *context, vt_shop *shop, vt_error *err);
    /** On the writer's thread, when it is durable or has failed; the task is the caller's again. Must not wait. */
    void (*answered)(struct vt_write_task *task);
    void *context;
    int status;
    vt_error err;
    struct vt_write_task *next; /**< private */
} vt_write_task;

/** Takes the task on. Never waits for the disk; any thread. */
void vt_writer_add(vt_writer *writer, vt_write_task *task);

/** Tasks that wait for the disk. */
size_t vt_writer_waiting(vt_writer *writer);

/**
 * `committed` is called on the writer's thread after each write that was made durable, before anybody hears of it: who
 * is told that something is stored finds it wherever `committed` has brought it. Set before the first task.
 */
void vt_writer_follow(vt_writer *writer, void (*committed)(void *context), void *context);

#endif
