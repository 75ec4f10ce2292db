/*
 * Times finding the ten nearest of N vectors of D dimensions on one thread, for bench/search/run: through the index
 * with its first pass over bytes, and by the exact scan; and counts how many of the exact ten the index finds.
 *
 *     bench_nearest N D QUERIES [even]
 *
 * The vectors are made up as networks' vectors are: groups (one for 50) around which they lie, lengths along the
 * directions that fall off as 1/sqrt(k), everything turned by reflections so that no axis is special. "even": no
 * groups and no direction longer than another, the worst case. Queries are drawn alike and are not among the vectors.
 * Prints a line of seconds of making the index, milliseconds at the median and at p99 of the index and of the scan,
 * and recall@10.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/rng.h"
#include "index/flat.h"

enum { K = 10, MIRRORS = 3, IN_GROUP = 50 };

typedef struct world {
    size_t n, d;
    int even;
    float *mirrors; /* (MIRRORS, d) unit */
} world;

static float reflect(float *row, const float *mirror, size_t d)
{
    float dot = 0.0F, square = 0.0F;
    for (size_t k = 0; k < d; k++) {
        dot += row[k] * mirror[k];
    }
    for (size_t k = 0; k < d; k++) {
        row[k] -= 2.0F * dot * mirror[k];
        square += row[k] * row[k];
    }
    return square;
}

static void draw(float *row, const world *w, uint64_t at)
{
    vt_rng group = vt_rng_at(5, "group", at % (w->n / IN_GROUP + 1), 0), own = vt_rng_at(5, "own", at, 0);
    float square = 1.0F;
    for (size_t k = 0; k < w->d; k++) {
        double fall = w->even ? 1.0 : 1.0 / sqrt(1.0 + (double)k);
        double centre = w->even ? 0.0 : vt_rng_normal(&group);
        row[k] = (float)(fall * (centre + 0.7 * vt_rng_normal(&own)));
    }
    for (size_t m = 0; m < MIRRORS; m++) {
        square = reflect(row, w->mirrors + m * w->d, w->d);
    }
    for (size_t k = 0; k < w->d; k++) {
        row[k] /= sqrtf(square);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    if (argc < 4) {
        fprintf(stderr, "use: bench_nearest N D QUERIES [even]\n");
        return 2;
    }
    world w = {(size_t)strtoul(argv[1], NULL, 10), (size_t)strtoul(argv[2], NULL, 10), argc > 4, NULL};
    size_t queries = (size_t)strtoul(argv[3], NULL, 10), found = 0;
    vt_error err = VT_ERROR_INIT;
    vt_flat *flat = NULL;
    float *rows = vt_alloc_aligned(w.n * w.d, sizeof *rows, &err), *query = vt_alloc(w.d, sizeof *query, &err);
    double *fast = vt_alloc(queries, sizeof *fast, &err), *slow = vt_alloc(queries, sizeof *slow, &err);
    w.mirrors = vt_alloc(MIRRORS * w.d, sizeof *w.mirrors, &err);
    if (rows == NULL || query == NULL || fast == NULL || slow == NULL || w.mirrors == NULL || queries == 0) {
        fprintf(stderr, "bench_nearest: %s\n", err.message);
        return 1;
    }
    vt_rng rng = vt_rng_at(5, "mirrors", 0, 0);
    for (size_t m = 0; m < MIRRORS; m++) {
        double square = 0.0;
        for (size_t k = 0; k < w.d; k++) {
            w.mirrors[m * w.d + k] = (float)vt_rng_normal(&rng);
            square += (double)w.mirrors[m * w.d + k] * (double)w.mirrors[m * w.d + k];
        }
        for (size_t k = 0; k < w.d; k++) {
            w.mirrors[m * w.d + k] /= (float)sqrt(square);
        }
    }
    for (size_t i = 0; i < w.n; i++) {
        draw(rows + i * w.d, &w, i);
    }
    const vt_rows all = {.n = w.n, .d = w.d, .block = rows};
    double begin = vt_seconds();
    if (vt_flat_create(&flat, &all, 1, &err) != VT_OK) {
        fprintf(stderr, "bench_nearest: %s\n", err.message);
        return 1;
    }
    double made = vt_seconds() - begin;
    for (size_t q = 0; q < queries; q++) {
        int32_t exact[K], index[K];
        float score[K];
        draw(query, &w, w.n + q * 7);
        begin = vt_seconds();
        size_t n = vt_flat_search(flat, index, score, query, NULL, K);
        fast[q] = (vt_seconds() - begin) * 1e3;
        begin = vt_seconds();
        size_t m = vt_nearest(exact, score, &all, query, NULL, K);
        slow[q] = (vt_seconds() - begin) * 1e3;
        for (size_t i = 0; i < m; i++) {
            for (size_t j = 0; j < n; j++) {
                found += exact[i] == index[j];
            }
        }
    }
    qsort(fast, queries, sizeof *fast, by_size);
    qsort(slow, queries, sizeof *slow, by_size);
    printf("%.2f %.3f %.3f %.3f %.3f %.4f\n", made, fast[queries / 2], fast[queries * 99 / 100], slow[queries / 2],
           slow[queries * 99 / 100], (double)found / (double)(queries * K));
    vt_flat_free(flat);
    vt_free(w.mirrors);
    vt_free(rows);
    vt_free(query);
    vt_free(fast);
    vt_free(slow);
    return 0;
}
