/* The names of splits: one table for reading, checking, writing and help. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "dataset/split_rules.h"

enum { FOLDS_MAX = 100, SHOWN_MAX = 60 };

const vt_split_kind_info vt_split_kinds[VT_SPLIT_KINDS] = {
    [VT_SPLIT_NONE] = {"none", "none", "none", 0, NULL, vt_split_last},
    [VT_SPLIT_TIME] = {"time", "time:a,b,c", "time:0.8,0.1,0.1", 3, vt_split_time, vt_split_time},
    [VT_SPLIT_LEAVE_ONE_OUT] = {"leave-one-out", "leave-one-out", "leave-one-out", 0, vt_split_last_two, NULL},
    [VT_SPLIT_LEAVE_LAST_OUT] = {"leave-last-out", "leave-last-out", "leave-last-out", 0, vt_split_last, vt_split_last},
    [VT_SPLIT_RATIO] = {"ratio", "ratio:r", "ratio:0.8", 1, vt_split_ratio, vt_split_ratio},
    [VT_SPLIT_RATIO_GLOBAL] = {"ratio-global", "ratio-global:r", "ratio-global:0.75", 1, vt_split_ratio_global,
                               vt_split_ratio_global},
    [VT_SPLIT_KFOLD] = {"kfold", "kfold:k", "kfold:5", 1, vt_split_kfold, vt_split_kfold},
    [VT_SPLIT_COLD_ITEMS] = {"cold-items", "cold-items:r", "cold-items:0.1", 1, vt_split_cold_items,
                             vt_split_cold_items},
    [VT_SPLIT_COLD_USERS] = {"cold-users", "cold-users:r", "cold-users:0.1", 1, vt_split_cold_users,
                             vt_split_cold_users},
    [VT_SPLIT_GIVEN] = {"given", "given", "given", 0, vt_split_given, vt_split_last},
    [VT_SPLIT_ROLLING] = {"rolling", "rolling:n", "rolling:5", 1, vt_split_rolling, vt_split_latest},
};

static bool is_folded(vt_split_kind kind)
{
    return kind == VT_SPLIT_KFOLD || kind == VT_SPLIT_ROLLING;
}

int32_t vt_split_folds(const vt_split_spec *spec)
{
    return is_folded(spec->kind) ? spec->folds : 0;
}

void vt_split_name(char name[64], const vt_split_spec *spec)
{
    const vt_split_kind_info *info = &vt_split_kinds[spec->kind];
    if (spec->kind == VT_SPLIT_TIME) {
        snprintf(name, 64, "%s:%.8g,%.8g,%.8g", info->name, spec->share[0], spec->share[1], spec->share[2]);
    } else if (is_folded(spec->kind)) {
        snprintf(name, 64, "%s:%d", info->name, spec->folds);
    } else if (info->numbers == 1) {
        snprintf(name, 64, "%s:%.8g", info->name, spec->share[0]);
    } else {
        snprintf(name, 64, "%s", info->name);
    }
}

int vt_split_check(const vt_split_spec *spec, vt_error *err)
{
    if ((int)spec->kind < 0 || spec->kind >= VT_SPLIT_KINDS) {
        return vt_fail(err, VT_ERR_USAGE, "%d is no kind of split", (int)spec->kind);
    }
    const vt_split_kind_info *info = &vt_split_kinds[spec->kind];
    if (spec->kind == VT_SPLIT_TIME) {
        const double *share = spec->share;
        if (!(share[0] > 0 && share[1] >= 0 && share[2] > 0 && fabs(share[0] + share[1] + share[2] - 1) <= 1e-6)) {
            return vt_fail(err, VT_ERR_USAGE,
                           "the split time:%g,%g,%g has shares that cannot be; three shares that sum to 1 are expected "
                           "(training and test above 0, validation from 0), such as %s",
                           share[0], share[1], share[2], info->example);
        }
    } else if (is_folded(spec->kind)) {
        int32_t least = spec->kind == VT_SPLIT_KFOLD ? 2 : 1;
        if (spec->folds < least || spec->folds > FOLDS_MAX) {
            return vt_fail(err, VT_ERR_USAGE, "the split %s has %d folds; %d to %d are expected, such as %s",
                           info->name, spec->folds, (int)least, (int)FOLDS_MAX, info->example);
        }
    } else if (info->numbers == 1 && !(spec->share[0] > 0 && spec->share[0] < 1)) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the split %s has share %g; a number between 0 and 1, both excluded, is expected, such as %s",
                       info->name, spec->share[0], info->example);
    }
    return VT_OK;
}

static int fail_unknown(vt_str text, vt_error *err)
{
    char list[256];
    size_t used = 0;
    for (int i = 0; i < VT_SPLIT_KINDS; i++) {
        int n = snprintf(list + used, sizeof list - used, "%s%s", i == 0 ? "" : ", ", vt_split_kinds[i].usage);
        used += n > 0 && (size_t)n < sizeof list - used ? (size_t)n : 0;
    }
    return vt_fail(err, VT_ERR_USAGE, "\"%.*s\" is no split; one of %s is expected",
                   text.len > SHOWN_MAX ? SHOWN_MAX : (int)text.len, text.len == 0 ? "" : text.ptr, list);
}

static int fail_numbers(const vt_split_kind_info *info, vt_str text, vt_error *err)
{
    static const char *const expected[] = {"nothing behind the name is", "one number is", NULL,
                                           "three shares that sum to 1 are"};
    return vt_fail(err, VT_ERR_USAGE, "the split \"%.*s\" cannot be read; %s expected, such as %s",
                   text.len > SHOWN_MAX ? SHOWN_MAX : (int)text.len, text.ptr, expected[info->numbers], info->example);
}

/* Numbers joined by commas; exactly `count` of them. */
static bool read_numbers(double *number, int count, vt_str text)
{
    for (int i = 0; i < count; i++) {
        const char *comma = text.len == 0 ? NULL : memchr(text.ptr, ',', text.len);
        if ((comma != NULL) != (i + 1 < count)) {
            return false;
        }
        size_t len = comma == NULL ? text.len : (size_t)(comma - text.ptr);
        if (!vt_parse_real(&number[i], vt_trim((vt_str){text.ptr, len}))) {
            return false;
        }
        if (comma != NULL) {
            text = (vt_str){comma + 1, text.len - len - 1};
        }
    }
    return true;
}

