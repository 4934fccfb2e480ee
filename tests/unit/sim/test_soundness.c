/* Every machine that a run leads to is sound: what sim/state/soundness*.c demands of a snapshot holds at the close of
 * every cycle, whatever protocol, bus, buffer, caches, arbiter and fault. Cases are drawn by their number: SOUND_FROM
 * and SOUND_CASES of the environment choose others than the few of ./test. */
#include "bus/protocol/protocol.h"
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/state/soundness.h"
#include "tests/unit/guest.h"

#define CASES_SHORT  20u
#define START_CYCLES 20000u /* cases begin somewhere before */
#define LOOK_CYCLES  400u

static char mix[HB_PATH_BYTES];

struct draws {
    uint64_t of;
    uint64_t n;
};

static uint32_t draw(struct draws *draws, uint32_t below) {
    return (uint32_t)(hb_choice(draws->of, 0x736f756e, draws->n++) % below);
}

static void draw_bus(struct draws *draws, struct hb_config *config) {
    struct hb_bus_config *bus = &config->bus;
    bus->protocol = (uint8_t)draw(draws, HB_PROTOCOL_NONE + 1);
    bus->incoherent_all = 1; /* the image has no tasks */
    bus->arbiter = (uint8_t)draw(draws, HB_ARBITER_SCRIPT);
    bus->split = draw(draws, 2) != 0;
    bus->outstanding = (uint8_t)(1 + draw(draws, HB_OUTSTANDING_MAX));
    bus->store_depth = (uint8_t)(draw(draws, 3) ? 1 + draw(draws, HB_STORES_MAX) : 0);
    bus->store_order = (uint8_t)draw(draws, 2);
    bus->store_drain_cycles = draw(draws, 6);
    bus->cache_supply_cycles = draw(draws, 8);
    bus->seed = draw(draws, 1000);
    config->memory.latency_cycles = draw(draws, 40);
}

static void draw_cache(struct draws *draws, struct hb_cache_config *cache, uint32_t line_bytes) {
    cache->ways = 1u << draw(draws, 3);
    cache->size_bytes = cache->ways * line_bytes << draw(draws, 4);
    cache->line_bytes = line_bytes;
    cache->replacement = (uint8_t)draw(draws, 4);
}

static void draw_caches(struct draws *draws, struct hb_config *config) {
    const struct hb_protocol *protocol = hb_protocol_find((enum hb_protocol_id)config->bus.protocol);
    const uint32_t line_bytes = 16u << draw(draws, 3);
    for (uint32_t h = 0; h < config->harts; h++) {
        draw_cache(draws, &config->hart[h].l1d, line_bytes);
        draw_cache(draws, &config->hart[h].l1i, line_bytes);
        config->hart[h].l1d.write_through = protocol->write_through;
    }
    if (draw(draws, 2) || protocol->incoherent)
        return;
    draw_cache(draws, &config->l2, line_bytes);
    config->l2.size_bytes *= 4;
    if (config->bus.outstanding > config->l2.ways) /* as sim/config/agree.c demands */
        config->bus.outstanding = (uint8_t)config->l2.ways;
}

static void draw_config(uint64_t number, struct draws *draws, struct hb_config *config) {
    *draws = (struct draws){.of = number};
    guest_config(config, mix, 1 + draw(draws, 6));
    draw_bus(draws, config);
    draw_caches(draws, config);
    config->host_lookups = draw(draws, 2) != 0;
    if (config->harts < 2 || draw(draws, 3))
        return;
    config->n_faults = 1;
    config->faults[0] = (struct hb_fault_config){.hart = (uint8_t)draw(draws, config->harts),
                                                 .trigger = HB_TRIGGER_CYCLE,
                                                 .cycle = draw(draws, START_CYCLES),
                                                 .terms.lost = draw(draws, 2) != 0,
                                                 .count = 1};
}

static void check_case(uint64_t number) {
    static struct hb_config config;
    struct draws draws;
    draw_config(number, &draws, &config);
    struct hb_machine *machine = guest_machine(&config);
    struct hb_soundness soundness = {.machine = machine};
    hb_machine_run(machine, draw(&draws, START_CYCLES));
    if (config.n_faults && machine->saved->fault[0].done == false)
        hb_machine_run(machine, config.faults[0].cycle - 20);
    const uint64_t end = machine->saved->cycle + LOOK_CYCLES;
    while (machine->saved->cycle < end && machine->saved->outcome == HB_OUTCOME_RUNNING) {
        hb_machine_run(machine, machine->saved->cycle + 1);
        ck_assert_msg(hb_is_sound(&soundness),
                      "case %llu, cycle %llu: %s (protocol %u, split %u, buffer %u, L2 of %u bytes)",
                      (unsigned long long)number, (unsigned long long)machine->saved->cycle, soundness.found,
                      config.bus.protocol, config.bus.split, config.bus.store_depth, config.l2.size_bytes);
    }
    hb_machine_destroy(machine);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

START_TEST(a_run_stopped_at_any_cycle_is_sound) {
    const uint64_t from = from_environment("SOUND_FROM", 0), cases = from_environment("SOUND_CASES", CASES_SHORT);
    for (uint64_t number = from; number < from + cases; number++)
        check_case(number);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    Suite *suite = suite_create("soundness");
    TCase *tests = tcase_create("soundness");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, a_run_stopped_at_any_cycle_is_sound);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
