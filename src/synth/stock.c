/* Told to the store: what is left at midnight, and at once when the last piece goes and when goods come. */
#include "synth/stock.h"

#include <math.h>

#include "base/alloc.h"
#include "store/store.h"

enum { MORNING = 6 * 3600, COVER_DAYS = 45, ORDER_LEAST = 4, LEAD_LEAST = 5, LEAD_SPAN = 24 };

int32_t synth_stock_first(const synth_world *world, int32_t item)
{
    vt_rng rng = vt_rng_at(world->options.seed, "synth-stock", (uint64_t)item, 0);
    return 4 + (int32_t)vt_rng_below(&rng, 20);
}

int synth_stock_create(synth_stock **out, const synth_world *world, vt_error *err)
{
    synth_stock *stock = vt_alloc_zero(1, sizeof *stock, err);
    if (stock == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    stock->shelf = vt_alloc((size_t)world->n_items, sizeof *stock->shelf, err);
    if (stock->shelf == NULL) {
        synth_stock_free(stock);
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < world->n_items; i++) {
        vt_rng rng = vt_rng_at(world->options.seed, "synth-stock", (uint64_t)i, 1);
        stock->shelf[i] = (synth_shelf){.pieces = synth_stock_first(world, i),
                                        .spell = -1,
                                        .foresight = (float)(0.1 + 1.3 * vt_rng_unit(&rng)),
                                        .lead = (int16_t)(LEAD_LEAST + vt_rng_below(&rng, LEAD_SPAN))};
    }
    *out = stock;
    return VT_OK;
}

void synth_stock_free(synth_stock *stock)
{
    if (stock != NULL) {
        vt_free(stock->shelf);
        vt_free(stock->spell);
        vt_free(stock->loss);
        vt_free(stock);
    }
}

static int tell(vt_store *store, int32_t item, int32_t pieces, int64_t time, vt_error *err)
{
    vt_item record;
    vt_put done;
    char id[16];
    synth_item_id(id, item);
    vt_item_init(&record);
    record.id = vt_str_of(id);
    record.stock = pieces;
    record.as_of = time;
    return vt_store_put_item(store, &record, &done, err);
}

int synth_stock_day(synth_stock *stock, const synth_day *state, vt_store *store, vt_error *err)
{
    const synth_world *world = state->world;
    int64_t midnight = SYNTH_FIRST_SECOND + (int64_t)state->day * 86400;
    int status = VT_OK;
    for (int32_t i = 0; i < world->n_items && status == VT_OK; i++) {
        synth_shelf *shelf = &stock->shelf[i];
        if (world->items[i].launch_day > state->day) {
            continue;
        }
        if (shelf->changed && shelf->pieces > 0) {
            status = tell(store, i, shelf->pieces, midnight, err);
        }
        shelf->changed = false;
        if (shelf->on_order > 0 && shelf->arrives <= state->day) {
            shelf->pieces += shelf->on_order;
            shelf->on_order = 0;
            if (shelf->spell >= 0) {
                stock->spell[shelf->spell].until = midnight + MORNING;
                shelf->spell = -1;
            }
            status = status == VT_OK ? tell(store, i, shelf->pieces, midnight + MORNING, err) : status;
        }
        double rate = (double)state->sold_30[i] / 30;
        if (shelf->on_order == 0 && (double)shelf->pieces <= (double)shelf->foresight * rate * shelf->lead) {
            shelf->on_order = (int32_t)fmax(ORDER_LEAST, ceil(rate * COVER_DAYS));
            shelf->arrives = state->day + shelf->lead;
        }
    }
    return status;
}

int synth_stock_take(bool *sold, synth_stock *stock, int32_t item, int64_t time, int64_t price, vt_store *store,
                     vt_error *err)
{
    synth_shelf *shelf = &stock->shelf[item];
    *sold = shelf->pieces > 0;
    if (!*sold) {
        int status = vt_alloc_next(&stock->loss, &stock->loss_capacity, stock->n_losses, sizeof *stock->loss, err);
        if (status == VT_OK) {
            stock->loss[stock->n_losses++] = (synth_loss){item, time, price};
        }
        return status;
    }
    shelf->changed = true;
    if (--shelf->pieces > 0) {
        return VT_OK;
    }
    int status = vt_alloc_next(&stock->spell, &stock->spell_capacity, stock->n_spells, sizeof *stock->spell, err);
    if (status == VT_OK) {
        shelf->spell = (int32_t)stock->n_spells;
        stock->spell[stock->n_spells++] =
            (synth_spell){.item = item, .from = time, .until = SYNTH_FIRST_SECOND + (int64_t)SYNTH_DAYS * 86400};
        status = tell(store, item, 0, time, err);
    }
    return status;
}
