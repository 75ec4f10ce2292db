/*
 * Writes N review lines in the form of the Amazon 2023 edition, for timing imports: users and items with a long tail,
 * texts of real length. The same arguments give the same bytes.
 *
 *     bench_generate LINES USERS ITEMS >reviews.jsonl
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const words[] = {
    "the",     "this",  "it",    "was",      "is",    "and",     "for",       "good",    "very",    "quality",
    "product", "works", "great", "would",    "buy",   "again",   "price",     "arrived", "quickly", "box",
    "colour",  "size",  "fits",  "well",     "after", "a",       "week",      "month",   "stopped", "broke",
    "happy",   "with",  "my",    "daughter", "loves", "present", "recommend", "not",     "what",    "expected",
};
#define WORDS (sizeof words / sizeof words[0])

static uint64_t state = 0x9e3779b97f4a7c15u;

/* splitmix64 */
static uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double real(void)
{
    return (double)(draw() >> 11) * 0x1p-53;
}

/* 0 to n - 1, small numbers more often: log-uniform ranks, as sales have them. */
static uint64_t tail(uint64_t n)
{
    uint64_t rank = (uint64_t)(exp(real() * log((double)n + 1)) - 1);
    return rank < n ? rank : n - 1;
}

/* Ids that look like Amazon's: numbers spread over the alphabet, always the same for one number. */
static void put_id(const char *prefix, uint64_t number, int letters)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint64_t z = (number + 1) * 0xbf58476d1ce4e5b9u;
    fputs(prefix, stdout);
    for (int i = 0; i < letters; i++) {
        putchar(alphabet[z >> 59]);
        z = z << 5 | z >> 59;
    }
    printf("%" PRIu64, number);
}

static void put_words(uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0) {
            putchar(' ');
        }
        fputs(words[draw() % WORDS], stdout);
    }
}

static void put_line(uint64_t users, uint64_t items)
{
    uint64_t item = tail(items);
    printf("{\"rating\": %d.0, \"title\": \"", (int)(5 - (draw() % 10) * (draw() % 10) / 18));
    put_words(2 + draw() % 4);
    fputs("\", \"text\": \"", stdout);
    put_words(4 + (uint64_t)(real() * real() * 60));
    fputs("\", \"images\": [], \"asin\": \"", stdout);
    put_id("B", item, 4);
    fputs("\", \"parent_asin\": \"", stdout);
    put_id("B", item, 4);
    fputs("\", \"user_id\": \"", stdout);
    /* Half of the reviews come from anybody, half from a core of diligent customers. */
    put_id("AE", draw() % 2 == 0 ? draw() % users : tail(users), 12);
    uint64_t time = 1356998400000u + draw() % 315360000000u;
    printf("\", \"timestamp\": %" PRIu64 ", \"helpful_vote\": %d, \"verified_purchase\": %s}\n", time,
           (int)(draw() % 3), draw() % 10 == 0 ? "false" : "true");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: bench_generate LINES USERS ITEMS >FILE\n", stderr);
        return 2;
    }
    uint64_t lines = strtoull(argv[1], NULL, 10);
    uint64_t users = strtoull(argv[2], NULL, 10);
    uint64_t items = strtoull(argv[3], NULL, 10);
    if (lines == 0 || users == 0 || items == 0) {
        fputs("bench_generate: numbers of at least 1 are expected\n", stderr);
        return 2;
    }
    for (uint64_t i = 0; i < lines; i++) {
        put_line(users, items);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("bench_generate: cannot write");
        return 1;
    }
    return 0;
}
