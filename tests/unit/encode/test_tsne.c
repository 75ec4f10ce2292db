/*
 * t-SNE: bandwidths by hand-made distances, the gradient against finite differences, the tree against all pairs, a
 * descent that descends, clusters that stay apart, and the same map for any number of threads.
 */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "encode/tsne.h"
#include "encode/tsne_force.h"

enum { D = 8, CLUSTERS = 5 };

/* n vectors around CLUSTERS centres; that of vector i is i % CLUSTERS. */
static float *clustered(size_t n, double apart)
{
    float *x = vt_alloc(n * D, sizeof *x, NULL);
    for (size_t i = 0; i < n; i++) {
        vt_rng centre = vt_rng_at(11, "centre", i % CLUSTERS, 0), rng = vt_rng_at(11, "point", i, 0);
        for (size_t j = 0; j < D; j++) {
            x[i * D + j] = (float)(apart * vt_rng_normal(&centre) + vt_rng_normal(&rng));
        }
    }
    return x;
}

/* Some map of n points, (dims, n). */
static double *spread(size_t n, int dims, double width)
{
    double *y = vt_alloc((size_t)dims * n, sizeof *y, NULL);
    vt_rng rng = vt_rng_at(3, "map", n, (uint64_t)dims);
    for (size_t i = 0; i < (size_t)dims * n; i++) {
        y[i] = width * vt_rng_normal(&rng);
    }
    return y;
}

typedef struct forces {
    vt_affinity p;
    vt_force force;
    double *gradient;
} forces;

static forces forces_of(const float *x, size_t n, int dims, bool tree, double theta)
{
    vt_error err = VT_ERROR_INIT;
    forces f = {0};
    f.force = (vt_force){.dims = dims, .theta = theta, .threads = 2};
    if (tree) {
        check_ok(vt_affinity_sparse(&f.p, x, n, D, 5.0, 2, &err));
        check_ok(vt_tree_create(&f.force.tree, n, dims, &err));
    } else {
        check_ok(vt_affinity_dense(&f.p, x, n, D, 5.0, 2, &err));
    }
    f.force.repulsion = vt_alloc((size_t)dims * n, sizeof(double), NULL);
    f.force.weight = vt_alloc(n, sizeof(double), NULL);
    f.gradient = vt_alloc((size_t)dims * n, sizeof(double), NULL);
    return f;
}

static double gradient_at(forces *f, const double *y, double exaggeration)
{
    f->force.p = &f->p;
    return vt_force_gradient(&f->force, f->gradient, y, exaggeration);
}

static void forces_done(forces *f)
{
    vt_affinity_done(&f->p);
    vt_tree_free(f->force.tree);
    vt_free(f->force.repulsion);
    vt_free(f->force.weight);
    vt_free(f->gradient);
}

/* Two distances alone: perplexity 2^H with p and 1 - p, so H is known from p and p from the distances. */
static void bandwidth_gives_the_perplexity(void **state)
{
    (void)state;
    const double equal[] = {2, 2, 2, 2}, mixed[] = {0.5, 3, 1, 7, 2, 2, 9}, far[] = {1e6, 1e6 + 1, 1e6 + 2};
    double p[7];
    vt_affinity_row(p, equal, 4, 2.0); /* cannot be: all are as near */
    for (int i = 0; i < 4; i++) {
        assert_true(fabs(p[i] - 0.25) < 1e-12);
    }
    vt_affinity_row(p, mixed, 7, 3.0);
    double entropy = 0.0, sum = 0.0;
    for (int i = 0; i < 7; i++) {
        sum += p[i];
        entropy -= p[i] * log(p[i]);
    }
    assert_true(fabs(sum - 1.0) < 1e-12);
    assert_true(fabs(exp(entropy) - 3.0) < 1e-4);
    assert_true(fabs(log(p[2] / p[1]) / (3.0 - 1.0) - log(p[0] / p[3]) / (7.0 - 0.5)) < 1e-9); /* one Gaussian */
    vt_affinity_row(p, far, 3, 1.5);
    assert_true(p[0] > p[1] && p[1] > p[2] && p[2] > 0.0);
}

