/* Golden files of records: a line of a word and whole numbers, then lines of numbers. */
#ifndef VT_TEST_NUMBERS_H
#define VT_TEST_NUMBERS_H

#include <stdbool.h>

#include "check.h"

static inline FILE *open_golden(const char *name)
{
    char path[512];
    const char *source = getenv("VITRINE_SOURCE");
    snprintf(path, sizeof path, "%s/tests/golden/%s", source == NULL ? "." : source, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    return file;
}

static inline void read_numbers(FILE *file, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fscanf(file, "%lf", &out[i]), 1);
    }
}

/** Moves on to the next record: its word, and the first whole number of it into `n`. False at the end. */
static inline bool next_record(FILE *file, char word[32], int *n)
{
    double skipped = 0.0;
    while (fscanf(file, "%lf", &skipped) == 1) {
    }
    return fscanf(file, "%31s %d", word, n) == 2;
}

#endif
