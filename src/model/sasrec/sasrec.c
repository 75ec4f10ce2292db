/*
 * SASRec behind the interface of models: parameters, files, scores. A score is the state after the last event times the
 * item's vector, so that a stranger with a history is served as everyone else.
 */
#include "model/sasrec/sasrec.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "model/nn_tensors.h"

/* States that are encoded together. */
enum { STATES = 64 };

static const vt_param_spec params[VT_SAS_PARAMS] = {
    [VT_SAS_DIMENSIONS] = {"dimensions", VT_PARAM_INT, 64.0, 1.0, 2048.0, NULL, "",
                           "length of the vectors; a multiple of heads"},
    [VT_SAS_LAYERS] = {"layers", VT_PARAM_INT, 2.0, 1.0, VT_NN_LAYERS, NULL, "", "blocks of attention"},
    [VT_SAS_HEADS] = {"heads", VT_PARAM_INT, 2.0, 1.0, 64.0, NULL, "", "heads of attention in each"},
    [VT_SAS_HIDDEN] = {"hidden", VT_PARAM_REAL, 1.0, 0.25, 8.0, NULL, "",
                       "width of the feed-forward networks in multiples of the dimensions"},
    [VT_SAS_LENGTH] = {"length", VT_PARAM_INT, 50.0, 1.0, 1000.0, NULL, "events", "of a history that are read"},
    [VT_SAS_ACTIVATION] = {"activation", VT_PARAM_CHOICE, VT_NN_RELU, 0.0, 0.0, "relu|gelu", "",
                           "in the feed-forward networks"},
    [VT_SAS_NORM] = {"norm", VT_PARAM_CHOICE, VT_SAS_NORM_FIRST, 0.0, 0.0, "first|last", "",
                     "layer norm before each part, or after its residual"},
    [VT_SAS_TIME] = {"time", VT_PARAM_CHOICE, VT_SAS_NO_TIME, 0.0, 0.0, "none|relative", "",
                     "order alone, or also the time between events, in units of the user's shortest pause (TiSASRec)"},
    [VT_SAS_CLASSES] = {"time_classes", VT_PARAM_INT, 64.0, 2.0, 256.0, NULL, "",
                        "times between events that are told apart"},
    [VT_SAS_LOSS] = {"loss", VT_PARAM_CHOICE, VT_SAS_SOFTMAX, 0.0, 0.0, "softmax|sampled|bce", "",
                     "cross-entropy over all items, over drawn ones (for large catalogues), or the paper's binary one"},
    [VT_SAS_NEGATIVES] = {"negatives", VT_PARAM_INT, 512.0, 1.0, 65536.0, NULL, "items",
                          "drawn a step (sampled) or an event (bce)"},
    [VT_SAS_POWER] = {"power", VT_PARAM_REAL, 0.75, 0.0, 1.0, NULL, "",
                      "of popularity by which items are drawn (sampled)"},
    [VT_SAS_SMOOTHING] = {"smoothing", VT_PARAM_REAL, 0.0, 0.0, 0.9, NULL, "",
                          "share of a target that is spread over all items (softmax)"},
    [VT_SAS_DROPOUT] = {"dropout", VT_PARAM_REAL, 0.3, 0.0, 0.9, NULL, "", "inside the blocks"},
    [VT_SAS_INPUT_DROPOUT] = {"input_dropout", VT_PARAM_REAL, 0.3, 0.0, 0.9, NULL, "", "of what goes into the first"},
    [VT_SAS_EPOCHS] = {"epochs", VT_PARAM_INT, 30.0, 1.0, 10000.0, NULL, "epochs", "at most"},
    [VT_SAS_PATIENCE] = {"patience", VT_PARAM_INT, 5.0, 0.0, 10000.0, NULL, "epochs",
                         "without a better validation before it stops; 0: never early"},
    [VT_SAS_EVERY] = {"every", VT_PARAM_INT, 1.0, 1.0, 1000.0, NULL, "epochs", "from one validation to the next"},
    [VT_SAS_BATCH] = {"batch", VT_PARAM_INT, 128.0, 1.0, 65536.0, NULL, "histories", "a step"},
    [VT_SAS_RATE] = {"rate", VT_PARAM_REAL, 0.001, 1e-7, 1.0, NULL, "", "of learning, at its highest"},
    [VT_SAS_WARMUP] = {"warmup", VT_PARAM_INT, 100.0, 0.0, 1000000.0, NULL, "steps",
                       "until the rate is at its highest"},
    [VT_SAS_LEAST] = {"least", VT_PARAM_REAL, 0.1, 0.0, 1.0, NULL, "",
                      "what the rate falls to by the last epoch, as a share (1: it stays)"},
    [VT_SAS_DECAY] = {"decay", VT_PARAM_REAL, 0.0, 0.0, 10.0, NULL, "", "weight decay"},
    [VT_SAS_CLIP] = {"clip", VT_PARAM_REAL, 5.0, 0.0, 1e6, NULL, "", "longest gradient; 0: any"},
};

