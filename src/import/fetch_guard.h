/* Which addresses a fetch may connect to. */
#ifndef VT_IMPORT_FETCH_GUARD_H
#define VT_IMPORT_FETCH_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

/**
 * True for an IPv4 or IPv6 address of the public internet: not private, loopback, link-local, multicast, reserved or
 * for documentation, and no IPv6 address that wraps such an IPv4 one. False for other families.
 */
bool vt_address_public(const struct sockaddr *address, socklen_t len);

/** The address as text, "?" when it has none. `size` of 64 is enough. */
void vt_address_text(char *out, size_t size, const struct sockaddr *address, socklen_t len);

#endif
