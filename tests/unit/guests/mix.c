/* A bit of everything, on as many harts as there are: private and shared memory, atomics, a lock, accesses across
 * lines, cache-block operations, devices, traps, U mode, timer interrupts, sleep. What each hart does follows from its
 * own generator; hart 0 ends the run when all are done. */
#include "tests/unit/guests/board.h"

#ifndef HARTS
#define HARTS 4
#endif
#ifndef ROUNDS
#define ROUNDS 400
#endif

NOTE(0, 0);

uint64_t shared_words[64] __attribute__((aligned(128)));
uint64_t the_lock __attribute__((aligned(128)));
uint64_t under_lock;
uint64_t harts_done;
uint64_t private_words[64][512] __attribute__((aligned(128)));

static void arm_timer(uint64_t hart, uint64_t ticks) {
    MTIMECMP[hart] = MTIME + ticks;
}

__attribute__((interrupt, aligned(4))) void on_trap(void) {
    uint64_t cause = CSR_READ(mcause), hart = CSR_READ(mhartid);
    if (cause >> 63) {
        MTIMECMP[hart] = UINT64_MAX;
        return;
    }
    CSR_WRITE(mepc, CSR_READ(mepc) + 4);
    if (cause == 8)
        CSR_SET(mstatus, 3 << 11); /* an ecall ends the time in U mode */
}

__attribute__((noinline)) void take_lock(uint64_t hart) {
    uint64_t word, failed;
    do {
        __asm__ volatile("lr.d %0, (%1)" : "=r"(word) : "r"(&the_lock) : "memory");
        if (HB_LOCK_OWNER(word)) {
            failed = 1;
            continue;
        }
        uint64_t mine = ((word >> 32) + 1) << 32 | (hart + 1);
        __asm__ volatile("sc.d %0, %1, (%2)" : "=&r"(failed) : "r"(mine), "r"(&the_lock) : "memory");
    } while (failed);
}

__attribute__((noinline)) void give_lock(void) {
    __atomic_store_n((uint32_t *)&the_lock, 0, __ATOMIC_RELEASE);
}

/* Some work in U mode; returns in M mode. */
static void visit_user(uint64_t *words) {
    CSR_CLEAR(mstatus, 3 << 11);
    __asm__ volatile("la t0, 1f\n csrw mepc, t0\n mret\n"
                     "1: ld t1, 0(%0)\n addi t1, t1, 3\n sd t1, 8(%0)\n mul t1, t1, t1\n ecall\n" ::"r"(words)
                     : "t0", "t1", "memory");
}

static void sleep_a_while(uint64_t hart, uint64_t ticks) {
    CSR_CLEAR(mstatus, 8);
    arm_timer(hart, ticks);
    __asm__ volatile("wfi");
    CSR_SET(mstatus, 8);
}

static uint64_t do_one(uint64_t hart, uint64_t r) {
    uint64_t *mine = private_words[hart], *word = &mine[r >> 8 & 511], *common = &shared_words[r >> 17 & 63];
    switch (r % 16) {
    case 0: return fetch_add(common, r);
    case 1: *word += r; return *word;
    case 2: return __atomic_load_n(common, __ATOMIC_RELAXED);
    case 3: __atomic_store_n(common, r, __ATOMIC_RELAXED); return 0;
    case 4: return r / (*word | 1) + r % (hart + 3) + r * *word;
    case 5: {
        uint64_t value; /* across two lines */
        __asm__ volatile("ld %0, 60(%1)\n sd %0, 124(%1)" : "=&r"(value) : "r"(&mine[r >> 8 & 0x1c0]) : "memory");
        return value;
    }
    case 6: __asm__ volatile(".insn i 0x0f, 2, x0, %0, 2" ::"r"(common) : "memory"); return 0; /* cbo.flush */
    case 7: return MTIME + UART[5];
    case 8: sleep_a_while(hart, r >> 20 & 15); return 0;
    case 9: visit_user(mine); return 0;
    case 10: {
        uint64_t value = 0;
        __asm__ volatile(".option push\n .option norvc\n ld %0, 0(%1)\n .option pop"
                         : "+r"(value)
                         : "r"(0x40000000ull));
        return value;
    }
    case 11: __asm__ volatile("fence.i"); return CSR_READ(mcycle) & 0;
    case 12: TRACE(HB_TP_USER, r & 0xff, hart); return 0;
    case 13:
        take_lock(hart);
        under_lock++;
        give_lock();
        return 0;
    case 14: arm_timer(hart, r >> 20 & 63); return 0;
    default:
        for (uint64_t i = 0; i < 20; i++)
            mine[(r + 9 * i) & 511] ^= i;
        return 0;
    }
}

int main(uint64_t hart) {
    uint64_t r = 88172645463325252ull * (hart + 1);
    CSR_WRITE(mtvec, (uint64_t)on_trap);
    CSR_WRITE(pmpaddr0, UINT64_MAX);
    CSR_WRITE(pmpcfg0, 0x1f);
    MTIMECMP[hart] = UINT64_MAX;
    CSR_WRITE(mie, 1 << 7);
    CSR_SET(mstatus, 8);
    for (int i = 0; i < ROUNDS; i++) {
        r ^= r << 13;
        r ^= r >> 7;
        r ^= r << 17;
        r += do_one(hart, r) & 1;
    }
    fetch_add(&harts_done, 1);
    if (hart != 0)
        return 0;
    while (__atomic_load_n(&harts_done, __ATOMIC_RELAXED) < HARTS)
        ;
    print("done\n");
    FINISHER = 0x5555;
    return 0;
}
