/* Places are told to a thousandth of the map's width: more than a screen shows, and shorter to send. */
#include "report/item_map.h"

#include <math.h>

#include "base/json.h"
#include "base/text.h"

enum {
    POINTS_MAX = 2000, /* that a page draws */
    TSNE_ITEMS = 5000, /* above, neighbours would take minutes */
    STEPS = 1000
};

static int project(vt_projection **out, vt_shop *shop, vt_encoder_kind by, int threads, vt_error *err)
{
    vt_projection_options options;
    vt_projection_options_init(&options);
    options.by = by;
    options.threads = threads;
    int status = vt_project(out, shop, &options, err);
    if (status == VT_OK && (*out)->n <= TSNE_ITEMS) {
        vt_projection *neighbours = NULL;
        options.method = VT_PROJECTION_TSNE;
        status = vt_project(&neighbours, shop, &options, err);
        vt_projection_free(*out);
        *out = neighbours;
    }
    return status;
}

/* Places to a whole: a power of ten of which a thousand or more lie between the middle of the map and its edge. */
static double scale_of(const vt_projection *p)
{
    double most = 0;
    for (size_t i = 0; i < (size_t)p->n * p->dims; i++) {
        most = fmax(most, fabs((double)p->at[i]));
    }
    return most > 0 ? pow(10, fmax(0, ceil(log10(STEPS / most)))) : 1;
}

static int write_map(vt_text *out, const vt_projection *p, vt_error *err)
{
    vt_json_writer w;
    vt_buf text;
    size_t n = (size_t)p->n, points = n < POINTS_MAX ? n : POINTS_MAX;
    double scale = scale_of(p);
    vt_buf_init(&text, VT_ITEM_MAP_BYTES_MAX);
    vt_json_writer_init(&w, &text, false);
    vt_json_object(&w, NULL);
    vt_json_text(&w, "by", vt_str_of(p->by == VT_ENCODER_IMAGE ? "image" : "text"));
    vt_json_text(&w, "method", vt_str_of(p->method == VT_PROJECTION_TSNE ? "tsne" : "pca"));
    vt_json_text(&w, "encoder", vt_str_of(p->encoder));
    vt_json_int(&w, "items", p->n);
    vt_json_array(&w, "points");
    for (size_t k = 0; k < points; k++) {
        size_t i = k * n / points;
        vt_json_object(&w, NULL);
        vt_json_text(&w, "item", vt_ids_get(&p->ids, (int32_t)i));
        vt_json_text(&w, "title", p->title[i]);
        vt_json_text(&w, "category", p->group[i] < 0 ? vt_str_of("") : p->groups[p->group[i]]);
        vt_json_number(&w, "x", round((double)p->at[i * p->dims] * scale) / scale);
        vt_json_number(&w, "y", round((double)p->at[i * p->dims + 1] * scale) / scale);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    vt_json_object_end(&w);
    return vt_text_finish(out, &text, vt_json_writer_done(&w, err), err);
}

int vt_item_map_json(vt_text *out, vt_shop *shop, vt_encoder_kind by, int threads, vt_error *err)
{
    vt_projection *p = NULL;
    int status = project(&p, shop, by, threads, err);
    status = status == VT_OK ? write_map(out, p, err) : status;
    vt_projection_free(p);
    return status;
}
