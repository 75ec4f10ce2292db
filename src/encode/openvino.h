/*
 * Networks through OpenVINO's C API. The library is looked for and loaded at the first use: the program starts at once
 * and runs without it. Legend: N inputs of a batch.
 */
#ifndef VT_ENCODE_OPENVINO_H
#define VT_ENCODE_OPENVINO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** A network compiled for this processor. */
typedef struct vt_network vt_network;

/** A compiled network with memory for one call; each thread has its own. */
typedef struct vt_network_call vt_network_call;

/**
 * Reads a network (OpenVINO IR or ONNX) and compiles it in 32-bit floats, with `bf16` in bfloat16 where the processor
 * multiplies such numbers (sums are of 32 bits). `threads` 0: all processors. `calls` is how many may run at once: they
 * share the threads. VT_ERR_UNSUPPORTED says what to install when OpenVINO is not there; VT_ERR_CORRUPT is OpenVINO's
 * own word on a file.
 */
int vt_network_open(vt_network **out, const char *path, int threads, int calls, bool bf16, vt_error *err);
void vt_network_close(vt_network *network);

/** How many inputs the network has. */
int vt_network_inputs(size_t *out, const vt_network *network, vt_error *err);

int vt_network_call_create(vt_network_call **out, const vt_network *network, vt_error *err);
void vt_network_call_free(vt_network_call *call);

/** An input: 64-bit numbers or floats of that shape, which stay until the call is through. */
typedef struct vt_network_input {
    const char *name;     /* NULL: the network's only input */
    const int64_t *whole; /* one of the two */
    const float *real;
    int rank;
    int64_t shape[4];
} vt_network_input;

/** The first output, valid until the next call or the end of it. */
typedef struct vt_network_output {
    const float *data;
    int rank;
    int64_t shape[4];
} vt_network_output;

/** Runs; VT_ERR_CORRUPT when the output is not of floats or of more than four dimensions, or OpenVINO refuses. */
int vt_network_run(vt_network_call *call, const vt_network_input *inputs, size_t n, vt_network_output *out,
                   vt_error *err);

#endif
