/* The files of a projection: CSV, JSON and the picture. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/csv.h"
#include "base/file.h"
#include "encode/scatter.h"
#include "encode/thumbnail.h"
#include "project.h"

#define OUTPUT_BYTES_MAX ((size_t)1 << 30)
#define PHOTO_BYTES_MAX ((size_t)64 << 20)

static const char *const axes[] = {"x", "y", "z"};

static int add_csv(vt_buf *out, const vt_projection *p, vt_error *err)
{
    int status = vt_buf_add_text(out, p->dims == 3 ? "item,x,y,z,category\n" : "item,x,y,category\n", err);
    for (int32_t i = 0; status == VT_OK && i < p->vectors->n; i++) {
        status = vt_csv_write_field(out, vt_ids_get(&p->vectors->ids, i), true, err);
        for (size_t m = 0; status == VT_OK && m < p->dims; m++) {
            status = vt_buf_printf(out, err, ",%.7g", (double)p->at[(size_t)i * p->dims + m]);
        }
        if (status == VT_OK) {
            status = vt_csv_write_field(out, p->items->category[i], false, err);
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
    vt_json_text(&w, "by", vt_str_of(p->by));
    vt_json_text(&w, "encoder", vt_str_of(p->vectors->encoder));
    vt_json_text(&w, "method", vt_str_of(p->method));
    vt_json_int(&w, "seed", p->seed);
    vt_json_array(&w, "points");
    for (int32_t i = 0; i < p->vectors->n; i++) {
        vt_json_object(&w, NULL);
        vt_json_text(&w, "item", vt_ids_get(&p->vectors->ids, i));
        for (size_t m = 0; m < p->dims; m++) {
            vt_json_number(&w, axes[m], (double)p->at[(size_t)i * p->dims + m]);
        }
        vt_json_text(&w, "category", p->items->category[i]);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    vt_json_object_end(&w);
    int status = vt_json_writer_done(&w, err);
    return status == VT_OK ? vt_buf_add(out, "\n", 1, err) : status;
}

int vt_projection_save(const vt_projection *p, const char *path, vt_error *err)
{
    vt_buf out;
    size_t len = strlen(path);
    bool json = len > 5 && strcmp(path + len - 5, ".json") == 0;
    vt_buf_init(&out, OUTPUT_BYTES_MAX);
    int status = (json ? add_json : add_csv)(&out, p, err);
    status = status == VT_OK ? vt_output_save(path, &out, err) : status;
    vt_buf_done(&out);
    return status;
}

/* The thumbnail of a point; one whose photo is gone or damaged has none. */
static int on_photo(void *context, size_t point, vt_buf *jpeg, vt_error *err)
{
    const vt_projection *p = context;
    vt_str path = p->items->photo[point];
    char *bytes = NULL;
    size_t size = 0;
    vt_error why = VT_ERROR_INIT;
    if (path.ptr == NULL) {
        return VT_OK;
    }
    int status = vt_file_read(&bytes, &size, path.ptr, PHOTO_BYTES_MAX, &why);
    if (status == VT_OK) {
        status = vt_thumbnail_add(jpeg, (const unsigned char *)bytes, size, 2 * VT_SCATTER_PHOTO_SIDE, &why);
        vt_free(bytes);
    }
    return status == VT_ERR_NO_MEMORY ? vt_fail(err, why.code, "%s", why.message) : VT_OK;
}

int vt_projection_draw(const vt_projection *p, const char *path, vt_error *err)
{
    size_t n = (size_t)p->vectors->n;
    bool pca = strcmp(p->method, "pca") == 0, photos = strcmp(p->by, "image") == 0;
    char title[160], note[200], x_axis[64], y_axis[64], count[32];
    vt_buf out;
    vt_scatter_point *points = vt_alloc(n, sizeof *points, err);
    if (points == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        points[i] = (vt_scatter_point){p->at[i * p->dims], p->at[i * p->dims + 1], p->items->group[i],
                                       vt_ids_get(&p->vectors->ids, (int32_t)i), p->items->title[i]};
    }
    vt_format_count(count, p->vectors->n);
    snprintf(title, sizeof title, "%s items by %s, %s", count, p->by, pca ? "principal components" : "t-SNE");
    if (pca) {
        snprintf(note, sizeof note, "encoder %.60s; near in the map is near in these two directions only",
                 p->vectors->encoder);
    } else {
        snprintf(note, sizeof note,
                 "encoder %.60s, perplexity %.4g; neighbours tell, distances between far groups do not",
                 p->vectors->encoder, p->perplexity);
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
                          .groups = p->items->groups,
                          .n_groups = p->items->n_groups,
                          .photo = photos ? on_photo : NULL,
                          .photo_context = (void *)(uintptr_t)p};
    vt_buf_init(&out, OUTPUT_BYTES_MAX);
    int status = vt_scatter_draw(&out, &scatter, err);
    status = status == VT_OK ? vt_output_save(path, &out, err) : status;
    vt_buf_done(&out);
    vt_free(points);
    return status;
}
