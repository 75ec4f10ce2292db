/*
 * Questions about a shop, timed: bench_figures SHOP RUNS OUT QUESTION...
 * A question is a kind and options with ";" between: "overview;period=30d;category=Garden > Tools". Prints a line for
 * each: median milliseconds of the processor with the shop open, and the bytes that its peak of resident memory adds.
 * OUT gets the answers as JSON, one a line.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "vitrine/insight.h"

enum { RUNS_MAX = 1000, QUESTION_MAX = 1024 };

static double seconds_of_processor(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *seconds, size_t n)
{
    qsort(seconds, n, sizeof *seconds, compare_seconds);
    return n % 2 == 1 ? seconds[n / 2] : (seconds[n / 2 - 1] + seconds[n / 2]) / 2.0;
}

/* Kibibytes of a row of /proc/self/status, such as "VmHWM:"; 0 where there is none. */
static long status_row(const char *name)
{
    char line[256];
    long value = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            value = strtol(line + strlen(name), NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return value;
}

/* Gives back what is free, and lets the peak begin at what is resident now. */
static long begin_peak(void)
{
    malloc_trim(0);
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file != NULL) {
        fputs("5", file);
        fclose(file);
    }
    return status_row("VmRSS:");
}

/* Takes the kind and the options out of `text`, which is cut into pieces. */
static int read_question(const char **kind, vt_insight_options *o, char *text)
{
    const struct {
        const char *name;
        const char **place;
    } rows[] = {{"period", &o->period}, {"compare", &o->compare}, {"category", &o->category},
                {"brand", &o->brand},   {"price", &o->price},     {"customers", &o->customers}};
    char *next = NULL;
    *kind = strtok_r(text, ";", &next);
    for (char *part = strtok_r(NULL, ";", &next); part != NULL; part = strtok_r(NULL, ";", &next)) {
        char *value = strchr(part, '=');
        size_t row = 0;
        while (value != NULL && row < sizeof rows / sizeof rows[0] &&
               (strncmp(part, rows[row].name, (size_t)(value - part)) != 0 ||
                strlen(rows[row].name) != (size_t)(value - part))) {
            row++;
        }
        if (value != NULL && strncmp(part, "n=", 2) == 0) {
            o->n = (int32_t)strtol(value + 1, NULL, 10);
        } else if (value == NULL || row == sizeof rows / sizeof rows[0]) {
            return 1;
        } else {
            *rows[row].place = value + 1;
        }
    }
    return *kind == NULL;
}

static int ask(vt_live *live, size_t runs, FILE *out, char *text, vt_error *err)
{
    double seconds[RUNS_MAX];
    const char *kind = NULL;
    vt_insight_options options;
    vt_insight_options_init(&options);
    if (read_question(&kind, &options, text) != 0) {
        fprintf(stderr, "bench_figures: no such question\n");
        return VT_ERR_USAGE;
    }
    vt_insight *answer = NULL;
    vt_text json = {0};
    int status = vt_insight_ask(&answer, live, kind, &options, err); /* pages of the snapshot come in */
    status = status == VT_OK ? vt_insight_json(&json, answer, false, err) : status;
    if (status == VT_OK) {
        fwrite(json.data, 1, json.len, out);
    }
    vt_text_free(&json);
    vt_insight_free(answer);
    long before = begin_peak(), peak = 0;
    for (size_t run = 0; status == VT_OK && run < runs; run++) {
        double begin = seconds_of_processor();
        status = vt_insight_ask(&answer, live, kind, &options, err);
        seconds[run] = seconds_of_processor() - begin;
        peak = run == 0 ? status_row("VmHWM:") - before : peak;
        if (status == VT_OK) {
            vt_insight_free(answer);
        }
    }
    if (status == VT_OK) {
        printf("%.6f %ld\n", median(seconds, runs) * 1e3, peak * 1024);
    }
    return status;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_live *live = NULL;
    vt_live_options options;
    size_t runs = argc < 5 ? 0 : strtoul(argv[2], NULL, 10);
    if (runs < 1 || runs > RUNS_MAX) {
        fprintf(stderr, "usage: bench_figures SHOP RUNS OUT QUESTION...\n");
        return 2;
    }
    FILE *out = fopen(argv[3], "w");
    vt_live_options_init(&options);
    int status = out == NULL ? vt_fail(&err, VT_ERR_IO, "%s cannot be written", argv[3])
                             : vt_live_open(&live, argv[1], &options, &err);
    for (int a = 4; a < argc && status == VT_OK; a++) {
        status = ask(live, runs, out, argv[a], &err);
    }
    if (status != VT_OK) {
        fprintf(stderr, "bench_figures: %s\n", err.message);
    }
    if (out != NULL) {
        fclose(out);
    }
    vt_live_close(live);
    return status != VT_OK;
}
