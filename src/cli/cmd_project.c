/* vitrine project: a map of the items in two or three dimensions, from their vectors. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "common.h"
#include "encode/pca.h"
#include "encode/tsne.h"
#include "project.h"

static bool ends(const char *path, const char *suffix)
{
    size_t len = strlen(path), tail = strlen(suffix);
    return len > tail && strcmp(path + len - tail, suffix) == 0;
}

static int check_files(const char *out, const char *svg, vt_error *err)
{
    if (out == NULL && svg == NULL) {
        return vt_fail(err, VT_ERR_USAGE,
                       "project needs a file to write: --out FILE.csv, --out FILE.json or --svg FILE");
    }
    if (out != NULL && !ends(out, ".csv") && !ends(out, ".json")) {
        return vt_fail(err, VT_ERR_USAGE, "--out is \"%s\"; a name that ends in .csv or .json is expected", out);
    }
    return VT_OK;
}

static int compute_pca(vt_projection *p, const vt_cli *cli, vt_error *err)
{
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    options.k = p->dims;
    options.seed = (uint64_t)p->seed;
    options.threads = cli->threads;
    vt_display_stage(cli->display, "finding principal components");
    int status = vt_pca_fit(&pca, p->vectors->data, (size_t)p->vectors->n, p->vectors->d, &options, err);
    if (status == VT_OK) {
        memcpy(p->at, pca->coordinates, pca->n * pca->k * sizeof *p->at);
        for (size_t k = 0; k < p->dims; k++) {
            p->explained[k] = vt_pca_explained(pca, k);
        }
    }
    vt_pca_free(pca);
    return status;
}

static int compute_tsne(vt_projection *p, const vt_cli *cli, double perplexity, vt_error *err)
{
    vt_tsne_result result = {0};
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    options.dims = (int)p->dims;
    options.perplexity = perplexity;
    options.seed = (uint64_t)p->seed;
    options.threads = cli->threads;
    options.progress = &cli->progress;
    vt_display_stage(cli->display, "finding neighbours");
    int status = vt_tsne_map(p->at, &result, p->vectors->data, (size_t)p->vectors->n, p->vectors->d, &options, err);
    p->perplexity = result.perplexity;
    p->divergence = result.kl;
    if (status == VT_OK && result.perplexity < perplexity) {
        vt_display_note(cli->display, "with %d items the perplexity is %.4g, not %g", (int)p->vectors->n,
                        result.perplexity, perplexity);
    }
    return status;
}

static int print_json(vt_cli *cli, const vt_projection *p, const char *out, const char *svg, double seconds,
                      vt_error *err)
{
    bool pca = strcmp(p->method, "pca") == 0;
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "by", vt_str_of(p->by));
    vt_json_text(&w, "encoder", vt_str_of(p->vectors->encoder));
    vt_json_text(&w, "method", vt_str_of(p->method));
    vt_json_int(&w, "items", p->vectors->n);
    vt_json_int(&w, "dimensions", (int64_t)p->dims);
    vt_json_array(&w, "explained");
    for (size_t k = 0; pca && k < p->dims; k++) {
        vt_json_number(&w, NULL, p->explained[k]);
    }
    vt_json_array_end(&w);
    if (!pca) {
        vt_json_number(&w, "perplexity", p->perplexity);
        vt_json_number(&w, "divergence", p->divergence);
    }
    vt_json_int(&w, "seed", p->seed);
    vt_json_text(&w, "out", vt_str_of(out));
    vt_json_text(&w, "svg", vt_str_of(svg));
    vt_json_number(&w, "seconds", seconds);
    return vt_cli_json_end(&w, cli, err);
}

static int print_text(vt_cli *cli, const vt_projection *p, const char *out, const char *svg, double seconds,
                      vt_error *err)
{
    char text[96], time[32];
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_pairs_text(table, "encoder", p->vectors->encoder);
    vt_pairs_count(table, "items", p->vectors->n);
    if (strcmp(p->method, "pca") == 0) {
        int len = snprintf(text, sizeof text, "%.1f %%, %.1f %%", 100 * p->explained[0], 100 * p->explained[1]);
        if (p->dims == 3) {
            snprintf(text + len, sizeof text - (size_t)len, ", %.1f %%", 100 * p->explained[2]);
        }
        vt_pairs_text(table, "variance explained", text);
    } else {
        snprintf(text, sizeof text, "%.4g", p->perplexity);
        vt_pairs_text(table, "perplexity", text);
        snprintf(text, sizeof text, "%.3f", p->divergence);
        vt_pairs_text(table, "divergence", text);
    }
    vt_format_duration(time, seconds);
    vt_pairs_text(table, "time", time);
    if (out != NULL) {
        vt_pairs_text(table, "points", out);
    }
    if (svg != NULL) {
        vt_pairs_text(table, "picture", svg);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

/* Places, then files; what was read of the shop is the caller's to free. */
static int project(vt_projection *p, vt_cli *cli, const vt_args *args, vt_error *err)
{
    size_t n = (size_t)p->vectors->n;
    const char *out = vt_args_text(args, "out"), *svg = vt_args_text(args, "svg");
    double began = vt_seconds();
    if (n < VT_TSNE_LEAST || p->vectors->d < p->dims) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "a map needs %d items with vectors, and the shop has %zu",
                       VT_TSNE_LEAST, n);
    }
    p->at = vt_alloc(n, p->dims * sizeof *p->at, err);
    if (p->at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = strcmp(p->method, "pca") == 0 ? compute_pca(p, cli, err)
                                               : compute_tsne(p, cli, (double)vt_args_int(args, "perplexity"), err);
    if (status == VT_OK && out != NULL) {
        status = vt_projection_save(p, out, err);
    }
    if (status == VT_OK && svg != NULL) {
        vt_display_stage(cli->display, "drawing");
        status = vt_projection_draw(p, svg, err);
    }
    vt_display_end(cli->display);
    double seconds = vt_seconds() - began;
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, p, out, svg, seconds, err) : print_text(cli, p, out, svg, seconds, err);
    }
    vt_free(p->at);
    return status;
}

