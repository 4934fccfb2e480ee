#include "sim/gdb/gdb_run.h"

#include <string.h>

#include "cpu/decode.h"
#include "sim/gdb/gdb_target.h"
#include "sim/machine/snapshot.h"

#define SLICE_CYCLES          100000u
#define FIRST_INTERVAL_CYCLES 1000000u

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* ---- Points ---------------------------------------------------------------------------------------------------- */

static struct hb_gdb_point *find_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes) {
    for (uint32_t i = 0; i < run->points; i++)
        if (run->point[i].kind == kind && run->point[i].address == address && run->point[i].bytes == bytes)
            return &run->point[i];
    return NULL;
}

bool hb_gdb_add_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes) {
    if (kind >= HB_GDB_KINDS || bytes == 0 || address + bytes < address)
        return false;
    if (find_point(run, kind, address, bytes))
        return true;
    if (run->points == HB_GDB_POINTS_MAX)
        return false;
    run->point[run->points++] = (struct hb_gdb_point){(uint8_t)kind, address, bytes};
    return true;
}

void hb_gdb_remove_point(struct hb_gdb_run *run, uint64_t kind, uint64_t address, uint64_t bytes) {
    struct hb_gdb_point *point = find_point(run, kind, address, bytes);
    if (point)
        *point = run->point[--run->points];
}

static const struct hb_gdb_point *breakpoint_at(const struct hb_gdb_run *run, uint64_t pc) {
    for (uint32_t i = 0; i < run->points; i++)
        if (run->point[i].kind <= HB_GDB_HARD && run->point[i].address == pc)
            return &run->point[i];
    return NULL;
}

static const struct hb_gdb_point *watchpoint_hit(const struct hb_gdb_run *run, const struct hb_gdb_place *place) {
    for (uint32_t i = 0; i < run->points && place->bytes; i++) {
        const struct hb_gdb_point *point = &run->point[i];
        bool wanted = (place->writes && point->kind != HB_GDB_READ) || (place->reads && point->kind != HB_GDB_WRITE);
        if (point->kind >= HB_GDB_WRITE && wanted && place->address < point->address + point->bytes &&
            point->address < place->address + place->bytes)
            return point;
    }
    return NULL;
}

/* ---- Where the harts stand ------------------------------------------------------------------------------------- */

static void find_access(const struct hb_gdb_run *run, uint32_t h, struct hb_gdb_place *place) {
    const struct hb_hart *hart = &run->machine->hart[h];
    uint32_t bits = 0;
    if (hb_gdb_read(run->machine, h, hart->pc, &bits, sizeof bits) < 2)
        return;
    struct hb_op op = hb_decode(bits);
    if (!hb_op_is(&op, HB_CLASS_MEMORY))
        return;
    place->address = hart->x[op.rs1] + (hb_op_is(&op, HB_CLASS_ATOMIC) ? 0 : (uint64_t)(int64_t)op.imm);
    place->bytes = hb_op_access_bytes(&op);
    place->reads = hb_op_is(&op, HB_CLASS_LOAD | HB_CLASS_LR | HB_CLASS_AMO);
    place->writes = hb_op_is(&op, HB_CLASS_STORE | HB_CLASS_SC | HB_CLASS_AMO);
}

static bool has_watchpoints(const struct hb_gdb_run *run) {
    for (uint32_t i = 0; i < run->points; i++)
        if (run->point[i].kind >= HB_GDB_WRITE)
            return true;
    return false;
}

static void take_place(struct hb_gdb_run *run, uint32_t h, bool watched) {
    const struct hb_hart *hart = &run->machine->hart[h];
    run->place[h] = (struct hb_gdb_place){.pc = hart->pc, .instructions = hart->instructions, .traps = hart->traps};
    if (watched)
        find_access(run, h, &run->place[h]);
}

static void take_places(struct hb_gdb_run *run) {
    bool watched = has_watchpoints(run);
    for (uint32_t h = 0; h < run->machine->bus.harts; h++)
        take_place(run, h, watched);
}

