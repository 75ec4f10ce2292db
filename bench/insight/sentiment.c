/*
 * The head on text vectors, for bench/insight/sentiment.py: fitted to the rows of the training part, it scores all. The
 * rows come from standard input as "train|test TAB stars TAB title TAB body", and go out as "text TAB score" with the
 * text as the head reads it, so that peers read the same; the last line is "threshold TAB seconds of encoding TAB
 * seconds of fitting". Usage: bench_sentiment ENCODER
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "encode/encoder.h"
#include "encode/opinions.h"
#include "encode/sentiment_head.h"

enum { ROWS_MAX = 100000, LINE_MAX = 1 << 18 };

typedef struct rows {
    char *text[ROWS_MAX];
    vt_str view[ROWS_MAX];
    uint8_t label[ROWS_MAX]; /* 1 for */
    bool train[ROWS_MAX];
    size_t n;
} rows;

static int fail(const vt_error *err)
{
    fprintf(stderr, "%s\n", err->message);
    return 1;
}

/* The next field of a line, which ends at a tab or at the end. */
static char *next_field(char **line)
{
    char *field = *line, *end = field + strcspn(field, "\t\n");
    *line = *end == '\0' ? end : end + 1;
    *end = '\0';
    return field;
}

static int read_rows(rows *r, vt_error *err)
{
    static char line[LINE_MAX];
    vt_buf text;
    vt_buf_init(&text, LINE_MAX);
    int status = VT_OK;
    while (status == VT_OK && r->n < ROWS_MAX && fgets(line, sizeof line, stdin) != NULL) {
        char *rest = line;
        vt_event event;
        vt_event_init(&event);
        r->train[r->n] = strcmp(next_field(&rest), "train") == 0;
        r->label[r->n] = strtod(next_field(&rest), NULL) >= 4;
        event.title = vt_str_of(next_field(&rest));
        event.body = vt_str_of(next_field(&rest));
        status = vt_opinion_text(&text, &event, err);
        if (status == VT_OK) {
            r->text[r->n] = vt_strndup(text.len == 0 ? "" : text.data, text.len, err);
            status = r->text[r->n] == NULL ? VT_ERR_NO_MEMORY : VT_OK;
            r->view[r->n].ptr = r->text[r->n];
            r->view[r->n++].len = text.len;
        }
    }
    vt_buf_done(&text);
    return status;
}

/* Moves the vectors of the training part to the front of `x` (N, D) and their labels to that of `label`. */
static size_t pick_train(float *x, uint8_t *label, const float *vectors, const rows *r, size_t d)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->train[i]) {
            memcpy(x + n * d, vectors + i * d, d * sizeof *x);
            label[n++] = r->label[i];
        }
    }
    return n;
}

static int run(const char *name, rows *r, vt_error *err)
{
    static const double even[2] = {1.0, 1.0};
    vt_encoder *encoder = NULL;
    vt_sentiment_head head = {0};
    int status = vt_encoder_open(&encoder, name, 0, err);
    status = status == VT_OK ? read_rows(r, err) : status;
    if (status != VT_OK) {
        return status;
    }
    size_t d = (size_t)vt_encoder_describe(encoder)->dimensions;
    float *vectors = vt_alloc_aligned(r->n * d, sizeof *vectors, err), *x = vt_alloc_aligned(r->n * d, sizeof *x, err);
    uint8_t *label = vt_alloc(r->n, 1, err);
    status = vectors == NULL || x == NULL || label == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    double begin = vt_seconds();
    status = status == VT_OK ? vt_encoder_texts(encoder, r->view, r->n, vectors, err) : status;
    double encoded = vt_seconds();
    if (status == VT_OK) {
        size_t n = pick_train(x, label, vectors, r, d);
        status = vt_sentiment_head_fit(&head, x, label, n, d, even, 42, 0, err);
    }
    double fitted = vt_seconds();
    for (size_t i = 0; status == VT_OK && i < r->n; i++) {
        printf("%s\t%.9g\n", r->text[i], vt_sentiment_score(&head, vectors + i * d));
    }
    if (status == VT_OK) {
        printf("%.9g\t%.3f\t%.3f\n", head.threshold, encoded - begin, fitted - encoded);
    }
    for (size_t i = 0; i < r->n; i++) {
        vt_free(r->text[i]);
    }
    vt_sentiment_head_done(&head);
    vt_free(label);
    vt_free(x);
    vt_free(vectors);
    vt_encoder_close(encoder);
    return status;
}

int main(int argc, char **argv)
{
    static rows r;
    vt_error err = VT_ERROR_INIT;
    if (argc != 2) {
        fprintf(stderr, "usage: bench_sentiment ENCODER\n");
        return 2;
    }
    return run(argv[1], &r, &err) == VT_OK ? 0 : fail(&err);
}
