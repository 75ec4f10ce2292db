/*
 * Times the tokenizer, for bench/tokenizer/run, which runs the peer beside it on the same texts and compares the ids.
 *
 *     bench_tokens VOCABULARY uncased|cased TEXTS MAX_LENGTH RUNS IDS
 *
 * TEXTS: each a little-endian int32 of its bytes and the bytes. IDS: each a little-endian int32 of their number and the
 * ids. Prints the median seconds of all texts on one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "encode/wordpiece.h"

enum { RUNS_MAX = 100 };

static int fail(const vt_error *err)
{
    fprintf(stderr, "bench_tokens: %s\n", err->message);
    return 1;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The ids of all texts one behind the other, each after their number; gives how many numbers. */
static size_t encode_all(const vt_wordpiece *wordpiece, const char *texts, size_t size, int32_t *ids, size_t max_length)
{
    size_t n = 0;
    for (size_t at = 0; at + 4 <= size;) {
        int32_t len = 0;
        memcpy(&len, texts + at, 4);
        at += 4;
        size_t got = vt_wordpiece_encode(wordpiece, (vt_str){texts + at, (size_t)len}, ids + n + 1, max_length);
        ids[n] = (int32_t)got;
        n += got + 1;
        at += (size_t)len;
    }
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "use: bench_tokens VOCABULARY uncased|cased TEXTS MAX_LENGTH RUNS IDS\n");
        return 2;
    }
    vt_error err = VT_ERROR_INIT;
    vt_wordpiece *wordpiece = NULL;
    vt_mapping texts = {NULL, 0, -1};
    double seconds[RUNS_MAX];
    int runs = (int)strtol(argv[5], NULL, 10);
    size_t max_length = strtoul(argv[4], NULL, 10), n = 0;
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    if (vt_wordpiece_open(&wordpiece, argv[1], strcmp(argv[2], "uncased") == 0, &err) != VT_OK ||
        vt_file_map(&texts, argv[3], &err) != VT_OK) {
        return fail(&err);
    }
    /* a text has at most an id a byte, its two ends and their number, the last instead of its own four bytes */
    int32_t *ids = vt_alloc(texts.size + max_length + 3, sizeof *ids, &err);
    if (ids == NULL) {
        return fail(&err);
    }
    for (int run = 0; run < runs; run++) {
        double begin = vt_seconds();
        n = encode_all(wordpiece, (const char *)texts.data, texts.size, ids, max_length);
        seconds[run] = vt_seconds() - begin;
    }
    FILE *file = fopen(argv[6], "wb");
    if (file == NULL || fwrite(ids, sizeof *ids, n, file) != n || fclose(file) != 0) {
        fprintf(stderr, "bench_tokens: cannot write %s\n", argv[6]);
        return 1;
    }
    qsort(seconds, (size_t)runs, sizeof(double), compare_seconds);
    printf("%.6f\n", seconds[runs / 2]);
    vt_free(ids);
    vt_file_unmap(&texts);
    vt_wordpiece_close(wordpiece);
    return 0;
}
