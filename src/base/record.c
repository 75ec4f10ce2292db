/* Empty records and the names of event kinds. */
#include "vitrine/record.h"

#include <math.h>

static const char *const kind_names[VT_EVENT_KINDS] = {
    "view", "cart", "purchase", "return", "rating", "like", "dislike", "impression", "click",
};

const char *vt_event_kind_name(int kind)
{
    return kind < 0 || kind >= VT_EVENT_KINDS ? NULL : kind_names[kind];
}

int vt_event_kind_find(vt_str name)
{
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        if (vt_str_equal(name, vt_str_of(kind_names[kind]))) {
            return kind;
        }
    }
    return -1;
}

void vt_event_init(vt_event *event)
{
    *event = (vt_event){
        .time = VT_NONE,
        .quantity = VT_NONE,
        .unit_price = VT_NONE,
        .refunded = VT_NONE,
        .discount = VT_NONE,
        .value = NAN,
        .kind = VT_EVENT_VIEW,
    };
}

void vt_item_init(vt_item *item)
{
    *item = (vt_item){
        .price = VT_NONE,
        .cost = VT_NONE,
        .stock = VT_NONE,
        .available_from = VT_NONE,
        .available_until = VT_NONE,
        .as_of = VT_NONE,
    };
}

void vt_user_init(vt_user *user)
{
    *user = (vt_user){.id = {NULL, 0}};
}

void vt_link_init(vt_link *link)
{
    *link = (vt_link){.weight = 1};
}
