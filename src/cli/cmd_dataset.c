/* vitrine dataset: what the interactions of a shop look like. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "common.h"
#include "vitrine/statistics.h"

#define BAR_WIDTH 30

static int print_json(vt_cli *cli, const vt_snapshot *snapshot, const vt_statistics *s, vt_error *err)
{
    vt_json_writer w;
    vt_cli_json_begin(&w, cli);
    vt_json_text(&w, "snapshot", vt_str_of(snapshot->hash));
    vt_json_text(&w, "positive", vt_str_of(snapshot->positive_rule));
    vt_json_int(&w, "min_user", snapshot->min_user);
    vt_json_int(&w, "min_item", snapshot->min_item);
    if (snapshot->rating_low < snapshot->rating_high) {
        vt_json_number(&w, "rating_low", snapshot->rating_low);
        vt_json_number(&w, "rating_high", snapshot->rating_high);
    }
    vt_json_int(&w, "users", s->users);
    vt_json_int(&w, "items", s->items);
    vt_json_int(&w, "all_users", s->all_users);
    vt_json_int(&w, "catalogue", s->catalogue);
    vt_json_int(&w, "interactions", s->interactions);
    vt_json_int(&w, "pairs", s->pairs);
    vt_json_number(&w, "sparsity", s->sparsity);
    vt_json_object(&w, "events_by_kind");
    for (int i = 0; i < VT_EVENT_KINDS; i++) {
        vt_json_int(&w, vt_event_kind_name(i), s->events_by_kind[i]);
    }
    vt_json_object_end(&w);
    vt_json_object(&w, "per_user");
    vt_json_number(&w, "mean", s->per_user_mean);
    vt_json_int(&w, "median", s->per_user_median);
    vt_json_int(&w, "max", s->per_user_max);
    vt_json_int(&w, "with_one", s->users_with_one);
    vt_json_number(&w, "gini", s->gini_users);
    vt_json_object_end(&w);
    vt_json_object(&w, "per_item");
    vt_json_number(&w, "mean", s->per_item_mean);
    vt_json_int(&w, "median", s->per_item_median);
    vt_json_int(&w, "max", s->per_item_max);
    vt_json_int(&w, "with_one", s->items_with_one);
    vt_json_number(&w, "gini", s->gini_items);
    vt_json_number(&w, "head_share", s->head_share);
    vt_json_int(&w, "tail_items", s->tail_items);
    vt_json_object_end(&w);
    vt_json_object(&w, "ratings");
    vt_json_int(&w, "count", s->ratings);
    vt_json_number(&w, "mean", s->rating_mean);
    vt_json_number(&w, "deviation", s->rating_deviation);
    vt_json_array(&w, "histogram");
    for (int i = 0; i < VT_RATING_BINS && !isnan(s->rating_value[i]) && s->ratings > 0; i++) {
        vt_json_object(&w, NULL);
        vt_json_number(&w, "value", s->rating_value[i]);
        vt_json_int(&w, "count", s->rating_bin[i]);
        vt_json_object_end(&w);
    }
    vt_json_array_end(&w);
    vt_json_object_end(&w);
    vt_json_time(&w, "time_min", s->time_min);
    vt_json_time(&w, "time_max", s->time_max);
    vt_json_object(&w, "catalogue_with");
    vt_json_int(&w, "category", s->with_category);
    vt_json_int(&w, "brand", s->with_brand);
    vt_json_int(&w, "price", s->with_price);
    vt_json_int(&w, "attributes", s->with_attributes);
    vt_json_object_end(&w);
    return vt_cli_json_end(&w, cli, err);
}

/* "value   percent of whole" */
static void add_share(vt_table *table, const char *name, int64_t part, int64_t whole, const char *of)
{
    char count[32];
    char text[96];
    vt_format_count(count, part);
    if (whole > 0) {
        snprintf(text, sizeof text, "%s (%.1f %% of %s)", count, 100 * (double)part / (double)whole, of);
    } else {
        snprintf(text, sizeof text, "%s", count);
    }
    vt_pairs_text(table, name, text);
}

static void add_spread(vt_table *table, const char *name, double mean, int64_t median, int64_t max)
{
    char most[32];
    char text[96];
    vt_format_count(most, max);
    snprintf(text, sizeof text, "mean %.2f, median %lld, most %s", mean, (long long)median, most);
    vt_pairs_text(table, name, text);
}

