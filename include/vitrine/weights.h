/** What models weigh, kept as rows of the shop for reports: see docs/formats/weights.md. */
#ifndef VITRINE_WEIGHTS_H
#define VITRINE_WEIGHTS_H

#include "vitrine/model.h"
#include "vitrine/shop.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Puts what vt_model_weights() says and the mean attention over up to 300 users of `train` in place of the rows that
 * the shop, open for writing, has of the model called `name`. Makes no revision. `train`, NULL: without attention,
 * numbers users and items as the model does. O(I), and an explanation for each of the users.
 */
VT_API int vt_weights_record(vt_shop *shop, const char *name, const vt_model *model, const vt_interactions *train,
                             vt_error *err);

/** The rows of a model by topic, place and name; none: no error. Texts live until `each` ends. */
VT_API int vt_weights_each(vt_shop *shop, const char *name, vt_weight_each each, void *context, vt_error *err);

/** The same rows as JSON: an object of "model" and "weights". The caller frees `out` with vt_text_free(). */
VT_API int vt_weights_json(vt_text *out, vt_shop *shop, const char *name, bool pretty, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
