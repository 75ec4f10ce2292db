/* What the tokenizer of BERT sees in a character. */
#ifndef VT_ENCODE_WORDPIECE_UNICODE_H
#define VT_ENCODE_WORDPIECE_UNICODE_H

#include <stdint.h>

typedef enum vt_bert_class {
    VT_BERT_WORD,        /* stands in words */
    VT_BERT_SPACE,       /* between words */
    VT_BERT_PUNCTUATION, /* a word of its own */
    VT_BERT_IDEOGRAPH,   /* a word of its own, of CJK */
    VT_BERT_MARK,        /* an accent: goes where accents are taken away, else as a character of a word */
    VT_BERT_NOTHING      /* goes: controls, formats, private use, U+FFFD */
} vt_bert_class;

/** Of any code point up to U+10FFFF. */
vt_bert_class vt_bert_classify(int32_t code);

#endif
