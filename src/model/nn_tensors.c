/* Parameters of a network on their way to and from a model file. */
#include "model/nn_tensors.h"

#include "model/tensors.h"

int vt_nn_tensors_save(vt_tensor_list *list, const vt_nn_params *params, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < params->n; i++) {
        const vt_nn_param *p = &params->param[i];
        status = vt_tensor_list_add(list, p->name, VT_F32, (int64_t)p->rows, (int64_t)p->cols,
                                    params->value + p->offset, err);
    }
    return status;
}

int vt_nn_tensors_load(vt_nn_params *params, const vt_safetensors *file, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < params->n; i++) {
        const vt_nn_param *p = &params->param[i];
        status = vt_tensor_read_f32(params->value + p->offset, file, p->name, (int64_t)p->rows, (int64_t)p->cols, err);
    }
    return status;
}