static void affinities_are_symmetric_and_sum_to_one(void **state)
{
    (void)state;
    enum { N = 83 };
    vt_error err = VT_ERROR_INIT;
    float *x = clustered(N, 2.0);
    vt_affinity dense = {0}, sparse = {0};
    check_ok(vt_affinity_dense(&dense, x, N, D, 5.0, 2, &err));
    check_ok(vt_affinity_sparse(&sparse, x, N, D, 5.0, 2, &err));
    double of_dense = 0.0, of_sparse = 0.0;
    for (size_t i = 0; i < N; i++) {
        assert_true(dense.dense[i * N + i] == 0.0F);
        for (size_t j = 0; j < N; j++) {
            assert_true(dense.dense[i * N + j] == dense.dense[j * N + i]);
            of_dense += (double)dense.dense[i * N + j];
        }
        for (int64_t e = sparse.ptr[i]; e < sparse.ptr[i + 1]; e++) {
            assert_true(e == sparse.ptr[i] || sparse.column[e] > sparse.column[e - 1]);
            assert_true((size_t)sparse.column[e] != i);
            /* What the 15 nearest leave out is little, so both ways agree. */
            assert_true(fabs((double)sparse.value[e] - (double)dense.dense[i * N + (size_t)sparse.column[e]]) < 3e-4);
            of_sparse += (double)sparse.value[e];
        }
    }
    assert_true(fabs(of_dense - 1.0) < 1e-5);
    assert_true(fabs(of_sparse - 1.0) < 1e-5);
    vt_affinity_done(&dense);
    vt_affinity_done(&sparse);
    vt_free(x);
}

static void gradient_is_that_of_the_divergence(void **state)
{
    (void)state;
    enum { N = 41 };
    const double step = 1e-5;
    float *x = clustered(N, 2.0);
    for (int dims = 2; dims <= 3; dims++) {
        forces f = forces_of(x, N, dims, false, 0.0);
        double *y = spread(N, dims, 1.5);
        for (size_t i = 0; i < (size_t)dims * N; i += 7) {
            double at = y[i];
            y[i] = at + step;
            double above = vt_force_divergence(&f.force, y, gradient_at(&f, y, 1.0));
            y[i] = at - step;
            double below = vt_force_divergence(&f.force, y, gradient_at(&f, y, 1.0));
            y[i] = at;
            gradient_at(&f, y, 1.0);
            double wanted = (above - below) / (2.0 * step);
            if (!(fabs(f.gradient[i] - wanted) < 1e-4 * fabs(wanted) + 1e-7)) {
                fail_msg("%d dimensions, %zu: %.9g instead of %.9g", dims, i, f.gradient[i], wanted);
            }
        }
        vt_free(y);
        forces_done(&f);
    }
    vt_free(x);
}

/* |a - b| by |b|. */
static double relative(const double *a, const double *b, size_t n)
{
    double off = 0.0, all = 0.0;
    for (size_t i = 0; i < n; i++) {
        off += (a[i] - b[i]) * (a[i] - b[i]);
        all += b[i] * b[i];
    }
    return sqrt(off / all);
}

static void tree_repels_as_all_pairs_do(void **state)
{
    (void)state;
    enum { N = 700 };
    float *x = clustered(N, 2.0);
    for (int dims = 2; dims <= 3; dims++) {
        size_t numbers = (size_t)dims * N;
        double *y = spread(N, dims, 20.0);
        for (int m = 0; m < dims; m++) { /* four points in one place */
            y[m * N + 1] = y[m * N + 2] = y[m * N + 3] = y[m * N];
        }
        forces pairs = forces_of(x, N, dims, false, 0.0), tree = forces_of(x, N, dims, true, 0.0);
        double z = gradient_at(&pairs, y, 1.0), z_tree = gradient_at(&tree, y, 1.0);
        assert_true(fabs(z_tree - z) < 1e-10 * z);
        assert_true(relative(tree.force.repulsion, pairs.force.repulsion, numbers) < 1e-12);
        tree.force.theta = 0.5;
        z_tree = gradient_at(&tree, y, 1.0);
        assert_true(fabs(z_tree - z) < 0.02 * z);
        double off = relative(tree.force.repulsion, pairs.force.repulsion, numbers);
        assert_true(off < 0.03);
        assert_true(off > 0.0); /* it did leave something out */
        forces_done(&pairs);
        forces_done(&tree);
        vt_free(y);
    }
    vt_free(x);
}

/* The share of points whose nearest in the map (n, dims) has their cluster. */
static double agreement(const float *map, size_t n, size_t dims)
{
    size_t same = 0;
    for (size_t i = 0; i < n; i++) {
        size_t best = n;
        double least = INFINITY;
        for (size_t j = 0; j < n; j++) {
            double d2 = 0.0;
            for (size_t m = 0; m < dims; m++) {
                d2 += pow((double)map[i * dims + m] - (double)map[j * dims + m], 2.0);
            }
            if (j != i && d2 < least) {
                least = d2;
                best = j;
            }
        }
        same += best % CLUSTERS == i % CLUSTERS;
    }
    return (double)same / (double)n;
}

typedef struct course {
    double first, last;
    int calls;
} course;

static int follow(void *context, const vt_progress_state *at)
{
    course *c = context;
    double kl = strtod(at->detail + strlen("divergence "), NULL);
    c->first = c->calls++ == 0 ? kl : c->first;
    c->last = kl;
    return 0;
}

