/* Categories are numbers here: equal numbers need no look at the paths, and most comparisons go through vectors. */
#include "recommend/likeness.h"

#include "base/alloc.h"
#include "math/kernels.h"
#include "recommend/filters.h"

enum {
    CANDIDATES = 1024,
    WITH = 64 /* slots of a kind of vectors; of the longest pool, VT_DIVERSITY_POOL, few share one */
};

#define CATEGORY_SHARE 0.75F /* of the likeness by attributes; the brand has the rest */

int vt_like_rows_create(vt_like_rows **out, const vt_view *view, const vt_item_vectors *vectors, vt_error *err)
{
    vt_like_rows *rows = vt_alloc(1, sizeof *rows + (size_t)view->n_items * sizeof *rows->row, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&rows->refs, 1);
    rows->vectors = vectors;
    rows->n_items = view->n_items;
    for (int32_t i = 0; i < view->n_items; i++) {
        rows->row[i] = vt_ids_find(&vectors->ids, vt_view_item_id(view, i));
    }
    *out = rows;
    return VT_OK;
}

vt_like_rows *vt_like_rows_hold(vt_like_rows *rows)
{
    atomic_fetch_add_explicit(&rows->refs, 1, memory_order_relaxed);
    return rows;
}

void vt_like_rows_release(vt_like_rows *rows)
{
    if (rows != NULL && atomic_fetch_sub_explicit(&rows->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(rows);
    }
}

/* A vector by its row; the next one with the same remainder takes its place. */
typedef struct slot {
    int32_t row;
    float *vector; /* (D) NULL until it is used */
} slot;

/* Of one kind of vectors. Many candidates are compared with few items, and neither may push out the other. */
typedef struct side {
    slot candidate[CANDIDATES];
    slot with[WITH];
} side;

struct vt_like_cache {
    side text, image;
};

int vt_like_cache_create(vt_like_cache **out, vt_error *err)
{
    vt_like_cache *cache = vt_alloc_zero(1, sizeof *cache, err);
    if (cache == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *out = cache;
    return VT_OK;
}

static void free_side(side *s)
{
    for (size_t i = 0; i < CANDIDATES; i++) {
        vt_free(s->candidate[i].vector);
    }
    for (size_t i = 0; i < WITH; i++) {
        vt_free(s->with[i].vector);
    }
}

void vt_like_cache_free(vt_like_cache *cache)
{
    if (cache != NULL) {
        free_side(&cache->text);
        free_side(&cache->image);
        vt_free(cache);
    }
}

/* The vector, out of its slot where it is left in a file; without memory for that, where it stands. */
static const float *read_row(const vt_item_vectors *vectors, slot *s, int32_t row)
{
    if (s == NULL || vectors->data != NULL) {
        return vt_item_vector(vectors, row, NULL);
    }
    if (s->vector == NULL) {
        s->vector = vt_alloc(vectors->d, sizeof *s->vector, NULL);
        s->row = -1;
    }
    if (s->vector == NULL || s->row == row) {
        return s->vector == NULL ? vt_item_vector(vectors, row, NULL) : s->vector;
    }
    const float *vector = vt_item_vector(vectors, row, s->vector);
    s->row = vector == s->vector ? row : -1;
    return vector;
}

/* Adds the cosine when both items have a vector of this kind. */
static void add_cosine(float *sum, int *n, const vt_like_rows *v, side *s, int32_t a, int32_t b)
{
    if (v == NULL || v->row[a] < 0 || v->row[b] < 0) {
        return;
    }
    const float *x = read_row(v->vectors, s == NULL ? NULL : &s->candidate[v->row[a] % CANDIDATES], v->row[a]);
    const float *y = read_row(v->vectors, s == NULL ? NULL : &s->with[v->row[b] % WITH], v->row[b]);
    float cosine = 0;
    vt_kernels_best()->dots(&cosine, x, 1, y, v->vectors->d);
    *sum += cosine;
    ++*n;
}

static float shared_levels(const vt_view *view, int32_t a, int32_t b)
{
    vt_str left, right;
    int shared = 0, levels = 0;
    if (a < 0 || b < 0) {
        return 0;
    }
    if (a == b) {
        return 1;
    }
    vt_str x = vt_view_category(view, a), y = vt_view_category(view, b);
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

float vt_like_attributes(const vt_view *view, int32_t a, int32_t b)
{
    const vt_item_block *x = vt_view_block(view, a), *y = vt_view_block(view, b);
    size_t i = (size_t)a & VT_BLOCK_MASK, j = (size_t)b & VT_BLOCK_MASK;
    bool brand = x->brand[i] >= 0 && x->brand[i] == y->brand[j];
    return CATEGORY_SHARE * shared_levels(view, x->category[i], y->category[j]) + (brand ? 1 - CATEGORY_SHARE : 0);
}

float vt_like(const vt_likeness *likeness, int32_t a, int32_t b)
{
    float sum = 0;
    int n = 0;
    vt_like_cache *cache = likeness->cache;
    add_cosine(&sum, &n, likeness->text, cache == NULL ? NULL : &cache->text, a, b);
    add_cosine(&sum, &n, likeness->image, cache == NULL ? NULL : &cache->image, a, b);
    if (n == 0) {
        return vt_like_attributes(likeness->view, a, b);
    }
    sum /= (float)n;
    return sum < 0 ? 0 : sum > 1 ? 1 : sum;
}
