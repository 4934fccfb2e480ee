#include "sim/gdb/gdb_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/gdb/gdb_target.h"

#define PACKET_BYTES   4096u /* what gdb is told to send at most */
#define READ_BYTES_MAX 4096u

/* Errors are numbers of errno.h, though gdb only shows them. */
enum { NOT_PERMITTED = 1, BAD_ADDRESS = 14, INVALID = 22, NO_ROOM = 28 };

static void fail(struct hb_gdb_session *session, unsigned number) {
    hb_gdb_put(&session->reply, "E%02x", number);
}

static void ok(struct hb_gdb_session *session) {
    hb_gdb_put(&session->reply, "OK");
}

static void ok_or(struct hb_gdb_session *session, bool good, unsigned number) {
    if (good)
        ok(session);
    else
        fail(session, number);
}

static uint32_t harts(const struct hb_gdb_session *session) {
    return session->run.machine->bus.harts;
}

/* ---- Threads: hart + 1 ----------------------------------------------------------------------------------------- */

/* `*hart`: HB_GDB_NO_HART for any (0) and all (-1). False: there is none of that number. */
static bool thread(const struct hb_gdb_session *session, const char **at, uint32_t *hart) {
    uint64_t number = 0;
    *hart = HB_GDB_NO_HART;
    if (strncmp(*at, "-1", 2) == 0) {
        *at += 2;
        return true;
    }
    if (!hb_gdb_number(at, &number) || number > harts(session))
        return false;
    if (number)
        *hart = (uint32_t)number - 1;
    return true;
}

static void choose_thread(struct hb_gdb_session *session, const char *at) {
    char what = *at;
    uint32_t hart;
    if ((what != 'g' && what != 'c') || (at++, !thread(session, &at, &hart)) || *at) {
        fail(session, INVALID);
        return;
    }
    if (what == 'c')
        session->resumed = hart;
    else if (hart != HB_GDB_NO_HART)
        session->general = hart;
    ok(session);
}

static void is_alive(struct hb_gdb_session *session, const char *at) {
    uint32_t hart;
    ok_or(session, thread(session, &at, &hart) && hart != HB_GDB_NO_HART && !*at, INVALID);
}

static void first_threads(struct hb_gdb_session *session, const char *at) {
    (void)at;
    for (uint32_t h = 0; h < harts(session); h++)
        hb_gdb_put(&session->reply, "%c%" PRIx32, h ? ',' : 'm', h + 1);
}

static void no_more_threads(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply, "l");
}

static void this_thread(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply, "QC%" PRIx32, session->general + 1);
}

static void about_thread(struct hb_gdb_session *session, const char *at) {
    static const char *const states[] = {"running", "waiting for an interrupt", "stopped", "fenced", "dead"};
    char text[64];
    uint32_t hart;
    if (!thread(session, &at, &hart) || hart == HB_GDB_NO_HART || *at) {
        fail(session, INVALID);
        return;
    }
    int n =
        snprintf(text, sizeof text, "hart %" PRIu32 ", %s", hart, states[session->run.machine->hart[hart].run_state]);
    hb_gdb_put_hex(&session->reply, text, (size_t)n);
}

/* ---- Stops ----------------------------------------------------------------------------------------------------- */

/* The end as a process would have it: an exit code, or a signal. */
static void tell_end(struct hb_gdb_session *session) {
    const struct hb_saved *saved = session->run.machine->saved;
    enum { ABORTED = 6, CPU_TIME = 24 };
    switch (saved->outcome) {
    case HB_OUTCOME_PASSED: hb_gdb_put(&session->reply, "W00"); break;
    case HB_OUTCOME_FAILED: hb_gdb_put(&session->reply, "W%02" PRIx32, saved->exit_code & 0xff); break;
    case HB_OUTCOME_CRASH: hb_gdb_put(&session->reply, "X%02x", ABORTED); break;
    default: hb_gdb_put(&session->reply, "X%02x", CPU_TIME); break;
    }
}

