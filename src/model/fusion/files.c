/*
 * The fusion model in a file: what items and users are made of, the slab of parameters, what the terms are computed
 * from, neighbours in words and looks. Item vectors follow from these, and are made anew.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/team.h"
#include "model/fusion/fusion.h"
#include "model/fusion/ratings.h"
#include "model/tensors.h"

/* One array of the model beside the slab. */
typedef struct part {
    const char *name;
    vt_dtype dtype;
    size_t rows, columns; /* columns 0: rank 1 */
    void *array;          /* where its pointer stands */
} part;

enum { PARTS = 16 };

/* All arrays, with the sizes that the model says; `n_tokens` and the like must be known. */
static void list_parts(part parts[PARTS], vt_fusion *m, size_t tokens, size_t user_tokens, size_t names)
{
    size_t n = (size_t)m->n_items, together = m->together == NULL ? 0 : m->n_known;
    const part all[PARTS] = {
        {"fusion.shop_item", VT_I32, n, 0, &m->shop_item},
        {"fusion.has", VT_U8, n, VT_MODALITIES, &m->items.has},
        {"fusion.log_count", VT_F32, n, 0, &m->items.log_count},
        {"fusion.brand", VT_I32, n, 0, &m->items.brand},
        {"fusion.category", VT_I32, n, 0, &m->items.category},
        {"fusion.token_ptr", VT_I64, n + 1, 0, &m->items.token_ptr},
        {"fusion.token", VT_I32, tokens, 0, &m->items.token},
        {"fusion.token_name_ptr", VT_I64, names > 0 ? (size_t)m->items.n_tokens + 1 : 0, 0, &m->items.name_ptr},
        {"fusion.token_name", VT_U8, names, 0, &m->items.name},
        {"fusion.user_token_ptr", VT_I64, (size_t)m->n_users + 1, 0, &m->user_token_ptr},
        {"fusion.user_token", VT_I32, user_tokens, 0, &m->user_token},
        {"fusion.text", VT_F32, n * (m->items.d_text > 0), m->items.d_text, &m->items.text},
        {"fusion.image", VT_F32, n * (m->items.d_image > 0), m->items.d_image, &m->items.image},
        {"fusion.together", VT_F32, together, together, &m->together},
        {"fusion.parameters", VT_F32, m->params.floats, 0, &m->params.value},
        {NULL, VT_F32, 0, 0, NULL},
    };
    memcpy(parts, all, sizeof all);
}

/* Neighbours, of which every item has as many. */
static int add_near(vt_tensor_list *list, const char *item, const char *likeness, const vt_csr *near, vt_error *err)
{
    if (near == NULL || near->n_rows == 0) {
        return VT_OK;
    }
    int64_t k = near->ptr[1];
    int status = vt_tensor_list_add(list, item, VT_I32, near->n_rows, k, near->column, err);
    return status == VT_OK ? vt_tensor_list_add(list, likeness, VT_F32, near->n_rows, k, near->value, err) : status;
}

/* Numbers that say how the rest is read, and how large it is. */
enum {
    REVISION,
    N_KNOWN,
    D_TEXT,
    D_IMAGE,
    N_BRANDS,
    N_CATEGORIES,
    N_TOKENS,
    N_USER_TOKENS,
    TIMED,
    TOGETHER,
    GROUPS,
    NUMBERS
};

/* Counts up when the same parameters come to mean another thing. */
enum { REVISION_NOW = 3 };

int vt_fusion_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    vt_fusion m = *(const vt_fusion *)state; /* its pointers are read only */
    const int64_t number[NUMBERS] = {
        REVISION_NOW,
        (int64_t)m.n_known,
        (int64_t)m.items.d_text,
        (int64_t)m.items.d_image,
        m.items.n_brands,
        m.items.n_categories,
        m.items.n_tokens,
        m.n_user_tokens,
        m.timed,
        m.together != NULL,
        m.groups,
    };
    part parts[PARTS];
    size_t names = m.items.name_ptr == NULL ? 0 : (size_t)m.items.name_ptr[m.items.n_tokens];
    list_parts(parts, &m, (size_t)m.items.token_ptr[m.n_items], (size_t)m.user_token_ptr[m.n_users], names);
    int64_t *kept = vt_alloc(NUMBERS, sizeof *kept, err);
    if (kept == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(kept, number, sizeof number);
    int status = vt_tensor_list_take(list, "fusion.numbers", VT_I64, NUMBERS, 0, kept, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "fusion.term_scale", VT_F32, VT_TERMS, 0,
                                    ((const vt_fusion *)state)->term_scale, err);
    }
    if (status == VT_OK) {
        status = vt_clock_save(list, "fusion", m.clock, err);
    }
    for (const part *p = parts; status == VT_OK && p->name != NULL; p++) {
        void *const *array = p->array;
        if (p->rows > 0) {
            status = vt_tensor_list_add(list, p->name, p->dtype, (int64_t)p->rows, (int64_t)p->columns, *array, err);
        }
    }
    if (status == VT_OK && vt_fusion_has_head(&m)) {
        status =
            vt_tensor_list_add(list, "fusion.head", VT_F32, (int64_t)m.head_params.floats, 0, m.head_params.value, err);
    }
    if (status == VT_OK && vt_fusion_has_head(&m)) {
        status = vt_tensor_list_add(list, "fusion.item_bias", VT_F32, m.n_items, 0, m.item_bias, err);
    }
    if (status == VT_OK && vt_fusion_has_head(&m)) {
        status = vt_tensor_list_add(list, "scale", VT_F64, 3, 0, ((const vt_fusion *)state)->scale, err);
    }
    if (status == VT_OK) {
        status = add_near(list, "fusion.words_item", "fusion.words_likeness", m.words, err);
    }
    if (status == VT_OK) {
        status = add_near(list, "fusion.looks_item", "fusion.looks_likeness", m.looks, err);
    }
    return status;
}

