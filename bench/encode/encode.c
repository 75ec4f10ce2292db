/*
 * encode texts ENCODER FILE THREADS [VECTORS]: encodes the lines of a file, and writes the vectors raw if asked to.
 * encode photos ENCODER LIST THREADS: reads, decodes, prepares and encodes the photos named by the lines of a file, as
 * a shop's run does, and then runs the network alone on as many photos that are prepared already.
 *
 * Prints a line "NAME SECONDS COUNT" a measurement, "processor" that of all threads; one round before it is not
 * counted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* One loop over photos; each worker has pixels for VT_ENCODER_PHOTOS of them. */
typedef struct photos {
    const vt_encoder *encoder;
    const lines *list;
    float *pixels;
    float *vectors;
    bool prepared; /* only run the network */
} photos;

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
    double seconds = 0.0, processor = 0.0;
    for (int round = 0; status == VT_OK && round < 2; round++) {
        clock_t began = clock();
        seconds = vt_seconds();
        status = vt_encoder_texts(encoder, l->line, l->n, vectors, err);
        seconds = vt_seconds() - seconds;
        processor = (double)(clock() - began) / CLOCKS_PER_SEC;
    }
    if (status == VT_OK) {
        printf("texts %.6f %zu\nprocessor %.6f %zu\n", seconds, l->n, processor, l->n);
    }
    FILE *file = status == VT_OK && to != NULL ? fopen(to, "wb") : NULL;
    if (file != NULL) {
        fwrite(vectors, d * sizeof *vectors, l->n, file);
        fclose(file);
    }
    vt_free(vectors);
    return status;
}

static int prepare(float *pixels, const photos *p, size_t i, vt_error *err)
{
    const vt_image_recipe *recipe = vt_encoder_recipe(p->encoder);
    char *bytes = NULL;
    size_t size = 0;
    vt_image image = {.rgb = NULL};
    int status = vt_file_read(&bytes, &size, p->list->line[i].ptr, (size_t)1 << 30, err);
    if (status == VT_OK) {
        status = vt_image_decode(&image, (const uint8_t *)bytes, size, recipe, err);
    }
    if (status == VT_OK) {
        status = vt_image_prepare(pixels, &image, recipe, err);
        vt_image_done(&image);
    }
    vt_free(bytes);
    return status;
}

static int run_photos(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const photos *p = context;
    size_t side = (size_t)vt_encoder_recipe(p->encoder)->size, each = 3 * side * side;
    float *pixels = p->pixels + (size_t)worker * VT_ENCODER_PHOTOS * each;
    int status = VT_OK;
    for (size_t i = begin; status == VT_OK && !p->prepared && i < end; i++) {
        status = prepare(pixels + (i - begin) * each, p, i, err);
    }
    size_t d = (size_t)vt_encoder_describe(p->encoder)->dimensions;
    return status == VT_OK ? vt_encoder_images_on(p->encoder, worker, pixels, end - begin, p->vectors + begin * d, err)
                           : status;
}

static int time_photos(vt_encoder *encoder, const lines *l, vt_error *err)
{
    size_t lanes = (size_t)vt_encoder_lanes(encoder), side = (size_t)vt_encoder_recipe(encoder)->size;
    photos p = {.encoder = encoder, .list = l};
    p.pixels = vt_alloc_aligned(lanes * VT_ENCODER_PHOTOS * 3 * side * side, sizeof *p.pixels, err);
    p.vectors = p.pixels == NULL
                    ? NULL
                    : vt_alloc(l->n * (size_t)vt_encoder_describe(encoder)->dimensions, sizeof *p.vectors, err);
    int status = p.vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int round = 0; status == VT_OK && round < 4; round++) {
        double began = vt_seconds();
        clock_t processor = clock();
        p.prepared = round % 2 == 1;
        status = vt_parallel_for((int)lanes, l->n, VT_ENCODER_PHOTOS, run_photos, NULL, &p, err);
        if (status == VT_OK && round >= 2) {
            const char *name = p.prepared ? "network" : "photos";
            printf("%s %.6f %zu\n%s-processor %.6f %zu\n", name, vt_seconds() - began, l->n, name,
                   (double)(clock() - processor) / CLOCKS_PER_SEC, l->n);
        }
    }
    vt_free(p.vectors);
    vt_free(p.pixels);
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_encoder *encoder = NULL;
    lines l = {0};
    if (argc < 5) {
        fprintf(stderr, "usage: encode texts|photos ENCODER FILE THREADS [VECTORS]\n");
        return 2;
    }
    double began = vt_seconds();
    int status = vt_encoder_open(&encoder, argv[2], (int)strtol(argv[4], NULL, 10), &err);
    printf("open %.6f 1\n", vt_seconds() - began);
    if (status == VT_OK) {
        status = read_lines(&l, argv[3], &err);
    }
    if (status == VT_OK) {
        status = strcmp(argv[1], "photos") == 0 ? time_photos(encoder, &l, &err)
                                                : texts(encoder, &l, argc > 5 ? argv[5] : NULL, &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "encode: %s\n", err.message);
    }
    vt_free(l.line);
    vt_free(l.text);
    vt_encoder_close(encoder);
    return status;
}
