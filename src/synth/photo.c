/*
 * Product photos: the forms of the sub-category, painted in the product's colours and pattern on white with a soft
 * shadow, slightly turned and scaled so that no two are alike. Edges are smoothed by distance; JPEG by libjpeg-turbo,
 * PNG by libpng.
 */
#include <math.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <turbojpeg.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/rng.h"
#include "synth/shapes.h"
#include "synth/world.h"

enum { SIDE = 256, BLOCK = 8, JPEG_QUALITY = 88 };

typedef struct view {
    float cosine, sine, scale, aspect, shift_x, shift_y;
    float frequency; /* of the pattern */
    bool mirrored;
} view;

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* hypotf() guards against overflow, which nothing here comes near, and takes three times as long. */
static float length(float x, float y)
{
    return sqrtf(x * x + y * y);
}

/* Signed distance from a point to the edge of a form, negative inside. */
static float distance_to(const synth_form *f, float x, float y)
{
    switch (f->kind) {
    case SYNTH_BOX: {
        float dx = fabsf(x - f->x) - f->a + f->c;
        float dy = fabsf(y - f->y) - f->b + f->c;
        return length(larger(dx, 0), larger(dy, 0)) + smaller(larger(dx, dy), 0) - f->c;
    }
    case SYNTH_ELLIPSE: {
        float r = length((x - f->x) / f->a, (y - f->y) / f->b);
        return (r - 1) * smaller(f->a, f->b);
    }
    case SYNTH_LINE: {
        float dx = f->a - f->x;
        float dy = f->b - f->y;
        float t = ((x - f->x) * dx + (y - f->y) * dy) / (dx * dx + dy * dy);
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        return length(x - f->x - t * dx, y - f->y - t * dy) - f->c;
    }
    default: { /* SYNTH_RING */
        float d = fabsf(length(x - f->x, y - f->y) - f->a) - f->c;
        return f->b > 0 ? larger(d, y - f->y) : d;
    }
    }
}

/* 0 where the first colour shows, 1 where the second does. */
static float pattern_at(int pattern, float frequency, float x, float y)
{
    switch (pattern) {
    case 1:
        return sinf(frequency * 14 * x) > 0.25F;
    case 2: {
        float u = x * frequency * 2.6F;
        float v = y * frequency * 2.6F;
        u -= roundf(u);
        v -= roundf(v);
        return u * u + v * v < 0.075F;
    }
    case 3:
        return 0.5F * (float)(sinf(frequency * 11 * x) > 0) + 0.5F * (float)(sinf(frequency * 11 * y) > 0);
    case 4:
        return sinf(frequency * 13 * y + 1.6F * sinf(frequency * 7 * x)) > 0.3F;
    case 5:
        return y > 0.12F;
    default:
        return 0;
    }
}

static void paint_of(float rgb[3], const synth_form *f, const synth_item *item, const view *v, float x, float y,
                     float distance)
{
    static const uint8_t plain[][3] = {{250, 250, 250}, {32, 32, 36}, {176, 180, 186}, {168, 120, 74}};
    if (f->paint == SYNTH_CUT) {
        rgb[0] = rgb[1] = rgb[2] = 255;
        return;
    }
    const uint8_t *first = synth_colours[item->colour].rgb;
    const uint8_t *second = synth_colours[item->second_colour].rgb;
    for (int c = 0; c < 3; c++) {
        float value = (float)first[c];
        if (f->paint == SYNTH_MAIN) {
            float p = pattern_at(item->pattern, v->frequency, x, y);
            value = (1 - p) * value + p * (float)second[c];
        } else if (f->paint == SYNTH_SECOND) {
            value = (float)second[c];
        } else if (f->paint == SYNTH_DARK) {
            value *= 0.62F;
        } else if (f->paint == SYNTH_LIGHT) {
            value = 0.45F * value + 140;
        } else {
            value = (float)plain[f->paint - SYNTH_WHITE][c];
        }
        /* Light comes from above left; edges are darker, so that white stands out from white. */
        float edge = distance > -0.025F ? 0.78F : 1;
        rgb[c] = value * edge * (1.06F - 0.13F * y - 0.06F * x);
    }
}

static void blend(uint8_t *pixel, const float rgb[3], float cover)
{
    for (int c = 0; c < 3; c++) {
        float value = (float)pixel[c] * (1 - cover) + rgb[c] * cover;
        pixel[c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5F);
    }
}

static float cover_of(float distance, float scale)
{
    float cover = 0.5F - distance * scale * (SIDE / 2);
    return cover < 0 ? 0 : cover > 1 ? 1 : cover;
}