static const vt_preset presets[] = {
    {"reviews", "dimensions=64,dropout=0.4,input_dropout=0.4,epochs=20,every=4,batch=128",
     "few events a user, as in review data (found on Amazon Beauty 2014)"},
    {"small", "dimensions=64,dropout=0.5,input_dropout=0.5,epochs=60,every=3,batch=32",
     "some hundred or thousand users with longer histories (found on LastFM)"},
};

void vt_sasrec_free(void *model)
{
    vt_sasrec *m = model;
    if (m != NULL) {
        vt_nn_params_done(&m->params);
        vt_free(m->seen);
        vt_free(m);
    }
}

static vt_nn_encoder_shape shape_of(const double *value)
{
    double hidden = value[VT_SAS_DIMENSIONS] * value[VT_SAS_HIDDEN];
    return (vt_nn_encoder_shape){
        .layers = (size_t)value[VT_SAS_LAYERS],
        .heads = (size_t)value[VT_SAS_HEADS],
        .d = (size_t)value[VT_SAS_DIMENSIONS],
        .hidden = hidden < 1.0 ? 1 : (size_t)hidden,
        .buckets = (int)value[VT_SAS_TIME] == VT_SAS_RELATIVE ? (size_t)value[VT_SAS_CLASSES] : 0,
        .activation = (vt_nn_activation)value[VT_SAS_ACTIVATION],
        .pre_norm = (int)value[VT_SAS_NORM] == VT_SAS_NORM_FIRST,
        .dropout = (float)value[VT_SAS_DROPOUT],
    };
}

static int check_shape(const vt_nn_encoder_shape *shape, vt_error *err)
{
    return shape->d % shape->heads == 0 ? VT_OK
                                        : vt_fail(err, VT_ERR_USAGE,
                                                  "sasrec: dimensions is %zu and heads is %zu; a multiple of heads is "
                                                  "expected",
                                                  shape->d, shape->heads);
}

static int sasrec_check(const vt_fit *fit, vt_error *err)
{
    const vt_nn_encoder_shape shape = shape_of(fit->params->value);
    return check_shape(&shape, err);
}

int vt_sasrec_create(vt_sasrec **out, const vt_params *settings, int32_t n_items, vt_error *err)
{
    const double *value = settings->value;
    const vt_nn_encoder_shape shape = shape_of(value);
    int status = check_shape(&shape, err); /* a file may say anything */
    if (status != VT_OK) {
        return status;
    }
    vt_sasrec *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_items = n_items;
    m->d = shape.d;
    m->length = (size_t)value[VT_SAS_LENGTH];
    m->dropout = (float)value[VT_SAS_INPUT_DROPOUT];
    m->seen = vt_alloc_zero((size_t)n_items, 1, err);
    status = m->seen == NULL ? VT_ERR_NO_MEMORY
                             : vt_nn_params_add(&m->items, &m->params, "items", (size_t)n_items, m->d, true, err);
    if (status == VT_OK) {
        status = vt_nn_params_add(&m->positions, &m->params, "positions", m->length, m->d, false, err);
    }
    if (status == VT_OK) {
        status = vt_nn_encoder_add(&m->encoder, &m->params, &shape, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_alloc(&m->params, err);
    }
    if (status != VT_OK) {
        vt_sasrec_free(m);
        return status;
    }
    *out = m;
    return VT_OK;
}

static int sasrec_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_sasrec *m = NULL;
    int status = vt_sasrec_create(&m, fit->params, fit->train->n_items, err);
    if (status != VT_OK) {
        return status;
    }
    *state = m;
    for (int64_t e = 0; e < fit->train->n; e++) {
        m->seen[fit->train->item[e]] = 1;
    }
    return vt_sasrec_train(m, fit, err);
}

static int sasrec_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_sasrec *m = state;
    int status = vt_tensor_list_add(list, "items.seen", VT_U8, m->n_items, 0, m->seen, err);
    return status == VT_OK ? vt_nn_tensors_save(list, &m->params, err) : status;
}

static int sasrec_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                       int32_t n_items, vt_error *err)
{
    (void)n_users;
    vt_sasrec *m = NULL;
    vt_tensor seen;
    int status = vt_safetensors_tensor(file, "items.seen", VT_U8, 1, n_items, 0, &seen, err);
    if (status == VT_OK) {
        status = vt_sasrec_create(&m, settings, n_items, err);
    }
    *state = m;
    if (status == VT_OK) {
        memcpy(m->seen, seen.data, (size_t)n_items);
        status = vt_nn_tensors_load(&m->params, file, err);
    }
    return status;
}