static void clusters_stay_apart(void **state)
{
    (void)state;
    enum { N = 260 };
    vt_error err = VT_ERROR_INIT;
    float *x = clustered(N, 4.0);
    for (int dims = 2; dims <= 3; dims++) {
        for (size_t upto = 0; upto <= 2000; upto += 2000) {
            float map[N * 3];
            vt_tsne_result result = {0};
            vt_tsne_options options;
            course c = {0};
            vt_progress progress = {follow, &c};
            vt_tsne_options_init(&options);
            options.dims = dims;
            options.exact_upto = upto;
            options.iterations = 300;
            options.exaggerated = 100;
            options.perplexity = 12.0;
            options.progress = &progress;
            check_ok(vt_tsne_map(map, &result, x, N, D, &options, &err));
            assert_true(result.exact == (upto > 0));
            assert_true(agreement(map, N, (size_t)dims) > 0.99);
            assert_int_equal(c.calls, 300);
            assert_true(result.kl <= c.last + 1e-3 && c.last < 0.5 * c.first);
            double mean = 0.0;
            for (size_t i = 0; i < N; i++) {
                mean += (double)map[i * (size_t)dims];
            }
            assert_true(fabs(mean / N) < 1e-4);
        }
    }
    vt_free(x);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    enum { N = 300 };
    vt_error err = VT_ERROR_INIT;
    float *x = clustered(N, 1.0);
    for (size_t upto = 0; upto <= 2000; upto += 2000) {
        static float map[3][N * 2];
        vt_tsne_result result = {0};
        vt_tsne_options options;
        vt_tsne_options_init(&options);
        options.exact_upto = upto;
        options.iterations = 60;
        for (int run = 0; run < 3; run++) {
            options.threads = run == 1 ? 4 : 1;
            options.seed = run == 2 ? 43 : 42;
            check_ok(vt_tsne_map(map[run], &result, x, N, D, &options, &err));
        }
        assert_memory_equal(map[0], map[1], sizeof map[0]);
        assert_memory_not_equal(map[0], map[2], sizeof map[0]);
    }
    vt_free(x);
}

/* Fewer points than the perplexity, one dimension, and all vectors the same: a map of finite numbers. */
static void small_and_equal_sets_have_a_map(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float x[7] = {0, 1, 2, 10, 11, 12, 30}, map[7 * 3];
    vt_tsne_result result = {0};
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    options.iterations = 50;
    options.dims = 3;
    for (size_t upto = 0; upto <= 2000; upto += 2000) {
        options.exact_upto = upto;
        check_ok(vt_tsne_map(map, &result, x, 7, 1, &options, &err));
        assert_true(fabs(result.perplexity - 2.0) < 1e-12);
        for (int i = 0; i < 21; i++) {
            assert_true(isfinite(map[i]));
        }
    }
    memset(x, 0, sizeof x);
    check_ok(vt_tsne_map(map, &result, x, 7, 1, &options, &err));
    for (int i = 0; i < 21; i++) {
        assert_true(isfinite(map[i]));
    }
}

static int stop_at_ten(void *context, const vt_progress_state *at)
{
    (void)context;
    return at->done >= 10;
}

static void refuses_and_stops(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float x[8] = {0, 1, 2, 3, 4, 5, 6, 7}, map[16];
    vt_tsne_result result = {0};
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    assert_int_equal(vt_tsne_map(map, &result, x, 3, 1, &options, &err), VT_ERR_UNSUPPORTED);
    options.dims = 4;
    assert_int_equal(vt_tsne_map(map, &result, x, 8, 1, &options, &err), VT_ERR_USAGE);
    options.dims = 2;
    options.progress = &(vt_progress){stop_at_ten, NULL};
    assert_int_equal(vt_tsne_map(map, &result, x, 8, 1, &options, &err), VT_ERR_CANCELLED);
}

static int map_small(void *context, vt_error *err)
{
    static const float x[] = {1, 2, 3, 4, 0, 6, 7, 1, 9, 1, 0, 2};
    float map[12];
    vt_tsne_result result;
    vt_tsne_options options;
    vt_tsne_options_init(&options);
    options.exact_upto = *(size_t *)context;
    options.iterations = 2;
    options.threads = 1;
    return vt_tsne_map(map, &result, x, 6, 2, &options, err);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t exact = 100, tree = 0;
    assert_true(fault_allocations(map_small, &exact) > 10);
    assert_true(fault_allocations(map_small, &tree) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bandwidth_gives_the_perplexity),
        cmocka_unit_test(affinities_are_symmetric_and_sum_to_one),
        cmocka_unit_test(gradient_is_that_of_the_divergence),
        cmocka_unit_test(tree_repels_as_all_pairs_do),
        cmocka_unit_test(clusters_stay_apart),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(small_and_equal_sets_have_a_map),
        cmocka_unit_test(refuses_and_stops),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
