/*
 * What a person sees of long work: on a terminal one line that is drawn anew (stage, bar, rate, time left), elsewhere
 * one line a stage. Ctrl-C is noticed here: the next report to the library asks it to stop.
 */
#ifndef VT_CLI_PROGRESS_H
#define VT_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdio.h>

#include "vitrine/progress.h"

typedef struct vt_display vt_display;

/* How a display behaves; set by the program from its surroundings, by tests by hand. */
typedef struct vt_display_options {
    FILE *stream;
    bool terminal; /* draw a bar */
    bool quiet;    /* nothing at all */
    bool colour;
    int width;                 /* columns of the terminal */
    double (*clock)(void);     /* seconds of a clock that only goes forward */
    bool (*interrupted)(void); /* true once the person wants to stop */
} vt_display_options;

int vt_display_create(vt_display **out, const vt_display_options *options, vt_error *err);
void vt_display_free(vt_display *display);

/* The callbacks for the library, valid as long as the display. */
vt_progress vt_display_progress(vt_display *display);

/* Says at once what begins, before the library has reported anything. */
void vt_display_stage(vt_display *display, const char *stage);

/* Ends the line that is being drawn. */
void vt_display_end(vt_display *display);

/* A line on stderr beside the bar: something a person should know. Not shown when quiet. */
void vt_display_note(vt_display *display, const char *format, ...) VT_PRINTF(2, 3);

/* The same even when quiet: warnings and rejected rows. */
void vt_display_warn(vt_display *display, const char *format, ...) VT_PRINTF(2, 3);

/* From now on SIGINT, SIGTERM and SIGHUP ask to stop; a second SIGINT ends the program at once. */
void vt_interrupt_catch(void);
bool vt_interrupted(void);

#endif
