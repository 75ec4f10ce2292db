/* What must hold of every explanation. */
#ifndef VT_TEST_EXPLANATIONS_H
#define VT_TEST_EXPLANATIONS_H

#include <math.h>

#include "check.h"
#include "vitrine/explanation.h"

/** Parts sum to the score, splits to their parts, shares and attention to 1. */
static inline void check_explanation(const vt_explanation *e, float score, const char *kind, const char *settings)
{
    double sum = 0.0, shares = 0.0;
    bool shared = false;
    if (isinf(score)) {
        assert_true(isinf(e->score) && e->score < 0.0 && e->n_parts == 0);
        return;
    }
    for (size_t p = 0; p < e->n_parts; p++) {
        const vt_score_part *part = &e->parts[p];
        sum += part->value;
        assert_non_null(vt_reason_kind_name((int)part->kind));
        assert_ptr_equal(vt_explanation_part(e, part->name), part);
        assert_true(isnan(part->share) == (part->kind != VT_REASON_MODALITY));
        shared = shared || part->kind == VT_REASON_MODALITY;
        shares += isnan(part->share) ? 0.0 : part->share;
        double by_event = 0.0;
        for (size_t h = 0; part->by_event != NULL && h < e->n_events; h++) {
            by_event += part->by_event[h];
        }
        assert_true(part->by_event == NULL || fabs(by_event - part->value) < 1e-9 * (1.0 + fabs(part->value)));
    }
    double most = fmax(1e-4, 1e-6 * fabs((double)score));
    if (!(fabs(sum - (double)score) <= most) || !(fabs(e->score - sum) < 1e-9 * (1.0 + fabs(sum)))) {
        fail_msg("%s %s: parts sum to %.9g, the score is %.9g", kind, settings, sum, (double)score);
    }
    assert_true(!shared || fabs(shares - 1.0) < 1e-5);
    const vt_score_part *attributes = vt_explanation_part(e, "attributes");
    double tokens = 0.0;
    for (size_t t = 0; t < e->n_tokens; t++) {
        tokens += e->tokens[t].value;
    }
    assert_true(fabs(tokens - (attributes == NULL ? 0.0 : attributes->value)) < 1e-5);
    for (size_t row = 0; row < e->layers * e->heads; row++) {
        float weights = 0.0F;
        for (size_t h = 0; h <= e->n_events; h++) {
            weights += e->attention[row * (e->n_events + 1) + h];
        }
        assert_true(fabsf(weights - 1.0F) < 1e-5F);
    }
}

#endif
