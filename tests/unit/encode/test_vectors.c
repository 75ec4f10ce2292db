/* Vectors on disk: what was written is not lost, what is damaged is not read, an item has its own vector. */
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "encode/vectors.h"

enum { D = 4, MANY = 10240, WIDE = 1024, READERS = 3 };

static const char hash[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static vt_content_key key_of(const char *content)
{
    vt_content_key key;
    vt_content_key_make(&key, content, strlen(content));
    return key;
}

static vt_vector_set *open_set(scratch *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_vector_set *set = NULL;
    check_ok(vt_vector_set_open(&set, s->dir, VT_ENCODER_IMAGE, hash, D, &err));
    return set;
}

/* How many files of the folder have `part` in their name. */
static int count_one(void *context, const char *name)
{
    struct {
        const char *part;
        int n;
    } *count = context;
    count->n += strstr(name, count->part) != NULL;
    return 0;
}

static int files_with(scratch *s, const char *part)
{
    struct {
        const char *part;
        int n;
    } count = {part, 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_dir_list(scratch_path(s, "embeddings"), count_one, &count, &err));
    return count.n;
}

static void keeps_what_was_added(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_content_key a = key_of("a"), b = key_of("b"), c = key_of("c");
    const float va[D] = {1.0F, 0.0F, 0.0F, 0.0F}, vc[D] = {0.0F, 0.6F, 0.8F, 0.0F};
    const float *vector = NULL;
    vt_str reason;
    vt_vector_set *set = open_set(&s);
    assert_false(vt_vector_set_find(set, &a, &vector, &reason));
    check_ok(vt_vector_set_add(set, &a, va, NULL, &err));
    check_ok(vt_vector_set_add(set, &b, NULL, "no photo at all", &err));
    assert_true(vt_vector_set_find(set, &b, NULL, NULL));
    check_ok(vt_vector_set_flush(set, &err));
    check_ok(vt_vector_set_add(set, &c, vc, NULL, &err));
    vt_vector_set_close(set); /* c was never flushed */

    set = open_set(&s);
    assert_true(vt_vector_set_find(set, &a, &vector, &reason));
    assert_memory_equal(vector, va, sizeof va);
    assert_true(vt_vector_set_find(set, &b, &vector, &reason));
    assert_null(vector);
    assert_true(vt_str_equal(reason, vt_str_of("no photo at all")));
    assert_false(vt_vector_set_find(set, &c, NULL, NULL));
    check_ok(vt_vector_set_add(set, &c, vc, NULL, &err));
    check_ok(vt_vector_set_flush(set, &err));
    assert_true(vt_vector_set_find(set, &c, &vector, NULL));
    assert_memory_equal(vector, vc, sizeof vc);
    vt_vector_set_close(set);
    assert_int_equal(files_with(&s, "image-0011223344556677-00000"), 2);
    scratch_done(&s);
}

/* 5,000 contents: a full segment is written without being asked for. */
static void many_become_segments_and_are_tidied(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_vector_set *set = open_set(&s);
    static vt_content_key keys[10000];
    for (int i = 0; i < 10000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        keys[i] = key_of(name);
        const float vector[D] = {(float)i, 1.0F, 0.0F, 0.0F};
        check_ok(vt_vector_set_add(set, &keys[i], i % 7 == 0 ? NULL : vector, i % 7 == 0 ? name : NULL, &err));
    }
    assert_int_equal(files_with(&s, ".safetensors"), 2);
    check_ok(vt_vector_set_tidy(set, keys, 10000, &err)); /* all are wanted: nothing to do but to write the rest */
    vt_vector_set_close(set);
    assert_int_equal(files_with(&s, ".safetensors"), 3);

    set = open_set(&s);
    check_ok(vt_vector_set_tidy(set, keys + 9990, 10, &err)); /* ten are left of the catalogue */
    vt_vector_set_close(set);
    assert_int_equal(files_with(&s, ".safetensors"), 1);
    set = open_set(&s);
    for (int i = 9980; i < 10000; i++) {
        const float *vector = NULL;
        vt_str reason;
        assert_int_equal(vt_vector_set_find(set, &keys[i], &vector, &reason), i >= 9990);
        if (i >= 9990 && i % 7 != 0) {
            assert_true(vector[0] == (float)i);
        } else if (i >= 9990) {
            assert_int_equal(reason.len, 4);
        }
    }
    vt_vector_set_close(set);

    /* many small runs leave many small files, until they are made one */
    set = open_set(&s);
    for (int i = 0; i < 9; i++) {
        check_ok(vt_vector_set_add(set, &keys[i], NULL, "small", &err));
        check_ok(vt_vector_set_flush(set, &err));
    }
    assert_int_equal(files_with(&s, ".safetensors"), 10);
    check_ok(vt_vector_set_tidy(set, keys, 9, &err));
    vt_vector_set_close(set);
    assert_int_equal(files_with(&s, ".safetensors"), 1);
    scratch_done(&s);
}

static const int64_t id_at[] = {0, 1, 2, 3, 4}, ptr[] = {0, 2, 2, 3, 5}, photo_at[] = {0, 1, 2, 3, 4, 5};

/* Items a (two photos), b (none), c (one that is damaged), d (two that cancel out). */
static void write_items(scratch *s, vt_content_key keys[5])
{
    static const char *const names[] = {"x", "y", "z", "u", "v"};
    static const float vectors[][D] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, -1}};
    vt_error err = VT_ERROR_INIT;
    vt_vector_set *set = open_set(s);
    for (int i = 0; i < 5; i++) {
        keys[i] = key_of(names[i]);
        check_ok(vt_vector_set_add(set, &keys[i], i == 2 ? NULL : vectors[i], i == 2 ? "damaged" : NULL, &err));
    }
    check_ok(vt_vector_set_flush(set, &err));
    vt_vector_set_close(set);
    const vt_item_contents contents = {{4, id_at, "abcd"}, ptr, keys, {5, photo_at, "12345"}};
    check_ok(vt_item_contents_write(s->dir, VT_ENCODER_IMAGE, "tiny", hash, D, &contents, &err));
}

