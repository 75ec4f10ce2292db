/* What a command reads of its words. A name that is in none of its tables is a slip in the program. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "option_values.h"

/* The option; one that the command does not know is a slip in the program. */
static const vt_option *known(const vt_args *args, const char *name)
{
    const vt_option *option = vt_option_find(args->command, name, strlen(name));
    if (option == NULL) {
        abort();
    }
    return option;
}

bool vt_args_given(const vt_args *args, const char *name)
{
    return vt_args_count(args, name) > 0;
}

const char *vt_args_text(const vt_args *args, const char *name)
{
    size_t n = vt_args_count(args, name);
    return n > 0 ? vt_args_at(args, name, n - 1) : known(args, name)->fallback;
}

int64_t vt_args_int(const vt_args *args, const char *name)
{
    int64_t number = 0;
    const char *text = vt_args_text(args, name);
    if (text == NULL || !vt_parse_int(&number, vt_str_of(text))) {
        abort();
    }
    return number;
}

double vt_args_real(const vt_args *args, const char *name)
{
    double number = 0;
    const char *text = vt_args_text(args, name);
    if (text == NULL || !vt_parse_real(&number, vt_str_of(text))) {
        abort();
    }
    return number;
}

size_t vt_args_ints(const vt_args *args, const char *name, int32_t *out, size_t max)
{
    int32_t numbers[VT_INTS_MAX];
    size_t n = 0;
    const char *text = vt_args_text(args, name);
    if (text == NULL || !vt_option_read_ints(known(args, name), text, numbers, &n)) {
        abort();
    }
    n = n < max ? n : max;
    memcpy(out, numbers, n * sizeof *out);
    return n;
}

int vt_args_choice(const vt_args *args, const char *name)
{
    const char *text = vt_args_text(args, name);
    int index = text == NULL ? -1 : vt_choice_find(known(args, name)->choices, text);
    if (index < 0) {
        abort();
    }
    return index;
}

size_t vt_args_count(const vt_args *args, const char *name)
{
    const vt_option *option = known(args, name);
    size_t n = 0;
    for (size_t i = 0; i < args->n_values; i++) {
        n += args->values[i].option == option ? 1 : 0;
    }
    return n;
}

const char *vt_args_at(const vt_args *args, const char *name, size_t index)
{
    const vt_option *option = known(args, name);
    for (size_t i = 0; i < args->n_values; i++) {
        if (args->values[i].option == option && index-- == 0) {
            return args->values[i].text;
        }
    }
    return NULL;
}

const char *vt_args_operand(const vt_args *args, size_t index)
{
    return index < args->n_operands ? args->operands[index] : NULL;
}
