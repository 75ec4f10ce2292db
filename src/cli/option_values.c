/* Values of options: what the row of an option allows, and the message when it is something else. */
#include "option_values.h"

#include <string.h>

#include "base/number.h"
#include "base/suggest.h"

bool vt_choice_at(const char *choices, size_t index, const char **text, size_t *len)
{
    const char *at = choices;
    for (size_t i = 0; i < index; i++) {
        at = strchr(at, '|');
        if (at == NULL) {
            return false;
        }
        at++;
    }
    *text = at;
    *len = strcspn(at, "|");
    return true;
}

int vt_choice_find(const char *choices, const char *text)
{
    const char *choice = NULL;
    size_t len = 0;
    for (int i = 0; vt_choice_at(choices, (size_t)i, &choice, &len); i++) {
        if (strlen(text) == len && memcmp(choice, text, len) == 0) {
            return i;
        }
    }
    return -1;
}

static int check_int(const vt_option *option, const char *shown, const char *text, vt_error *err)
{
    int64_t number = 0;
    if (!vt_parse_int(&number, vt_str_of(text)) || number < (int64_t)option->min || number > (int64_t)option->max) {
        return vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; a whole number from %lld to %lld is expected", shown, text,
                       (long long)option->min, (long long)option->max);
    }
    return VT_OK;
}

static int check_real(const vt_option *option, const char *shown, const char *text, vt_error *err)
{
    double number = 0;
    if (!vt_parse_real(&number, vt_str_of(text)) || number < option->min || number > option->max) {
        return vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; a number from %g to %g is expected", shown, text, option->min,
                       option->max);
    }
    return VT_OK;
}

bool vt_option_read_ints(const vt_option *option, const char *text, int32_t *out, size_t *n)
{
    size_t count = 0;
    for (const char *at = text;; at++) {
        vt_str part = {at, strcspn(at, ",")};
        int64_t number = 0;
        if (count == VT_INTS_MAX || !vt_parse_int(&number, part) || number < (int64_t)option->min ||
            number > (int64_t)option->max || (count > 0 && number <= out[count - 1])) {
            return false;
        }
        out[count++] = (int32_t)number;
        at += part.len;
        if (*at == '\0') {
            *n = count;
            return true;
        }
    }
}

static int check_ints(const vt_option *option, const char *shown, const char *text, vt_error *err)
{
    int32_t numbers[VT_INTS_MAX];
    size_t n = 0;
    if (!vt_option_read_ints(option, text, numbers, &n)) {
        return vt_fail(
            err, VT_ERR_USAGE,
            "%s is \"%s\"; up to %d whole numbers from %lld to %lld in ascending order are expected, such as "
            "5,10,20",
            shown, text, VT_INTS_MAX, (long long)option->min, (long long)option->max);
    }
    return VT_OK;
}

static int check_choice(const vt_option *option, const char *shown, const char *text, vt_error *err)
{
    if (vt_choice_find(option->choices, text) >= 0) {
        return VT_OK;
    }
    vt_suggestion near;
    vt_suggestion_init(&near, text, strlen(text));
    char all[256] = "";
    size_t used = 0;
    const char *choice = NULL;
    size_t len = 0;
    for (size_t i = 0; vt_choice_at(option->choices, i, &choice, &len); i++) {
        vt_suggestion_offer(&near, choice, len);
        if (used + len + 3 < sizeof all) {
            memcpy(all + used, i == 0 ? "" : ", ", i == 0 ? 0 : 2);
            used += i == 0 ? 0 : 2;
            memcpy(all + used, choice, len);
            used += len;
            all[used] = '\0';
        }
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; did you mean \"%.*s\"? Possible are: %s", shown, text,
                       (int)near.best_len, near.best, all);
    }
    return vt_fail(err, VT_ERR_USAGE, "%s is \"%s\"; possible are: %s", shown, text, all);
}

int vt_option_check(const vt_option *option, const char *shown, const char *text, vt_error *err)
{
    switch (option->type) {
    case VT_OPTION_INT:
        return check_int(option, shown, text, err);
    case VT_OPTION_REAL:
        return check_real(option, shown, text, err);
    case VT_OPTION_INTS:
        return check_ints(option, shown, text, err);
    case VT_OPTION_CHOICE:
        return check_choice(option, shown, text, err);
    case VT_OPTION_FLAG:
    case VT_OPTION_TEXT:
        break;
    }
    if (text[0] == '\0') {
        return vt_fail(err, VT_ERR_USAGE, "%s is empty; %s is expected", shown, option->value);
    }
    return VT_OK;
}
