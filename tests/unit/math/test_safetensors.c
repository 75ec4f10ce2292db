/* Safetensors: what is written is read, every flipped byte and every cut is noticed, hostile headers are refused. */
#include "fault.h"
#include "scratch.h"

#include "math/safetensors.h"

static const float factors[] = {1.5F, -2.0F, 3.25F, 0.0F, 1e-30F, 7.0F};
static const int64_t offsets[] = {0, 2, 5};
static const char text[] = "abcde";
static const int32_t counts[] = {4, -4};

static const vt_tensor tensors[] = {
    {"text", VT_U8, 1, {5, 1}, text},        {"factors", VT_F32, 2, {2, 3}, factors},
    {"offsets", VT_I64, 1, {3, 1}, offsets}, {"counts", VT_I32, 1, {2, 1}, counts},
    {"empty", VT_F64, 1, {0, 1}, offsets},
};

static const vt_text_pair metadata[] = {{"kind", "quoted \"name\"\n"}, {"seed", "42"}};

enum { TENSORS = sizeof tensors / sizeof *tensors, PAIRS = sizeof metadata / sizeof *metadata };

static int write_it(void *path, vt_error *err)
{
    return vt_safetensors_write(path, tensors, TENSORS, metadata, PAIRS, err);
}

static int open_it(void *path, vt_error *err)
{
    vt_safetensors *file = NULL;
    int status = vt_safetensors_open(&file, path, err);
    assert_true((status == VT_OK) == (file != NULL));
    vt_safetensors_close(file);
    return status;
}

