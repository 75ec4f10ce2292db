/* The keys of a shop in memory, as the server checks them. */
#ifndef VT_SERVE_KEYS_H
#define VT_SERVE_KEYS_H

#include "serve/call.h"
#include "vitrine/key.h"

typedef struct vt_keys vt_keys;

int vt_keys_create(vt_keys **out, vt_error *err);
void vt_keys_free(vt_keys *keys);

/** Reads the shop's keys anew. On failure those from before stay. Any thread. */
int vt_keys_load(vt_keys *keys, vt_shop *shop, vt_error *err);

/**
 * Gives the call the scopes and the id of the key `token`, none where it is not known or has expired. The time does not
 * tell how much of a wrong key is right: all keys are compared whole, by their hashes. O(keys).
 */
void vt_keys_check(vt_keys *keys, vt_call *call, const char *token);

/** The same by the key's id, which the server itself knows: of a session. O(keys). */
void vt_keys_find(vt_keys *keys, vt_call *call, const char *id);

/** Whether who calls may read the ids of customers. */
static inline bool vt_call_names_customers(const vt_call *call)
{
    return (call->scopes & VT_SCOPE_REPORT) != 0;
}

/** An item as who calls may see it: what it costs the shop is nothing that a storefront's key tells everybody. */
static inline vt_item vt_call_item(const vt_call *call, const vt_item *item)
{
    vt_item seen = *item;
    if ((call->scopes & (VT_SCOPE_WRITE | VT_SCOPE_REPORT | VT_SCOPE_ADMIN | VT_SCOPE_VIEW)) == 0) {
        seen.cost = VT_NONE;
    }
    return seen;
}

size_t vt_keys_count(vt_keys *keys);

#endif
