#include "sim/gdb/gdb_run.h"

#include <string.h>

#include "cpu/decode.h"
#include "sim/engine/run.h"
#include "sim/gdb/gdb_target.h"
#include "sim/machine/debug.h"
#include "sim/machine/snapshot.h"

#define SLICE_CYCLES          100000u
#define FIRST_INTERVAL_CYCLES 1000000u
#define INSTRUCTION_CYCLES    1000000u /* none takes longer */
#define SEARCH_CYCLES         4096u    /* of a search between two checks whether to go on */

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

/* ---- Where the harts are --------------------------------------------------------------------------------------- */

static void find_access(const struct hb_gdb_run *run, uint32_t h, struct hb_gdb_place *place) {
    const struct hb_hart *hart = &run->machine->hart[h];
    uint32_t bits = 0;
    if (hb_gdb_read(run->machine, h, hart->pc, &bits, sizeof bits) < 2)
        return;
    struct hb_op op = hb_decode(bits);
    if (hb_op_is(&op, HB_CLASS_ZEROS)) {
        place->bytes = (uint8_t)run->machine->bus.line_bytes;
        place->address = hart->x[op.rs1] & ~(uint64_t)(place->bytes - 1u);
        place->writes = true;
    }
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

/* What hart `h` has hit, having moved. */
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

static bool is_held(const struct hb_machine *machine, uint32_t h) {
    return machine->saved->held >> h & 1;
}

/* The next cycle in which something can happen. */
static uint64_t next_active_cycle(const struct hb_machine *machine) {
    const struct hb_saved *saved = machine->saved;
    uint64_t next = earlier(saved->bus.next_cycle, saved->next_event);
    for (uint32_t h = 0; h < machine->bus.harts; h++)
        if (!is_held(machine, h))
            next = earlier(next, machine->hart[h].ready_at);
    return next > saved->cycle ? next : saved->cycle;
}

/* Run to the close of the next cycle in which something happens, but not beyond `until`. Returns the number of `stops`:
 * what the harts have hit in it, at most one each. */
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
    if (run->keyframes == HB_GDB_KEYFRAMES_MAX) { /* every second one is dropped */
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

void hb_gdb_fork(struct hb_gdb_run *run) {
    const uint64_t now = run->machine->saved->cycle;
    hb_debug_forget(run->machine);
    while (run->keyframes > 1 && hb_snapshot_cycle(run->keyframe[run->keyframes - 1]) > now)
        hb_snapshot_free(run->keyframe[--run->keyframes]);
    run->furthest_cycle = now;
}

static uint64_t next_keyframe_cycle(const struct hb_gdb_run *run) {
    if (!run->keyframes)
        return HB_NEVER;
    return hb_snapshot_cycle(run->keyframe[run->keyframes - 1]) + run->interval_cycles;
}

/* Replay, up to a cycle that has been reached before. */
static void run_again(struct hb_gdb_run *run, uint64_t until) {
    struct hb_machine *machine = run->machine;
    while (machine->saved->cycle < until && machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, until);
}

/* ---- What has been reported ------------------------------------------------------------------------------------ */

uint64_t hb_gdb_all(const struct hb_gdb_run *run) {
    return run->machine->bus.harts == 64 ? UINT64_MAX : (1ull << run->machine->bus.harts) - 1;
}

static bool is_told(const struct hb_gdb_run *run, uint32_t h) {
    const struct hb_gdb_place *here = &run->place[h], *told = &run->told[h];
    return here->pc == told->pc && here->instructions == told->instructions && here->traps == told->traps;
}

/* Hart `h` is at a breakpoint that was set, or its pc was written, after it had arrived there. */
static bool stands_at_point(const struct hb_gdb_run *run, uint32_t h, struct hb_gdb_stop *stop) {
    const struct hb_hart *hart = &run->machine->hart[h];
    const struct hb_gdb_point *point = breakpoint_at(run, hart->pc);
    if (!point || hart->in_flight.active || hart->run_state > HB_HART_IDLE || is_told(run, h))
        return false;
    *stop = (struct hb_gdb_stop){.why = HB_GDB_WHY_POINT, .kind = point->kind, .hart = h};
    return true;
}

/* What hart `h` hit in the cycle of another hart's stop, if that point is still set. */
static bool was_late(struct hb_gdb_run *run, uint32_t h, struct hb_gdb_stop *stop) {
    bool late = run->lates >> h & 1;
    run->lates &= ~(1ull << h);
    *stop = run->late[h];
    for (uint32_t i = 0; late && i < run->points; i++) {
        const struct hb_gdb_point *point = &run->point[i];
        uint64_t address = stop->kind <= HB_GDB_HARD ? run->machine->hart[h].pc : stop->address;
        if (point->kind == stop->kind && address - point->address < point->bytes)
            return true;
    }
    return false;
}

/* A stop of one of the harts to be resumed that is still to be reported, so that none has to move. A hart that steps
 * leaves its breakpoint. */
static bool stops_at_once(struct hb_gdb_run *run, const struct hb_gdb_resume *resume, struct hb_gdb_stop *stop) {
    run->lates &= ~resume->stepping;
    for (uint64_t harts = resume->going & ~resume->stepping; harts; harts &= harts - 1) {
        uint32_t h = (uint32_t)__builtin_ctzll(harts);
        if (was_late(run, h, stop) || stands_at_point(run, h, stop))
            return true;
    }
    return false;
}

static void note_visit(struct hb_gdb_run *run) {
    run->visited[run->visits++ % HB_GDB_VISITS_MAX] = run->machine->saved->cycle;
}

static struct hb_gdb_stop tell(struct hb_gdb_run *run, struct hb_gdb_stop stop) {
    note_visit(run);
    if (stop.hart < run->machine->bus.harts) {
        take_place(run, stop.hart, false);
        run->told[stop.hart] = run->place[stop.hart];
    }
    return stop;
}

/* ---- Forward --------------------------------------------------------------------------------------------------- */

static bool is_repetition(const struct hb_gdb_run *run) {
    return run->machine->saved->cycle < run->furthest_cycle;
}

/* What runs again has been printed. */
static void show_console(const struct hb_gdb_run *run, bool on) {
    if (run->console)
        hb_machine_watch_switch(run->machine, run->console, on);
}

/* Has one of the stepping harts done so? */
static bool is_done(const struct hb_gdb_run *run, uint64_t stepping, const struct hb_gdb_place *from,
                    struct hb_gdb_stop *stop) {
    for (; stepping; stepping &= stepping - 1) {
        uint32_t h = (uint32_t)__builtin_ctzll(stepping);
        const struct hb_hart *hart = &run->machine->hart[h];
        *stop = (struct hb_gdb_stop){.why = HB_GDB_WHY_TRAP, .hart = h};
        if (hart->instructions != from[h].instructions || hart->traps != from[h].traps)
            return true;
    }
    return false;
}

/* Run to `until`, checking every cycle. False: nothing has stopped the machine. */
static bool go_carefully(struct hb_gdb_run *run, uint64_t until, uint64_t stepping, const struct hb_gdb_place *from,
                         struct hb_gdb_stop *stop) {
    const struct hb_saved *saved = run->machine->saved;
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    while (saved->cycle < until && saved->outcome == HB_OUTCOME_RUNNING && !run->machine->waits_for_input) {
        uint32_t n = one_cycle(run, until, stops);
        for (uint32_t i = n; i-- > 1; run->lates |= 1ull << stops[i].hart)
            run->late[stops[i].hart] = stops[i];
        if (n)
            *stop = stops[0];
        if (n || is_done(run, stepping, from, stop))
            return true;
    }
    return false;
}

/* How far the machine may run before something has to be done. */
static uint64_t slice_end(const struct hb_gdb_run *run, uint64_t most) {
    uint64_t now = run->machine->saved->cycle, until = now + most;
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

/* A slice of at most this many cycles. */
static bool go_slice(struct hb_gdb_run *run, uint64_t most, uint64_t stepping, const struct hb_gdb_place *from,
                     struct hb_gdb_stop *stop) {
    struct hb_machine *machine = run->machine;
    prepare_slice(run);
    uint64_t until = slice_end(run, most);
    show_console(run, !is_repetition(run));
    bool stopped = false;
    machine->waits_for_input = false;
    if (stepping || run->points)
        stopped = go_carefully(run, until, stepping, from, stop);
    else
        hb_machine_run(machine, until);
    show_console(run, true);
    if (!is_repetition(run))
        run->furthest_cycle = machine->saved->cycle;
    return stopped;
}

/* ---- Between two instructions ---------------------------------------------------------------------------------- */

/* One of `harts` that is between two instructions, preferably `first`. */
static uint32_t find_resting(const struct hb_gdb_run *run, uint64_t harts, uint32_t first) {
    const struct hb_hart *hart = run->machine->hart;
    if (harts >> first & 1 && !hart[first].in_flight.active)
        return first;
    for (; harts; harts &= harts - 1)
        if (!hart[__builtin_ctzll(harts)].in_flight.active)
            return (uint32_t)__builtin_ctzll(harts);
    return HB_GDB_NO_HART;
}

/* Ctrl-C: the machine goes on until a hart can be named as the one that stopped. */
static struct hb_gdb_stop interrupt(struct hb_gdb_run *run, const struct hb_gdb_resume *resume,
                                    const struct hb_gdb_place *from) {
    struct hb_gdb_stop stop = {.why = HB_GDB_WHY_INTERRUPTED, .hart = HB_GDB_NO_HART};
    for (uint64_t n = 0; n < INSTRUCTION_CYCLES && run->machine->saved->outcome == HB_OUTCOME_RUNNING; n++) {
        stop.hart = find_resting(run, resume->going, resume->hart);
        if (stop.hart != HB_GDB_NO_HART)
            return stop;
        if (go_slice(run, 1, resume->stepping, from, &stop))
            return stop;
    }
    return (struct hb_gdb_stop){.why = HB_GDB_WHY_INTERRUPTED, .hart = resume->hart};
}

/* Hold these harts from here on, unless they are held already. When none is to be held, history is replayed with
 * whatever gdb did in it; a hart that must not move must not be released, or written to, by that. */
static void hold(struct hb_gdb_run *run, uint64_t harts) {
    if (hb_debug_held(run->machine) == harts && !(harts && hb_debug_acts_later(run->machine)))
        return;
    hb_gdb_fork(run);
    hb_debug_hold(run->machine, harts);
}

bool hb_gdb_to_boundary(struct hb_gdb_run *run, uint32_t hart) {
    struct hb_machine *machine = run->machine;
    const struct hb_in_flight *flight = &machine->hart[hart].in_flight;
    if (!flight->active)
        return true;
    hb_gdb_fork(run);
    hold(run, hb_gdb_all(run) & ~(1ull << hart));
    for (uint64_t n = 0; n < INSTRUCTION_CYCLES && flight->active; n++)
        hb_machine_run(machine, machine->saved->cycle + 1);
    run->furthest_cycle = machine->saved->cycle;
    note_visit(run);
    return !flight->active;
}

/* ---- Resuming -------------------------------------------------------------------------------------------------- */

/* Only halted harts are to move, and none of the held ones can start them. */
static bool is_stuck(const struct hb_gdb_run *run, uint64_t going) {
    if (run->machine->saved->start_pending)
        return false;
    for (; going; going &= going - 1)
        if (run->machine->hart[__builtin_ctzll(going)].run_state <= HB_HART_IDLE)
            return false;
    return true;
}

static struct hb_gdb_stop go(struct hb_gdb_run *run, const struct hb_gdb_resume *resume) {
    struct hb_gdb_stop stop;
    take_places(run);
    if (stops_at_once(run, resume, &stop))
        return stop;
    if (is_stuck(run, resume->going))
        return (struct hb_gdb_stop){.why = HB_GDB_WHY_STUCK, .hart = resume->hart};
    hold(run, hb_gdb_all(run) & ~resume->going);
    struct hb_gdb_place from[HB_HARTS_LIMIT];
    memcpy(from, run->place, sizeof from);
    while (run->machine->saved->outcome == HB_OUTCOME_RUNNING) {
        if (run->interrupted && run->interrupted(run->context))
            return interrupt(run, resume, from);
        bool again = is_repetition(run);
        if (go_slice(run, SLICE_CYCLES, resume->stepping, from, &stop))
            return stop;
        if (again && !is_repetition(run))
            hold(run, hb_gdb_all(run) & ~resume->going); /* history may have ended with others held */
    }
    bool crashed = run->machine->saved->outcome == HB_OUTCOME_CRASH;
    return (struct hb_gdb_stop){.why = HB_GDB_WHY_END,
                                .hart = crashed ? run->machine->saved->crash_hart : resume->hart};
}

struct hb_gdb_stop hb_gdb_go(struct hb_gdb_run *run, const struct hb_gdb_resume *resume) {
    struct hb_gdb_stop stop = go(run, resume);
    hb_debug_take_writes(run->machine);
    return tell(run, stop);
}

void hb_gdb_catch_up(struct hb_gdb_run *run) {
    show_console(run, false);
    run_again(run, run->furthest_cycle);
    show_console(run, true);
    if (hb_debug_held(run->machine))
        hb_debug_hold(run->machine, 0);
}

/* ---- Back ------------------------------------------------------------------------------------------------------ */

/* Searching a replay for the last stop, or for a step. */
struct search {
    struct hb_gdb_run *run;
    uint64_t now;    /* where it began */
    uint32_t hart;   /* whose step is to be undone; HB_GDB_NO_HART: a stop is looked for */
    uint64_t steps;  /* that it had made by then */
    uint32_t cycles; /* run since the last check whether to go on */
    bool interrupted;
    struct hb_gdb_stop found;
};

static bool goes_on(struct search *search) {
    const struct hb_gdb_run *run = search->run;
    if (++search->cycles < SEARCH_CYCLES)
        return true;
    search->cycles = 0;
    search->interrupted = search->interrupted || (run->interrupted && run->interrupted(run->context));
    return !search->interrupted;
}

static void begin_at(struct search *search, uint32_t k) {
    hb_snapshot_restore(search->run->machine, search->run->keyframe[k]);
    take_places(search->run);
}

/* The last stop between keyframe `k` and cycle `end`, identified by its place in time. */
static bool find_stop(struct search *search, uint32_t k, uint64_t end) {
    const struct hb_saved *saved = search->run->machine->saved;
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    bool any = false;
    begin_at(search, k);
    while (saved->cycle < end && saved->outcome == HB_OUTCOME_RUNNING && goes_on(search))
        for (uint32_t i = 0, n = one_cycle(search->run, end, stops); i < n; i++)
            if (stops[i].cycle < search->now && (!any || stops[i].cycle >= search->found.cycle)) {
                search->found = stops[i];
                any = true;
            }
    return any && !search->interrupted;
}

/* Where gdb last was between two cycles; the first of them if it was nowhere there. */
static uint64_t last_visited(const struct hb_gdb_run *run, uint64_t first, uint64_t last) {
    uint64_t found = first;
    for (uint32_t i = 0; i < HB_GDB_VISITS_MAX; i++)
        if (run->visited[i] > found && run->visited[i] <= last)
            found = run->visited[i];
    return found;
}

/* Where the hart was between two instructions when it had made one step less: between the end of one and the beginning
 * of the next, where gdb has seen it. False: not after keyframe `k`. */
static bool find_step(struct search *search, uint32_t k) {
    const struct hb_machine *machine = search->run->machine;
    const struct hb_hart *hart = &machine->hart[search->hart];
    const uint64_t steps = search->steps - 1;
    struct hb_gdb_stop stops[HB_HARTS_LIMIT];
    begin_at(search, k);
    if (search->steps == 0 || hart->instructions + hart->traps >= steps + (k == 0))
        return false;
    while (hart->instructions + hart->traps < steps && machine->saved->outcome == HB_OUTCOME_RUNNING && goes_on(search))
        one_cycle(search->run, HB_NEVER, stops);
    uint64_t first = machine->saved->cycle, last = first;
    while (!hart->in_flight.active && hart->instructions + hart->traps == steps &&
           machine->saved->cycle < search->now) {
        last = machine->saved->cycle;
        hb_machine_run(search->run->machine, last + 1);
    }
    search->found = (struct hb_gdb_stop){
        .why = HB_GDB_WHY_TRAP, .hart = search->hart, .cycle = last_visited(search->run, first, last)};
    return !search->interrupted;
}

/* Go to the cycle, from the last keyframe before it. */
static void go_to(struct hb_gdb_run *run, uint64_t cycle) {
    uint32_t k = run->keyframes;
    while (k > 1 && hb_snapshot_cycle(run->keyframe[k - 1]) > cycle)
        k--;
    if (k)
        hb_snapshot_restore(run->machine, run->keyframe[k - 1]);
    run_again(run, cycle);
}

static void search_back(struct search *search) {
    struct hb_gdb_run *run = search->run;
    uint64_t end = search->now;
    for (uint32_t k = run->keyframes; k-- > 0 && !search->interrupted;
         end = earlier(end, hb_snapshot_cycle(run->keyframe[k]))) {
        if (hb_snapshot_cycle(run->keyframe[k]) >= search->now)
            continue;
        if (search->hart == HB_GDB_NO_HART ? find_stop(search, k, end) : find_step(search, k)) {
            go_to(run, search->found.cycle);
            return;
        }
    }
    search->found = (struct hb_gdb_stop){.why = search->interrupted ? HB_GDB_WHY_INTERRUPTED : HB_GDB_WHY_BEGIN,
                                         .hart = HB_GDB_NO_HART};
    go_to(run, search->interrupted ? search->now : hb_snapshot_cycle(run->keyframe[0]));
}

/* Wherever it ends, earlier hits are not reported again. */
static struct hb_gdb_stop back(struct hb_gdb_run *run, uint32_t step, uint32_t hart) {
    struct hb_machine *machine = run->machine;
    const struct hb_hart *of = &machine->hart[hart];
    struct search search = {
        .run = run, .now = machine->saved->cycle, .hart = step, .steps = of->instructions + of->traps};
    show_console(run, false);
    run->lates = 0;
    if (run->keyframes)
        search_back(&search);
    show_console(run, true);
    hb_debug_take_writes(machine);
    take_places(run);
    memcpy(run->told, run->place, sizeof run->told);
    note_visit(run);
    if (search.found.hart == HB_GDB_NO_HART)
        search.found.hart = hart;
    return search.found;
}

struct hb_gdb_stop hb_gdb_go_back(struct hb_gdb_run *run, uint32_t hart) {
    return back(run, HB_GDB_NO_HART, hart);
}

struct hb_gdb_stop hb_gdb_step_back(struct hb_gdb_run *run, uint32_t hart) {
    return back(run, hart, hart);
}
