#include "osmodel/os_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "osmodel/abi.h"
#include "osmodel/guest/workloads/kinds.h"

/* In a sentence, `%` and a letter represent a part of the event:
 *   %c executing CPU     %s subject     %l subject as a lock    %a argument    %o argument - 1    %n argument + 1
 *   %f, %g argument's low and high 16 bits    %t argument, in ticks, signed, as cycles    %w as a reason to stop
 *   %k as a workload
 */
struct sentence {
    const char *name;
    const char *plain;         /* argument is 0, or does not matter */
    const char *with_argument; /* argument is not 0; NULL: as plain */
};

static const struct sentence sentences[] = {
    [HB_TP_HART_UP] = {"CPU up", "CPU %s has started", NULL},
    [HB_TP_ALL_HARTS_UP] = {"all CPUs up", "All CPUs are up: %s of them",
                            "%s CPUs are up, %a left out: they never reported"},
    [HB_TP_TASK_CREATE] = {"task created", "CPU %c creates task %s (%k)", NULL},
    [HB_TP_TASK_READY] = {"task ready", "Task %s is ready and waits for CPU %a", NULL},
    [HB_TP_TASK_RUN] = {"task run", "CPU %c runs task %s", "CPU %c runs task %s (attempt %n)"},
    [HB_TP_TASK_STOP] = {"task stop", "CPU %c stops task %s: %w", NULL},
    [HB_TP_TASK_DONE] = {"task done", "Task %s is done", "Task %s is done (attempt %n)"},
    [HB_TP_TASK_LOST] = {"task lost", "Task %s is lost: it will never run again", NULL},
    [HB_TP_TASK_MIGRATE] = {"task moves", "Task %s moves from CPU %f to CPU %g", NULL},
    [HB_TP_TASK_RESTART] = {"task restarts", "CPU %c puts task %s back, to start again", NULL},
    [HB_TP_IDLE_ENTER] = {"idle", "CPU %s has nothing to run and sleeps", NULL},
    [HB_TP_IDLE_LEAVE] = {"awake", "CPU %s wakes up", NULL},
    [HB_TP_LOCK_WAIT] = {"lock wait", "CPU %c waits for %l", "CPU %c waits for %l, held by CPU %o"},
    [HB_TP_LOCK_ACQUIRE] = {"lock taken", "CPU %c takes %l", NULL},
    [HB_TP_LOCK_RELEASE] = {"lock released", "CPU %c releases %l", NULL},
    [HB_TP_BEAT] = {"heartbeat", "CPU %s reports that it is alive", "CPU %s reports that it is alive, stamp %a"},
    [HB_TP_LOOK] = {"look", "CPU %c looks at CPU %s, which has just reported",
                    "CPU %c looks at CPU %s, silent for %t cycles when that was due"},
    [HB_TP_ASK] = {"ask", "CPU %c asks CPU 0 to look at CPU %s, too", "CPU %c asks CPU %a to look at CPU %s, too"},
    [HB_TP_SAVE_BEGIN] = {"checkpoint begins", "CPU %c begins to copy what task %s has computed", NULL},
    [HB_TP_SAVED] = {"checkpoint", "Task %s is copied: should its CPU die, it goes on from here", NULL},
    [HB_TP_RESTORED] = {"task restored", "Task %s goes on from its checkpoint %a", NULL},
    [HB_TP_SUSPECT] = {"suspect", "CPU %c suspects CPU %s", "CPU %c suspects CPU %s: no heartbeat for %t cycles"},
    [HB_TP_FENCED] = {"fenced", "CPU %c has fenced CPU %s off: it can execute nothing any more", NULL},
    [HB_TP_RECOVERY_BEGIN] = {"recovery", "CPU %c begins to recover what CPU %s left behind",
                              "CPU %c takes over the recovery of CPU %s from CPU %o"},
    [HB_TP_RECOVERY_PHASE] = {"recovery phase", "CPU %c recovers CPU %s: phase %a", NULL},
    [HB_TP_RECOVERED] = {"recovered", "CPU %s is recovered: no task had to be put back",
                         "CPU %s is recovered: %a of its tasks put back to be run again"},
    [HB_TP_LOCK_RECOVERED] = {"lock recovered", "CPU %c frees %l, which dead CPU %a held", NULL},
    [HB_TP_FALSE_ALARM] = {"false alarm", "False alarm: CPU %s beats again, CPU %c no longer suspects it", NULL},
    [HB_TP_HART_LEFT_OUT] = {"CPU left out", "CPU %s never reported and is left out", NULL},
    [HB_TP_QUEUE_LENGTH] = {"queue length", "The run queue of CPU %s is empty", "The run queue of CPU %s holds %a"},
    [HB_TP_PROGRESS] = {"progress", "Task %s has done %a units of its work", NULL},
    [HB_TP_PANIC] = {"panic", "The kernel on CPU %c gives up: panic %s", NULL},
    [HB_TP_MAIL_SEND] = {"mail sent", "CPU %c sends task %s to the master", "CPU %c sends task %s to CPU %a"},
    [HB_TP_MAIL_TAKE] = {"mail taken", "CPU %c takes task %s, sent by the master",
                         "CPU %c takes task %s, sent by CPU %a"},
    [HB_TP_INTERRUPT] = {"interrupt", "CPU %c takes interrupt %s",
                         "CPU %c is interrupted for nothing: another CPU has taken it"},
    [HB_TP_SERVER_TAKE] = {"request taken", "CPU %c begins to serve request %s", NULL},
    [HB_TP_SERVER_REPLY] = {"request answered", "CPU %c has answered request %s", NULL},
    [HB_TP_SERVER_DROP] = {"request refused", "Request %s finds its queue full and is dropped", NULL},
    [HB_TP_ELECTED] = {"elected", "CPU %c is the master", "CPU %c is the master from here on: term %a"},
    [HB_TP_HART_STOPPED] = {"CPU stops", "The kernel of CPU %s has trapped (cause %a): it stops, alone", NULL},
};

