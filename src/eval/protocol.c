/* The protocol of an evaluation: its defaults, its checks and its name. */
#include "eval/protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/options.h"

#define RESAMPLES_MAX 100000

void vt_protocol_init_sized(vt_protocol *protocol, size_t size)
{
    const vt_protocol defaults = {
        .state = VT_STATE_FROZEN,
        .candidates = VT_CANDIDATES_CATALOGUE,
        .test_items = VT_TEST_ITEMS_ALL,
        .seen = VT_SEEN_EXCLUDE,
        .users = VT_USERS_SERVED,
        .fallback = true,
        .part = VT_PART_TEST,
        .seed = 42,
        .cutoff = {5, 10, 20},
        .n_cutoffs = 3,
        .resamples = 1000,
    };
    vt_options_init(protocol, size, &defaults, sizeof defaults);
}

void vt_protocol_suit(vt_protocol *protocol, const vt_split_spec *spec)
{
    if (spec->kind == VT_SPLIT_ROLLING) {
        protocol->state = VT_STATE_LIVE;
        protocol->candidates = VT_CANDIDATES_ALIVE;
    }
}

static int check_cutoffs(const vt_protocol *protocol, vt_error *err)
{
    if (protocol->n_cutoffs == 0 || protocol->n_cutoffs > VT_CUTOFFS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%zu values of K are given; 1 to %d are possible", protocol->n_cutoffs,
                       VT_CUTOFFS_MAX);
    }
    for (size_t c = 0; c < protocol->n_cutoffs; c++) {
        int32_t k = protocol->cutoff[c];
        if (k < 1 || k > VT_RESULTS_MAX) {
            return vt_fail(err, VT_ERR_USAGE, "K = %" PRId32 " is not possible; give a length of list from 1 to %d", k,
                           VT_RESULTS_MAX);
        }
        if (c > 0 && k <= protocol->cutoff[c - 1]) {
            return vt_fail(err, VT_ERR_USAGE,
                           "K = %" PRId32 " stands behind K = %" PRId32 "; give each K once, smallest first", k,
                           protocol->cutoff[c - 1]);
        }
    }
    return VT_OK;
}

int vt_protocol_check(const vt_protocol *protocol, vt_error *err)
{
    int status = vt_options_check(protocol->size, sizeof *protocol, "vt_protocol", err);
    status = status != VT_OK ? status : check_cutoffs(protocol, err);
    if (status != VT_OK) {
        return status;
    }
    if (protocol->part != VT_PART_TEST && protocol->part != VT_PART_VALID) {
        return vt_fail(err, VT_ERR_USAGE, "part %d cannot be evaluated; evaluate the test or the validation part",
                       (int)protocol->part);
    }
    if (protocol->negatives < 0) {
        return vt_fail(err, VT_ERR_USAGE, "%" PRId32 " negatives are not possible; give 0 to rank all items",
                       protocol->negatives);
    }
    if (protocol->negatives > 0 && protocol->negatives_file != NULL) {
        return vt_fail(err, VT_ERR_USAGE, "negatives are given as a number (%" PRId32 ") and as a file (%s); give one",
                       protocol->negatives, protocol->negatives_file);
    }
    if (protocol->resamples < 0 || protocol->resamples > RESAMPLES_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%" PRId32 " resamples are not possible; give 0 (no intervals) to %d",
                       protocol->resamples, RESAMPLES_MAX);
    }
    if (protocol->threads < 0) {
        return vt_fail(err, VT_ERR_USAGE, "%d threads are not possible; give 0 for all processors", protocol->threads);
    }
    return VT_OK;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static void ranking_name(char *name, size_t size, const vt_protocol *protocol)
{
    if (protocol->negatives_file != NULL) {
        snprintf(name, size, "sampled:%s", file_name(protocol->negatives_file));
    } else if (protocol->negatives > 0) {
        snprintf(name, size, "sampled:%" PRId32, protocol->negatives);
    } else {
        snprintf(name, size, "full");
    }
}

/* Lists of the shop's pipeline fill up by its own rules. */
static const char *fallback_name(const vt_protocol *protocol)
{
    return protocol->lister != NULL ? "pipeline" : protocol->fallback ? "popular" : "none";
}

void vt_protocol_name(char *name, size_t size, const vt_snapshot *snapshot, const vt_split *split,
                      const vt_protocol *protocol)
{
    static const char *const states[] = {"frozen", "live", "visits"};
    static const char *const candidates[] = {"catalogue", "train", "alive", "cold"};
    char fold[32] = "";
    char core[48] = "";
    char ranking[96];
    char sampling[48] = "";
    char lists[200] = "";
    ranking_name(ranking, sizeof ranking, protocol);
    if (vt_split_folds(&split->spec) > 0) {
        snprintf(fold, sizeof fold, " fold=%" PRId32, split->fold);
    }
    if (snapshot->min_user > 0 || snapshot->min_item > 0) {
        snprintf(core, sizeof core, " core=%" PRId32 ",%" PRId32, snapshot->min_user, snapshot->min_item);
    }
    if (protocol->negatives > 0 && protocol->seed != split->seed) {
        snprintf(sampling, sizeof sampling, " sample-seed=%" PRIu64, protocol->seed);
    }
    if (protocol->lister != NULL) {
        snprintf(lists, sizeof lists, " lists=%s", protocol->lister->name);
    }
    snprintf(name, size,
             "%s%s positive=%s%s evaluated=%s state=%s candidates=%s test-items=%s seen=%s users=%s "
             "fallback=%s ranking=%s seed=%" PRIu64 "%s%s",
             split->name, fold, snapshot->positive_rule, core, protocol->part == VT_PART_TEST ? "test" : "valid",
             states[protocol->state], candidates[protocol->candidates],
             protocol->test_items == VT_TEST_ITEMS_SEEN ? "seen" : "all",
             protocol->seen == VT_SEEN_KEEP ? "keep" : "exclude",
             protocol->users == VT_USERS_STORED ? "stored" : "served", fallback_name(protocol), ranking, split->seed,
             sampling, lists);
}