static void tell_point(struct hb_gdb_session *session) {
    static const char *const reasons[HB_GDB_KINDS] = {"swbreak", "hwbreak", "watch", "rwatch", "awatch"};
    const struct hb_gdb_stop *stop = &session->stop;
    hb_gdb_put(&session->reply, "%s:", reasons[stop->kind]);
    if (stop->kind >= HB_GDB_WRITE)
        hb_gdb_put(&session->reply, "%" PRIx64, stop->address);
    hb_gdb_put(&session->reply, ";");
}

static void tell_stop(struct hb_gdb_session *session, const char *at) {
    enum { INTERRUPTED = 2, TRAPPED = 5 };
    const struct hb_gdb_stop *stop = &session->stop;
    (void)at;
    if (session->run.machine->saved->outcome != HB_OUTCOME_RUNNING) {
        tell_end(session);
        return;
    }
    unsigned signal = stop->why == HB_GDB_WHY_INTERRUPTED ? INTERRUPTED : TRAPPED;
    hb_gdb_put(&session->reply, "T%02xthread:%" PRIx32 ";", signal, session->general + 1);
    if (stop->why == HB_GDB_WHY_POINT)
        tell_point(session);
    if (stop->why == HB_GDB_WHY_BEGIN)
        hb_gdb_put(&session->reply, "replaylog:begin;");
}

static void stopped(struct hb_gdb_session *session, struct hb_gdb_stop stop) {
    session->stop = stop;
    if (stop.why == HB_GDB_WHY_TRAP || stop.why == HB_GDB_WHY_POINT)
        session->general = stop.hart;
    tell_stop(session, "");
}

/* ---- Going on -------------------------------------------------------------------------------------------------- */

static uint32_t stepping_hart(const struct hb_gdb_session *session) {
    return session->resumed == HB_GDB_NO_HART ? session->general : session->resumed;
}

static void set_pc_if_told(struct hb_gdb_session *session, const char *at) {
    uint64_t pc;
    if (hb_gdb_number(&at, &pc) && hb_gdb_set_register(session->run.machine, stepping_hart(session), HB_GDB_PC, pc))
        hb_gdb_begin_history(&session->run);
}

static void go_on(struct hb_gdb_session *session, const char *at) {
    set_pc_if_told(session, at);
    stopped(session, hb_gdb_go(&session->run, HB_GDB_NO_HART));
}

static void step(struct hb_gdb_session *session, const char *at) {
    set_pc_if_told(session, at);
    stopped(session, hb_gdb_go(&session->run, stepping_hart(session)));
}

static void back_step(struct hb_gdb_session *session, const char *at) {
    (void)at;
    stopped(session, hb_gdb_step_back(&session->run, stepping_hart(session)));
}

static void back_go(struct hb_gdb_session *session, const char *at) {
    (void)at;
    stopped(session, hb_gdb_go_back(&session->run));
}

/* ;ACTION[:THREAD]... Time is one for all harts, so all run, and the first that is to step decides when to stop. */
static void resume(struct hb_gdb_session *session, const char *at) {
    uint32_t steps = HB_GDB_NO_HART;
    bool good = *at == ';';
    while (good && *at == ';') {
        uint32_t hart = HB_GDB_NO_HART;
        uint64_t signal;
        char action = at[1];
        good = action && strchr("cCsS", action);
        at += 1 + good;
        if (good && (action == 'C' || action == 'S'))
            good = hb_gdb_number(&at, &signal);
        if (good && *at == ':')
            good = (at++, thread(session, &at, &hart));
        if (good && (action == 's' || action == 'S') && steps == HB_GDB_NO_HART)
            steps = hart == HB_GDB_NO_HART ? session->general : hart;
    }
    if (good && !*at)
        stopped(session, hb_gdb_go(&session->run, steps));
    else
        fail(session, INVALID);
}

static void resume_actions(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply, "vCont;c;C;s;S");
}

static void detach(struct hb_gdb_session *session, const char *at) {
    (void)at;
    session->detached = true;
    hb_gdb_catch_up(&session->run);
    ok(session);
}

