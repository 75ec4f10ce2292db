/*
 * Writes a split out, so that a peer is fitted on the very events that our models are fitted on.
 *
 *     bench_parts SHOP SPLIT SEED PART
 *
 * Prints a line "user item" for each positive event of PART: "train" as models get it while settings are chosen,
 * "valid" as they are chosen on, "all" (both: what the final fit gets), "test". Ids are the shop's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vitrine/snapshot.h"
#include "vitrine/split.h"
#include "vitrine/str.h"

static int fail(const vt_error *err)
{
    fprintf(stderr, "bench_parts: %s\n", err->message);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "use: bench_parts SHOP SPLIT SEED train|valid|all|test\n");
        return 2;
    }
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    vt_split *split = NULL;
    vt_split_spec spec;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    bool inner = strcmp(argv[4], "train") == 0 || strcmp(argv[4], "valid") == 0;
    uint8_t part = strcmp(argv[4], "test") == 0    ? (uint8_t)VT_PART_TEST
                   : strcmp(argv[4], "valid") == 0 ? (uint8_t)VT_PART_VALID
                                                   : (uint8_t)VT_PART_TRAIN;
    if (vt_split_parse(&spec, argv[2], &err) != VT_OK || vt_shop_open(&shop, argv[1], VT_SHOP_READ, &err) != VT_OK ||
        vt_snapshot_take(&snapshot, shop, &options, &err) != VT_OK ||
        vt_split_create(&split, snapshot, &spec, strtoull(argv[3], NULL, 10), 0, inner, &err) != VT_OK) {
        return fail(&err);
    }
    for (int32_t u = 0; u < snapshot->n_users; u++) {
        for (int64_t e = snapshot->user_ptr[u]; e < snapshot->user_ptr[u + 1]; e++) {
            if (split->label[e] == part) {
                printf("%.*s %.*s\n", VT_STR_ARGS(vt_ids_get(&snapshot->users, u)),
                       VT_STR_ARGS(vt_ids_get(&snapshot->items, snapshot->item[e])));
            }
        }
    }
    vt_split_free(split);
    vt_snapshot_free(snapshot);
    vt_shop_close(shop);
    return 0;
}
