/* Asks the host through tohost: stores `ask` when the test has set it; else each hart writes its line by a system call
 * and by single bytes, and hart 0 then writes back what comes in until a line ends, and exits with `code`. */
#include "tests/unit/guests/board.h"

volatile uint64_t tohost __attribute__((aligned(64))), fromhost __attribute__((aligned(64)));
volatile uint64_t ask = 0, ask_block[8] __attribute__((aligned(64))) = {0};
volatile uint64_t code = 0;
static uint64_t lock, written;

static uint64_t answer(void) {
    uint64_t value;
    while ((value = fromhost) == 0)
        ;
    fromhost = 0;
    return value;
}

static void take(void) {
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
        ;
}

static void leave(void) {
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static uint64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c) {
    volatile uint64_t block[8] __attribute__((aligned(64))) = {number, a, b, c};
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    tohost = (uint64_t)block;
    uint64_t answered = answer();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return answered == 1 ? block[0] : 0;
}

/* The host takes a byte by setting tohost to 0. */
static void put(uint8_t byte) {
    tohost = 1ull << 56 | 1ull << 48 | byte;
    while (tohost)
        ;
}

static uint8_t get(void) {
    tohost = 1ull << 56;
    uint64_t answered = answer();
    return answered >> 8 == (1ull << 48 | 1) ? (uint8_t)answered : '?';
}

static void write_line(uint64_t hart) {
    char line[] = "hart .";
    line[5] = (char)('0' + hart);
    take();
    put(call(64, 1 + hart % 2, (uint64_t)line, 6) == 6 ? '+' : '-');
    put('\n');
    leave();
    fetch_add(&written, 1);
}

static void write_back(void) {
    uint8_t byte = 0;
    while (byte != '\n')
        put(byte = get());
}

int main(uint64_t hart) {
    if (hart == 0 && ask) {
        tohost = ask;
        return 0;
    }
    write_line(hart);
    if (hart != 0)
        return 0;
    while (*(volatile uint64_t *)&written != HARTS)
        ;
    write_back();
    if (code & 1)
        call(93, code, 0, 0);
    tohost = code << 1 | 1;
    return 0;
}