static int corrupt(vt_error *err);

/* Neighbours out of the file; *out stays NULL where it has none. */
static int read_near(vt_csr **out, const vt_safetensors *file, const char *item, const char *likeness, int32_t n,
                     vt_error *err)
{
    vt_error none = VT_ERROR_INIT;
    vt_tensor items, values;
    if (vt_safetensors_tensor(file, item, VT_I32, 2, n, -1, &items, &none) != VT_OK) {
        return VT_OK; /* a file of before, or nothing is alike */
    }
    int64_t k = items.shape[1];
    int status = vt_safetensors_tensor(file, likeness, VT_F32, 2, n, k, &values, err);
    if (status == VT_OK) {
        status = vt_csr_create(out, n, n, n * k, err);
    }
    if (status != VT_OK) {
        return status;
    }
    const int32_t *column = items.data;
    const float *value = values.data;
    bool good = true;
    for (int64_t e = 0; e < n * k; e++) {
        good = good && column[e] >= 0 && column[e] < n && value[e] >= 0.0F && value[e] <= 2.0F;
        (*out)->column[e] = column[e];
        (*out)->value[e] = value[e];
    }
    for (int32_t i = 0; i <= n; i++) {
        (*out)->ptr[i] = i * k;
    }
    return good ? VT_OK : corrupt(err);
}

static int corrupt(vt_error *err)
{
    return vt_fail(err, VT_ERR_CORRUPT, "the fusion model's tables do not fit each other; fit the model again");
}

