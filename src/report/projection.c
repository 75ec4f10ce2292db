/* The files of a projection: CSV, JSON and the picture. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "report/scatter.h"
#include "vitrine/report.h"

#define OUTPUT_BYTES_MAX ((size_t)1 << 30)

static const char *const axes[] = {"x", "y", "z"};

static const char *name_of(const vt_projection *p)
{
    return p->by == VT_ENCODER_IMAGE ? "image" : "text";
}

static int add_csv(vt_buf *out, const vt_projection *p, vt_error *err)
{
    int status = vt_buf_add_text(out, p->dims == 3 ? "item,x,y,z,category\n" : "item,x,y,category\n", err);
    for (int32_t i = 0; status == VT_OK && i < p->n; i++) {
        status = vt_csv_write_field(out, vt_ids_get(&p->ids, i), true, err);
        for (size_t m = 0; status == VT_OK && m < p->dims; m++) {
            status = vt_buf_printf(out, err, ",%.7g", (double)p->at[(size_t)i * p->dims + m]);
        }
        if (status == VT_OK) {
            status = vt_csv_write_field(out, p->category[i], false, err);
        }
        status = status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
    }
    return status;
}

static int add_json(vt_buf *out, const vt_projection *p, vt_error *err)
{
    vt_json_writer w;
    vt_json_writer_init(&w, out, false);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "by", vt_str_of(name_of(p)));
    vt_json_text(&w, "encoder", vt_str_of(p->encoder));
    vt_json_text(&w, "method", vt_str_of(p->method == VT_PROJECTION_PCA ? "pca" : "tsne"));
    vt_json_int(&w, "seed", (int64_t)p->seed);
    vt_json_array(&w, "points");
    for (int32_t i = 0; i < p->n; i++) {
        vt_json_object(&w, NULL);
        vt_json_text(&w, "item", vt_ids_get(&p->ids, i));
        for (size_t m = 0; m < p->dims; m++) {
            vt_json_number(&w, axes[m], (double)p->at[(size_t)i * p->dims + m]);
        }
        vt_json_text(&w, "category", p->category[i]);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, err);
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

int vt_projection_csv(vt_text *out, const vt_projection *projection, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, OUTPUT_BYTES_MAX);
    return vt_text_finish(out, &text, add_csv(&text, projection, err), err);
}

int vt_projection_json(vt_text *out, const vt_projection *projection, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, OUTPUT_BYTES_MAX);
    return vt_text_finish(out, &text, add_json(&text, projection, err), err);
}

static int on_photo(void *context, size_t point, vt_buf *jpeg, vt_error *err)
{
    vt_text photo = {NULL, 0};
    int status = vt_projection_photo(&photo, context, point, 2 * VT_SCATTER_PHOTO_SIDE, err);
    status = status == VT_OK ? vt_buf_add(jpeg, photo.data, photo.len, err) : status;
    vt_text_free(&photo);
    return status;
}

int vt_projection_svg(vt_text *out, const vt_projection *p, vt_error *err)
{
    size_t n = (size_t)p->n;
    bool pca = p->method == VT_PROJECTION_PCA, photos = p->by == VT_ENCODER_IMAGE;
    char title[160], note[200], x_axis[64], y_axis[64], count[32];
    vt_buf picture;
    vt_scatter_point *points = vt_alloc(n, sizeof *points, err);
    if (points == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = (vt_scatter_point){p->at[i * p->dims], p->at[i * p->dims + 1], p->group[i],
                                       vt_ids_get(&p->ids, (int32_t)i), p->title[i]};
    }
    vt_format_count(count, p->n);
    snprintf(title, sizeof title, "%s items by %s, %s", count, name_of(p), pca ? "principal components" : "t-SNE");
    if (pca) {
        snprintf(note, sizeof note, "encoder %.60s; near in the map is near in these two directions only", p->encoder);
    } else {
        snprintf(note, sizeof note,
                 "encoder %.60s, perplexity %.4g; neighbours tell, distances between far groups do not", p->encoder,
                 p->perplexity);
    }
    snprintf(x_axis, sizeof x_axis, "component 1: %.1f %% of the variance", 100 * p->explained[0]);
    snprintf(y_axis, sizeof y_axis, "component 2: %.1f %% of the variance", 100 * p->explained[1]);
    vt_scatter scatter = {.title = title,
                          .note = note,
                          .x_axis = pca ? x_axis : NULL,
                          .y_axis = pca ? y_axis : NULL,
                          .groups_name = "category",
                          .points = points,
                          .n = n,
                          .groups = p->groups,
                          .n_groups = p->n_groups,
                          .photo = photos ? on_photo : NULL,
                          .photo_context = (void *)(uintptr_t)p};
    vt_buf_init(&picture, OUTPUT_BYTES_MAX);
    int status = vt_text_finish(out, &picture, vt_scatter_draw(&picture, &scatter, err), err);
    vt_free(points);
    return status;
}
