/* Columns: their memory, their texts, and ids out of them. */
#include "column.h"

#include <stdio.h>
#include <stdlib.h>

const vt_handle_kind vt_column_kind = {.noun = "the column", .destroy = vt_column_free};

void vt_column_free(void *column)
{
    vt_column *c = column;
    if (c != NULL) {
        free(c->code);
        free(c->offset);
        free(c->text);
        free(c->whole);
        free(c->real);
        free(c->missing);
        free(c);
    }
}

vt_column *vt_column_new(vt_column_type type, int64_t n)
{
    vt_column *c = calloc(1, sizeof *c);
    size_t room = (size_t)n + 1;
    bool all = c != NULL && n < INT32_MAX;
    if (all) {
        c->type = type;
        c->n = n;
        c->n_texts = n;
        c->missing = malloc(room);
        c->offset = type == VT_COLUMN_TEXT ? calloc(room, sizeof *c->offset) : NULL;
        c->real = type == VT_COLUMN_REAL ? calloc(room, sizeof *c->real) : NULL;
        c->whole = type == VT_COLUMN_WHOLE || type == VT_COLUMN_TIME ? calloc(room, sizeof *c->whole) : NULL;
        all = c->missing != NULL && (c->offset != NULL || c->real != NULL || c->whole != NULL);
    }
    if (!all) {
        vt_column_free(c);
        PyErr_NoMemory();
        return NULL;
    }
    memset(c->missing, 1, room);
    return c;
}

PyObject *vt_column_handle(vt_column *column)
{
    return column == NULL ? NULL : vt_handle_new(&vt_column_kind, column, NULL, NULL);
}

/* Text number `at` behind those that are there. */
static bool add_text(vt_column *column, int64_t at, const char *text, size_t len)
{
    size_t begin = (size_t)column->offset[at];
    if (begin + len > column->text_capacity) {
        size_t capacity = column->text_capacity * 2 + len + 1024;
        char *grown = realloc(column->text, capacity);
        if (grown == NULL) {
            PyErr_NoMemory();
            return false;
        }
        column->text = grown;
        column->text_capacity = capacity;
    }
    if (len > 0) {
        memcpy(column->text + begin, text, len);
    }
    column->offset[at + 1] = (int64_t)(begin + len);
    return true;
}

bool vt_column_set_text(vt_column *column, int64_t at, const char *text, size_t len, bool missing)
{
    column->missing[at] = missing;
    return add_text(column, at, text, len);
}

vt_str vt_column_text(const vt_column *column, int64_t at)
{
    int64_t text = column->code == NULL ? at : column->code[at];
    int64_t begin = column->offset[text];
    return (vt_str){column->text + begin, (size_t)(column->offset[text + 1] - begin)};
}

/* ---- whole numbers as ids ---------------------------------------------------------------------------------------- */

/* Numbers and where they stand among the distinct ones, by open addressing. */
typedef struct numbers {
    int32_t *slot; /* number of a distinct one + 1, 0: free */
    int64_t *seen; /* distinct ones in the order of their coming */
    int32_t n;
    uint64_t mask;
} numbers;

static bool numbers_init(numbers *s, int64_t rows)
{
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)rows) {
        slots *= 2;
    }
    *s = (numbers){calloc(slots, sizeof *s->slot), calloc((size_t)rows + 1, sizeof *s->seen), 0, slots - 1};
    return s->slot != NULL && s->seen != NULL;
}

static int32_t number_of(numbers *s, int64_t value)
{
    uint64_t at = ((uint64_t)value * 0x9e3779b97f4a7c15U >> 20) & s->mask;
    while (s->slot[at] != 0 && s->seen[s->slot[at] - 1] != value) {
        at = (at + 1) & s->mask;
    }
    if (s->slot[at] == 0) {
        s->seen[s->n] = value;
        s->slot[at] = ++s->n;
    }
    return s->slot[at] - 1;
}

/* Distinct numbers become texts, rows the codes of these. */
static bool spell_numbers(vt_column *column, numbers *s)
{
    for (int64_t i = 0; i < column->n; i++) {
        column->code[i] = number_of(s, column->whole[i]);
    }
    column->n_texts = s->n;
    for (int32_t i = 0; i < s->n; i++) {
        char digits[32];
        int len = snprintf(digits, sizeof digits, "%lld", (long long)s->seen[i]);
        if (!add_text(column, i, digits, (size_t)len)) {
            return false;
        }
    }
    column->type = VT_COLUMN_TEXT;
    return true;
}

static bool number_rows(vt_column *column)
{
    numbers s = {0};
    size_t room = (size_t)column->n + 1;
    column->code = calloc(room, sizeof *column->code);
    column->offset = calloc(room, sizeof *column->offset);
    bool made = column->code != NULL && column->offset != NULL && numbers_init(&s, column->n);
    if (!made) {
        PyErr_NoMemory();
    }
    made = made && spell_numbers(column, &s);
    free(s.slot);
    free(s.seen);
    return made;
}

bool vt_column_make_ids(vt_column *column, const char *what)
{
    for (int64_t i = 0; i < column->n; i++) {
        if (column->missing[i]) {
            vt_raise_as(VT_ERR_FORMAT, i, "row %lld: %s is missing (None or NaN); every event needs one", (long long)i,
                        what);
            return false;
        }
    }
    if (column->type == VT_COLUMN_TEXT) {
        return true;
    }
    if (column->type != VT_COLUMN_WHOLE && column->n > 0) {
        vt_raise_as(VT_ERR_FORMAT, -1, "%s is a column of %s; ids are texts or whole numbers", what,
                    column->type == VT_COLUMN_REAL ? "reals" : "times");
        return false;
    }
    return number_rows(column);
}
