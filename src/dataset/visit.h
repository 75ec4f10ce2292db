/* What a visit is, where only times tell it. Private. */
#ifndef VT_DATASET_VISIT_H
#define VT_DATASET_VISIT_H

/** Seconds without an event of the user after which a visit is over: the field's half an hour. */
enum { VT_VISIT_GAP = 1800 };

#endif
