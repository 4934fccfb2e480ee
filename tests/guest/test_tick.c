/* What a tick costs: an interrupt at which a hart beats and looks at its neighbour, from the trap to the task's next
 * instruction. Measured on harts whose tasks stay in their caches, so that nobody else wants the bus. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define HARTS         2u
#define PERIOD_CYCLES 10000u
#define WARM_CYCLES   400000u
#define LOOK_CYCLES   200000u
#define TICK_CYCLES   300u

/* Of one hart: the stretch in M mode that it is in, or was in last. */
struct stretch {
    uint64_t from_cycle;
    uint32_t beats, others; /* tracepoints in it */
    bool inside;
};

struct ticks {
    struct stretch stretch[HARTS];
    uint64_t longest_cycles;
    uint32_t count;
};

static void note(void *context, const struct hb_trace_record *record) {
    struct ticks *ticks = context;
    struct stretch *stretch = &ticks->stretch[record->hart];
    if (record->kind != HB_TRACE_POINT)
        return;
    if (record->id == HB_TP_BEAT)
        stretch->beats++;
    else if (record->id != HB_TP_LOOK)
        stretch->others++;
}

/* A stretch with a beat and nothing else that is told of is a tick. */
static void end_stretch(struct ticks *ticks, const struct stretch *stretch, uint64_t now) {
    if (stretch->beats != 1 || stretch->others != 0 || stretch->from_cycle == 0)
        return;
    uint64_t cycles = now - stretch->from_cycle;
    ticks->count++;
    ticks->longest_cycles = cycles > ticks->longest_cycles ? cycles : ticks->longest_cycles;
}

static void look(struct ticks *ticks, const struct hb_machine *machine) {
    for (uint32_t h = 0; h < HARTS; h++) {
        struct stretch *stretch = &ticks->stretch[h];
        bool inside = machine->hart[h].privilege == HB_PRIV_M;
        if (stretch->inside && !inside)
            end_stretch(ticks, stretch, machine->saved->cycle);
        if (!stretch->inside && inside)
            *stretch = (struct stretch){.from_cycle = machine->saved->cycle};
        stretch->inside = inside;
    }
}

static void configure(struct hb_config *config, uint64_t scheduler) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/images/smp.elf", HB_BINARY_DIR);
    config->harts = HARTS;
    config->engine = HB_ENGINE_LOCKSTEP;
    config->os.scheduler = scheduler;
    config->os.group[0].sets = HB_SETS_SMALL;
    config->os.workload_tasks = config->os.group[0].tasks = HARTS;
    config->os.group[0].work = 2000;
    config->os.heartbeat_period_cycles = PERIOD_CYCLES;
    config->os.heartbeat_check_cycles = PERIOD_CYCLES;
}

static struct ticks measure(uint64_t scheduler) {
    struct hb_config config;
    struct hb_error error = {.text = ""};
    configure(&config, scheduler);
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, WARM_CYCLES);
    struct ticks ticks = {.count = 0};
    struct hb_watcher watcher = {.context = &ticks, .record = note};
    hb_machine_watch_add(machine, &watcher);
    while (machine->saved->cycle < WARM_CYCLES + LOOK_CYCLES) {
        hb_machine_run(machine, machine->saved->cycle + 1);
        look(&ticks, machine);
    }
    hb_machine_watch_remove(machine, &watcher);
    hb_machine_destroy(machine);
    return ticks;
}

START_TEST(a_tick_takes_at_most_300_cycles) {
    static const uint64_t schedulers[] = {HB_SCHED_FIFO, HB_SCHED_ROUND_ROBIN};
    for (size_t i = 0; i < sizeof schedulers / sizeof *schedulers; i++) {
        struct ticks ticks = measure(schedulers[i]);
        printf("%u ticks, the longest of %llu cycles\n", ticks.count, (unsigned long long)ticks.longest_cycles);
        ck_assert_uint_ge(ticks.count, HARTS * (LOOK_CYCLES / PERIOD_CYCLES) / 3); /* others end a slice */
        ck_assert_uint_le(ticks.longest_cycles, TICK_CYCLES);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tick");
    TCase *cases = tcase_create("tick");
    tcase_add_test(cases, a_tick_takes_at_most_300_cycles);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
