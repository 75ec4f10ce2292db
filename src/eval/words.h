/* Words of a line, parted by white space. */
#ifndef VT_EVAL_WORDS_H
#define VT_EVAL_WORDS_H

#include "vitrine/str.h"

/** The next word of `line`, which is cut off it; length 0 at the end. */
static inline vt_str vt_next_word(vt_str *line)
{
    size_t begin = 0;
    while (begin < line->len && (line->ptr[begin] == ' ' || line->ptr[begin] == '\t')) {
        begin++;
    }
    size_t end = begin;
    while (end < line->len && line->ptr[end] != ' ' && line->ptr[end] != '\t') {
        end++;
    }
    vt_str word = {line->ptr + begin, end - begin};
    line->ptr += end;
    line->len -= end;
    return word;
}

#endif
