/* Every hart adds 1 to one word a thousand times by LR/SC and a thousand times by AMO, all at once. Nothing may be
 * lost, and every hart gets its turn. */
#include "bare.h"

#define TIMES 1000

static struct bare_barrier barrier;
static _Alignas(BARE_LINE) uint32_t counter;
static _Alignas(BARE_LINE) uint32_t failed_conditionals;

static uint32_t add_by_lr_sc(void) {
    uint32_t failed = 0;
    for (uint32_t i = 0; i < TIMES; i++) {
        uint32_t value, refused;
        for (;;) {
            asm volatile("lr.w %0, (%2)\n"
                         "addi %0, %0, 1\n"
                         "sc.w %1, %0, (%2)\n"
                         : "=&r"(value), "=&r"(refused)
                         : "r"(&counter)
                         : "memory");
            if (!refused)
                break;
            failed++;
        }
    }
    return failed;
}

static void add_by_amo(void) {
    for (uint32_t i = 0; i < TIMES; i++)
        asm volatile("amoadd.w zero, %0, (%1)" : : "r"(1), "r"(&counter) : "memory");
}

void bare_main(uint64_t hart, const void *tree) {
    uint32_t harts = bare_harts(tree);
    bare_wait(&barrier, harts);
    /* Half of them begin the other way round, so that LR/SC and AMO meet, too. */
    uint32_t failed = 0;
    if (hart % 2)
        add_by_amo();
    failed = add_by_lr_sc();
    if (hart % 2 == 0)
        add_by_amo();
    __atomic_fetch_add(&failed_conditionals, failed, __ATOMIC_RELAXED);
    bare_wait(&barrier, harts);
    if (hart)
        return;
    bare_print("harts ");
    bare_print_number(harts);
    bare_print(", sum ");
    bare_print_number(counter);
    bare_print(" of ");
    bare_print_number(2ull * TIMES * harts);
    bare_print(", conditionals that failed ");
    bare_print_number(failed_conditionals);
    bare_print("\n");
    bare_finish(counter == 2 * TIMES * harts ? 0 : 1);
}
