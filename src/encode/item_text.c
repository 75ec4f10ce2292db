/*
 * The text of an item for a text encoder. A description loses what says nothing of the product: headings and buttons
 * of the page that it was taken from, and sentences that the item has said before, as scraped pages have the same
 * paragraph two or three times and an encoder reads only the first hundred words.
 */
#include "base/map.h"
#include "encode/clean.h"
#include "encode/clean_lines.h"

#include <strings.h>

/* At the begin or the end of a sentence; the first letter as it is here, the others in any case. */
static const char *const boilerplate[] = {
    "Product description",
    "Product details",
    "Product information",
    "About this item",
    "About the product",
    "About this product",
    "See more product details",
    "From the manufacturer",
    "From the brand",
    "Read more",
    "Show more",
    "Show less",
    "See more",
    "Learn more",
    "Back to top",
    "Item description",
    "Editorial reviews",
    "Click to enlarge",
    "View larger",
};

enum { REPEATED_BYTES = 16 /* shorter sentences may come again: "Wash." */ };

typedef struct item_text {
    vt_buf *out;
    vt_buf field; /* one field, cleaned */
    vt_map *seen; /* sentences */
    size_t start;
} item_text;

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool says(const char *at, const char *phrase, size_t len)
{
    return *at == *phrase && strncasecmp(at, phrase, len) == 0;
}

/* Bytes of the heading that a sentence begins with, its colon and the space behind it too. */
static size_t heading(vt_str s)
{
    for (size_t i = 0; i < sizeof boilerplate / sizeof boilerplate[0]; i++) {
        size_t len = strlen(boilerplate[i]);
        if (s.len < len || !says(s.ptr, boilerplate[i], len)) {
            continue;
        }
        size_t end = len;
        while (end < s.len && strchr(" :.-|", s.ptr[end]) != NULL) {
            end++;
        }
        bool marked = memchr(s.ptr + len, ':', end - len) != NULL;
        if (end == s.len || (end > len && (marked || !is_lower(s.ptr[end])))) {
            return end;
        }
    }
    return 0;
}

static bool ends_with(vt_str s, const char *end)
{
    size_t len = strlen(end);
    return s.len >= len && memcmp(s.ptr + s.len - len, end, len) == 0;
}

/* Without the spaces, dots and arrows that stand around buttons. */
static vt_str without_edge(vt_str s)
{
    static const char *const edges[] = {" ", ".", "|", ">", "\xC2\xBB", "\xE2\x80\xBA", "\xE2\x80\xA6"};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0];) {
        bool found = ends_with(s, edges[i]);
        s.len -= found ? strlen(edges[i]) : 0;
        i = found ? 0 : i + 1;
    }
    return s;
}

/* The sentence without the button that it ends with; all of it when it ends with none. */
static vt_str without_button(vt_str sentence)
{
    vt_str s = without_edge(sentence);
    for (size_t i = 0; i < sizeof boilerplate / sizeof boilerplate[0]; i++) {
        size_t len = strlen(boilerplate[i]);
        if (s.len > len && says(s.ptr + s.len - len, boilerplate[i], len) && !is_word(s.ptr[s.len - len - 1])) {
            vt_str before = {s.ptr, s.len - len};
            while (ends_with(before, " ")) {
                before.len--;
            }
            return ends_with(before, ".") ? before : without_edge(before);
        }
    }
    return sentence;
}

static vt_str without_boilerplate(vt_str s)
{
    for (size_t used = heading(s); used > 0; used = heading(s)) {
        s = (vt_str){s.ptr + used, s.len - used};
    }
    for (vt_str less = without_button(s); less.len < s.len; less = without_button(s)) {
        s = less;
    }
    bool words = false;
    for (size_t i = 0; i < s.len; i++) {
        words = words || is_word(s.ptr[i]);
    }
    return words ? s : (vt_str){s.ptr, 0};
}

/* The first sentence of `rest`: to the end of the line, or to ".", "!" or "?" before a space. */
static vt_str next_sentence(vt_str *rest)
{
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != '\n' &&
           !(rest->ptr[end] == ' ' && end > 0 && strchr(".!?", rest->ptr[end - 1]) != NULL)) {
        end++;
    }
    vt_str sentence = {rest->ptr, end};
    end += end < rest->len;
    *rest = (vt_str){rest->ptr + end, rest->len - end};
    return sentence;
}

static bool ends_sentence(char c)
{
    return c == '.' || c == '!' || c == '?';
}

/* Appends a sentence that is not there yet; the first of a field behind ". ". */
static int add_sentence(item_text *t, vt_str sentence, bool first, vt_error *err)
{
    int64_t known = 0;
    int status = VT_OK;
    if (sentence.len == 0) {
        return VT_OK;
    }
    if (sentence.len >= REPEATED_BYTES) {
        vt_str key = sentence;
        key.len -= ends_sentence(key.ptr[key.len - 1]);
        if (vt_map_get(t->seen, key, &known)) {
            return VT_OK;
        }
        status = vt_map_set(t->seen, key, 1, err);
    }
    if (status == VT_OK && t->out->len > t->start) {
        bool ended = ends_sentence(t->out->data[t->out->len - 1]);
        status = vt_buf_add_text(t->out, first && !ended ? ". " : " ", err);
    }
    return status == VT_OK ? vt_buf_add(t->out, sentence.ptr, sentence.len, err) : status;
}

static int add_description(item_text *t, vt_str description, vt_error *err)
{
    vt_buf_clear(&t->field);
    int status = vt_text_clean_lines(&t->field, description, err);
    size_t before = t->out->len;
    for (vt_str rest = {t->field.data, t->field.len}; status == VT_OK && rest.len > 0;) {
        vt_str sentence = without_boilerplate(next_sentence(&rest));
        status = add_sentence(t, sentence, t->out->len == before, err);
    }
    return status;
}

static int add_field(item_text *t, vt_str field, vt_error *err)
{
    vt_buf_clear(&t->field);
    int status = vt_text_clean(&t->field, field, err);
    return status == VT_OK ? add_sentence(t, (vt_str){t->field.data, t->field.len}, true, err) : status;
}

int vt_item_text(vt_buf *out, const vt_item *item, const vt_reviews *reviews, vt_error *err)
{
    item_text t = {.out = out, .start = out->len};
    vt_buf_init(&t.field, out->cap);
    int status = vt_map_create(&t.seen, 0, err);
    status = status == VT_OK ? add_field(&t, item->title, err) : status;
    status = status == VT_OK ? add_field(&t, item->brand, err) : status;
    status = status == VT_OK ? add_field(&t, item->category, err) : status;
    status = status == VT_OK ? add_description(&t, item->description, err) : status;
    for (int i = 0, n = vt_reviews_count(reviews, item->id); status == VT_OK && i < n; i++) {
        status = add_field(&t, vt_reviews_title(reviews, item->id, i), err);
    }
    if (status != VT_OK) {
        out->len = t.start;
        if (out->data != NULL) {
            out->data[out->len] = '\0';
        }
    }
    vt_map_free(t.seen);
    vt_buf_done(&t.field);
    return status;
}
