/* Making and freeing the model, and the table of its tensors. */
#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "model/fusion/score.h"

void vt_fusion_free(void *model)
{
    vt_fusion *m = model;
    if (m == NULL) {
        return;
    }
    if (m->spare != NULL) {
        vt_fusion_workspace_give(m, NULL);
    }
    void *arrays[] = {m->shop_item,       m->place,           m->items.text,      m->items.image,
                      m->items.has,       m->items.log_count, m->items.brand,     m->items.category,
                      m->items.token_ptr, m->items.token,     m->user_token_ptr,  m->user_token,
                      m->items.name_ptr,  m->items.name,      m->together,        m->z,
                      m->alpha,           m->projected_text,  m->projected_image, m->spare};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        vt_free(arrays[i]);
    }
    vt_free(m->diagonal);
    vt_free(m->item_bias);
    vt_nn_params_done(&m->head_params);
    vt_item_clock_free(m->clock);
    vt_csr_free(m->words);
    vt_csr_free(m->looks);
    vt_csr_free(m->other_words);
    vt_csr_free(m->other_looks);
    vt_nn_params_done(&m->params);
    vt_free(m);
}

int vt_fusion_create(vt_fusion **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_fusion *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = (size_t)n_items;
    m->n_users = n_users;
    m->n_items = n_items;
    m->d = (size_t)settings->value[VT_FUSION_DIMENSIONS];
    m->length = (size_t)settings->value[VT_FUSION_LENGTH];
    m->half_life = settings->value[VT_FUSION_HALF_LIFE];
    m->intent_half_life = settings->value[VT_FUSION_INTENT];
    m->groups = 1U << VT_GROUP_TAKEN;
    m->near_k = (size_t)settings->value[VT_FUSION_NEIGHBOURS];
    m->near_floor = (float)settings->value[VT_FUSION_FLOOR];
    int left_out = (int)settings->value[VT_FUSION_USE];
    m->use = VT_USE_ALL & ~(left_out > 0 ? 1U << (left_out - 1) : 0U);
    struct {
        void *array;
        size_t n, size;
    } wanted[] = {
        {&m->shop_item, n, sizeof *m->shop_item},
        {&m->place, n, sizeof *m->place},
        {&m->items.has, n * VT_MODALITIES, 1},
        {&m->items.log_count, n, sizeof *m->items.log_count},
        {&m->items.brand, n, sizeof *m->items.brand},
        {&m->items.category, n, sizeof *m->items.category},
        {&m->items.token_ptr, n + 1, sizeof *m->items.token_ptr},
        {&m->user_token_ptr, (size_t)n_users + 1, sizeof *m->user_token_ptr},
        {&m->z, n * m->d, sizeof *m->z},
        {&m->alpha, n * VT_MODALITIES, sizeof *m->alpha},
        {&m->spare, 1, sizeof *m->spare},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        void **at = wanted[i].array;
        *at = vt_alloc_zero(wanted[i].n, wanted[i].size, err);
        if (*at == NULL) {
            vt_fusion_free(m);
            return VT_ERR_NO_MEMORY;
        }
    }
    *out = m;
    return VT_OK;
}

int vt_fusion_check_heads(const vt_params *settings, vt_error *err)
{
    size_t d = (size_t)settings->value[VT_FUSION_DIMENSIONS], heads = (size_t)settings->value[VT_FUSION_HEADS];
    return d % heads == 0 ? VT_OK
                          : vt_fail(err, VT_ERR_USAGE, "fusion: heads=%zu does not divide dimensions=%zu", heads, d);
}

int vt_fusion_add_params(vt_fusion *m, const vt_params *settings, vt_error *err)
{
    vt_nn_params *p = &m->params;
    const vt_fusion_items *items = &m->items;
    size_t d = m->d;
    const struct {
        size_t *place;
        const char *name;
        size_t rows, cols;
        bool decays;
    } tensor[] = {
        {&m->at.id, "id", m->n_known, d, true},
        {&m->at.text, "text", d, items->d_text, true},
        {&m->at.image, "image", d, items->d_image, true},
        {&m->at.token, "token", (size_t)items->n_tokens, d, true},
        {&m->at.sales, "sales", VT_STATS, d, true},
        {&m->at.gate, "gate", VT_MODALITIES, d, false},
        {&m->at.gate_bias, "gate_bias", 1, VT_MODALITIES, false},
        {&m->at.gate_count, "gate_count", 1, VT_MODALITIES, false},
        {&m->at.kind, "kind", VT_EVENT_KINDS, d, false},
        {&m->at.rating, "rating", VT_RATING_STEPS, d, false},
        {&m->at.time, "time", d, VT_EVENT_NUMBERS, false},
        /* "asked" is its name in files and of its random stream */
        {&m->at.query_time, "asked", d, VT_EVENT_NUMBERS, false},
        {&m->at.position, "position", m->length + 1, d, false},
        {&m->at.nobody, "nobody", 1, d, false},
        {&m->at.longterm, "longterm", d, d, true},
        {&m->at.user_token, "user_token", (size_t)m->n_user_tokens, d, true},
        {&m->at.side, "side", VT_USER_SIDES, d, false},
        {&m->at.side_bias, "side_bias", 1, VT_USER_SIDES, false},
        {&m->at.term, "term", 1, VT_TERMS, false},
        {&m->at.season, "season", (size_t)items->n_categories, VT_SEASON_WAVES, true},
    };
    const vt_nn_encoder_shape shape = {
        .layers = (size_t)settings->value[VT_FUSION_LAYERS],
        .heads = (size_t)settings->value[VT_FUSION_HEADS],
        .d = d,
        .hidden = 2 * d,
        .buckets = m->timed ? (size_t)settings->value[VT_FUSION_CLASSES] : 0,
        .activation = VT_NN_GELU,
        .pre_norm = true,
        .dropout = (float)settings->value[VT_FUSION_DROPOUT],
    };
    int status = vt_fusion_check_heads(settings, err); /* a file may say anything */
    for (size_t i = 0; i < sizeof tensor / sizeof tensor[0] && status == VT_OK; i++) {
        status =
            vt_nn_params_add(tensor[i].place, p, tensor[i].name, tensor[i].rows, tensor[i].cols, tensor[i].decays, err);
    }
    if (status == VT_OK) {
        status = vt_nn_encoder_add(&m->encoder, p, &shape, err);
    }
    return status == VT_OK ? vt_nn_params_alloc(p, err) : status;
}
