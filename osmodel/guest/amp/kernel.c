/* The AMP kernel: one master, the other harts its workers. Here harts start, sleep, and enter from their tasks.
 *
 * Hart 0 is the master, until it dies and another succeeds it (succession.h). The master alone has the task table
 * (tasks.h), the console and the end of the run; it gives tasks out and collects results (master.h) and watches the
 * workers (watch.h). A worker has its cell (cell.h) with the rings to and from the master (ring.h) and its tasks
 * (worker.h), and walls round it (walls.h). All run the same loop; the master does its service in it, and runs a task
 * only when no worker is left. */
#include <stdbool.h>
#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/crew.h"
#include "osmodel/guest/amp/master.h"
#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/amp/succession.h"
#include "osmodel/guest/amp/takeover.h"
#include "osmodel/guest/amp/tasks.h"
#include "osmodel/guest/amp/waiting.h"
#include "osmodel/guest/amp/walls.h"
#include "osmodel/guest/amp/watch.h"
#include "osmodel/guest/amp/worker.h"
#include "osmodel/guest/lib/devicetree.h"
#include "osmodel/guest/lib/note.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/context.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/protection.h"
#include "osmodel/guest/machine/riscv.h"
#include "osmodel/guest/machine/tracepoint.h"

HB_IMAGE_NOTE(1, 0);

/* How long the master waits for workers, in ticks. In an emulator on a busy host, a hart may take a while to start. */
#define REPORT_TICKS         10000ull
#define REPORT_TICKS_PATIENT 10000000ull
#define LOOK_TICKS           1000ull /* a hart that waits for another checks this often */
#define POLL_TICKS           100ull  /* the master looks at its rings this often, where nobody interrupts it */

void _start(void); /* entry.S */

/* ---- The loop -------------------------------------------------------------------------------------------------- */

static void set_timer(uint64_t ticks) {
    hb_own_cell()->timer = ticks;
    hb_set_timer(hb_hart_id(), ticks);
}

/* Workers that may become the master cannot interrupt it (walls.h). */
static uint64_t succession_due(bool is_master) {
    return is_master ? hb_now_ticks() + POLL_TICKS : hb_succession_due();
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* A store to the CLINT uses the bus, so it is skipped when nothing changes. */
static void set_timer_if_changed(void) {
    bool is_master = hb_is_master();
    uint64_t due = earlier(hb_beat_due(), hb_worker_slice_end());
    if (is_master)
        due = earlier(due, hb_watch_due());
    if (hb_has_failover())
        due = earlier(due, succession_due(is_master));
    if (due != hb_own_cell()->timer)
        set_timer(due);
}

/* Clear the interrupt first, then look at the ring: a message that arrives after the look interrupts again and ends the
 * wfi. */
static void take_interrupt(void) {
    if (HB_CSR_READ(mip) & HB_IRQ_SOFTWARE)
        hb_clear_interrupt(hb_hart_id());
}

static _Noreturn void loop(void) {
    for (;;) {
        take_interrupt();
        hb_beat_if_due();
        if (hb_is_master())
            hb_master_serve();
        else if (hb_has_failover())
            hb_succession_serve();
        bool has_task = hb_worker_prepare();
        hb_breathe();
        set_timer_if_changed();
        if (has_task)
            hb_worker_resume();
        hb_wait_for_interrupt();
    }
}

bool hb_trap_brief(uint64_t cause) {
    (void)cause;
    return false;
}

/* Interrupts have no case of their own: the loop handles everything that one may be about. */
_Noreturn void hb_trap(struct hb_context *context, uint64_t cause, uint64_t value) {
    (void)context; /* that of the present task */
    (void)value;
    if (cause == HB_CAUSE_ECALL_U)
        hb_worker_syscall();
    else if (!(cause & HB_INTERRUPT))
        hb_worker_fault(cause);
    loop();
}

/* Rings and mailboxes of a worker are in its cache, too. */
void hb_panic_causes(void) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        if (hart != hb_hart_id() && !hb_crew_has(hart))
            hb_print("amp: hart %u is not there (any more); if its cache was lost, so was what only that held\n",
                     (uint64_t)hart);
}

/* A trap in the kernel itself. The master's ends the run. A worker's has met a wall, most likely: it touches nothing
 * any more, and its silence tells the master. */
_Noreturn void hb_trap_in_kernel(uint64_t cause, uint64_t pc, uint64_t value) {
    if (hb_is_master())
        hb_panic_trap(cause, pc, value);
    HB_TRACE(HB_TP_HART_STOPPED, hb_hart_id(), cause);
    HB_CSR_WRITE(mie, 0);
    for (;;)
        hb_wait_for_interrupt();
}