static bool has_moved(const struct hb_gdb_run *run, uint32_t h) {
    const struct hb_hart *hart = &run->machine->hart[h];
    const struct hb_gdb_place *place = &run->place[h];
    return hart->pc != place->pc || hart->instructions != place->instructions || hart->traps != place->traps;
}

/* What hart `h`, which has moved, has hit. */
static bool look_at(struct hb_gdb_run *run, uint32_t h, uint64_t began, bool watched, struct hb_gdb_stop *stop) {
    const struct hb_hart *hart = &run->machine->hart[h];
    struct hb_gdb_place before = run->place[h];
    take_place(run, h, watched);
    const struct hb_gdb_point *point = hart->instructions != before.instructions ? watchpoint_hit(run, &before) : NULL;
    *stop = (struct hb_gdb_stop){.why = HB_GDB_WHY_POINT, .hart = h, .cycle = run->machine->saved->cycle};
    if (point) { /* going back undoes the access: to before it */
        stop->kind = point->kind;
        stop->address = before.address > point->address ? before.address : point->address;
        stop->cycle = began;
        return true;
    }
    point = breakpoint_at(run, hart->pc);
    stop->kind = point ? point->kind : 0;
    return point != NULL;
}

/* ---- A cycle at a time ----------------------------------------------------------------------------------------- */

/* The next cycle in which something can happen. */
static uint64_t next_active_cycle(const struct hb_machine *machine) {
    const struct hb_saved *saved = machine->saved;
    uint64_t next = earlier(saved->bus.next_cycle, saved->next_event);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        next = earlier(next, machine->hart[h].ready_at);
    return next > saved->cycle ? next : saved->cycle;
}

/* Up to the close of the next cycle in which something happens, but not beyond `until`. The number of `stops`: what the
 * harts have hit in it, at most one each. */
static uint32_t one_cycle(struct hb_gdb_run *run, uint64_t until, struct hb_gdb_stop stops[HB_HARTS_LIMIT]) {
    struct hb_machine *machine = run->machine;
    uint64_t active = next_active_cycle(machine);
    uint32_t n = 0;
    hb_machine_run(machine, active < until ? active + 1 : until);
    if (active >= until && active != HB_NEVER)
        return 0;
    bool watched = has_watchpoints(run);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        n += has_moved(run, h) && look_at(run, h, active, watched, &stops[n]);
    return n;
}

/* ---- History --------------------------------------------------------------------------------------------------- */

void hb_gdb_end_history(struct hb_gdb_run *run) {
    while (run->keyframes)
        hb_snapshot_free(run->keyframe[--run->keyframes]);
}

static void take_keyframe(struct hb_gdb_run *run) {
    if (run->keyframes == HB_GDB_KEYFRAMES_MAX) { /* every other goes */
        for (uint32_t i = 1; i < HB_GDB_KEYFRAMES_MAX; i++)
            if (i % 2)
                hb_snapshot_free(run->keyframe[i]);
            else
                run->keyframe[i / 2] = run->keyframe[i];
        run->keyframes /= 2;
        run->interval_cycles *= 2;
    }
    struct hb_snapshot *snapshot = hb_snapshot_take(run->machine);
    if (snapshot)
        run->keyframe[run->keyframes++] = snapshot;
}

void hb_gdb_begin_history(struct hb_gdb_run *run) {
    hb_gdb_end_history(run);
    run->lates = 0;
    run->interval_cycles = FIRST_INTERVAL_CYCLES;
    run->furthest_cycle = run->machine->saved->cycle;
    take_keyframe(run);
}

static uint64_t next_keyframe_cycle(const struct hb_gdb_run *run) {
    if (!run->keyframes)
        return HB_NEVER;
    return hb_snapshot_cycle(run->keyframe[run->keyframes - 1]) + run->interval_cycles;
}

