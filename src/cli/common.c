/* Options and steps that several commands share. */
#include "common.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/suggest.h"

#define MODEL_SUFFIX ".safetensors"

const vt_option vt_options_data[] = {
    {.name = "positive",
     .type = VT_OPTION_TEXT,
     .value = "RULE",
     .fallback = "purchase|like|rating",
     .help =
         "events that count as interactions: kinds of events joined by \"|\", rating also with a comparison such as "
         "rating>=4"},
    {.name = "min-user",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = 1000000,
     .help = "keep users with at least N items"},
    {.name = "min-item",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "0",
     .max = 1000000,
     .help = "keep items with at least N users; both are repeated until nothing more falls out"},
    {.name = NULL},
};

const vt_option vt_options_seed[] = {
    {.name = "seed",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "42",
     .max = 2147483647,
     .help = "seed of everything random: same seed, same result"},
    {.name = NULL},
};

int vt_cli_open_shop(vt_shop **out, vt_cli *cli, vt_shop_mode mode, vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_shop_open(out, cli->shop, mode, &why);
    if (status == VT_OK) {
        return VT_OK;
    }
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no shop in %s; name its folder with --shop DIR, or make one with \"vitrine import\"",
                       cli->shop);
    }
    return vt_fail(err, why.code, "%s", why.message);
}

int vt_cli_snapshot(vt_snapshot **out, vt_cli *cli, vt_shop *shop, const vt_args *args, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.positive = vt_args_text(args, "positive");
    options.min_user = (int32_t)vt_args_int(args, "min-user");
    options.min_item = (int32_t)vt_args_int(args, "min-item");
    options.progress = &cli->progress;
    vt_display_stage(cli->display, "taking a snapshot");
    return vt_snapshot_take(out, shop, &options, err);
}

static int open_vectors(vt_item_vectors **out, const vt_cli *cli, vt_encoder_kind kind, vt_error *err)
{
    int status = vt_item_vectors_open(out, cli->shop, kind, err);
    if (status == VT_ERR_NOT_FOUND) { /* a model that cannot do without says so itself */
        vt_error_reset(err);
        return VT_OK;
    }
    return status;
}

int vt_cli_vectors_open(vt_cli_vectors *out, const vt_cli *cli, vt_error *err)
{
    vt_cli_vectors vectors = {NULL, NULL};
    int status = open_vectors(&vectors.text, cli, VT_ENCODER_TEXT, err);
    if (status == VT_OK) {
        status = open_vectors(&vectors.image, cli, VT_ENCODER_IMAGE, err);
    }
    if (status != VT_OK) {
        vt_cli_vectors_done(&vectors);
        return status;
    }
    *out = vectors;
    return VT_OK;
}

void vt_cli_vectors_done(vt_cli_vectors *vectors)
{
    vt_item_vectors_free(vectors->text);
    vt_item_vectors_free(vectors->image);
    *vectors = (vt_cli_vectors){NULL, NULL};
}

int vt_cli_load_model(vt_model **out, const char *path, const vt_cli *cli, vt_shop *shop, vt_error *err)
{
    vt_cli_vectors vectors = {NULL, NULL};
    vt_model *model = NULL;
    int64_t added = 0;
    int status = vt_model_load(&model, path, err);
    if (status == VT_OK) {
        status = vt_cli_vectors_open(&vectors, cli, err);
    }
    if (status == VT_OK) {
        status = vt_model_check_vectors(model, vectors.text, vectors.image, err);
    }
    if (status == VT_OK && shop != NULL) {
        status = vt_model_follow_shop(&added, model, shop, vectors.text, vectors.image, cli->threads, err);
    }
    if (status == VT_OK && added > 0) {
        vt_display_note(cli->display,
                        "%" PRId64 " item%s came after the fit and take%s part by what the shop says of %s", added,
                        added == 1 ? "" : "s", added == 1 ? "s" : "", added == 1 ? "it" : "them");
    }
    vt_cli_vectors_done(&vectors);
    if (status != VT_OK) {
        vt_model_free(model);
        return status;
    }
    *out = model;
    return VT_OK;
}

uint64_t vt_cli_seed(const vt_args *args)
{
    return (uint64_t)vt_args_int(args, "seed");
}

