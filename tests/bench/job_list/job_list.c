/* Harts that do what a list says, which the first of them has written: the bare-metal program of the experiment
 * `job-list`. A job is a function and its argument. The list stays in the cache of its writer until others read it; a
 * hart that dies with its cache leaves zeros in memory, and whoever takes the next job calls address 0. Like many small
 * programs this one has no handler for traps, so that a trap is its end. */
#include "bare.h"

#define JOBS   256u
#define ROUNDS 120u                /* of a job, about ten cycles each */
#define SUM    0xe6a24886a2ff67d1u /* of all results */

struct job {
    uint64_t (*run)(uint64_t argument);
    uint64_t argument;
};

static struct job list[JOBS] __attribute__((aligned(BARE_LINE)));
static struct {
    _Alignas(BARE_LINE) uint64_t ready; /* jobs of the list that may be done */
    _Alignas(BARE_LINE) uint64_t next;  /* the first that nobody has taken */
    _Alignas(BARE_LINE) uint64_t done;
    _Alignas(BARE_LINE) uint64_t sum;
} shared;

static uint64_t multiply(uint64_t argument) {
    for (uint32_t i = 0; i < ROUNDS; i++)
        argument = argument * 6364136223846793005u + 1442695040888963407u;
    return argument;
}

static uint64_t shift(uint64_t argument) {
    for (uint32_t i = 0; i < ROUNDS; i++) {
        argument ^= argument << 13;
        argument ^= argument >> 7;
    }
    return argument;
}

static void write_list(void) {
    for (uint32_t i = 0; i < JOBS; i++)
        list[i] = (struct job){i % 2 ? shift : multiply, i + 1};
    __atomic_store_n(&shared.ready, JOBS, __ATOMIC_RELEASE);
}

static void do_job(uint64_t job) {
    __atomic_fetch_add(&shared.sum, list[job].run(list[job].argument), __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&shared.done, 1, __ATOMIC_ACQ_REL) == JOBS)
        bare_finish(shared.sum == SUM ? 0 : 1);
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    __asm__ volatile("csrw mtvec, zero");
    if (hart == 0)
        write_list();
    for (;;) {
        uint64_t job = __atomic_fetch_add(&shared.next, 1, __ATOMIC_RELAXED);
        if (job >= JOBS)
            return;
        while (job >= __atomic_load_n(&shared.ready, __ATOMIC_ACQUIRE)) {
        }
        do_job(job);
    }
}