static void reads_what_was_written(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    char *path = (char *)scratch_path(&s, "a.safetensors");
    check_ok(write_it(path, &err));
    vt_safetensors *file = NULL;
    check_ok(vt_safetensors_open(&file, path, &err));
    for (size_t i = 0; i < TENSORS; i++) {
        const vt_tensor *t = &tensors[i];
        vt_tensor got;
        check_ok(vt_safetensors_tensor(file, t->name, t->dtype, t->rank, t->shape[0], t->shape[1], &got, &err));
        size_t bytes = (size_t)(t->shape[0] * (t->rank == 2 ? t->shape[1] : 1)) * vt_dtype_bytes(t->dtype);
        assert_memory_equal(got.data, t->data, bytes);
        assert_int_equal((uintptr_t)got.data % vt_dtype_bytes(t->dtype), 0);
    }
    assert_string_equal(vt_safetensors_metadata(file, "kind"), "quoted \"name\"\n");
    assert_string_equal(vt_safetensors_metadata(file, "seed"), "42");
    assert_null(vt_safetensors_metadata(file, "nothing"));
    vt_tensor got = {.name = "untouched"};
    assert_int_equal(vt_safetensors_tensor(file, "nowhere", VT_F32, 1, -1, 0, &got, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_safetensors_tensor(file, "text", VT_F32, 1, -1, 0, &got, &err), VT_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "U8"));
    assert_int_equal(vt_safetensors_tensor(file, "factors", VT_F32, 2, 3, 2, &got, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_safetensors_tensor(file, "factors", VT_F32, 1, -1, 0, &got, &err), VT_ERR_CORRUPT);
    assert_string_equal(got.name, "untouched");
    vt_safetensors_close(file);
    scratch_done(&s);
}

/* Tensors of parts, seen without the part's name. */
static const vt_tensor parts[] = {
    {"part0.counts", VT_I32, 1, {2, 1}, counts},
    {"part1.counts", VT_I32, 1, {1, 1}, counts + 1},
    {"part1.text", VT_U8, 1, {5, 1}, text},
    {"counts", VT_I64, 1, {3, 1}, offsets},
};

static int look_within(void *path, vt_error *err)
{
    vt_safetensors *file = NULL, *part = NULL;
    int status = vt_safetensors_open(&file, path, err);
    if (status == VT_OK) {
        status = vt_safetensors_within(&part, file, "part1.", err);
    }
    assert_true((status == VT_OK) == (part != NULL));
    vt_safetensors_close(part);
    vt_safetensors_close(file);
    return status;
}

static void parts_are_seen_by_themselves(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    char *path = (char *)scratch_path(&s, "parts");
    check_ok(vt_safetensors_write(path, parts, sizeof parts / sizeof *parts, metadata, PAIRS, &err));
    vt_safetensors *file = NULL, *part = NULL;
    vt_tensor got;
    check_ok(vt_safetensors_open(&file, path, &err));
    for (int p = 0; p < 2; p++) {
        check_ok(vt_safetensors_within(&part, file, p == 0 ? "part0." : "part1.", &err));
        check_ok(vt_safetensors_tensor(part, "counts", VT_I32, 1, 2 - p, 0, &got, &err));
        assert_memory_equal(got.data, counts + p, (size_t)(2 - p) * sizeof *counts);
        assert_string_equal(vt_safetensors_metadata(part, "seed"), "42");
        int text_of = vt_safetensors_tensor(part, "text", VT_U8, 1, 5, 0, &got, &err);
        assert_int_equal(text_of, p == 0 ? VT_ERR_CORRUPT : VT_OK);
        assert_int_equal(vt_safetensors_tensor(part, "part1.text", VT_U8, 1, 5, 0, &got, &err), VT_ERR_CORRUPT);
        vt_safetensors_close(part); /* the file stays open */
    }
    check_ok(vt_safetensors_tensor(file, "counts", VT_I64, 1, 3, 0, &got, &err));
    check_ok(vt_safetensors_tensor(file, "part1.text", VT_U8, 1, 5, 0, &got, &err));
    vt_safetensors_close(file);
    assert_in_range(fault_allocations(look_within, path), 5, 100);
    scratch_done(&s);
}

static void every_flip_and_cut_is_noticed(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    check_ok(write_it((void *)(uintptr_t)scratch_path(&s, "a"), &err));
    char *bytes = NULL;
    size_t size = 0;
    check_ok(vt_file_read(&bytes, &size, scratch_path(&s, "a"), 1 << 20, &err));
    /* The first 42 bytes are the length and the name of the checksum: with another name it is a file of someone else,
       whole but without a sum, which is for the caller to refuse. */
    for (size_t at = 0; at < size; at++) {
        bytes[at] = (char)(bytes[at] ^ 4);
        char *path = (char *)(uintptr_t)scratch_write(&s, "b", bytes, size);
        vt_safetensors *file = NULL;
        int status = vt_safetensors_open(&file, path, &err);
        if (status == VT_OK) {
            assert_in_range(at, 8, 42);
            assert_null(vt_safetensors_metadata(file, "vitrine.checksum"));
        } else {
            assert_true(status == VT_ERR_CORRUPT || status == VT_ERR_FORMAT || status == VT_ERR_LIMIT);
            assert_non_null(strstr(err.message, "/b"));
        }
        vt_safetensors_close(file);
        bytes[at] = (char)(bytes[at] ^ 4);
    }
    for (size_t length = 0; length < size; length++) {
        int status = open_it((void *)(uintptr_t)scratch_write(&s, "b", bytes, length), &err);
        assert_true(status == VT_ERR_CORRUPT || status == VT_ERR_FORMAT);
    }
    vt_free(bytes);
    scratch_done(&s);
}

/* A file of that header and `data` zero bytes. */
static int open_header(scratch *s, const char *header, uint64_t claimed, size_t data, vt_error *err)
{
    unsigned char bytes[2048] = {0};
    size_t len = strlen(header);
    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)((claimed == 0 ? len : claimed) >> (8 * i));
    }
    memcpy(bytes + 8, header, len);
    return open_it((void *)(uintptr_t)scratch_write(s, "h", bytes, 8 + len + data), err);
}