/* A repetition, up to a cycle that has been reached before. */
static void run_again(struct hb_gdb_run *run, uint64_t until) {
    struct hb_machine *machine = run->machine;
    while (machine->saved->cycle < until && machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, until);
}

/* ---- Forward --------------------------------------------------------------------------------------------------- */

static bool is_repetition(const struct hb_gdb_run *run) {
    return run->machine->saved->cycle < run->furthest_cycle;
}

/* What was hit in the cycle of the last stop as well. It is told even if the point is gone by now: gdb takes a
 * breakpoint out to step another hart over it. */
static bool take_late(struct hb_gdb_run *run, struct hb_gdb_stop *stop) {
    if (!run->lates)
        return false;
    *stop = run->late[--run->lates];
    return true;
}

static bool is_done(const struct hb_gdb_run *run, uint32_t step, const struct hb_gdb_place *from) {
    if (step == HB_GDB_NO_HART)
        return false;
    const struct hb_hart *hart = &run->machine->hart[step];
    return hart->instructions != from->instructions || hart->traps != from->traps;
}

/* Up to `until`, looking at every cycle. False: nothing has stopped the machine. */
static bool go_carefully(struct hb_gdb_run *run, uint64_t until, uint32_t step, const struct hb_gdb_place *from,
                         struct hb_gdb_stop *stop) {
    const struct hb_saved *saved = run->machine->saved;
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING && !run->machine->waits_for_input) {
        uint32_t n = one_cycle(run, until, stops);
        if (n) {
            *stop = stops[0];
            run->lates = n - 1;
            memcpy(run->late, stops + 1, run->lates * sizeof *stops);
            return true;
        }
        if (is_done(run, step, from)) {
            *stop = (struct hb_gdb_stop){.why = HB_GDB_WHY_TRAP, .hart = step};
            return true;
        }
    }
    return false;
}

/* How far the machine may go before something has to be done. */
static uint64_t slice_end(const struct hb_gdb_run *run) {
    uint64_t now = run->machine->saved->cycle, until = now + SLICE_CYCLES;
    if (run->pump)
        until = earlier(until, (now / run->pump_cycles + 1) * run->pump_cycles);
    if (is_repetition(run))
        return earlier(until, run->furthest_cycle);
    return earlier(until, next_keyframe_cycle(run) > now ? next_keyframe_cycle(run) : now + 1);
}

/* Before a slice: input, a keyframe. */
static void prepare_slice(struct hb_gdb_run *run) {
    const struct hb_machine *machine = run->machine;
    if (is_repetition(run))
        return;
    run->furthest_cycle = machine->saved->cycle;
    if (next_keyframe_cycle(run) <= machine->saved->cycle)
        take_keyframe(run);
    if (run->pump && (machine->waits_for_input || machine->saved->cycle % run->pump_cycles == 0))
        run->pump(run->context);
}

static bool go_slice(struct hb_gdb_run *run, uint32_t step, const struct hb_gdb_place *from, struct hb_gdb_stop *stop) {
    struct hb_machine *machine = run->machine;
    prepare_slice(run);
    uint64_t until = slice_end(run);
    void (*output)(void *, const char *, size_t) = machine->console_output;
    if (is_repetition(run))
        machine->console_output = NULL; /* it has been printed */
    bool stopped = false;
    machine->waits_for_input = false;
    if (step != HB_GDB_NO_HART || run->points)
        stopped = go_carefully(run, until, step, from, stop);
    else
        hb_machine_run(machine, until);
    machine->console_output = output;
    if (!is_repetition(run))
        run->furthest_cycle = machine->saved->cycle;
    return stopped;
}

struct hb_gdb_stop hb_gdb_go(struct hb_gdb_run *run, uint32_t step) {
    struct hb_gdb_stop stop = {.why = HB_GDB_WHY_END};
    if (take_late(run, &stop))
        return stop;
    take_places(run);
    struct hb_gdb_place from = run->place[step == HB_GDB_NO_HART ? 0 : step];
    while (run->machine->saved->outcome == HB_OUTCOME_RUNNING) {
        if (run->interrupted && run->interrupted(run->context))
            return (struct hb_gdb_stop){.why = HB_GDB_WHY_INTERRUPTED};
        if (go_slice(run, step, &from, &stop))
            return stop;
    }
    return (struct hb_gdb_stop){.why = HB_GDB_WHY_END};
}