static void kill_machine(struct hb_gdb_session *session, const char *at) {
    (void)at;
    session->killed = true;
    ok(session);
}

/* ---- Registers and memory -------------------------------------------------------------------------------------- */

static void registers(struct hb_gdb_session *session, const char *at) {
    (void)at;
    for (uint64_t i = 0; i < HB_GDB_GENERAL; i++) {
        uint64_t value = 0;
        hb_gdb_register(session->run.machine, session->general, i, &value);
        hb_gdb_put_hex(&session->reply, &value, sizeof value);
    }
}

/* A change from outside is no part of what can be repeated. */
static void changed(struct hb_gdb_session *session, bool good, unsigned number) {
    if (good)
        hb_gdb_begin_history(&session->run);
    ok_or(session, good, number);
}

static void set_registers(struct hb_gdb_session *session, const char *at) {
    uint64_t value[HB_GDB_GENERAL];
    bool good = hb_gdb_bytes(&at, value, sizeof value) && !*at &&
                !session->run.machine->hart[session->general].in_flight.active;
    for (uint64_t i = 1; good && i < HB_GDB_GENERAL; i++)
        hb_gdb_set_register(session->run.machine, session->general, i, value[i]);
    changed(session, good, INVALID);
}

static void one_register(struct hb_gdb_session *session, const char *at) {
    uint64_t number, value;
    if (hb_gdb_number(&at, &number) && !*at && hb_gdb_register(session->run.machine, session->general, number, &value))
        hb_gdb_put_hex(&session->reply, &value, sizeof value);
    else
        fail(session, INVALID);
}

static void set_register(struct hb_gdb_session *session, const char *at) {
    uint64_t number, value;
    bool good = hb_gdb_number_then(&at, '=', &number) && hb_gdb_bytes(&at, &value, sizeof value) && !*at;
    changed(session, good && hb_gdb_set_register(session->run.machine, session->general, number, value), INVALID);
}

static void read_memory(struct hb_gdb_session *session, const char *at) {
    uint8_t bytes[READ_BYTES_MAX];
    uint64_t address, wanted;
    if (!hb_gdb_number_then(&at, ',', &address) || !hb_gdb_number(&at, &wanted) || *at) {
        fail(session, INVALID);
        return;
    }
    size_t n = wanted < sizeof bytes ? (size_t)wanted : sizeof bytes;
    n = hb_gdb_read(session->run.machine, session->general, address, bytes, n);
    if (n == 0 && wanted)
        fail(session, BAD_ADDRESS);
    hb_gdb_put_hex(&session->reply, bytes, n);
}

static void write_memory(struct hb_gdb_session *session, const char *at) {
    uint8_t bytes[HB_GDB_PACKET_MAX];
    uint64_t address, n;
    if (!hb_gdb_number_then(&at, ',', &address) || !hb_gdb_number_then(&at, ':', &n) || n > sizeof bytes ||
        !hb_gdb_bytes(&at, bytes, (size_t)n) || *at)
        fail(session, INVALID);
    else
        changed(session, hb_gdb_write(session->run.machine, session->general, address, bytes, (size_t)n), BAD_ADDRESS);
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

/* KIND,ADDRESS,BYTES; of breakpoints the bytes say nothing that is not in the code. */
static bool read_point(const char *at, uint64_t *kind, uint64_t *address, uint64_t *bytes) {
    if (!hb_gdb_number_then(&at, ',', kind) || !hb_gdb_number_then(&at, ',', address) || !hb_gdb_number(&at, bytes) ||
        *at)
        return false;
    if (*kind <= HB_GDB_HARD)
        *bytes = 1;
    return true;
}

static void set_point(struct hb_gdb_session *session, const char *at) {
    uint64_t kind, address, bytes;
    bool good = read_point(at, &kind, &address, &bytes);
    if (good && kind >= HB_GDB_KINDS)
        return; /* unknown */
    ok_or(session, good && hb_gdb_add_point(&session->run, kind, address, bytes), good ? NO_ROOM : INVALID);
}

static void clear_point(struct hb_gdb_session *session, const char *at) {
    uint64_t kind, address, bytes;
    bool good = read_point(at, &kind, &address, &bytes);
    if (good && kind >= HB_GDB_KINDS)
        return;
    if (good)
        hb_gdb_remove_point(&session->run, kind, address, bytes);
    ok_or(session, good, INVALID);
}

/* ---- Getting acquainted ---------------------------------------------------------------------------------------- */

static void features(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply,
               "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+;"
               "ReverseStep+;ReverseContinue+",
               PACKET_BYTES);
}

