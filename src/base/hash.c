/*
 * The keyed hash, BLAKE2b and SHA-256 are libsodium's. The repeatable hash reads eight bytes at a time and folds
 * 128-bit products (the idea of wyhash).
 */
#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

_Static_assert(sizeof(vt_digest) >= sizeof(crypto_generichash_state), "the opaque state must hold libsodium's");

static uint64_t load64(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

uint64_t vt_hash_mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)(a ^ 0x9E3779B97F4A7C15U) * (b ^ 0xC2B2AE3D27D4EB4FU);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static unsigned char table_key[crypto_shorthash_KEYBYTES];
static pthread_once_t table_key_drawn = PTHREAD_ONCE_INIT;

static void draw_table_key(void)
{
    randombytes_buf(table_key, sizeof table_key);
}

uint64_t vt_hash_keyed(const void *bytes, size_t len)
{
    uint64_t hash;
    pthread_once(&table_key_drawn, draw_table_key);
    crypto_shorthash((unsigned char *)&hash, bytes, len, table_key);
    return hash;
}

uint64_t vt_hash64(const void *bytes, size_t len, uint64_t seed)
{
    const unsigned char *p = bytes;
    uint64_t hash = seed ^ ((uint64_t)len * 0x165667B19E3779F9U);
    size_t left = len;
    for (; left >= 8; left -= 8, p += 8) {
        hash = vt_hash_mix(hash ^ load64(p), 0x27D4EB2F165667C5U);
    }
    uint64_t tail = 0;
    for (size_t i = 0; i < left; i++) {
        tail |= (uint64_t)p[i] << (8 * i);
    }
    return vt_hash_mix(hash ^ tail, 0x85EBCA77C2B2AE63U ^ left);
}

void vt_digest_init(vt_digest *digest, size_t out_bytes)
{
    crypto_generichash_init((crypto_generichash_state *)(void *)digest->state, NULL, 0, out_bytes);
}

void vt_digest_add(vt_digest *digest, const void *bytes, size_t len)
{
    crypto_generichash_update((crypto_generichash_state *)(void *)digest->state, bytes, len);
}

void vt_digest_done(vt_digest *digest, unsigned char *out, size_t out_bytes)
{
    crypto_generichash_final((crypto_generichash_state *)(void *)digest->state, out, out_bytes);
}

void vt_sha256(unsigned char out[32], const void *bytes, size_t len)
{
    crypto_hash_sha256(out, bytes, len);
}

void vt_hex(char *out, const unsigned char *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[bytes[i] >> 4];
        out[2 * i + 1] = digits[bytes[i] & 15U];
    }
    out[2 * len] = '\0';
}

void vt_random_bytes(void *out, size_t len)
{
    randombytes_buf(out, len);
}

void vt_random_id(unsigned char out[VT_RANDOM_ID_BYTES])
{
    static _Thread_local unsigned char drawn[64][VT_RANDOM_ID_BYTES];
    static _Thread_local size_t left;
    if (left == 0) {
        randombytes_buf(drawn, sizeof drawn);
        left = sizeof drawn / sizeof drawn[0];
    }
    memcpy(out, drawn[--left], VT_RANDOM_ID_BYTES);
}
