#include "bare.h"

#define UART              ((volatile uint8_t *)0x10000000)
#define LINE_STATUS       5
#define DATA_READY        0x01
#define TRANSMITTER_EMPTY 0x20
#define FINISHER          ((volatile uint32_t *)0x100000)

/* ---- Console and end ------------------------------------------------------------------------------------------- */

static void put(char byte) {
    while (!(UART[LINE_STATUS] & TRANSMITTER_EMPTY))
        ;
    UART[0] = (uint8_t)byte;
}

void bare_print(const char *text) {
    for (; *text; text++)
        put(*text);
}

void bare_print_number(uint64_t number) {
    if (number >= 10)
        bare_print_number(number / 10);
    put((char)('0' + number % 10));
}

int bare_read(void) {
    return UART[LINE_STATUS] & DATA_READY ? UART[0] : -1;
}

_Noreturn void bare_finish(uint32_t code) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    *FINISHER = code ? 0x3333 | code << 16 : 0x5555;
    for (;;)
        ;
}

__attribute__((weak)) uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    bare_print("trap: cause ");
    bare_print_number(cause);
    bare_print(", pc ");
    bare_print_number(pc);
    bare_print(", value ");
    bare_print_number(value);
    bare_print("\n");
    bare_finish(99);
}

/* ---- The device tree ------------------------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t length(const char *text) {
    uint32_t n = 0;
    while (text[n])
        n++;
    return n;
}

/* Counts the nodes named cpu@...; the tokens are those of the Devicetree Specification, section 5.4. */
uint32_t bare_harts(const void *tree) {
    const uint8_t *at = (const uint8_t *)tree + big_endian((const uint8_t *)tree + 8);
    uint32_t harts = 0;
    for (;;) {
        uint32_t token = big_endian(at);
        at += 4;
        if (token == 1) {
            const char *name = (const char *)at;
            harts += name[0] == 'c' && name[1] == 'p' && name[2] == 'u' && name[3] == '@';
            at += (length(name) + 4) & ~3u;
        } else if (token == 3) {
            at += 8 + ((big_endian(at) + 3) & ~3u);
        } else if (token == 9) {
            return harts;
        }
    }
}

/* ---- Locks and barriers ---------------------------------------------------------------------------------------- */

void bare_lock(struct bare_lock *lock) {
    uint32_t mine = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&lock->serving, __ATOMIC_ACQUIRE) != mine)
        ;
}

void bare_unlock(struct bare_lock *lock) {
    __atomic_store_n(&lock->serving, lock->serving + 1, __ATOMIC_RELEASE);
}

void bare_wait(struct bare_barrier *barrier, uint32_t harts) {
    uint32_t generation = __atomic_load_n(&barrier->generation, __ATOMIC_ACQUIRE);
    if (__atomic_fetch_add(&barrier->waiting, 1, __ATOMIC_ACQ_REL) + 1 < harts) {
        while (__atomic_load_n(&barrier->generation, __ATOMIC_ACQUIRE) == generation)
            ;
        return;
    }
    barrier->waiting = 0;
    __atomic_store_n(&barrier->generation, generation + 1, __ATOMIC_RELEASE);
}
