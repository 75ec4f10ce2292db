/*
 * From a photo to a network's input: resized as PIL does it (a triangle as wide as the reduction, so that no pixel is
 * passed over; columns first, and rounded to bytes after each direction, which is what networks have seen in training:
 * without the rounding their vectors differ by a cosine of .996), cropped as torchvision does it or laid on white,
 * normalised into planes. Only what is kept is computed. Legend: S side of the output.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/image.h"

typedef float quad __attribute__((vector_size(16)));

/* One direction, in units of the resized photo: `count` of its pixels from `begin` on go to `at` of the output. */
typedef struct axis {
    int in;          /* pixels of the photo */
    int64_t resized; /* pixels it is resized to */
    int64_t begin;
    int count;
    int at;
    int taps;      /* room for the weights of one output pixel */
    int most;      /* most weights that one has */
    int *first;    /* (count) input pixel of the first weight */
    int *n;        /* (count) weights */
    float *weight; /* (count, taps) zeros behind the last of a pixel */
} axis;

static double triangle(double x)
{
    return fabs(x) < 1 ? 1 - fabs(x) : 0;
}

static void axis_done(axis *a)
{
    vt_free(a->first);
    vt_free(a->n);
    vt_free(a->weight);
}

static int axis_init(axis *a, vt_error *err)
{
    double scale = (double)a->in / (double)a->resized, reach = scale > 1 ? scale : 1;
    a->taps = (int)ceil(reach) * 2 + 1;
    a->first = vt_alloc((size_t)a->count, sizeof *a->first, err);
    a->n = vt_alloc((size_t)a->count, sizeof *a->n, err);
    a->weight = vt_alloc_zero((size_t)a->count * (size_t)a->taps, sizeof *a->weight, err);
    if (a->first == NULL || a->n == NULL || a->weight == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int i = 0; i < a->count; i++) {
        double middle = ((double)(a->begin + i) + 0.5) * scale;
        int first = (int)(middle - reach + 0.5), end = (int)(middle + reach + 0.5);
        first = first < 0 ? 0 : first;
        end = end > a->in ? a->in : end;
        double sum = 0;
        for (int k = first; k < end; k++) {
            sum += triangle((k - middle + 0.5) / reach);
        }
        for (int k = first; k < end; k++) {
            a->weight[(size_t)i * (size_t)a->taps + (size_t)(k - first)] =
                (float)(triangle((k - middle + 0.5) / reach) / sum);
        }
        a->first[i] = first;
        a->n[i] = end - first;
        a->most = a->n[i] > a->most ? a->n[i] : a->most;
    }
    return VT_OK;
}

/* Which pixels of which size go where. Halves round to even, as in Python. */
static void place(axis *a, int in, int other, const vt_image_recipe *recipe)
{
    a->in = in;
    if (recipe->fit == VT_IMAGE_CROP) {
        a->resized = in <= other ? recipe->resize : (int64_t)recipe->resize * in / other;
        a->begin = (int64_t)rint((double)(a->resized - recipe->size) / 2);
        a->count = recipe->size;
        a->at = 0;
    } else {
        double share = in >= other ? 1 : (double)in / other;
        a->resized = (int64_t)rint(share * recipe->size);
        a->resized = a->resized < 1 ? 1 : a->resized;
        a->begin = 0;
        a->count = (int)a->resized;
        a->at = (int)rint((recipe->size - a->count) / 2.0);
    }
}

/* The byte that a sum of bytes rounds to. */
static inline int nearest(float sum)
{
    return (int)(sum + 0.5F);
}

/* Pixels of the photo that are needed along an axis: from `*first` on; gives their number. */
static size_t needed(const axis *a, int *first)
{
    int last = a->count - 1;
    *first = a->first[0];
    return (size_t)(a->first[last] + a->n[last] - *first);
}

/* One row of the photo, made narrower. `line` has room for its floats, `sums` for the result; one more behind each. */
static inline __attribute__((always_inline)) void narrow_row(uint8_t *restrict narrow, float *restrict sums,
                                                             float *restrict line, const uint8_t *restrict row,
                                                             const axis *a)
{
    int left = 0;
    int taps = a->most;
    size_t count = (size_t)a->count, end = 3 * needed(a, &left), begin = 3 * (size_t)left;
    end += begin;
    for (size_t i = begin; i < end; i++) {
        line[i] = (float)row[i];
    }
    for (size_t x = 0; x < count; x++) {
        const float *from = line + 3 * (size_t)a->first[x];
        const float *weight = a->weight + x * (size_t)a->taps;
        quad sum = {0};
        for (int k = 0; k < taps; k++, from += 3) { /* as many for all: what is too many weighs nothing */
            quad pixel;
            memcpy(&pixel, from, sizeof pixel);
            sum += weight[k] * pixel;
        }
        memcpy(sums + 3 * x, &sum, sizeof sum); /* the fourth is written over by the next */
    }
    for (size_t i = 0; i < count * 3; i++) {
        narrow[i] = (uint8_t)nearest(sums[i]);
    }
}

