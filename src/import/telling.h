/*
 * What an import says of itself beyond its counts: notes, what became of the columns, how well events and catalogue
 * meet. Belongs to the reading thread until that is done.
 */
#ifndef VT_IMPORT_TELLING_H
#define VT_IMPORT_TELLING_H

#include "base/map.h"
#include "import/columns.h"
#include "vitrine/importer.h"
#include "vitrine/record.h"

enum { VT_TELLING_ITEMS = 10000 /* different items of events that are looked for in the catalogue */ };

typedef struct vt_telling {
    char notes[VT_IMPORT_NOTES][256];
    struct {
        const char *what; /* static */
        int64_t count;
        char example[96];
    } counted[VT_IMPORT_NOTES];
    vt_import_column columns[VT_IMPORT_COLUMNS];
    size_t n_columns;
    vt_import_coverage coverage;
    vt_map *wanted;    /* items of events -> 1; up to VT_TELLING_ITEMS */
    vt_map *described; /* of these, those that this import gives a title or a price -> 1 */
    char present[64];  /* the first item that this import describes */
    char currency[4];  /* the shop's, else of the first event that names one */
    bool of_shop;
    char last[64]; /* the item of the last event, so that a run of it costs one look */
} vt_telling;

int vt_telling_init(vt_telling *telling, vt_error *err);
void vt_telling_done(vt_telling *telling);

/** Adds a note that is not there yet; beyond VT_IMPORT_NOTES they are dropped. */
void vt_telling_note(vt_telling *telling, const char *text);

/** Adds `count` to the note "WHAT: COUNT (such as EXAMPLE)", whose example is the first that was given. */
void vt_telling_count(vt_telling *telling, const char *what, int64_t count, const char *example);

/** What each column of a file is used for, and columns that are there twice. */
void vt_telling_columns(vt_telling *telling, const vt_columns *columns, const char *file);

/** One name of a file without columns, such as a key of JSON; `field` NULL: not used. */
void vt_telling_column(vt_telling *telling, vt_str column, const char *field);

int vt_telling_event(vt_telling *telling, const vt_event *event, vt_error *err);
int vt_telling_item(vt_telling *telling, const vt_item *item, vt_error *err);

/** Notes and columns into the report, all but the catalogue (drain.h). */
void vt_telling_report(const vt_telling *telling, vt_import_report *report);

/** A record as a line for people: "purchase of i1 by u1 at 2023-01-02 10:00:00: 2 x 12.50 EUR, order 9". */
void vt_telling_event_line(char out[320], const vt_event *event, const char *currency);
void vt_telling_item_line(char out[320], const vt_item *item, const char *currency);
void vt_telling_user_line(char out[320], const vt_user *user);
void vt_telling_link_line(char out[320], const vt_link *link);

#endif
