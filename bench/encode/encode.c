/*
 * encode texts ENCODER FILE [THREADS [VECTORS]]: opens an encoder and encodes the lines of a file three times; prints a
 * line "NAME SECONDS COUNT" a measurement, the best of the three, and writes the vectors raw if asked to.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/pool.h"
#include "encode/encoder.h"

typedef struct lines {
    vt_str *line;
    size_t n;
    char *text;
} lines;

static int read_lines(lines *out, const char *path, vt_error *err)
{
    size_t size = 0;
    int status = vt_file_read(&out->text, &size, path, (size_t)1 << 30, err);
    if (status != VT_OK) {
        return status;
    }
    out->line = vt_alloc(size + 1, sizeof *out->line, err);
    if (out->line == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (char *at = out->text, *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
        *end = '\0';
        out->line[out->n++] = (vt_str){at, (size_t)(end - at)};
    }
    return VT_OK;
}

static int texts(vt_encoder *encoder, const lines *l, const char *to, vt_error *err)
{
    size_t d = (size_t)vt_encoder_describe(encoder)->dimensions;
    float *vectors = vt_alloc(l->n * d, sizeof *vectors, err);
    int status = vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    double best = 1e9;
    for (int run = 0; status == VT_OK && run < 3; run++) {
        double began = vt_seconds();
        status = vt_encoder_texts(encoder, l->line, l->n, vectors, err);
        best = vt_seconds() - began < best ? vt_seconds() - began : best;
    }
    if (status == VT_OK) {
        printf("texts %.6f %zu\n", best, l->n);
    }
    FILE *file = status == VT_OK && to != NULL ? fopen(to, "wb") : NULL;
    if (file != NULL) {
        fwrite(vectors, d * sizeof *vectors, l->n, file);
        fclose(file);
    }
    vt_free(vectors);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    lines l = {0};
    if (argc < 4) {
        fprintf(stderr, "usage: encode texts|photos ENCODER FILE [THREADS [VECTORS]]\n");
        return 2;
    }
    double began = vt_seconds();
    int status = vt_encoder_open(&encoder, argv[2], argc > 4 ? (int)strtol(argv[4], NULL, 10) : 0, &err);
    printf("open %.6f 1\n", vt_seconds() - began);
    if (status == VT_OK) {
        status = read_lines(&l, argv[3], &err);
    }
    if (status == VT_OK) {
        status = texts(encoder, &l, argc > 5 ? argv[5] : NULL, &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "encode: %s\n", err.message);
    }
    vt_free(l.line);
    vt_free(l.text);
    vt_encoder_close(encoder);
    return status;
}
