/* vitrine model weights: what a model weighs by category, and how far back it looks. */
#include <math.h>

#include "answer_print.h"
#include "common.h"
#include "table.h"
#include "vitrine/report.h"

enum { PRINTED_COLUMNS = 12 };

static int print_grid(vt_cli *cli, const vt_weight_grid *g, vt_error *err)
{
    size_t columns = g->n_columns < PRINTED_COLUMNS ? g->n_columns : PRINTED_COLUMNS;
    vt_table *table = NULL;
    int status = vt_table_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, g->topic, VT_LEFT, 0);
    for (size_t c = 0; c < columns; c++) {
        vt_table_column(table, g->column[c], VT_RIGHT, 0);
    }
    for (size_t r = 0; r < g->n_rows; r++) {
        vt_table_text(table, g->row[r].place[0] == '\0' ? "all" : g->row[r].place);
        for (size_t c = 0; c < columns; c++) {
            double value = g->row[r].value[c];
            if (isnan(value)) {
                vt_table_text(table, "-");
            } else if (g->shares) {
                vt_table_printf(table, "%.0f %%", 100.0 * value);
            } else {
                vt_table_printf(table, fabs(value) < VT_WEIGHT_SHOWN_AS_ZERO ? "0" : "%+.2f", value);
            }
        }
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int print_grids(vt_cli *cli, const vt_weight_grids *grids, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < grids->n && status == VT_OK; i++) {
        status = i > 0 ? vt_buf_add_text(&cli->out, "\n", err) : VT_OK;
        status = status == VT_OK ? print_grid(cli, &grids->grid[i], err) : status;
    }
    return status;
}

static int draw(vt_cli *cli, const char *path, const vt_weight_grids *grids, const char *model, vt_error *err)
{
    vt_text picture = {NULL, 0};
    int status = vt_weight_grids_svg(&picture, grids, model, err);
    status = status == VT_OK ? vt_cli_save(cli, path, &picture, "picture", err) : status;
    vt_text_free(&picture);
    return status;
}

static int show(vt_cli *cli, vt_shop *shop, const char *name, const vt_args *args, vt_error *err)
{
    vt_text text = {NULL, 0};
    vt_weight_grids *grids = NULL;
    int status = vt_weight_grids_read(&grids, shop, name, err);
    if (status == VT_OK && grids->n == 0) {
        status = vt_fail(err, VT_ERR_NOT_FOUND,
                         "the shop has no weights of a model %s: \"vitrine train fusion\" writes those of fusion, and "
                         "other kinds weigh nothing by category",
                         name);
    }
    if (status == VT_OK && vt_args_given(args, "svg")) {
        status = draw(cli, vt_args_text(args, "svg"), grids, name, err);
    }
    if (status == VT_OK) {
        status = cli->json ? vt_cli_print_json(cli, &text, vt_weights_json(&text, shop, name, true, err), err)
                           : print_grids(cli, grids, err);
    }
    vt_weight_grids_free(grids);
    return status;
}

static int run_weights(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *name = vt_args_operand(args, 0);
    vt_shop *shop = NULL;
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = show(cli, shop, name == NULL ? "fusion" : name, args, err);
    }
    vt_shop_close(shop);
    return status;
}

static const vt_option svg_option[] = {
    {.name = "svg",
     .type = VT_OPTION_TEXT,
     .value = "FILE",
     .words = VT_WORDS_FILES,
     .help = "the same as a picture, with up to 40 categories"},
    {.name = NULL},
};

const vt_command vt_command_model_weights = {
    .name = "model weights",
    .summary = "show what a model weighs by category",
    .details = "How much of an item's vector is its words, its looks, its attributes, its identity and its sales, by "
               "category; what the season adds to each category in each month; and how far back attention goes. The "
               "rows were written when the model was trained. docs/formats/weights.md says what each number means.",
    .operands =
        (const vt_operand[]){
            {.name = "MODEL", .optional = true, .help = "a model of the shop (default: fusion)"},
            {.name = NULL},
        },
    .options = (const vt_option *const[]){svg_option, NULL},
    .examples = "vitrine --shop s model weights fusion --svg weights.svg\n"
                "vitrine --shop s model weights --json",
    .run = run_weights,
};
