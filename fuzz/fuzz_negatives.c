/*
 * Files of sampled negatives, for three evaluated users and five items: what is read is ascending, without repeats and
 * of the data; what is not is refused in words.
 */
#include "fuzz.h"

#include "eval/negatives.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t user_offset[] = {0, 2, 4, 6, 8};
    static const int64_t item_offset[] = {0, 1, 2, 3, 4, 5};
    static const vt_snapshot snapshot = {
        .n_users = 4, .n_items = 5, .users = {4, user_offset, "u1u2u3u4"}, .items = {5, item_offset, "abcde"}};
    int32_t evaluated[] = {0, 1, 3};
    const vt_plan plan = {.snapshot = &snapshot, .n_users = 3, .user = evaluated};
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_negatives *negatives = NULL;
    if (vt_stream_memory(&stream, data, size, "negatives", &err) != VT_OK) {
        fuzz_require(err.message[0] != '\0');
        return 0;
    }
    int status = vt_negatives_parse(&negatives, stream, &plan, &err);
    if (status != VT_OK) {
        fuzz_require(negatives == NULL && err.code == (vt_code)status && err.message[0] != '\0');
    } else {
        fuzz_require(negatives->ptr[0] == 0);
        for (size_t u = 0; u < plan.n_users; u++) {
            fuzz_require(negatives->ptr[u] <= negatives->ptr[u + 1]);
            for (int64_t i = negatives->ptr[u]; i < negatives->ptr[u + 1]; i++) {
                fuzz_require(negatives->item[i] >= 0 && negatives->item[i] < snapshot.n_items);
                fuzz_require(i == negatives->ptr[u] || negatives->item[i - 1] < negatives->item[i]);
            }
        }
    }
    vt_negatives_free(negatives);
    vt_stream_close(stream);
    return 0;
}
