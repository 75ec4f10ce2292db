/*
 * The end of a certificate's validity (X.509, RFC 5280, section 4.1): the DER of the first block of a PEM text, walked
 * as far as that date. What is not as expected is given up on; the HTTP library judges the certificate.
 */
#include "serve/certificate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "vitrine/str.h"

enum { DER_BYTES_MAX = 1 << 16, SEQUENCE = 0x30, VERSION = 0xa0, INTEGER = 0x02, UTC_TIME = 0x17, TIME = 0x18 };

/* What is left to read. */
typedef struct der {
    const unsigned char *at;
    size_t left;
} der;

/* Takes the next element, which must have that tag; its content goes to `content`. */
static bool take(der *from, unsigned tag, der *content)
{
    size_t head = 2;
    if (from->left < 2 || from->at[0] != tag) {
        return false;
    }
    size_t len = from->at[1];
    if (len > 0x7f) {
        size_t bytes = len & 0x7f;
        if (bytes == 0 || bytes > 3 || from->left < 2 + bytes) {
            return false;
        }
        len = 0;
        for (size_t i = 0; i < bytes; i++) {
            len = len << 8 | from->at[2 + i];
        }
        head += bytes;
    }
    if (len > from->left - head) {
        return false;
    }
    *content = (der){from->at + head, len};
    *from = (der){from->at + head + len, from->left - head - len};
    return true;
}

/* "YYMMDDHHMMSSZ" (1950 to 2049), or with four digits of the year. */
static bool read_time(int64_t *out, const der *time, bool short_year)
{
    char text[32];
    const char *digits = (const char *)time->at;
    if (time->left != (short_year ? 13 : 15)) {
        return false;
    }
    const char *century = !short_year ? "" : digits[0] < '5' ? "20" : "19";
    const char *rest = digits + (short_year ? 2 : 4);
    snprintf(text, sizeof text, "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century, short_year ? 2 : 4, digits, rest, rest + 2,
             rest + 4, rest + 6, rest + 8);
    return vt_parse_time(out, vt_str_of(text), NULL, NULL) == VT_OK;
}

bool vt_certificate_until(int64_t *until, const char *pem)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    unsigned char bytes[DER_BYTES_MAX];
    size_t len = 0;
    const char *text = strstr(pem, begin);
    if (text == NULL) {
        return false;
    }
    text += sizeof begin - 1;
    const char *end = strstr(text, "-----END");
    if (end == NULL || sodium_base642bin(bytes, sizeof bytes, text, (size_t)(end - text), " \t\r\n", &len, NULL,
                                         sodium_base64_VARIANT_ORIGINAL) != 0) {
        return false;
    }
    der all = {bytes, len}, certificate, signed_part, passed, validity, time;
    if (!take(&all, SEQUENCE, &certificate) || !take(&certificate, SEQUENCE, &signed_part)) {
        return false;
    }
    take(&signed_part, VERSION, &passed); /* need not be there */
    if (!take(&signed_part, INTEGER, &passed) || !take(&signed_part, SEQUENCE, &passed) ||
        !take(&signed_part, SEQUENCE, &passed) || !take(&signed_part, SEQUENCE, &validity)) {
        return false;
    }
    if (!take(&validity, UTC_TIME, &time) && !take(&validity, TIME, &time)) { /* not before */
        return false;
    }
    if (take(&validity, UTC_TIME, &time)) {
        return read_time(until, &time, true);
    }
    return take(&validity, TIME, &time) && read_time(until, &time, false);
}
