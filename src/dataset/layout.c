/* The block of a snapshot: laying out, binding the struct's pointers, hashing. */
#include "dataset/layout.h"

#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

_Static_assert(sizeof(vt_snapshot_header) == 64, "the header has 64 bytes in every version");
_Static_assert(sizeof(vt_snapshot_row) == 48, "rows of the table have 48 bytes");

#define WITHOUT_FIELD SIZE_MAX
#define FIELD(name) offsetof(vt_snapshot, name)

const vt_section_info vt_section_table[VT_SECTIONS] = {
    [VT_SECTION_META] = {"meta", "i64", 8, WITHOUT_FIELD, VT_SHAPE_META},
    [VT_SECTION_RULE] = {"rule", "u8", 1, WITHOUT_FIELD, VT_SHAPE_OWN},
    [VT_SECTION_CURRENCY] = {"currency", "u8", 1, WITHOUT_FIELD, VT_SHAPE_OWN},
    [VT_SECTION_TIME_ZONE] = {"time_zone", "u8", 1, WITHOUT_FIELD, VT_SHAPE_OWN},
    [VT_SECTION_USER_OFFSET] = {"user.offset", "i64", 8, FIELD(users.offset), VT_SHAPE_USER_END},
    [VT_SECTION_USER_TEXT] = {"user.text", "u8", 1, FIELD(users.text), VT_SHAPE_OWN},
    [VT_SECTION_USER_ROW] = {"user.row", "i64", 8, FIELD(user_row), VT_SHAPE_USERS},
    [VT_SECTION_USER_PTR] = {"user.ptr", "i64", 8, FIELD(user_ptr), VT_SHAPE_USER_END},
    [VT_SECTION_USER_FIRST_ORDER] = {"user.first_order", "i64", 8, FIELD(user_first_order), VT_SHAPE_USERS},
    [VT_SECTION_ITEM_OFFSET] = {"item.offset", "i64", 8, FIELD(items.offset), VT_SHAPE_ITEM_END},
    [VT_SECTION_ITEM_TEXT] = {"item.text", "u8", 1, FIELD(items.text), VT_SHAPE_OWN},
    [VT_SECTION_ITEM_ROW] = {"item.row", "i64", 8, FIELD(item_row), VT_SHAPE_ITEMS},
    [VT_SECTION_EVENT_ID] = {"event.id", "i64", 8, FIELD(id), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_ITEM] = {"event.item", "i32", 4, FIELD(item), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_TIME] = {"event.time", "i64", 8, FIELD(time), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_VALUE] = {"event.value", "f32", 4, FIELD(value), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_QUANTITY] = {"event.quantity", "f32", 4, FIELD(quantity), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_KIND] = {"event.kind", "u8", 1, FIELD(kind), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_PART] = {"event.part", "u8", 1, FIELD(part), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_STATE] = {"event.state", "u8", 1, FIELD(state), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_POSITIVE] = {"event.positive", "u8", 1, FIELD(positive), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_UNIT_PRICE] = {"event.unit_price", "i64", 8, FIELD(unit_price), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_DISCOUNT] = {"event.discount", "i64", 8, FIELD(discount), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_COST] = {"event.cost", "i64", 8, FIELD(cost), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_REFUNDED] = {"event.refunded", "i64", 8, FIELD(refunded), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_ORDER] = {"event.order", "i32", 4, FIELD(order), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_SESSION] = {"event.session", "i32", 4, FIELD(session), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_PLACEMENT] = {"event.placement", "i32", 4, FIELD(placement), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_MODEL] = {"event.model", "i32", 4, FIELD(model), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_REQUEST] = {"event.request", "i32", 4, FIELD(request), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_HAS_TEXT] = {"event.has_text", "u8", 1, FIELD(has_text), VT_SHAPE_EVENTS},
    [VT_SECTION_EVENT_BY_TIME] = {"event.by_time", "u32", 4, FIELD(by_time), VT_SHAPE_EVENTS},
    [VT_SECTION_LINE_TIME] = {"line.time", "i64", 8, FIELD(line_time), VT_SHAPE_LINES},
    [VT_SECTION_LINE_USER] = {"line.user", "i32", 4, FIELD(line_user), VT_SHAPE_LINES},
    [VT_SECTION_LINE_ITEM] = {"line.item", "i32", 4, FIELD(line_item), VT_SHAPE_LINES},
    [VT_SECTION_LINE_ORDER] = {"line.order", "i32", 4, FIELD(line_order), VT_SHAPE_LINES},
    [VT_SECTION_LINE_SESSION] = {"line.session", "i32", 4, FIELD(line_session), VT_SHAPE_LINES},
    [VT_SECTION_LINE_QUANTITY] = {"line.quantity", "f32", 4, FIELD(line_quantity), VT_SHAPE_LINES},
    [VT_SECTION_LINE_UNIT_PRICE] = {"line.unit_price", "i64", 8, FIELD(line_unit_price), VT_SHAPE_LINES},
    [VT_SECTION_LINE_DISCOUNT] = {"line.discount", "i64", 8, FIELD(line_discount), VT_SHAPE_LINES},
    [VT_SECTION_LINE_COST] = {"line.cost", "i64", 8, FIELD(line_cost), VT_SHAPE_LINES},
    [VT_SECTION_LINE_REFUNDED] = {"line.refunded", "i64", 8, FIELD(line_refunded), VT_SHAPE_LINES},
    [VT_SECTION_LINE_KIND] = {"line.kind", "u8", 1, FIELD(line_kind), VT_SHAPE_LINES},
    [VT_SECTION_LINE_STATE] = {"line.state", "u8", 1, FIELD(line_state), VT_SHAPE_LINES},
    [VT_SECTION_LINE_AT] = {"line.at", "u32", 4, FIELD(line_at), VT_SHAPE_LINES},
    [VT_SECTION_VISIT_TIME] = {"visit.time", "i64", 8, FIELD(visit_time), VT_SHAPE_VISITS},
    [VT_SECTION_VISIT_USER] = {"visit.user", "i32", 4, FIELD(visit_user), VT_SHAPE_VISITS},
    [VT_SECTION_VISIT_ITEM] = {"visit.item", "i32", 4, FIELD(visit_item), VT_SHAPE_VISITS},
    [VT_SECTION_VISIT_SESSION] = {"visit.session", "i32", 4, FIELD(visit_session), VT_SHAPE_VISITS},
    [VT_SECTION_VISIT_KIND] = {"visit.kind", "u8", 1, FIELD(visit_kind), VT_SHAPE_VISITS},
    [VT_SECTION_VISIT_AT] = {"visit.at", "u32", 4, FIELD(visit_at), VT_SHAPE_VISITS},
    [VT_SECTION_ORDER_OFFSET] = {"order.offset", "i64", 8, FIELD(orders.offset), VT_SHAPE_NAMES},
    [VT_SECTION_ORDER_TEXT] = {"order.text", "u8", 1, FIELD(orders.text), VT_SHAPE_OWN},
    [VT_SECTION_SESSION_OFFSET] = {"session.offset", "i64", 8, FIELD(sessions.offset), VT_SHAPE_NAMES},
    [VT_SECTION_SESSION_TEXT] = {"session.text", "u8", 1, FIELD(sessions.text), VT_SHAPE_OWN},
    [VT_SECTION_PLACEMENT_OFFSET] = {"placement.offset", "i64", 8, FIELD(placements.offset), VT_SHAPE_NAMES},
    [VT_SECTION_PLACEMENT_TEXT] = {"placement.text", "u8", 1, FIELD(placements.text), VT_SHAPE_OWN},
    [VT_SECTION_MODEL_OFFSET] = {"model.offset", "i64", 8, FIELD(models.offset), VT_SHAPE_NAMES},
    [VT_SECTION_MODEL_TEXT] = {"model.text", "u8", 1, FIELD(models.text), VT_SHAPE_OWN},
    [VT_SECTION_REQUEST_OFFSET] = {"request.offset", "i64", 8, FIELD(requests.offset), VT_SHAPE_NAMES},
    [VT_SECTION_REQUEST_TEXT] = {"request.text", "u8", 1, FIELD(requests.text), VT_SHAPE_OWN},
    [VT_SECTION_TITLE_OFFSET] = {"title.offset", "i64", 8, FIELD(titles.offset), VT_SHAPE_ITEM_END},
    [VT_SECTION_TITLE_TEXT] = {"title.text", "u8", 1, FIELD(titles.text), VT_SHAPE_OWN},
    [VT_SECTION_IMAGE_OFFSET] = {"image.offset", "i64", 8, FIELD(images.offset), VT_SHAPE_ITEM_END},
    [VT_SECTION_IMAGE_TEXT] = {"image.text", "u8", 1, FIELD(images.text), VT_SHAPE_OWN},
    [VT_SECTION_CATEGORY_OFFSET] = {"category.offset", "i64", 8, FIELD(categories.offset), VT_SHAPE_NAMES},
    [VT_SECTION_CATEGORY_TEXT] = {"category.text", "u8", 1, FIELD(categories.text), VT_SHAPE_OWN},
    [VT_SECTION_ITEM_CATEGORY] = {"item.category", "i32", 4, FIELD(item_category), VT_SHAPE_ITEMS},
    [VT_SECTION_BRAND_OFFSET] = {"brand.offset", "i64", 8, FIELD(brands.offset), VT_SHAPE_NAMES},
    [VT_SECTION_BRAND_TEXT] = {"brand.text", "u8", 1, FIELD(brands.text), VT_SHAPE_OWN},
    [VT_SECTION_ITEM_BRAND] = {"item.brand", "i32", 4, FIELD(item_brand), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_PRICE] = {"item.price", "i64", 8, FIELD(item_price), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_COST] = {"item.cost", "i64", 8, FIELD(item_cost), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_STOCK] = {"item.stock", "i64", 8, FIELD(item_stock), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_AVAILABLE_FROM] = {"item.available_from", "i64", 8, FIELD(item_available_from), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_AVAILABLE_UNTIL] = {"item.available_until", "i64", 8, FIELD(item_available_until), VT_SHAPE_ITEMS},
    [VT_SECTION_ITEM_ATTRIBUTE_OFFSET] = {"item.attribute.offset", "i64", 8, FIELD(item_attributes.offset),
                                          VT_SHAPE_NAMES},
    [VT_SECTION_ITEM_ATTRIBUTE_TEXT] = {"item.attribute.text", "u8", 1, FIELD(item_attributes.text), VT_SHAPE_OWN},
    [VT_SECTION_ITEM_ATTRIBUTE_PTR] = {"item.attribute.ptr", "i64", 8, FIELD(item_attribute_ptr), VT_SHAPE_ITEM_END},
    [VT_SECTION_ITEM_ATTRIBUTE] = {"item.attribute", "i32", 4, FIELD(item_attribute), VT_SHAPE_OWN},
    [VT_SECTION_USER_ATTRIBUTE_OFFSET] = {"user.attribute.offset", "i64", 8, FIELD(user_attributes.offset),
                                          VT_SHAPE_NAMES},
    [VT_SECTION_USER_ATTRIBUTE_TEXT] = {"user.attribute.text", "u8", 1, FIELD(user_attributes.text), VT_SHAPE_OWN},
    [VT_SECTION_USER_ATTRIBUTE_PTR] = {"user.attribute.ptr", "i64", 8, FIELD(user_attribute_ptr), VT_SHAPE_USER_END},
    [VT_SECTION_USER_ATTRIBUTE] = {"user.attribute", "i32", 4, FIELD(user_attribute), VT_SHAPE_OWN},
    [VT_SECTION_STOCK_PTR] = {"stock.ptr", "i64", 8, FIELD(stock_ptr), VT_SHAPE_ITEM_END},
    [VT_SECTION_STOCK_TIME] = {"stock.time", "i64", 8, FIELD(stock_time), VT_SHAPE_OWN},
    [VT_SECTION_STOCK_PIECES] = {"stock.pieces", "i64", 8, FIELD(stock_pieces), VT_SHAPE_OWN},
};