/* The last events of a history on items that were learned: what the network can read. */
static void readable(vt_sas_events *out, int32_t *item, int64_t *time, const vt_sasrec *m, const vt_user_state *user)
{
    size_t n = 0;
    for (size_t h = user->n; h-- > 0 && n < m->length;) {
        if (m->seen[user->item[h]] != 0) {
            item[m->length - 1 - n] = user->item[h];
            time[m->length - 1 - n] = user->time == NULL ? VT_NONE : user->time[h];
            n++;
        }
    }
    *out = (vt_sas_events){item + m->length - n, time + m->length - n, n};
}

/* The states (n, D) after the last events of up to STATES users, zeros where there is none. */
static int last_states(float *out, const vt_sasrec *m, const vt_user_state *users, size_t n, vt_error *err)
{
    vt_sas_events events[STATES];
    vt_sas_batch batch = {0};
    int64_t *time = vt_alloc(n * m->length, sizeof *time, err);
    int32_t *item = time == NULL ? NULL : vt_alloc(n * m->length, sizeof *item, err);
    int status = item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; status == VT_OK && s < n; s++) {
        readable(&events[s], item + s * m->length, time + s * m->length, m, &users[s]);
    }
    if (status == VT_OK) {
        status = vt_sas_batch_fill(&batch, m, events, n, false, err);
    }
    if (status == VT_OK) {
        vt_nn nn = vt_nn_with(1);
        vt_sasrec_forward(&nn, m, &batch, false, 0);
        memset(out, 0, n * m->d * sizeof *out);
        for (size_t s = 0; s < n; s++) {
            if (events[s].n > 0) {
                memcpy(out + s * m->d, batch.out + (batch.begin[s + 1] - 1) * m->d, m->d * sizeof *out);
            }
        }
    }
    vt_sas_batch_done(&batch);
    vt_free(time);
    vt_free(item);
    return status;
}

static bool has_readable(const vt_sasrec *m, const vt_user_state *user)
{
    for (size_t h = 0; h < user->n; h++) {
        if (m->seen[user->item[h]] != 0) {
            return true;
        }
    }
    return false;
}

static int sasrec_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_sasrec *m = state;
    size_t n_items = (size_t)m->n_items;
    float *vectors = vt_alloc_aligned(n < STATES ? n : STATES, m->d * sizeof *vectors, err);
    int status = vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t first = 0; status == VT_OK && first < n; first += STATES) {
        size_t count = n - first < STATES ? n - first : STATES;
        float *rows = scores + first * n_items;
        status = last_states(vectors, m, states + first, count, err);
        if (status != VT_OK) {
            break;
        }
        vt_products(rows, vectors, count, m->params.value + m->items, n_items, m->d);
        for (size_t s = 0; s < count; s++) {
            bool known = has_readable(m, &states[first + s]);
            for (size_t i = 0; i < n_items; i++) {
                rows[s * n_items + i] = known && m->seen[i] != 0 ? rows[s * n_items + i] : -INFINITY;
            }
        }
    }
    vt_free(vectors);
    return status;
}

/* Cosines of item vectors. */
static int sasrec_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_sasrec *m = state;
    const float *items = m->params.value + m->items, *own = items + (size_t)item * m->d;
    const vt_nn_kernels *k = vt_nn_kernels_best();
    float length = sqrtf(k->dot(own, own, m->d));
    (void)err;
    for (int32_t i = 0; i < m->n_items; i++) {
        const float *other = items + (size_t)i * m->d;
        float lengths = length * sqrtf(k->dot(other, other, m->d));
        bool known = i != item && m->seen[item] != 0 && m->seen[i] != 0 && lengths > 0.0F;
        scores[i] = known ? k->dot(own, other, m->d) / lengths : -INFINITY;
    }
    return VT_OK;
}

static int sasrec_user_vector(float **vector, size_t *n, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_sasrec *m = state;
    float *made = vt_alloc_aligned(m->d, sizeof *made, err);
    int status = made == NULL ? VT_ERR_NO_MEMORY : last_states(made, m, user, 1, err);
    if (status != VT_OK) {
        vt_free(made);
        return status;
    }
    *vector = made;
    *n = m->d;
    return VT_OK;
}

const vt_model_ops vt_model_sasrec = {
    .kind = {"sasrec", "what comes next, by attention to the order of events",
             "Kang and McAuley 2018; Li, Wang, McAuley 2020",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_EPOCHS | VT_MODEL_ORDERED, params, VT_SAS_PARAMS,
             presets, sizeof presets / sizeof presets[0]},
    .check = sasrec_check,
    .fit = sasrec_fit,
    .free = vt_sasrec_free,
    .save = sasrec_save,
    .load = sasrec_load,
    .score = sasrec_score,
    .similar = sasrec_similar,
    .user_vector = sasrec_user_vector,
};
