/*
 * WordPiece. Texts are read once from left to right: a word is gathered in a small buffer, already in lower case,
 * decomposed and without accents, and cut into the longest tokens of the vocabulary when it ends, so a text of a
 * megabyte costs no more than its first words. ASCII, which product texts mostly are, goes byte by byte through a
 * table; the rest goes through utf8proc.
 *
 * The rules are those of the BERT tokenizer in the Hugging Face library, whose ids ours equal: (1) texts of special
 * tokens such as "[SEP]" are that token, (2) controls, formats and broken bytes go, (3) CJK ideographs stand alone,
 * (4) with lower case: NFD, marks go, lower case, (5) words end at white space, punctuation stands alone, (6) a word
 * of over 100 characters, or with a piece that is in no vocabulary, is [UNK] as a whole.
 */
#include "encode/wordpiece.h"

#include <utf8proc.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "encode/wordpiece_unicode.h"

enum { WORD_CHARS = 100, WORD_BYTES = 4 * WORD_CHARS, SPECIALS = 5, UNKNOWN = 0, BEGIN = 1, END = 2, PAD = 3 };
enum { SHORT = 7, HEAD_BITS = 12 }; /* bytes of a short token, and the bits that those of a long one are hashed to */

static const char *const specials[SPECIALS] = {"[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"}; /* in that order */

/* A token of at most SHORT bytes in one number: the bytes, and how many they are in the highest. 0: an empty slot. */
typedef struct short_token {
    uint64_t key;
    int32_t id;
} short_token;

/*
 * Tokens and their ids. Short ones, which most words are, stand in a table of numbers whose hash is a product with a
 * number that each process draws. Long ones stand in a map, and since most prefixes of a word are no tokens, `lengths`
 * says by a hash of the first bytes which lengths are worth a look: bit n where some token has n bytes, bit 63 for so
 * many and more.
 */
typedef struct vocabulary {
    vt_map *ids;
    size_t longest; /* bytes of the longest token */
    uint64_t lengths[1U << HEAD_BITS];
    short_token *shorts; /* (1 << bits) */
    unsigned bits;
    uint64_t factor;
} vocabulary;

struct vt_wordpiece {
    vocabulary words;          /* tokens that begin a word */
    vocabulary pieces;         /* tokens that go on in one, without their "##" */
    int32_t special[SPECIALS]; /* ids; -1: a vocabulary without [MASK] */
    uint8_t ascii[128];        /* vt_bert_class */
    char lower[128];
    bool lower_case;
};

static bool starts(vt_str text, const char *with, size_t len)
{
    return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

/* The first bytes of `text`, SHORT at most, as a key. */
static uint64_t key_of(const char *text, size_t len)
{
    uint64_t key = 0;
    size_t n = len < SHORT ? len : SHORT;
    memcpy(&key, text, n);
    return key | (uint64_t)n << 56;
}

/* The key of the first `n` bytes of what `key` stands for. */
static uint64_t cut_key(uint64_t key, size_t n)
{
    return (key & (((uint64_t)1 << (8 * n)) - 1)) | (uint64_t)n << 56;
}

/* The slot where the short token stands, or the empty one where it would. */
static short_token *short_slot(const vocabulary *v, uint64_t key)
{
    size_t mask = ((size_t)1 << v->bits) - 1;
    size_t slot = (size_t)(key * v->factor >> (64 - v->bits));
    while (v->shorts[slot].key != 0 && v->shorts[slot].key != key) {
        slot = (slot + 1) & mask;
    }
    return &v->shorts[slot];
}

/* The place in `lengths` of tokens that begin so. */
static size_t head_of(const vocabulary *v, uint64_t key)
{
    return (size_t)(key * v->factor >> (64 - HEAD_BITS));
}

static uint64_t length_bit(size_t len)
{
    return (uint64_t)1 << (len < 63 ? len : 63);
}

/* For at most `lines` tokens. */
static int vocabulary_init(vocabulary *v, size_t lines, vt_error *err)
{
    static const char purpose[] = "tokens";
    v->bits = 4;
    while ((size_t)1 << v->bits < 2 * lines) {
        v->bits++;
    }
    v->factor = vt_hash_keyed(purpose, sizeof purpose) | 1;
    v->shorts = vt_alloc_zero((size_t)1 << v->bits, sizeof *v->shorts, err);
    return v->shorts == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&v->ids, 0, err);
}

