/* Photos from folders and ZIPs: whose they are, in what order, and where they lie afterwards. */
#include "importing.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/file.h"
#include "fault.h"
#include "zipping.h"

static const char jpeg[] = "\xFF\xD8\xFF\xE0 a photo";
static const char png[] = "\x89PNG\r\n\x1A\n a photo";
static const char webp[] = "RIFF1234WEBP a photo";

/* A shop with three items, of which "tea" names two photos. */
static void with_items(importing *t)
{
    importing_init(t);
    importing_file(t, path, "items.csv",
                   "id,title,images\ntea,Tea,front.jpg https://x/p/back.jpg?w=2\nmug,Mug,\ntea_2,Tea two,\n");
    t->options.table = "items";
    importing_run(t, "csv", path);
    check_counts(t->report.items, 3, 0, 0);
}

static void put_file(importing *t, const char *folder, const char *name, const char *bytes, size_t len)
{
    vt_error err = VT_ERROR_INIT;
    char path[PATH_MAX];
    char dir[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s/%s", t->scratch.dir, folder, name);
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path), path);
    check_ok(vt_dir_create(dir, &err));
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
}

/* The items' images with the scratch folder written as "@". */
static const char *images(importing *t, char out[4096])
{
    const char *text = importing_text(t, "items");
    char root[PATH_MAX];
    assert_non_null(realpath(t->scratch.dir, root));
    size_t n = 0;
    while (*text != '\0') {
        if (strncmp(text, root, strlen(root)) == 0) {
            out[n++] = '@';
            text += strlen(root);
        } else {
            out[n++] = *text++;
        }
        assert_in_range(n, 0, 4000);
    }
    out[n] = '\0';
    return out;
}

