/*
 * Classes of characters as the tokenizer that the models were trained with has them. It knows the categories of an old
 * Unicode (8), so marks, formats and punctuation that came later are to it characters of words: they stand in a table,
 * which tests/golden/wordpiece_unicode.py makes by asking the two of every code point.
 */
#include "encode/wordpiece_unicode.h"

#include <stdbool.h>
#include <stddef.h>
#include <utf8proc.h>

typedef struct range {
    int32_t first, last;
} range;

static const range newer[] = {
    {0x61D, 0x61D},     {0x7FD, 0x7FD},     {0x890, 0x8E2},     {0x9FD, 0x9FE},     {0xA76, 0xA76},
    {0xAFA, 0xAFF},     {0xB55, 0xB55},     {0xC04, 0xC3C},     {0xC77, 0xC77},     {0xC84, 0xC84},
    {0xD00, 0xD00},     {0xD3B, 0xD3C},     {0xD81, 0xD81},     {0xEBA, 0xEBA},     {0xECE, 0xECE},
    {0x180F, 0x1886},   {0x1ABF, 0x1ACE},   {0x1B7D, 0x1B7E},   {0x1DF6, 0x1DFB},   {0x2E43, 0x2E5D},
    {0xA82C, 0xA82C},   {0xA8C5, 0xA8C5},   {0xA8FF, 0xA8FF},   {0xA9BD, 0xA9BD},   {0x10D24, 0x10F89},
    {0x11070, 0x11074}, {0x110C2, 0x110CD}, {0x111CF, 0x111CF}, {0x1123E, 0x11241}, {0x1133B, 0x1133B},
    {0x11438, 0x1145E}, {0x11660, 0x1166C}, {0x116B9, 0x116B9}, {0x1182F, 0x11FFF}, {0x12FF1, 0x13455},
    {0x16E97, 0x16F4F}, {0x16FE2, 0x16FE4}, {0x1CF00, 0x1CF46}, {0x1E000, 0x1E4EF}, {0x1E944, 0x1E95F},
};

static const range ideographs[] = {
    {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xF900, 0xFAFF},   {0x20000, 0x2A6DF},
    {0x2A700, 0x2B73F}, {0x2B740, 0x2B81F}, {0x2B920, 0x2CEAF}, {0x2F800, 0x2FA1F},
};

static bool is_in(const range *ranges, size_t n, int32_t code)
{
    size_t low = 0;
    while (n > 0) {
        size_t half = n / 2;
        if (ranges[low + half].last < code) {
            low += half + 1;
            n -= half + 1;
        } else {
            n = half;
        }
    }
    return ranges[low].first <= code; /* tables end at or past what is asked: see the callers */
}

static bool is_ideograph(int32_t code)
{
    const size_t n = sizeof ideographs / sizeof ideographs[0];
    return code >= ideographs[0].first && code <= ideographs[n - 1].last && is_in(ideographs, n, code);
}

static bool is_newer(int32_t code)
{
    const size_t n = sizeof newer / sizeof newer[0];
    return code >= newer[0].first && code <= newer[n - 1].last && is_in(newer, n, code);
}

static vt_bert_class of_ascii(int32_t code)
{
    if (code == ' ' || code == '\t' || code == '\n' || code == '\r') {
        return VT_BERT_SPACE;
    }
    if (code < ' ' || code == 0x7F) {
        return VT_BERT_NOTHING;
    }
    bool word = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return word ? VT_BERT_WORD : VT_BERT_PUNCTUATION;
}

static vt_bert_class of_category(int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return VT_BERT_SPACE;
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
        return VT_BERT_NOTHING;
    case UTF8PROC_CATEGORY_MN:
        return VT_BERT_MARK;
    case UTF8PROC_CATEGORY_PC:
    case UTF8PROC_CATEGORY_PD:
    case UTF8PROC_CATEGORY_PS:
    case UTF8PROC_CATEGORY_PE:
    case UTF8PROC_CATEGORY_PI:
    case UTF8PROC_CATEGORY_PF:
    case UTF8PROC_CATEGORY_PO:
        return VT_BERT_PUNCTUATION;
    default:
        return VT_BERT_WORD;
    }
}

vt_bert_class vt_bert_classify(int32_t code)
{
    if (code < 0x80) {
        return of_ascii(code);
    }
    switch (code) { /* categories that changed since */
    case 0x166D:
    case 0x111C9:
        return VT_BERT_PUNCTUATION;
    case 0x1734:
        return VT_BERT_MARK;
    case 0xFFFD:
        return VT_BERT_NOTHING;
    default:
        break;
    }
    if (is_ideograph(code)) {
        return VT_BERT_IDEOGRAPH;
    }
    vt_bert_class found = of_category(code);
    bool dated = found == VT_BERT_MARK || found == VT_BERT_PUNCTUATION || found == VT_BERT_NOTHING;
    return dated && is_newer(code) ? VT_BERT_WORD : found;
}
