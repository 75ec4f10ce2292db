/*
 * Keys: "vtr_", 32 random bytes and 4 of their hash, in base64 for addresses. With the checksum a mistyped key, and
 * most of what somebody tries, is refused without a look at the shop.
 */
#include "vitrine/key.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "store/store.h"

enum { SECRET = 32, CHECK = 4, PREFIX = 4 };
enum { ENCODED = (SECRET + CHECK) / 3 * 4 }; /* 48 characters, without padding */

static const char prefix[] = "vtr_";
static const char *const scopes[VT_SCOPES] = {"read", "events", "write", "report", "admin", "view"};

const char *vt_scope_name(size_t at)
{
    return at < VT_SCOPES ? scopes[at] : NULL;
}

int vt_scopes_parse(unsigned *out, const char *text, vt_error *err)
{
    unsigned found = 0;
    for (const char *at = text; *at != '\0';) {
        size_t len = strcspn(at, ","), i = 0;
        while (i < VT_SCOPES && (strlen(scopes[i]) != len || memcmp(scopes[i], at, len) != 0)) {
            i++;
        }
        if (i == VT_SCOPES) {
            return vt_fail(err, VT_ERR_USAGE, "\"%.*s\" is no scope; read, events, write, report, admin and view are",
                           len > 40 ? 40 : (int)len, at);
        }
        found |= 1U << i;
        at += len + (at[len] == ',');
    }
    if (found == 0) {
        return vt_fail(err, VT_ERR_USAGE, "a scope is expected: read, events, write, report, admin or view");
    }
    *out = found;
    return VT_OK;
}

static void digest(unsigned char *out, size_t out_bytes, const void *bytes, size_t len)
{
    vt_digest d;
    vt_digest_init(&d, out_bytes);
    vt_digest_add(&d, bytes, len);
    vt_digest_done(&d, out, out_bytes);
}

static void checksum(unsigned char out[CHECK], const unsigned char secret[SECRET])
{
    unsigned char hash[16];
    digest(hash, sizeof hash, secret, SECRET);
    memcpy(out, hash, CHECK);
}

bool vt_key_hash(unsigned char hash[VT_KEY_HASH_BYTES], const char *text)
{
    unsigned char bytes[SECRET + CHECK], check[CHECK];
    size_t n = 0, len = strnlen(text, VT_KEY_BYTES);
    if (len != PREFIX + ENCODED || memcmp(text, prefix, PREFIX) != 0 ||
        sodium_base642bin(bytes, sizeof bytes, text + PREFIX, ENCODED, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        n != sizeof bytes) {
        return false;
    }
    checksum(check, bytes);
    if (sodium_memcmp(check, bytes + SECRET, CHECK) != 0) {
        return false;
    }
    digest(hash, VT_KEY_HASH_BYTES, text, len);
    return true;
}

int vt_key_create(char text[VT_KEY_BYTES], char id[VT_KEY_ID_BYTES], vt_shop *shop, const char *name,
                  unsigned scopes_of, int64_t expires_at, vt_error *err)
{
    unsigned char bytes[SECRET + CHECK], hash[VT_KEY_HASH_BYTES], label[4];
    char made[VT_KEY_BYTES], made_id[VT_KEY_ID_BYTES];
    if (scopes_of == 0 || scopes_of >= 1U << VT_SCOPES) {
        return vt_fail(err, VT_ERR_USAGE, "a key needs a scope: read, events, write, report, admin or view");
    }
    if (expires_at != VT_NONE && expires_at <= vt_now()) {
        return vt_fail(err, VT_ERR_USAGE, "the time at which the key expires has passed");
    }
    vt_random_bytes(bytes, SECRET);
    vt_random_bytes(label, sizeof label);
    checksum(bytes + SECRET, bytes);
    memcpy(made, prefix, PREFIX);
    sodium_bin2base64(made + PREFIX, sizeof made - PREFIX, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    made_id[0] = 'k';
    vt_hex(made_id + 1, label, sizeof label);
    digest(hash, sizeof hash, made, strlen(made));
    const vt_key key = {vt_str_of(made_id), vt_str_of(name), scopes_of, vt_now(), expires_at, hash};
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_put_key(store, &key, err);
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    status = vt_store_commit(store, 0, err);
    if (status == VT_OK) {
        snprintf(text, VT_KEY_BYTES, "%s", made);
        snprintf(id, VT_KEY_ID_BYTES, "%s", made_id);
    }
    sodium_memzero(made, sizeof made);
    sodium_memzero(bytes, sizeof bytes);
    return status;
}

int vt_key_revoke(vt_shop *shop, const char *id, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_store_remove_key(store, vt_str_of(id), err);
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

int vt_keys_each(vt_shop *shop, vt_key_each each, void *context, vt_error *err)
{
    return vt_store_each_key(vt_shop_store(shop), each, context, err);
}