int vt_cli_model_kind(const vt_model_kind **out, const char *name, vt_error *err)
{
    const vt_model_kind *found = vt_model_kind_find(name);
    if (found != NULL) {
        *out = found;
        return VT_OK;
    }
    vt_suggestion near;
    vt_suggestion_init(&near, name, strlen(name));
    char all[512] = "";
    size_t used = 0;
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        vt_suggestion_offer(&near, kinds[i]->name, strlen(kinds[i]->name));
        int len = snprintf(all + used, sizeof all - used, "%s%s", i == 0 ? "" : ", ", kinds[i]->name);
        used += len > 0 && (size_t)len < sizeof all - used ? (size_t)len : 0;
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "there is no model \"%s\"; did you mean \"%.*s\"? Possible are: %s", name,
                       (int)near.best_len, near.best, all);
    }
    return vt_fail(err, VT_ERR_USAGE, "there is no model \"%s\"; possible are: %s", name, all);
}

int vt_model_path(char *out, size_t size, const char *shop, const char *name, vt_error *err)
{
    int len = snprintf(out, size, "%s/models/%s" MODEL_SUFFIX, shop, name);
    if (len < 0 || (size_t)len >= size) {
        return vt_fail(err, VT_ERR_LIMIT, "the path of the shop is too long");
    }
    return VT_OK;
}

typedef struct model_walk {
    const char *folder;
    int (*each)(void *context, const char *name, const char *path);
    void *context;
    int status;
} model_walk;

static int on_entry(void *context, const char *entry)
{
    model_walk *walk = context;
    size_t len = strlen(entry);
    size_t suffix = strlen(MODEL_SUFFIX);
    if (len <= suffix || strcmp(entry + len - suffix, MODEL_SUFFIX) != 0 || entry[0] == '.') {
        return 0;
    }
    char name[256];
    char path[4096];
    snprintf(name, sizeof name, "%.*s", (int)(len - suffix), entry);
    int written = snprintf(path, sizeof path, "%s/%s", walk->folder, entry);
    if (written < 0 || (size_t)written >= sizeof path) {
        return 0;
    }
    walk->status = walk->each(walk->context, name, path);
    return walk->status;
}

int vt_each_model_file(const char *shop, int (*each)(void *context, const char *name, const char *path), void *context,
                       vt_error *err)
{
    char folder[4000];
    int status = vt_path_join(folder, sizeof folder, shop, "models", err);
    if (status != VT_OK || !vt_dir_exists(folder)) {
        return status;
    }
    model_walk walk = {folder, each, context, VT_OK};
    status = vt_dir_list(folder, on_entry, &walk, err);
    return walk.status != VT_OK ? walk.status : status;
}

typedef struct newest {
    char *path;
    size_t size;
    struct timespec time;
    bool found;
} newest;

static int keep_newest(void *context, const char *name, const char *path)
{
    (void)name;
    newest *best = context;
    struct stat file;
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode)) {
        return VT_OK;
    }
    bool later = file.st_mtim.tv_sec > best->time.tv_sec ||
                 (file.st_mtim.tv_sec == best->time.tv_sec && file.st_mtim.tv_nsec > best->time.tv_nsec);
    int len = (int)strlen(path);
    if ((!best->found || later) && (size_t)len < best->size) {
        memcpy(best->path, path, (size_t)len + 1);
        best->time = file.st_mtim;
        best->found = true;
    }
    return VT_OK;
}

int vt_cli_find_model(char *out, size_t size, const vt_cli *cli, const char *name, vt_error *err)
{
    if (name == NULL) {
        newest best = {.path = out, .size = size};
        int status = vt_each_model_file(cli->shop, keep_newest, &best, err);
        if (status == VT_OK && !best.found) {
            return vt_fail(err, VT_ERR_NOT_FOUND,
                           "the shop %s has no model yet; run \"vitrine --shop %s train itemknn\" first", cli->shop,
                           cli->shop);
        }
        return status;
    }
    if (strchr(name, '/') == NULL) {
        int status = vt_model_path(out, size, cli->shop, name, err);
        if (status != VT_OK || vt_file_exists(out)) {
            return status;
        }
    }
    int len = snprintf(out, size, "%s", name);
    if (len < 0 || (size_t)len >= size || !vt_file_exists(name)) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "there is no model %s in the shop %s and no file of that name; \"vitrine model list\" lists the "
                       "models",
                       name, cli->shop);
    }
    return VT_OK;
}