int vt_split_parse(vt_split_spec *out, const char *text, vt_error *err)
{
    vt_str all = vt_trim(vt_str_of(text));
    const char *colon = all.len == 0 ? NULL : memchr(all.ptr, ':', all.len);
    vt_str name = {all.ptr, colon == NULL ? all.len : (size_t)(colon - all.ptr)};
    vt_split_spec spec = {0};
    int kind = 0;
    while (kind < VT_SPLIT_KINDS && !vt_str_equal(name, vt_str_of(vt_split_kinds[kind].name))) {
        kind++;
    }
    if (kind == VT_SPLIT_KINDS) {
        return fail_unknown(all, err);
    }
    const vt_split_kind_info *info = &vt_split_kinds[kind];
    spec.kind = (vt_split_kind)kind;
    if ((colon != NULL) != (info->numbers > 0)) {
        return fail_numbers(info, all, err);
    }
    double number[3] = {0};
    if (colon != NULL && !read_numbers(number, info->numbers, (vt_str){colon + 1, all.len - name.len - 1})) {
        return fail_numbers(info, all, err);
    }
    if (is_folded(spec.kind)) {
        if (number[0] != floor(number[0]) || fabs(number[0]) > 1e6) {
            return fail_numbers(info, all, err);
        }
        spec.folds = (int32_t)number[0];
    } else {
        for (int i = 0; i < 3; i++) { /* eight decimals, so that the name says the share exactly */
            spec.share[i] = fabs(number[i]) < 10 ? floor(number[i] * 1e8 + 0.5) / 1e8 : number[i];
        }
    }
    int status = vt_split_check(&spec, err);
    if (status == VT_OK) {
        *out = spec;
    }
    return status;
}
