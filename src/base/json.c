/*
 * yyjson with memory that is reused from text to text, and two checks that yyjson leaves to its users: depth and keys
 * that occur twice. Small objects find a double key through a 64-bit filter, wide ones through a table with the keyed
 * hash, so that no text makes the check quadratic. yyjson's own pool is no use here: its worst case does not cover
 * texts that are broken, which would be told as a lack of memory.
 */
#include "base/json.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/number.h"

enum {
    NARROW = 24,          /* keys up to which an object is checked by the filter */
    BLOCKS = 2,           /* what yyjson asks for: a copy of the text, and the values */
    KEPT_BYTES = 4 << 20, /* a larger block is given back after its text */
};

/* Memory that yyjson gets and gives back, kept for the next text. */
typedef struct block {
    void *memory;
    size_t size;
    bool used;
} block;

struct vt_json_reader {
    yyjson_read_flag flags;
    block blocks[BLOCKS];
    yyjson_doc *doc;    /* the last text */
    yyjson_val **slots; /* (slot_count) keys of one wide object */
    size_t slot_count;
};

static block *block_of(vt_json_reader *reader, const void *memory)
{
    for (int i = 0; i < BLOCKS; i++) {
        if (reader->blocks[i].used && reader->blocks[i].memory == memory) {
            return &reader->blocks[i];
        }
    }
    return NULL;
}

static void *take_memory(void *context, size_t size)
{
    vt_json_reader *reader = context;
    for (int i = 0; i < BLOCKS; i++) {
        block *b = &reader->blocks[i];
        if (b->used) {
            continue;
        }
        if (b->size < size) {
            size_t want = size < KEPT_BYTES / 2 ? size + size / 2 : size;
            vt_free(b->memory);
            b->memory = vt_alloc(want, 1, NULL);
            b->size = b->memory == NULL ? 0 : want;
        }
        b->used = b->memory != NULL;
        return b->memory;
    }
    return vt_alloc(size, 1, NULL);
}

static void *grow_memory(void *context, void *old, size_t old_size, size_t size)
{
    (void)old_size;
    block *b = block_of(context, old);
    if (b != NULL && size <= b->size) {
        return old;
    }
    void *memory = vt_realloc(old, size, 1, NULL);
    if (memory != NULL && b != NULL) {
        b->memory = memory;
        b->size = size;
    }
    return memory;
}

static void give_memory(void *context, void *memory)
{
    block *b = block_of(context, memory);
    if (b == NULL) {
        vt_free(memory);
        return;
    }
    b->used = false;
    if (b->size > KEPT_BYTES) {
        vt_free(b->memory);
        *b = (block){NULL, 0, false};
    }
}

