/* What bare-metal test programs stand on: harts, console, locks by ticket, barriers, and the end through the finisher.
 * For QEMU's virt board and for ours; no kernel, no library, M mode only. */
#ifndef BARE_H
#define BARE_H

#include <stdint.h>

#define BARE_HARTS 64
#define BARE_LINE  64 /* bytes; what is to share no line is aligned to it */

/* Every hart comes here. `tree`: the device tree. When it returns the hart sleeps for good. */
void bare_main(uint64_t hart, const void *tree);

/* The program's own, or one that fails with code 99. Gives the address to go on at. */
uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value);

/* The number of harts that the device tree lists. */
uint32_t bare_harts(const void *tree);

void bare_print(const char *text);
void bare_print_number(uint64_t number);

/* A byte from the console, or -1 when none has come yet. */
int bare_read(void);

/* End the run: 0 passed, else failed with this code. */
_Noreturn void bare_finish(uint32_t code);

/* LR: what stands there. */
static inline uint64_t bare_reserve(volatile uint64_t *at) {
    uint64_t value;
    asm volatile("lr.d %0, (%1)" : "=r"(value) : "r"(at) : "memory");
    return value;
}

/* SC: 0 if the reservation still held and `value` was stored. */
static inline uint64_t bare_store_if_reserved(volatile uint64_t *at, uint64_t value) {
    uint64_t failed;
    asm volatile("sc.d %0, %1, (%2)" : "=&r"(failed) : "r"(value), "r"(at) : "memory");
    return failed;
}

/* First come, first served. */
struct bare_lock {
    _Alignas(BARE_LINE) uint32_t next;
    uint32_t serving;
};
void bare_lock(struct bare_lock *lock);
void bare_unlock(struct bare_lock *lock);

/* Wait until `harts` harts are here. */
struct bare_barrier {
    _Alignas(BARE_LINE) uint32_t waiting;
    _Alignas(BARE_LINE) uint32_t generation;
};
void bare_wait(struct bare_barrier *barrier, uint32_t harts);

#endif
