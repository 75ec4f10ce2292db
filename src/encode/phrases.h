/*
 * Phrases of one to three words that reviews for something have more often than reviews against it, and the other way
 * round: log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, equations 15 to 22). A
 * review has a phrase or not, however often; phrases do not span punctuation and neither begin nor end in a stop word.
 * Legend: N opinions, P phrases.
 */
#ifndef VT_ENCODE_PHRASES_H
#define VT_ENCODE_PHRASES_H

#include "encode/opinions.h"

/** How often phrases occur in a set of opinions: of a product, or of the shop as what all are compared with. */
typedef struct vt_phrase_counts vt_phrase_counts;

/** Counts the phrases of `n` opinions. O(words log words) time, memory of the words. */
int vt_phrase_count(vt_phrase_counts **out, const vt_opinion *opinions, size_t n, vt_error *err);
void vt_phrase_counts_free(vt_phrase_counts *counts);

/** A phrase and how far it leans. */
typedef struct vt_phrase {
    vt_str text;      /* lower case; borrowed from the counts */
    double lean;      /* log-odds ratio, positive: for */
    double deviation; /* its standard deviation */
    int64_t people;   /* different reviewers on the side that it leans to */
} vt_phrase;

enum { VT_PHRASES_MAX = 10 };

/**
 * The phrases of `counts` that lean most to `side`, by lean / deviation (at least 1), from `people` different reviewers
 * or more; of phrases within each other one is taken: the longer where it makes up most of the shorter. The prior is
 * the distribution over all phrases of `shop` (which may be `counts` itself), worth as much as ten reviews. Phrases
 * whose words all stand in `title` ("" for none) name the product and are left out. Up to `most` (at most
 * VT_PHRASES_MAX) into `out`; gives how many in `*n`.
 */
int vt_phrases_pick(vt_phrase *out, size_t *n, const vt_phrase_counts *counts, const vt_phrase_counts *shop,
                    vt_stance side, int64_t people, vt_str title, size_t most, vt_error *err);

#endif