uint64_t vt_layout_count(vt_section section, const vt_layout_sizes *sizes, uint64_t own)
{
    switch (vt_section_table[section].shape) {
    case VT_SHAPE_META:
        return VT_METAS;
    case VT_SHAPE_USERS:
        return sizes->users;
    case VT_SHAPE_USER_END:
        return sizes->users + 1;
    case VT_SHAPE_ITEMS:
        return sizes->items;
    case VT_SHAPE_ITEM_END:
        return sizes->items + 1;
    case VT_SHAPE_EVENTS:
        return sizes->events;
    case VT_SHAPE_LINES:
        return sizes->lines;
    case VT_SHAPE_VISITS:
        return sizes->visits;
    case VT_SHAPE_OWN:
    case VT_SHAPE_NAMES:
        break;
    }
    return own;
}

static int snapshot_alloc(vt_snapshot **out, vt_error *err)
{
    vt_snapshot *snapshot = vt_alloc_zero(1, sizeof *snapshot, err);
    if (snapshot == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    snapshot->storage = vt_alloc_zero(1, sizeof *snapshot->storage, err);
    if (snapshot->storage == NULL) {
        vt_free(snapshot);
        return VT_ERR_NO_MEMORY;
    }
    *out = snapshot;
    return VT_OK;
}

/* The next boundary at or behind `end`; false when that overflows. */
static bool align_up(uint64_t *end)
{
    if (*end > (uint64_t)PTRDIFF_MAX - VT_SNAPSHOT_ALIGN) {
        return false;
    }
    *end = (*end + VT_SNAPSHOT_ALIGN - 1) / VT_SNAPSHOT_ALIGN * VT_SNAPSHOT_ALIGN;
    return true;
}

int vt_layout_create(vt_snapshot **out, const uint64_t count[VT_SECTIONS], vt_error *err)
{
    vt_snapshot_row rows[VT_SECTIONS] = {0};
    uint64_t end = sizeof(vt_snapshot_header) + sizeof rows;
    bool fits = true;
    for (int i = 0; i < VT_SECTIONS; i++) {
        const vt_section_info *info = &vt_section_table[i];
        uint64_t bytes = 0;
        fits = fits && align_up(&end) && !__builtin_mul_overflow(count[i], (uint64_t)info->size, &bytes);
        memcpy(rows[i].name, info->name, strlen(info->name));
        memcpy(rows[i].type, info->type, strlen(info->type));
        rows[i].offset = end;
        rows[i].count = count[i];
        fits = fits && !__builtin_add_overflow(end, bytes, &end);
    }
    if (!fits || !align_up(&end)) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for a snapshot of this size; use less data");
    }
    vt_snapshot *snapshot = NULL;
    int status = snapshot_alloc(&snapshot, err);
    if (status != VT_OK) {
        return status;
    }
    unsigned char *block = vt_alloc_aligned((size_t)end, 1, err);
    if (block == NULL) {
        vt_snapshot_free(snapshot);
        return VT_ERR_NO_MEMORY;
    }
    vt_snapshot_header header = {
        .version = VT_SNAPSHOT_VERSION, .endian = VT_SNAPSHOT_ENDIAN, .size = end, .sections = VT_SECTIONS};
    memcpy(header.magic, VT_SNAPSHOT_MAGIC, sizeof header.magic);
    memcpy(block, &header, sizeof header);
    memcpy(block + sizeof header, rows, sizeof rows);
    uint64_t used = sizeof header + sizeof rows;
    for (int i = 0; i < VT_SECTIONS; i++) { /* only the gaps: the rest is filled once, by its owner */
        memset(block + used, 0, (size_t)(rows[i].offset - used));
        used = rows[i].offset + rows[i].count * vt_section_table[i].size;
    }
    memset(block + used, 0, (size_t)(end - used));
    *snapshot->storage = (struct vt_snapshot_storage){.block = block, .data = block, .size = (size_t)end};
    *out = snapshot;
    return VT_OK;
}