/* sums[i] = sum over k of weight[k] * rows[k * len + i], i below len. */
static inline __attribute__((always_inline)) void add_rows(float *restrict sums, const uint8_t *restrict rows,
                                                           const float *weight, int n, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        sums[i] = weight[0] * (float)rows[i];
    }
    for (int k = 1; k < n; k++) {
        rows += len;
        for (size_t i = 0; i < len; i++) {
            sums[i] += weight[k] * (float)rows[i];
        }
    }
}

/* What is written on the way. */
typedef struct workspace {
    float *line;     /* (width + taps, 3) and one more */
    float *sums;     /* (count, 3) and one more */
    uint8_t *narrow; /* (rows that are needed, count, 3) */
} workspace;

static int workspace_init(workspace *w, int width, const axis *across, const axis *down, vt_error *err)
{
    int top = 0;
    w->line = vt_alloc_zero(((size_t)width + (size_t)across->taps) * 3 + 1, sizeof *w->line, err);
    w->sums = vt_alloc((size_t)across->count * 3 + 1, sizeof *w->sums, err);
    w->narrow = vt_alloc(needed(down, &top) * (size_t)across->count, 3, err);
    return w->line == NULL || w->sums == NULL || w->narrow == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void workspace_done(workspace *w)
{
    vt_free(w->line);
    vt_free(w->sums);
    vt_free(w->narrow);
}

static inline __attribute__((always_inline)) void resize_with(float *pixels, const workspace *w, const vt_image *image,
                                                              const axis *across, const axis *down,
                                                              const vt_image_recipe *recipe)
{
    int top = 0;
    size_t rows = needed(down, &top), len = (size_t)across->count * 3, width = (size_t)image->width;
    size_t side = (size_t)recipe->size, plane = side * side;
    for (size_t y = 0; y < rows; y++) {
        narrow_row(w->narrow + y * len, w->sums, w->line, image->rgb + ((size_t)top + y) * width * 3, across);
    }
    for (size_t y = 0; y < (size_t)down->count; y++) {
        float *out = pixels + ((size_t)down->at + y) * side + (size_t)across->at;
        add_rows(w->sums, w->narrow + (size_t)(down->first[y] - top) * len, down->weight + y * (size_t)down->taps,
                 down->n[y], len);
        for (size_t c = 0; c < 3; c++) {
            float mean = recipe->mean[c], scale = 1 / recipe->deviation[c];
            for (size_t x = 0; x < (size_t)across->count; x++) {
                out[c * plane + x] = ((float)nearest(w->sums[3 * x + c]) - mean) * scale;
            }
        }
    }
}

static void resize_baseline(float *pixels, const workspace *w, const vt_image *image, const axis *across,
                            const axis *down, const vt_image_recipe *recipe)
{
    resize_with(pixels, w, image, across, down, recipe);
}

#ifdef __x86_64__
/* Twice as fast, and the same bytes: nothing is fused. */
__attribute__((target("avx2"))) static void resize_avx2(float *pixels, const workspace *w, const vt_image *image,
                                                        const axis *across, const axis *down,
                                                        const vt_image_recipe *recipe)
{
    resize_with(pixels, w, image, across, down, recipe);
}
#endif

static void resize(float *pixels, const workspace *w, const vt_image *image, const axis *across, const axis *down,
                   const vt_image_recipe *recipe)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        resize_avx2(pixels, w, image, across, down, recipe);
        return;
    }
#endif
    resize_baseline(pixels, w, image, across, down, recipe);
}

static void fill_white(float *pixels, const vt_image_recipe *recipe)
{
    size_t plane = (size_t)recipe->size * (size_t)recipe->size;
    for (size_t c = 0; c < 3; c++) {
        for (size_t i = 0; i < plane; i++) {
            pixels[c * plane + i] = (255 - recipe->mean[c]) * (1 / recipe->deviation[c]);
        }
    }
}

static int check(const vt_image_recipe *recipe, vt_error *err)
{
    bool sizes = recipe->size >= 1 && recipe->size <= 4096 &&
                 (recipe->fit != VT_IMAGE_CROP || (recipe->resize >= recipe->size && recipe->resize <= 16384));
    bool finite = true;
    for (int c = 0; c < 3; c++) {
        finite = finite && isfinite(recipe->mean[c]) && isfinite(recipe->deviation[c]) && recipe->deviation[c] > 0;
    }
    return sizes && finite
               ? VT_OK
               : vt_fail(err, VT_ERR_USAGE,
                         "a network's photos have sides of 1 to 4096 pixels, are cut from a side that is no "
                         "smaller, and their deviations are above 0");
}

int vt_image_prepare(float *pixels, const vt_image *image, const vt_image_recipe *recipe, vt_error *err)
{
    axis across = {0}, down = {0};
    workspace w = {0};
    int status = check(recipe, err);
    if (status != VT_OK) {
        return status;
    }
    place(&across, image->width, image->height, recipe);
    place(&down, image->height, image->width, recipe);
    status = axis_init(&across, err);
    if (status == VT_OK) {
        status = axis_init(&down, err);
    }
    if (status == VT_OK) {
        status = workspace_init(&w, image->width, &across, &down, err);
    }
    if (status == VT_OK) {
        if (recipe->fit == VT_IMAGE_LETTERBOX) {
            fill_white(pixels, recipe);
        }
        resize(pixels, &w, image, &across, &down, recipe);
    }
    workspace_done(&w);
    axis_done(&across);
    axis_done(&down);
    return status;
}