static void description(struct hb_gdb_session *session, const char *at) {
    uint64_t from, n;
    const struct hb_gdb_text *xml = &session->description;
    if (!hb_gdb_number_then(&at, ',', &from) || !hb_gdb_number(&at, &n) || *at || from > xml->length) {
        fail(session, INVALID);
        return;
    }
    uint64_t rest = xml->length - from, most = PACKET_BYTES / 2 - 1;
    n = n < most ? n : most;
    hb_gdb_put(&session->reply, n < rest ? "m" : "l");
    hb_gdb_put_bytes(&session->reply, xml->data + from, (size_t)(n < rest ? n : rest));
}

static void no_acknowledgements(struct hb_gdb_session *session, const char *at) {
    (void)at;
    session->no_acknowledgements = true;
    ok(session);
}

/* The machine was there before gdb: when gdb leaves, it goes on. */
static void attached(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply, "1");
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

struct command {
    const char *name;
    bool whole; /* nothing follows the name */
    void (*answer)(struct hb_gdb_session *session, const char *rest);
};

static const struct command commands[] = {
    {"?", true, tell_stop},
    {"D", true, detach},
    {"G", false, set_registers},
    {"H", false, choose_thread},
    {"M", false, write_memory},
    {"P", false, set_register},
    {"QStartNoAckMode", true, no_acknowledgements},
    {"T", false, is_alive},
    {"Z", false, set_point},
    {"bc", true, back_go},
    {"bs", true, back_step},
    {"c", false, go_on},
    {"g", true, registers},
    {"k", true, kill_machine},
    {"m", false, read_memory},
    {"p", false, one_register},
    {"qAttached", false, attached},
    {"qC", true, this_thread},
    {"qSupported", false, features},
    {"qThreadExtraInfo,", false, about_thread},
    {"qXfer:features:read:target.xml:", false, description},
    {"qfThreadInfo", true, first_threads},
    {"qsThreadInfo", true, no_more_threads},
    {"s", false, step},
    {"vCont?", true, resume_actions},
    {"vCont", false, resume},
    {"vKill", false, kill_machine},
    {"z", false, clear_point},
};

/* What is not known is answered with nothing, as the protocol wants. */
void hb_gdb_answer(struct hb_gdb_session *session, const char *packet) {
    session->reply.length = 0;
    session->reply.cut = false;
    session->reply.data[0] = 0;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t n = strlen(commands[i].name);
        if (strncmp(packet, commands[i].name, n) == 0 && (!commands[i].whole || !packet[n])) {
            commands[i].answer(session, packet + n);
            return;
        }
    }
}

void hb_gdb_session_begin(struct hb_gdb_session *session, struct hb_machine *machine) {
    memset(session, 0, sizeof *session);
    session->run.machine = machine;
    hb_gdb_session_renew(session);
    hb_gdb_describe(&session->description);
    hb_gdb_begin_history(&session->run);
}

void hb_gdb_session_renew(struct hb_gdb_session *session) {
    session->run.points = session->run.lates = 0;
    session->general = 0;
    session->resumed = HB_GDB_NO_HART;
    session->stop = (struct hb_gdb_stop){.why = HB_GDB_WHY_TRAP};
    session->no_acknowledgements = session->detached = session->killed = false;
}

void hb_gdb_session_end(struct hb_gdb_session *session) {
    hb_gdb_end_history(&session->run);
}
