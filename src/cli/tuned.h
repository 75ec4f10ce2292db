/* What tuning leaves in a shop: all trials of a kind of model, and the best settings as the preset "tuned". */
#ifndef VT_CLI_TUNED_H
#define VT_CLI_TUNED_H

#include "common.h"
#include "vitrine/tuning.h"

#define VT_TUNED_PRESET "tuned"

/* Path of the shop's file of trials of that kind, whose folder is made. */
int vt_tuned_log_path(char *out, size_t size, const char *shop, const char *kind, vt_error *err);

/* Keeps the settings that a search found, "name=value,..." of every parameter. */
int vt_tuned_write(const char *shop, const char *kind, const char *settings, const vt_tuning_result *result,
                   const char *snapshot, vt_error *err);

/* The settings kept for that kind; VT_ERR_NOT_FOUND says how to make them. */
int vt_tuned_read(char *out, size_t size, const char *shop, const char *kind, vt_error *err);

#endif