static void a_folder_is_matched_by_names(void **state)
{
    (void)state;
    importing t;
    char out[4096];
    with_items(&t);
    put_file(&t, "photos", "mug.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "mug_10.png", png, sizeof png);
    put_file(&t, "photos", "mug-9.webp", webp, sizeof webp);
    put_file(&t, "photos", "tea_2.jpg", jpeg, sizeof jpeg); /* an item of that name comes before a second photo */
    put_file(&t, "photos", "tea/b.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "tea/a.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "spoon.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "mug_11.jpg", "GIF89a", 6);
    put_file(&t, "photos", "notes.txt", "not a photo", 11);
    put_file(&t, "photos", ".mug.jpg", jpeg, sizeof jpeg);
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", scratch_path(&t.scratch, "photos"));
    importing_run(&t, "images", folder);
    assert_int_equal(t.report.rows, 8);
    check_counts(t.report.items, 0, 3, 0);
    assert_int_equal(t.n_rejects, 2);
    check_reject(&t, 0, 4, "not a photo", "mug_11.jpg is no JPEG, PNG or WebP");
    check_reject(&t, 1, 5, "unknown item", "no item of the shop belongs to spoon.jpg");
    assert_string_equal(images(&t, out),
                        "tea: title=Tea image=@/photos/tea/a.jpg image=@/photos/tea/b.jpg\n"
                        "mug: title=Mug image=@/photos/mug.jpg image=@/photos/mug-9.webp image=@/photos/mug_10.png\n"
                        "tea_2: title=Tea two image=@/photos/tea_2.jpg\n");
    importing_run(&t, "images", folder);
    check_counts(t.report.items, 0, 0, 3);
    importing_done(&t);
}

/* A pipe without a writer would be waited for until somebody gives up. */
static void what_is_no_file_is_no_photo(void **state)
{
    (void)state;
    importing t;
    char out[4096];
    char folder[PATH_MAX];
    char path[PATH_MAX + 16];
    with_items(&t);
    put_file(&t, "photos", "mug.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "tea.jpg/notes.txt", "a folder", 8); /* named like a photo */
    snprintf(folder, sizeof folder, "%s", scratch_path(&t.scratch, "photos"));
    snprintf(path, sizeof path, "%s/tea_2.jpg", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/tea.png", folder);
    assert_int_equal(symlink("/dev/null", path), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(path, sizeof path, "%s/tea.webp", folder);
    assert_in_range(strlen(path), 1, sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    importing_run(&t, "images", folder);
    close(fd);
    assert_int_equal(t.report.rows, 4);
    assert_int_equal(t.n_rejects, 3);
    check_reject(&t, 0, 2, "not a photo", "photos:2: tea.png is not a regular file");
    check_reject(&t, 1, 3, "not a photo", "photos:3: tea.webp is not a regular file");
    check_reject(&t, 2, 4, "not a photo", "photos:4: tea_2.jpg is not a regular file");
    assert_string_equal(images(&t, out), "tea: title=Tea image=front.jpg image=https://x/p/back.jpg?w=2\n"
                                         "mug: title=Mug image=@/photos/mug.jpg\ntea_2: title=Tea two\n");
    snprintf(path, sizeof path, "%s/tea_2.jpg", folder);
    importing_fails(&t, VT_ERR_FORMAT, "tea_2.jpg is not a regular file; a file is expected", "images", path);
    importing_done(&t);
}

static void photos_that_items_name_take_their_places(void **state)
{
    (void)state;
    importing t;
    char out[4096];
    with_items(&t);
    put_file(&t, "photos", "back.jpg", jpeg, sizeof jpeg);
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", scratch_path(&t.scratch, "photos"));
    importing_run(&t, "images", folder);
    assert_string_equal(images(&t, out), "tea: title=Tea image=front.jpg image=@/photos/back.jpg\nmug: title=Mug\n"
                                         "tea_2: title=Tea two\n");
    importing_run(&t, "images", folder);
    check_counts(t.report.items, 0, 0, 1);
    importing_done(&t);
}

static void a_map_says_what_belongs_where(void **state)
{
    (void)state;
    importing t;
    char out[4096];
    with_items(&t);
    put_file(&t, "photos", "a.jpg", jpeg, sizeof jpeg);
    put_file(&t, "photos", "b.png", png, sizeof png);
    put_file(&t, "photos", "c.webp", webp, sizeof webp);
    put_file(&t, "photos", "tea.jpg", jpeg, sizeof jpeg); /* not in the map */
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", scratch_path(&t.scratch, "photos"));
    t.options.map = importing_data("images/map.csv");
    importing_run(&t, "images", folder);
    assert_int_equal(t.report.rows, 8);
    check_reject(&t, 0, 5, "unknown item", "map.csv:5: the shop has no item \"unknown\"");
    check_reject(&t, 1, 4, "unknown item", "belongs to tea.jpg");
    assert_string_equal(images(&t, out), "tea: title=Tea image=@/photos/b.png image=@/photos/a.jpg\n"
                                         "mug: title=Mug image=@/photos/c.webp\ntea_2: title=Tea two\n");
    importing_done(&t);
}

/* A ZIP of five photos, three of them good. */
static void make_zip(importing *t, char path[PATH_MAX])
{
    zipping z = {0};
    zipping_file(&z, "mug.jpg", jpeg, sizeof jpeg, true);
    zipping_file(&z, "tea/1.png", png, sizeof png, false);
    zipping_file(&z, "../../mug_2.jpg", jpeg, sizeof jpeg, false);
    zipping_file(&z, "spoon.jpg", jpeg, sizeof jpeg, false);
    zipping_file(&z, "mug.jpg", jpeg, sizeof jpeg, false);
    zipping_file(&z, "tea/notes.txt", "x", 1, false);
    zipping_file(&z, "tea/", "", 0, false);
    zipping_end(&z, false);
    snprintf(path, PATH_MAX, "%s", scratch_write(&t->scratch, "photos.zip", z.bytes, z.len));
    free(z.bytes);
}

/* Files below the shop's images/. */
static int64_t stored_bytes(importing *t)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/shop/images", t->scratch.dir);
    return vt_dir_bytes(path);
}

static void a_zip_is_unpacked_into_the_shop(void **state)
{
    (void)state;
    importing t;
    char zip[PATH_MAX];
    char path[PATH_MAX];
    with_items(&t);
    make_zip(&t, zip);
    t.options.dry_run = true;
    importing_run(&t, "images", zip);
    assert_int_equal(stored_bytes(&t), 0);
    importing_run(&t, "images", zip);
    assert_int_equal(t.report.rows, 5);
    check_counts(t.report.items, 0, 2, 0);
    assert_int_equal(t.n_rejects, 3);
    check_reject(&t, 0, 3, "unsafe name", "the name ../../mug_2.jpg leads out of its folder");
    check_reject(&t, 1, 4, "unknown item", "spoon.jpg");
    check_reject(&t, 2, 5, "given twice", "two entries of one name");
    const char *text = importing_text(&t, "items");
    const char *image = strstr(text, "mug: title=Mug image=images/");
    assert_non_null(image);
    image += strlen("mug: title=Mug image=");
    snprintf(path, sizeof path, "%s/shop/%.*s", t.scratch.dir, (int)strcspn(image, "\n"), image);
    assert_non_null(strstr(path, "/mug.jpg"));
    char *bytes = NULL;
    size_t size = 0;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_file_read(&bytes, &size, path, 1000, &err));
    assert_int_equal(size, sizeof jpeg);
    assert_memory_equal(bytes, jpeg, sizeof jpeg);
    vt_free(bytes);
    assert_int_equal(stored_bytes(&t), sizeof jpeg + sizeof png);

    FILE *emptied = fopen(path, "wb"); /* as a crash may leave it */
    assert_non_null(emptied);
    fclose(emptied);
    importing_run(&t, "images", zip);
    check_counts(t.report.items, 0, 0, 2);
    assert_int_equal(stored_bytes(&t), sizeof jpeg + sizeof png);
    importing_done(&t);
}

static void a_broken_zip_leaves_the_shop_as_it_was(void **state)
{
    (void)state;
    importing t;
    char path[PATH_MAX];
    with_items(&t);
    char *before = importing_whole(&t);
    zipping z = {0};
    zipping_file(&z, "mug.jpg", jpeg, sizeof jpeg, true);
    zipping_entry bad = zipping_add(&z, "tea.jpg", jpeg, sizeof jpeg, true);
    bad.crc ^= 1;
    zipping_list(&z, &bad);
    zipping_end(&z, false);
    snprintf(path, sizeof path, "%s", scratch_write(&t.scratch, "photos.zip", z.bytes, z.len));
    free(z.bytes);
    importing_fails(&t, VT_ERR_CORRUPT, "photos.zip is damaged (an entry has a wrong checksum)", "images", path);
    assert_int_equal(stored_bytes(&t), 0);
    char *after = importing_whole(&t);
    assert_string_equal(before, after);
    free(before);
    free(after);
    importing_fails(&t, VT_ERR_FORMAT, "is no ZIP file", "images", importing_data("csv/items.csv"));
    importing_done(&t);
}

typedef struct again {
    importing *t;
    const char *path;
} again;

static int import_zip(void *context, vt_error *err)
{
    again *a = context;
    vt_import_options options;
    vt_import_report report;
    vt_import_options_init(&options);
    options.kind = "images";
    options.paths = &a->path;
    options.n_paths = 1;
    int status = vt_import(a->t->shop, &options, &report, err);
    if (status != VT_OK) { /* nothing is left behind */
        vt_alloc_fail_after(-1);
        vt_file_fail_after(-1);
        assert_int_equal(stored_bytes(a->t), 0);
    }
    return status;
}

static void memory_and_disk_may_run_out(void **state)
{
    (void)state;
    importing t;
    char zip[PATH_MAX];
    with_items(&t);
    make_zip(&t, zip);
    again a = {&t, zip};
    assert_in_range(fault_writes(import_zip, &a), 3, 20);
    importing_done(&t);
    with_items(&t);
    make_zip(&t, zip);
    assert_in_range(fault_allocations(import_zip, &a), 30, 500);
    assert_int_equal(stored_bytes(&t), sizeof jpeg + sizeof png);
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_is_matched_by_names),
        cmocka_unit_test(what_is_no_file_is_no_photo),
        cmocka_unit_test(photos_that_items_name_take_their_places),
        cmocka_unit_test(a_map_says_what_belongs_where),
        cmocka_unit_test(a_zip_is_unpacked_into_the_shop),
        cmocka_unit_test(a_broken_zip_leaves_the_shop_as_it_was),
        cmocka_unit_test(memory_and_disk_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
