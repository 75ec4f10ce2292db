/* Errors as clients read them: application/problem+json (RFC 9457). */
#ifndef VT_SERVE_PROBLEM_H
#define VT_SERVE_PROBLEM_H

#include "serve/call.h"

/** The status of HTTP that stands for a cause. */
int vt_problem_status(vt_code code);

/** The words of a status: "Not Found". */
const char *vt_problem_title(int status);

/** Fills the reply with a problem. `detail` is a sentence. Never fails: without memory a fixed text is sent. */
void vt_problem_reply(vt_call *call, int status, const char *code, const char *detail);

/** The same from an error; causes that are the server's own are not told in detail to strangers. */
void vt_problem_of(vt_call *call, const vt_error *err);

#endif
