/*
 * The public function: checks the options, draws the world, and makes the shop in a folder beside the wanted one that
 * takes its name only when all is well.
 */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/options.h"
#include "store/store.h"
#include "synth/stock.h"

void vt_generate_options_init_sized(vt_generate_options *options, size_t size)
{
    const vt_generate_options defaults = {.products = 1000, .users = 5000, .reviews = 15000, .photos = -1, .seed = 42};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

static int in_range(const char *name, int64_t value, int64_t least, int64_t most, vt_error *err)
{
    if (value < least || value > most) {
        return vt_fail(err, VT_ERR_USAGE, "%s is %lld; %lld to %lld is possible", name, (long long)value,
                       (long long)least, (long long)most);
    }
    return VT_OK;
}

int vt_generate_check(const vt_generate_options *o, vt_error *err)
{
    int status = vt_options_check(o->size, sizeof *o, "vt_generate_options", err);
    if (status == VT_OK) {
        status = in_range("products", o->products, SYNTH_SUBS, 1000000, err);
    }
    if (status == VT_OK) {
        status = in_range("users", o->users, 10, 10000000, err);
    }
    if (status == VT_OK) {
        status = in_range("reviews", o->reviews, 0, 100000000, err);
    }
    if (status == VT_OK) {
        status = in_range("orders", o->orders, 0, 100000000, err);
    }
    if (status == VT_OK) {
        status = in_range("photos", o->photos == -1 ? 0 : o->photos, 0, o->products, err);
    }
    if (status != VT_OK) {
        return status;
    }
    if (o->reviews == 0 && o->orders == 0) {
        return vt_fail(err, VT_ERR_USAGE, "reviews and orders are both 0; give at least one of them");
    }
    if (o->orders > 0 && o->orders < o->users) {
        return vt_fail(err, VT_ERR_USAGE, "%lld orders are fewer than the %lld users, who order at least once each",
                       (long long)o->orders, (long long)o->users);
    }
    if (o->orders > 0 && o->reviews > o->orders * SYNTH_LINES_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "%lld reviews are more than %lld orders of at most %d products each can have",
                       (long long)o->reviews, (long long)o->orders, SYNTH_LINES_MAX);
    }
    if (o->reviews > o->users * o->products) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%lld reviews are more than %lld users can write about %lld products; ask for fewer",
                       (long long)o->reviews, (long long)o->users, (long long)o->products);
    }
    return VT_OK;
}

/* Behaviour that holds for every size. Chosen by hand; docs/synthetic.md shows how much of it simple estimates find. */
static const synth_truth behaviour = {
    .taste_deviation = 2.6,
    .share_category = 0.45,
    .share_brand = 0.15,
    .share_words = 0.22,
    .share_look = 0.18,
    .share_individual = 0.20,
    .drift_share = 0.15,
    .bg_r = 0.6,
    .bg_a = 0.9,
    .bg_b = 3.0,
    .gg_p = 6.25,
    .gg_q = 3.74,
    .gg_v = 2500,
    .friend_boost = 2.2,
    .repeat_penalty = 2.5,
    .complement_rate = 0.3,
    .examination = {0.90, 0.62, 0.46, 0.36, 0.29, 0.24},
    .budget_penalty = 1.0,
    .guest_share = 0.10,
    .return_base = 0.06,
    .stars_base = 4.0,
    .stars_match = 0.35,
    .stars_quality = 0.6,
    .stars_noise = 0.8,
    .mishap_share = 0.09,
};

int synth_world_init(synth_world *world, const vt_generate_options *options, int tenths, vt_error *err)
{
    *world = (synth_world){.options = *options, .orders_open = options->orders == 0, .truth = behaviour};
    if (world->options.photos < 0) {
        world->options.photos = options->products < 2000 ? options->products : 2000;
    }
    if (world->options.orders == 0) {
        /* An order has about 1.8 products, in a small catalogue fewer; nearly all of them are reviewed. */
        double reviewed = options->products < 350 ? 1.25 : 1.7;
        int64_t orders = (int64_t)((double)options->reviews / reviewed);
        int64_t least = options->users * 7 / 4; /* so that customers come back */
        orders = orders < least ? least : orders;
        world->options.orders = orders + orders / 10 * tenths;
    }
    int status = synth_catalogue(world, err);
    if (status == VT_OK) {
        status = synth_customers(world, err);
    }
    status = status == VT_OK ? synth_orders(world, err) : status;
    return status == VT_OK && options->stock_outs ? synth_stock_create(&world->stock, world, err) : status;
}

void synth_world_done(synth_world *world)
{
    vt_free(world->items);
    vt_free(world->customers);
    vt_free(world->archetypes);
    vt_free(world->orders);
    synth_stock_free(world->stock);
    *world = (synth_world){.n_items = 0};
}

