/*
 * OpenVINO behind dlopen. Its functions are called through a table that is filled once and kept: the library starts
 * threads of its own and cannot be unloaded. bfloat16 is asked for only where the processor has it: elsewhere it would
 * be emulated, which takes minutes.
 */
#include "encode/openvino.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/library.h"
#include "base/pool.h"
#include "encode/openvino_api.h"

enum { RANK_MAX = 4, CALL_INPUTS_MAX = 4 };

#define LIBRARY "libopenvino_c.so"

typedef struct library {
#define POINTER(name, result, arguments) result(*name) arguments;
    VT_OPENVINO_FUNCTIONS(POINTER)
#undef POINTER
} library;

static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static library ov;
static bool loaded;

struct vt_network {
    ov_core *core;
    ov_compiled_model *compiled;
    char path[PATH_MAX];
};

struct vt_network_call {
    ov_infer_request *request;
    ov_tensor *output;
    const vt_network *network;
};

/* The error of a call of OpenVINO's, in its own words made one line. */
static int refused(vt_error *err, int code, const char *what, const char *path)
{
    const char *words = ov.get_last_err_msg();
    char line[600];
    size_t n = 0;
    bool gap = false;
    const char *from = words != NULL && words[0] != '\0' ? words : ov.get_error_info(code);
    for (const char *c = from == NULL ? "" : from; *c != '\0' && n + 2 < sizeof line; c++) {
        if ((unsigned char)*c <= ' ') {
            gap = n > 0;
            continue;
        }
        if (gap) {
            line[n++] = ' ';
        }
        gap = false;
        line[n++] = *c;
    }
    line[n] = '\0';
    ov.free(words);
    return vt_fail(err, VT_ERR_CORRUPT, "%s: OpenVINO %s: %s", path, what, line);
}

/* Fills the table from a library; false with why in `why`. */
static bool load(const char *path, char why[512])
{
#ifdef __SANITIZE_ADDRESS__ /* which ends the program when a part of OpenVINO is opened with RTLD_DEEPBIND */
    snprintf(why, 512, "%s cannot be used in a build with AddressSanitizer", path);
    return false;
#endif
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        snprintf(why, 512, "%s", dlerror());
        return false;
    }
    library found;
