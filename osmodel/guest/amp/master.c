#include "osmodel/guest/amp/master.h"

#include <stdbool.h>

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/mailbox.h"
#include "osmodel/guest/amp/tasks.h"
#include "osmodel/guest/amp/watch.h"
#include "osmodel/guest/lib/atomic.h"
#include "osmodel/guest/lib/board.h"
#include "osmodel/guest/lib/console.h"
#include "osmodel/guest/lib/devices.h"
#include "osmodel/guest/lib/panic.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/lib/tracepoint.h"

static struct {
    uint32_t workers; /* how many take part */
    bool takes_part[HB_HARTS_MAX];
    uint32_t numbers[HB_HARTS_MAX]; /* of the last request to each */
} master __attribute__((aligned(HB_LINE_ALIGN)));

void hb_master_take_on(uint32_t hart) {
    master.takes_part[hart] = true;
    master.workers++;
}

bool hb_master_has(uint32_t hart) {
    return master.takes_part[hart];
}

uint32_t hb_master_workers(void) {
    return master.workers;
}

/* With no worker left, the master runs tasks itself: a slow service is better than none. */
static bool is_receiver(uint32_t hart) {
    return master.workers != 0 ? master.takes_part[hart] : hart == HB_MASTER;
}

static uint32_t requests_at(uint32_t hart) {
    uint32_t requests = 0;
    for (uint32_t slot = 0; slot < HB_MAIL_SLOTS; slot++)
        requests += hb_mailboxes[hart].request[slot] != 0;
    return requests;
}

/* It is running one; the others wait. */
static void trace_mailbox(uint32_t hart) {
    uint32_t requests = requests_at(hart);
    HB_TRACE(HB_TP_QUEUE_LENGTH, hart, requests > 1 ? requests - 1 : 0);
}

/* ---- Collecting ------------------------------------------------------------------------------------------------ */

static void keep(uint32_t task, const struct hb_answer *answer) {
    if ((hb_load(&answer->word) & HB_MAIL_ENDINGS) == HB_MAIL_DONE) {
        hb_task_done(task, hb_load(&answer->checksum));
        return;
    }
    hb_print("amp: task %u is stopped: cause %x\n", (uint64_t)task, hb_load(&answer->checksum));
    hb_task_lost(task);
}

static void collect_slot(uint32_t hart, uint32_t slot) {
    uint64_t *request = &hb_mailboxes[hart].request[slot];
    const struct hb_answer *answer = &hb_mailboxes[hart].answer[slot];
    if (*request == 0 || (hb_load(&answer->word) & ~HB_MAIL_ENDINGS) != *request)
        return;
    hb_fence(); /* the checksum was written before the word: read it after */
    uint32_t task = hb_mail_task(*request);
    hb_assert(hb_task_is_with(task, hb_mail_attempt(*request), hart));
    HB_TRACE(HB_TP_MAIL_TAKE, task, hart);
    keep(task, answer);
    hb_store(request, 0);
    trace_mailbox(hart);
}

static void collect(uint32_t hart) {
    for (uint32_t slot = 0; slot < HB_MAIL_SLOTS; slot++)
        collect_slot(hart, slot);
}

static void collect_all(void) {
    for (uint32_t hart = 0; hart < hb_board.harts; hart++) {
        if (is_receiver(hart)) {
            collect(hart);
            hb_breathe();
        }
    }
}

/* ---- Handing out ----------------------------------------------------------------------------------------------- */

static uint32_t free_slot(uint32_t hart) {
    uint32_t slot = 0;
    while (hb_mailboxes[hart].request[slot] != 0)
        slot++;
    return slot;
}

/* The table says where the task is before the mailbox does. */
static void send(uint32_t hart) {
    uint32_t slot = free_slot(hart);
    uint32_t task = hb_task_send(hart);
    uint64_t word = hb_mail_word(task, hb_task_attempt(task), ++master.numbers[hart]);
    HB_TRACE(HB_TP_MAIL_SEND, task, hart);
    hb_store(&hb_mailboxes[hart].request[slot], word);
    trace_mailbox(hart);
    if (hart != HB_MASTER)
        hb_send_interrupt(hart);
}

/* Send a request to each worker that has at most `have`, as long as more than `enough` tasks wait. */
static void give_one_each(uint32_t have, uint32_t enough) {
    for (uint32_t hart = 0; hart < hb_board.harts && hb_tasks_waiting() > enough; hart++) {
        if (is_receiver(hart) && requests_at(hart) <= have)
            send(hart);
        hb_breathe();
    }
}

/* First to workers that have nothing. A second request is sent only while more tasks wait than there are workers:
 * otherwise, near the end, it would wait behind another while some worker has nothing to do. */
static void give_out(void) {
    give_one_each(0, 0);
    for (uint32_t have = 1; have < HB_MAIL_SLOTS; have++)
        give_one_each(have, master.workers);
}

void hb_master_serve(void) {
    collect_all();
    hb_watch_if_due();
    give_out();
    if (hb_tasks_have_ended())
        hb_tasks_finish();
}

/* ---- Giving up ------------------------------------------------------------------------------------------------- */

/* Returns whether the task of this request waits again. */
static bool hand_back(uint32_t task, bool begun) {
    if (begun && hb_params.recovery_restart == HB_RESTART_NONE) {
        hb_task_lost(task);
        return false;
    }
    if (begun) {
        hb_task_restart(task);
        return true;
    }
    if (hb_params.recovery_queues == HB_QUEUES_NONE)
        return false; /* it stays in a mailbox that is no longer read */
    hb_task_take_back(task);
    return true;
}

uint32_t hb_master_give_up(uint32_t hart) {
    struct hb_mailbox *mailbox = &hb_mailboxes[hart];
    uint32_t waiting = 0;
    collect(hart);
    for (uint32_t slot = 0; slot < HB_MAIL_SLOTS; slot++) {
        uint64_t word = mailbox->request[slot];
        if (word != 0) {
            waiting += hand_back(hb_mail_task(word), hb_load(&mailbox->begun[slot]) == word);
            hb_store(&mailbox->request[slot], 0);
        }
    }
    trace_mailbox(hart);
    master.takes_part[hart] = false;
    master.workers--;
    return waiting;
}
