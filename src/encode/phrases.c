/*
 * Words are put into one buffer in lower case, each phrase is a piece of it, and sorting by hash brings those that are
 * the same together. The hash is 64 bits wide: among millions of phrases two that share one are not to be expected, and
 * would do no more than count as one.
 */
#include "encode/phrases.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "encode/phrase_words.h"

enum { WORDS_MAX = 3, PRIOR_REVIEWS = 10 };

#define MOSTLY 0.75 /* of a phrase's reviews that have a longer one around it: the longer is taken */

/* A phrase in one review, then all reviews of a phrase. */
typedef struct occurrence {
    uint64_t hash, reviewer;
    uint32_t at, len; /* in the buffer */
    uint32_t review;
    uint8_t side;
} occurrence;

typedef struct entry {
    uint64_t hash;
    uint32_t at, len;
    int32_t reviews[2]; /* that have it, by stance */
    int32_t people[2];
} entry;

struct vt_phrase_counts {
    vt_buf words;
    entry *entries; /* (P) by hash */
    size_t n;
    double total[2]; /* phrases over all reviews, by stance */
    double reviews;  /* that were counted */
};

typedef struct counting {
    vt_phrase_counts *to;
    occurrence *found;
    size_t n, capacity;
    vt_word_list words;
} counting;

/* All phrases of a review, each once. */
static int add_review(counting *c, const vt_opinion *opinion, uint32_t review, vt_error *err)
{
    int status = vt_words_read(&c->words, &c->to->words, (vt_str){opinion->text, opinion->len}, err);
    for (size_t i = 0; i < c->words.n && status == VT_OK; i++) {
        for (size_t k = 0; k < WORDS_MAX && i + k < c->words.n && status == VT_OK; k++) {
            const vt_word *first = &c->words.word[i], *last = &c->words.word[i + k];
            if (last->rating || (k > 0 && last->begins)) {
                break;
            }
            if (first->stop || last->stop || (k == 0 && first->number)) {
                continue;
            }
            status = vt_alloc_next(&c->found, &c->capacity, c->n, sizeof *c->found, err);
            if (status == VT_OK) {
                uint32_t len = last->at + last->len - first->at;
                c->found[c->n++] = (occurrence){.hash = vt_hash64(c->to->words.data + first->at, len, 0),
                                                .reviewer = opinion->reviewer,
                                                .at = first->at,
                                                .len = len,
                                                .review = review,
                                                .side = opinion->stance};
            }
        }
    }
    return status;
}

static int by_hash(const void *a, const void *b)
{
    const occurrence *x = a, *y = b;
    if (x->hash != y->hash) {
        return x->hash < y->hash ? -1 : 1;
    }
    if (x->side != y->side) {
        return x->side < y->side ? -1 : 1;
    }
    if (x->reviewer != y->reviewer) {
        return x->reviewer < y->reviewer ? -1 : 1;
    }
    if (x->review != y->review) {
        return x->review < y->review ? -1 : 1;
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

/* From finds in order to phrases with their reviews and reviewers. */
static int sum_up(counting *c, vt_error *err)
{
    vt_phrase_counts *to = c->to;
    size_t distinct = 0;
    for (size_t i = 0; i < c->n; i++) {
        distinct += i == 0 || c->found[i].hash != c->found[i - 1].hash;
    }
    to->entries = vt_alloc(distinct, sizeof *to->entries, err);
    if (to->entries == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < c->n; i++) {
        const occurrence *f = &c->found[i], *before = i > 0 ? &c->found[i - 1] : NULL;
        bool same = before != NULL && before->hash == f->hash;
        bool same_side = same && before->side == f->side;
        bool same_person = same_side && before->reviewer == f->reviewer;
        if (!same) {
            to->entries[to->n++] = (entry){.hash = f->hash, .at = f->at, .len = f->len};
        }
        entry *e = &to->entries[to->n - 1];
        e->people[f->side] += !same_person;
        if (!same_person || before->review != f->review) {
            e->reviews[f->side]++;
            to->total[f->side] += 1.0;
        }
    }
    return VT_OK;
}

int vt_phrase_count(vt_phrase_counts **out, const vt_opinion *opinions, size_t n, vt_error *err)
{
    vt_phrase_counts *counts = vt_alloc_zero(1, sizeof *counts, err);
    if (counts == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    counting c = {.to = counts};
    int status = VT_OK;
    vt_buf_init(&counts->words, UINT32_MAX / 2);
    counts->reviews = (double)n;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = add_review(&c, &opinions[i], (uint32_t)i, err);
    }
    if (status == VT_OK) {
        if (c.n > 0) {
            qsort(c.found, c.n, sizeof *c.found, by_hash);
        }
        status = sum_up(&c, err);
    }
    vt_free(c.found);
    vt_word_list_done(&c.words);
    if (status != VT_OK) {
        vt_phrase_counts_free(counts);
        return status;
    }
    *out = counts;
    return VT_OK;
}

void vt_phrase_counts_free(vt_phrase_counts *counts)
{
    if (counts != NULL) {
        vt_buf_done(&counts->words);
        vt_free(counts->entries);
        vt_free(counts);
    }
}

static vt_str text_of(const vt_phrase_counts *counts, const entry *e)
{
    return (vt_str){counts->words.data + e->at, e->len};
}

/* In how many reviews of the shop a phrase is: at least those that are looked at. */
static double in_shop(const vt_phrase_counts *shop, const entry *e)
{
    double here = (double)e->reviews[0] + (double)e->reviews[1];
    size_t low = 0, high = shop->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (shop->entries[middle].hash < e->hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < shop->n && shop->entries[low].hash == e->hash) {
        return fmax(here, (double)shop->entries[low].reviews[0] + (double)shop->entries[low].reviews[1]);
    }
    return here;
}

/* Equations 16, 19 and 20 of the paper. */
static void measure(vt_phrase *out, const vt_phrase_counts *counts, const vt_phrase_counts *shop, const entry *e)
{
    double all = shop->total[0] + shop->total[1];
    double prior = PRIOR_REVIEWS * all / shop->reviews; /* phrases of ten reviews */
    double a = prior * in_shop(shop, e) / fmax(all, 1.0);
    double odds[2], variance = 0.0;
    for (int side = 0; side < 2; side++) {
        double y = (double)e->reviews[side] + a, n = counts->total[side] + prior;
        odds[side] = log(y / fmax(n - y, 1e-9));
        variance += 1.0 / y;
    }
    out->text = text_of(counts, e);
    out->lean = odds[VT_FOR] - odds[VT_AGAINST];
    out->deviation = sqrt(variance);
}

/* A candidate with what orders it. */
typedef struct candidate {
    vt_phrase phrase;
    double rank; /* how many deviations it leans to the side */
    int32_t reviews;
    bool covered; /* by a longer phrase that makes up most of it */
} candidate;

static int by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank > y->rank ? -1 : 1;
    }
    return vt_str_compare(x->phrase.text, y->phrase.text);
}

