/* Explanations as objects: one arena holds all that one says, so that it is freed at once. */
#include "model/explanation.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"

const char *vt_reason_kind_name(int kind)
{
    static const char *const name[VT_REASON_KINDS] = {
        [VT_REASON_MODALITY] = "modality", [VT_REASON_RELATION] = "relation", [VT_REASON_SALES] = "sales",
        [VT_REASON_SEASON] = "season",     [VT_REASON_BIAS] = "bias",         [VT_REASON_MODEL] = "model",
    };
    return kind >= 0 && kind < VT_REASON_KINDS ? name[kind] : NULL;
}

int vt_explaining_begin(vt_explaining *e, size_t parts, size_t events, vt_error *err)
{
    *e = (vt_explaining){.capacity = parts};
    int status = vt_arena_create(&e->made.storage, 8192, err);
    if (status != VT_OK) {
        return status;
    }
    e->parts = vt_arena_alloc(e->made.storage, parts, sizeof *e->parts, err);
    e->made.parts = e->parts;
    e->made.n_events = events;
    return e->parts == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

vt_score_part *vt_explaining_add(vt_explaining *e, vt_reason_kind kind, const char *name, double value)
{
    assert(e->made.n_parts < e->capacity);
    vt_score_part *part = &e->parts[e->made.n_parts++];
    *part = (vt_score_part){.kind = kind, .value = value, .share = (double)NAN};
    snprintf(part->name, sizeof part->name, "%s", name);
    return part;
}

int vt_explaining_add_split(vt_explaining *e, vt_reason_kind kind, const char *name, const double *by_event,
                            vt_error *err)
{
    size_t n = e->made.n_events;
    double *own = vt_arena_alloc(e->made.storage, n, sizeof *own, err), sum = 0.0;
    if (own == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t h = 0; h < n; h++) {
        own[h] = by_event[h];
        sum += by_event[h];
    }
    vt_explaining_add(e, kind, name, sum)->by_event = own;
    return VT_OK;
}

void vt_explaining_end(vt_explanation *out, vt_explaining *e)
{
    e->made.score = 0.0;
    for (size_t p = 0; p < e->made.n_parts; p++) {
        e->made.score += e->parts[p].value;
    }
    *out = e->made;
}

void vt_explaining_end_without(vt_explanation *out, vt_explaining *e)
{
    e->made.n_parts = 0;
    e->made.score = -INFINITY;
    *out = e->made;
}

void vt_explanation_done(vt_explanation *explanation)
{
    if (explanation != NULL) {
        vt_arena_free(explanation->storage);
        *explanation = (vt_explanation){0};
    }
}

const vt_score_part *vt_explanation_part(const vt_explanation *explanation, const char *name)
{
    for (size_t p = 0; p < explanation->n_parts; p++) {
        if (strcmp(explanation->parts[p].name, name) == 0) {
            return &explanation->parts[p];
        }
    }
    return NULL;
}

double vt_explanation_of_event(const vt_explanation *explanation, size_t event)
{
    double sum = 0.0;
    for (size_t p = 0; p < explanation->n_parts; p++) {
        const double *by_event = explanation->parts[p].by_event;
        sum += by_event == NULL ? 0.0 : by_event[event];
    }
    return sum;
}
