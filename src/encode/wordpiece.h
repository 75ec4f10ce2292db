/* The tokenizer of BERT: cleaning, lower case, accents, punctuation, CJK, then WordPiece over a vocabulary. */
#ifndef VT_ENCODE_WORDPIECE_H
#define VT_ENCODE_WORDPIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"
#include "vitrine/str.h"

typedef struct vt_wordpiece vt_wordpiece;

/**
 * Reads a vocabulary (vocab.txt, a token a line; the number of the line is the id). `lower_case` also takes accents
 * away, as the uncased models have it. A SentencePiece vocabulary and one without [UNK], [CLS], [SEP] or [PAD] are
 * refused with VT_ERR_FORMAT, one over VT_VOCABULARY_BYTES_MAX with VT_ERR_LIMIT. Ids equal BertTokenizerFast's.
 */
int vt_wordpiece_open(vt_wordpiece **out, const char *path, bool lower_case, vt_error *err);
void vt_wordpiece_close(vt_wordpiece *wordpiece);

/**
 * Ids of `text` between [CLS] and [SEP], cut to `max_length` (>= 2) with both, into `ids` (max_length); returns their
 * number. Any bytes are allowed. Thread-safe; allocates nothing. O(length of the text up to the cut).
 */
size_t vt_wordpiece_encode(const vt_wordpiece *wordpiece, vt_str text, int32_t *ids, size_t max_length);

/** The id of [PAD]. */
int32_t vt_wordpiece_pad(const vt_wordpiece *wordpiece);

#endif
