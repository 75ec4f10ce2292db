/* The words of a review as phrases are made of them. */
#ifndef VT_ENCODE_PHRASE_WORDS_H
#define VT_ENCODE_PHRASE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct vt_word {
    uint32_t at, len; /* in the buffer */
    bool begins;      /* punctuation stands before it: no phrase spans that */
    bool stop;        /* says nothing alone, as "the" does */
    bool rating;      /* "star", "stars": repeats the rating, and so does every phrase around it */
    bool number;      /* digits alone */
} vt_word;

/** The caller's; all zero is empty. */
typedef struct vt_word_list {
    vt_word *word;
    size_t n, capacity;
} vt_word_list;

/**
 * Appends the words of a text to `out` in lower case, a space behind each, and puts them into `words`, whose former
 * content is forgotten. Letters, digits and accents of any script make words, each ideograph is one; an apostrophe
 * within a word stays.
 */
int vt_words_read(vt_word_list *words, vt_buf *out, vt_str text, vt_error *err);

void vt_word_list_done(vt_word_list *words);

#endif
