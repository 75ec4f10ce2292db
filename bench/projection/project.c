/*
 * bench_project METHOD N D THREADS IN OUT: maps N vectors of D float32 in the file IN to two dimensions by pca or tsne,
 * writes them to OUT, and prints seconds of the clock, seconds of the processor, and the explained variance or the
 * divergence.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "encode/pca.h"
#include "encode/tsne.h"

static double cpu_seconds(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static int by_pca(float *map, const float *x, size_t n, size_t d, int threads, vt_error *err)
{
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    options.threads = threads;
    double began = vt_seconds(), cpu = cpu_seconds();
    int status = vt_pca_fit(&pca, x, n, d, &options, err);
    if (status == VT_OK) {
        printf("%.4f %.4f %.6f\n", vt_seconds() - began, cpu_seconds() - cpu,
               vt_pca_explained(pca, 0) + vt_pca_explained(pca, 1));
        memcpy(map, pca->coordinates, n * 2 * sizeof *map);
    }
    vt_pca_free(pca);
    return status;
}

static int by_tsne(float *map, const float *x, size_t n, size_t d, int threads, vt_error *err)
{
    vt_tsne_result result = {0};
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    options.threads = threads;
    double began = vt_seconds(), cpu = cpu_seconds();
    int status = vt_tsne_map(map, &result, x, n, d, &options, err);
    if (status == VT_OK) {
        printf("%.4f %.4f %.6f\n", vt_seconds() - began, cpu_seconds() - cpu, result.kl);
    }
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    if (argc != 7) {
        fprintf(stderr, "usage: bench_project pca|tsne N D THREADS IN OUT\n");
        return 2;
    }
    size_t n = strtoul(argv[2], NULL, 10), d = strtoul(argv[3], NULL, 10);
    int threads = (int)strtol(argv[4], NULL, 10);
    float *x = vt_alloc_aligned(n * d, sizeof *x, &err), *map = vt_alloc(n * 2, sizeof *map, &err);
    FILE *in = fopen(argv[5], "rb"), *out = fopen(argv[6], "wb");
    if (x == NULL || map == NULL || in == NULL || out == NULL || fread(x, sizeof *x, n * d, in) != n * d) {
        fprintf(stderr, "bench_project: cannot read %s or write %s\n", argv[5], argv[6]);
        return 1;
    }
    int status = (strcmp(argv[1], "pca") == 0 ? by_pca : by_tsne)(map, x, n, d, threads, &err);
    if (status != VT_OK) {
        fprintf(stderr, "bench_project: %s\n", err.message);
    } else if (fwrite(map, sizeof *map, n * 2, out) != n * 2) {
        status = VT_ERR_IO;
    }
    fclose(in);
    fclose(out);
    vt_free(x);
    vt_free(map);
    return status;
}