static int run_project(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_item_vectors *vectors = NULL;
    vt_project_items items = {0};
    bool image = vt_args_choice(args, "by") == 1;
    int status = check_files(vt_args_text(args, "out"), vt_args_text(args, "svg"), err);
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        vt_display_stage(cli->display, "reading vectors");
        status = vt_item_vectors_open(&vectors, cli->shop, image ? VT_ENCODER_IMAGE : VT_ENCODER_TEXT, err);
    }
    if (status == VT_OK) {
        status = vt_project_items_read(&items, shop, vectors, err);
    }
    if (status == VT_OK) {
        vt_projection p = {.vectors = vectors,
                           .items = &items,
                           .by = vt_args_text(args, "by"),
                           .method = vt_args_text(args, "method"),
                           .dims = (size_t)vt_args_int(args, "dims"),
                           .seed = vt_args_int(args, "seed")};
        status = project(&p, cli, args, err);
    }
    vt_display_end(cli->display);
    vt_project_items_done(&items);
    vt_item_vectors_free(vectors);
    vt_shop_close(shop);
    return status;
}

static const vt_option project_options[] = {
    {.name = "by",
     .type = VT_OPTION_CHOICE,
     .value = "WHAT",
     .fallback = "text",
     .choices = "text|image",
     .help = "which vectors of the items"},
    {.name = "method",
     .type = VT_OPTION_CHOICE,
     .value = "METHOD",
     .fallback = "pca",
     .choices = "pca|tsne",
     .help = "principal components, or t-SNE, which shows neighbours"},
    {.name = "out",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "write item, x, y (z) and category to FILE.csv or FILE.json"},
    {.name = "svg",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "draw the items, coloured by category, with thumbnails where the vectors are of photos"},
    {.name = "dims", .type = VT_OPTION_INT, .value = "N", .fallback = "2", .min = 2, .max = 3, .help = "dimensions"},
    {.name = "perplexity",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "30",
     .min = 2,
     .max = 1000,
     .help = "tsne: how many neighbours a point cares for"},
    {.name = NULL},
};

const vt_command vt_command_project = {
    .name = "project",
    .summary = "draw the items as a map, near where texts or photos are alike",
    .details = "Needs the vectors that \"vitrine encode\" makes. Up to 2,000 items t-SNE is exact; above it takes far "
               "items together (Barnes-Hut).",
    .options = (const vt_option *const[]){project_options, vt_options_seed, NULL},
    .examples = "vitrine --shop s project --by text --method pca --out text.csv --svg text.svg\n"
                "vitrine --shop s project --by image --method tsne --svg photos.svg",
    .run = run_project,
};
