/*
 * An order is gathered before its events go out: its first row alone holds what belongs to the whole order, and a
 * discount on the whole is spread over the lines by their value, to the cent.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/shop_files.h"
#include "import/text.h"

enum { LINES_MAX = 2000 /* of one order; what follows begins an order of the same name */ };

struct vt_orders {
    vt_source *source;
    vt_arena *texts; /* of the order at hand */
    bool begun;      /* head is that of the order at hand */
    vt_order_head head;
    vt_order_line *lines; /* (LINES_MAX) */
    size_t n;
    vt_map *users;    /* whose region is known */
    vt_map *titles;   /* handle of a title of this import -> place of the item's id in `ids` */
    vt_map *products; /* the system's own id -> the same */
    vt_buf ids;       /* a NUL behind each */
    vt_buf handle;
};

int vt_orders_create(vt_orders **out, vt_source *source, vt_error *err)
{
    vt_orders *orders = vt_alloc_zero(1, sizeof *orders, err);
    if (orders == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    orders->source = source;
    vt_buf_init(&orders->handle, VT_TEXT_BYTES_MAX * 2);
    vt_buf_init(&orders->ids, SIZE_MAX / 2);
    orders->lines = vt_alloc(LINES_MAX, sizeof *orders->lines, err);
    int status = orders->lines == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&orders->texts, 0, err);
    if (status == VT_OK) {
        status = vt_map_create(&orders->users, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&orders->titles, 0, err);
    }
    if (status == VT_OK) {
        status = vt_map_create(&orders->products, 0, err);
    }
    if (status != VT_OK) {
        vt_orders_free(orders);
        return status;
    }
    *out = orders;
    return VT_OK;
}

void vt_orders_free(vt_orders *orders)
{
    if (orders != NULL) {
        vt_arena_free(orders->texts);
        vt_map_free(orders->users);
        vt_map_free(orders->titles);
        vt_map_free(orders->products);
        vt_buf_done(&orders->handle);
        vt_buf_done(&orders->ids);
        vt_free(orders->lines);
        vt_free(orders);
    }
}

