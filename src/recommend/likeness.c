/* Categories are numbers here: equal numbers need no look at the paths, and most comparisons go through vectors. */
#include "recommend/likeness.h"

#include "base/alloc.h"
#include "math/kernels.h"
#include "recommend/filters.h"

#define CATEGORY_SHARE 0.75F /* of the likeness by attributes; the brand has the rest */

static int find_rows(vt_like_vectors *out, const vt_ids *items, const vt_item_vectors *vectors, vt_error *err)
{
    if (vectors == NULL) {
        return VT_OK;
    }
    out->row = vt_alloc((size_t)items->n, sizeof *out->row, err);
    if (out->row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < items->n; i++) {
        out->row[i] = vt_ids_find(&vectors->ids, vt_ids_get(items, i));
    }
    out->vectors = vectors;
    return VT_OK;
}

int vt_likeness_init(vt_likeness *likeness, const vt_catalogue *catalogue, const vt_ids *items,
                     const vt_item_vectors *text, const vt_item_vectors *image, vt_error *err)
{
    *likeness = (vt_likeness){.catalogue = catalogue};
    int status = find_rows(&likeness->text, items, text, err);
    if (status == VT_OK) {
        status = find_rows(&likeness->image, items, image, err);
    }
    if (status != VT_OK) {
        vt_likeness_done(likeness);
    }
    return status;
}

void vt_likeness_done(vt_likeness *likeness)
{
    vt_free(likeness->text.row);
    vt_free(likeness->image.row);
    *likeness = (vt_likeness){0};
}

/* Adds the cosine when both items have a vector of this kind. */
static void add_cosine(float *sum, int *n, const vt_like_vectors *v, int32_t a, int32_t b)
{
    if (v->vectors == NULL || v->row[a] < 0 || v->row[b] < 0) {
        return;
    }
    size_t d = v->vectors->d;
    float cosine = 0;
    vt_kernels_best()->dots(&cosine, v->vectors->data + (size_t)v->row[a] * d, 1,
                            v->vectors->data + (size_t)v->row[b] * d, d);
    *sum += cosine;
    ++*n;
}

static float shared_levels(const vt_catalogue *catalogue, int32_t a, int32_t b)
{
    vt_str x, y, left, right;
    int64_t number = 0;
    int shared = 0, levels = 0;
    if (a < 0 || b < 0) {
        return 0;
    }
    if (a == b) {
        return 1;
    }
    vt_map_entry(catalogue->categories, (size_t)a, &x, &number);
    vt_map_entry(catalogue->categories, (size_t)b, &y, &number);
    bool same = true;
    for (;;) {
        bool more_x = vt_category_next(&x, &left), more_y = vt_category_next(&y, &right);
        if (!more_x && !more_y) {
            return levels == 0 ? 0 : (float)shared / (float)levels;
        }
        same = same && more_x && more_y && vt_str_equal(left, right);
        shared += same;
        levels++;
    }
}

float vt_like_attributes(const vt_catalogue *c, int32_t a, int32_t b)
{
    bool brand = c->brand[a] >= 0 && c->brand[a] == c->brand[b];
    return CATEGORY_SHARE * shared_levels(c, c->category[a], c->category[b]) + (brand ? 1 - CATEGORY_SHARE : 0);
}

float vt_like(const vt_likeness *likeness, int32_t a, int32_t b)
{
    float sum = 0;
    int n = 0;
    add_cosine(&sum, &n, &likeness->text, a, b);
    add_cosine(&sum, &n, &likeness->image, a, b);
    if (n == 0) {
        return vt_like_attributes(likeness->catalogue, a, b);
    }
    sum /= (float)n;
    return sum < 0 ? 0 : sum > 1 ? 1 : sum;
}
