#include "sim/gdb/gdb_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/gdb/gdb_monitor.h"
#include "sim/gdb/gdb_target.h"
#include "sim/machine/debug.h"

#define PACKET_BYTES   4096u /* the longest packet that gdb may send */
#define READ_BYTES_MAX 4096u

/* Errors are errno.h numbers, though gdb only prints them. */
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

/* `*hart`: HB_GDB_NO_HART for any (0) and all (-1). False: there is no such thread. */
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
    static const char *const states[] = {"running", "idle: it waits for an interrupt", "stopped", "fenced", "dead"};
    char text[96];
    uint32_t hart;
    if (!thread(session, &at, &hart) || hart == HB_GDB_NO_HART || *at) {
        fail(session, INVALID);
        return;
    }
    const struct hb_hart *of = &session->run.machine->hart[hart];
    int n = snprintf(text, sizeof text, "hart %" PRIu32 ", %s%s", hart, of->crashed ? "crashed" : states[of->run_state],
                     of->in_flight.active ? ", in the middle of an instruction" : "");
    hb_gdb_put_hex(&session->reply, text, (size_t)n);
}

/* ---- Stops ----------------------------------------------------------------------------------------------------- */

/* As the signal that gdb will print. A machine that has ended stays for inspection and for going back, so no reply says
 * that a process has exited: gdb would leave. */
static unsigned signal_of(const struct hb_saved *saved, enum hb_gdb_why why) {
    enum { NONE = 0, INTERRUPTED = 2, TRAPPED = 5, ABORTED = 6, TERMINATED = 15, CPU_TIME = 24 };
    switch (saved->outcome) {
    case HB_OUTCOME_RUNNING: break;
    case HB_OUTCOME_CRASH: return ABORTED;
    case HB_OUTCOME_LIMIT: return CPU_TIME;
    case HB_OUTCOME_HANG: return NONE;
    default: return TERMINATED;
    }
    return why == HB_GDB_WHY_INTERRUPTED ? INTERRUPTED : why == HB_GDB_WHY_STUCK ? NONE : TRAPPED;
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
    const struct hb_gdb_stop *stop = &session->stop;
    (void)at;
    hb_gdb_put(&session->reply, "T%02xthread:%" PRIx32 ";",
               signal_of(session->run.machine->saved, (enum hb_gdb_why)stop->why), stop->hart + 1);
    if (stop->why == HB_GDB_WHY_POINT)
        tell_point(session);
    if (stop->why == HB_GDB_WHY_BEGIN)
        hb_gdb_put(&session->reply, "replaylog:begin;");
}

static void stopped(struct hb_gdb_session *session, struct hb_gdb_stop stop) {
    session->stop = stop;
    session->general = stop.hart;
    tell_stop(session, "");
}

/* ---- Changes --------------------------------------------------------------------------------------------------- */

/* A hart in the middle of an instruction finishes it first. False: there is no such register, or it is read-only. */
static bool change_register(struct hb_gdb_session *session, uint32_t hart, uint64_t number, uint64_t value) {
    uint64_t before;
    if (!hb_gdb_register(session->run.machine, hart, number, &before) || !hb_gdb_to_boundary(&session->run, hart))
        return false;
    hb_gdb_fork(&session->run);
    return hb_gdb_set_register(session->run.machine, hart, number, value);
}

static bool change_memory(struct hb_gdb_session *session, uint64_t address, const uint8_t *bytes, size_t n) {
    hb_gdb_fork(&session->run);
    return hb_gdb_write(session->run.machine, session->general, address, bytes, n);
}

/* ---- Resuming -------------------------------------------------------------------------------------------------- */

/* For packets that name no hart: the one of Hc, or of the last stop. */
static uint32_t stepping_hart(const struct hb_gdb_session *session) {
    return session->resumed == HB_GDB_NO_HART ? session->general : session->resumed;
}

static void go(struct hb_gdb_session *session, uint64_t going, uint64_t stepping) {
    bool ended = session->stop.why == HB_GDB_WHY_END; /* it may still be: the same hart is named again */
    const struct hb_gdb_resume resume = {
        .going = going, .stepping = stepping, .hart = ended ? session->stop.hart : session->general};
    stopped(session, hb_gdb_go(&session->run, &resume));
}

/* Hc names the only hart that moves; without it all do. */
static void go_by_hc(struct hb_gdb_session *session, const char *at, bool steps) {
    uint64_t pc, one = 1ull << stepping_hart(session);
    if (*at &&
        (!hb_gdb_number(&at, &pc) || *at || !change_register(session, stepping_hart(session), HB_REGISTER_PC, pc)))
        fail(session, INVALID);
    else
        go(session, session->resumed == HB_GDB_NO_HART ? hb_gdb_all(&session->run) : one, steps ? one : 0);
}

static void go_on(struct hb_gdb_session *session, const char *at) {
    go_by_hc(session, at, false);
}

