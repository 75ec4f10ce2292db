/*
 * Sessions of the dashboard in memory: a random token in a cookie stands for a key, so that no page ever holds the key
 * itself. Only hashes of tokens are kept. A session ends with its key, which is looked up at every call.
 */
#ifndef VT_SERVE_SESSIONS_H
#define VT_SERVE_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "vitrine/key.h"

enum {
    VT_SESSION_BYTES = 44,               /* of a token as text, with its NUL */
    VT_SESSIONS_MAX = 256,               /* of one shop; one more ends the one that was idle longest */
    VT_SESSION_IDLE_SECONDS = 12 * 3600, /* without a call */
    VT_SESSION_SECONDS = 7 * 24 * 3600,  /* in all */
    VT_FIRST_TOKEN_SECONDS = 10 * 60
};

typedef struct vt_sessions vt_sessions;

int vt_sessions_create(vt_sessions **out, vt_error *err);
void vt_sessions_free(vt_sessions *sessions);

/** Makes the token for who begins a shop without keys: for one use, in the next ten minutes. Replaces one before. */
void vt_sessions_make_first(vt_sessions *sessions, char token[VT_SESSION_BYTES], int64_t now);

/** Uses it up; false: it is another one, was used, or is too old. */
bool vt_sessions_use_first(vt_sessions *sessions, const char *token, int64_t now);

/** Begins a session for the key with this id; "": for a first token. Any thread, as all of these. */
void vt_sessions_begin(vt_sessions *sessions, char token[VT_SESSION_BYTES], const char *key, int64_t now);

/** The id of its key; false where the token is of no session, or the session is over. Counts as a call. */
bool vt_sessions_find(vt_sessions *sessions, char key[VT_KEY_ID_BYTES], const char *token, int64_t now);

void vt_sessions_end(vt_sessions *sessions, const char *token);

#endif
