/*
 * A report is put together in the order in which its parts need each other: what the shop is, the answers of all
 * presets, then the lists of who and what those name most, then the photos of all that is named.
 */
#include "vitrine/dashboard.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/options.h"
#include "base/text.h"
#include "report/bundle.h"
#include "report/dashboard_lists.h"
#include "report/page_meta.h"
#include "report/page_questions.h"
#include "report/single_page.h"
#include "vitrine/insight.h"

void vt_dashboard_options_init_sized(vt_dashboard_options *options, size_t size)
{
    static const vt_dashboard_options defaults = {
        .size = sizeof defaults,
        .now = VT_NONE,
        .customers = 12,
        .products = 40,
        .photos = 200,
        .seed = 42,
    };
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int check_options(const vt_dashboard_options *o, vt_error *err)
{
    int status = vt_options_check(o->size, sizeof *o, "vt_dashboard_options", err);
    if (status != VT_OK) {
        return status;
    }
    if (o->customers < 0 || o->customers > 1000 || o->products < 0 || o->products > 10000 || o->photos < 0 ||
        o->photos > 10000) {
        return vt_fail(err, VT_ERR_USAGE,
                       "a report holds lists of 0 to 1,000 customers, 0 to 10,000 products and as many photos");
    }
    return vt_bundle_find(vt_str_of("report.js")) != NULL
               ? VT_OK
               : vt_fail(err, VT_ERR_UNSUPPORTED,
                         "this program was built without the dashboard: run script/setup and script/build where Node "
                         "20 is");
}

/* ---- what the shop is -------------------------------------------------------------------------------------------- */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

static int write_meta(vt_text *out, vt_live *live, const vt_dashboard_options *o, vt_error *err)
{
    const vt_page_meta meta = {
        .shop = o->name != NULL ? o->name : name_of(vt_live_path(live)),
        .model = o->model != NULL ? o->model : "",
        .scopes = VT_SCOPE_READ | (o->names ? VT_SCOPE_REPORT : VT_SCOPE_VIEW),
        .names = o->names,
        .live = false,
        .now = o->now,
    };
    return vt_page_meta_text(out, live, &meta, err);
}

/* ---- the answers ------------------------------------------------------------------------------------------------- */

/* The questions of the bundle's table, filtered by the categories that the pages offer. */
static int list_presets(vt_page_questions *out, const vt_text *meta, vt_error *err)
{
    const char *categories[VT_PAGE_CATEGORIES];
    vt_json_reader *about = NULL, *table = NULL;
    yyjson_val *root = NULL, *requests = NULL;
    int status = vt_json_reader_create(&about, err);
    status = status != VT_OK ? status : vt_json_reader_create(&table, err);
    status = status != VT_OK ? status : vt_json_read(about, (vt_str){meta->data, meta->len}, &root, err);
    status = status != VT_OK ? status : vt_page_requests_read(&requests, table, err);
    if (status == VT_OK) {
        size_t n = vt_page_meta_categories(categories, root);
        status = vt_page_questions_list(out, requests, categories, n, err);
    }
    vt_json_reader_free(about);
    vt_json_reader_free(table);
    return status;
}

static int add_answers(vt_collected *to, vt_named *named, vt_live *live, const vt_text *meta,
                       const vt_dashboard_options *o, vt_error *err)
{
    vt_page_questions presets = {0};
    vt_insight_options options;
    vt_insight_options_init(&options);
    options.now = o->now;
    options.masked = !o->names;
    options.seed = o->seed;
    options.progress = o->progress;
    int status = list_presets(&presets, meta, err);
    if (status == VT_OK) {
        status = vt_page_questions_ask(to, &presets, live, &options, o->threads, vt_named_table, named, err);
    }
    vt_page_questions_done(&presets);
    return status;
}

/* Customers first, since the goods of their lists are named too. */
static int add_lists(const vt_dashboard_lists *l, vt_buf *photos, vt_dashboard_sizes *sizes, vt_error *err)
{
    const vt_progress_state state = {.stage = "lists, map and photos", .unit = ""};
    int status = vt_progress_report(l->options->progress, &state, err);
    status = status != VT_OK ? status : vt_named_sort(l->named, err);
    status = status != VT_OK ? status : vt_dashboard_add_customers(&sizes->customers, l, err);
    status = status != VT_OK ? status : vt_dashboard_add_products(l, err);
    status = status != VT_OK ? status : vt_dashboard_add_maps(l, err);
    status = status != VT_OK ? status : vt_named_sort(l->named, err);
    return status != VT_OK ? status : vt_dashboard_add_photos(photos, &sizes->photos, l, err);
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

static int pack(vt_buf *out, vt_dashboard_sizes *sizes, const vt_collected *answers, const vt_text *meta, vt_error *err)
{
    vt_buf json;
    vt_buf_init(&json, VT_REPLY_BYTES_MAX);
    int status = vt_collected_write(&json, answers, (vt_str){meta->data, meta->len}, err);
    status = status != VT_OK ? status : vt_pack_base64(out, (vt_str){json.data, json.len}, err);
    sizes->answers = (int64_t)vt_collected_answers(answers);
    sizes->parts = (int64_t)vt_collected_parts(answers);
    sizes->unpacked = (int64_t)json.len;
    sizes->packed = (int64_t)out->len;
    vt_buf_done(&json);
    return status;
}

static int make(vt_buf *out, vt_dashboard_sizes *sizes, vt_dashboard_lists *l, vt_live *live, vt_error *err)
{
    vt_text meta = {NULL, 0};
    vt_buf photos, packed;
    vt_buf_init(&photos, VT_REPLY_BYTES_MAX);
    vt_buf_init(&packed, VT_REPLY_BYTES_MAX);
    int status = write_meta(&meta, live, l->options, err);
    status = status != VT_OK ? status : add_answers(l->to, l->named, live, &meta, l->options, err);
    status = status != VT_OK ? status : add_lists(l, &photos, sizes, err);
    status = status != VT_OK ? status : pack(&packed, sizes, l->to, &meta, err);
    if (status == VT_OK) {
        status = vt_single_page(out, (vt_str){packed.data, packed.len}, (vt_str){photos.data, photos.len}, err);
    }
    sizes->pictures = (int64_t)photos.len;
    sizes->script = (int64_t)vt_bundle_find(vt_str_of("report.js"))->gzip_bytes * 4 / 3;
    vt_text_free(&meta);
    vt_buf_done(&photos);
    vt_buf_done(&packed);
    return status;
}

int vt_dashboard_html(vt_text *out, vt_dashboard_sizes *sizes, vt_live *live, vt_recommender *recommender,
                      const vt_dashboard_options *options, vt_error *err)
{
    vt_dashboard_sizes found = {0};
    vt_named named = {0};
    vt_dashboard_lists lists = {.named = &named, .recommender = recommender, .now = options->now, .options = options};
    vt_buf page;
    int status = check_options(options, err);
    if (status != VT_OK) {
        return status;
    }
    vt_buf_init(&page, VT_REPLY_BYTES_MAX);
    vt_view *view = vt_live_view(live);
    status = vt_named_init(&named, view, !options->names, err);
    status = status != VT_OK ? status : vt_collected_create(&lists.to, err);
    status = status != VT_OK ? status : vt_shop_open(&lists.shop, vt_live_path(live), VT_SHOP_READ, err);
    status = status != VT_OK ? status : make(&page, &found, &lists, live, err);
    vt_shop_close(lists.shop);
    vt_collected_free(lists.to);
    vt_named_done(&named);
    vt_view_release(view);
    status = vt_text_finish(out, &page, status, err);
    if (status == VT_OK && sizes != NULL) {
        *sizes = found;
    }
    return status;
}
