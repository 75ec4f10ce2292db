/*
 * Names of splits and positive rules: what is read is written so that it is read again to the same, or refused in
 * words.
 */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "dataset/positive.h"
#include "vitrine/split.h"

static void check_split(const char *text)
{
    static const int64_t ptr[1] = {0};
    static const vt_snapshot nothing = {.user_ptr = ptr};
    vt_error err = VT_ERROR_INIT;
    vt_split_spec spec;
    vt_split_spec again;
    vt_split *split = NULL;
    if (vt_split_parse(&spec, text, &err) != VT_OK) {
        fuzz_require(err.code == VT_ERR_USAGE && err.message[0] != '\0');
        return;
    }
    int status = vt_split_create(&split, &nothing, &spec, 1, 0, true, &err);
    if (spec.kind == VT_SPLIT_GIVEN) {
        fuzz_require(status == VT_ERR_UNSUPPORTED);
        return;
    }
    fuzz_require(status == VT_OK && vt_split_parse(&again, split->name, &err) == VT_OK);
    fuzz_require(again.kind == spec.kind && again.folds == spec.folds);
    for (int i = 0; i < 3; i++) {
        fuzz_require(again.share[i] == spec.share[i]);
    }
    vt_split_free(split);
}

static void check_positive(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    vt_positive rule;
    if (vt_positive_parse(&rule, text, &err) != VT_OK) {
        fuzz_require(err.code == VT_ERR_USAGE && err.message[0] != '\0');
        return;
    }
    bool some = false;
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        some = some || rule.counts[kind];
        fuzz_require(rule.counts[kind] || !vt_positive_holds(&rule, kind, 5));
        fuzz_require(rule.comparison[kind] == VT_ANY || (kind == VT_EVENT_RATING && isfinite(rule.bound[kind])));
    }
    fuzz_require(some);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_require(text != NULL);
    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    check_split(text);
    check_positive(text);
    free(text);
    return 0;
}
