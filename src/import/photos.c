/*
 * A photo has a place in its item's list: a number from its name, its row in the map, or the place where the item's
 * list names it. Lists are built when all photos are known. Photos that stand in an item's list by name replace the
 * entry, so what else the list holds stays; else the list is made anew.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "import/columns.h"
#include "import/images.h"
#include "import/text.h"

typedef struct photo {
    vt_str address;
    int64_t item;
    int64_t position;
    int64_t row;   /* on which it was read */
    bool replaces; /* the entry `position` of the item's list */
} photo;

/* A row of the map. */
typedef struct mapped {
    int64_t item;
    int64_t next; /* of the same file; -1: none */
} mapped;

struct vt_photos {
    const vt_known *known;
    vt_arena *texts;
    photo *photos;
    size_t n;
    size_t capacity;
    vt_map *map; /* file -> number in `rows`; NULL: no map */
    mapped *rows;
    size_t n_rows;
    size_t rows_capacity;
    /* The last match: a chain in the map or in the known images, or one item. */
    enum { MATCH_NONE, MATCH_MAP, MATCH_LIST, MATCH_ITEM } match;
    int64_t match_at;
    int64_t match_position;
};

int vt_photos_create(vt_photos **out, const vt_known *known, vt_error *err)
{
    vt_photos *photos = vt_alloc_zero(1, sizeof *photos, err);
    if (photos == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    photos->known = known;
    int status = vt_arena_create(&photos->texts, 0, err);
    if (status != VT_OK) {
        vt_photos_free(photos);
        return status;
    }
    *out = photos;
    return VT_OK;
}

void vt_photos_free(vt_photos *photos)
{
    if (photos != NULL) {
        vt_arena_free(photos->texts);
        vt_map_free(photos->map);
        vt_free(photos->photos);
        vt_free(photos->rows);
        vt_free(photos);
    }
}

/* ---- the map ----------------------------------------------------------------------------------------------------- */

enum { M_FILE, M_ITEM };

static const vt_column_field map_fields[] = {
    [M_FILE] = {"file", "filename file_name image path photo"},
    [M_ITEM] = {"item", "item_id id product product_id sku asin"},
};

static int add_mapping(vt_photos *photos, vt_source *source, vt_str file, vt_str item, vt_error *err)
{
    int64_t number = item.ptr == NULL ? -1 : vt_known_find(photos->known, item);
    if (file.ptr == NULL || number < 0) {
        return vt_sink_reject(source->sink, err, "unknown item",
                              "the shop has no item \"%.*s\"; import the items first", VT_SHOWN(item));
    }
    int status = vt_alloc_next(&photos->rows, &photos->rows_capacity, photos->n_rows, sizeof *photos->rows, err);
    if (status != VT_OK) {
        return status;
    }
    int64_t next = -1;
    if (!vt_map_get(photos->map, file, &next)) {
        next = -1;
    }
    photos->rows[photos->n_rows] = (mapped){number, next};
    return vt_map_set(photos->map, file, (int64_t)photos->n_rows++, err);
}

int vt_photos_read_map(vt_photos *photos, vt_source *source, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    vt_columns columns = {0};
    const vt_columns_spec spec = {.file = path, .fields = map_fields, .n_fields = 2};
    const vt_str *row = NULL;
    size_t n = 0;
    int status = vt_map_create(&photos->map, 0, err);
    if (status == VT_OK) {
        status = vt_source_open(source, &stream, path, err);
    }
    if (status == VT_OK) {
        status = vt_csv_create(&csv, stream, '\0', err);
    }
    if (status == VT_OK) {
        status = vt_csv_row(csv, &row, &n, err);
    }
    if (status == VT_OK) {
        status = vt_columns_match(&columns, &spec, row, n, err);
    }
    for (size_t field = 0; status == VT_OK && field < 2; field++) {
        status = vt_columns_require(&columns, path, field, err);
    }
    while (status == VT_OK) {
        status = vt_source_csv_row(source, csv, &row, &n, err);
        if (status != VT_OK || n == 0) {
            break;
        }
        status = n == columns.n ? add_mapping(photos, source, vt_columns_get(&columns, M_FILE, row),
                                              vt_columns_get(&columns, M_ITEM, row), err)
                                : vt_sink_reject(source->sink, err, "wrong number of fields",
                                                 "%zu fields; the header has %zu columns", n, columns.n);
    }
    vt_columns_done(&columns);
    vt_csv_free(csv);
    vt_source_close(source, stream);
    return status;
}

/* ---- matching ---------------------------------------------------------------------------------------------------- */

static vt_str stem_of(vt_str base)
{
    const char *dot = memrchr(base.ptr, '.', base.len);
    return dot == NULL || dot == base.ptr ? base : (vt_str){base.ptr, (size_t)(dot - base.ptr)};
}

static bool match_item(vt_photos *photos, vt_str id, int64_t position)
{
    int64_t item = id.len == 0 ? -1 : vt_known_find(photos->known, id);
    if (item >= 0) {
        photos->match = MATCH_ITEM;
        photos->match_at = item;
        photos->match_position = position;
    }
    return item >= 0;
}

/* "A1_2": the item A1, in place 2. */
static bool match_numbered(vt_photos *photos, vt_str stem)
{
    size_t digits = stem.len;
    int64_t position = 0;
    while (digits > 0 && stem.ptr[digits - 1] >= '0' && stem.ptr[digits - 1] <= '9') {
        digits--;
    }
    if (digits < 2 || digits == stem.len || (stem.ptr[digits - 1] != '_' && stem.ptr[digits - 1] != '-') ||
        !vt_parse_int(&position, (vt_str){stem.ptr + digits, stem.len - digits})) {
        return false;
    }
    return match_item(photos, (vt_str){stem.ptr, digits - 1}, position);
}

static bool match_map(vt_photos *photos, vt_str name, vt_str base, vt_str stem)
{
    const vt_str spellings[] = {name, base, stem};
    for (size_t i = 0; i < 3; i++) {
        if (vt_map_get(photos->map, spellings[i], &photos->match_at)) {
            photos->match = MATCH_MAP;
            return true;
        }
    }
    return false;
}

bool vt_photos_match(vt_photos *photos, vt_str name)
{
    const char *slash = memrchr(name.ptr, '/', name.len);
    vt_str base = slash == NULL ? name : (vt_str){slash + 1, name.len - (size_t)(slash + 1 - name.ptr)};
    vt_str stem = stem_of(base);
    photos->match = MATCH_NONE;
    if (photos->map != NULL) {
        return match_map(photos, name, base, stem);
    }
    if (slash != NULL) {
        vt_str above = {name.ptr, (size_t)(slash - name.ptr)};
        const char *parent = memrchr(above.ptr, '/', above.len);
        if (parent != NULL) {
            above = (vt_str){parent + 1, above.len - (size_t)(parent + 1 - above.ptr)};
        }
        if (match_item(photos, above, 0)) {
            return true;
        }
    }
    if (match_item(photos, stem, 0) || match_numbered(photos, stem)) {
        return true;
    }
    const vt_known_image *image = vt_known_image_find(photos->known, base);
    if (image != NULL) {
        photos->match = MATCH_LIST;
        photos->match_at = image - vt_known_image_at(photos->known, 0);
    }
    return image != NULL;
}

static int add_photo(vt_photos *photos, const photo *one, vt_error *err)
{
    int status = vt_alloc_next(&photos->photos, &photos->capacity, photos->n, sizeof *photos->photos, err);
    if (status == VT_OK) {
        photos->photos[photos->n++] = *one;
    }
    return status;
}

int vt_photos_add(vt_photos *photos, vt_str address, int64_t row, vt_error *err)
{
    vt_str copy = vt_arena_str(photos->texts, address, err);
    int status = copy.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && photos->match == MATCH_ITEM) {
        status = add_photo(photos, &(photo){copy, photos->match_at, photos->match_position, row, false}, err);
    }
    for (int64_t at = photos->match_at; status == VT_OK && photos->match == MATCH_MAP && at >= 0;) {
        status = add_photo(photos, &(photo){copy, photos->rows[at].item, at, row, false}, err);
        at = photos->rows[at].next;
    }
    for (int64_t at = photos->match_at; status == VT_OK && photos->match == MATCH_LIST && at >= 0;) {
        const vt_known_image *image = vt_known_image_at(photos->known, at);
        status = add_photo(photos, &(photo){copy, image->item, (int64_t)image->position, row, true}, err);
        at = image->next;
    }
    return status;
}

