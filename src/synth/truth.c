/*
 * truth.json: everything that the simulation knew. Some products or customers at a time are a JSON document of their
 * own, put into the whole line by line, so that memory does not grow with the shop.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "synth/stock.h"

enum {
    RECORDS = 200,            /* in a document */
    TEXT_BYTES_MAX = 4 << 20, /* of a document */
};

typedef struct output {
    vt_file_writer *file;
    vt_buf part; /* an array of records */
    vt_buf text; /* what comes next in the file */
} output;

static void text(vt_json_writer *json, const char *key, const char *value)
{
    vt_json_text(json, key, vt_str_of(value));
}

static void write_parameters(vt_json_writer *json, const synth_world *world)
{
    const synth_truth *t = &world->truth;
    vt_json_object(json, "options");
    vt_json_int(json, "products", world->options.products);
    vt_json_int(json, "users", world->options.users);
    vt_json_int(json, "orders", world->n_orders);
    vt_json_int(json, "reviews", world->options.reviews);
    vt_json_int(json, "seed", (int64_t)world->options.seed);
    if (world->stock != NULL) {
        vt_json_bool(json, "stock_outs", true);
    }
    vt_json_int(json, "days", SYNTH_DAYS);
    vt_json_int(json, "first_second", SYNTH_FIRST_SECOND);
    vt_json_object_end(json);
    vt_json_object(json, "taste");
    vt_json_number(json, "deviation", t->taste_deviation);
    vt_json_number(json, "share_category", t->share_category);
    vt_json_number(json, "share_brand", t->share_brand);
    vt_json_number(json, "share_words", t->share_words);
    vt_json_number(json, "share_look", t->share_look);
    vt_json_number(json, "share_individual", t->share_individual);
    vt_json_number(json, "drift_share", t->drift_share);
    vt_json_number(json, "friend_boost", t->friend_boost);
    vt_json_number(json, "repeat_penalty", t->repeat_penalty);
    vt_json_number(json, "budget_penalty", t->budget_penalty);
    vt_json_number(json, "complement_rate", t->complement_rate);
    vt_json_object_end(json);
    vt_json_object(json, "ratings");
    vt_json_number(json, "base", t->stars_base);
    vt_json_number(json, "match", t->stars_match);
    vt_json_number(json, "quality", t->stars_quality);
    vt_json_number(json, "noise", t->stars_noise);
    vt_json_number(json, "mishap_share", t->mishap_share);
    vt_json_object_end(json);
    vt_json_number(json, "guest_share", t->guest_share);
    vt_json_number(json, "return_base", t->return_base);
    vt_json_object(json, "bg_nbd");
    vt_json_number(json, "r", t->bg_r);
    vt_json_number(json, "alpha_days", world->alpha);
    vt_json_number(json, "a", t->bg_a);
    vt_json_number(json, "b", t->bg_b);
    vt_json_object_end(json);
    vt_json_object(json, "gamma_gamma");
    vt_json_number(json, "p", t->gg_p);
    vt_json_number(json, "q", t->gg_q);
    vt_json_number(json, "v_minor_units", t->gg_v);
    vt_json_object_end(json);
    vt_json_array(json, "examination");
    for (int i = 0; i < SYNTH_SLOTS; i++) {
        vt_json_number(json, NULL, t->examination[i]);
    }
    vt_json_array_end(json);
    vt_json_array(json, "categories");
    for (int i = 0; i < SYNTH_CATEGORIES; i++) {
        vt_json_object(json, NULL);
        text(json, "name", synth_categories[i].name);
        vt_json_number(json, "share", synth_categories[i].taste_share);
        vt_json_number(json, "peak_day", synth_categories[i].peak_day);
        vt_json_number(json, "amplitude", synth_categories[i].amplitude);
        vt_json_number(json, "elasticity", synth_categories[i].elasticity);
        vt_json_object_end(json);
    }
    vt_json_array_end(json);
}

