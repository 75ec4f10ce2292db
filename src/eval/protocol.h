/* The protocol as text: the name that is printed with every figure. */
#ifndef VT_EVAL_PROTOCOL_H
#define VT_EVAL_PROTOCOL_H

#include <stddef.h>

#include "vitrine/evaluation.h"

/** Writes the name, cut at `size`. Figures under different names are not comparable. */
void vt_protocol_name(char *name, size_t size, const vt_snapshot *snapshot, const vt_split *split,
                      const vt_protocol *protocol);

#endif