/* Price changes as records of their own: the price history of the shop. */
static int put_prices(const synth_world *world, vt_store *store, int32_t index, vt_error *err)
{
    const synth_item *item = &world->items[index];
    char id[16];
    synth_item_id(id, index);
    int64_t last = item->price;
    int status = VT_OK;
    for (int day = item->launch_day + 1; day < SYNTH_DAYS && status == VT_OK; day++) {
        int64_t price = synth_price(item, day);
        if (price == last) {
            continue;
        }
        vt_item change;
        vt_put done;
        vt_item_init(&change);
        change.id = vt_str_of(id);
        change.price = price;
        change.cost = item->cost;
        change.as_of = SYNTH_FIRST_SECOND + (int64_t)day * 86400;
        status = vt_store_put_item(store, &change, &done, err);
        last = price;
    }
    return status;
}

static int put_item(const synth_world *world, vt_store *store, int32_t index, vt_buf *title, vt_buf *text,
                    vt_error *err)
{
    const synth_item *item = &world->items[index];
    vt_item record;
    vt_put done;
    char id[16];
    char paths[2][48];
    char category[64];
    char attributes[256];
    vt_str images[2];
    vt_item_init(&record);
    vt_buf_clear(title);
    vt_buf_clear(text);
    int status = synth_title(title, world, index, err);
    if (status == VT_OK) {
        status = synth_description(text, world, index, err);
    }
    if (status != VT_OK) {
        return status;
    }
    synth_item_id(id, index);
    record.id = vt_str_of(id);
    record.title = (vt_str){title->data, title->len};
    record.description = (vt_str){text->data, text->len};
    record.brand = vt_str_of(synth_brands[item->brand].name);
    snprintf(category, sizeof category, "%s > %s", synth_categories[item->sub / 5].name, synth_subs[item->sub].name);
    record.category = vt_str_of(category);
    snprintf(attributes, sizeof attributes, "{\"colour\":\"%s\",\"material\":\"%s\",\"style\":\"%s\"}",
             synth_colours[item->colour].name, synth_subs[item->sub].material[item->material],
             synth_styles[item->style].name);
    record.attributes = vt_str_of(attributes);
    for (int i = 0; i < item->n_photos; i++) {
        synth_photo_path(paths[i], index, i);
        images[i] = vt_str_of(paths[i]);
    }
    record.images = images;
    record.n_images = (size_t)item->n_photos;
    record.price = item->price;
    record.cost = item->cost;
    record.stock = index % 25 == 24 ? 0 : 5 + index * 37 % 200;
    record.stock = world->stock != NULL ? synth_stock_first(world, index) : record.stock;
    record.available_from = SYNTH_FIRST_SECOND + (int64_t)item->launch_day * 86400;
    record.as_of = record.available_from;
    status = vt_store_put_item(store, &record, &done, err);
    return status == VT_OK ? put_prices(world, store, index, err) : status;
}

static int put_catalogue(const synth_world *world, vt_store *store, vt_error *err)
{
    vt_buf title;
    vt_buf text;
    vt_buf_init(&title, 1 << 16);
    vt_buf_init(&text, 1 << 16);
    int status = VT_OK;
    for (int32_t i = 0; i < world->n_items && status == VT_OK; i++) {
        status = put_item(world, store, i, &title, &text, err);
    }
    vt_buf_done(&title);
    vt_buf_done(&text);
    return status;
}

static int put_customers(const synth_world *world, vt_store *store, vt_error *err)
{
    static const char *const regions[SYNTH_REGIONS] = {"north", "south", "east", "west", "islands", "abroad"};
    static const char *const ages[SYNTH_AGES] = {"18-24", "25-34", "35-44", "45-54", "55-64", "65+"};
    int status = VT_OK;
    vt_put done;
    char id[16];
    for (int32_t i = 0; i < world->n_customers && status == VT_OK; i++) {
        const synth_customer *c = &world->customers[i];
        vt_user user;
        vt_user_init(&user);
        synth_customer_id(id, i);
        user.id = vt_str_of(id);
        user.region = vt_str_of(regions[c->region]);
        user.age_band = vt_str_of(ages[c->age]);
        user.tier = vt_str_of(c->premium ? "premium" : "standard");
        status = vt_store_put_user(store, &user, &done, err);
        for (int f = 0; f < c->n_friends && status == VT_OK; f++) {
            char friend_id[16];
            vt_link link;
            vt_link_init(&link);
            synth_customer_id(friend_id, c->friends[f]);
            link.from = user.id;
            link.to = vt_str_of(friend_id);
            link.kind = vt_str_of("friend");
            status = vt_store_put_user_link(store, &link, &done, err);
        }
    }
    return status;
}

