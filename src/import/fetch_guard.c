/*
 * The guard of fetching. A URL in a catalogue comes from outside, and what answers it must not be the house's own
 * machines. Names are no use for that, since what they stand for may change between a check and the connection; so the
 * address itself is looked at, just before the socket is made. Ranges are those of the IANA special-purpose registries
 * (RFC 6890 and its updates).
 */
#include "import/fetch_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Addresses whose first `bits` are those of `start`. */
typedef struct range4 {
    uint32_t start;
    int bits;
} range4;

static const range4 closed4[] = {
    {0x00000000, 8},  /* 0.0.0.0: this network */
    {0x0A000000, 8},  /* 10.0.0.0: private */
    {0x64400000, 10}, /* 100.64.0.0: shared behind carriers */
    {0x7F000000, 8},  /* 127.0.0.0: loopback */
    {0xA9FE0000, 16}, /* 169.254.0.0: link-local, where clouds keep their keys */
    {0xAC100000, 12}, /* 172.16.0.0: private */
    {0xC0000000, 24}, /* 192.0.0.0: protocol assignments */
    {0xC0000200, 24}, /* 192.0.2.0: documentation */
    {0xC0586300, 24}, /* 192.88.99.0: 6to4 relays */
    {0xC0A80000, 16}, /* 192.168.0.0: private */
    {0xC6120000, 15}, /* 198.18.0.0: benchmarks */
    {0xC6336400, 24}, /* 198.51.100.0: documentation */
    {0xCB007100, 24}, /* 203.0.113.0: documentation */
    {0xE0000000, 4},  /* 224.0.0.0: multicast */
    {0xF0000000, 4},  /* 240.0.0.0: reserved, and broadcast */
};

static bool public4(uint32_t address)
{
    for (size_t i = 0; i < sizeof closed4 / sizeof closed4[0]; i++) {
        if ((address ^ closed4[i].start) >> (32 - closed4[i].bits) == 0) {
            return false;
        }
    }
    return true;
}

static uint32_t word(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

static bool public6(const unsigned char *a)
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};        /* ::ffff:0:0/96 */
    static const unsigned char translated[12] = {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0}; /* 64:ff9b::/96 */
    if (memcmp(a, mapped, sizeof mapped) == 0 || memcmp(a, translated, sizeof translated) == 0) {
        return public4(word(a + 12));
    }
    if (a[0] == 0x20 && a[1] == 0x02) { /* 2002::/16: 6to4 */
        return public4(word(a + 2));
    }
    uint32_t first = word(a);
    return first >> 29 == 1 &&               /* 2000::/3 is all that is given out */
           first >> 9 != 0x20010000U >> 9 && /* 2001::/23: Teredo and other assignments */
           first != 0x20010DB8U &&           /* 2001:db8::/32: documentation */
           first >> 12 != 0x3FFF0000U >> 12; /* 3fff::/20: documentation */
}

bool vt_address_public(const struct sockaddr *address, socklen_t len)
{
    if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return public6(in.sin6_addr.s6_addr);
    }
    return false;
}

void vt_address_text(char *out, size_t size, const struct sockaddr *address, socklen_t len)
{
    const char *text = NULL;
    if (address->sa_family == AF_INET && len >= sizeof(struct sockaddr_in)) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        text = inet_ntop(AF_INET, &in.sin_addr, out, (socklen_t)size);
    } else if (address->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6)) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        text = inet_ntop(AF_INET6, &in.sin6_addr, out, (socklen_t)size);
    }
    if (text == NULL) {
        snprintf(out, size, "?");
    }
}