static int read_part(const part *p, const vt_safetensors *file, vt_error *err)
{
    vt_tensor tensor;
    void **array = p->array;
    size_t n = p->rows * (p->columns > 0 ? p->columns : 1), size = vt_dtype_bytes(p->dtype);
    if (p->rows == 0) {
        return VT_OK;
    }
    int status = vt_safetensors_tensor(file, p->name, p->dtype, p->columns > 0 ? 2 : 1, (int64_t)p->rows,
                                       (int64_t)p->columns, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    const float *x = tensor.data;
    for (size_t i = 0; p->dtype == VT_F32 && i < n; i++) {
        if (!isfinite(x[i])) {
            return vt_fail(err, VT_ERR_CORRUPT,
                           "the tensor \"%s\" holds a number that is not finite; fit the model again", p->name);
        }
    }
    if (*array == NULL) {
        *array = vt_alloc_aligned(n, size, err);
        if (*array == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    memcpy(*array, tensor.data, n * size);
    return VT_OK;
}

/* Length of a tensor of rank 1, whatever it is; 0 when it is not there. */
static size_t length_of(const vt_safetensors *file, const char *name, vt_dtype dtype)
{
    vt_error none = VT_ERROR_INIT;
    vt_tensor tensor;
    return vt_safetensors_tensor(file, name, dtype, 1, -1, 0, &tensor, &none) == VT_OK ? (size_t)tensor.shape[0] : 0;
}

/* Rows of tokens ascend and name tokens there are. */
static bool good_tokens(const int64_t *ptr, size_t n, const int32_t *token, size_t n_token, int32_t tokens)
{
    bool good = ptr[0] == 0 && ptr[n] == (int64_t)n_token;
    for (size_t i = 0; good && i < n; i++) {
        good = ptr[i] <= ptr[i + 1];
    }
    for (size_t i = 0; good && i < n_token; i++) {
        good = token[i] >= 0 && token[i] < tokens;
    }
    return good;
}

/* That every index is of something, and the order of items is one. */
static bool good_items(vt_fusion *m)
{
    bool good = true;
    for (int32_t i = 0; i < m->n_items; i++) {
        m->place[i] = -1;
    }
    for (int32_t k = 0; good && k < m->n_items; k++) {
        int32_t of = m->shop_item[k];
        good = of >= 0 && of < m->n_items && m->place[of] < 0 && m->items.brand[k] >= -1 &&
               m->items.brand[k] < m->items.n_brands && m->items.category[k] >= -1 &&
               m->items.category[k] < m->items.n_categories;
        if (good) {
            m->place[of] = k;
        }
    }
    return good;
}

static int read_numbers(vt_fusion *m, bool *together, const vt_safetensors *file, vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(file, "fusion.numbers", VT_I64, 1, -1, 0, &tensor, err);
    if (status != VT_OK) {
        return status;
    }
    const int64_t *number = tensor.data;
    if (tensor.shape[0] != NUMBERS || number[REVISION] != REVISION_NOW) {
        return vt_fail(
            err, VT_ERR_VERSION,
            "the model of kind fusion was fitted by another version of Vitrine; fit it again (\"vitrine train "
            "fusion\")");
    }
    for (int i = 0; i < NUMBERS; i++) {
        if (number[i] < 0 || number[i] > INT32_MAX / 4) {
            return corrupt(err);
        }
    }
    m->n_known = (size_t)number[N_KNOWN];
    m->items.d_text = (size_t)number[D_TEXT];
    m->items.d_image = (size_t)number[D_IMAGE];
    m->items.n_brands = (int32_t)number[N_BRANDS];
    m->items.n_categories = (int32_t)number[N_CATEGORIES];
    m->items.n_tokens = (int32_t)number[N_TOKENS];
    m->n_user_tokens = (int32_t)number[N_USER_TOKENS];
    m->timed = number[TIMED] > 0;
    m->groups = (unsigned)number[GROUPS] & ((1U << VT_GROUPS) - 1U);
    *together = number[TOGETHER] > 0;
    return m->n_known <= (size_t)m->n_items ? VT_OK : corrupt(err);
}

static int read_all(vt_fusion *m, const vt_safetensors *file, const vt_params *settings, vt_error *err)
{
    bool together = false;
    size_t tokens = length_of(file, "fusion.token", VT_I32), user_tokens = length_of(file, "fusion.user_token", VT_I32);
    size_t names = length_of(file, "fusion.token_name", VT_U8);
    part parts[PARTS];
    int status = read_numbers(m, &together, file, err);
    if (status == VT_OK) {
        status = vt_fusion_add_params(m, settings, err);
    }
    if (status == VT_OK) {
        list_parts(parts, m, tokens, user_tokens, names);
        for (part *p = parts; status == VT_OK && p->name != NULL; p++) {
            if (p->array == &m->together && together) {
                p->rows = p->columns = m->n_known;
            }
            status = read_part(p, file, err);
        }
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->term_scale, file, "fusion.term_scale", VT_TERMS, 0, err);
    }
    if (status == VT_OK &&
        (!good_items(m) || !vt_fusion_good_names(m, names) ||
         !good_tokens(m->items.token_ptr, (size_t)m->n_items, m->items.token, tokens, m->items.n_tokens) ||
         !good_tokens(m->user_token_ptr, (size_t)m->n_users, m->user_token, user_tokens, m->n_user_tokens))) {
        status = corrupt(err);
    }
    return status == VT_OK ? vt_clock_load(&m->clock, file, "fusion", (int32_t)m->n_known, err) : status;
}

/* The rating head, where the file has one. */
static int read_head(vt_fusion *m, const vt_safetensors *file, vt_error *err)
{
    if (length_of(file, "fusion.head", VT_F32) == 0) {
        return VT_OK;
    }
    int status = vt_fusion_add_head(m, err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->head_params.value, file, "fusion.head", (int64_t)m->head_params.floats, 0, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->item_bias, file, "fusion.item_bias", m->n_items, 0, err);
    }
    return status == VT_OK ? vt_scale_read(m->scale, file, err) : status;
}

int vt_fusion_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                   int32_t n_items, vt_error *err)
{
    vt_fusion *m = NULL;
    int status = vt_fusion_create(&m, settings, n_users, n_items, err);
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    status = read_all(m, file, settings, err);
    m->n = (size_t)n_items;
    if (status == VT_OK) {
        status = read_head(m, file, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_take_diagonal(m, err);
    }
    if (status == VT_OK) {
        status = read_near(&m->words, file, "fusion.words_item", "fusion.words_likeness", n_items, err);
    }
    if (status == VT_OK) {
        status = read_near(&m->looks, file, "fusion.looks_item", "fusion.looks_likeness", n_items, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_prepare(m, vt_team(0), err);
    }
    return status;
}
