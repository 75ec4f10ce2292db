/*
 * Times photos from bytes in memory to a network's input, for bench/photos/run, which runs Pillow beside it, and for
 * bench/photos/fit, which evaluates what a network makes of the pixels.
 *
 *     bench_prepare LIST RUNS RESIZE [PIXELS]
 *
 * LIST: paths of photos, one a line. RESIZE: the shorter side that the middle is cut from, 0 for the whole photo on
 * white. PIXELS: a file for the results, (N, 3, 224, 224) float. One thread. Prints the median seconds of processor
 * time of decoding all, and of resizing, cropping and normalising them, over the runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/file.h"
#include "encode/image.h"

enum { SIDE = 224, RUNS_MAX = 100, PHOTOS_MAX = 10000, FILE_BYTES_MAX = 1 << 28 };

typedef struct photo {
    char *bytes;
    size_t size;
} photo;

static size_t read_photos(photo *photos, const char *path, vt_error *err)
{
    char line[4096];
    size_t n = 0;
    FILE *list = fopen(path, "r");
    while (list != NULL && n < PHOTOS_MAX && fgets(line, sizeof line, list) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (vt_file_read(&photos[n].bytes, &photos[n].size, line, FILE_BYTES_MAX, err) != VT_OK) {
            n = 0;
            break;
        }
        n++;
    }
    if (list != NULL) {
        fclose(list);
    }
    return n;
}

static double seconds_of_processor(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* One photo; adds the seconds of both steps. */
static int run_photo(double seconds[2], float *pixels, const photo *p, const vt_image_recipe *recipe, vt_error *err)
{
    vt_image image;
    double begin = seconds_of_processor();
    int status = vt_image_decode(&image, (const uint8_t *)p->bytes, p->size, recipe, err);
    if (status != VT_OK) {
        return status;
    }
    double decoded = seconds_of_processor();
    status = vt_image_prepare(pixels, &image, recipe, err);
    seconds[0] += decoded - begin;
    seconds[1] += seconds_of_processor() - decoded;
    vt_image_done(&image);
    return status;
}

static int compare_seconds(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    static photo photos[PHOTOS_MAX];
    static float pixels[3 * SIDE * SIDE];
    static double decoding[RUNS_MAX], preparing[RUNS_MAX];
    vt_error err = VT_ERROR_INIT;
    if (argc < 4) {
        fprintf(stderr, "use: bench_prepare LIST RUNS RESIZE [PIXELS]\n");
        return 2;
    }
    size_t n = read_photos(photos, argv[1], &err), runs = strtoul(argv[2], NULL, 10);
    vt_image_recipe recipe = {
        .size = SIDE, .resize = (int)strtol(argv[3], NULL, 10), .mean = {127, 127, 127}, .deviation = {128, 128, 128}};
    recipe.fit = recipe.resize > 0 ? VT_IMAGE_CROP : VT_IMAGE_LETTERBOX;
    FILE *file = argc > 4 ? fopen(argv[4], "wb") : NULL;
    int status = n > 0 ? VT_OK : VT_ERR_NOT_FOUND;
    runs = runs < 1 ? 1 : runs > RUNS_MAX ? RUNS_MAX : runs;
    for (size_t run = 0; run < runs && status == VT_OK; run++) {
        double seconds[2] = {0};
        for (size_t i = 0; i < n && status == VT_OK; i++) {
            status = run_photo(seconds, pixels, &photos[i], &recipe, &err);
            if (file != NULL && run == 0) {
                fwrite(pixels, sizeof pixels, 1, file);
            }
        }
        decoding[run] = seconds[0];
        preparing[run] = seconds[1];
    }
    if (status != VT_OK || (argc > 4 && (file == NULL || fclose(file) != 0))) {
        fprintf(stderr, "bench_prepare: %s\n", status != VT_OK && n > 0 ? err.message : "a file cannot be used");
        return 1;
    }
    qsort(decoding, runs, sizeof(double), compare_seconds);
    qsort(preparing, runs, sizeof(double), compare_seconds);
    printf("%.6f %.6f\n", decoding[runs / 2], preparing[runs / 2]);
    for (size_t i = 0; i < n; i++) {
        vt_free(photos[i].bytes);
    }
    return 0;
}
