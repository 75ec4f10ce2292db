/* vitrine model weights: what a model weighs by category, and how far back it looks. */
#include "base/buf.h"
#include "common.h"
#include "heat.h"
#include "vitrine/weights.h"
#include "weight_grid.h"

typedef struct weights {
    vt_weight_grids grids;
    vt_json_writer writer;
    bool json;
    size_t n;
    vt_error *err;
} weights;

static int take(void *context, const vt_weight *weight)
{
    weights *w = context;
    w->n++;
    if (w->json) {
        vt_json_object(&w->writer, NULL);
        vt_json_text(&w->writer, "topic", weight->topic);
        vt_json_text(&w->writer, "place", weight->place);
        vt_json_text(&w->writer, "name", weight->name);
        vt_json_number(&w->writer, "value", weight->value);
        vt_json_int(&w->writer, "n", weight->n);
        vt_json_object_end(&w->writer);
    }
    return vt_weight_grids_add(&w->grids, weight, w->err);
}

static int draw(vt_cli *cli, const char *path, const weights *w, const char *model, vt_error *err)
{
    vt_buf picture;
    vt_buf_init(&picture, VT_HEAT_BYTES_MAX);
    int status = vt_weight_grids_draw(&picture, &w->grids, model, err);
    status = status == VT_OK ? vt_heat_save(cli, path, &picture, err) : status;
    vt_buf_done(&picture);
    return status;
}

static int read_and_show(weights *w, vt_cli *cli, vt_shop *shop, const char *name, const vt_args *args, vt_error *err)
{
    if (w->json) {
        vt_cli_json_begin(&w->writer, cli);
        vt_json_text(&w->writer, "model", vt_str_of(name));
        vt_json_array(&w->writer, "weights");
    }
    int status = vt_weights_each(shop, name, take, w, err);
    if (status == VT_OK && w->n == 0) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "the shop has no weights of a model %s: \"vitrine train fusion\" writes those of fusion, and "
                       "other kinds weigh nothing by category",
                       name);
    }
    vt_weight_grids_cut(&w->grids);
    if (status == VT_OK && vt_args_given(args, "svg")) {
        status = draw(cli, vt_args_text(args, "svg"), w, name, err);
    }
    if (status == VT_OK && w->json) {
        vt_json_array_end(&w->writer);
        status = vt_cli_json_end(&w->writer, cli, err);
    } else if (status == VT_OK) {
        status = vt_weight_grids_print(cli, &w->grids, err);
    }
    return status;
}

static int run_weights(vt_cli *cli, const vt_args *args, vt_error *err)
{
    const char *name = vt_args_operand(args, 0);
    vt_shop *shop = NULL;
    weights w = {.json = cli->json, .err = err};
    int status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_arena_create(&w.grids.arena, 0, err);
    }
    if (status == VT_OK) {
        status = read_and_show(&w, cli, shop, name == NULL ? "fusion" : name, args, err);
    }
    vt_weight_grids_done(&w.grids);
    vt_arena_free(w.grids.arena);
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
