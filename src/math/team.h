/* Teams of OpenMP threads, as the loops over numbers use them. */
#ifndef VT_MATH_TEAM_H
#define VT_MATH_TEAM_H

/**
 * Threads for a loop: `threads` as asked, 0 meaning all processors, capped, as vt_threads() has it. Also sees to it,
 * once a process, that threads which wait for each other or for the next loop sleep soon instead of spinning, unless
 * the environment says how they wait (GOMP_SPINCOUNT, OMP_WAIT_POLICY). Thread-safe.
 */
int vt_team(int threads);

#endif
