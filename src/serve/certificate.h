/* What the server must know of a certificate that it only hands to the HTTP library. */
#ifndef VT_SERVE_CERTIFICATE_H
#define VT_SERVE_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

/** Until when the first certificate of a PEM text holds, UTC seconds; false where it is not understood. */
bool vt_certificate_until(int64_t *until, const char *pem);

#endif