/* ---- handing over ------------------------------------------------------------------------------------------------ */

static int by_place(const void *a, const void *b)
{
    const photo *x = a;
    const photo *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    if (x->position != y->position) {
        return x->position < y->position ? -1 : 1;
    }
    return vt_str_compare(x->address, y->address);
}

/* The list of one item from its photos. */
static size_t make_list(const vt_photos *photos, const photo *first, size_t count, vt_str *list)
{
    size_t n = 0;
    bool keeps = false;
    for (size_t i = 0; i < count; i++) {
        keeps = keeps || first[i].replaces;
    }
    if (keeps) {
        size_t stored = 0;
        const vt_str *images = vt_known_images(photos->known, first->item, &stored);
        for (; n < stored && n < VT_TEXT_IMAGES_MAX; n++) {
            list[n] = images[n];
        }
    }
    size_t kept = n;
    for (size_t i = 0; i < count; i++) {
        if (first[i].replaces && (size_t)first[i].position < kept) {
            list[first[i].position] = first[i].address;
        } else if (n < VT_TEXT_IMAGES_MAX) {
            list[n++] = first[i].address;
        }
    }
    return n;
}

int vt_photos_put(vt_photos *photos, vt_source *source, vt_error *err)
{
    vt_str *list = vt_alloc(VT_TEXT_IMAGES_MAX, sizeof *list, err);
    int status = list == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (photos->n > 1) {
        qsort(photos->photos, photos->n, sizeof *photos->photos, by_place);
    }
    for (size_t i = 0; status == VT_OK && i < photos->n;) {
        size_t count = 1;
        while (i + count < photos->n && photos->photos[i + count].item == photos->photos[i].item) {
            count++;
        }
        vt_item item;
        vt_item_init(&item);
        item.id = vt_known_id(photos->known, photos->photos[i].item);
        item.images = list;
        item.n_images = make_list(photos, photos->photos + i, count, list);
        vt_sink_at(source->sink, photos->photos[i].row);
        status = vt_sink_item(source->sink, &item, err);
        i += count;
    }
    vt_free(list);
    return status;
}
