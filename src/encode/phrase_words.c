/*
 * Words by the classes of characters that the tokenizer knows. Stop words are those of English that carry no judgement;
 * "not", "no" and their like stay, since "not worth" is what a merchant must hear.
 */
#include "encode/phrase_words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "encode/wordpiece_unicode.h"
#include "vitrine/str.h"

/* Sorted by bytes. */
static const char *const stops[] = {
    "a",       "about",  "after",   "again", "all",    "also",   "am",      "an",      "and",     "another", "any",
    "are",     "around", "as",      "at",    "away",   "b",      "be",      "because", "been",    "before",  "being",
    "both",    "but",    "by",      "came",  "can",    "come",   "comes",   "could",   "d",       "did",     "do",
    "does",    "doing",  "done",    "down",  "each",   "else",   "even",    "ever",    "every",   "for",     "from",
    "get",     "gets",   "getting", "go",    "goes",   "going",  "got",     "had",     "has",     "have",    "having",
    "he",      "her",    "here",    "hers",  "him",    "his",    "how",     "i",       "i'd",     "i'll",    "i'm",
    "i've",    "if",     "in",      "into",  "is",     "it",     "it's",    "its",     "itself",  "just",    "ll",
    "m",       "made",   "make",    "makes", "many",   "may",    "me",      "might",   "mine",    "more",    "most",
    "much",    "my",     "myself",  "now",   "of",     "off",    "on",      "once",    "one",     "only",    "or",
    "other",   "our",    "out",     "over",  "own",    "quite",  "r",       "rather",  "re",      "really",  "s",
    "said",    "same",   "say",     "she",   "should", "since",  "so",      "some",    "still",   "such",    "t",
    "than",    "that",   "that's",  "the",   "their",  "them",   "then",    "there",   "there's", "these",   "they",
    "they're", "thing",  "things",  "this",  "those",  "though", "through", "to",      "too",     "two",     "u",
    "under",   "until",  "up",      "upon",  "us",     "ve",     "very",    "was",     "way",     "we",      "well",
    "went",    "were",   "what",    "when",  "where",  "which",  "while",   "who",     "whom",    "why",     "will",
    "with",    "within", "would",   "yet",   "you",    "you'll", "you're",  "you've",  "your",
};

static int compare(const void *key, const void *row)
{
    return vt_str_compare(*(const vt_str *)key, vt_str_of(*(const char *const *)row));
}

static bool is_apostrophe(int32_t code)
{
    return code == '\'' || code == 0x2019;
}

typedef struct word_reader {
    vt_word_list *words;
    vt_buf *out;
    uint32_t at;  /* where the word under way begins */
    bool open;    /* a word is under way */
    bool digits;  /* of nothing else so far */
    bool begins;  /* punctuation came since the last word */
    bool pending; /* an apostrophe, which stays when a letter follows */
} word_reader;

static int end_word(word_reader *r, vt_error *err)
{
    r->pending = false;
    if (!r->open) {
        return VT_OK;
    }
    r->open = false;
    uint32_t len = (uint32_t)r->out->len - r->at;
    const vt_str text = {r->out->data + r->at, len};
    bool stop = bsearch(&text, stops, sizeof stops / sizeof *stops, sizeof *stops, compare) != NULL;
    bool rating = vt_str_equal(text, vt_str_of("star")) || vt_str_equal(text, vt_str_of("stars"));
    vt_word word = {r->at, len, r->begins, stop, rating, r->digits};
    r->begins = false;
    int status = vt_alloc_next(&r->words->word, &r->words->capacity, r->words->n, sizeof word, err);
    if (status == VT_OK) {
        r->words->word[r->words->n++] = word;
        status = vt_buf_add(r->out, " ", 1, err);
    }
    return status;
}

static int add_letter(word_reader *r, int32_t code, vt_error *err)
{
    char bytes[5];
    int status = VT_OK;
    if (!r->open) {
        r->open = true;
        r->digits = true;
        r->at = (uint32_t)r->out->len;
    }
    if (r->pending) {
        status = vt_buf_add(r->out, "'", 1, err);
        r->pending = false;
    }
    r->digits = r->digits && utf8proc_category(code) == UTF8PROC_CATEGORY_ND;
    utf8proc_ssize_t n = utf8proc_encode_char(utf8proc_tolower(code), (utf8proc_uint8_t *)bytes);
    return status == VT_OK ? vt_buf_add(r->out, bytes, (size_t)n, err) : status;
}

static int add_code(word_reader *r, int32_t code, vt_error *err)
{
    if (is_apostrophe(code) && r->open && !r->pending) {
        r->pending = true;
        return VT_OK;
    }
    int status = VT_OK;
    switch (vt_bert_classify(code)) {
    case VT_BERT_WORD:
    case VT_BERT_MARK:
        return add_letter(r, code, err);
    case VT_BERT_IDEOGRAPH:
        status = end_word(r, err);
        status = status == VT_OK ? add_letter(r, code, err) : status;
        return status == VT_OK ? end_word(r, err) : status;
    case VT_BERT_PUNCTUATION:
        status = end_word(r, err);
        r->begins = r->begins || code != '-';
        return status;
    case VT_BERT_SPACE:
        return end_word(r, err);
    case VT_BERT_NOTHING:
        break;
    }
    return VT_OK;
}

int vt_words_read(vt_word_list *words, vt_buf *out, vt_str text, vt_error *err)
{
    word_reader r = {.words = words, .out = out, .begins = true};
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text.ptr;
    size_t left = text.len;
    int status = VT_OK;
    words->n = 0;
    while (left > 0 && status == VT_OK) {
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t used = utf8proc_iterate(p, (utf8proc_ssize_t)left, &code);
        if (used < 1) { /* no UTF-8: passed over */
            used = 1;
            code = 0xFFFD;
        }
        status = add_code(&r, code, err);
        p += used;
        left -= (size_t)used;
    }
    return status == VT_OK ? end_word(&r, err) : status;
}

void vt_word_list_done(vt_word_list *words)
{
    vt_free(words->word);
    *words = (vt_word_list){0};
}
