/* Hashes: keyed for tables, repeatable for names and draws, BLAKE2b for content, SHA-256 for files of others. */
#ifndef VT_BASE_HASH_H
#define VT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/**
 * The hash of tables: SipHash-2-4 with a key that each process draws, so that nobody can choose texts that collide. It
 * differs from run to run: no result may depend on it. Thread-safe.
 */
uint64_t vt_hash_keyed(const void *bytes, size_t len);

/** A well-mixed 64-bit hash, the same on every machine. Collisions are easily made: not for tables of texts. */
uint64_t vt_hash64(const void *bytes, size_t len, uint64_t seed);

/** Mixes two words into one. */
uint64_t vt_hash_mix(uint64_t a, uint64_t b);

/** BLAKE2b of a stream of bytes. The struct is the caller's. */
typedef struct vt_digest {
    unsigned char state[512]; /* crypto_generichash_state, kept opaque so that no header needs libsodium */
} __attribute__((aligned(64))) vt_digest;

void vt_digest_init(vt_digest *digest, size_t out_bytes);
void vt_digest_add(vt_digest *digest, const void *bytes, size_t len);
void vt_digest_done(vt_digest *digest, unsigned char *out, size_t out_bytes);

/** SHA-256, for comparing files with what is published about them. */
void vt_sha256(unsigned char out[32], const void *bytes, size_t len);

/** Bytes that nobody can foretell, for keys. */
void vt_random_bytes(void *out, size_t len);

enum { VT_RANDOM_ID_BYTES = 16 };

/** A name that occurs once, of 16 bytes drawn many at a time: they lie in memory before they are used, so no secret. */
void vt_random_id(unsigned char out[VT_RANDOM_ID_BYTES]);

/** Lower-case hexadecimal with a NUL: `out` holds 2 * len + 1 bytes. */
void vt_hex(char *out, const unsigned char *bytes, size_t len);

#endif