static void fill(vt_table *table, const vt_snapshot *snapshot, const vt_statistics *s)
{
    char text[320];
    vt_pairs_text(table, "positive", snapshot->positive_rule);
    if (snapshot->min_user > 0 || snapshot->min_item > 0) {
        snprintf(text, sizeof text, "users with %d items or more, items with %d users or more", (int)snapshot->min_user,
                 (int)snapshot->min_item);
        vt_pairs_text(table, "core", text);
    }
    if (snapshot->rating_low < snapshot->rating_high) {
        snprintf(text, sizeof text, "%g to %g", snapshot->rating_low, snapshot->rating_high);
        vt_pairs_text(table, "rating scale", text);
    }
    /* A core is cut from the catalogue too, so that a share of it would say nothing. */
    bool core = snapshot->min_user > 0 || snapshot->min_item > 0;
    add_share(table, "users", s->users, core ? 0 : s->all_users, "those stored");
    add_share(table, "items", s->items, core ? 0 : s->catalogue, "the catalogue");
    vt_pairs_count(table, "interactions", s->interactions);
    vt_pairs_count(table, "distinct pairs", s->pairs);
    for (int i = 0; i < VT_EVENT_KINDS; i++) {
        if (s->events_by_kind[i] > 0) {
            snprintf(text, sizeof text, "%s events", vt_event_kind_name(i));
            vt_pairs_count(table, text, s->events_by_kind[i]);
        }
    }
    if (isnan(s->sparsity)) {
        vt_pairs_text(table, "sparsity", "-");
    } else {
        snprintf(text, sizeof text, "%.4f %%", 100 * s->sparsity);
        vt_pairs_text(table, "sparsity", text);
    }
    add_spread(table, "per user", s->per_user_mean, s->per_user_median, s->per_user_max);
    add_spread(table, "per item", s->per_item_mean, s->per_item_median, s->per_item_max);
    add_share(table, "users with one", s->users_with_one, s->users, "users");
    add_share(table, "items with one", s->items_with_one, s->items, "items");
    snprintf(text, sizeof text, "Gini %.3f over items, %.3f over users", s->gini_items, s->gini_users);
    vt_pairs_text(table, "long tail", text);
    snprintf(text, sizeof text, "the most popular fifth of items has %.1f %% of the interactions", 100 * s->head_share);
    vt_pairs_text(table, "head", text);
    char tail[32];
    vt_format_count(tail, s->tail_items);
    snprintf(text, sizeof text, "the %s least popular items have the last fifth of them", tail);
    vt_pairs_text(table, "tail", text);
    char from[32];
    char to[32];
    vt_format_time(from, s->time_min);
    vt_format_time(to, s->time_max);
    snprintf(text, sizeof text, "%s to %s", from, to);
    vt_pairs_text(table, "time", s->time_min == VT_NONE ? "none: order only" : text);
    add_share(table, "with category", s->with_category, s->catalogue, "the catalogue");
    add_share(table, "with brand", s->with_brand, s->catalogue, "the catalogue");
    add_share(table, "with price", s->with_price, s->catalogue, "the catalogue");
    add_share(table, "with attributes", s->with_attributes, s->catalogue, "the catalogue");
}

/* Counts of ratings with a bar each, as long as their share of the most frequent one. */
static int print_ratings(vt_cli *cli, const vt_statistics *s, vt_error *err)
{
    char count[32];
    vt_format_count(count, s->ratings);
    int status = vt_buf_printf(&cli->out, err, "\n%s ratings, mean %.3f, deviation %.3f\n", count, s->rating_mean,
                               s->rating_deviation);
    int64_t most = 1;
    for (int i = 0; i < VT_RATING_BINS; i++) {
        most = s->rating_bin[i] > most ? s->rating_bin[i] : most;
    }
    vt_table *table = NULL;
    if (status == VT_OK) {
        status = vt_table_create(&table, err);
    }
    if (status != VT_OK) {
        return status;
    }
    vt_table_column(table, "", VT_RIGHT, 0);
    vt_table_column(table, "", VT_RIGHT, 0);
    vt_table_column(table, "", VT_RIGHT, 0);
    vt_table_column(table, "", VT_LEFT, 0);
    for (int i = 0; i < VT_RATING_BINS && !isnan(s->rating_value[i]); i++) {
        static const char bar[BAR_WIDTH + 1] = "##############################";
        int length = (int)((double)s->rating_bin[i] / (double)most * BAR_WIDTH + 0.5);
        vt_table_printf(table, "%g", s->rating_value[i]);
        vt_table_count(table, s->rating_bin[i]);
        vt_table_printf(table, "%.1f %%", 100 * (double)s->rating_bin[i] / (double)s->ratings);
        vt_table_printf(table, "%.*s", length, bar);
    }
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status;
}

static int print_text(vt_cli *cli, const vt_snapshot *snapshot, const vt_statistics *s, vt_error *err)
{
    vt_table *table = NULL;
    int status = vt_pairs_create(&table, err);
    if (status != VT_OK) {
        return status;
    }
    fill(table, snapshot, s);
    status = vt_table_print(&cli->out, table, (size_t)cli->width, err);
    vt_table_free(table);
    return status == VT_OK && s->ratings > 0 ? print_ratings(cli, s, err) : status;
}

static int run_dataset(vt_cli *cli, const vt_args *args, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_snapshot *snapshot = NULL;
    vt_statistics statistics;
    int status = vt_positive_check(vt_args_text(args, "positive"), err);
    if (status == VT_OK) {
        status = vt_cli_open_shop(&shop, cli, VT_SHOP_READ, err);
    }
    if (status == VT_OK) {
        status = vt_cli_snapshot(&snapshot, cli, shop, args, err);
    }
    if (status == VT_OK) {
        vt_display_stage(cli->display, "counting");
        status = vt_statistics_compute(&statistics, snapshot, err);
    }
    vt_display_end(cli->display);
    if (status == VT_OK) {
        status = cli->json ? print_json(cli, snapshot, &statistics, err) : print_text(cli, snapshot, &statistics, err);
    }
    vt_snapshot_free(snapshot);
    vt_shop_close(shop);
    return status;
}

const vt_command vt_command_dataset = {
    .name = "dataset",
    .summary = "show users, items, interactions, sparsity, long tail, ratings",
    .options = (const vt_option *const[]){vt_options_data, NULL},
    .examples = "vitrine --shop s dataset\nvitrine --shop s dataset --positive 'rating>=4' --min-user 5 --min-item 5",
    .run = run_dataset,
};