/* Whether `part` stands in `whole` as whole words. */
static bool holds(vt_str whole, vt_str part)
{
    for (size_t i = 0; i + part.len <= whole.len; i++) {
        if ((i == 0 || whole.ptr[i - 1] == ' ') && memcmp(whole.ptr + i, part.ptr, part.len) == 0 &&
            (i + part.len == whole.len || whole.ptr[i + part.len] == ' ')) {
            return true;
        }
    }
    return false;
}

/* Whether all words of a phrase stand in the title, whose words are in `title` with single spaces. */
static bool names_product(vt_str phrase, vt_str title)
{
    size_t begin = 0;
    for (size_t i = 0; i <= phrase.len; i++) {
        if (i == phrase.len || phrase.ptr[i] == ' ') {
            if (!holds(title, (vt_str){phrase.ptr + begin, i - begin})) {
                return false;
            }
            begin = i + 1;
        }
    }
    return true;
}

static int gather(candidate **out, size_t *n, const vt_phrase_counts *counts, const vt_phrase_counts *shop, int side,
                  int64_t people, vt_str title, vt_error *err)
{
    size_t capacity = 0;
    double sign = side == VT_FOR ? 1.0 : -1.0;
    for (size_t i = 0; i < counts->n; i++) {
        const entry *e = &counts->entries[i];
        candidate c = {.reviews = e->reviews[side]};
        if (e->people[side] < people) {
            continue;
        }
        measure(&c.phrase, counts, shop, e);
        c.phrase.people = e->people[side];
        c.rank = sign * c.phrase.lean / c.phrase.deviation;
        if (!(c.rank >= 1.0) || names_product(c.phrase.text, title)) {
            continue;
        }
        if (vt_alloc_next(out, &capacity, *n, sizeof **out, err) != VT_OK) {
            return VT_ERR_NO_MEMORY;
        }
        (*out)[(*n)++] = c;
    }
    return VT_OK;
}

enum { COMPARED_MAX = 500 }; /* candidates that are looked at for phrases within phrases */

/* One of those that lie within each other; `c` is in order of rank. */
static size_t choose(vt_phrase *out, candidate *c, size_t n, size_t most)
{
    size_t chosen = 0;
    n = n < COMPARED_MAX ? n : COMPARED_MAX;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n && !c[i].covered; j++) {
            c[i].covered = c[j].phrase.text.len > c[i].phrase.text.len &&
                           (double)c[j].reviews >= MOSTLY * (double)c[i].reviews &&
                           holds(c[j].phrase.text, c[i].phrase.text);
        }
    }
    for (size_t i = 0; i < n && chosen < most; i++) {
        bool apart = !c[i].covered;
        for (size_t j = 0; j < chosen && apart; j++) {
            apart = !holds(out[j].text, c[i].phrase.text) && !holds(c[i].phrase.text, out[j].text);
        }
        if (apart) {
            out[chosen++] = c[i].phrase;
        }
    }
    return chosen;
}

int vt_phrases_pick(vt_phrase *out, size_t *n, const vt_phrase_counts *counts, const vt_phrase_counts *shop,
                    vt_stance side, int64_t people, vt_str title, size_t most, vt_error *err)
{
    candidate *candidates = NULL;
    size_t found = 0;
    vt_word_list words = {0};
    vt_buf name;
    vt_buf_init(&name, VT_OPINION_BYTES * 8);
    int status = vt_words_read(&words, &name, title.len > VT_OPINION_BYTES ? (vt_str){"", 0} : title, err);
    if (status == VT_OK) {
        status = gather(&candidates, &found, counts, shop, (int)side, people, (vt_str){name.data, name.len}, err);
    }
    if (status == VT_OK) {
        if (found > 0) {
            qsort(candidates, found, sizeof *candidates, by_rank);
        }
        *n = choose(out, candidates, found, most < VT_PHRASES_MAX ? most : VT_PHRASES_MAX);
    }
    vt_free(candidates);
    vt_word_list_done(&words);
    vt_buf_done(&name);
    return status;
}
