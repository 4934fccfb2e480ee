/* Every hart asks for the bus without pause: what each arbiter then promises. 8 harts, MESI, lines from memory: a
 * transaction is arbitration 1 + address 1 + memory 40 + 64 / 8 = 50 cycles. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define HARTS              8
#define TRANSACTION_CYCLES 50.0

static struct hb_config config;
static struct hb_machine *machine;

static void configure(enum hb_arbiter arbiter) {
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/tests/bare/contend.elf", HB_BINARY_DIR);
    config.harts = HARTS;
    config.memory.size_bytes = 16 << 20;
    config.stop_cycles = 100000000;
    config.bus.arbiter = (uint8_t)arbiter;
    config.bus.seed = 5;
}

static void run(void) {
    struct hb_error error;
    machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
}

static void tear_down(void) {
    hb_machine_destroy(machine);
}

static uint64_t grants_of(uint32_t hart) {
    return machine->saved->bus.port[hart].stats.grants;
}

static double mean_wait_of(uint32_t hart) {
    return (double)machine->saved->bus.port[hart].stats.wait_cycles / (double)grants_of(hart);
}

/* Two harts are enough to keep the bus from all others: while one is served the other asks. */
START_TEST(fixed_starves_the_last) {
    configure(HB_ARBITER_FIXED);
    run();
    ck_assert_uint_gt(grants_of(0), 4000);
    ck_assert_uint_gt(grants_of(1), 3000);
    for (uint32_t hart = 2; hart < HARTS; hart++)
        ck_assert_uint_lt(grants_of(hart), 100); /* those before the stretches begin */
    ck_assert(machine->saved->bus.port[HARTS - 1].request.kind != HB_ACCESS_NONE);
    ck_assert_uint_gt(machine->saved->cycle - machine->saved->bus.port[HARTS - 1].request.posted_cycle, 100000);
}
END_TEST

START_TEST(turns_are_fair) {
    static const enum hb_arbiter arbiters[] = {HB_ARBITER_ROUND_ROBIN, HB_ARBITER_FCFS};
    double least = 1e9, most = 0;
    configure(arbiters[_i]);
    run();
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        double wait = mean_wait_of(hart);
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
        /* one transaction of each other hart at most, and the one under way */
        ck_assert_uint_le(machine->saved->bus.port[hart].stats.wait_max_cycles, (uint64_t)(HARTS * TRANSACTION_CYCLES));
    }
    ck_assert_msg(most - least <= TRANSACTION_CYCLES, "mean waits are %.1f to %.1f cycles", least, most);
    ck_assert_double_gt(least, (HARTS - 2) * TRANSACTION_CYCLES); /* the bus was never free */
}
END_TEST

START_TEST(tdma_keeps_its_bound) {
    configure(HB_ARBITER_TDMA);
    config.bus.split = _i;
    run();
    uint64_t bound = (uint64_t)HARTS * machine->bus.slot_cycles;
    ck_assert_uint_ge(machine->bus.slot_cycles, (uint32_t)TRANSACTION_CYCLES);
    for (uint32_t hart = 0; hart < HARTS; hart++)
        ck_assert_uint_le(machine->saved->bus.port[hart].stats.wait_max_cycles, bound);
    /* The bound is reached, for a hart that asks right after its slot has begun. */
    ck_assert_uint_gt(machine->saved->bus.port[0].stats.wait_max_cycles, bound * 9 / 10);
}
END_TEST

/* Who has just been served asks again too late for the very next draw. With w tickets of S, a draw after i's turn is
 * won by j with probability w_j / (S - w_i); this chain is in balance when j has a share of w_j (S - w_j) / sum of
 * these, for then i to j and j to i are both w_i w_j. */
static void check_shares(const uint32_t *tickets) {
    double all = 0, sum = 0, balance = 0;
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        all += (double)grants_of(hart);
        sum += tickets[hart];
    }
    for (uint32_t hart = 0; hart < HARTS; hart++)
        balance += tickets[hart] * (sum - tickets[hart]);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        double share = (double)grants_of(hart) / all, due = tickets[hart] * (sum - tickets[hart]) / balance;
        ck_assert_msg(share > 0.9 * due && share < 1.1 * due, "CPU %u has %.3f of the grants, %.3f would be its share",
                      hart, share, due);
    }
}

START_TEST(a_lottery_is_won_by_tickets) {
    static const uint32_t tickets[HARTS] = {4, 4, 3, 3, 2, 2, 1, 1};
    configure(HB_ARBITER_LOTTERY);
    memcpy(config.bus.tickets, tickets, sizeof tickets);
    run();
    check_shares(tickets);
}
END_TEST

START_TEST(chance_treats_all_alike) {
    static const uint32_t tickets[HARTS] = {1, 1, 1, 1, 1, 1, 1, 1};
    configure(HB_ARBITER_RANDOM);
    run();
    check_shares(tickets);
}
END_TEST

START_TEST(a_seed_decides_what_chance_does) {
    uint64_t cycles[3];
    for (uint32_t i = 0; i < 3; i++) {
        configure(HB_ARBITER_RANDOM);
        config.bus.seed = i == 2 ? 6 : 5;
        run();
        cycles[i] = machine->saved->cycle;
        if (i < 2)
            tear_down();
    }
    ck_assert_uint_eq(cycles[0], cycles[1]);
    ck_assert_uint_ne(cycles[0], cycles[2]);
}
END_TEST

/* A script that names the harts in another order is followed to its end: every hart is waiting when its turn comes. */
START_TEST(a_script_is_followed) {
    configure(HB_ARBITER_SCRIPT);
    static uint8_t script[4000];
    config.bus.script = script;
    config.bus.script_length = sizeof script;
    for (uint32_t i = 0; i < sizeof script; i++)
        script[i] = (uint8_t)(HARTS - 1 - i % 3); /* 7, 6, 5, 7, ... : the others only in between */
    run();
    ck_assert_uint_eq(machine->saved->bus.script_place, config.bus.script_length);
    ck_assert_uint_gt(grants_of(7), grants_of(4));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("arbiters");
    TCase *tests = tcase_create("arbiters");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, fixed_starves_the_last);
    tcase_add_loop_test(tests, turns_are_fair, 0, 2);
    tcase_add_loop_test(tests, tdma_keeps_its_bound, 0, 2);
    tcase_add_test(tests, a_lottery_is_won_by_tickets);
    tcase_add_test(tests, chance_treats_all_alike);
    tcase_add_test(tests, a_seed_decides_what_chance_does);
    tcase_add_test(tests, a_script_is_followed);
    tcase_set_timeout(tests, 120);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