static const char *const stop_reasons[] = {
    [HB_STOP_PREEMPTED] = "its time slice is over", [HB_STOP_YIELDED] = "it yields",
    [HB_STOP_BLOCKED] = "it has to wait",           [HB_STOP_SLEEPING] = "it sleeps",
    [HB_STOP_EXITED] = "it has finished",           [HB_STOP_FAULTED] = "it faulted",
};

static const struct sentence *find_sentence(uint32_t id) {
    return id < sizeof sentences / sizeof *sentences && sentences[id].name ? &sentences[id] : NULL;
}

const char *hb_os_event_name(uint32_t id) {
    const struct sentence *sentence = find_sentence(id);
    return sentence ? sentence->name : "tracepoint";
}

const char *hb_os_grouped(uint64_t number, char text[HB_OS_GROUPED_BYTES]) {
    char digits[21];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

static const char *kind_name(uint32_t kind) {
    return kind < HB_KINDS ? hb_kinds[kind].name : "?";
}

static const char *stop_reason(uint32_t reason) {
    return reason < sizeof stop_reasons / sizeof *stop_reasons ? stop_reasons[reason] : "for an unknown reason";
}

/* Longest part: a symbol's name, which is cut. */
#define PART_BYTES 64

static void write_lock(const struct hb_os_words *words, uint32_t address, char *part) {
    const char *name = words->symbol ? words->symbol(words->context, address) : NULL;
    if (name)
        snprintf(part, PART_BYTES, "lock %s", name);
    else
        snprintf(part, PART_BYTES, "the lock at 0x%" PRIx32, address);
}

static void write_cycles(const struct hb_os_words *words, int64_t ticks, char *part) {
    if (ticks < 0)
        *part++ = '-';
    hb_os_grouped((uint64_t)(ticks < 0 ? -ticks : ticks) * words->cycles_per_tick, part);
}

static void write_part(const struct hb_os_words *words, char letter, uint32_t hart, uint64_t value, char *part) {
    uint32_t subject = (uint32_t)value;
    uint32_t argument = (uint32_t)(value >> 32);
    switch (letter) {
    case 'c': snprintf(part, PART_BYTES, "%" PRIu32, hart); break;
    case 's': snprintf(part, PART_BYTES, "%" PRIu32, subject); break;
    case 'a': snprintf(part, PART_BYTES, "%" PRIu32, argument); break;
    case 'o': snprintf(part, PART_BYTES, "%" PRIu32, argument - 1); break;
    case 'n': snprintf(part, PART_BYTES, "%" PRIu64, (uint64_t)argument + 1); break;
    case 'f': snprintf(part, PART_BYTES, "%" PRIu32, argument & 0xffff); break;
    case 'g': snprintf(part, PART_BYTES, "%" PRIu32, argument >> 16); break;
    case 't': write_cycles(words, (int32_t)argument, part); break;
    case 'w': snprintf(part, PART_BYTES, "%s", stop_reason(argument)); break;
    case 'k': snprintf(part, PART_BYTES, "%s", kind_name(argument)); break;
    default: write_lock(words, subject, part); break;
    }
}

static void expand(const struct hb_os_words *words, const char *template, uint32_t hart, uint64_t value, char *text,
                   size_t size) {
    size_t used = 0;
    for (const char *at = template; *at && used + 1 < size; at++) {
        char part[PART_BYTES] = {*at, '\0'};
        if (*at == '%')
            write_part(words, *++at, hart, value, part);
        size_t length = strnlen(part, size - 1 - used);
        memcpy(text + used, part, length);
        used += length;
    }
    text[used] = '\0';
}

void hb_os_event_text(const struct hb_os_words *words, uint32_t hart, uint32_t id, uint64_t value, char *text,
                      size_t size) {
    const struct sentence *sentence = find_sentence(id);
    if (!sentence) {
        snprintf(text, size, "CPU %" PRIu32 " passes tracepoint %" PRIu32 " with 0x%" PRIx64, hart, id, value);
        return;
    }
    const char *other = value >> 32 ? sentence->with_argument : NULL;
    expand(words, other ? other : sentence->plain, hart, value, text, size);
}