void hb_gdb_catch_up(struct hb_gdb_run *run) {
    void (*output)(void *, const char *, size_t) = run->machine->console_output;
    run->machine->console_output = NULL;
    run_again(run, run->furthest_cycle);
    run->machine->console_output = output;
}

/* ---- Back ------------------------------------------------------------------------------------------------------ */

/* The last stop between keyframe `k` and cycle `end`, told by its place in time. */
static bool last_stop(struct hb_gdb_run *run, uint32_t k, uint64_t end, uint64_t now, struct hb_gdb_stop *last) {
    const struct hb_saved *saved = run->machine->saved;
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    bool any = false;
    hb_snapshot_restore(run->machine, run->keyframe[k]);
    take_places(run);
    while (saved->cycle < end && saved->outcome == HB_OUTCOME_RUNNING)
        for (uint32_t i = 0, n = one_cycle(run, end, stops); i < n; i++)
            if (stops[i].cycle < now && (!any || stops[i].cycle >= last->cycle)) {
                *last = stops[i];
                any = true;
            }
    return any;
}

/* Where hart `h` first was when it had made one step less than at `steps`. False: not after keyframe `k`. */
static bool one_step_less(struct hb_gdb_run *run, uint32_t k, uint32_t h, uint64_t steps) {
    const struct hb_hart *hart = &run->machine->hart[h];
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    hb_snapshot_restore(run->machine, run->keyframe[k]);
    take_places(run);
    if (hart->instructions + hart->traps >= steps)
        return false;
    while (hart->instructions + hart->traps + 1 < steps && run->machine->saved->outcome == HB_OUTCOME_RUNNING)
        one_cycle(run, HB_NEVER, stops);
    return true;
}

static struct hb_gdb_stop to_the_beginning(struct hb_gdb_run *run) {
    if (run->keyframes)
        hb_snapshot_restore(run->machine, run->keyframe[0]);
    return (struct hb_gdb_stop){.why = HB_GDB_WHY_BEGIN};
}

static struct hb_gdb_stop search_back(struct hb_gdb_run *run, uint32_t step) {
    const uint64_t now = run->machine->saved->cycle;
    const uint64_t steps =
        step == HB_GDB_NO_HART ? 0 : run->machine->hart[step].instructions + run->machine->hart[step].traps;
    uint64_t end = now;
    for (uint32_t k = run->keyframes; k-- > 0; end = earlier(end, hb_snapshot_cycle(run->keyframe[k]))) {
        struct hb_gdb_stop stop = {.why = HB_GDB_WHY_TRAP, .hart = step};
        if (hb_snapshot_cycle(run->keyframe[k]) >= now)
            continue;
        if (step != HB_GDB_NO_HART) {
            if (one_step_less(run, k, step, steps))
                return stop;
        } else if (last_stop(run, k, end, now, &stop)) {
            hb_snapshot_restore(run->machine, run->keyframe[k]);
            run_again(run, stop.cycle);
            return stop;
        }
    }
    return to_the_beginning(run);
}

static struct hb_gdb_stop back(struct hb_gdb_run *run, uint32_t step) {
    void (*output)(void *, const char *, size_t) = run->machine->console_output;
    run->machine->console_output = NULL;
    run->lates = 0;
    struct hb_gdb_stop stop = search_back(run, step);
    run->machine->console_output = output;
    return stop;
}

struct hb_gdb_stop hb_gdb_go_back(struct hb_gdb_run *run) {
    return back(run, HB_GDB_NO_HART);
}

struct hb_gdb_stop hb_gdb_step_back(struct hb_gdb_run *run, uint32_t hart) {
    return back(run, hart);
}
