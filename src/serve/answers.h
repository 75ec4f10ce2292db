/* Schemas of answers and of bodies that are no plain records, as JSON Schema. */
#ifndef VT_SERVE_ANSWERS_H
#define VT_SERVE_ANSWERS_H

#include <stddef.h>

typedef struct vt_answer_schema {
    const char *name;
    const char *json;
} vt_answer_schema;

/** Schema number `at`; NULL past the last. */
const vt_answer_schema *vt_answer_schema_at(size_t at);

#endif
