/* Counts the primes below LIMIT on as many harts as the machine has.
 *
 * Harts take pieces of the number line from a shared counter until none is left, so a hart that is slower simply takes
 * fewer. What each has found is kept on a cache line of its own: counters side by side on one line would make the harts
 * take that line from each other at every prime. The last hart to report prints the sum and ends the run. */
#include <stdbool.h>
#include <stdint.h>

#define LIMIT     20000u
#define PIECE     250u
#define PIECES    (LIMIT / PIECE)
#define HARTS_MAX 64 /* start.S has a stack for each */

#define UART     ((volatile uint8_t *)0x10000000)
#define FINISHER ((volatile uint32_t *)0x100000)
#define PASSED   0x5555u
#define FAILED   0x3333u /* with the exit code in the upper half */

struct tally {
    uint32_t pieces, primes;
} __attribute__((aligned(64)));

static struct tally tally[HARTS_MAX];
static uint32_t next_piece, pieces_done;
static uint32_t lock;

/* ---- Printing -------------------------------------------------------------------------------------------------- */

static void put(char byte) {
    while (!(UART[5] & 0x20)) /* line status: the transmitter is empty */
        ;
    UART[0] = (uint8_t)byte;
}

static void print(const char *text) {
    while (*text)
        put(*text++);
}

static void print_number(uint32_t number) {
    if (number >= 10)
        print_number(number / 10);
    put((char)('0' + number % 10));
}

/* A spin lock: read until it looks free, and only then try to take it, so that waiting stays in the hart's own cache.
 */
static void acquire(uint32_t *word) {
    while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE))
        while (__atomic_load_n(word, __ATOMIC_RELAXED))
            ;
}

static void release(uint32_t *word) {
    __atomic_store_n(word, 0, __ATOMIC_RELEASE);
}

/* ---- Work ------------------------------------------------------------------------------------------------------ */

static bool is_prime(uint32_t n) {
    for (uint32_t divisor = 2; divisor * divisor <= n; divisor++)
        if (n % divisor == 0)
            return false;
    return n >= 2;
}

static void count(struct tally *mine, uint32_t piece) {
    for (uint32_t n = piece * PIECE; n < (piece + 1) * PIECE; n++)
        mine->primes += is_prime(n);
    mine->pieces++;
}

static void end(void) {
    uint32_t sum = 0;
    for (uint32_t hart = 0; hart < HARTS_MAX; hart++)
        sum += tally[hart].primes;
    print_number(sum);
    print(" primes below ");
    print_number(LIMIT);
    put('\n');
    *FINISHER = sum == 2262 ? PASSED : FAILED | 1u << 16;
}

static void report(uint32_t hart) {
    acquire(&lock);
    print("hart ");
    print_number(hart);
    print(": ");
    print_number(tally[hart].pieces);
    print(" pieces, ");
    print_number(tally[hart].primes);
    print(" primes\n");
    pieces_done += tally[hart].pieces;
    if (pieces_done == PIECES)
        end();
    release(&lock);
}

/* Every hart comes here from start.S, with its number; returning, it sleeps. */
void work(uint32_t hart) {
    uint32_t piece;
    while ((piece = __atomic_fetch_add(&next_piece, 1, __ATOMIC_RELAXED)) < PIECES)
        count(&tally[hart], piece);
    report(hart);
}
