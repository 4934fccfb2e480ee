/* freeze_watcher [STEP]: harts that stand still for a while, under os.recovery.detect "ring" and "agree".
 *
 * The watched one stands still for two timeouts: both fence it; with fence: false the task that it was running runs
 * twice. The watcher stands still for two timeouts, after each STEPth instruction of its look at a healthy neighbour: a
 * look counts the silence up to when it was due, so neither takes the neighbour for dead. And after each of its look
 * at a neighbour that has stood still for more than a timeout, and is well again before the watcher is: under `ring`
 * the watcher, once it has made up its mind, fences a healthy hart; under `agree` it never does, as it can only ask.
 *
 * A watcher that stands still for so long is fenced by its own watcher as a rule, and does no harm any more. So in this
 * last case harts look rarely, at longer intervals than it stands still. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "tests/guest/kills/campaign.h"

#define WATCHER        1u
#define WATCHED        2u
#define PERIOD         10007u
#define TIMEOUT        30011u
#define OFTEN          4999u
#define RARELY         (3 * TIMEOUT)
#define PATH_MAX_STEPS 4096u

/* ---- What is seen of a run ------------------------------------------------------------------------------------- */

struct pause {
    uint64_t from, to; /* 0: none */
};

struct seen {
    struct pause pause[4];
    uint64_t beaten[4];
    uint32_t running[4]; /* task + 1 */
    uint32_t fenced[4];
    uint32_t fenced_healthy;
    bool runs_elsewhere; /* the task of the watched one */
    uint64_t looked;     /* when the watcher looked last */
    uint64_t doubted;    /* when it first found it silent */
    uint64_t path[PATH_MAX_STEPS];
    uint32_t steps;
    bool path_ended;
};

static struct campaign campaign;
static struct seen seen;

static bool is_healthy(uint32_t hart, uint64_t cycle) {
    const struct pause *pause = &seen.pause[hart];
    return pause->from == 0 || cycle < pause->from || (cycle >= pause->to && seen.beaten[hart] > pause->to);
}

static void note_fence(uint32_t hart, uint64_t cycle) {
    seen.fenced[hart]++;
    seen.fenced_healthy += is_healthy(hart, cycle);
}

static void note_look(const struct hb_trace_record *record) {
    int64_t silent = (int64_t)(int32_t)(record->value >> 32) * 10;
    if (record->hart != WATCHER || (uint32_t)record->value != WATCHED)
        return;
    seen.looked = record->cycle;
    if (seen.doubted == 0 && silent >= TIMEOUT)
        seen.doubted = record->cycle;
}

static void note_run(uint32_t hart, uint32_t task) {
    seen.running[hart] = task + 1;
    seen.runs_elsewhere |= hart != WATCHED && seen.running[WATCHED] == task + 1;
}

static void note_point(const struct hb_trace_record *record) {
    uint32_t subject = (uint32_t)record->value;
    switch (record->id) {
    case HB_TP_BEAT: seen.beaten[record->hart] = record->cycle; break;
    case HB_TP_LOOK: note_look(record); break;
    case HB_TP_FENCED: note_fence(subject, record->cycle); break;
    case HB_TP_TASK_RUN: note_run(record->hart, subject); break;
    default: break;
    }
}

/* From the watcher's last way into the kernel on, and after its look to its way back, or to the fence. */
static void note_step(const struct hb_trace_record *record) {
    bool is_back = record->privilege == HB_PRIV_U || seen.fenced[WATCHED] != 0;
    if (is_back && seen.doubted == 0)
        seen.steps = 0;
    seen.path_ended |= is_back && seen.doubted != 0;
    if (!is_back && !seen.path_ended && seen.steps < PATH_MAX_STEPS)
        seen.path[seen.steps++] = record->cycle;
}

static void note(void *context, const struct hb_trace_record *record) {
    (void)context;
    if (record->kind == HB_TRACE_POINT)
        note_point(record);
    else if (record->kind == HB_TRACE_RETIRE && record->hart == WATCHER)
        note_step(record);
}

static void run_until(uint64_t cycle, bool steps) {
    struct hb_watcher watcher = {.record = note, .retired = steps};
    hb_machine_watch_add(campaign.machine, &watcher);
    hb_machine_run(campaign.machine, cycle);
    hb_machine_watch_remove(campaign.machine, &watcher);
}

/* ---- Set-up ---------------------------------------------------------------------------------------------------- */

static void open(uint64_t detect, uint64_t check, bool fence) {
    struct hb_config config;
    campaign_configure(&config, "smp", HB_KIND_BATCH, 16, 60);
    config.os.group[0].sets = HB_SETS_SMALL;
    config.os.heartbeat_period_cycles = PERIOD;
    config.os.heartbeat_timeout_cycles = TIMEOUT;
    config.os.heartbeat_check_cycles = check;
    config.os.recovery_detect = detect;
    config.os.recovery_fence = fence;
    campaign_open_on(&campaign, &config);
}

static void begin(uint64_t cycle) {
    memset(&seen, 0, sizeof seen);
    campaign_go_to(&campaign, cycle);
}

static void pause_hart(uint32_t hart, uint64_t from, uint64_t cycles) {
    struct hb_input freeze = {.cycle = from, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart};
    freeze.terms = (struct hb_fault_terms){.model = HB_FAULT_FREEZE, .duration_cycles = cycles};
    seen.pause[hart] = (struct pause){from, from + cycles};
    hb_machine_input(campaign.machine, &freeze);
}