static void items_have_the_mean_of_their_photos(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_content_key keys[5];
    vt_item_vectors *v = NULL;
    assert_int_equal(vt_item_vectors_open(&v, s.dir, VT_ENCODER_IMAGE, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "encode"));
    assert_null(v);
    write_items(&s, keys);
    check_ok(vt_item_vectors_open(&v, s.dir, VT_ENCODER_IMAGE, &err));
    assert_int_equal(v->n, 2);
    assert_int_equal(v->d, D);
    assert_string_equal(v->encoder, "tiny");
    assert_string_equal(v->hash, hash);
    assert_true(vt_str_equal(vt_ids_get(&v->ids, 0), vt_str_of("a")));
    assert_true(vt_str_equal(vt_ids_get(&v->ids, 1), vt_str_of("d")));
    const float half = (float)sqrt(0.5), expected[2][D] = {{half, half, 0, 0}, {0, 0, 0, 1}};
    for (int i = 0; i < 2 * D; i++) {
        assert_true(fabsf(v->data[i] - ((const float *)expected)[i]) < 1e-7F);
    }
    vt_item_vectors_free(v);
    assert_int_equal(vt_item_vectors_open(&v, s.dir, VT_ENCODER_TEXT, &err), VT_ERR_NOT_FOUND);

    vt_contents *contents = NULL;
    check_ok(vt_contents_open(&contents, s.dir, VT_ENCODER_IMAGE, &err));
    assert_int_equal(contents->table.ids.n, 4);
    assert_true(vt_str_equal(vt_ids_get(&contents->table.photo, 3), vt_str_of("4")));
    vt_contents_close(contents);
    scratch_done(&s);
}

static void same_vectors(const vt_item_vectors *gathered, const vt_item_vectors *mapped)
{
    assert_null(mapped->data);
    assert_int_equal(mapped->n, gathered->n);
    assert_int_equal(mapped->d, gathered->d);
    assert_string_equal(mapped->encoder, gathered->encoder);
    assert_string_equal(mapped->hash, gathered->hash);
    for (int32_t i = 0; i < gathered->n; i++) {
        assert_true(vt_str_equal(vt_ids_get(&mapped->ids, i), vt_ids_get(&gathered->ids, i)));
        float room[WIDE];
        const float *expected = gathered->data + (size_t)i * gathered->d;
        assert_memory_equal(vt_item_vector(mapped, i, room), expected, gathered->d * sizeof(float));
        assert_memory_equal(vt_item_vector(mapped, i, NULL), expected, gathered->d * sizeof(float));
        assert_ptr_equal(vt_item_vector(gathered, i, NULL), gathered->data + (size_t)i * gathered->d);
    }
}