#define RESOLVE(name, result, arguments)                                                                               \
    *(void **)&found.name = dlsym(handle, "ov_" #name);                                                                \
    if (found.name == NULL) {                                                                                          \
        snprintf(why, 512, "%s has no ov_" #name, path);                                                               \
        dlclose(handle);                                                                                               \
        return false;                                                                                                  \
    }
    VT_OPENVINO_FUNCTIONS(RESOLVE)
#undef RESOLVE
    ov = found;
    return true;
}

static int find_and_load(vt_error *err)
{
    static const vt_library_places places = {
        .variable = "VITRINE_OPENVINO",
        .file = LIBRARY, /* the wheel has it as "libopenvino_c.so.2641" */
        .environment = ".venv-encoders",
        .folder = "openvino/libs",
        .name = "OpenVINO",
        .missing = "encoding needs OpenVINO",
        .remedy = "run script/setup, or \"pip install openvino\" and set VITRINE_OPENVINO to its folder openvino/libs",
    };
    return vt_library_find(&places, load, err);
}

static int load_once(vt_error *err)
{
    pthread_mutex_lock(&loading);
    int status = loaded ? VT_OK : find_and_load(err);
    loaded = loaded || status == VT_OK;
    pthread_mutex_unlock(&loading);
    return status;
}

void vt_network_close(vt_network *network)
{
    if (network != NULL) {
        if (network->compiled != NULL) {
            ov.compiled_model_free(network->compiled);
        }
        if (network->core != NULL) {
            ov.core_free(network->core);
        }
        vt_free(network);
    }
}

/* Does this processor multiply bfloat16? */
static bool has_bf16(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

static int compile(vt_network *network, int threads, int calls, bool bf16, vt_error *err)
{
    ov_model *model = NULL;
    char n_threads[16], n_calls[16];
    snprintf(n_threads, sizeof n_threads, "%d", vt_threads(threads));
    snprintf(n_calls, sizeof n_calls, "%d", calls);
    int code = ov.core_create(&network->core);
    if (code != OV_OK) {
        return refused(err, code, "cannot start", network->path);
    }
    code = ov.core_read_model(network->core, network->path, NULL, &model);
    if (code != OV_OK) {
        return refused(err, code, "cannot read it", network->path);
    }
    code = ov.core_compile_model(network->core, model, "CPU", 8, &network->compiled, "INFERENCE_PRECISION_HINT",
                                 bf16 && has_bf16() ? "bf16" : "f32", "INFERENCE_NUM_THREADS", n_threads, "NUM_STREAMS",
                                 n_calls, "ENABLE_CPU_PINNING", "NO");
    ov.model_free(model);
    return code == OV_OK ? VT_OK : refused(err, code, "cannot compile it", network->path);
}

int vt_network_open(vt_network **out, const char *path, int threads, int calls, bool bf16, vt_error *err)
{
    int status = load_once(err);
    if (status != VT_OK) {
        return status;
    }
    vt_network *network = vt_alloc_zero(1, sizeof *network, err);
    if (network == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    snprintf(network->path, sizeof network->path, "%s", path);
    status = compile(network, threads, calls, bf16, err);
    if (status != VT_OK) {
        vt_network_close(network);
        return status;
    }
    *out = network;
    return VT_OK;
}

int vt_network_inputs(size_t *out, const vt_network *network, vt_error *err)
{
    int code = ov.compiled_model_inputs_size(network->compiled, out);
    return code == OV_OK ? VT_OK : refused(err, code, "cannot count its inputs", network->path);
}

void vt_network_call_free(vt_network_call *call)
{
    if (call != NULL) {
        if (call->output != NULL) {
            ov.tensor_free(call->output);
        }
        if (call->request != NULL) {
            ov.infer_request_free(call->request);
        }
        vt_free(call);
    }
}

int vt_network_call_create(vt_network_call **out, const vt_network *network, vt_error *err)
{
    vt_network_call *call = vt_alloc_zero(1, sizeof *call, err);
    if (call == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    call->network = network;
    int code = ov.compiled_model_create_infer_request(network->compiled, &call->request);
    if (code != OV_OK) {
        vt_network_call_free(call);
        return refused(err, code, "cannot make room for it", network->path);
    }
    *out = call;
    return VT_OK;
}

/* Hands an input over; `*held` is to be freed when the call is through. */
static int set_input(ov_tensor **held, vt_network_call *call, const vt_network_input *input)
{
    vt_network_input own = *input; /* OpenVINO's shape and data are not const, yet it only reads them */
    void *data = (void *)(uintptr_t)(input->real != NULL ? (const void *)input->real : (const void *)input->whole);
    ov_shape shape = {input->rank, own.shape};
    int code = ov.tensor_create_from_host_ptr(input->real != NULL ? OV_F32 : OV_I64, shape, data, held);
    if (code != OV_OK) {
        return code;
    }
    return input->name == NULL ? ov.infer_request_set_input_tensor(call->request, *held)
                               : ov.infer_request_set_tensor(call->request, input->name, *held);
}

/* Looks at the first output. */
static int get_output(vt_network_output *out, vt_network_call *call, vt_error *err)
{
    const char *path = call->network->path;
    ov_shape shape = {0, NULL};
    ov_type type = OV_F32;
    void *data = NULL;
    if (call->output != NULL) {
        ov.tensor_free(call->output);
        call->output = NULL;
    }
    int code = ov.infer_request_get_output_tensor_by_index(call->request, 0, &call->output);
    code = code == OV_OK ? ov.tensor_get_element_type(call->output, &type) : code;
    code = code == OV_OK ? ov.tensor_data(call->output, &data) : code;
    code = code == OV_OK ? ov.tensor_get_shape(call->output, &shape) : code;
    if (code != OV_OK) {
        return refused(err, code, "gives no output", path);
    }
    int status = VT_OK;
    if (type != OV_F32 || shape.rank < 1 || shape.rank > RANK_MAX) {
        status = vt_fail(err, VT_ERR_CORRUPT,
                         "%s: the output of the network is not of 32-bit floats, or has more than "
                         "%d dimensions",
                         path, RANK_MAX);
    } else {
        *out = (vt_network_output){.data = data, .rank = (int)shape.rank};
        memcpy(out->shape, shape.dims, (size_t)shape.rank * sizeof *shape.dims);
    }
    ov.shape_free(&shape);
    return status;
}

int vt_network_run(vt_network_call *call, const vt_network_input *inputs, size_t n, vt_network_output *out,
                   vt_error *err)
{
    ov_tensor *held[CALL_INPUTS_MAX] = {NULL};
    int code = OV_OK;
    for (size_t i = 0; code == OV_OK && i < n && i < CALL_INPUTS_MAX; i++) {
        code = set_input(&held[i], call, &inputs[i]);
    }
    code = code == OV_OK ? ov.infer_request_infer(call->request) : code;
    int status = code == OV_OK ? get_output(out, call, err) : refused(err, code, "cannot run it", call->network->path);
    for (size_t i = 0; i < CALL_INPUTS_MAX; i++) {
        if (held[i] != NULL) {
            ov.tensor_free(held[i]);
        }
    }
    return status;
}