static void hostile_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        uint64_t claimed; /* 0: its length */
        size_t data;
        int status;
        const char *says;
    } cases[] = {
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 0, 8, VT_OK, NULL},
        {"{}", 0, 0, VT_OK, NULL},
        {"{}", UINT64_C(1) << 40, 0, VT_ERR_LIMIT, "header"},
        {"{}", UINT64_MAX, 0, VT_ERR_LIMIT, "header"},
        {"{}", 100, 0, VT_ERR_CORRUPT, "truncated"},
        {"{}", 0, 3, VT_ERR_CORRUPT, "3 bytes stand behind"},
        {"[]", 0, 0, VT_ERR_FORMAT, "not an object"},
        {"hello", 0, 0, VT_ERR_FORMAT, "not JSON"},
        {"{\"a\":1,\"a\":2}", 0, 0, VT_ERR_FORMAT, "twice"},
        {"{\"__metadata__\":3}", 0, 0, VT_ERR_CORRUPT, "metadata"},
        {"{\"a\":7}", 0, 0, VT_ERR_CORRUPT, "dtype"},
        {"{\"a\":{\"dtype\":\"Q4\",\"shape\":[2],\"data_offsets\":[0,8]}}", 0, 8, VT_ERR_CORRUPT, "dtype"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 0, 8, VT_ERR_CORRUPT, "data_offsets"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 0, 8, VT_ERR_CORRUPT, "shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 0, 8, VT_ERR_CORRUPT, "shape"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 0, 8, VT_ERR_CORRUPT, "does not fit"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,8]}}", 0, 8,
         VT_ERR_CORRUPT, "shape"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387905],\"data_offsets\":[0,8]}}", 0, 8, VT_ERR_CORRUPT,
         "does not fit"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 0, 8, VT_ERR_CORRUPT, "past the end"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 0, 7, VT_ERR_CORRUPT, "past the end"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
         0, 12, VT_ERR_CORRUPT, "overlaps"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
         0, 12, VT_ERR_CORRUPT, "hole"},
    };
    scratch s;
    scratch_init(&s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        int status = open_header(&s, cases[i].header, cases[i].claimed, cases[i].data, &err);
        if (status != cases[i].status || (cases[i].says != NULL && strstr(err.message, cases[i].says) == NULL)) {
            fail_msg("case %zu %s: status %d, \"%s\"", i, cases[i].header, status, err.message);
        }
    }
    scratch_done(&s);
}

/* Files of others may put a float off its boundary. */
static void odd_places_are_copied(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    const char *header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                         "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}";
    unsigned char bytes[512] = {(unsigned char)strlen(header)};
    memcpy(bytes + 8, header, strlen(header));
    memcpy(bytes + 8 + strlen(header) + 1, factors, 8);
    const char *path = scratch_write(&s, "odd", bytes, 8 + strlen(header) + 9);
    vt_safetensors *file = NULL;
    vt_tensor got;
    check_ok(vt_safetensors_open(&file, path, &err));
    check_ok(vt_safetensors_tensor(file, "b", VT_F32, 1, 2, 0, &got, &err));
    assert_int_equal((uintptr_t)got.data % 4, 0);
    assert_memory_equal(got.data, factors, 8);
    vt_safetensors_close(file);
    scratch_done(&s);
}

static void fails_whole(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    char path[sizeof s.path];
    snprintf(path, sizeof path, "%s", scratch_path(&s, "a"));
    assert_in_range(fault_allocations(write_it, path), 4, 100);
    remove(path);
    assert_in_range(fault_writes(write_it, path), 6, 100);
    check_ok(write_it(path, &err));
    assert_in_range(fault_allocations(open_it, path), 4, 100);
    assert_int_equal(open_it((void *)(uintptr_t)scratch_path(&s, "nowhere"), &err), VT_ERR_NOT_FOUND);
    assert_int_equal(open_it(s.dir, &err), VT_ERR_FORMAT);
    scratch_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),        cmocka_unit_test(parts_are_seen_by_themselves),
        cmocka_unit_test(every_flip_and_cut_is_noticed), cmocka_unit_test(hostile_headers_are_refused),
        cmocka_unit_test(odd_places_are_copied),         cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