static void vocabulary_done(vocabulary *v)
{
    vt_map_free(v->ids);
    vt_free(v->shorts);
}

/* A token that stands twice has the last of its ids. */
static int add_to(vocabulary *v, vt_str token, int32_t id, vt_error *err)
{
    uint64_t key = key_of(token.ptr, token.len);
    v->longest = token.len > v->longest ? token.len : v->longest;
    if (token.len > SHORT) {
        v->lengths[head_of(v, key)] |= length_bit(token.len);
        return vt_map_set(v->ids, token, id, err);
    }
    if (token.len > 0) {
        *short_slot(v, key) = (short_token){key, id};
    }
    return VT_OK;
}

/* A line without its end and white space behind it. */
static vt_str next_line(vt_str *rest)
{
    const char *stop = memchr(rest->ptr, '\n', rest->len);
    vt_str line = {rest->ptr, stop == NULL ? rest->len : (size_t)(stop - rest->ptr)};
    size_t used = line.len + (stop != NULL);
    *rest = (vt_str){rest->ptr + used, rest->len - used};
    while (line.len > 0 && (unsigned char)line.ptr[line.len - 1] <= ' ') {
        line.len--;
    }
    return line;
}

/* `foreign` counts tokens that only SentencePiece has ("\u2581word"), `pieces` those that begin with "##". */
static int add_token(vt_wordpiece *w, vt_str token, int32_t id, size_t *foreign, size_t *pieces, vt_error *err)
{
    for (int i = 0; i < SPECIALS; i++) {
        if (vt_str_equal(token, vt_str_of(specials[i]))) {
            w->special[i] = id;
        }
    }
    *foreign += starts(token, "\xE2\x96\x81", 3) && token.len > 3;
    bool piece = token.len > 2 && starts(token, "##", 2);
    *pieces += piece;
    if (piece) {
        token = (vt_str){token.ptr + 2, token.len - 2};
    }
    return add_to(piece ? &w->pieces : &w->words, token, id, err);
}

static int read_tokens(vt_wordpiece *w, vt_str text, const char *path, vt_error *err)
{
    size_t foreign = 0;
    size_t pieces = 0;
    int status = VT_OK;
    if (!vt_utf8_valid(text)) {
        return vt_fail(
            err, VT_ERR_FORMAT,
            "%s is no UTF-8 text; a vocab.txt with a token a line is expected (a SentencePiece model cannot be "
            "used, only BERT vocabularies can)",
            path);
    }
    for (int32_t id = 0; status == VT_OK && text.len > 0; id++) {
        status = add_token(w, next_line(&text), id, &foreign, &pieces, err);
    }
    if (status == VT_OK && foreign > pieces) {
        return vt_fail(
            err, VT_ERR_FORMAT,
            "%s is a SentencePiece vocabulary (its words begin with \"\xE2\x96\x81\"); only BERT vocabularies, "
            "whose pieces begin with \"##\", can be used",
            path);
    }
    for (int i = 0; status == VT_OK && i <= PAD; i++) {
        if (w->special[i] < 0) {
            status = vt_fail(err, VT_ERR_FORMAT,
                             "%s has no token %s; the vocab.txt of a BERT model, a token a line, is expected", path,
                             specials[i]);
        }
    }
    return status;
}

static size_t count_lines(const char *text, size_t size)
{
    size_t lines = 1;
    for (size_t i = 0; i < size; i++) {
        lines += text[i] == '\n';
    }
    return lines;
}

