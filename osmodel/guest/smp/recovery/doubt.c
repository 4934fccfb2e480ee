#include "osmodel/guest/smp/recovery/doubt.h"

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/atomic.h"
#include "osmodel/guest/machine/board.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/smp/hart.h"
#include "osmodel/guest/smp/heartbeat.h"
#include "osmodel/guest/smp/io/input.h"
#include "osmodel/guest/smp/sleep.h"
#include "osmodel/guest/smp/sync/life.h"
#include "osmodel/guest/smp/sync/sync.h"
#include "osmodel/guest/smp/task.h"

/* Bit h: one of the group's tasks has run on hart h in its present life. For groups with lives. */
static struct { uint64_t ran_on; } __attribute__((aligned(HB_LINE_ALIGN))) groups[HB_GROUPS_MAX];

/* With kernel data alone in memory, whoever goes on elsewhere is believed. */
static bool is_doubted(void) {
    return hb_params.recovery_kernel_data == HB_KERNEL_DATA_FLUSHED;
}

static uint64_t ran_on(uint32_t task) {
    uint32_t group = hb_task_group(task);
    return hb_has_lives(group) ? hb_load(&groups[group].ran_on) : hb_tasks[task].ran_on;
}

void hb_doubt_note_run(uint32_t task, bool fresh) {
    uint32_t group = hb_task_group(task);
    uint64_t me = hb_bit(hb_hart_id());
    uint64_t before = fresh ? 0 : hb_tasks[task].ran_on;
    if (fresh)
        hb_clean(&hb_tasks[task].reach, sizeof hb_tasks[task].reach);
    if (hb_has_lives(group) && !(hb_load(&groups[group].ran_on) & me))
        hb_fetch_or(&groups[group].ran_on, me);
    else if (!(before & me))
        HB_PUT(hb_tasks[task].ran_on, before | me);
}

void hb_doubt_forget(uint32_t group, uint32_t dead) {
    hb_fetch_and(&groups[group].ran_on, ~hb_bit(dead));
}

void hb_doubt_forget_runs(uint32_t task) {
    HB_PUT(hb_tasks[task].ran_on, 0);
}

/* ---- Whether a task is to be believed -------------------------------------------------------------------------- */

static void ask(uint64_t harts) {
    for (uint32_t hart = 0; harts != 0; hart++, harts >>= 1)
        if (harts & 1)
            hb_send_interrupt(hart);
}

/* Those that have not beaten since. */
static uint64_t silent_since(uint64_t harts, uint64_t ticks) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++)
        if (harts & hb_bit(hart) && hb_load(&hb_heartbeats[hart].ticks) > ticks)
            harts &= ~hb_bit(hart);
    return harts;
}

/* `dead` have left hb_live: the next life will not have run there. */
static void end_life(uint32_t group, uint64_t life, uint64_t dead) {
    hb_life_end(group, life);
    hb_fetch_and(&groups[group].ran_on, ~dead);
}

static void outdate(uint32_t task, uint64_t word) {
    uint64_t attempt = hb_task_attempt(word);
    if (hb_tasks[task].valid_from <= attempt)
        HB_PUT(hb_tasks[task].valid_from, attempt + 1);
}

static _Noreturn void begin_again(uint32_t task, uint64_t dead) {
    uint64_t word = hb_load(&hb_task_words[task]);
    if (!hb_has_lives(hb_task_group(task)))
        outdate(task, word);
    else if (!hb_is_outdated(task, word))
        end_life(hb_task_group(task), hb_task_attempt(word), dead);
    hb_begin_again();
}

/* Where nobody beats, nobody is found dead. */
static bool is_anybody_found_dead(void) {
    return hb_params.heartbeat_period_cycles != 0 && hb_params.recovery_detect != HB_DETECT_NONE &&
           hb_board.power_base != 0;
}

void hb_doubt_settle(uint32_t task) {
    uint64_t asked = hb_now_ticks();
    uint64_t others = ran_on(task) & ~hb_bit(hb_hart_id());
    if (others == 0 || !is_doubted() || !is_anybody_found_dead())
        return;
    ask(others & hb_load(&hb_live));
    while ((others = silent_since(others, asked)) != 0) {
        uint64_t dead = others & ~hb_load(&hb_live);
        if (dead != 0)
            begin_again(task, dead);
        hb_spin_poll();
    }
}

/* ---- When a hart is found dead --------------------------------------------------------------------------------- */

static bool has_begun(uint64_t word) {
    enum hb_task_state state = hb_task_state(word);
    bool is_fresh = hb_task_detail(word) == HB_TASK_FRESH;
    return !is_fresh || state == HB_TASK_RUNNING || state == HB_TASK_BLOCKED; /* their detail is another */
}

/* What it waits for may be nonsense, and never come. */
static void let_go(uint32_t task, uint64_t word) {
    switch (hb_task_state(word)) {
    case HB_TASK_RUNNING: hb_send_interrupt(hb_task_hart(word)); break;
    case HB_TASK_SLEEPING: hb_sleep_end(task, word); break;
    case HB_TASK_BLOCKED:
        if (!hb_input_end_wait(task, word))
            hb_sync_end_wait(task, word);
        break;
    default: break;
    }
}

/* One that is READY finds out when it is dispatched. */
bool hb_doubt_is_over(uint32_t task, uint32_t dead) {
    uint64_t word = hb_load(&hb_task_words[task]);
    if (!is_doubted() || hb_task_has_ended(word))
        return true;
    if (!(ran_on(task) & hb_bit(dead)))
        return true;
    if (hb_has_lives(hb_task_group(task))) {
        end_life(hb_task_group(task), hb_life(hb_task_group(task)), hb_bit(dead));
        return true;
    }
    if (!has_begun(word))
        return true;
    outdate(task, word);
    let_go(task, word);
    return hb_task_state(word) == HB_TASK_READY;
}