static void draw(uint8_t *image, const synth_item *item, const view *v)
{
    const synth_form *forms = synth_shapes[item->sub];
    memset(image, 255, (size_t)SIDE * SIDE * 3);
    for (int row = 0; row < SIDE; row++) {
        for (int column = 0; column < SIDE; column++) {
            uint8_t *pixel = image + 3 * (row * SIDE + column);
            float px = ((float)column + 0.5F) / (SIDE / 2) - 1 - v->shift_x;
            float py = ((float)row + 0.5F) / (SIDE / 2) - 1 - v->shift_y;
            float x = (v->cosine * px + v->sine * py) / v->scale / v->aspect;
            float y = (v->cosine * py - v->sine * px) / v->scale;
            x = v->mirrored ? -x : x;
            static const float grey[3] = {150, 150, 154};
            float shade = length(px / 0.75F, (py - 0.86F) / 0.09F);
            if (shade < 1) {
                blend(pixel, grey, 0.35F * (1 - shade));
            }
            for (const synth_form *f = forms; f->kind != SYNTH_END; f++) {
                float distance = distance_to(f, x, y);
                float cover = cover_of(distance, v->scale);
                if (cover > 0) {
                    float rgb[3];
                    paint_of(rgb, f, item, v, x, y, distance);
                    blend(pixel, rgb, cover);
                }
            }
        }
    }
}

static view draw_view(const synth_world *world, int32_t item, int number)
{
    vt_rng rng = vt_rng_at(world->options.seed, "synth-photo", (uint64_t)item, (uint64_t)number);
    double angle = (number == 0 ? 0.07 : 0.3) * (2 * vt_rng_unit(&rng) - 1);
    view v;
    v.cosine = (float)cos(angle);
    v.sine = (float)sin(angle);
    v.scale = (float)((number == 0 ? 0.82 : 0.95) + 0.08 * (2 * vt_rng_unit(&rng) - 1));
    v.aspect = (float)(1 + 0.08 * (2 * vt_rng_unit(&rng) - 1));
    v.shift_x = (float)(0.05 * (2 * vt_rng_unit(&rng) - 1));
    v.shift_y = (float)(0.05 * (2 * vt_rng_unit(&rng) - 1));
    /* The pattern belongs to the product, not to the view. */
    vt_rng own = vt_rng_at(world->options.seed, "synth-pattern", (uint64_t)item, 0);
    v.frequency = (float)(0.8 + 0.9 * vt_rng_unit(&own));
    v.mirrored = number > 0;
    return v;
}

static int write_jpeg(const char *path, const uint8_t *image, vt_error *err)
{
    unsigned char *bytes = NULL;
    unsigned long len = 0;
    tjhandle codec = tjInitCompress();
    if (codec == NULL) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to write %s", path);
    }
    int status = VT_OK;
    if (tjCompress2(codec, image, SIDE, 0, SIDE, TJPF_RGB, &bytes, &len, TJSAMP_444, JPEG_QUALITY, 0) != 0) {
        status = vt_fail(err, VT_ERR_FAILED, "cannot encode %s: %s", path, tjGetErrorStr2(codec));
    } else {
        status = vt_file_put(path, bytes, len, false, err);
    }
    tjFree(bytes);
    tjDestroy(codec);
    return status;
}

static int write_png(const char *path, const uint8_t *image, vt_error *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION, .width = SIDE, .height = SIDE, .format = PNG_FORMAT_RGB};
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(png);
    void *bytes = vt_alloc(len, 1, err);
    if (bytes == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_OK;
    if (png_image_write_to_memory(&png, bytes, &len, 0, image, 0, NULL) == 0) {
        status = vt_fail(err, VT_ERR_FAILED, "cannot encode %s: %s", path, png.message);
    } else {
        status = vt_file_put(path, bytes, len, false, err);
    }
    png_image_free(&png);
    vt_free(bytes);
    return status;
}

typedef struct studio {
    const synth_world *world;
    const char *dir;
} studio;

static int take_photos(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    (void)worker;
    const studio *s = context;
    uint8_t *image = vt_alloc((size_t)SIDE * SIDE * 3, 1, err);
    if (image == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_OK;
    for (size_t i = begin; i < end && status == VT_OK; i++) {
        const synth_item *item = &s->world->items[i];
        for (int number = 0; number < item->n_photos && status == VT_OK; number++) {
            char name[48];
            char path[4096];
            view v = draw_view(s->world, (int32_t)i, number);
            draw(image, item, &v);
            synth_photo_path(name, (int32_t)i, number);
            status = vt_path_join(path, sizeof path, s->dir, name, err);
            if (status == VT_OK) {
                status = strstr(name, ".png") != NULL ? write_png(path, image, err) : write_jpeg(path, image, err);
            }
        }
    }
    vt_free(image);
    return status;
}

static int tell(void *context, size_t done, vt_error *err)
{
    const studio *s = context;
    vt_progress_state state = {"taking photos", "products", (double)done, (double)s->world->n_items, NULL};
    return vt_progress_report(s->world->options.progress, &state, err);
}

int synth_photos(const synth_world *world, const char *dir, int64_t *files, vt_error *err)
{
    studio s = {world, dir};
    char path[4096];
    int64_t count = 0;
    if (world->options.photos == 0) {
        *files = 0;
        return VT_OK;
    }
    int status = vt_path_join(path, sizeof path, dir, "images", err);
    if (status == VT_OK) {
        status = vt_dir_create(path, err);
    }
    if (status == VT_OK) {
        status = vt_parallel_for(world->options.threads, (size_t)world->n_items, BLOCK, take_photos, tell, &s, err);
    }
    for (int32_t i = 0; i < world->n_items; i++) {
        count += world->items[i].n_photos;
    }
    if (status == VT_OK) {
        *files = count;
    }
    return status;
}
