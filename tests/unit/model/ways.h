/* The kinds and settings that contracts are run over, and data for them. */
#ifndef VT_TEST_WAYS_H
#define VT_TEST_WAYS_H

#include "fitting.h"
#include "scratch.h"

#include "base/file.h"

/* Ways of fitting beside the defaults. */
static const struct {
    const char *kind, *settings;
} ways[] = {
    {"popularity", "window=0.0001"},
    {"popularity", "half_life=0.0001,counts=users"},
    {"itemknn", "similarity=bm25,k=5,half_life=0.0002"},
    {"itemknn", "similarity=jaccard,pair_half_life=0.0003,shrink=1"},
    {"ials", "factors=5,solver=cholesky,iterations=3,nu=1"},
    {"content", "by=image,sharpness=1,half_life=0.0002,events=2"},
    {"ease", "regularization=3,nu=0.5,dropout=0.2,half_life=0.0002"},
    {"ease", "regularization=7,text=0.3,sharpness=2,brand=0.1,category=0.1,user_power=0.5,event_half_life=0.0003"},
    {"slim", "k=7,l1=0.2,l2=1,half_life=0.0002"},
    {"ials", "factors=17,confidence=value,iterations=3,alpha=3"},
    {"hybrid", "members=itemknn(k=5)+popularity:recent+content(by=image),alternatives=7"},
    {"hybrid", "members=itemknn+ease,fusion=rrf"},
    {"ranker", "members=itemknn(k=5)+popularity(half_life=3)+content(by=image),negatives=7,refits=2,replay=0.5"},
    {"ranker", "members=popularity,candidates=10,half_life=0"},
    {"bpr", "factors=5,epochs=3,negatives=popularity,decay=0.9"},
    {"vbpr", "factors=5,visual_factors=3,epochs=3,by=text,weight_decay=0.1"},
    {"lightgcn", "dimensions=5,epochs=2,layers=2,batch=50"},
    {"lightgcn", "dimensions=17,epochs=2,layers=1,loss=softmax,weight_decay=0.01"},
    {"lightgcn", "dimensions=3,epochs=2,layers=0,loss=sampled,sample=7,temperature=0.5"},
    {"fusion", "epochs=2,dimensions=8,batch=7,length=4,neighbours=5"},
    {"fusion", "epochs=1,dimensions=4,without=attention,regularization=0,time_classes=0"},
    {"fusion", "epochs=2,dimensions=8,batch=3,neighbours=5,sampled=5"},
    {"mf", "factors=5,epochs=3"},
    {"mf", "factors=3,epochs=3,dropout=0.3,reg_user=0,reg_user_bias=0"},
    {"sasrec",
     "dimensions=6,layers=1,length=7,epochs=2,batch=16,time=relative,time_classes=5,norm=last,activation=gelu"},
    {"sasrec", "dimensions=5,heads=1,length=9,epochs=2,batch=8,loss=sampled,negatives=20,hidden=2"},
    {"sasrec", "dimensions=8,layers=1,epochs=2,loss=bce,negatives=2,dropout=0,smoothing=0.1"},
    {"mf", "factors=6,epochs=2,optimiser=als,frequency=0.5"},
    {"svdpp", "factors=5,epochs=3"},
    {"mlp-fusion", "size=6,epochs=2,batch=64"},
    {"svdpp", "factors=14,epochs=2,time=on,bins=3,frequency=0.5,reg_user=0,reg_user_bias=0"},
};

typedef struct way {
    const char *kind, *settings;
} way;

static rows_of_chance chance;

/* The kind that the program was asked for, so that each has a run of its own; NULL: all. */
static const char *only_kind;

/* Calls `check` with every kind, as it is and in each of its ways. */
static inline void for_every_way(void (*check)(const way *w))
{
    size_t count = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&count);
    assert_true(count >= 3);
    for (size_t k = 0; k < count; k++) {
        if (only_kind != NULL && strcmp(only_kind, kinds[k]->name) != 0) {
            continue;
        }
        way plain = {kinds[k]->name, NULL};
        check(&plain);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            if (strcmp(ways[i].kind, kinds[k]->name) == 0) {
                way w = {ways[i].kind, ways[i].settings};
                check(&w);
            }
        }
    }
}

static inline data random_data(uint64_t seed)
{
    make_random(&chance, seed);
    return data_of(chance.rows, RANDOM_ROWS);
}

/* The bytes of the model's file. */
static inline char *file_of(const vt_model *model, size_t *size)
{
    vt_error err = VT_ERROR_INIT;
    scratch s;
    char *bytes = NULL;
    scratch_init(&s);
    check_ok(vt_model_save(model, scratch_path(&s, "m"), &err));
    check_ok(vt_file_read(&bytes, size, scratch_path(&s, "m"), 1 << 24, &err));
    scratch_done(&s);
    return bytes;
}

/* Enough users, items and pairs that the work is shared between threads. */
static inline data large_data(void)
{
    enum { ROWS = 9000, USERS = 500, ITEMS = 400 };
    static event_row rows[ROWS];
    static char users[USERS][8], items[ITEMS][8];
    vt_rng rng = vt_rng_at(8, "test", 0, 0);
    for (int i = 0; i < USERS; i++) {
        snprintf(users[i], sizeof users[i], "u%d", i);
    }
    for (int i = 0; i < ITEMS; i++) {
        snprintf(items[i], sizeof items[i], "i%d", i);
    }
    for (int i = 0; i < ROWS; i++) {
        uint64_t skew = vt_rng_below(&rng, ITEMS);
        rows[i] = (event_row){users[vt_rng_below(&rng, USERS)], items[vt_rng_below(&rng, skew + 1)], i, 4, 0, 0};
    }
    return data_of(rows, ROWS);
}

#endif
