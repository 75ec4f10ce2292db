/* Plain files of series: the grid holds every value, values are finite or gaps, and periods have names. */
#include "file.h"

#include <math.h>
#include <string.h>

#include "insight/demand/series_file.h"

static void check_set(const vt_series_set *set)
{
    size_t values = 0;
    char name[32];
    fuzz_require(set->n_series > 0 && set->n > 0 && isfinite(set->first) && set->width > 0.0);
    fuzz_require(vt_series_season(set) >= 1);
    for (size_t s = 0; s < set->n_series; s++) {
        fuzz_require(set->names[s][0] != '\0');
        for (size_t i = 0; i < set->n; i++) {
            double value = set->values[s * set->n + i];
            fuzz_require(isnan(value) || isfinite(value));
            values += isnan(value) ? 0U : 1U;
        }
    }
    fuzz_require(values > 0);
    for (size_t i = 0; i < set->n; i += 1 + set->n / 16) {
        vt_series_period_name(name, set, i);
        fuzz_require(name[0] != '\0' && memchr(name, '\0', sizeof name) != NULL);
    }
    vt_series_period_name(name, set, set->n + 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[80];
    vt_error err = VT_ERROR_INIT;
    vt_series_set *set = NULL;
    fuzz_write_file(path, data, size);
    int status = vt_series_file_read(&set, path, &err);
    if (status != VT_OK) {
        fuzz_require(set == NULL && err.code == (vt_code)status && err.message[0] != '\0');
    } else {
        check_set(set);
    }
    vt_series_set_free(set);
    unlink(path);
    return 0;
}
