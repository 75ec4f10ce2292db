/*
 * The page of the bundle is cut at its tags for script and style, and what they point at is put in their place. The
 * policy names the hashes of both, so that nothing else runs, whatever the data hold.
 */
#include "report/single_page.h"

#include <sodium.h>
#include <string.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "report/bundle.h"

#define GZIP_WINDOW (15 + 16)

/*
 * The script packs to a third, and is unpacked by a few words that stand in the page. The policy names both by hash: a
 * script that is put into a page may run where its text has a hash that is named.
 */
static const char loader[] = "const words = document.getElementById('vitrine-script').textContent;\n"
                             "const bytes = Uint8Array.from(atob(words.trim()), (c) => c.charCodeAt(0));\n"
                             "const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));\n"
                             "new Response(stream).text().then((text) => {\n"
                             "  const script = document.createElement('script');\n"
                             "  script.type = 'module';\n"
                             "  script.textContent = text;\n"
                             "  document.body.append(script);\n"
                             "});\n";

static int add(vt_buf *out, const char *text, vt_error *err)
{
    return vt_buf_add_text(out, text, err);
}

/* Appends base64 of some bytes. */
static int add_base64(vt_buf *out, const unsigned char *bytes, size_t len, vt_error *err)
{
    size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
    int status = vt_buf_reserve(out, size, err);
    if (status == VT_OK) {
        sodium_bin2base64(out->data + out->len, size, bytes, len, sodium_base64_VARIANT_ORIGINAL);
        out->len += size - 1;
    }
    return status;
}

int vt_pack_base64(vt_buf *out, vt_str text, vt_error *err)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)text.ptr, .avail_in = (uInt)text.len};
    if (text.len > UINT32_MAX / 2) {
        return vt_fail(err, VT_ERR_LIMIT, "the answers of a report are larger than 2 GiB");
    }
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "memory ran out");
    }
    size_t room = deflateBound(&z, text.len) + 32;
    unsigned char *packed = vt_alloc(room, 1, err);
    int status = packed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        z.next_out = packed;
        z.avail_out = (uInt)room;
        status = deflate(&z, Z_FINISH) == Z_STREAM_END ? add_base64(out, packed, z.total_out, err)
                                                       : vt_fail(err, VT_ERR_FAILED, "the answers cannot be packed");
    }
    deflateEnd(&z);
    vt_free(packed);
    return status;
}

/* Cuts `tag` ... `end` out of the page: what is before it goes to `out`, `page` goes on behind it. */
static int cut(vt_buf *out, vt_str *page, const char *tag, const char *end, vt_error *err)
{
    const char *at = memmem(page->ptr, page->len, tag, strlen(tag));
    const char *behind = at == NULL ? NULL : memmem(at, page->len - (size_t)(at - page->ptr), end, strlen(end));
    if (behind == NULL) {
        return vt_fail(err, VT_ERR_FAILED, "the dashboard's page has no %s", tag);
    }
    behind += strlen(end);
    int status = vt_buf_add(out, page->ptr, (size_t)(at - page->ptr), err);
    page->len -= (size_t)(behind - page->ptr);
    page->ptr = behind;
    return status;
}

static int unpack(vt_text *out, const char *name, vt_error *err)
{
    const vt_bundle_file *file = vt_bundle_find(vt_str_of(name));
    return file != NULL ? vt_bundle_unpack(out, file, err)
                        : vt_fail(err, VT_ERR_UNSUPPORTED,
                                  "this program was built without the dashboard: run "
                                  "script/setup and script/build where Node 20 is");
}

static int add_hash(vt_buf *out, const unsigned char hash[32], vt_error *err)
{
    int status = add(out, " 'sha256-", err);
    status = status != VT_OK ? status : add_base64(out, hash, 32, err);
    return status != VT_OK ? status : add(out, "'", err);
}

static int add_policy(vt_buf *out, vt_error *err)
{
    unsigned char of_loader[32];
    vt_sha256(of_loader, loader, sizeof loader - 1);
    int status =
        add(out, "\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src", err);
    status = status != VT_OK ? status : add_hash(out, of_loader, err);
    status = status != VT_OK ? status : add_hash(out, vt_bundle_find(vt_str_of("report.js"))->sha256, err);
    status = status != VT_OK ? status : add(out, "; style-src", err);
    status = status != VT_OK ? status : add_hash(out, vt_bundle_find(vt_str_of("assets/style.css"))->sha256, err);
    status = status != VT_OK ? status
                             : add(out,
                                   "; img-src data: blob:; base-uri 'none'; form-action 'none'\">\n"
                                   "<meta name=\"referrer\" content=\"no-referrer\">",
                                   err);
    return status;
}

/* The script as the library has it, packed. */
static int add_script(vt_buf *out, vt_error *err)
{
    const vt_bundle_file *file = vt_bundle_find(vt_str_of("report.js"));
    int status = add(out, "<script type=\"application/octet-stream\" id=\"vitrine-script\">", err);
    status = status != VT_OK ? status : add_base64(out, (const unsigned char *)file->gzip, file->gzip_bytes, err);
    status = status != VT_OK ? status : add(out, "</script>\n<script>", err);
    status = status != VT_OK ? status : add(out, loader, err);
    return status != VT_OK ? status : add(out, "</script>\n", err);
}

static int add_element(vt_buf *out, const char *begin, vt_str text, const char *end, vt_error *err)
{
    int status = add(out, begin, err);
    status = status != VT_OK ? status : vt_buf_add(out, text.ptr, text.len, err);
    return status != VT_OK ? status : add(out, end, err);
}

int vt_single_page(vt_buf *out, vt_str answers, vt_str photos, vt_error *err)
{
    vt_text index = {NULL, 0}, style = {NULL, 0};
    int status = unpack(&index, "index.html", err);
    status = status != VT_OK ? status : unpack(&style, "assets/style.css", err);
    vt_str page = {index.data, index.len};
    status = status != VT_OK ? status : cut(out, &page, "<meta charset", ">", err);
    status = status != VT_OK ? status : add(out, "<meta charset=\"utf-8\">", err);
    status = status != VT_OK ? status : add_policy(out, err);
    status = status != VT_OK ? status : cut(out, &page, "<script", "</script>", err);
    status = status != VT_OK ? status : cut(out, &page, "<link rel=\"stylesheet\"", ">", err);
    vt_str css = {style.data, style.len};
    status = status != VT_OK ? status : add_element(out, "<style>", css, "</style>\n", err);
    status = status != VT_OK ? status : cut(out, &page, "</body", ">", err);
    if (status == VT_OK) {
        status = add_element(out, "<script type=\"application/octet-stream\" id=\"vitrine-answers\">", answers,
                             "</script>\n", err);
    }
    if (status == VT_OK) {
        status =
            add_element(out, "<script type=\"application/json\" id=\"vitrine-photos\">", photos, "</script>\n", err);
    }
    status = status != VT_OK ? status : add_script(out, err);
    status = status != VT_OK ? status : add(out, "</body>", err);
    status = status != VT_OK ? status : vt_buf_add(out, page.ptr, page.len, err);
    vt_text_free(&index);
    vt_text_free(&style);
    return status;
}
