/* Ids in a map, images in an arena, and a second map from the file names of images to where they are used. */
#include "import/known.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/text.h"

struct vt_known {
    vt_known_use use;
    vt_map *ids;
    vt_map *titles;   /* handle of a title -> item */
    vt_map *products; /* product_id -> item */
    vt_json_reader *json;
    vt_buf handle;
    vt_map *bases; /* file name of an image -> number in `uses` */
    vt_arena *texts;
    struct {
        const vt_str *images;
        size_t n;
    } * items; /* with images; one for each id */
    size_t capacity;
    vt_known_image *uses;
    size_t n_uses;
    size_t uses_capacity;
};

vt_str vt_known_base(vt_str path)
{
    size_t end = 0;
    while (end < path.len && path.ptr[end] != '?' && path.ptr[end] != '#') {
        end++;
    }
    size_t begin = end;
    while (begin > 0 && path.ptr[begin - 1] != '/') {
        begin--;
    }
    return (vt_str){path.ptr + begin, end - begin};
}

static int add_use(vt_known *known, vt_str base, int64_t item, size_t position, vt_error *err)
{
    int64_t next = -1;
    int status = vt_alloc_next(&known->uses, &known->uses_capacity, known->n_uses, sizeof *known->uses, err);
    if (status != VT_OK) {
        return status;
    }
    if (!vt_map_get(known->bases, base, &next)) {
        next = -1;
    }
    known->uses[known->n_uses] = (vt_known_image){item, position, next};
    return vt_map_set(known->bases, base, (int64_t)known->n_uses++, err);
}

static int add_images(vt_known *known, int64_t number, const vt_item *item, vt_error *err)
{
    int status = vt_alloc_next(&known->items, &known->capacity, (size_t)number, sizeof *known->items, err);
    if (status != VT_OK) {
        return status;
    }
    vt_str *images = vt_arena_alloc(known->texts, item->n_images, sizeof *images, err);
    status = images == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < item->n_images; i++) {
        images[i] = vt_arena_str(known->texts, item->images[i], err);
        status = images[i].ptr == NULL ? VT_ERR_NO_MEMORY : add_use(known, vt_known_base(images[i]), number, i, err);
    }
    known->items[number].images = images;
    known->items[number].n = item->n_images;
    return status;
}

static int add_title(vt_known *known, int64_t number, vt_str title, vt_error *err)
{
    int64_t before = 0;
    if (title.ptr == NULL) {
        return VT_OK;
    }
    vt_buf_clear(&known->handle);
    int status = vt_text_handle(&known->handle, title, err);
    vt_str handle = {known->handle.data, known->handle.len};
    if (status != VT_OK || handle.len == 0 || vt_map_get(known->titles, handle, &before)) {
        return status;
    }
    return vt_map_set(known->titles, handle, number, err);
}

/* What stands under "product_id" in the attributes. */
static int add_product(vt_known *known, int64_t number, vt_str attributes, vt_error *err)
{
    yyjson_val *root = NULL;
    int64_t before = 0;
    if (attributes.ptr == NULL || memmem(attributes.ptr, attributes.len, "\"product_id\"", 12) == NULL ||
        vt_json_read(known->json, attributes, &root, NULL) != VT_OK) {
        return VT_OK;
    }
    yyjson_val *value = yyjson_obj_get(root, "product_id");
    vt_str product = {yyjson_get_str(value), yyjson_get_len(value)};
    if (product.ptr == NULL || product.len == 0 || vt_map_get(known->products, product, &before)) {
        return VT_OK;
    }
    return vt_map_set(known->products, product, number, err);
}

typedef struct loading {
    vt_known *known;
    vt_error *err;
} loading;

static int add_item(void *context, int64_t row, const vt_item *item)
{
    loading *load = context;
    (void)row;
    int64_t number = (int64_t)vt_map_count(load->known->ids);
    int status = vt_map_set(load->known->ids, item->id, number, load->err);
    if (status == VT_OK && load->known->use == VT_KNOWN_IMAGES) {
        status = add_images(load->known, number, item, load->err);
    }
    if (status == VT_OK && load->known->use == VT_KNOWN_TITLES) {
        status = add_title(load->known, number, item->title, load->err);
        status = status == VT_OK ? add_product(load->known, number, item->attributes, load->err) : status;
    }
    return status;
}

int vt_known_load(vt_known **out, vt_store *store, vt_known_use use, vt_error *err)
{
    vt_known *known = vt_alloc_zero(1, sizeof *known, err);
    if (known == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    known->use = use;
    vt_buf_init(&known->handle, VT_TEXT_BYTES_MAX);
    int status = vt_map_create(&known->ids, 0, err);
    if (status == VT_OK) {
        status = vt_map_create(&known->titles, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&known->products, 0, err);
    }
    if (status == VT_OK) {
        status = vt_json_reader_create(&known->json, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&known->bases, 0, err);
    }
    if (status == VT_OK) {
        status = vt_arena_create(&known->texts, 0, err);
    }
    if (status == VT_OK && store != NULL) {
        loading load = {known, err};
        status = vt_store_each_item_after(store, 0, add_item, &load, err);
    }
    if (status != VT_OK) {
        vt_known_free(known);
        return status;
    }
    *out = known;
    return VT_OK;
}

void vt_known_free(vt_known *known)
{
    if (known != NULL) {
        vt_map_free(known->ids);
        vt_map_free(known->titles);
        vt_map_free(known->products);
        vt_json_reader_free(known->json);
        vt_map_free(known->bases);
        vt_buf_done(&known->handle);
        vt_arena_free(known->texts);
        vt_free(known->items);
        vt_free(known->uses);
        vt_free(known);
    }
}

int64_t vt_known_find(const vt_known *known, vt_str id)
{
    int64_t number = -1;
    return vt_map_get(known->ids, id, &number) ? number : -1;
}

int64_t vt_known_titled(const vt_known *known, vt_str handle)
{
    int64_t number = -1;
    return vt_map_get(known->titles, handle, &number) ? number : -1;
}

int64_t vt_known_product(const vt_known *known, vt_str product)
{
    int64_t number = -1;
    return vt_map_get(known->products, product, &number) ? number : -1;
}

int64_t vt_known_count(const vt_known *known)
{
    return (int64_t)vt_map_count(known->ids);
}

vt_str vt_known_id(const vt_known *known, int64_t item)
{
    vt_str id;
    int64_t number = 0;
    vt_map_entry(known->ids, (size_t)item, &id, &number);
    return id;
}

const vt_str *vt_known_images(const vt_known *known, int64_t item, size_t *n)
{
    *n = known->items[item].n;
    return known->items[item].images;
}

const vt_known_image *vt_known_image_find(const vt_known *known, vt_str base)
{
    int64_t number = -1;
    return vt_map_get(known->bases, base, &number) ? &known->uses[number] : NULL;
}

const vt_known_image *vt_known_image_at(const vt_known *known, int64_t number)
{
    return &known->uses[number];
}
