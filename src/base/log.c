/* The log: formatting and one sink. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

static void (*log_sink)(void *context, vt_log_level level, const char *line);
static void *log_context;

void vt_log_set(void (*sink)(void *context, vt_log_level level, const char *line), void *context)
{
    log_sink = sink;
    log_context = context;
}

void vt_log(vt_log_level level, const char *format, ...)
{
    if (log_sink == NULL) {
        return;
    }
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    log_sink(log_context, level, line);
}
