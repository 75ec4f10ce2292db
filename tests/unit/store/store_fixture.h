/* A store in a shop of its own, for tests that begin with an empty one. */
#ifndef VT_TEST_STORE_FIXTURE_H
#define VT_TEST_STORE_FIXTURE_H

#include "check.h"

#include "scratch.h"
#include "store/store.h"

typedef struct fixture {
    scratch dir;
    vt_shop *shop;
    vt_store *store;
} fixture;

static inline void open_shop(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&f->shop, scratch_path(&f->dir, "shop"), VT_SHOP_CREATE, &err));
    f->store = vt_shop_store(f->shop);
}

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    scratch_init(&f->dir);
    open_shop(f);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->dir);
    free(f);
    return 0;
}

#endif