int vt_wordpiece_open(vt_wordpiece **out, const char *path, bool lower_case, vt_error *err)
{
    char *text = NULL;
    size_t size = 0;
    vt_wordpiece *w = vt_alloc_zero(1, sizeof *w, err);
    if (w == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    w->lower_case = lower_case;
    for (int i = 0; i < SPECIALS; i++) {
        w->special[i] = -1;
    }
    for (int32_t c = 0; c < 128; c++) {
        w->ascii[c] = (uint8_t)vt_bert_classify(c);
        w->lower[c] = (char)(lower_case && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    int status = vt_file_read(&text, &size, path, VT_VOCABULARY_BYTES_MAX, err);
    size_t lines = status == VT_OK ? count_lines(text, size) : 0;
    status = status == VT_OK ? vocabulary_init(&w->words, lines, err) : status;
    status = status == VT_OK ? vocabulary_init(&w->pieces, lines, err) : status;
    status = status == VT_OK ? read_tokens(w, (vt_str){text, size}, path, err) : status;
    vt_free(text);
    if (status != VT_OK) {
        vt_wordpiece_close(w);
        return status;
    }
    *out = w;
    return VT_OK;
}

void vt_wordpiece_close(vt_wordpiece *wordpiece)
{
    if (wordpiece != NULL) {
        vocabulary_done(&wordpiece->words);
        vocabulary_done(&wordpiece->pieces);
        vt_free(wordpiece);
    }
}

int32_t vt_wordpiece_pad(const vt_wordpiece *wordpiece)
{
    return wordpiece->special[PAD];
}

/* Where the ids go, and the word that is being read. */
typedef struct encoding {
    const vt_wordpiece *w;
    int32_t *ids;
    size_t n, most;
    size_t chars; /* of the word; only WORD_CHARS of them are kept */
    size_t len;   /* bytes kept */
    size_t run;   /* where marks that follow each other begin, which NFD sorts */
    char word[WORD_BYTES];
} encoding;

static void put_id(encoding *e, int32_t id)
{
    if (e->n < e->most) {
        e->ids[e->n++] = id;
    }
}

static bool inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80U;
}

/* The id of the longest token at `from`, its bytes through `*len`; -1 when there is none. */
static int32_t longest_token(const encoding *e, size_t from, size_t *len)
{
    const vocabulary *v = from == 0 ? &e->w->words : &e->w->pieces;
    const char *text = e->word + from;
    size_t left = e->len - from;
    uint64_t key = key_of(text, left);
    uint64_t lengths = left > SHORT ? v->lengths[head_of(v, key)] : 0;
    int64_t id = -1;
    size_t n = left < v->longest ? left : v->longest;
    for (; lengths != 0 && n > SHORT; n--) {
        if ((lengths & length_bit(n)) != 0 && vt_map_get(v->ids, (vt_str){text, n}, &id)) {
            *len = n;
            return (int32_t)id;
        }
    }
    for (n = n < SHORT ? n : SHORT; n > 0; n--) {
        const short_token *found = short_slot(v, cut_key(key, n));
        if (found->key != 0) {
            *len = n;
            return found->id;
        }
    }
    return -1;
}

static void end_word(encoding *e)
{
    size_t begin = e->n;
    bool known = e->chars <= WORD_CHARS;
    if (e->chars == 0) {
        return;
    }
    for (size_t from = 0, len = 0; known && from < e->len; from += len) {
        int32_t id = longest_token(e, from, &len);
        known = id >= 0;
        put_id(e, id);
    }
    if (!known) {
        e->n = begin;
        put_id(e, e->w->special[UNKNOWN]);
    }
    e->chars = 0;
    e->len = 0;
    e->run = 0;
}

/* Adds a character; marks of higher class (canonical combining class) move behind it. */
static void add_character(encoding *e, int32_t code)
{
    if (e->chars++ >= WORD_CHARS) {
        return;
    }
    char bytes[4];
    size_t n = (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)bytes);
    int order = e->w->lower_case ? utf8proc_get_property(code)->combining_class : 0;
    size_t at = e->len;
    while (order != 0 && at > e->run) {
        size_t before = at - 1;
        utf8proc_int32_t other = 0;
        while (inside_character(e->word[before])) {
            before--;
        }
        utf8proc_iterate((const utf8proc_uint8_t *)e->word + before, 4, &other);
        if (utf8proc_get_property(other)->combining_class <= order) {
            break;
        }
        at = before;
    }
    memmove(e->word + at + n, e->word + at, e->len - at);
    memcpy(e->word + at, bytes, n);
    e->len += n;
    e->run = order == 0 ? e->len : e->run;
}

static void add_alone(encoding *e, int32_t code)
{
    end_word(e);
    add_character(e, code);
    end_word(e);
}

/* One character of the decomposed text. */
static void add_decomposed(encoding *e, int32_t code)
{
    switch (vt_bert_classify(code)) {
    case VT_BERT_SPACE:
        end_word(e);
        break;
    case VT_BERT_PUNCTUATION:
        add_alone(e, code);
        break;
    case VT_BERT_MARK:
        e->run = utf8proc_get_property(code)->combining_class == 0 ? e->len : e->run;
        break;
    default:
        add_character(e, utf8proc_tolower(code));
    }
}

static void add_beyond_ascii(encoding *e, int32_t code)
{
    enum { DECOMPOSED_MAX = 32 };
    vt_bert_class class = vt_bert_classify(code);
    if (class == VT_BERT_NOTHING) {
        return;
    }
    if (class == VT_BERT_SPACE || class == VT_BERT_IDEOGRAPH) {
        end_word(e);
    }
    if (class == VT_BERT_SPACE) {
        return;
    }
    utf8proc_int32_t codes[DECOMPOSED_MAX] = {code};
    utf8proc_ssize_t n = 1;
    if (e->w->lower_case) {
        n = utf8proc_decompose_char(code, codes, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE, NULL);
        for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++) {
            add_decomposed(e, codes[i]);
        }
    } else if (class == VT_BERT_PUNCTUATION) {
        add_alone(e, code);
    } else {
        add_character(e, code);
    }
    if (class == VT_BERT_IDEOGRAPH) {
        end_word(e);
    }
}

