/*
 * Any text with commas can be read as baskets. What tells baskets from other files is that items come again and lie
 * beside each other; without either there is no answer, and a sentence says what the file looks like instead.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "insight/baskets/basket_file.h"

/* Of fewer entries no share is taken; of more, at most nine in ten are items that come once. */
enum { ENTRIES_FEW = 100 };
#define DIFFERENT_MOST 0.9

/* "2.50" or a date; a whole number may be the id of an item. */
static bool is_measure(vt_str text)
{
    double number;
    int64_t whole, time;
    return (vt_parse_real(&number, text) && !vt_parse_int(&whole, text)) ||
           (text.len >= 8 && !vt_parse_int(&whole, text) && vt_parse_time(&time, text, NULL, NULL) == VT_OK);
}

/* Whether the first item begins as a page or an object does. */
static bool is_markup(const vt_basket_file *file)
{
    return file->baskets.n_items > 0 && memchr("{[<", vt_basket_file_name(file, 0).ptr[0], 3) != NULL;
}

typedef struct traits {
    int64_t entries, measures; /* items in baskets; those that are numbers with a fraction or dates */
    bool together;             /* two different ones lie in one basket */
    bool again;                /* one lies in two baskets */
} traits;

static int find_traits(traits *t, const vt_basket_file *file, vt_error *err)
{
    const vt_baskets *b = &file->baskets;
    struct {
        int64_t n, last; /* entries; 1 + the basket of the last one */
    } *seen = vt_alloc_zero((size_t)b->n_items, sizeof *seen, err);
    if (seen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t basket = 0; basket < b->n_baskets; basket++) {
        for (int64_t e = b->offsets[basket]; e < b->offsets[basket + 1]; e++) {
            int32_t item = b->items[e];
            t->again = t->again || (seen[item].n > 0 && seen[item].last != (int64_t)basket + 1);
            t->together = t->together || item != b->items[b->offsets[basket]];
            seen[item].last = (int64_t)basket + 1;
            seen[item].n++;
            t->entries++;
        }
    }
    for (int32_t item = 0; item < b->n_items; item++) {
        t->measures += is_measure(vt_basket_file_name(file, item)) ? seen[item].n : 0;
    }
    vt_free(seen);
    return VT_OK;
}

int vt_basket_file_check(const vt_basket_file *file, const char *path, vt_error *err)
{
    traits t = {0};
    char why[400] = "";
    int status = find_traits(&t, file, err);
    if (status != VT_OK) {
        return status;
    }
    if (file->skipped > file->rows) {
        snprintf(why, sizeof why, "%zu of its %zu rows cannot be read, the first: %s", file->skipped,
                 file->skipped + file->rows, file->why);
    } else if (is_markup(file)) {
        snprintf(why, sizeof why, "it begins as JSON or a page does");
    } else if (file->baskets.n_baskets < 2) {
        return VT_OK; /* too little to tell; the answer says so */
    } else if (t.entries == 0) {
        snprintf(why, sizeof why, "there is no item in it");
    } else if (2 * t.measures > t.entries) {
        snprintf(why, sizeof why, "most of its items are dates or numbers with a fraction");
    } else if (!t.together) {
        snprintf(why, sizeof why, "no two items lie in one basket");
    } else if (!t.again) {
        snprintf(why, sizeof why, "no item lies in two baskets");
    } else if (t.entries >= ENTRIES_FEW && (double)file->baskets.n_items > DIFFERENT_MOST * (double)t.entries) {
        snprintf(why, sizeof why, "of %lld items in baskets %d are different ones", (long long)t.entries,
                 file->baskets.n_items);
    }
    if (why[0] == '\0') {
        return VT_OK;
    }
    return vt_fail(err, VT_ERR_FORMAT,
                   "%s does not hold baskets: %s; a header and one item of a basket a row are expected (basket, item), "
                   "or one basket a line, its items apart by commas",
                   path, why);
}
