/* Items similar to one, as the model's own scores have it. Short lists stay short: what is popular is not similar. */
#include "recommend/events.h"

static int rank(vt_asking *a, vt_error *err)
{
    int32_t item = -1;
    int status = vt_asking_item(&item, a, a->request->item, err);
    if (status == VT_OK) {
        status = vt_model_similar(a->model, item, a->scores, err);
    }
    if (status == VT_OK) {
        a->allowed[item] = 0;
        status = vt_asking_choose(a, err);
    }
    return status;
}

int vt_similar(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err)
{
    vt_asking asking = {0};
    vt_model_info info;
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to find similar ones to; name one");
    }
    vt_model_describe(model, &info);
    if ((info.kind->abilities & VT_MODEL_SIMILAR) == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "a model of kind %s cannot tell which items are similar; train one that can, such as itemknn",
                       info.kind->name);
    }
    int status = vt_asking_begin(&asking, shop, model, request, err);
    if (status == VT_OK) {
        status = rank(&asking, err);
    }
    if (status == VT_OK) {
        status = vt_asking_answer(out, &asking, err);
    }
    vt_asking_done(&asking);
    return status;
}