int vt_layout_adopt(vt_snapshot **out, vt_mapping *mapping, vt_error *err)
{
    int status = snapshot_alloc(out, err);
    if (status == VT_OK) {
        *(*out)->storage =
            (struct vt_snapshot_storage){.mapping = *mapping, .data = mapping->data, .size = mapping->size};
        *mapping = (vt_mapping){NULL, 0, -1};
    }
    return status;
}

const vt_snapshot_row *vt_layout_row(const vt_snapshot *snapshot, vt_section section)
{
    const unsigned char *rows = snapshot->storage->data + sizeof(vt_snapshot_header);
    return (const vt_snapshot_row *)(const void *)rows + section;
}

void *vt_layout_section(vt_snapshot *snapshot, vt_section section)
{
    return snapshot->storage->block + vt_layout_row(snapshot, section)->offset;
}

/* Texts of which the struct has a table. */
static const struct {
    vt_section offsets;
    size_t field; /* of the vt_ids */
} text_tables[] = {
    {VT_SECTION_USER_OFFSET, FIELD(users)},
    {VT_SECTION_ITEM_OFFSET, FIELD(items)},
    {VT_SECTION_ORDER_OFFSET, FIELD(orders)},
    {VT_SECTION_SESSION_OFFSET, FIELD(sessions)},
    {VT_SECTION_PLACEMENT_OFFSET, FIELD(placements)},
    {VT_SECTION_MODEL_OFFSET, FIELD(models)},
    {VT_SECTION_REQUEST_OFFSET, FIELD(requests)},
    {VT_SECTION_TITLE_OFFSET, FIELD(titles)},
    {VT_SECTION_IMAGE_OFFSET, FIELD(images)},
    {VT_SECTION_CATEGORY_OFFSET, FIELD(categories)},
    {VT_SECTION_BRAND_OFFSET, FIELD(brands)},
    {VT_SECTION_ITEM_ATTRIBUTE_OFFSET, FIELD(item_attributes)},
    {VT_SECTION_USER_ATTRIBUTE_OFFSET, FIELD(user_attributes)},
};