void vt_model_name(char *out, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    size_t len = strlen(name);
    size_t suffix = strlen(MODEL_SUFFIX);
    if (len > suffix && strcmp(name + len - suffix, MODEL_SUFFIX) == 0) {
        len -= suffix;
    }
    snprintf(out, size, "%.*s", (int)len, name);
}

/* "0.001 to 10", "cosine, bm25, ..." of a parameter. */
static int add_param_range(vt_buf *out, const vt_param_spec *param, vt_error *err)
{
    const char *choice = NULL;
    size_t len = 0;
    int status = VT_OK;
    if (param->type == VT_PARAM_TEXT) {
        return param->choices[0] == '\0' ? VT_OK : vt_buf_printf(out, err, " (default %s)", param->choices);
    }
    if (param->type != VT_PARAM_CHOICE) {
        return vt_buf_printf(out, err, " (%g to %g%s%s; default %g)", param->min, param->max,
                             param->unit[0] == '\0' ? "" : " ", param->unit, param->fallback);
    }
    status = vt_buf_add_text(out, ": ", err);
    for (size_t i = 0; status == VT_OK && vt_choice_at(param->choices, i, &choice, &len); i++) {
        status = vt_buf_printf(out, err, "%s%.*s", i == 0 ? "" : ", ", (int)len, choice);
    }
    if (status == VT_OK && vt_choice_at(param->choices, (size_t)param->fallback, &choice, &len)) {
        status = vt_buf_printf(out, err, " (default %.*s)", (int)len, choice);
    }
    return status;
}

static int help_model(vt_buf *out, const vt_model_kind *kind, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, 65536);
    int status = vt_buf_printf(out, err, "\n%s - %s\n", kind->name, kind->summary);
    if (status == VT_OK && kind->source != NULL && kind->source[0] != '\0') {
        status = vt_buf_add_text(out, "  ", err);
        if (status == VT_OK) {
            status = vt_help_wrap(out, kind->source, 2, 2, 79, err);
        }
    }
    for (size_t i = 0; i < kind->n_params && status == VT_OK; i++) {
        vt_buf_clear(&text);
        status = vt_buf_add_text(&text, kind->params[i].help, err);
        if (status == VT_OK) {
            status = add_param_range(&text, &kind->params[i], err);
        }
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "  %-17s ", kind->params[i].name);
        }
        if (status == VT_OK) {
            status = vt_help_wrap(out, text.data, 20, 20, 79, err);
        }
    }
    for (size_t i = 0; i < kind->n_presets && status == VT_OK; i++) {
        vt_buf_clear(&text);
        status = vt_buf_printf(&text, err, "%s: ", kind->presets[i].help);
        for (const char *c = kind->presets[i].settings; *c != '\0' && status == VT_OK; c++) {
            status = vt_buf_add(&text, *c == ',' ? ", " : c, *c == ',' ? 2 : 1, err); /* blanks let lines break */
        }
        if (status == VT_OK) {
            status = vt_buf_printf(out, err, "  preset %-10s ", kind->presets[i].name);
        }
        if (status == VT_OK) {
            status = vt_help_wrap(out, text.data, 20, 20, 79, err);
        }
    }
    vt_buf_done(&text);
    return status;
}

int vt_help_models(vt_buf *out, vt_error *err)
{
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    int status = vt_buf_add_text(out, "\nmodels and their parameters:\n", err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = help_model(out, kinds[i], err);
    }
    return status;
}

void vt_cli_json_begin(vt_json_writer *writer, vt_cli *cli)
{
    vt_json_writer_init(writer, &cli->out, true);
    vt_json_object(writer, NULL);
}

int vt_cli_json_end(vt_json_writer *writer, vt_cli *cli, vt_error *err)
{
    vt_json_object_end(writer);
    int status = vt_json_writer_done(writer, err);
    return status == VT_OK ? vt_buf_add(&cli->out, "\n", 1, err) : status;
}

int vt_pairs_create(vt_table **out, vt_error *err)
{
    int status = vt_table_create(out, err);
    if (status == VT_OK) {
        vt_table_column(*out, "", VT_LEFT, 0);
        vt_table_column(*out, "", VT_LEFT, 0);
    }
    return status;
}

void vt_pairs_text(vt_table *table, const char *name, const char *text)
{
    vt_table_text(table, name);
    vt_table_text(table, text);
}

void vt_pairs_count(vt_table *table, const char *name, int64_t number)
{
    vt_table_text(table, name);
    vt_table_count(table, number);
}