static void mapped_are_the_same(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_content_key keys[5];
    vt_item_vectors *gathered = NULL, *mapped = NULL;
    assert_int_equal(vt_item_vectors_map(&mapped, s.dir, VT_ENCODER_IMAGE, &err), VT_ERR_NOT_FOUND);
    write_items(&s, keys);
    check_ok(vt_item_vectors_open(&gathered, s.dir, VT_ENCODER_IMAGE, &err));
    check_ok(vt_item_vectors_map(&mapped, s.dir, VT_ENCODER_IMAGE, &err));
    same_vectors(gathered, mapped);
    vt_item_vectors_free(gathered);
    vt_item_vectors_free(mapped);
    scratch_done(&s);
}

/*
 * Files of 40 MB, of which next to nothing becomes memory of the process, neither while they are opened nor when all is
 * read by several threads; it can be read after the files are gone. Some items have two contents, and some vectors are
 * not of length 1.
 */
static void write_many(scratch *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_vector_set *set = NULL;
    int64_t *name_at = vt_alloc_zero(MANY + 1, sizeof *name_at, NULL), *of = vt_alloc_zero(MANY + 1, sizeof *of, NULL);
    int64_t *path_at = vt_alloc_zero(2 * MANY + 1, sizeof *path_at, NULL);
    vt_content_key *keys = vt_alloc(2 * MANY, sizeof *keys, NULL);
    char *text = vt_alloc(6 * MANY, 1, NULL);
    float *vector = vt_alloc_zero(WIDE, sizeof *vector, NULL);
    check_ok(vt_vector_set_open(&set, s->dir, VT_ENCODER_TEXT, hash, WIDE, &err));
    for (int64_t i = 0; i < MANY; i++) {
        snprintf(text + 5 * i, 6, "%05d", (int)i);
        name_at[i + 1] = 5 * (i + 1);
        vt_content_key key = key_of(text + 5 * i);
        memset(vector, 0, WIDE * sizeof *vector);
        vector[i % WIDE] = 0.6F;
        vector[(i + 1 + i / WIDE) % WIDE] = i % 100 == 1 ? 0.5F : 0.8F;
        check_ok(vt_vector_set_add(set, &key, vector, NULL, &err));
        of[i + 1] = of[i];
        keys[of[i + 1]++] = key;
        if (i % 10 == 9) {
            keys[of[i + 1]++] = keys[of[i / 2]];
        }
    }
    check_ok(vt_vector_set_flush(set, &err));
    vt_vector_set_close(set);
    const vt_item_contents contents = {{MANY, name_at, text}, of, keys, {(int32_t)of[MANY], path_at, ""}};
    check_ok(vt_item_contents_write(s->dir, VT_ENCODER_TEXT, "wide", hash, WIDE, &contents, &err));
    vt_free(name_at);
    vt_free(of);
    vt_free(path_at);
    vt_free(keys);
    vt_free(text);
    vt_free(vector);
}

typedef struct reading {
    const vt_item_vectors *gathered, *mapped;
} reading;

static int read_rows(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const reading *r = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        float room[WIDE];
        size_t row = i * 7919 % MANY;
        if (memcmp(vt_item_vector(r->mapped, (int32_t)row, room), r->gathered->data + row * WIDE,
                   WIDE * sizeof(float)) != 0) {
            return vt_fail(err, VT_ERR_CORRUPT, "row %zu differs", row);
        }
    }
    return VT_OK;
}

/* KiB of mapped files that stand in this process. */
static long mapped_kib(void)
{
    long kib = -1;
    char line[256];
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "RssFile:", 8) == 0) {
            kib = strtol(line + 8, NULL, 10);
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kib;
}

static void files_stay_out_of_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    reading r;
    vt_item_vectors *gathered = NULL, *mapped = NULL;
    write_many(&s);
    check_ok(vt_item_vectors_open(&gathered, s.dir, VT_ENCODER_TEXT, &err));
    long before = mapped_kib();
    check_ok(vt_item_vectors_map(&mapped, s.dir, VT_ENCODER_TEXT, &err));
    scratch_done(&s);
    r = (reading){gathered, mapped};
    check_ok(vt_parallel_for(READERS, (size_t)4 * MANY, 64, read_rows, NULL, &r, &err));
    assert_true(before < 0 || mapped_kib() - before < 4096);
    same_vectors(gathered, mapped);
    vt_item_vectors_free(gathered);
    vt_item_vectors_free(mapped);
}