/* A short text of its own section, which fits. */
static void copy_text(char *to, const vt_snapshot *snapshot, vt_section section)
{
    const vt_snapshot_row *row = vt_layout_row(snapshot, section);
    memcpy(to, snapshot->storage->data + row->offset, (size_t)row->count);
    to[row->count] = '\0';
}

void vt_layout_bind(vt_snapshot *snapshot)
{
    const unsigned char *data = snapshot->storage->data;
    for (int i = 0; i < VT_SECTIONS; i++) {
        if (vt_section_table[i].field != WITHOUT_FIELD) {
            const void *start = data + vt_layout_row(snapshot, (vt_section)i)->offset;
            memcpy((char *)snapshot + vt_section_table[i].field, &start, sizeof start);
        }
    }
    for (size_t i = 0; i < sizeof text_tables / sizeof text_tables[0]; i++) {
        vt_ids *ids = (vt_ids *)(void *)((char *)snapshot + text_tables[i].field);
        ids->n = (int32_t)(vt_layout_row(snapshot, text_tables[i].offsets)->count - 1);
    }
    snapshot->n_users = snapshot->users.n;
    snapshot->n_items = snapshot->items.n;
    snapshot->n_events = snapshot->user_ptr[snapshot->n_users];
    snapshot->n_all = (int64_t)vt_layout_row(snapshot, VT_SECTION_EVENT_ITEM)->count;
    snapshot->n_lines = (int64_t)vt_layout_row(snapshot, VT_SECTION_LINE_TIME)->count;
    snapshot->n_visits = (int64_t)vt_layout_row(snapshot, VT_SECTION_VISIT_TIME)->count;

    int64_t meta[VT_METAS];
    memcpy(meta, data + vt_layout_row(snapshot, VT_SECTION_META)->offset, sizeof meta);
    snapshot->time_min = meta[VT_META_TIME_MIN];
    snapshot->time_max = meta[VT_META_TIME_MAX];
    snapshot->revision = meta[VT_META_REVISION];
    snapshot->catalogue = meta[VT_META_CATALOGUE];
    snapshot->epoch = meta[VT_META_EPOCH];
    snapshot->last_event = meta[VT_META_LAST_EVENT];
    snapshot->last_user = meta[VT_META_LAST_USER];
    snapshot->last_item = meta[VT_META_LAST_ITEM];
    snapshot->last_change = meta[VT_META_LAST_CHANGE];
    snapshot->last_stock = meta[VT_META_LAST_STOCK];
    snapshot->rating_low = (double)meta[VT_META_RATING_LOW] / 1e6;
    snapshot->rating_high = (double)meta[VT_META_RATING_HIGH] / 1e6;
    snapshot->min_user = (int32_t)meta[VT_META_MIN_USER];
    snapshot->min_item = (int32_t)meta[VT_META_MIN_ITEM];
    copy_text(snapshot->positive_rule, snapshot, VT_SECTION_RULE);
    copy_text(snapshot->currency, snapshot, VT_SECTION_CURRENCY);
    copy_text(snapshot->time_zone, snapshot, VT_SECTION_TIME_ZONE);
    vt_hex(snapshot->hash, data + offsetof(vt_snapshot_header, hash), VT_SNAPSHOT_HASH_BYTES);
}

void vt_layout_hash(unsigned char hash[VT_SNAPSHOT_HASH_BYTES], const unsigned char *data, size_t size)
{
    vt_digest digest;
    vt_digest_init(&digest, VT_SNAPSHOT_HASH_BYTES);
    vt_digest_add(&digest, data, offsetof(vt_snapshot_header, hash));
    vt_digest_add(&digest, data + sizeof(vt_snapshot_header), size - sizeof(vt_snapshot_header));
    vt_digest_done(&digest, hash, VT_SNAPSHOT_HASH_BYTES);
}

void vt_layout_seal(vt_snapshot *snapshot)
{
    struct vt_snapshot_storage *storage = snapshot->storage;
    vt_layout_hash(storage->block + offsetof(vt_snapshot_header, hash), storage->data, storage->size);
    vt_layout_bind(snapshot);
}

void vt_snapshot_free(vt_snapshot *snapshot)
{
    if (snapshot != NULL) {
        vt_free(snapshot->storage->block);
        vt_file_unmap(&snapshot->storage->mapping);
        vt_free(snapshot->storage);
        vt_free(snapshot);
    }
}