static int fill_store(const synth_world *world, vt_store *store, vt_generate_report *report, vt_error *err)
{
    int64_t import_id = 0;
    int status = vt_store_begin(store, "generate", "synthetic shop", &import_id, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_set(store, "currency", "USD", err);
    if (status == VT_OK) {
        status = put_catalogue(world, store, err);
    }
    if (status == VT_OK) {
        status = put_customers(world, store, err);
    }
    if (status == VT_OK) {
        status = synth_simulate(world, store, report, err);
    }
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    vt_progress_state state = {"writing to disk", "rows", 0, 0, NULL};
    status = vt_progress_report(world->options.progress, &state, err);
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

/* Everything into `dir`, a new folder. */
static int make_shop(const char *dir, const synth_world *world, vt_generate_report *report, vt_error *err)
{
    vt_shop *shop = NULL;
    char path[4096];
    int status = vt_shop_open(&shop, dir, VT_SHOP_CREATE, err);
    if (status == VT_OK) {
        status = synth_photos(world, dir, &report->photos, err);
    }
    if (status == VT_OK) {
        status = fill_store(world, vt_shop_store(shop), report, err);
    }
    if (status == VT_OK) {
        status = vt_path_join(path, sizeof path, dir, "truth.json", err);
    }
    if (status == VT_OK) {
        status = synth_write_truth(world, path, err);
    }
    vt_shop_close(shop);
    return status == VT_OK ? vt_dir_sync(dir, err) : status;
}

/* Where the number of orders is open and left too little to review, a tenth more of them will do, while that is more.
 */
static int make_enough(const char *dir, const vt_generate_options *options, vt_generate_report *report, vt_error *err)
{
    int64_t orders = 0;
    for (int tenths = 0;; tenths++) {
        synth_world world;
        *report = (vt_generate_report){.products = options->products, .users = options->users};
        int status = synth_world_init(&world, options, tenths, err);
        bool drawn = status == VT_OK;
        bool more = world.n_orders > orders;
        orders = world.n_orders;
        if (drawn) {
            status = make_shop(dir, &world, report, err);
        }
        synth_world_done(&world);
        if (!drawn || status != VT_ERR_USAGE || options->orders > 0 || !more) {
            return status;
        }
        status = vt_shop_delete(dir, err);
        if (status != VT_OK) {
            return status;
        }
    }
}

static int nothing_there(void *context, const char *name)
{
    (void)name;
    *(bool *)context = false;
    return 1;
}

/* The folder must be missing or empty. */
static int check_place(const char *path, vt_error *err)
{
    bool empty = true;
    if (vt_shop_exists(path)) {
        return vt_fail(
            err, VT_ERR_EXISTS,
            "%s already holds a shop; choose another folder or delete it first (vitrine --shop %s shop delete)", path,
            path);
    }
    if (vt_file_exists(path)) {
        return vt_fail(err, VT_ERR_EXISTS, "%s is a file; choose another folder", path);
    }
    if (vt_dir_exists(path)) {
        int status = vt_dir_list(path, nothing_there, &empty, err);
        if (status != VT_OK) {
            return status;
        }
    }
    return empty ? VT_OK : vt_fail(err, VT_ERR_EXISTS, "the folder %s is not empty; choose another one", path);
}

/* An unfinished folder is all ours: everything in it goes. It needs no memory of the library's, which may be short. */
static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void remove_folder(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder of its own beside the wanted one, on the same file system: "DIR.making-XXXXXX". */
static int make_beside(char *out, size_t size, const char *path, vt_error *err)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/') {
        len--;
    }
    int n = snprintf(out, size, "%.*s", (int)len, path);
    if (n < 0 || (size_t)n + 16 >= size) {
        return vt_fail(err, VT_ERR_LIMIT, "the path %s is too long", path);
    }
    char *slash = strrchr(out, '/');
    if (slash != NULL && slash != out) {
        *slash = '\0';
        int status = vt_dir_create(out, err);
        *slash = '/';
        if (status != VT_OK) {
            return status;
        }
    }
    snprintf(out + n, size - (size_t)n, ".making-XXXXXX");
    if (mkdtemp(out) == NULL || chmod(out, 0755) != 0) {
        return vt_fail_errno(err, errno, "cannot make a folder beside %s", path);
    }
    return VT_OK;
}

int vt_generate(const char *path, const vt_generate_options *options, vt_generate_report *report, vt_error *err)
{
    vt_generate_report made;
    char temporary[4096];
    int status = vt_generate_check(options, err);
    if (status == VT_OK) {
        status = check_place(path, err);
    }
    if (status == VT_OK) {
        status = make_beside(temporary, sizeof temporary, path, err);
    }
    if (status != VT_OK) {
        return status;
    }
    status = make_enough(temporary, options, &made, err);
    if (status == VT_OK && rename(temporary, path) != 0) {
        status = vt_fail_errno(err, errno, "cannot put the shop in place at %s", path);
    }
    if (status != VT_OK) {
        remove_folder(temporary);
        return status;
    }
    *report = made;
    return VT_OK;
}
