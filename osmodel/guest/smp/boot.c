/* Start: hart 0 reads the device tree, waits for the others, creates the tasks and lets everybody go. */
#include <stdbool.h>

#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/console.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/note.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/smp/counter.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/queue.h"
#include "osmodel/guest/smp/schedule.h"
#include "osmodel/guest/smp/task.h"

#define BOOT_HART 0u

/* J is what up to 16 harts keep under on the default board: the more share the bus, the longer each waits for it. */
HB_IMAGE_NOTE(0, 20000);

/* How long hart 0 waits for the others, in ticks. In an emulator on a busy host, a hart may take real time to come. */
#define REPORT_TICKS         10000ull
#define REPORT_TICKS_PATIENT 10000000ull
#define LOOK_TICKS           1000ull /* a waiting hart looks this often whether it may go */

/* One hart after the other begins to run the kernel's code, which none has in its cache yet: if all fetched it at once,
 * each would wait for the bus with interrupts off as long as all together. */
#define STAGGER_TICKS 300ull

enum { NOT_REPORTED, REPORTED, LEFT_OUT };

/* A hart reports, or is left out, by one compare-and-swap from NOT_REPORTED: never both. */
static uint64_t reports[HB_HARTS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));
static uint64_t may_go __attribute__((aligned(HB_LINE_ALIGN))); /* 0: not yet; else the time at which it was allowed */

static void init_hart(uint32_t hart) {
    struct hb_hart *self = hb_self();
    self->current = HB_NO_TASK;
    self->next_wake = UINT64_MAX;
    self->timer = UINT64_MAX;
    hb_set_timer(hart, UINT64_MAX);
    HB_CSR_WRITE(mcounteren, 0);
    HB_CSR_WRITE(mie, HB_IRQ_SOFTWARE | HB_IRQ_TIMER);
    hb_protection_init();
}

static _Noreturn void park(void) {
    HB_CSR_WRITE(mie, 0);
    for (;;) {
        hb_wait_for_interrupt();
    }
}

static void sleep_ticks(uint32_t hart, uint64_t ticks) {
    hb_set_timer(hart, hb_now_ticks() + ticks);
    hb_clear_interrupt(hart);
    hb_wait_for_interrupt();
}

static void wait_for_start(uint32_t hart) {
    if (!hb_compare_and_swap(&reports[hart], NOT_REPORTED, REPORTED)) {
        park(); /* too late: the others have gone on without it */
    }
    HB_TRACE(HB_TP_HART_UP, hart, 0);
    while (!hb_load(&may_go)) {
        sleep_ticks(hart, LOOK_TICKS);
    }
    uint64_t start = hb_load(&may_go) + STAGGER_TICKS * hart;
    while (hb_now_ticks() < start) {
        hb_spin_poll();
        sleep_ticks(hart, STAGGER_TICKS);
    }
    hb_clear_interrupt(hart);
}

static void check_params(void) {
    if (hb_board.harts < 1 || hb_board.harts > HB_HARTS_MAX) {
        hb_panic("the number of harts is not 1 to 64");
    }
    if (hb_params.cycles_per_tick == 0) {
        hb_panic("cycles_per_tick is 0");
    }
    if (hb_params.workload_tasks < 1 || hb_params.workload_tasks > HB_TASKS_MAX) {
        hb_panic("the number of tasks is not 1 to 2048");
    }
    if (hb_params.workload_kind == HB_KIND_CONTEND) {
        if (hb_params.workload_locks < 1 || hb_params.workload_locks > HB_MUTEXES_MAX) {
            hb_panic("the number of locks is not 1 to 256");
        }
        if (hb_params.workload_work >= HB_INCREMENTS_MAX) {
            hb_panic("a task makes less than 2^20 increments");
        }
    }
    hb_tasks_memory_check((uint32_t)hb_params.workload_tasks);
}

static bool has_reported(uint32_t hart, uint64_t deadline) {
    while (hb_load(&reports[hart]) != REPORTED) {
        hb_breathe();
        if (hb_now_ticks() >= deadline) {
            return !hb_compare_and_swap(&reports[hart], NOT_REPORTED, LEFT_OUT);
        }
    }
    return true;
}

static void leave_out(uint32_t hart) {
    HB_TRACE(HB_TP_HART_LEFT_OUT, hart, 0);
    hb_print("smp: hart %u has not reported and is left out\n", (uint64_t)hart);
    if (hb_board.power_base != 0) {
        hb_power_fence(hart);
    }
}

/* The set of harts that take part. */
static uint64_t gather(void) {
    uint64_t patience = hb_board.power_base != 0 ? REPORT_TICKS : REPORT_TICKS_PATIENT;
    uint64_t deadline = hb_now_ticks() + patience;
    uint64_t live = 0;
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (has_reported(hart, deadline)) {
            live |= hb_bit(hart);
        } else {
            leave_out(hart);
        }
    }
    return live;
}

static void create_tasks(uint64_t live) {
    uint32_t q = BOOT_HART;
    for (uint32_t task = 0; task < hb_params.workload_tasks; task++) {
        HB_TRACE(HB_TP_TASK_CREATE, task, hb_params.workload_kind);
        hb_task_words[task] = hb_task_word(0, HB_TASK_READY, q, HB_TASK_FRESH);
        hb_queue_append(q, task);
        HB_TRACE(HB_TP_TASK_READY, task, q);
        q = hb_next_in(live, q);
        hb_breathe_in_loop(task);
    }
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        HB_TRACE(HB_TP_QUEUE_LENGTH, hart, hb_queues[hart].tail);
    }
}

/* When the first tracepoint "all harts up" is passed, everything that a later death could leave undone has been done.
 */
static void let_go(uint64_t live) {
    uint32_t up = hb_count(live);
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        hb_beat_first(hart);
        hb_breathe();
    }
    hb_store(&hb_live, live);
    hb_store(&may_go, hb_now_ticks());
    for (uint32_t hart = BOOT_HART + 1; hart < hb_board.harts; hart++) {
        hb_send_interrupt(hart);
        hb_breathe(); /* the others run by now, and the bus may be busy */
    }
    HB_TRACE(HB_TP_ALL_HARTS_UP, up, hb_board.harts - up);
}

static void boot(const void *tree) {
    hb_devicetree_read(tree);
    check_params();
    hb_store(&reports[BOOT_HART], REPORTED);
    HB_TRACE(HB_TP_HART_UP, BOOT_HART, 0);
    uint64_t live = gather();
    hb_print("smp: %u of %u harts up, %u tasks\n", (uint64_t)hb_count(live), (uint64_t)hb_board.harts,
             hb_params.workload_tasks);
    create_tasks(live);
    let_go(live);
}

_Noreturn void hb_start(uint32_t hart, const void *tree) {
    init_hart(hart);
    if (hart == BOOT_HART) {
        boot(tree);
    } else {
        wait_for_start(hart);
    }
    hb_schedule();
}
