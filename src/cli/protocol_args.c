/* One table of options for every command that evaluates. */
#include "protocol_args.h"

#include "base/limits.h"
#include "base/number.h"

int vt_cli_protocol(vt_protocol *p, vt_split_spec *spec, vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_protocol_init(p);
    p->test_items = vt_args_choice(args, "test-items") == 0 ? VT_TEST_ITEMS_ALL : VT_TEST_ITEMS_SEEN;
    p->seen = vt_args_choice(args, "seen") == 0 ? VT_SEEN_EXCLUDE : VT_SEEN_KEEP;
    p->users = vt_args_choice(args, "users") == 0 ? VT_USERS_SERVED : VT_USERS_STORED;
    p->fallback = !vt_args_given(args, "no-fallback");
    p->seed = vt_cli_seed(args);
    p->n_cutoffs = vt_args_ints(args, "at", p->cutoff, VT_CUTOFFS_MAX);
    p->resamples = (int32_t)vt_args_int(args, "resamples");
    p->threads = cli->threads;
    p->progress = &cli->progress;
    const char *negatives = vt_args_text(args, "negatives");
    int64_t number = 0;
    if (negatives != NULL && vt_parse_int(&number, vt_str_of(negatives))) {
        if (number < 1 || number > 1000000) {
            return vt_fail(err, VT_ERR_USAGE,
                           "--negatives is %s; a number of items from 1 to 1000000, or a file, is expected", negatives);
        }
        p->negatives = (int32_t)number;
    } else {
        p->negatives_file = negatives;
    }
    int status = vt_split_parse(spec, vt_args_text(args, "split"), err);
    if (status == VT_OK) {
        vt_protocol_suit(p, spec);
        p->state = vt_args_given(args, "state") ? (vt_state_mode)vt_args_choice(args, "state") : p->state;
        p->candidates =
            vt_args_given(args, "candidates") ? (vt_candidates)vt_args_choice(args, "candidates") : p->candidates;
    }
    if (status == VT_OK && spec->kind == VT_SPLIT_NONE) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the split \"none\" leaves nothing to evaluate; choose one such as leave-one-out");
    }
    if (status == VT_OK) {
        status = vt_positive_check(vt_args_text(args, "positive"), err);
    }
    return status == VT_OK ? vt_protocol_check(p, err) : status;
}

const vt_option vt_options_protocol[] = {
    {.name = "split",
     .type = VT_OPTION_TEXT,
     .value = "SPEC",
     .fallback = "leave-one-out",
     .words = VT_WORDS_SPLITS,
     .help =
         "which events are held out: leave-one-out, leave-last-out, time:0.8,0.1,0.1, ratio:0.75, ratio-global:0.75, "
         "kfold:5, cold-items:0.1, cold-users:0.1, given, rolling:5"},
    {.name = "at",
     .type = VT_OPTION_INTS,
     .value = "K,...",
     .fallback = "10",
     .min = 1,
     .max = VT_RESULTS_MAX,
     .help = "lengths of the lists that are evaluated, such as 5,10,20"},
    {.name = "state",
     .type = VT_OPTION_CHOICE,
     .value = "MODE",
     .fallback = "frozen",
     .choices = "frozen|live|visits",
     .help = "histories stop at the split, move on with every event before the held-out one (rolling: live), or with "
             "every visit before its own"},
    {.name = "candidates",
     .type = VT_OPTION_CHOICE,
     .value = "SET",
     .fallback = "catalogue",
     .choices = "catalogue|train|alive|cold",
     .help = "items that are ranked: all, those sold in the training part, those on sale or sold by the moment of the "
             "list (rolling: alive), or only those never sold in the training part"},
    {.name = "test-items",
     .type = VT_OPTION_CHOICE,
     .value = "SET",
     .fallback = "all",
     .choices = "all|seen",
     .help = "evaluate all test events, or only those whose item is in the training part"},
    {.name = "seen",
     .type = VT_OPTION_CHOICE,
     .value = "RULE",
     .fallback = "exclude",
     .choices = "exclude|keep",
     .help = "leave out of the lists what the user has had, or keep it"},
    {.name = "users",
     .type = VT_OPTION_CHOICE,
     .value = "HOW",
     .fallback = "served",
     .choices = "served|stored",
     .help = "represent users by their histories, as requests are answered, or by the vectors that were fitted, as "
             "papers do"},
    {.name = "no-fallback",
     .type = VT_OPTION_FLAG,
     .help = "let lists end where a model has no more scores, in place of going on with what sold most"},
    {.name = "negatives",
     .type = VT_OPTION_TEXT,
     .value = "FILE|N",
     .words = VT_WORDS_FILES,
     .help = "rank only the held-out items and N sampled ones, or those of a file of lines \"user item item ...\" "
             "(default: rank all candidates)"},
    {.name = "resamples",
     .type = VT_OPTION_INT,
     .value = "N",
     .fallback = "1000",
     .max = 100000,
     .help = "bootstrap resamples for 95 % intervals, 0 for none"},
    {.name = NULL},
};
