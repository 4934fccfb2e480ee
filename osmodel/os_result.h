/* The `os` object of a result: what the operating system achieved, as judged by the host.
 *
 * The kernel's claims are not trusted: whether a task is completed is decided by the checksum in its result slot, which
 * the caller reads from guest memory (the newest copy that can still be read; never a lost cache). The rest comes from
 * the view of the tracepoints.
 *
 * A task is
 *   completed   when its slot holds a finished attempt with the expected checksum;
 *   wrong       when its slot holds a finished attempt with another checksum, and it will not run again;
 *   lost        when it will never run again and its slot holds nothing: the kernel gave it up, or thinks it done, or
 *               the guest has ended, or its hart stopped while running it and nobody recovers;
 *   unfinished  otherwise: the run was cut off before.
 *
 * Every created task is exactly one of these.
 */
#ifndef HB_OSMODEL_OS_RESULT_H
#define HB_OSMODEL_OS_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/os_groups.h"
#include "osmodel/os_requests.h"
#include "osmodel/os_view.h"

#define HB_OS_WINDOWS_MAX 1024
#define HB_OS_ALL_HARTS   UINT32_MAX

enum hb_os_verdict {
    HB_OS_NOT_CREATED,
    HB_OS_COMPLETED,
    HB_OS_WRONG,
    HB_OS_LOST,
    HB_OS_UNFINISHED,
};

/* A stretch of the goodput series, [from_cycle, to_cycle). */
struct hb_os_window {
    uint64_t from_cycle;
    uint64_t to_cycle;
    uint32_t tasks_completed; /* in the window */
    double goodput;           /* U-mode instructions a cycle, of attempts that completed */
};

/* What the caller must know at the end of a run. */
struct hb_os_end {
    const struct hb_result *slots; /* HB_TASKS_MAX of them */
    const struct hb_params *params;
    uint64_t (*expected)(void *context, uint32_t task); /* NULL: hb_os_expected_checksum */
    void *context;
    uint64_t cycle;         /* cycle at which the run ended */
    uint64_t window_cycles; /* of the series; 0: no series */
    bool final;             /* no task will ever run again (passed, failed, crash, hang); false: cut off (limit) */
};

/* HB_OS_NONE in a cycle: it did not happen (null). HB_OS_NONE in max_irq_off_cycles: not measured (absent). */
struct hb_os_result {
    uint64_t harts_up_cycle;
    uint64_t last_completion_cycle; /* of a task that is completed */
    uint64_t tasks_created;
    uint64_t tasks_completed;
    uint64_t tasks_wrong;
    uint64_t tasks_lost;
    uint64_t tasks_unfinished;
    uint64_t tasks_restarted;
    uint64_t migrations;
    uint64_t context_switches;
    uint64_t interrupts[HB_HARTS_MAX]; /* of devices, by the hart that claimed them */
    uint64_t spurious_interrupts;
    uint64_t longest_wait_cycles;
    uint64_t idle_while_waiting_cycles;
    double parallelism_mean; /* harts inside tasks, from all harts up to the last completion that was announced */
    double concurrency_mean; /* activations begun and unfinished, over the same time */
    uint32_t parallelism_max;
    uint32_t concurrency_max;
    bool has_levels;             /* else null: nothing was completed */
    double hart_work_jain;       /* of the harts' U-mode instructions; 0: nobody executed any */
    uint64_t max_irq_off_cycles; /* no tracepoint reports it: filled by whoever measures it */
    uint64_t locks_recovered;
    uint64_t false_alarms;
    uint64_t double_runs;
    uint64_t instructions_completed; /* U mode, of attempts that completed correctly */
    uint64_t instructions_reexecuted;
    bool has_goodput; /* else null: no completion after the harts were up */
    double goodput;
    bool has_requests; /* a group is a server */
    struct hb_os_requests requests;
    uint32_t groups;
    struct hb_os_group group[HB_GROUPS_MAX];
    uint64_t window_cycles; /* of the series: as requested, doubled until HB_OS_WINDOWS_MAX windows suffice */
    uint32_t windows_count;
    struct hb_os_window windows[HB_OS_WINDOWS_MAX];
    uint8_t verdicts[HB_TASKS_MAX]; /* enum hb_os_verdict */
};

/* Judge every task and fill `result`. Brings `view` up to end->cycle. */
void hb_os_view_finish(struct hb_os_view *view, const struct hb_os_end *end, struct hb_os_result *result);

/* How evenly `harts` harts shared the work (Jain's index): 1 when all did the same, 1/harts when one did all; 0 when
 * there was none. */
double hb_os_jain(const uint64_t *work, uint32_t harts);

/* Goodput over time, during the run or after it: at most `max` windows from `from_cycle` to `to_cycle`, the last one
 * shortened as necessary; returns their number. Counts the tasks that ended on `hart` (or HB_OS_ALL_HARTS) and, if
 * `verdicts` is not NULL, only those judged HB_OS_COMPLETED. An attempt's instructions are spread evenly over the time
 * from its first cycle to its completion, so a window is not credited with work that was done before it began.
 */
uint32_t hb_os_view_series(const struct hb_os_view *view, const uint8_t *verdicts, uint32_t hart, uint64_t from_cycle,
                           uint64_t to_cycle, uint64_t window_cycles, struct hb_os_window *windows, uint32_t max);

#endif