/* Bytes of the special token that the text begins with, 0 when it begins with none. */
static size_t add_special(encoding *e, vt_str text)
{
    for (int i = 0; i < SPECIALS; i++) {
        size_t len = strlen(specials[i]);
        if (e->w->special[i] >= 0 && starts(text, specials[i], len)) {
            end_word(e);
            put_id(e, e->w->special[i]);
            return len;
        }
    }
    return 0;
}

static size_t add_ascii(encoding *e, vt_str rest)
{
    unsigned char c = (unsigned char)rest.ptr[0];
    size_t used = 0;
    switch (e->w->ascii[c]) {
    case VT_BERT_WORD:
        if (e->chars < WORD_CHARS) {
            e->word[e->len++] = e->w->lower[c];
            e->run = e->len;
        }
        e->chars++;
        break;
    case VT_BERT_SPACE:
        end_word(e);
        break;
    case VT_BERT_PUNCTUATION:
        used = c == '[' ? add_special(e, rest) : 0;
        if (used == 0) {
            add_alone(e, c);
        }
        break;
    default:
        break;
    }
    return used == 0 ? 1 : used;
}

size_t vt_wordpiece_encode(const vt_wordpiece *wordpiece, vt_str text, int32_t *ids, size_t max_length)
{
    encoding e = {.w = wordpiece, .ids = ids, .most = max_length - 1};
    put_id(&e, wordpiece->special[BEGIN]);
    for (size_t i = 0; i < text.len && e.n < e.most;) {
        const char *p = text.ptr + i;
        if ((unsigned char)*p < 0x80) {
            i += add_ascii(&e, (vt_str){p, text.len - i});
            continue;
        }
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)p, (utf8proc_ssize_t)(text.len - i), &code);
        if (used > 0) {
            add_beyond_ascii(&e, code);
        }
        i += used > 0 ? (size_t)used : 1; /* a broken byte goes, as U+FFFD does */
    }
    end_word(&e);
    e.most = max_length;
    put_id(&e, wordpiece->special[END]);
    return e.n;
}
