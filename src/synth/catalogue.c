/*
 * The catalogue: which products there are, how they look, what they cost and how their prices and demand move. Products
 * of a sub-category stand together, so that a customer who has chosen the sub-category finds them in one range.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/rng.h"
#include "synth/world.h"

void synth_item_id(char out[16], int32_t item)
{
    snprintf(out, 16, "P%06d", item + 1);
}

void synth_photo_path(char out[48], int32_t item, int number)
{
    char id[16];
    synth_item_id(id, item);
    snprintf(out, 48, "images/%s_%d.%s", id, number + 1, item % 7 == 6 ? "png" : "jpg");
}

static int pick(vt_rng *rng, int n)
{
    return (int)vt_rng_below(rng, (uint64_t)n);
}

static int64_t round_price(double price)
{
    /* Shops like prices that end in 99; cheap things in 9. */
    int64_t whole = (int64_t)(price / 100);
    return whole < 1 ? 99 : whole * 100 + 99;
}

static void draw_prices(vt_rng *rng, synth_item *item)
{
    int day = item->launch_day > 0 ? item->launch_day : 0;
    for (int i = 0; i < SYNTH_PRICE_CHANGES; i++) {
        day += 60 + pick(rng, 240);
        item->change_day[i] = day;
        item->change_factor[i] = exp(0.09 * vt_rng_normal(rng));
    }
    day = item->launch_day > 0 ? item->launch_day : 0;
    for (int i = 0; i < SYNTH_PROMOTIONS; i++) {
        day += 30 + pick(rng, 150);
        int length = 5 + pick(rng, 12);
        item->promotion[i] = (synth_promotion){day, day + length - 1, 1.0 - 0.05 * (2 + pick(rng, 6))};
        day += length;
    }
}

static void draw_item(const synth_world *world, int32_t index, int sub, synth_item *item)
{
    vt_rng rng = vt_rng_at(world->options.seed, "synth-item", (uint64_t)index, 0);
    const synth_sub *kind = &synth_subs[sub];
    *item = (synth_item){.sub = sub, .partner = -1};
    item->brand = pick(&rng, SYNTH_BRANDS);
    const synth_brand *brand = &synth_brands[item->brand];
    /* One product in ten is out of its brand's style. */
    item->style = pick(&rng, 10) == 0 ? pick(&rng, SYNTH_STYLES) : brand->style;
    const synth_style *style = &synth_styles[item->style];
    item->noun = pick(&rng, SYNTH_NOUNS);
    item->material = pick(&rng, SYNTH_MATERIALS);
    item->use = pick(&rng, SYNTH_USES);
    item->adjective = pick(&rng, 4);
    item->colour = pick(&rng, 5) == 0 ? pick(&rng, SYNTH_COLOURS) : style->colour[pick(&rng, 3)];
    item->second_colour = (item->colour + 1 + pick(&rng, SYNTH_COLOURS - 1)) % SYNTH_COLOURS;
    item->pattern = pick(&rng, 5) == 0 ? pick(&rng, SYNTH_PATTERNS) : style->pattern[pick(&rng, 2)];
    double price = kind->price * 100 * brand->price_level * exp(0.25 * vt_rng_normal(&rng));
    item->price = round_price(price);
    item->cost = (int64_t)((double)item->price * (0.38 + 0.25 * vt_rng_unit(&rng)));
    item->quality = 0.5 * vt_rng_normal(&rng);
    item->appeal = item->quality + 0.9 * vt_rng_normal(&rng);
    item->elasticity = synth_categories[sub / 5].elasticity * exp(0.15 * vt_rng_normal(&rng));
    item->trend = pick(&rng, 4) == 0 ? 0.7 * vt_rng_normal(&rng) : 0;
    item->intermittent = pick(&rng, 12) == 0;
    item->launch_day = pick(&rng, 10) < 7 ? 0 : pick(&rng, SYNTH_DAYS - 30);
    if (index == world->sub_first[sub]) { /* each sub-category has something to sell on every day */
        item->intermittent = false;
        item->launch_day = 0;
    }
    item->n_photos = 1 + (pick(&rng, 4) == 0);
    /* Photos are spread evenly when not all products have one. */
    int64_t photos = world->options.photos;
    if ((index + 1) * photos / world->options.products == index * photos / world->options.products) {
        item->n_photos = 0;
    }
    draw_prices(&rng, item);
}

int synth_catalogue(synth_world *world, vt_error *err)
{
    world->n_items = (int32_t)world->options.products;
    world->items = vt_alloc((size_t)world->n_items, sizeof *world->items, err);
    if (world->items == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int sub = 0; sub <= SYNTH_SUBS; sub++) {
        world->sub_first[sub] = (int32_t)((int64_t)world->n_items * sub / SYNTH_SUBS);
    }
    for (int sub = 0; sub < SYNTH_SUBS; sub++) {
        for (int32_t i = world->sub_first[sub]; i < world->sub_first[sub + 1]; i++) {
            draw_item(world, i, sub, &world->items[i]);
        }
    }
    /* Every third product has a partner among those of the complementary sub-category, whose partner it is as well. */
    for (int32_t i = 0; i < world->n_items; i++) {
        vt_rng rng = vt_rng_at(world->options.seed, "synth-partner", (uint64_t)i, 0);
        int other = synth_subs[world->items[i].sub].complement;
        int32_t size = world->sub_first[other + 1] - world->sub_first[other];
        int32_t partner = world->sub_first[other] + (int32_t)vt_rng_below(&rng, (uint64_t)size);
        if (pick(&rng, 3) == 0 && world->items[i].partner < 0 && world->items[partner].partner < 0 && partner != i) {
            world->items[i].partner = partner;
            world->items[partner].partner = i;
        }
    }
    return VT_OK;
}

