/* The members of items, users, events and order lines. */
#include <stddef.h>

#include "serve/fields.h"
#include "vitrine/shop_rule.h"

#define MONEY_LINE 9e12
#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

static const char kinds[] = VT_EVENT_KIND_CHOICES;
static const char states[] = "sold|cancelled|returned";

#define FIELD(type, field) offsetof(type, field)

static const vt_field item_rows[] = {
    {"id", VT_FIELD_TEXT, FIELD(vt_item, id), true, 0, 0, NULL, "the shop's own id; any text"},
    {"title", VT_FIELD_TEXT, FIELD(vt_item, title), false, 0, 0, NULL, "name of the product"},
    {"description", VT_FIELD_TEXT, FIELD(vt_item, description), false, 0, 0, NULL, "what it is, in words"},
    {"brand", VT_FIELD_TEXT, FIELD(vt_item, brand), false, 0, 0, NULL, "brand"},
    {"category", VT_FIELD_TEXT, FIELD(vt_item, category), false, 0, 0, NULL,
     "path from general to special, levels joined by \" > \""},
    {"attributes", VT_FIELD_OBJECT, FIELD(vt_item, attributes), false, 0, 0, NULL, "free attributes"},
    {"images", VT_FIELD_TEXTS, FIELD(vt_item, images), false, 0, 0, NULL,
     "photos: paths inside the shop's folder, or URLs"},
    {"currency", VT_FIELD_TEXT, FIELD(vt_item, currency), false, 0, 0, NULL, "ISO 4217; without it the shop's"},
    {"price", VT_FIELD_MONEY, FIELD(vt_item, price), false, 0, MONEY_LINE, NULL, "of one piece"},
    {"cost", VT_FIELD_MONEY, FIELD(vt_item, cost), false, 0, MONEY_LINE, NULL, "of one piece to the shop"},
    {"stock", VT_FIELD_COUNT, FIELD(vt_item, stock), false, -1e12, 1e12, NULL,
     "pieces; at 0 and below the item leaves the lists"},
    {"available_from", VT_FIELD_TIME, FIELD(vt_item, available_from), false, 0, 0, NULL, "first moment on sale"},
    {"available_until", VT_FIELD_TIME, FIELD(vt_item, available_until), false, 0, 0, NULL,
     "first moment no longer on sale"},
};

static const vt_field user_rows[] = {
    {"id", VT_FIELD_TEXT, FIELD(vt_user, id), true, 0, 0, NULL, "the shop's own id; any text"},
    {"age_band", VT_FIELD_TEXT, FIELD(vt_user, age_band), false, 0, 0, NULL, "such as \"25-34\""},
    {"segment", VT_FIELD_TEXT, FIELD(vt_user, segment), false, 0, 0, NULL, "the shop's own segment"},
    {"region", VT_FIELD_TEXT, FIELD(vt_user, region), false, 0, 0, NULL, "where the customer lives"},
    {"tier", VT_FIELD_TEXT, FIELD(vt_user, tier), false, 0, 0, NULL, "\"premium\" marks a premium customer"},
    {"attributes", VT_FIELD_OBJECT, FIELD(vt_user, attributes), false, 0, 0, NULL, "free attributes"},
};

static const vt_field event_rows[] = {
    {"id", VT_FIELD_TEXT, FIELD(vt_event, id), false, 0, 0, NULL,
     "made by the client; an event with an id that is stored is not stored again"},
    {"kind", VT_FIELD_CHOICE, FIELD(vt_event, kind), true, 0, 0, kinds, "what happened"},
    {"user", VT_FIELD_TEXT, FIELD(vt_event, user), false, 0, 0, NULL, "whose it is; this or a session is needed"},
    {"session", VT_FIELD_TEXT, FIELD(vt_event, session), false, 0, 0, NULL, "the visit, of guests too"},
    {"item", VT_FIELD_TEXT, FIELD(vt_event, item), true, 0, 0, NULL, "the item's id"},
    {"time", VT_FIELD_TIME, FIELD(vt_event, time), false, 0, 0, NULL, "when; without it: now"},
    {"value", VT_FIELD_NUMBER, FIELD(vt_event, value), false, -1e6, 1e6, NULL, "of a rating"},
    {"quantity", VT_FIELD_COUNT, FIELD(vt_event, quantity), false, 1, 1e9, NULL, "pieces; without it: 1"},
    {"unit_price", VT_FIELD_MONEY, FIELD(vt_event, unit_price), false, 0, MONEY_LINE, NULL, "of one piece"},
    {"discount", VT_FIELD_MONEY, FIELD(vt_event, discount), false, 0, MONEY_LINE, NULL, "of the whole line"},
    {"refunded", VT_FIELD_MONEY, FIELD(vt_event, refunded), false, 0, MONEY_LINE, NULL, "given back of the whole line"},
    {"currency", VT_FIELD_TEXT, FIELD(vt_event, currency), false, 0, 0, NULL, "ISO 4217; without it the shop's"},
    {"order", VT_FIELD_TEXT, FIELD(vt_event, order_id), false, 0, 0, NULL, "the order that a purchase is a line of"},
    {"line", VT_FIELD_TEXT, FIELD(vt_event, line), false, 0, 0, NULL, "number of the line inside its order"},
    {"state", VT_FIELD_CHOICE, FIELD(vt_event, state), false, 0, 0, states, "of a purchase or return"},
    {"title", VT_FIELD_TEXT, FIELD(vt_event, title), false, 0, 0, NULL, "of a review"},
    {"text", VT_FIELD_TEXT, FIELD(vt_event, body), false, 0, 0, NULL, "of a review"},
    {"placement", VT_FIELD_TEXT, FIELD(vt_event, placement), false, 0, 0, NULL, "where on the page it was shown"},
    {"model", VT_FIELD_TEXT, FIELD(vt_event, model), false, 0, 0, NULL, "which model had recommended it"},
    {"request", VT_FIELD_TEXT, FIELD(vt_event, request), false, 0, 0, NULL,
     "the request that had recommended it, as its answer says"},
};

