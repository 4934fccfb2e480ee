/* The disk as a part of the machine: its DMA under the coherence checker, its state in hash and snapshot, whatever the
 * order of the harts. The guest is disk.c, a driver that reads, writes and makes every mistake. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"

#define SECTORS 128u

static char image[64];
static struct hb_config config;

static void set_up(void) {
    strcpy(image, "/tmp/hartbeat-board-XXXXXX");
    int file = mkstemp(image);
    ck_assert_int_ge(file, 0);
    for (uint32_t i = 0; i < SECTORS; i++) {
        uint8_t sector[512];
        memset(sector, (int)(i * 3), sizeof sector);
        ck_assert_int_eq(write(file, sector, sizeof sector), sizeof sector);
    }
    close(file);
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s/tests/board/disk.elf", HB_BINARY_DIR);
    config.disk = image;
    config.harts = 2;
    config.memory.size_bytes = 16u << 20;
    config.stop_cycles = 20000000;
    config.stop_quiet_cycles = 0;
}

static void tear_down(void) {
    unlink(image);
}

static struct hb_machine *make(void) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

/* To the end; gives the hash, and the number of cycles. */
static uint64_t finish(struct hb_machine *machine, uint64_t *cycles) {
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_msg(machine->saved->outcome == HB_OUTCOME_PASSED, "%.*s", (int)machine->saved->console_bytes,
                  machine->console);
    ck_assert_msg(!machine->checker.first.found, "cycle %lu: %s", (unsigned long)machine->checker.first.cycle,
                  machine->checker.first.what);
    *cycles = machine->saved->cycle;
    return hb_state_hash(machine);
}

START_TEST(the_slow_definition_gives_the_same_and_nothing_is_stale) {
    uint64_t cycles, slow_cycles;
    struct hb_machine *machine = make();
    uint64_t hash = finish(machine, &cycles);
    ck_assert_uint_gt(machine->saved->bus.transactions[HB_TXN_DMA_READ], 200);
    ck_assert_uint_gt(machine->saved->bus.transactions[HB_TXN_DMA_WRITE], 200);
    hb_machine_destroy(machine);
    config.host_lookups = false;
    config.check_coherence = true;
    machine = make();
    ck_assert_uint_eq(finish(machine, &slow_cycles), hash);
    ck_assert_uint_eq(slow_cycles, cycles);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(the_order_of_harts_does_not_matter) {
    uint64_t cycles, other_cycles;
    struct hb_machine *machine = make();
    uint64_t hash = finish(machine, &cycles);
    hb_machine_destroy(machine);
    machine = make();
    machine->order[0] = 1;
    machine->order[1] = 0;
    ck_assert_uint_eq(finish(machine, &other_cycles), hash);
    ck_assert_uint_eq(other_cycles, cycles);
    hb_machine_destroy(machine);
}
END_TEST

/* In the middle of requests, too: 300 places all over the run. */
START_TEST(a_snapshot_goes_on_to_the_same_end) {
    uint64_t cycles, ignored, places = 0, under_way = 0;
    struct hb_machine *machine = make();
    uint64_t hash = finish(machine, &cycles);
    hb_machine_destroy(machine);
    machine = make();
    for (uint64_t at = cycles / 301; at < cycles; at += cycles / 301, places++) {
        hb_machine_run(machine, at);
        under_way += machine->saved->devices.virtio_blk.step != HB_BLK_IDLE;
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        uint64_t before = hb_state_hash(machine);
        ck_assert_uint_eq(finish(machine, &ignored), hash);
        hb_snapshot_restore(machine, snapshot);
        ck_assert_uint_eq(hb_state_hash(machine), before);
        hb_snapshot_free(snapshot);
    }
    ck_assert_uint_ge(places, 300);
    ck_assert_uint_ge(under_way, 20);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(what_is_on_the_disk_is_in_the_hash) {
    uint64_t cycles;
    uint8_t sector[512] = {0};
    struct hb_machine *machine = make();
    uint64_t hash = finish(machine, &cycles);
    ck_assert(hb_disk_write(machine->bus.disk, 100, sector));
    ck_assert_uint_ne(hb_state_hash(machine), hash);
    hb_machine_destroy(machine);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("board");
    TCase *tests = tcase_create("board");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_slow_definition_gives_the_same_and_nothing_is_stale);
    tcase_add_test(tests, the_order_of_harts_does_not_matter);
    tcase_add_test(tests, a_snapshot_goes_on_to_the_same_end);
    tcase_add_test(tests, what_is_on_the_disk_is_in_the_hash);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