int64_t synth_regular_price(const synth_item *item, int day)
{
    double price = (double)item->price;
    for (int i = 0; i < SYNTH_PRICE_CHANGES && item->change_day[i] <= day; i++) {
        price *= item->change_factor[i];
    }
    return price == (double)item->price ? item->price : round_price(price);
}

int64_t synth_price(const synth_item *item, int day)
{
    int64_t regular = synth_regular_price(item, day);
    for (int i = 0; i < SYNTH_PROMOTIONS; i++) {
        if (day >= item->promotion[i].first_day && day <= item->promotion[i].last_day) {
            return (int64_t)((double)regular * item->promotion[i].factor + 0.5);
        }
    }
    return regular;
}

double synth_season(int category, int day)
{
    const synth_category *c = &synth_categories[category];
    double angle = 6.283185307179586 * (day % 365 + 1 - c->peak_day) / 365.25;
    return c->amplitude * cos(angle);
}

double synth_demand(const synth_world *world, int32_t index, int day)
{
    const synth_item *item = &world->items[index];
    double log_demand = item->appeal + item->trend * (day - SYNTH_DAYS / 2) / 365.25;
    if (item->intermittent) {
        /* Bursts of about a fortnight, one in five fortnights. */
        vt_rng rng = vt_rng_at(world->options.seed, "synth-burst", (uint64_t)index, (uint64_t)(day / 14));
        log_demand += vt_rng_below(&rng, 5) == 0 ? 1.6 : -30.0;
    }
    return log_demand;
}

static int capitalised(vt_buf *out, const char *text, vt_error *err)
{
    size_t at = out->len;
    int status = vt_buf_add_text(out, text, err);
    if (status == VT_OK && out->data[at] >= 'a' && out->data[at] <= 'z') {
        out->data[at] = (char)(out->data[at] - 'a' + 'A');
    }
    return status;
}

int synth_title(vt_buf *out, const synth_world *world, int32_t index, vt_error *err)
{
    const synth_item *item = &world->items[index];
    const synth_sub *sub = &synth_subs[item->sub];
    const char *brand = synth_brands[item->brand].name;
    const char *adjective = synth_styles[item->style].adjective[item->adjective];
    const char *noun = sub->noun[item->noun];
    const char *material = sub->material[item->material];
    const char *use = sub->use[item->use];
    const char *colour = synth_colours[item->colour].name;
    const char *pattern = synth_patterns[item->pattern];
    if (item->sub / 5 == 1) { /* books are about something and have no colour in their name */
        int status = capitalised(out, adjective, err);
        return status != VT_OK
                   ? status
                   : vt_buf_printf(out, err, " %s about %s, for %s (%s edition)", noun, material, use, brand);
    }
    switch (index % 4) {
    case 0:
        return vt_buf_printf(out, err, "%s %s %s in %s, %s %s, for %s", brand, adjective, noun, material, pattern,
                             colour, use);
    case 1:
        return vt_buf_printf(out, err, "%s %s for %s - %s, %s, %s", brand, noun, use, adjective, material, colour);
    case 2: {
        int status = capitalised(out, adjective, err);
        return status != VT_OK ? status
                               : vt_buf_printf(out, err, " %s %s by %s (%s, %s), made for %s", material, noun, brand,
                                               colour, pattern, use);
    }
    default:
        return vt_buf_printf(out, err, "%s %s %s: %s %s for %s", brand, colour, noun, adjective, material, use);
    }
}

int synth_description(vt_buf *out, const synth_world *world, int32_t index, vt_error *err)
{
    static const char *const openings[4] = {
        "%s %s by %s, made for %s.",
        "%s %s from the house of %s, just right for %s.",
        "%s %s: what %s thinks is right for %s.",
        "%s %s by %s, soon your favourite for %s.",
    };
    static const char *const materials[3] = {
        "It is made of %s.",
        "The choice of %s gives it its character.",
        "We use %s and nothing less.",
    };
    const synth_item *item = &world->items[index];
    const synth_sub *sub = &synth_subs[item->sub];
    const synth_style *style = &synth_styles[item->style];
    bool book = item->sub / 5 == 1;
    vt_rng rng = vt_rng_at(world->options.seed, "synth-description", (uint64_t)index, 0);
    char text[256];
    /* The formats are the constants above. */
    int first = pick(&rng, SYNTH_FEATURES);
    int second = (first + 1 + pick(&rng, SYNTH_FEATURES - 1)) % SYNTH_FEATURES;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, sizeof text, openings[pick(&rng, 4)], style->adjective[item->adjective], sub->noun[item->noun],
             synth_brands[item->brand].name, sub->use[item->use]);
    int status = capitalised(out, text, err);
    if (status == VT_OK) {
        status = vt_buf_add_text(out, " ", err);
    }
    if (status == VT_OK && !book) {
        snprintf(text, sizeof text, materials[pick(&rng, 3)], sub->material[item->material]);
        status = vt_buf_printf(out, err, "%s ", text);
    }
#pragma GCC diagnostic pop
    if (status == VT_OK && book) {
        status = vt_buf_printf(out, err, "It is all about %s. ", sub->material[item->material]);
    }
    if (status == VT_OK) {
        status = vt_buf_printf(out, err, "%s %s %s", sub->feature[first], style->sentence[pick(&rng, 3)],
                               sub->feature[second]);
    }
    if (status == VT_OK && !book) {
        status = vt_buf_printf(out, err, " Colour: %s with %s, %s.", synth_colours[item->colour].name,
                               synth_colours[item->second_colour].name, synth_patterns[item->pattern]);
    }
    return status;
}
