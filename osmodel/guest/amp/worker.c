#include "osmodel/guest/amp/worker.h"

#include <stddef.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/mailbox.h"
#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/attempt.h"
#include "osmodel/guest/lib/context.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/protection.h"
#include "osmodel/guest/lib/riscv.h"
#include "osmodel/guest/lib/tasks_memory.h"
#include "osmodel/guest/lib/tracepoint.h"
#include "osmodel/guest/user/syscall.h"
#include "osmodel/guest/user/user.h"

#define ECALL_BYTES 4u

/* A request that was taken. */
struct work {
    struct hb_context context;
    struct hb_fp fp;
    uint64_t word; /* 0: none, or answered */
    uint64_t seen; /* the last request of this slot */
    bool begun;
};

struct worker {
    struct work work[HB_MAIL_SLOTS];
    struct work *present; /* the one running in U mode; NULL: none */
    uint32_t last;        /* its slot, or that of the one before */
    uint64_t slice_end;
    bool idle;
} __attribute__((aligned(HB_LINE_ALIGN)));

static struct worker workers[HB_HARTS_MAX];

static struct worker *self(void) {
    return &workers[hb_hart_id()];
}

static struct hb_mailbox *mailbox(void) {
    return &hb_mailboxes[hb_hart_id()];
}

static void take_mail(struct worker *worker) {
    for (uint32_t slot = 0; slot < HB_MAIL_SLOTS; slot++) {
        struct work *work = &worker->work[slot];
        uint64_t word = hb_load(&mailbox()->request[slot]);
        if (word == 0 || word == work->seen)
            continue;
        work->seen = word;
        work->word = word;
        work->begun = false;
        HB_TRACE(HB_TP_MAIL_TAKE, hb_mail_task(word), HB_MASTER);
    }
}

static void stop(struct worker *worker, uint32_t reason) {
    HB_TRACE(HB_TP_TASK_STOP, hb_mail_task(worker->present->word), reason);
    worker->present = NULL;
}

static void end_slice_if_over(struct worker *worker) {
    if (worker->present && hb_now_ticks() >= hb_worker_slice_end())
        stop(worker, HB_STOP_PREEMPTED);
}

/* The beginning is announced before its first instruction: a task that had not begun need not count as another
 * attempt. */
static void begin(uint32_t slot, struct work *work, const struct hb_task_memory *memory) {
    hb_store(&mailbox()->begun[slot], work->word);
    hb_attempt_begin(&work->context, hb_mail_task(work->word), memory);
    work->begun = true;
}

static void run(struct worker *worker, uint32_t slot) {
    struct work *work = &worker->work[slot];
    struct hb_task_memory memory = hb_task_memory(hb_mail_task(work->word));
    hb_breathe();
    if (!work->begun) {
        begin(slot, work, &memory);
        hb_breathe();
    }
    hb_protection_set(memory.begin, memory.end);
    worker->present = work;
    worker->last = slot;
    worker->slice_end = hb_now_ticks() + hb_period_ticks(hb_params.quantum_cycles);
    HB_TRACE(HB_TP_TASK_RUN, hb_mail_task(work->word), hb_mail_attempt(work->word));
}

/* In turn; the one that has just run comes last. */
static void choose(struct worker *worker) {
    for (uint32_t i = 1; i <= HB_MAIL_SLOTS && !worker->present; i++) {
        uint32_t slot = (worker->last + i) % HB_MAIL_SLOTS;
        if (worker->work[slot].word != 0)
            run(worker, slot);
    }
}

/* The master sleeps, too, but not for lack of tasks: it does not count as idle. */
static void note_idle(struct worker *worker) {
    bool idle = worker->present == NULL;
    if (idle == worker->idle || hb_hart_id() == HB_MASTER)
        return;
    worker->idle = idle;
    if (idle)
        HB_TRACE(HB_TP_IDLE_ENTER, hb_hart_id(), 0);
    else
        HB_TRACE(HB_TP_IDLE_LEAVE, hb_hart_id(), 0);
}

bool hb_worker_prepare(void) {
    struct worker *worker = self();
    take_mail(worker);
    hb_breathe();
    end_slice_if_over(worker);
    choose(worker);
    note_idle(worker);
    return worker->present != NULL;
}

_Noreturn void hb_worker_resume(void) {
    hb_context_resume(&self()->present->context);
}

uint64_t hb_worker_slice_end(void) {
    struct worker *worker = self();
    return worker->present && hb_params.scheduler == HB_SCHED_ROUND_ROBIN ? worker->slice_end : UINT64_MAX;
}

/* The single store to answer[slot].word is the report: before it nothing has happened, after it everything has. */
static void answer(struct worker *worker, uint64_t checksum, uint64_t ending, uint32_t reason) {
    struct work *work = worker->present;
    struct hb_answer *to = &mailbox()->answer[worker->last];
    stop(worker, reason);
    HB_TRACE(HB_TP_MAIL_SEND, hb_mail_task(work->word), HB_MASTER);
    hb_store(&to->checksum, checksum);
    hb_store(&to->word, work->word | ending);
    work->word = 0;
    if (hb_hart_id() != HB_MASTER)
        hb_send_interrupt(HB_MASTER);
}

void hb_worker_fault(uint64_t cause) {
    struct work *work = self()->present;
    if (hb_fp_begin(&work->context, &work->fp, cause))
        return;
    answer(self(), cause, HB_MAIL_FAULTED, HB_STOP_FAULTED);
}

void hb_worker_syscall(void) {
    struct worker *worker = self();
    struct hb_context *context = &worker->present->context;
    context->pc += ECALL_BYTES;
    switch (context->x[HB_REG_A7]) {
    case HB_SYS_EXIT: answer(worker, context->x[HB_REG_A0], HB_MAIL_DONE, HB_STOP_EXITED); break;
    case HB_SYS_YIELD: stop(worker, HB_STOP_YIELDED); break;
    case HB_SYS_TIME: context->x[HB_REG_A0] = hb_now_ticks(); break;
    default: hb_worker_fault(HB_CAUSE_ECALL_U); break;
    }
}
