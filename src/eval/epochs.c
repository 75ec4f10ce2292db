/* By the same steps as a fit reads its settings, so that both have the same number. */
#include "eval/epochs.h"

#include <string.h>

#include "model/params.h"

int vt_epochs_of(int32_t *out, const vt_model_kind *kind, const vt_fit_options *fit, vt_error *err)
{
    vt_params params;
    *out = 0;
    int status = vt_params_init(&params, kind, err);
    if (status != VT_OK) {
        return status;
    }
    if (fit->preset != NULL) {
        status = vt_params_preset(&params, fit->preset, err);
    }
    for (size_t i = 0; i < fit->n_settings && status == VT_OK; i++) {
        status = vt_params_set(&params, fit->settings[i], err);
    }
    for (size_t i = 0; i < kind->n_params; i++) {
        bool named = strcmp(kind->params[i].name, "epochs") == 0;
        *out = named && (kind->abilities & VT_MODEL_EPOCHS) != 0 ? (int32_t)params.value[i] : *out;
    }
    vt_params_done(&params);
    return status;
}
