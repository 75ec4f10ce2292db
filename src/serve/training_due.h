/* When a served shop is due for a training: a first model, so much time, or so many events. */
#ifndef VT_SERVE_TRAINING_DUE_H
#define VT_SERVE_TRAINING_DUE_H

#include "serve/trainer.h"

enum { VT_FIRST_TRAINING_EVENTS = 1000 /* positive ones of users, from which on a first model is trained */ };

/** What a plan is compared with. One thread. */
typedef struct vt_training_clock {
    int64_t last;       /* UTC seconds of the last training, or when the model was written */
    int64_t events;     /* in memory then */
    int64_t not_before; /* UTC seconds */
    int64_t looked_at;  /* events in memory when positive ones were counted last */
    int64_t positive;   /* so many there were */
    int64_t needed;     /* for a first model */
} vt_training_clock;

void vt_training_begin(vt_training_clock *clock, vt_served_shop *shop);

/** A training has ended; the next one is `pause` seconds away at least. */
void vt_training_ended(vt_training_clock *clock, vt_served_shop *shop, int64_t pause);

/** "first", "time", "events": why one is due now; NULL: none is. */
const char *vt_training_due(vt_training_clock *clock, const vt_retrain_plan *plan, vt_served_shop *shop);

#endif