/* Copies `from` when `to` is not given yet. */
static int keep(vt_orders *orders, vt_str *to, vt_str from, vt_error *err)
{
    if (to->ptr != NULL || from.ptr == NULL) {
        return VT_OK;
    }
    *to = vt_arena_str(orders->texts, from, err);
    return to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int keep_place(vt_map *map, vt_str key, int64_t place, vt_error *err)
{
    int64_t before = 0;
    return key.ptr == NULL || key.len == 0 || vt_map_get(map, key, &before) ? VT_OK : vt_map_set(map, key, place, err);
}

int vt_orders_learn(vt_orders *orders, vt_str item, vt_str title, vt_str product, vt_error *err)
{
    if (item.ptr == NULL) {
        return VT_OK;
    }
    vt_buf_clear(&orders->handle);
    int64_t place = (int64_t)orders->ids.len;
    int status = vt_text_handle(&orders->handle, title, err);
    status = status == VT_OK ? vt_buf_add(&orders->ids, item.ptr, item.len, err) : status;
    status = status == VT_OK ? vt_buf_add(&orders->ids, "", 1, err) : status;
    if (status == VT_OK) {
        status = keep_place(orders->titles, (vt_str){orders->handle.data, orders->handle.len}, place, err);
    }
    return status == VT_OK ? keep_place(orders->products, product, place, err) : status;
}

/* The item that the system calls `product`, of this import or the shop; "not given" when there is none. */
static vt_str find_product(const vt_orders *orders, vt_str product)
{
    const vt_known *known = orders->source->known;
    int64_t place = 0;
    if (vt_map_get(orders->products, product, &place)) {
        return vt_str_of(orders->ids.data + place);
    }
    int64_t number = known == NULL ? -1 : vt_known_product(known, product);
    return number < 0 ? (vt_str){NULL, 0} : vt_known_id(known, number);
}

/*
 * The item of that handle or of a title with that handle, of this import or the shop; "not given" when there is none.
 */
static vt_str find_handle(const vt_orders *orders, vt_str handle)
{
    const vt_source *source = orders->source;
    int64_t place = 0;
    if (vt_sink_has_item(source->sink, handle)) {
        return handle;
    }
    if (vt_map_get(orders->titles, handle, &place)) {
        return vt_str_of(orders->ids.data + place);
    }
    int64_t number = source->known == NULL ? -1 : vt_known_find(source->known, handle);
    number = number < 0 && source->known != NULL ? vt_known_titled(source->known, handle) : number;
    return number < 0 ? (vt_str){NULL, 0} : vt_known_id(source->known, number);
}

/*
 * The product that a line without a SKU means, by the system's id, else by its name with and without " - variant"
 * behind it; else a new one.
 */
static int find_item(vt_orders *orders, vt_order_line *line, vt_error *err)
{
    vt_str shorter = {line->name.ptr, 0};
    if (line->item.ptr == NULL && line->product.ptr != NULL) {
        vt_str found = find_product(orders, line->product);
        line->item = found.ptr == NULL ? line->product : found;
    }
    if (line->item.ptr != NULL || line->name.ptr == NULL) {
        return VT_OK;
    }
    for (size_t i = 0; i + 3 <= line->name.len; i++) {
        shorter.len = memcmp(line->name.ptr + i, " - ", 3) == 0 ? i : shorter.len;
    }
    vt_buf_clear(&orders->handle);
    int status = vt_text_handle(&orders->handle, shorter, err);
    size_t cut = orders->handle.len;
    status = status == VT_OK ? vt_text_handle(&orders->handle, line->name, err) : status;
    if (status != VT_OK || orders->handle.len == cut) {
        return status;
    }
    vt_str whole = {orders->handle.data + cut, orders->handle.len - cut};
    vt_str found = find_handle(orders, whole);
    if (found.ptr == NULL && cut > 0) {
        found = find_handle(orders, (vt_str){orders->handle.data, cut});
    }
    return keep(orders, &line->item, found.ptr == NULL ? whole : found, err);
}

/* Open, then cancelled, then refunded go before sold, whichever row says it. */
static vt_order_state worse(vt_order_state a, vt_order_state b)
{
    static const int rank[] = {[VT_ORDER_SOLD] = 0,
                               [VT_ORDER_UNKNOWN] = 1,
                               [VT_ORDER_REFUNDED] = 2,
                               [VT_ORDER_CANCELLED] = 3,
                               [VT_ORDER_OPEN] = 4};
    return rank[a] >= rank[b] ? a : b;
}

static int keep_head(vt_orders *orders, const vt_order_head *head, vt_error *err)
{
    vt_order_head *whole = &orders->head;
    const struct {
        vt_str *to;
        vt_str from;
    } texts[] = {{&whole->id, head->id},
                 {&whole->user, head->user},
                 {&whole->region, head->region},
                 {&whole->currency, head->currency},
                 {&whole->status, head->status}};
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < sizeof texts / sizeof texts[0]; i++) {
        status = keep(orders, texts[i].to, texts[i].from, err);
    }
    whole->time = whole->time == VT_NONE ? head->time : whole->time;
    whole->discount = whole->discount == VT_NONE ? head->discount : whole->discount;
    whole->state = worse(whole->state, head->state);
    return status;
}

int vt_orders_add(vt_orders *orders, const vt_order_head *head, const vt_order_line *line, vt_error *err)
{
    int status = VT_OK;
    bool same = orders->begun && vt_str_equal(head->id, orders->head.id);
    if (orders->n == LINES_MAX || !same) {
        status = vt_orders_end(orders, err);
        if (line != NULL) {
            vt_sink_at(orders->source->sink, line->line);
        }
    }
    if (status == VT_OK && !orders->begun) {
        orders->head = (vt_order_head){.time = VT_NONE, .discount = VT_NONE};
        orders->begun = true;
    }
    status = status == VT_OK ? keep_head(orders, head, err) : status;
    if (status != VT_OK || line == NULL) {
        return status;
    }
    vt_order_line copy = *line;
    copy.item = copy.name = copy.product = (vt_str){NULL, 0};
    vt_buf_clear(&orders->handle);
    status = vt_text_marked(&orders->handle, line->name, err);
    vt_str name = orders->handle.len > 0 ? (vt_str){orders->handle.data, orders->handle.len} : copy.name;
    status = status == VT_OK ? keep(orders, &copy.item, line->item, err) : status;
    status = status == VT_OK ? keep(orders, &copy.name, name, err) : status;
    status = status == VT_OK ? keep(orders, &copy.product, line->product, err) : status;
    if (status == VT_OK) {
        orders->lines[orders->n++] = copy;
    }
    return status;
}

static __int128 value_of(const vt_order_line *line)
{
    return line->quantity == VT_NONE || line->unit_price == VT_NONE ? 0 : (__int128)line->quantity * line->unit_price;
}

