/*
 * What the parsed head shows is checked by its texts. What it hides (how a line ended, what was cut off) is found by
 * where the texts lie: all are in the one buffer that the head was read into, so between the end of a value and the
 * next name there are two bytes, CR and LF, or something is wrong. See docs/decisions/0012-heads.md.
 */
#include "serve/head.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/number.h"
#include "serve/problem.h"

typedef struct head_check {
    size_t bytes, n_host, n_length, n_encoding;
    uintptr_t at, end; /* in the buffer: behind the last text (0: it is none that we know), behind the head */
    const char *wrong; /* the first thing that is, as a sentence */
} head_check;

/* Characters of ASCII, a bit each. */
typedef struct char_set {
    uint64_t bits[2];
} char_set;

#define BIT(c) (UINT64_C(1) << ((c)&63))
#define DIGITS UINT64_C(0x03ff000000000000)  /* of the first half */
#define LETTERS UINT64_C(0x07fffffe07fffffe) /* of the second */

static bool holds_only(const char *text, const char_set *set)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 128 || (set->bits[c / 64] & BIT(c)) == 0) {
            return false;
        }
    }
    return true;
}

/* RFC 9110, 5.6.2: no space before the colon, no byte past ASCII. */
static bool is_token(const char *name)
{
    static const char_set token = {{DIGITS | BIT('!') | BIT('#') | BIT('$') | BIT('%') | BIT('&') | BIT('\'') |
                                        BIT('*') | BIT('+') | BIT('-') | BIT('.'),
                                    LETTERS | BIT('^') | BIT('_') | BIT('`') | BIT('|') | BIT('~')}};
    return name[0] != '\0' && holds_only(name, &token);
}

static bool has_control(vt_str text, bool tab)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if ((c >= 0 && c < ' ' && !(tab && c == '\t')) || c == 0x7f) {
            return true;
        }
    }
    return false;
}

/* A name or address and perhaps a port (RFC 9110, 7.2); "" is one, for a client that does not know. */
static bool is_host(const char *value)
{
    static const char_set host = {{DIGITS | BIT('-') | BIT('.') | BIT('!') | BIT('$') | BIT('&') | BIT('\'') |
                                       BIT('(') | BIT(')') | BIT('*') | BIT('+') | BIT(',') | BIT(';') | BIT('=') |
                                       BIT('%') | BIT(':'),
                                   LETTERS | BIT('_') | BIT('~') | BIT('[') | BIT(']')}};
    const char *bracket = strchr(value, ']'), *colon = strchr(bracket == NULL ? value : bracket, ':');
    bool port = colon == NULL || strspn(colon + 1, "0123456789") == strlen(colon + 1);
    return port && (value[0] == '[') == (bracket != NULL) && holds_only(value, &host);
}

static void note(head_check *c, bool wrong, const char *sentence)
{
    c->wrong = c->wrong == NULL && wrong ? sentence : c->wrong;
}

/* The next text is `gap` bytes behind the last one, or a little more where `more`; a folded one lies elsewhere. */
static void check_gap(head_check *c, uintptr_t next, size_t len, size_t gap, bool more)
{
    if (c->at == 0) {
        return;
    }
    note(c, next < c->at + gap || next > (more ? c->end : c->at + gap),
         "the lines of a head end with CR and LF, have a name each, and hold no NUL and no folded header");
    c->at = next + len;
}

static enum MHD_Result check_header(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    head_check *c = context;
    (void)kind;
    uintptr_t value_at = (uintptr_t)value; /* in the buffer also where it is empty */
    value = value == NULL ? "" : value;
    size_t name_len = strlen(name), value_len = strlen(value);
    check_gap(c, (uintptr_t)name, name_len, 2, false);
    check_gap(c, value_at, value_len, 1, true); /* a colon, and spaces */
    c->bytes += name_len + value_len + 4;
    note(c, !is_token(name), "the name of a header holds what no name may: a space, or bytes that are no ASCII");
    note(c, has_control((vt_str){value, value_len}, true), "a header holds a control character");
    note(c, !vt_utf8_valid((vt_str){value, value_len}), "a header holds bytes that are no UTF-8");
    if (strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0) {
        c->n_host++;
        note(c, !is_host(value), "Host is no name or address with perhaps a port");
    }
    c->n_length += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        c->n_encoding++;
        note(c, strcasecmp(value, "chunked") != 0, "Transfer-Encoding may be \"chunked\" and nothing else");
    }
    return MHD_YES;
}

/* The request line: three texts with a space between. Where they are not in one buffer, none of that can be said. */
static void check_line(head_check *c, const vt_call *call, const vt_head *head)
{
    bool known = head->method < head->target && head->target < head->version && head->version < c->end;
    c->at = known ? head->method : 0;
    note(c, !is_token(call->method), "the method is none");
    note(c, has_control(call->target, false), "the address holds a control character");
    note(c, memchr(call->target.ptr, ' ', call->target.len) != NULL, "the address holds a space");
    check_gap(c, head->method, strlen(call->method), 0, false);
    check_gap(c, head->target, call->target.len, 1, false);
    check_gap(c, head->version, strlen("HTTP/1.1"), 1, false);
}

bool vt_head_is_sound(vt_call *call, const vt_head *head)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(call->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    head_check c = {.bytes = call->target.len + 20};
    c.end = head->method + (info == NULL ? 0 : info->header_size);
    check_line(&c, call, head);
    MHD_get_connection_values(call->connection, MHD_HEADER_KIND, check_header, &c);
    check_gap(&c, c.end, 0, 4, false);
    note(&c, c.n_host > 1 || c.n_length > 1 || c.n_encoding > 1 || (c.n_length > 0 && c.n_encoding > 0),
         "Host, Content-Length and Transfer-Encoding may stand once, and only one of the last two");
    note(&c, c.n_host == 0 && !call->old_version, "a request of HTTP/1.1 has the header Host");
    note(&c, c.n_encoding > 0 && call->old_version, "HTTP/1.0 knows no Transfer-Encoding");
    if (c.bytes > VT_REQUEST_HEAD_BYTES_MAX) {
        vt_problem_reply(call, 431, "limit", "the head of the request is longer than 16 KiB");
    } else if (c.wrong != NULL) {
        vt_problem_reply(call, 400, "format", c.wrong);
    }
    call->ends = call->reply.status != 0;
    return !call->ends;
}
