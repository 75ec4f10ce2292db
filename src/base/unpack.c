/*
 * gzip through zlib (its memory comes from base/alloc), zstd through libzstd. A gzip file may consist of several
 * members and be padded with zero bytes, as tape and block tools leave them; anything else behind the end is damage.
 */
#include "base/unpack.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/alloc.h"

struct vt_unpack {
    vt_packing packing;
    bool live;    /* zlib's state exists */
    bool between; /* between two gzip members or zstd frames */
    bool broken;  /* an error was told; the state says nothing any more */
    bool padding; /* zero bytes behind the last gzip member have begun */
    z_stream zlib;
    ZSTD_DCtx *zstd;
};

static const struct {
    vt_packing packing;
    const char *name;
    size_t len;
    unsigned char magic[VT_PACKING_MAGIC];
} packings[] = {
    {VT_PACKING_GZIP, "gzip", 2, {0x1f, 0x8b}},      {VT_PACKING_ZSTD, "zstd", 4, {0x28, 0xb5, 0x2f, 0xfd}},
    {VT_PACKING_BZIP2, "bzip2", 3, {'B', 'Z', 'h'}}, {VT_PACKING_XZ, "xz", 6, {0xfd, '7', 'z', 'X', 'Z', 0}},
    {VT_PACKING_ZIP, "zip", 4, {'P', 'K', 3, 4}},
};

vt_packing vt_packing_of(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
        if (len < packings[i].len || memcmp(bytes, packings[i].magic, packings[i].len) != 0) {
            continue;
        }
        /* "BZh" could begin a text: its block mark must follow. */
        if (packings[i].packing != VT_PACKING_BZIP2 || (len >= 8 && memcmp(bytes + 4, "1AY&", 4) == 0)) {
            return packings[i].packing;
        }
    }
    /* zstd's skippable frames, which parallel packers put first */
    if (len >= 4 && (bytes[0] & 0xf0U) == 0x50U && memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0) {
        return VT_PACKING_ZSTD;
    }
    return VT_PACKING_NONE;
}

bool vt_packing_cut(const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < 2; i++) { /* gzip, zstd */
        if (len < packings[i].len && (len == 0 || memcmp(bytes, packings[i].magic, len) == 0)) {
            return true;
        }
    }
    return false;
}

const char *vt_packing_name(vt_packing packing)
{
    for (size_t i = 0; i < sizeof packings / sizeof packings[0]; i++) {
        if (packings[i].packing == packing) {
            return packings[i].name;
        }
    }
    return "plain";
}

static void *zlib_alloc(void *context, unsigned count, unsigned size)
{
    (void)context;
    return vt_alloc(count, size, NULL);
}

static void zlib_free(void *context, void *memory)
{
    (void)context;
    vt_free(memory);
}

static int no_memory(vt_error *err)
{
    return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory to unpack; close other programs");
}