static void write_item(vt_json_writer *json, const synth_world *world, int32_t index)
{
    const synth_item *item = &world->items[index];
    char id[16];
    synth_item_id(id, index);
    vt_json_object(json, NULL);
    text(json, "id", id);
    text(json, "sub_category", synth_subs[item->sub].name);
    text(json, "brand", synth_brands[item->brand].name);
    text(json, "style", synth_styles[item->style].name);
    text(json, "material", synth_subs[item->sub].material[item->material]);
    text(json, "use", synth_subs[item->sub].use[item->use]);
    text(json, "colour", synth_colours[item->colour].name);
    text(json, "pattern", synth_patterns[item->pattern]);
    vt_json_number(json, "quality", item->quality);
    vt_json_number(json, "appeal", item->appeal);
    vt_json_number(json, "elasticity", item->elasticity);
    vt_json_number(json, "trend", item->trend);
    vt_json_bool(json, "intermittent", item->intermittent);
    vt_json_int(json, "launch_day", item->launch_day);
    vt_json_array(json, "price_changes");
    for (int i = 0; i < SYNTH_PRICE_CHANGES && item->change_day[i] < SYNTH_DAYS; i++) {
        vt_json_object(json, NULL);
        vt_json_int(json, "day", item->change_day[i]);
        vt_json_number(json, "factor", item->change_factor[i]);
        vt_json_object_end(json);
    }
    vt_json_array_end(json);
    vt_json_array(json, "promotions");
    for (int i = 0; i < SYNTH_PROMOTIONS && item->promotion[i].first_day < SYNTH_DAYS; i++) {
        vt_json_object(json, NULL);
        vt_json_int(json, "first_day", item->promotion[i].first_day);
        vt_json_int(json, "last_day", item->promotion[i].last_day);
        vt_json_number(json, "factor", item->promotion[i].factor);
        vt_json_object_end(json);
    }
    vt_json_array_end(json);
    if (item->partner >= 0) {
        synth_item_id(id, item->partner);
        text(json, "bought_with", id);
    }
    vt_json_object_end(json);
}

static void write_customer(vt_json_writer *json, const synth_world *world, int32_t index)
{
    const synth_customer *c = &world->customers[index];
    char id[16];
    synth_customer_id(id, index);
    vt_json_object(json, NULL);
    text(json, "id", id);
    vt_json_int(json, "archetype", c->archetype);
    if (c->drift_day < SYNTH_DAYS) {
        vt_json_int(json, "later_archetype", c->later_archetype);
        vt_json_int(json, "drift_day", c->drift_day);
    }
    vt_json_int(json, "first_day", c->first_day);
    vt_json_number(json, "rate", c->rate);
    vt_json_number(json, "dropout", c->dropout);
    vt_json_number(json, "spend", c->spend);
    vt_json_number(json, "left_day", c->death);
    vt_json_bool(json, "guest", c->guest);
    vt_json_array(json, "friends");
    for (int i = 0; i < c->n_friends; i++) {
        synth_customer_id(id, c->friends[i]);
        text(json, NULL, id);
    }
    vt_json_array_end(json);
    vt_json_object_end(json);
}

static void write_archetype(vt_json_writer *json, const synth_taste *taste)
{
    vt_json_object(json, NULL);
    vt_json_object(json, "category");
    for (int i = 0; i < SYNTH_CATEGORIES; i++) {
        vt_json_number(json, synth_categories[i].name, (double)taste->category[i]);
    }
    vt_json_object_end(json);
    vt_json_object(json, "sub_category");
    for (int i = 0; i < SYNTH_SUBS; i++) {
        vt_json_number(json, synth_subs[i].name, (double)taste->sub[i]);
    }
    vt_json_object_end(json);
    vt_json_object(json, "brand");
    for (int i = 0; i < SYNTH_BRANDS; i++) {
        vt_json_number(json, synth_brands[i].name, (double)taste->brand[i]);
    }
    vt_json_object_end(json);
    vt_json_object(json, "colour");
    for (int i = 0; i < SYNTH_COLOURS; i++) {
        vt_json_number(json, synth_colours[i].name, (double)taste->colour[i]);
    }
    vt_json_object_end(json);
    vt_json_object(json, "pattern");
    for (int i = 0; i < SYNTH_PATTERNS; i++) {
        vt_json_number(json, synth_patterns[i], (double)taste->pattern[i]);
    }
    vt_json_object_end(json);
    vt_json_object(json, "words"); /* by sub-category: materials, then uses, in the order of the vocabulary */
    for (int sub = 0; sub < SYNTH_SUBS; sub++) {
        vt_json_object(json, synth_subs[sub].name);
        for (int i = 0; i < SYNTH_MATERIALS; i++) {
            vt_json_number(json, synth_subs[sub].material[i], (double)taste->material[sub][i]);
        }
        for (int i = 0; i < SYNTH_USES; i++) {
            vt_json_number(json, synth_subs[sub].use[i], (double)taste->use[sub][i]);
        }
        vt_json_object_end(json);
    }
    vt_json_object_end(json);
    vt_json_object_end(json);
}

/* Hands what has gathered to the file. */
static int drain(output *out, vt_error *err)
{
    int status = out->text.len == 0 ? VT_OK : vt_file_write(out->file, out->text.data, out->text.len, err);
    vt_buf_clear(&out->text);
    return status;
}

