/* The bare-metal program of `hartbeat bench` for Spike as well, which has no finisher: it ends by `tohost`, and says
 * how many instructions hart 0 has executed, for Spike does not. */
#include "bare.h"

volatile uint64_t tohost, fromhost;

static _Noreturn void end_by_host(uint32_t code) {
    uint64_t instructions;
    asm volatile("csrr %0, minstret" : "=r"(instructions));
    bare_print("hart 0: ");
    bare_print_number(instructions);
    bare_print(" instructions\n");
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    tohost = (uint64_t)code << 1 | 1;
    for (;;)
        ;
}

#define bare_finish end_by_host
#include "tests/bench/contention/contention.c"
