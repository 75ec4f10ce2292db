/* Words and phrases of reviews: a case worked by hand, what is no phrase, phrases within phrases, other scripts. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "encode/phrase_words.h"
#include "encode/phrases.h"
#include "fault.h"

static vt_error err;

static vt_opinion says(vt_stance stance, uint64_t reviewer, const char *text)
{
    static char copy[64][256];
    static size_t next;
    char *place = copy[next++ % 64];
    snprintf(place, sizeof copy[0], "%s", text);
    return (vt_opinion){.stance = (uint8_t)stance, .reviewer = reviewer, .text = place, .len = strlen(place)};
}

/* "text lean people" of what is picked, one a line. */
static const char *pick(const vt_opinion *opinions, size_t n, vt_stance side, int64_t people, const char *title)
{
    static char out[1024];
    vt_phrase_counts *counts = NULL;
    vt_phrase phrase[VT_PHRASES_MAX];
    size_t found = 0;
    out[0] = '\0';
    check_ok(vt_phrase_count(&counts, opinions, n, &err));
    check_ok(vt_phrases_pick(phrase, &found, counts, counts, side, people, vt_str_of(title), VT_PHRASES_MAX, &err));
    for (size_t i = 0; i < found; i++) {
        size_t used = strlen(out);
        snprintf(out + used, sizeof out - used, "%.*s %.4f %.4f %lld\n", VT_STR_ARGS(phrase[i].text), phrase[i].lean,
                 phrase[i].deviation, (long long)phrase[i].people);
    }
    vt_phrase_counts_free(counts);
    return out;
}

/*
 * Ten phrases in six reviews: soft 3, warm 1, "soft and warm" 1; broken 3, zip 1, "broken zip" 1. The prior has 10 x 10
 * / 6 = 16.67 phrases, of which soft 3 / 10: 5. Lean ln((3 + 5) / (21.67 - 8)) - ln(5 / (21.67 - 5)) = .6685, variance
 * 1 / 8 + 1 / 5; warm and zip have one reviewer.
 */
static void as_worked_by_hand(void **state)
{
    (void)state;
    const vt_opinion opinions[] = {says(VT_FOR, 1, "Soft and warm!"), says(VT_FOR, 2, "soft"),
                                   says(VT_FOR, 3, "So soft."),       says(VT_AGAINST, 4, "Broken"),
                                   says(VT_AGAINST, 5, "broken zip"), says(VT_AGAINST, 6, "It was BROKEN")};
    assert_string_equal(pick(opinions, 6, VT_FOR, 2, ""), "soft 0.6685 0.5701 3\n");
    assert_string_equal(pick(opinions, 6, VT_AGAINST, 2, ""), "broken -0.6685 0.5701 3\n");
    assert_string_equal(pick(opinions, 6, VT_AGAINST, 2, "Umbrella, never broken"), ""); /* names the product */
    assert_string_equal(pick(opinions, 6, VT_FOR, 4, ""), "");
    assert_string_equal(pick(opinions, 0, VT_FOR, 1, ""), "");
}

/* One customer who says it in three reviews is one customer; saying it twice in a review is once. */
static void people_count_not_words(void **state)
{
    (void)state;
    const vt_opinion opinions[] = {
        says(VT_FOR, 1, "great great great"), says(VT_FOR, 1, "great"),    says(VT_FOR, 1, "great"),
        says(VT_AGAINST, 2, "dull"),          says(VT_AGAINST, 3, "dull"), says(VT_AGAINST, 4, "dull")};
    assert_string_equal(pick(opinions, 6, VT_FOR, 2, ""), "");
    assert_non_null(strstr(pick(opinions, 6, VT_AGAINST, 2, ""), "dull"));
}

/* Of phrases within each other the longer is taken where it makes up most of the shorter. */
static void the_whole_phrase_is_told(void **state)
{
    (void)state;
    vt_opinion opinions[12];
    for (size_t i = 0; i < 6; i++) {
        opinions[i] = says(VT_AGAINST, i, "a waste of money, sadly");
        opinions[6 + i] = says(VT_FOR, 10 + i, "the stars of the show, five stars 10");
    }
    const char *against = pick(opinions, 12, VT_AGAINST, 2, "");
    assert_non_null(strstr(against, "waste of money "));
    assert_null(strstr(against, "waste -"));
    assert_null(strstr(against, "money sadly")); /* punctuation stands between */
    const char *in_favour = pick(opinions, 12, VT_FOR, 2, "");
    assert_non_null(strstr(in_favour, "show "));
    assert_null(strstr(in_favour, "stars ")); /* repeats the rating */
    assert_null(strstr(in_favour, "10 "));
}

static void words_of_any_script(void **state)
{
    (void)state;
    const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"  Don\xe2\x80\x99t BUY -- really", "|don't buy really* "},
        {"Sch\xc3\x96n, sch\xc3\xb6n", "|sch\xc3\xb6n |sch\xc3\xb6n "},
        {"long-lasting 'quoted' it's", "|long lasting |quoted it's* "},
        {"\xe5\xa5\xbd\xe7\x9c\x8b 12", "|\xe5\xa5\xbd \xe7\x9c\x8b 12# "},
        {"bad\xff"
         "byte",
         "|badbyte "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char got[256] = "";
        vt_word_list words = {0};
        vt_buf out;
        vt_buf_init(&out, 1000);
        check_ok(vt_words_read(&words, &out, vt_str_of(cases[i].text), &err));
        for (size_t k = 0; k < words.n; k++) {
            size_t used = strlen(got);
            const vt_word *w = &words.word[k];
            snprintf(got + used, sizeof got - used, "%s%.*s%s%s ", w->begins ? "|" : "", (int)w->len, out.data + w->at,
                     w->stop ? "*" : "", w->number ? "#" : "");
        }
        assert_string_equal(got, cases[i].want);
        vt_word_list_done(&words);
        vt_buf_done(&out);
    }
}

static int count_again(void *context, vt_error *e)
{
    const vt_opinion opinions[] = {says(VT_FOR, 1, "soft and warm"), says(VT_FOR, 2, "soft and warm"),
                                   says(VT_FOR, 3, "soft and warm"), says(VT_AGAINST, 4, "broken zip")};
    vt_phrase_counts *counts = NULL;
    vt_phrase phrase[VT_PHRASES_MAX];
    size_t n = 0;
    (void)context;
    int status = vt_phrase_count(&counts, opinions, 4, e);
    if (status == VT_OK) {
        status = vt_phrases_pick(phrase, &n, counts, counts, VT_FOR, 1, vt_str_of("a tea pot"), 3, e);
    }
    vt_phrase_counts_free(counts);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_in_range(fault_allocations(count_again, NULL), 5, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_worked_by_hand),        cmocka_unit_test(people_count_not_words),
        cmocka_unit_test(the_whole_phrase_is_told), cmocka_unit_test(words_of_any_script),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
