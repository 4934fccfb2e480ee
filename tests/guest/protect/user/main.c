/* Tasks that try out what they may and what they must not. Of every 16, the first 4 do honest work and come to their
 * end; each of the others does one forbidden thing, and must be stopped for it. One that gets away with it says so by
 * ending well. */
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define KERNEL_TEXT 0x80000000ull
#define PAGE_BYTES  4096u
#define UART        0x10000000ull
#define CLINT_MSIP  0x2000000ull
#define STACK_BYTES 1024u /* HB_TASK_STACK_BYTES */

static void stop_me(void) {
    __asm__ volatile("unimp");
}

static void read_from(uint64_t address) {
    (void)*(volatile uint64_t *)address;
}

static void write_to(uint64_t address) {
    *(volatile uint64_t *)address = 0;
}

static void use_own_memory(uint8_t *set, uint64_t bytes) {
    volatile uint8_t *memory = set;
    for (uint64_t i = 0; i < bytes; i++)
        memory[i] = (uint8_t)i;
    /* the stack lies below the set; its lowest word is far below what this function uses */
    write_to((uint64_t)set - STACK_BYTES);
    for (uint64_t i = 0; i < bytes; i++)
        if (memory[i] != (uint8_t)i)
            stop_me();
}

static void yield_and_sleep(void) {
    for (int i = 0; i < 10; i++)
        hb_syscall(HB_SYS_YIELD, 0, 0);
    uint64_t before = hb_syscall(HB_SYS_TIME, 0, 0);
    hb_syscall(HB_SYS_SLEEP, 500, 0);
    if (hb_syscall(HB_SYS_TIME, 0, 0) < before + 500)
        stop_me();
}

static void write_text(void) {
    char text[] = {'h', 'e', 'l', 'l', 'o', '\n'};
    if (hb_syscall(HB_SYS_WRITE, (uint64_t)text, sizeof text) != sizeof text)
        stop_me();
}

static void do_honest_work(uint64_t task, uint8_t *set, uint64_t bytes) {
    if (task % 16 == 1)
        yield_and_sleep();
    else if (task % 16 == 2)
        write_text();
    else if (task % 16 == 3)
        use_own_memory(set, bytes);
}

static void touch_what_is_not_ours(uint64_t task, uint8_t *set, uint64_t bytes) {
    switch (task % 16) {
    case 4: read_from(KERNEL_TEXT); break;
    case 5: write_to((uint64_t)hb_user_text_end + PAGE_BYTES); break; /* the parameters */
    case 6: ((void (*)(void))KERNEL_TEXT)(); break;
    case 7: write_to((uint64_t)hb_user_text); break;
    case 8: read_from((uint64_t)set - STACK_BYTES - 8); break; /* the neighbour's set */
    default: write_to((uint64_t)set + bytes); break;           /* the other neighbour's stack */
    }
}

static void use_what_is_not_ours(uint64_t task) {
    uint64_t hart;
    switch (task % 16) {
    case 10: write_to(UART); break;
    case 11: write_to(CLINT_MSIP); break;
    case 12: __asm__ volatile("csrr %0, mhartid" : "=r"(hart)); break;
    case 13: hb_syscall(99, 0, 0); break;
    case 14: hb_syscall(HB_SYS_WRITE, KERNEL_TEXT, 8); break;
    default: hb_syscall(HB_SYS_UNLOCK, 0, 0); break; /* no mutex of ours */
    }
}

_Noreturn void hb_user_main(const struct hb_job *job) {
    uint64_t task = job->task;
    uint8_t *set = job->set;
    uint64_t bytes = job->set_bytes;
    if (task % 16 < 4)
        do_honest_work(task, set, bytes);
    else if (task % 16 < 10)
        touch_what_is_not_ours(task, set, bytes);
    else
        use_what_is_not_ours(task);
    for (;;)
        hb_syscall(HB_SYS_EXIT, task, 0);
}