int vt_unpack_create(vt_unpack **out, vt_packing packing, vt_error *err)
{
    vt_unpack *unpack = vt_alloc_zero(1, sizeof *unpack, err);
    if (unpack == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    unpack->packing = packing;
    if (packing == VT_PACKING_GZIP) {
        unpack->zlib.zalloc = zlib_alloc;
        unpack->zlib.zfree = zlib_free;
        unpack->live = inflateInit2(&unpack->zlib, 15 + 16) == Z_OK; /* 15: largest window; 16: gzip frame */
    } else {
        unpack->zstd = ZSTD_createDCtx();
    }
    if (!unpack->live && unpack->zstd == NULL) {
        vt_unpack_free(unpack);
        return no_memory(err);
    }
    *out = unpack;
    return VT_OK;
}

void vt_unpack_free(vt_unpack *unpack)
{
    if (unpack != NULL) {
        if (unpack->live) {
            inflateEnd(&unpack->zlib);
        }
        ZSTD_freeDCtx(unpack->zstd);
        vt_free(unpack);
    }
}

/* Behind a member: another one, zero bytes, or the end. `*stop` when the step is over. */
static int next_member(vt_unpack *unpack, vt_unpack_io *io, bool *stop, vt_error *err)
{
    while (io->in_len > 0 && *io->in == 0) {
        unpack->padding = true;
        io->in++;
        io->in_len--;
    }
    if (io->in_len == 0) {
        io->finished = io->last;
        *stop = true;
        return VT_OK;
    }
    if (unpack->padding || *io->in != packings[0].magic[0] || inflateReset(&unpack->zlib) != Z_OK) {
        return vt_fail(err, VT_ERR_CORRUPT, "other bytes follow the packed data");
    }
    unpack->between = false;
    return VT_OK;
}

static int step_gzip(vt_unpack *unpack, vt_unpack_io *io, vt_error *err)
{
    bool stop = false;
    while (!stop && io->got < io->out_len) {
        if (unpack->between) {
            int status = next_member(unpack, io, &stop, err);
            if (status != VT_OK || stop) {
                return status;
            }
        }
        size_t left = io->out_len - io->got;
        z_stream *z = &unpack->zlib;
        z->next_in = (Bytef *)(uintptr_t)io->in; /* zlib's type lacks const; it only reads */
        z->avail_in = io->in_len > UINT_MAX ? UINT_MAX : (uInt)io->in_len;
        z->next_out = io->out + io->got;
        z->avail_out = left > UINT_MAX ? UINT_MAX : (uInt)left;
        int result = inflate(z, Z_NO_FLUSH);
        io->in_len -= (size_t)(z->next_in - io->in);
        io->in = z->next_in;
        io->got = (size_t)(z->next_out - io->out);
        if (result == Z_STREAM_END) {
            unpack->between = true;
        } else if (result == Z_MEM_ERROR) {
            return no_memory(err);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            return vt_fail(err, VT_ERR_CORRUPT, "%s", z->msg != NULL ? z->msg : "bad gzip data");
        } else if (io->in_len == 0 && io->got == 0 && io->last) {
            return vt_fail(err, VT_ERR_CORRUPT, "the packed data end too early");
        } else {
            stop = io->in_len == 0;
        }
    }
    return VT_OK;
}

static int step_zstd(vt_unpack *unpack, vt_unpack_io *io, vt_error *err)
{
    ZSTD_inBuffer in = {io->in, io->in_len, 0};
    ZSTD_outBuffer out = {io->out, io->out_len, 0};
    for (;;) {
        if (in.pos == in.size && unpack->between) {
            io->finished = io->last; /* asked now, libzstd would want the header of a frame that never comes */
            break;
        }
        size_t before = in.pos + out.pos;
        size_t result = ZSTD_decompressStream(unpack->zstd, &out, &in);
        if (ZSTD_isError(result)) {
            io->in += in.pos;
            io->in_len -= in.pos;
            io->got = out.pos;
            ZSTD_ErrorCode code = ZSTD_getErrorCode(result);
            if (code == ZSTD_error_memory_allocation) {
                return no_memory(err);
            }
            if (code == ZSTD_error_frameParameter_windowTooLarge) {
                return vt_fail(err, VT_ERR_UNSUPPORTED,
                               "packed with a window over 128 MiB; pack it again without --long");
            }
            return vt_fail(err, VT_ERR_CORRUPT, "%s", ZSTD_getErrorName(result));
        }
        unpack->between = result == 0;
        if (out.pos == out.size || (in.pos + out.pos == before && in.pos == in.size)) {
            break;
        }
    }
    io->in += in.pos;
    io->in_len -= in.pos;
    io->got = out.pos;
    if (io->got == 0 && io->last && !io->finished) {
        return vt_fail(err, VT_ERR_CORRUPT, "the packed data end too early");
    }
    return VT_OK;
}

int vt_unpack_step(vt_unpack *unpack, vt_unpack_io *io, vt_error *err)
{
    io->got = 0;
    io->finished = false;
    if (unpack->broken) {
        return vt_fail(err, VT_ERR_CORRUPT, "reading went on behind an error");
    }
    int status = unpack->packing == VT_PACKING_GZIP ? step_gzip(unpack, io, err) : step_zstd(unpack, io, err);
    unpack->broken = status != VT_OK;
    return status;
}