static int map_it(void *dir, vt_error *err)
{
    vt_item_vectors *v = NULL;
    int status = vt_item_vectors_map(&v, dir, VT_ENCODER_IMAGE, err);
    assert_true((status == VT_OK) == (v != NULL));
    vt_item_vectors_free(v);
    return status;
}

static int open_it(void *dir, vt_error *err)
{
    vt_item_vectors *v = NULL;
    int status = vt_item_vectors_open(&v, dir, VT_ENCODER_IMAGE, err);
    assert_true((status == VT_OK) == (v != NULL));
    vt_item_vectors_free(v);
    return status;
}

/* Every flipped byte of every file, and every file cut or gone. */
static void damage_is_noticed(void **state)
{
    (void)state;
    static const char *const files[] = {"embeddings/image-0011223344556677-000001.safetensors",
                                        "embeddings/image-0011223344556677-items.safetensors", "embeddings/image.json"};
    vt_error err = VT_ERROR_INIT;
    scratch s;
    scratch_init(&s);
    vt_content_key keys[5];
    write_items(&s, keys);
    for (size_t f = 0; f < 3; f++) {
        char *bytes = NULL;
        size_t size = 0;
        check_ok(vt_file_read(&bytes, &size, scratch_path(&s, files[f]), 1 << 20, &err));
        for (size_t at = 0; at < size; at++) {
            bytes[at] = (char)(bytes[at] ^ 4);
            scratch_write(&s, files[f], bytes, size);
            bytes[at] = (char)(bytes[at] ^ 4);
            int status = open_it(s.dir, &err);
            /* the note has no checksum: another name of the encoder is believed */
            bool harmless = f == 2 && (status == VT_OK || status == VT_ERR_NOT_FOUND || status == VT_ERR_VERSION);
            if (!harmless && status != VT_ERR_CORRUPT && status != VT_ERR_FORMAT && status != VT_ERR_LIMIT) {
                fail_msg("%s, byte %zu: %d %s", files[f], at, status, err.message);
            }
        }
        for (size_t cut = 0; cut < size; cut += 7) {
            scratch_write(&s, files[f], bytes, cut);
            assert_int_not_equal(open_it(s.dir, &err), VT_OK);
        }
        remove(scratch_path(&s, files[f]));
        int status = open_it(s.dir, &err);
        assert_int_equal(status, f == 0 ? VT_ERR_CORRUPT : VT_ERR_NOT_FOUND);
        assert_non_null(strstr(err.message, f == 1 ? "items" : "encode"));
        scratch_write(&s, files[f], bytes, size);
        vt_free(bytes);
    }
    check_ok(open_it(s.dir, &err));
    scratch_done(&s);
}

static int add_and_write(void *dir, vt_error *err)
{
    const vt_content_key key = key_of("new");
    const float vector[D] = {1, 0, 0, 0};
    static const int64_t one[] = {0, 1};
    const vt_item_contents contents = {{1, one, "n"}, one, &key, {1, one, "p"}};
    vt_vector_set *set = NULL;
    int status = vt_vector_set_open(&set, dir, VT_ENCODER_IMAGE, hash, D, err);
    if (status == VT_OK && !vt_vector_set_find(set, &key, NULL, NULL)) {
        status = vt_vector_set_add(set, &key, vector, NULL, err);
    }
    if (status == VT_OK) {
        status = vt_vector_set_tidy(set, &key, 1, err);
    }
    vt_vector_set_close(set);
    return status == VT_OK ? vt_item_contents_write(dir, VT_ENCODER_IMAGE, "tiny", hash, D, &contents, err) : status;
}

static void fails_whole(void **state)
{
    (void)state;
    scratch s;
    scratch_init(&s);
    vt_content_key keys[5];
    write_items(&s, keys);
    assert_in_range(fault_allocations(open_it, s.dir), 10, 300);
    assert_in_range(fault_allocations(map_it, s.dir), 10, 300);
    assert_in_range(fault_allocations(add_and_write, s.dir), 10, 300);
    assert_in_range(fault_writes(add_and_write, s.dir), 3, 300);
    vt_error err = VT_ERROR_INIT;
    check_ok(open_it(s.dir, &err));
    scratch_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_was_added),
        cmocka_unit_test(many_become_segments_and_are_tidied),
        cmocka_unit_test(items_have_the_mean_of_their_photos),
        cmocka_unit_test(mapped_are_the_same),
        cmocka_unit_test(files_stay_out_of_memory),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
