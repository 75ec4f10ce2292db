/* How well methods ranked when they were last evaluated, as rows that `vitrine evaluate --keep` has left. */
#ifndef VT_INSIGHT_METHODS_H
#define VT_INSIGHT_METHODS_H

#include "insight/document.h"
#include "insight/scope.h"

/** Adds a table "evaluation", a row a method; nothing where none is kept. Opens a reader of its own. */
int vt_methods_show(vt_document *document, const vt_scope *scope, vt_error *err);

#endif