static const vt_field line_rows[] = {
    {"item", VT_FIELD_TEXT, FIELD(vt_event, item), true, 0, 0, NULL, "the item's id"},
    {"line", VT_FIELD_TEXT, FIELD(vt_event, line), false, 0, 0, NULL, "number of the line; without it: its place"},
    {"quantity", VT_FIELD_COUNT, FIELD(vt_event, quantity), false, 1, 1e9, NULL, "pieces; without it: 1"},
    {"unit_price", VT_FIELD_MONEY, FIELD(vt_event, unit_price), false, 0, MONEY_LINE, NULL, "of one piece"},
    {"discount", VT_FIELD_MONEY, FIELD(vt_event, discount), false, 0, MONEY_LINE, NULL, "of the whole line"},
    {"request", VT_FIELD_TEXT, FIELD(vt_event, request), false, 0, 0, NULL,
     "the request that had recommended the item"},
};

static const vt_field given_rows[] = {
    {"item", VT_FIELD_TEXT, FIELD(vt_event, item), true, 0, 0, NULL, "the item's id"},
    {"kind", VT_FIELD_CHOICE, FIELD(vt_event, kind), false, 0, 0, kinds, "what happened; without it: a purchase"},
    {"time", VT_FIELD_TIME, FIELD(vt_event, time), false, 0, 0, NULL, "when; without it: now"},
    {"value", VT_FIELD_NUMBER, FIELD(vt_event, value), false, -1e6, 1e6, NULL, "of a rating"},
};

static const vt_field rule_rows[] = {
    {"id", VT_FIELD_TEXT, FIELD(vt_shop_rule, id), false, 0, 0, NULL,
     "its own; without it the address says it, or one is made"},
    {"action", VT_FIELD_CHOICE, FIELD(vt_shop_rule, action), true, 0, 0, "boost|bury|pin|block", "what happens"},
    {"what", VT_FIELD_CHOICE, FIELD(vt_shop_rule, what), true, 0, 0, "item|brand|category",
     "to what; a pin to an item"},
    {"name", VT_FIELD_TEXT, FIELD(vt_shop_rule, name), true, 0, 0, NULL,
     "the item's id, the brand, or the category, which counts with all below it"},
    {"factor", VT_FIELD_NUMBER, FIELD(vt_shop_rule, factor), false, 1, 100, NULL,
     "a boost multiplies the relevance by it, a bury divides; 2 where neither this nor an addition is given"},
    {"addition", VT_FIELD_NUMBER, FIELD(vt_shop_rule, addition), false, 0, 10, NULL,
     "a boost adds it to the relevance, a bury takes it away"},
    {"position", VT_FIELD_COUNT, FIELD(vt_shop_rule, position), false, 1, VT_RULE_POSITION_MAX, NULL,
     "the place of a pin; without it the first"},
    {"from", VT_FIELD_TIME, FIELD(vt_shop_rule, from), false, 0, 0, NULL, "first second at which it acts"},
    {"until", VT_FIELD_TIME, FIELD(vt_shop_rule, until), false, 0, 0, NULL, "first second at which it acts no more"},
    {"segment", VT_FIELD_TEXT, FIELD(vt_shop_rule, segment), false, 0, 0, NULL, "only for users of this segment"},
    {"page", VT_FIELD_TEXT, FIELD(vt_shop_rule, page), false, 0, 0, NULL,
     "only in lists of this category or of one below it"},
    {"note", VT_FIELD_TEXT, FIELD(vt_shop_rule, note), false, 0, 0, NULL, "why, for whoever reads it later"},
    {"made_at", VT_FIELD_TIME, FIELD(vt_shop_rule, made_at), false, 0, 0, NULL,
     "told by the shop; what is given is passed over, as is the next"},
    {"changed_at", VT_FIELD_TIME, FIELD(vt_shop_rule, changed_at), false, 0, 0, NULL, "likewise"},
};

static void init_item(void *record)
{
    vt_item_init(record);
}

static void init_user(void *record)
{
    vt_user_init(record);
}

static void init_event(void *record)
{
    vt_event_init(record);
}

static void init_rule(void *record)
{
    vt_shop_rule_init(record);
}

const vt_fields vt_item_fields = {"Item",    "A product.", ROWS(item_rows),         sizeof(vt_item),
                                  init_item, true,         FIELD(vt_item, currency)};
const vt_fields vt_user_fields = {"User", "A customer.", ROWS(user_rows), sizeof(vt_user), init_user, false, 0};
const vt_fields vt_event_fields = {"Event", "Something that happened.", ROWS(event_rows), sizeof(vt_event), init_event,
                                   true,    FIELD(vt_event, currency)};
const vt_fields vt_line_fields = {"Line", "One line of an order.",  ROWS(line_rows), sizeof(vt_event), init_event,
                                  true,   FIELD(vt_event, currency)};
const vt_fields vt_given_fields = {
    "GivenEvent", "Something that a visitor did.", ROWS(given_rows), sizeof(vt_event), init_event, false, 0};
const vt_fields vt_rule_fields = {
    "Rule", "What a merchandiser wants of the lists.", ROWS(rule_rows), sizeof(vt_shop_rule), init_rule, false, 0};