/* Gives each line its share of the order's discount; what rounding leaves goes to the last line that has a value. */
static void spread_discount(vt_orders *orders)
{
    __int128 total = 0;
    size_t last = 0;
    for (size_t i = 0; i < orders->n; i++) {
        if (orders->lines[i].discount != VT_NONE && orders->lines[i].discount != 0) {
            return; /* lines have their own */
        }
        __int128 value = value_of(&orders->lines[i]);
        if (value < 0) {
            return; /* such a line is refused */
        }
        total += value;
        last = value > 0 ? i : last;
    }
    if (orders->head.discount == VT_NONE || orders->head.discount <= 0 || total <= 0) {
        return;
    }
    __int128 discount = orders->head.discount < total ? orders->head.discount : total;
    __int128 left = discount;
    for (size_t i = 0; i <= last; i++) {
        __int128 share = i == last ? left : discount * value_of(&orders->lines[i]) / total;
        orders->lines[i].discount = (int64_t)share;
        left -= share;
    }
}

static int put_line(vt_orders *orders, size_t index, vt_error *err)
{
    const vt_order_line *line = &orders->lines[index];
    const vt_order_head *head = &orders->head;
    vt_sink *sink = orders->source->sink;
    vt_event event;
    vt_event_init(&event);
    event.user = head->user;
    event.session = head->user.ptr == NULL ? head->id : event.session;
    event.order_id = head->id;
    event.item = line->item;
    event.time = head->time;
    event.currency = head->currency;
    event.quantity = line->quantity == VT_NONE ? 1 : line->quantity;
    event.unit_price = line->unit_price;
    event.discount = line->discount;
    event.kind = VT_EVENT_PURCHASE;
    event.state = head->state == VT_ORDER_CANCELLED ? VT_LINE_CANCELLED : VT_LINE_SOLD;
    for (size_t i = 0; i < index; i++) { /* the same article on two lines was bought twice */
        event.occurrence += vt_str_equal(orders->lines[i].item, line->item);
    }
    int status = vt_sink_event(sink, &event, err);
    if (status == VT_OK && head->state == VT_ORDER_REFUNDED && !vt_sink_rejected(sink)) {
        event.kind = VT_EVENT_RETURN;
        status = vt_sink_event(sink, &event, err);
    }
    return status;
}

/* The region of a user is that of the first order that names one. */
static int put_user(vt_orders *orders, vt_error *err)
{
    const vt_order_head *head = &orders->head;
    int64_t seen = 0;
    if (head->user.ptr == NULL || head->region.ptr == NULL || vt_map_get(orders->users, head->user, &seen)) {
        return VT_OK;
    }
    vt_user user;
    vt_user_init(&user);
    user.id = head->user;
    user.region = head->region;
    int status = vt_map_set(orders->users, head->user, 1, err);
    return status == VT_OK ? vt_sink_user(orders->source->sink, &user, err) : status;
}

static int refuse_order(vt_orders *orders, vt_error *err)
{
    vt_str id = orders->head.id;
    vt_str word = orders->head.status;
    return orders->head.state == VT_ORDER_OPEN
               ? vt_sink_reject(orders->source->sink, err, "order not paid", "the order %.*s was not paid (yet)",
                                VT_SHOWN(id))
               : vt_sink_reject(
                     orders->source->sink, err, "unknown state of an order",
                     "the order %.*s has the status \"%.*s\", which is not known; say what it means, such as "
                     "--status-map \"%.*s=sold\"",
                     VT_SHOWN(id), VT_SHOWN(word), VT_SHOWN(word));
}

int vt_orders_end(vt_orders *orders, vt_error *err)
{
    int status = VT_OK;
    spread_discount(orders);
    for (size_t i = 0; status == VT_OK && i < orders->n; i++) {
        vt_sink_at(orders->source->sink, orders->lines[i].line);
        if (orders->head.state == VT_ORDER_OPEN || orders->head.state == VT_ORDER_UNKNOWN) {
            status = refuse_order(orders, err);
            continue;
        }
        status = find_item(orders, &orders->lines[i], err);
        if (status == VT_OK && i == 0) {
            status = put_user(orders, err);
        }
        status = status == VT_OK ? put_line(orders, i, err) : status;
    }
    orders->n = 0;
    orders->begun = false;
    vt_arena_reset(orders->texts);
    return status;
}
