/* The positive rule: which events count as interactions. */
#ifndef VT_DATASET_POSITIVE_H
#define VT_DATASET_POSITIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "vitrine/record.h"

typedef enum vt_value_test { VT_ANY, VT_GE, VT_GT, VT_LE, VT_LT, VT_EQ } vt_value_test;

/** Per kind of event: does it count, and with which value. */
typedef struct vt_positive {
    bool counts[VT_EVENT_KINDS];
    vt_value_test comparison[VT_EVENT_KINDS];
    double bound[VT_EVENT_KINDS];
} vt_positive;

/** Reads "purchase|like|rating>=4". VT_ERR_USAGE names the first problem. */
int vt_positive_parse(vt_positive *out, const char *rule, vt_error *err);

/** True when an event of that kind and value (NaN without) counts. */
bool vt_positive_holds(const vt_positive *rule, int kind, double value);

#endif