/* ---- Start ----------------------------------------------------------------------------------------------------- */

static void init_hart(void) {
    set_timer(UINT64_MAX);
    HB_CSR_WRITE(mcounteren, 0);
    HB_CSR_WRITE(mie, HB_IRQ_SOFTWARE | HB_IRQ_TIMER);
    hb_protection_init();
}

static void sleep_a_little(void) {
    set_timer(hb_now_ticks() + LOOK_TICKS);
    hb_wait_for_interrupt();
    take_interrupt();
}

/* A worker that arrives too late also waits here; then it beats and waits for messages that never come. */
static void report(void) {
    HB_TRACE(HB_TP_HART_UP, hb_hart_id(), 0);
    hb_beat();
    hb_send_interrupt(HB_FIRST_MASTER);
    while (!hb_is_open())
        sleep_a_little();
    hb_walls_raise();
    hb_succession_begin();
}

/* A worker has itself reset to take the place of a silent master. */
static void come_back(void) {
    uint32_t old = hb_master();
    hb_worker_pause();
    if (hb_succession_claim())
        hb_takeover(old);
    else
        hb_walls_raise();
}

static void check_group(const volatile struct hb_group *group) {
    if (group->kind != HB_KIND_BATCH)
        hb_panic("workers share nothing, so this kernel runs batch tasks only: use the SMP kernel for other kinds");
    if (group->arrival_cycles != 0)
        hb_panic("this kernel has no clock for tasks: all arrive at the start");
}

static void check_params(void) {
    if (hb_board.harts < 1 || hb_board.harts > HB_HARTS_MAX)
        hb_panic("the number of harts is not 1 to 64");
    if (hb_params.cycles_per_tick == 0)
        hb_panic("cycles_per_tick is 0");
    hb_groups_check();
    for (uint32_t i = 0; i < hb_params.workload_groups; i++)
        check_group(&hb_params.group[i]);
    hb_opening_prepare();
}

static bool has_reported(uint32_t hart, uint64_t deadline) {
    while (hb_load(&hb_cell(hart)->beat) == 0) {
        if (hb_now_ticks() >= deadline)
            return false;
        sleep_a_little();
    }
    return true;
}

static void leave_out(uint32_t hart) {
    HB_TRACE(HB_TP_HART_LEFT_OUT, hart, 0);
    hb_print("amp: hart %u has not reported and is left out\n", (uint64_t)hart);
    if (hb_board.power_base != 0)
        hb_power_fence(hart);
}

static void gather_workers(void) {
    uint64_t deadline = hb_now_ticks() + (hb_board.power_base != 0 ? REPORT_TICKS : REPORT_TICKS_PATIENT);
    for (uint32_t hart = HB_FIRST_MASTER + 1; hart < hb_board.harts; hart++)
        if (has_reported(hart, deadline))
            hb_crew_add(hart);
        else
            leave_out(hart);
}

/* What a successor reads that no later store changes, and where it begins. */
static void prepare_succession(void) {
    hb_keep_safe((const void *)&hb_params, sizeof hb_params);
    hb_keep_safe(&hb_opening, sizeof hb_opening);
    hb_keep_safe(&hb_board, sizeof hb_board);
    for (uint32_t hart = 0; hb_has_failover() && hart < hb_board.harts; hart++)
        hb_power_set_entry(hart, (uint64_t)_start);
}

static void open_service(void) {
    uint32_t up = 1 + hb_crew_size();
    hb_print("amp: %u of %u harts up, %u tasks\n", (uint64_t)up, (uint64_t)hb_board.harts, hb_params.workload_tasks);
    if (hb_crew_size() == 0)
        hb_print("amp: no worker: the master works itself\n");
    prepare_succession();
    hb_open();
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        if (hb_crew_has(hart))
            hb_send_interrupt(hart);
    hb_watch_begin();
    HB_TRACE(HB_TP_ALL_HARTS_UP, up, hb_board.harts - up);
}

static void boot(const void *tree) {
    hb_devicetree_read(tree);
    check_params();
    HB_TRACE(HB_TP_HART_UP, HB_FIRST_MASTER, 0);
    hb_beat();
    hb_tasks_create();
    gather_workers();
    hb_waiting_deal();
    open_service();
}

_Noreturn void hb_start(uint32_t hart, const void *tree) {
    init_hart();
    if (tree == NULL)
        come_back();
    else if (hart == HB_FIRST_MASTER)
        boot(tree);
    else
        report();
    loop();
}