/* The watcher's last look before `cycle`, of the undisturbed run. */
static uint64_t look_before(uint64_t cycle) {
    begin(campaign.up_cycle);
    run_until(cycle, false);
    return seen.looked;
}

static bool check(bool holds, const char *detect, const char *what) {
    if (!holds)
        printf("%s: %s\n", detect, what);
    return holds;
}

/* ---- The watched one stands still ------------------------------------------------------------------------------ */

static bool watched_is_fenced(uint64_t detect, const char *name) {
    open(detect, OFTEN, true);
    bool right = true;
    for (uint64_t i = 0; i < 5; i++) {
        uint64_t from = campaign.up_cycle + 60000 + 7919 * i;
        begin(from);
        pause_hart(WATCHED, from, 2 * TIMEOUT);
        run_until(from + campaign.patience_cycles, false);
        right &= check(seen.fenced[WATCHED] == 1 && seen.fenced_healthy == 0, name, "the silent hart is not fenced");
        right &= check(campaign_judge(&campaign), name, "what the silent hart left is not done");
        campaign.kills++;
    }
    return campaign_close(&campaign) == 0 && right;
}

static bool task_runs_twice(uint64_t detect, const char *name) {
    open(detect, OFTEN, false);
    uint64_t from = campaign.up_cycle + 60000;
    begin(campaign.up_cycle);
    pause_hart(WATCHED, from, 2 * TIMEOUT);
    run_until(from + 2 * TIMEOUT, false);
    uint64_t before = hb_hart_user_instructions(&campaign.machine->hart[WATCHED]);
    run_until(from + 2 * TIMEOUT + 5000, false);
    bool twice = seen.runs_elsewhere && hb_hart_user_instructions(&campaign.machine->hart[WATCHED]) > before;
    printf("%s, fence: false: the task runs %s\n", name, twice ? "twice" : "once");
    campaign.kills++;
    campaign_close(&campaign);
    return check(twice, name, "without a fence nothing comes of it");
}

/* ---- The watcher stands still ---------------------------------------------------------------------------------- */

struct count {
    uint32_t instructions, harm;
};

/* `watched_from`: when the watched one begins to stand still, for so many `cycles`; 0: it does not. */
static struct count freeze_along(uint64_t begin_cycle, uint64_t watched_from, uint64_t cycles, uint32_t step) {
    static uint64_t path[PATH_MAX_STEPS];
    struct count count = {.instructions = seen.steps};
    memcpy(path, seen.path, sizeof path);
    for (uint32_t i = 0; i < count.instructions; i += step) {
        begin(begin_cycle);
        if (watched_from != 0)
            pause_hart(WATCHED, watched_from, cycles);
        pause_hart(WATCHER, path[i] + 1, 2 * TIMEOUT);
        run_until(path[i] + 3 * TIMEOUT, false);
        count.harm += seen.fenced_healthy != 0;
        campaign.kills++;
    }
    return count;
}

static struct count watcher_of_healthy(uint64_t detect, uint32_t step) {
    open(detect, OFTEN, true);
    uint64_t look = look_before(campaign.up_cycle + 100000);
    begin(look - 3000);
    run_until(look - 1500, false);
    seen.doubted = 0;
    run_until(look, true);
    seen.doubted = look; /* no doubt: but its look, which ends with its way back */
    run_until(look + 3000, true);
    struct count count = freeze_along(look - 3000, 0, 0, step);
    campaign_close(&campaign);
    return count;
}

/* The watched one stands still for long enough to be found silent by the look, and is well again a timeout later. */
static struct count watcher_of_silent(uint64_t detect, uint32_t step) {
    open(detect, RARELY, true);
    uint64_t look = look_before(campaign.up_cycle + 250000);
    uint64_t from = look - TIMEOUT - PERIOD - 2000, cycles = look + TIMEOUT - from;
    begin(from);
    pause_hart(WATCHED, from, cycles);
    run_until(look - 2000, false);
    run_until(look + 5000, true);
    struct count count = freeze_along(from, from, cycles, step);
    campaign_close(&campaign);
    return count;
}

static bool watcher_stands_still(uint64_t detect, const char *name, uint32_t step) {
    struct count healthy = watcher_of_healthy(detect, step), silent = watcher_of_silent(detect, step);
    bool right = check(healthy.instructions > 50 && silent.instructions > 100, name, "the watch path is too short");
    printf("%s: the watcher stands still after one of %" PRIu32
           " instructions, its neighbour is well: fenced at %" PRIu32 "; of %" PRIu32
           ", its neighbour was silent: fenced when well again at %" PRIu32 "\n",
           name, healthy.instructions, healthy.harm, silent.instructions, silent.harm);
    right &= check(healthy.harm == 0, name, "a healthy neighbour is fenced");
    return check((silent.harm > 0) == (detect == HB_DETECT_RING), name, "not what it should do") && right;
}

int main(int argc, char **argv) {
    static const struct {
        uint64_t detect;
        const char *name;
    } detects[] = {{HB_DETECT_RING, "ring"}, {HB_DETECT_AGREE, "agree"}};
    uint32_t step = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1;
    bool right = true;
    for (uint32_t i = 0; i < 2; i++) {
        right &= watched_is_fenced(detects[i].detect, detects[i].name);
        right &= task_runs_twice(detects[i].detect, detects[i].name);
        right &= watcher_stands_still(detects[i].detect, detects[i].name, step ? step : 1);
    }
    return right ? 0 : 1;
}
