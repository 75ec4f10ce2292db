/* Log of long-running programs: one line an entry to a sink that the program sets; silent by default. */
#ifndef VT_BASE_LOG_H
#define VT_BASE_LOG_H

#include "vitrine/export.h"

typedef enum vt_log_level { VT_LOG_DEBUG, VT_LOG_INFO, VT_LOG_WARNING, VT_LOG_ERROR } vt_log_level;

/** Sets where entries go; NULL silences. Not thread-safe against running work. */
void vt_log_set(void (*sink)(void *context, vt_log_level level, const char *line), void *context);

void vt_log(vt_log_level level, const char *format, ...) VT_PRINTF(2, 3);

#endif