/* The start of the object, open: its last line is left to write_all(). */
static int write_head(output *out, const synth_world *world, vt_error *err)
{
    vt_json_writer json;
    vt_json_writer_init(&json, &out->text, true);
    vt_json_object(&json, NULL);
    vt_json_int(&json, "generator_version", VT_GENERATOR_VERSION);
    write_parameters(&json, world);
    vt_json_array(&json, "archetypes");
    for (int i = 0; i < SYNTH_ARCHETYPES; i++) {
        write_archetype(&json, &world->archetypes[i]);
    }
    vt_json_array_end(&json);
    vt_json_object_end(&json);
    int status = vt_json_writer_done(&json, err);
    out->text.len -= status == VT_OK ? strlen("\n}") : 0;
    return status;
}

/* The elements of the part as those of a list in the whole, where each line stands further in. */
static int add_part(output *out, bool first, vt_error *err)
{
    int status = vt_buf_add_text(&out->text, first ? "" : ",", err);
    size_t end = out->part.len - strlen("\n]");
    for (size_t begin = strlen("[\n"); begin < end && status == VT_OK;) {
        const char *line = out->part.data + begin;
        size_t len = strcspn(line, "\n");
        status = vt_buf_add_text(&out->text, "\n  ", err);
        status = status == VT_OK ? vt_buf_add(&out->text, line, len, err) : status;
        begin += len + 1;
    }
    vt_buf_clear(&out->part);
    return status == VT_OK ? drain(out, err) : status;
}

static void write_spell(vt_json_writer *json, const synth_world *world, int32_t index)
{
    const synth_spell *spell = &world->stock->spell[index];
    char id[16];
    synth_item_id(id, spell->item);
    vt_json_object(json, NULL);
    text(json, "item", id);
    vt_json_int(json, "from", spell->from);
    vt_json_int(json, "until", spell->until);
    vt_json_object_end(json);
}

static void write_loss(vt_json_writer *json, const synth_world *world, int32_t index)
{
    const synth_loss *loss = &world->stock->loss[index];
    char id[16];
    synth_item_id(id, loss->item);
    vt_json_object(json, NULL);
    text(json, "item", id);
    vt_json_int(json, "time", loss->time);
    vt_json_int(json, "price", loss->price);
    vt_json_object_end(json);
}

typedef void (*write_record)(vt_json_writer *json, const synth_world *world, int32_t index);

static int write_list(output *out, const char *name, const synth_world *world, int32_t n, write_record record,
                      vt_error *err)
{
    int status = vt_buf_printf(&out->text, err, ",\n  \"%s\": [", name);
    for (int32_t begin = 0; begin < n && status == VT_OK; begin += RECORDS) {
        vt_json_writer json;
        vt_json_writer_init(&json, &out->part, true);
        vt_json_array(&json, NULL);
        for (int32_t i = begin; i < n && i < begin + RECORDS; i++) {
            record(&json, world, i);
        }
        vt_json_array_end(&json);
        status = vt_json_writer_done(&json, err);
        status = status == VT_OK ? add_part(out, begin == 0, err) : status;
    }
    return status == VT_OK ? vt_buf_add_text(&out->text, n > 0 ? "\n  ]" : "]", err) : status;
}

static int write_all(output *out, const synth_world *world, vt_error *err)
{
    int status = write_head(out, world, err);
    if (status == VT_OK) {
        status = write_list(out, "items", world, world->n_items, write_item, err);
    }
    if (status == VT_OK) {
        status = write_list(out, "customers", world, world->n_customers, write_customer, err);
    }
    if (status == VT_OK && world->stock != NULL) {
        status = write_list(out, "stock_outs", world, (int32_t)world->stock->n_spells, write_spell, err);
    }
    if (status == VT_OK && world->stock != NULL) {
        status = write_list(out, "lost_sales", world, (int32_t)world->stock->n_losses, write_loss, err);
    }
    if (status == VT_OK) {
        status = vt_buf_add_text(&out->text, "\n}", err);
    }
    return status == VT_OK ? drain(out, err) : status;
}

int synth_write_truth(const synth_world *world, const char *path, vt_error *err)
{
    output out = {.file = NULL};
    int status = vt_file_writer_open(&out.file, path, err);
    if (status != VT_OK) {
        return status;
    }
    vt_buf_init(&out.part, TEXT_BYTES_MAX);
    vt_buf_init(&out.text, TEXT_BYTES_MAX);
    status = write_all(&out, world, err);
    vt_buf_done(&out.part);
    vt_buf_done(&out.text);
    if (status != VT_OK) {
        vt_file_writer_abort(out.file);
        return status;
    }
    return vt_file_writer_commit(out.file, err);
}
