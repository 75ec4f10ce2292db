/* vitrine project: a map of the items in two or three dimensions, from their vectors. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "common.h"
#include "vitrine/report.h"

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

static const char *by_name(const vt_projection *p)
{
    return p->by == VT_ENCODER_IMAGE ? "image" : "text";
}

static int print_json(vt_cli *cli, const vt_projection *p, const char *out, const char *svg, double seconds,
                      vt_error *err)
{
    bool pca = p->method == VT_PROJECTION_PCA;
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "by", vt_str_of(by_name(p)));
    vt_json_text(&w, "encoder", vt_str_of(p->encoder));
    vt_json_text(&w, "method", vt_str_of(pca ? "pca" : "tsne"));
    vt_json_int(&w, "items", p->n);
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
    vt_json_int(&w, "seed", (int64_t)p->seed);
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
    vt_pairs_text(table, "encoder", p->encoder);
    vt_pairs_count(table, "items", p->n);
    if (p->method == VT_PROJECTION_PCA) {
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

static int save(const char *path, const vt_projection *p,
                int (*make)(vt_text *out, const vt_projection *projection, vt_error *err), vt_error *err)
{
    vt_text text = {NULL, 0};
    int status = make(&text, p, err);
    status = status == VT_OK ? vt_output_save(path, &text, err) : status;
    vt_text_free(&text);
    return status;
}

static int write_and_print(vt_cli *cli, const vt_projection *p, const vt_args *args, double began, vt_error *err)
{
    const char *out = vt_args_text(args, "out"), *svg = vt_args_text(args, "svg");
    int status = VT_OK;
    if (out != NULL) {
        status = save(out, p, ends(out, ".json") ? vt_projection_json : vt_projection_csv, err);
    }
    if (status == VT_OK && svg != NULL) {
        vt_display_stage(cli->display, "drawing");
        status = save(svg, p, vt_projection_svg, err);
    }
    vt_display_end(cli->display);
    double seconds = vt_seconds() - began;
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, p, out, svg, seconds, err) : print_text(cli, p, out, svg, seconds, err);
    }
    return status;
}

static int run_project(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_projection *p = NULL;
    vt_projection_options options;
    vt_projection_options_init(&options);
    options.by = vt_args_choice(args, "by") == 1 ? VT_ENCODER_IMAGE : VT_ENCODER_TEXT;
    options.method = vt_args_choice(args, "method") == 1 ? VT_PROJECTION_TSNE : VT_PROJECTION_PCA;
    options.dims = (int)vt_args_int(args, "dims");
    options.perplexity = (double)vt_args_int(args, "perplexity");
    options.seed = vt_cli_seed(args);
    options.threads = cli->threads;
    options.progress = &cli->progress;
    int status = check_files(vt_args_text(args, "out"), vt_args_text(args, "svg"), err);
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    double began = vt_seconds();
    if (status == VT_OK) {
        status = vt_project(&p, shop, &options, err);
    }
    if (status == VT_OK && p->method == VT_PROJECTION_TSNE && p->perplexity < options.perplexity) {
        vt_display_note(cli->display, "with %d items the perplexity is %.4g, not %g", (int)p->n, p->perplexity,
                        options.perplexity);
    }
    if (status == VT_OK) {
        status = write_and_print(cli, p, args, began, err);
    }
    vt_display_end(cli->display);
    vt_projection_free(p);
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
