/*
 * Texts as the store takes them: what is no UTF-8, and NULs, become U+FFFD, in memory of the arena. Ids stay as they
 * are, so that a damaged one is refused instead of becoming another one. VT_ERR_NO_MEMORY is the only error.
 */
#ifndef VT_IMPORT_REPAIR_H
#define VT_IMPORT_REPAIR_H

#include "base/arena.h"
#include "vitrine/record.h"

int vt_repair_event(vt_arena *arena, vt_event *event, vt_error *err);
int vt_repair_item(vt_arena *arena, vt_item *item, vt_error *err);
int vt_repair_user(vt_arena *arena, vt_user *user, vt_error *err);

#endif
