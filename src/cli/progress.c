/*
 * The display. A line is drawn at most ten times a second, the first one at once. It never ends in a newline while it
 * is drawn, so that notes and results can take its place.
 */
#include "progress.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"

#define REDRAW_SECONDS 0.1
#define BAR_WIDTH 24
#define TEXT_MAX 512

struct vt_display {
    vt_display_options options;
    char stage[256];
    double stage_began;
    double drawn;
    bool line_open; /* something stands on the terminal's last line */
};

static volatile sig_atomic_t interrupt_flag = 0;

static void on_signal(int number)
{
    if (interrupt_flag != 0 && number == SIGINT) {
        signal(number, SIG_DFL);
        raise(number);
    }
    interrupt_flag = 1;
}

void vt_interrupt_catch(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool vt_interrupted(void)
{
    return interrupt_flag != 0;
}

int vt_display_create(vt_display **out, const vt_display_options *options, vt_error *err)
{
    vt_display *display = vt_alloc_zero(1, sizeof *display, err);
    if (display == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    display->options = *options;
    *out = display;
    return VT_OK;
}

void vt_display_free(vt_display *display)
{
    if (display != NULL) {
        vt_display_end(display);
        vt_free(display);
    }
}

/* Removes the drawn line. */
static void clear_line(vt_display *display)
{
    if (display->line_open) {
        fputs("\r\033[K", display->options.stream);
        display->line_open = false;
    }
}

void vt_display_end(vt_display *display)
{
    clear_line(display);
    display->stage[0] = '\0';
    fflush(display->options.stream);
}

/* Prints a line made of text that may hold anything. */
static void put_line(vt_display *display, const char *format, va_list arguments)
{
    char line[2048];
    int len = vsnprintf(line, sizeof line, format, arguments);
    if (len < 0) {
        return;
    }
    for (char *c = line; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    clear_line(display);
    fprintf(display->options.stream, "%s\n", line);
    fflush(display->options.stream);
}

void vt_display_note(vt_display *display, const char *format, ...)
{
    if (display->options.quiet) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    put_line(display, format, arguments);
    va_end(arguments);
}

void vt_display_warn(vt_display *display, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    put_line(display, format, arguments);
    va_end(arguments);
}

/* "0:07", "12:34" or "2:05:09". */
static void format_left(char out[32], double seconds)
{
    long long s = seconds > 359999 ? 359999 : (long long)ceil(seconds);
    if (s >= 3600) {
        snprintf(out, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(out, 32, "%lld:%02lld", s / 60, s % 60);
    }
}

/* "1.2 M" of a number, for rates and counts. */
static void format_short(char out[32], double number)
{
    static const struct {
        double from;
        const char *suffix;
    } steps[] = {{1e9, " G"}, {1e6, " M"}, {1e4, " k"}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (number >= steps[i].from) {
            double scale = steps[i].from >= 1e6 ? steps[i].from : 1e3;
            snprintf(out, 32, "%.1f%s", number / scale, steps[i].suffix);
            return;
        }
    }
    snprintf(out, 32, number < 10 && number != floor(number) ? "%.1f" : "%.0f", number);
}

/* Appends to a line that has TEXT_MAX bytes. */
static void VT_PRINTF(3, 4) append(char *line, size_t *len, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(line + *len, TEXT_MAX - *len, format, arguments);
    va_end(arguments);
    if (added > 0) {
        size_t more = (size_t)added;
        *len = *len + more < TEXT_MAX ? *len + more : TEXT_MAX - 1;
    }
}

/* Cuts a line of UTF-8 to `width` code points, which is near enough for stage names. */
static void cut(char *line, int width)
{
    int columns = 0;
    for (char *c = line; *c != '\0'; c++) {
        if ((*c & 0xc0) != 0x80 && columns++ >= width) {
            *c = '\0';
            return;
        }
    }
}

/* Draws the line of a stage. */
static void draw(vt_display *display, const vt_progress_state *state, double now)
{
    char line[TEXT_MAX] = "";
    size_t len = 0;
    double elapsed = now - display->stage_began;
    char text[32];
    append(line, &len, "%s", display->stage);
    bool known = state != NULL && state->total > 0 && state->done >= 0;
    if (known) {
        double share = state->done < state->total ? state->done / state->total : 1;
        int full = (int)(share * BAR_WIDTH);
        append(line, &len, " [%.*s%.*s] %3.0f %%", full, "========================", BAR_WIDTH - full,
               "                        ", floor(share * 100));
    } else if (state != NULL && state->done > 0) {
        format_short(text, state->done);
        append(line, &len, " %s %s", text, state->unit == NULL ? "" : state->unit);
    }
    if (state != NULL && elapsed > 0.5 && state->done > 0) {
        double rate = state->done / elapsed;
        format_short(text, rate);
        append(line, &len, "  %s %s/s", text, state->unit == NULL ? "" : state->unit);
        if (known && elapsed > 1 && state->done < state->total) {
            format_left(text, (state->total - state->done) / rate);
            append(line, &len, "  %s left", text);
        }
    }
    if (state != NULL && state->detail != NULL && state->detail[0] != '\0') {
        append(line, &len, "  %s", state->detail);
    }
    cut(line, display->options.width > 1 ? display->options.width - 1 : 79);
    fprintf(display->options.stream, display->options.colour ? "\r\033[36m%s\033[0m\033[K" : "\r%s\033[K", line);
    fflush(display->options.stream);
    display->line_open = true;
    display->drawn = now;
}

/* Remembers a stage; true when it is another one than before. */
static bool enter(vt_display *display, const char *stage, double now)
{
    char name[sizeof display->stage];
    snprintf(name, sizeof name, "%s", stage == NULL || stage[0] == '\0' ? "working" : stage);
    for (char *c = name; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = ' ';
        }
    }
    if (strcmp(name, display->stage) == 0) {
        return false;
    }
    memcpy(display->stage, name, sizeof name);
    display->stage_began = now;
    return true;
}

static void show(vt_display *display, const char *stage, const vt_progress_state *state)
{
    if (display->options.quiet) {
        return;
    }
    double now = display->options.clock();
    bool fresh = enter(display, stage, now);
    if (display->options.terminal) {
        if (fresh || now - display->drawn >= REDRAW_SECONDS) {
            draw(display, state, now);
        }
    } else if (fresh) {
        fprintf(display->options.stream, "%s\n", display->stage);
        fflush(display->options.stream);
    }
}

void vt_display_stage(vt_display *display, const char *stage)
{
    show(display, stage, NULL);
}

static int report(void *context, const vt_progress_state *state)
{
    vt_display *display = context;
    show(display, state->stage, state);
    return display->options.interrupted() ? 1 : 0;
}

vt_progress vt_display_progress(vt_display *display)
{
    return (vt_progress){report, display};
}
