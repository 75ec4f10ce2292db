/* Words, marks and dates of single cells. The first byte says which mark and order hold. */
#include "fuzz.h"

#include <math.h>
#include <string.h>

#include "base/time_text.h"
#include "import/cells.h"
#include "import/money.h"
#include "import/words.h"

static void check_time(vt_str text, vt_day_order order, const char *format)
{
    const vt_time_form form = {.order = order, .format = format};
    int64_t time = INT64_MIN;
    vt_time_read read = vt_time_text(&time, text, &form);
    fuzz_require((read == VT_TIME_READ) == (time != INT64_MIN));
    if (read == VT_TIME_UNCLEAR) {
        fuzz_require(order != VT_DAYS_FIRST && order != VT_MONTHS_FIRST && vt_time_order(text) == VT_DAYS_EITHER);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL, "%d/%m/%Y %H:%M:%S.%f %z", "%b %e %y %I %p %Z", "%j %Y %s", "%D %T"};
    char key[VT_WORD_BYTES];
    char again[VT_WORD_BYTES];
    if (size == 0) {
        return 0;
    }
    vt_str text = {(const char *)data + 1, size - 1};
    vt_mark mark = (vt_mark)(data[0] % 4);
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    int64_t minor = -1;
    vt_word_key(key, sizeof key, text);
    vt_word_key(again, sizeof again, vt_str_of(key));
    fuzz_require(strlen(key) < sizeof key);
    vt_word_event(text, "star=like,read=ignore");
    vt_word_order(text, "weg=cancelled");
    vt_word_nothing(text);
    if (vt_number_read(&number, &said, text, mark)) {
        fuzz_require(isfinite(number));
    }
    if (vt_money_read(&minor, &said, text, 2, mark)) {
        fuzz_require(minor >= 0);
    }
    check_time(text, (vt_day_order)(data[0] % 3), formats[data[0] % 5]);
    return 0;
}