int vt_json_reader_create(vt_json_reader **out, vt_error *err)
{
    vt_json_reader *reader = vt_alloc_zero(1, sizeof *reader, err);
    if (reader == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *out = reader;
    return VT_OK;
}

void vt_json_reader_free(vt_json_reader *reader)
{
    if (reader != NULL) {
        yyjson_doc_free(reader->doc);
        for (int i = 0; i < BLOCKS; i++) {
            vt_free(reader->blocks[i].memory);
        }
        vt_free(reader->slots);
        vt_free(reader);
    }
}

static bool same_key(yyjson_val *a, yyjson_val *b)
{
    size_t len = unsafe_yyjson_get_len(a);
    return len == unsafe_yyjson_get_len(b) && memcmp(unsafe_yyjson_get_str(a), unsafe_yyjson_get_str(b), len) == 0;
}

/* yyjson unescapes in a copy of the text, in place: a key's place there is its place in the text. */
static int double_key(const yyjson_doc *doc, yyjson_val *key, vt_error *err)
{
    const char *text = unsafe_yyjson_get_str(key);
    int64_t at = doc->str_pool == NULL ? -1 : text - doc->str_pool;
    size_t len = unsafe_yyjson_get_len(key);
    return vt_fail_at(err, VT_ERR_FORMAT, at, "the key \"%.*s\" occurs twice in one JSON object, at byte %lld",
                      len > 60 ? 60 : (int)len, text, (long long)at);
}

static int check_narrow(const yyjson_doc *doc, yyjson_val *object, size_t count, vt_error *err)
{
    uint64_t filter = 0;
    yyjson_val *first = unsafe_yyjson_get_first(object);
    yyjson_val *key = first;
    for (size_t i = 0; i < count; i++, key = unsafe_yyjson_get_next(key + 1)) {
        const unsigned char *text = (const unsigned char *)unsafe_yyjson_get_str(key);
        size_t len = unsafe_yyjson_get_len(key);
        uint64_t hash = len == 0 ? 0 : (len * 7 + text[0] * 5U + text[len / 2] * 3U + text[len - 1]) & 63U;
        uint64_t bit = (uint64_t)1 << hash;
        if ((filter & bit) != 0) {
            for (yyjson_val *before = first; before != key; before = unsafe_yyjson_get_next(before + 1)) {
                if (same_key(before, key)) {
                    return double_key(doc, key, err);
                }
            }
        }
        filter |= bit;
    }
    return VT_OK;
}

static int check_wide(vt_json_reader *reader, const yyjson_doc *doc, yyjson_val *object, size_t count, vt_error *err)
{
    size_t want = 64;
    while (want < count * 2) {
        want *= 2;
    }
    if (want > reader->slot_count) {
        yyjson_val **slots = vt_realloc(reader->slots, want, sizeof(yyjson_val *), err);
        if (slots == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        reader->slots = slots;
        reader->slot_count = want;
    }
    memset(reader->slots, 0, want * sizeof(yyjson_val *));
    yyjson_val *key = unsafe_yyjson_get_first(object);
    for (size_t i = 0; i < count; i++, key = unsafe_yyjson_get_next(key + 1)) {
        size_t at = vt_hash_keyed(unsafe_yyjson_get_str(key), unsafe_yyjson_get_len(key)) & (want - 1);
        for (; reader->slots[at] != NULL; at = (at + 1) & (want - 1)) {
            if (same_key(reader->slots[at], key)) {
                return double_key(doc, key, err);
            }
        }
        reader->slots[at] = key;
    }
    return VT_OK;
}

/* The byte at which the text goes deeper than allowed. */
static int too_deep(vt_str text, vt_error *err)
{
    int depth = 0;
    bool quoted = false;
    size_t i = 0;
    for (; i < text.len && depth <= VT_JSON_DEPTH_MAX; i++) {
        char c = text.ptr[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            depth++;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return vt_fail_at(err, VT_ERR_FORMAT, (int64_t)i - 1, "JSON nested deeper than %d levels, at byte %zu",
                      VT_JSON_DEPTH_MAX, i - 1);
}

/* Checks a container at `depth`, from 1. Its recursion ends at the depth it checks. */
static int check(vt_json_reader *reader, const yyjson_doc *doc, yyjson_val *container, int depth, vt_str text,
                 vt_error *err)
{
    if (depth > VT_JSON_DEPTH_MAX) {
        return too_deep(text, err);
    }
    size_t count = unsafe_yyjson_get_len(container);
    bool object = unsafe_yyjson_is_obj(container);
    int status = VT_OK;
    if (object && count > 1) {
        status =
            count <= NARROW ? check_narrow(doc, container, count, err) : check_wide(reader, doc, container, count, err);
    }
    if (count == 0) {
        return status; /* nothing stands behind an empty container */
    }
    yyjson_val *value = unsafe_yyjson_get_first(container) + object;
    for (size_t i = 0; i < count && status == VT_OK; i++, value = unsafe_yyjson_get_next(value) + object) {
        if (unsafe_yyjson_is_ctn(value)) {
            status = check(reader, doc, value, depth + 1, text, err);
        }
    }
    return status;
}

void vt_json_reader_allow_nan(vt_json_reader *reader)
{
    reader->flags = YYJSON_READ_ALLOW_INF_AND_NAN;
}

int vt_json_read(vt_json_reader *reader, vt_str text, yyjson_val **root, vt_error *err)
{
    yyjson_doc_free(reader->doc);
    reader->doc = NULL;
    if (text.len == 0) {
        return vt_fail_at(err, VT_ERR_FORMAT, 0, "not JSON: the text is empty");
    }
    yyjson_alc memory = {take_memory, grow_memory, give_memory, reader};
    yyjson_read_err bad = {0};
    /* yyjson takes char * for its in-place mode alone; without it the text is copied */
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text.ptr, text.len, reader->flags, &memory, &bad);
    if (doc == NULL) {
        if (bad.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) {
            return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for a JSON text of %zu bytes", text.len);
        }
        return vt_fail_at(err, VT_ERR_FORMAT, (int64_t)bad.pos, "not JSON: %s, at byte %zu", bad.msg, bad.pos);
    }
    reader->doc = doc;
    int status = VT_OK;
    yyjson_val *value = yyjson_doc_get_root(doc);
    if (unsafe_yyjson_is_ctn(value)) {
        status = check(reader, doc, value, 1, text, err);
    }
    if (status == VT_OK) {
        *root = value;
    }
    return status;
}

vt_str vt_json_str(yyjson_val *object, const char *key)
{
    yyjson_val *value = yyjson_obj_get(object, key);
    if (!yyjson_is_str(value)) {
        return (vt_str){NULL, 0};
    }
    return (vt_str){unsafe_yyjson_get_str(value), unsafe_yyjson_get_len(value)};
}

bool vt_json_real(yyjson_val *object, const char *key, double *out)
{
    yyjson_val *value = yyjson_obj_get(object, key);
    if (yyjson_is_num(value)) {
        *out = yyjson_get_num(value);
        return true;
    }
    return yyjson_is_str(value) &&
           vt_parse_real(out, (vt_str){unsafe_yyjson_get_str(value), unsafe_yyjson_get_len(value)});
}
