/* The schema as numbered steps: step n takes a store from n - 1 to n. Steps are never changed once released. */
#ifndef VT_STORE_MIGRATIONS_H
#define VT_STORE_MIGRATIONS_H

enum { VT_SCHEMA = 10 };

/** SQL of step `number` (1 to VT_SCHEMA). */
extern const char *const vt_migrations[VT_SCHEMA];

#endif
