/*
 * libgomp's threads spin for milliseconds while they wait, at the end of each loop and after the last one. Where other
 * work needs the processor, a fit took seven times as long, and a program that holds a model kept processors busy
 * between two answers. libgomp reads its settings before any code of a library runs, so they cannot be changed from
 * here; but it spins a hundred times instead of 300,000 times as soon as it manages more threads than there are
 * processors. A second team, that sleeps for ever, brings that about.
 */
#include "math/team.h"

#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/pool.h"

#if defined(__clang__)

/* LLVM's library has a call for it, for the calling thread's teams; in milliseconds. */
static void sleep_soon(void)
{
    kmp_set_blocktime(0);
}

#else

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t parked_now = PTHREAD_COND_INITIALIZER;
static bool parked;

/* Makes the team and keeps it: its threads end with their first one. */
static void *park(void *context)
{
    int size = vt_threads(0) < 2 ? 2 : vt_threads(0);
    int threads = 0;
#pragma omp parallel num_threads(size) reduction(+ : threads)
    threads++; /* an empty region would be left out by the compiler */
    pthread_mutex_lock(&lock);
    parked = threads > 0;
    pthread_cond_signal(&parked_now);
    pthread_mutex_unlock(&lock);
    for (;;) {
        pause();
    }
    return context;
}

/* When no thread can be made, all goes on as libgomp has it. No signal is handled in these threads. */
static void park_once(void)
{
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, park, NULL) == 0) {
        pthread_detach(thread);
        pthread_mutex_lock(&lock);
        while (!parked) {
            pthread_cond_wait(&parked_now, &lock);
        }
        pthread_mutex_unlock(&lock);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void sleep_soon(void)
{
    pthread_once(&once, park_once);
}

#endif

int vt_team(int threads)
{
    int count = vt_threads(threads);
    if (count > 1 && getenv("GOMP_SPINCOUNT") == NULL && getenv("OMP_WAIT_POLICY") == NULL) {
        sleep_soon();
    }
    return count;
}
