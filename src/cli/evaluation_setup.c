/*
 * Everything that can be known of all models is checked before the first of them is fitted: a fit may take long, and
 * nobody wants to lose it to a wrong word for the next one.
 */
#include "evaluation_setup.h"

#include "base/stream.h"
#include "fresh_vectors.h"
#include "protocol_args.h"
#include "rules_args.h"

static bool on_validation(const vt_evaluation_run *run)
{
    return run->protocol.part == VT_PART_VALID;
}

int vt_evaluation_split(vt_split **out, const vt_evaluation_run *run, vt_error *err)
{
    return vt_split_create(out, run->snapshot, &run->spec, run->protocol.seed, 0, on_validation(run), err);
}

vt_fit_options vt_evaluation_fit(const vt_evaluation_run *run, const vt_evaluated *entry)
{
    vt_fit_options options = vt_evaluated_fit(entry);
    options.seed = run->protocol.seed;
    options.threads = run->protocol.threads;
    options.progress = run->protocol.progress;
    options.text = run->vectors.text;
    options.image = run->vectors.image;
    options.links = run->links;
    return options;
}

/* A model file must come from this very training part. */
static int check_model_file(const vt_evaluation_run *run, const vt_evaluated *entry, const vt_split *split,
                            vt_error *err)
{
    vt_error why = VT_ERROR_INIT;
    int status = vt_evaluation_accepts(entry->model, run->snapshot, split, &why);
    if (status == VT_OK) {
        status = vt_model_check_vectors(entry->model, run->vectors.text, run->vectors.image, &why);
    }
    return status == VT_OK ? VT_OK : vt_fail(err, why.code, "%s: %s", entry->name, why.message);
}

static int check_file(const vt_evaluation_run *run, const vt_evaluated *entry, const vt_split *split, vt_error *err)
{
    if (vt_split_folds(&run->spec) > 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the split fits a model for every fold, so the file %s cannot be evaluated by it; %s",
                       entry->name, entry->lists ? "choose a split without folds" : "evaluate its kind");
    }
    if (!entry->lists) {
        return check_model_file(run, entry, split, err);
    }
    vt_stream *stream = NULL;
    int status = vt_stream_open(&stream, entry->name, err);
    vt_stream_close(stream);
    return status;
}

static int check_models(vt_evaluation_run *run, vt_error *err)
{
    vt_split *labels = NULL;
    vt_interactions *train = NULL;
    int status = vt_evaluation_split(&labels, run, err);
    if (status == VT_OK) {
        status = vt_interactions_create(&train, run->snapshot, labels, 1U << VT_PART_TRAIN, err);
    }
    for (size_t i = 0; i < run->models.n && status == VT_OK; i++) {
        vt_evaluated *entry = &run->models.entry[i];
        if (vt_evaluated_is_fitted(entry)) {
            const vt_fit_options options = vt_evaluation_fit(run, entry);
            status = vt_evaluated_settings(entry, run->snapshot, err);
            status = status == VT_OK ? vt_model_check(entry->name, train, &options, err) : status;
        } else {
            status = check_file(run, entry, labels, err);
        }
    }
    vt_interactions_free(train);
    vt_split_free(labels);
    return status;
}

/* Vectors that somebody needs, of what is new since they were made. */
static int refresh_vectors(const vt_evaluation_run *run, vt_cli *cli, vt_error *err)
{
    unsigned read = 0;
    for (size_t i = 0; i < run->models.n; i++) {
        const vt_evaluated *entry = &run->models.entry[i];
        unsigned of_entry = 0;
        int status =
            vt_evaluated_is_fitted(entry) ? vt_model_vectors(&of_entry, entry->kind, entry->shown, err) : VT_OK;
        if (status != VT_OK) {
            return status;
        }
        read |= of_entry;
    }
    return vt_cli_vectors_refresh(cli, run->shop, read, err);
}

/* Lists as the shop shows them, where they are asked for. */
static int open_lister(vt_evaluation_run *run, const vt_args *args, vt_error *err)
{
    vt_rules rules;
    if (!vt_args_given(args, "pipeline")) {
        return VT_OK;
    }
    int status = vt_cli_rules(&rules, run->shop, args, err);
    if (status == VT_OK) {
        run->rules = rules;
        status = vt_shop_lister_open(&run->lister, vt_shop_path(run->shop), &run->rules, run->snapshot, err);
        run->protocol.lister = run->lister;
    }
    return status;
}

/* Settings that are tuned in each fold need folds, and no look at anything else. */
static int check_tuning(vt_evaluation_run *run, const vt_args *args, vt_error *err)
{
    run->trials = (int32_t)vt_args_int(args, "tune");
    if (run->trials == 0) {
        return VT_OK;
    }
    if (vt_split_folds(&run->spec) == 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--tune is for splits of folds (kfold:5, rolling:5), each tuned in its own training part; for "
                       "others \"vitrine tune\" chooses on the validation part");
    }
    if (run->protocol.part == VT_PART_VALID || vt_args_count(args, "lists") + vt_args_count(args, "model-file") > 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--tune fits kinds of models for the test part; leave --on valid, --lists and --model-file out");
    }
    return VT_OK;
}

static int check_pipeline(const vt_args *args, vt_error *err)
{
    bool pipeline = vt_args_given(args, "pipeline");
    if (!pipeline && vt_cli_rules_given(args)) {
        return vt_fail(err, VT_ERR_USAGE, "rules are for lists as the shop shows them; give --pipeline too");
    }
    if (pipeline && vt_args_count(args, "lists") > 0) {
        return vt_fail(err, VT_ERR_USAGE,
                       "--lists are evaluated as they are, without --pipeline; evaluate them on their own");
    }
    return VT_OK;
}

/* What the models are fitted and evaluated on. */
static int open_data(vt_evaluation_run *run, vt_cli *cli, const vt_args *args, vt_error *err)
{
    int status = vt_cli_open_shop(&run->shop, cli, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_cli_snapshot(&run->snapshot, cli, run->shop, args, err);
    }
    if (status == VT_OK) {
        status = refresh_vectors(run, cli, err);
    }
    if (status == VT_OK) {
        status = vt_cli_vectors_open(&run->vectors, cli, err);
        run->protocol.text = run->vectors.text;
        run->protocol.image = run->vectors.image;
    }
    if (status == VT_OK) {
        status = vt_user_links_load(&run->links, run->shop, run->snapshot, err);
    }
    return status == VT_OK ? open_lister(run, args, err) : status;
}

int vt_evaluation_set_up(vt_evaluation_run *run, vt_cli *cli, const vt_args *args, vt_error *err)
{
    int status = check_pipeline(args, err);
    if (status == VT_OK) {
        status = vt_cli_protocol(&run->protocol, &run->spec, cli, args, err);
    }
    run->protocol.part = vt_args_choice(args, "on") == 0 ? VT_PART_TEST : VT_PART_VALID;
    run->protocol.slices = run->wants_slices || vt_args_given(args, "slices");
    run->protocol.cold_curve = vt_args_given(args, "cold-curve");
    if (status == VT_OK) {
        status = check_tuning(run, args, err);
    }
    if (status == VT_OK) {
        status = vt_evaluated_read(&run->models, cli, args, run->has_baseline, err);
    }
    if (status == VT_OK) {
        status = open_data(run, cli, args, err);
    }
    return status == VT_OK ? check_models(run, err) : status;
}