static void step(struct hb_gdb_session *session, const char *at) {
    go_by_hc(session, at, true);
}

static void back_step(struct hb_gdb_session *session, const char *at) {
    (void)at;
    stopped(session, hb_gdb_step_back(&session->run, stepping_hart(session)));
}

static void back_go(struct hb_gdb_session *session, const char *at) {
    (void)at;
    stopped(session, hb_gdb_go_back(&session->run, session->general));
}

/* One ACTION[:THREAD]. False: not an action. */
static bool read_action(const struct hb_gdb_session *session, const char **at, bool *steps, uint64_t *named) {
    uint64_t signal;
    uint32_t hart = HB_GDB_NO_HART;
    char action = *(*at)++;
    if (!action || !strchr("cCsS", action))
        return false;
    *steps = action == 's' || action == 'S';
    if ((action == 'C' || action == 'S') && !hb_gdb_number(at, &signal))
        return false;
    if (**at == ':' && ((*at)++, !thread(session, at, &hart)))
        return false;
    *named = hart == HB_GDB_NO_HART ? hb_gdb_all(&session->run) : 1ull << hart;
    return true;
}

/* ;ACTION[:THREAD]... The first action that names a hart counts for it; a hart that none names stays as it is. A step
 * without a name is for the hart that stopped last: all harts share one time, and the first step ends it. */
static void resume(struct hb_gdb_session *session, const char *at) {
    uint64_t going = 0, stepping = 0, named;
    bool steps, good = *at == ';';
    while (good && *at == ';') {
        at++;
        good = read_action(session, &at, &steps, &named);
        if (!good)
            break;
        if (steps && named == hb_gdb_all(&session->run) && !going)
            stepping |= 1ull << session->general;
        else if (steps)
            stepping |= named & ~going;
        going |= named;
    }
    if (good && !*at)
        go(session, going, stepping);
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

static void set_registers(struct hb_gdb_session *session, const char *at) {
    uint64_t value[HB_GDB_GENERAL];
    bool good = hb_gdb_bytes(&at, value, sizeof value) && !*at;
    for (uint32_t i = 1; good && i < HB_GDB_GENERAL; i++)
        good = change_register(session, session->general, i, value[i]);
    ok_or(session, good, INVALID);
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
    ok_or(session, good && change_register(session, session->general, number, value), INVALID);
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
        ok_or(session, change_memory(session, address, bytes, (size_t)n), BAD_ADDRESS);
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

/* KIND,ADDRESS,BYTES; for breakpoints the bytes only repeat what is in the code. */
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

/* ---- monitor --------------------------------------------------------------------------------------------------- */

static void monitor(struct hb_gdb_session *session, const char *at) {
    struct hb_gdb_text *said = &session->said;
    char line[256];
    size_t n = 0;
    while (*at && n < sizeof line - 1 && hb_gdb_bytes(&at, &line[n], 1))
        n++;
    line[n] = 0;
    if (*at) {
        fail(session, INVALID);
        return;
    }
    said->length = 0;
    hb_gdb_monitor(session->run.machine, line, said);
    hb_gdb_put_hex(&session->reply, said->data,
                   said->length < HB_GDB_PACKET_MAX / 2 ? said->length : HB_GDB_PACKET_MAX / 2);
}

/* ---- Handshake ------------------------------------------------------------------------------------------------- */

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

static void no_such_object(struct hb_gdb_session *session, const char *at) {
    (void)at;
    fail(session, 0);
}

static void no_acknowledgements(struct hb_gdb_session *session, const char *at) {
    (void)at;
    session->no_acknowledgements = true;
    ok(session);
}

/* The machine existed before gdb: when gdb leaves, it goes on. */
static void attached(struct hb_gdb_session *session, const char *at) {
    (void)at;
    hb_gdb_put(&session->reply, "1");
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

struct command {
    const char *name;
    bool whole; /* nothing may follow the name */
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
    {"qRcmd,", false, monitor},
    {"qSupported", false, features},
    {"qThreadExtraInfo,", false, about_thread},
    {"qXfer:features:read:target.xml:", false, description},
    {"qXfer:features:read:", false, no_such_object},
    {"qfThreadInfo", true, first_threads},
    {"qsThreadInfo", true, no_more_threads},
    {"s", false, step},
    {"vCont?", true, resume_actions},
    {"vCont", false, resume},
    {"vKill", false, kill_machine},
    {"z", false, clear_point},
};

/* Unknown packets get an empty answer, as the protocol requires. */
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
    session->run.points = 0;
    session->run.lates = 0;
    session->general = session->stop.hart;
    session->resumed = HB_GDB_NO_HART;
    session->no_acknowledgements = session->detached = session->killed = false;
}

void hb_gdb_session_end(struct hb_gdb_session *session) {
    hb_gdb_end_history(&session->run);
}
