/**
 * Keys of a shop: who may call its server, and what for. A key is shown once, when it is made; the shop keeps its hash.
 */
#ifndef VITRINE_KEY_H
#define VITRINE_KEY_H

#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a key allows, as bits. */
typedef enum vt_scope_bit {
    VT_SCOPE_READ = 1 << 0,   /**< lists and items: what a storefront shows; nothing of customers */
    VT_SCOPE_EVENTS = 1 << 1, /**< telling events */
    VT_SCOPE_WRITE = 1 << 2,  /**< items, users, orders, rules, models */
    VT_SCOPE_REPORT = 1 << 3, /**< customers' data and the shop's figures */
    VT_SCOPE_ADMIN = 1 << 4,  /**< keys, backup, import, export, erasure */
    VT_SCOPE_VIEW = 1 << 5    /**< the shop's figures and goods, with numbers in place of customers' ids */
} vt_scope_bit;

#define VT_SCOPES 6        /**< number of scopes */
#define VT_KEY_BYTES 64    /**< of a key as text, with its NUL */
#define VT_KEY_ID_BYTES 16 /**< of its id, with its NUL */
#define VT_KEY_HASH_BYTES 32

/** A key as the shop keeps it. Texts are valid during the call. */
typedef struct vt_key {
    vt_str id;   /**< "k3f09a1c2" */
    vt_str name; /**< what it is for, in the words of who made it */
    unsigned scopes;
    int64_t made_at;           /**< UTC seconds */
    int64_t expires_at;        /**< VT_NONE: never */
    const unsigned char *hash; /**< (VT_KEY_HASH_BYTES) BLAKE2b of the text */
} vt_key;

/** The name of scope number `at`: "read", "events", ...; NULL past the last. Static storage. */
VT_API const char *vt_scope_name(size_t at);

/** Scopes from "read,events". VT_ERR_USAGE names what is none. */
VT_API int vt_scopes_parse(unsigned *out, const char *text, vt_error *err);

/**
 * Makes a key of 256 random bits and keeps it in the shop, open for writing. `text` is the key, `id` its name for
 * revoking. VT_ERR_USAGE: no scope, or an expiry that has passed.
 */
VT_API int vt_key_create(char text[VT_KEY_BYTES], char id[VT_KEY_ID_BYTES], vt_shop *shop, const char *name,
                         unsigned scopes, int64_t expires_at, vt_error *err);

/** Takes a key out of the shop, open for writing. VT_ERR_NOT_FOUND: there is none with this id. */
VT_API int vt_key_revoke(vt_shop *shop, const char *id, vt_error *err);

/** VT_OK to go on; anything else ends the call, and is what it then gives. */
typedef int (*vt_key_each)(void *context, const vt_key *key);

/** Every key, the oldest first. */
VT_API int vt_keys_each(vt_shop *shop, vt_key_each each, void *context, vt_error *err);

/** False for what no key can be: the form or the checksum is wrong. Costs no look at the shop. */
VT_API bool vt_key_hash(unsigned char hash[VT_KEY_HASH_BYTES], const char *text);

#ifdef __cplusplus
}
#endif

#endif
