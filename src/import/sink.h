/*
 * Where sources put what they read. A source runs on the reading thread and hands over records one by one; the sink
 * checks and copies them into batches, which the calling thread takes and puts into the store. Reading and writing so
 * overlap, with a fixed number of batches between them.
 *
 * All functions up to vt_sink_close belong to the reading thread; those after it to the calling thread.
 */
#ifndef VT_IMPORT_SINK_H
#define VT_IMPORT_SINK_H

#include "base/stream.h"
#include "import/batch.h"
#include "import/telling.h"
#include "store/record_check.h"

typedef struct vt_sink vt_sink;

int vt_sink_create(vt_sink **out, const vt_record_rules *rules, vt_part part, vt_error *err);
void vt_sink_free(vt_sink *sink);

/* ---- reading thread ---------------------------------------------------------------------------------------------- */

/** The rules of events, whose names of fields a source sets. */
vt_record_rules *vt_sink_rules(vt_sink *sink);

/**
 * From now on rows come from file `name` (copied), read through `stream` (NULL: not a stream), which must stay open
 * until the next call; NULL, NULL ends the file.
 */
int vt_sink_file(vt_sink *sink, const char *name, const vt_stream *stream, vt_error *err);

/** The file that rows come from, as it stands in messages. */
const char *vt_sink_name(const vt_sink *sink);

/** Bytes on disk (rows of a table in memory) that will be read in all, for progress; the default is that of all. */
void vt_sink_expect(vt_sink *sink, int64_t bytes);

/** Bytes, or rows of a table in memory, read other than through a stream. */
void vt_sink_consumed(vt_sink *sink, int64_t bytes);

/** A row was read, on line `line` of the file. VT_ERR_CANCELLED when the work is to stop. */
int vt_sink_row(vt_sink *sink, int64_t line, vt_error *err);

/** What follows belongs to a row that was counted before. */
void vt_sink_at(vt_sink *sink, int64_t line);

/** The line of the row at hand. */
int64_t vt_sink_line(const vt_sink *sink);

/**
 * Hand over a record: checked, repaired and copied; a record that fails its check rejects its row. Ids are required;
 * an item or user whose id came before in this import with other content is rejected too, so that importing the same
 * files again changes nothing. The part of the import is set on events.
 */
int vt_sink_event(vt_sink *sink, const vt_event *event, vt_error *err);
int vt_sink_item(vt_sink *sink, const vt_item *item, vt_error *err);
int vt_sink_user(vt_sink *sink, const vt_user *user, vt_error *err);
int vt_sink_item_link(vt_sink *sink, const vt_link *link, vt_error *err);
int vt_sink_user_link(vt_sink *sink, const vt_link *link, vt_error *err);

/**
 * Rejects the row: `reason` is short, static and the same for all rows of its kind, the sentence goes into the
 * message. A row is rejected once; later calls for it do nothing.
 */
int vt_sink_reject(vt_sink *sink, vt_error *err, const char *reason, const char *format, ...) VT_PRINTF(4, 5);

/** As vt_sink_reject(), for a rating that is `given` but no number, or not given. */
int vt_sink_reject_value(vt_sink *sink, vt_str given, vt_error *err);

/** True when the row at hand was rejected. */
bool vt_sink_rejected(const vt_sink *sink);

/** True when an item of that id was handed over before. */
bool vt_sink_has_item(const vt_sink *sink, vt_str id);

/** Adds to what the report says was recognised; a note that stands there already is not repeated. */
void vt_sink_note(vt_sink *sink, const char *format, ...) VT_PRINTF(2, 3);

/** From now on events go without the keys by which a store tells them apart. */
void vt_sink_leave_keys(vt_sink *sink);

/** From now on equal events of a file that have neither an order nor an id are kept, the first, the second, ... */
void vt_sink_keep_repeats(vt_sink *sink, bool keep);

/** Adds a note that one should know of, once (telling.h). */
void vt_sink_remark(vt_sink *sink, const char *format, ...) VT_PRINTF(2, 3);

/**
 * Adds `count` to the note "WHAT: COUNT (such as EXAMPLE)"; `what` is static, the first example stays, with the line at
 * hand.
 */
void vt_sink_count(vt_sink *sink, const char *what, int64_t count, const char *example, ...) VT_PRINTF(4, 5);

/** What this import tells of itself, for columns. */
vt_telling *vt_sink_telling(vt_sink *sink);

/** Hands over the last batch and ends the flow; without `complete` nothing more comes. */
int vt_sink_close(vt_sink *sink, bool complete, vt_error *err);

/* ---- calling thread ---------------------------------------------------------------------------------------------- */

/** The next batch, waiting for it; NULL at the end. Given back by vt_sink_release(). */
vt_batch *vt_sink_take(vt_sink *sink);
void vt_sink_release(vt_sink *sink, vt_batch *batch);

/** Makes the reading thread stop. */
void vt_sink_cancel(vt_sink *sink);

/** Bytes read and to read, and the file at hand (valid as long as the sink). */
void vt_sink_state(vt_sink *sink, int64_t *done, int64_t *total, const char **file);

/** Rows read and the note; once the reading thread is done. */
int64_t vt_sink_rows(const vt_sink *sink);
const char *vt_sink_notes(const vt_sink *sink);

#endif
