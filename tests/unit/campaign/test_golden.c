/* The golden run's hashes: a machine of its own passes through the same states, and a run that strays is noticed. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "sim/campaign/golden.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"

static struct hb_campaign campaign;
static struct hb_golden *golden;
static struct hb_error error;

static void set_up(void) {
    bool failed;
    ck_assert_msg(hb_campaign_read(HB_SOURCE_DIR "/configs/campaigns/classes/not-activated.json", &campaign, &error),
                  "%s", error.text);
    golden = hb_golden_run(&campaign, 0, &failed, &error);
    ck_assert_msg(golden != NULL, "%s", error.text);
}

static void tear_down(void) {
    hb_golden_free(golden);
    hb_campaign_free(&campaign);
}

static bool inject(uint64_t cycle) {
    struct hb_fault_config fault = golden->experiment.variant->config.faults[0];
    fault.cycle = cycle;
    fault.trigger = HB_TRIGGER_CYCLE;
    return hb_golden_inject(golden, &fault, 1, &error);
}

START_TEST(another_machine_passes_through_the_same) {
    struct hb_machine *machine = hb_machine_create(&golden->experiment.variant->config, &error);
    ck_assert(machine && golden->stops > 5);
    for (uint32_t i = 0; i < golden->stops; i++) {
        hb_machine_run(machine, hb_snapshot_cycle(golden->stop[i].snapshot));
        ck_assert(hb_state_hash(machine) == golden->stop[i].hash);
        ck_assert(i == 0 || golden->stop[i].hash != golden->stop[i - 1].hash);
    }
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_fault_that_never_strikes_changes_nothing) {
    ck_assert_msg(inject(10 * golden->result->cycles), "%s", error.text);
    ck_assert_uint_eq(hb_state_hash(golden->machine), golden->result->state_hash);
    ck_assert(inject(golden->result->cycles / 2));
    ck_assert_uint_ne(hb_state_hash(golden->machine), golden->result->state_hash);
}
END_TEST

START_TEST(a_run_that_strays_is_noticed) {
    golden->result->state_hash++;
    ck_assert(!inject(10 * golden->result->cycles) && hb_error_is_the_hosts(&error));
    ck_assert(strstr(error.text, "no fault has struck") != NULL);
    ck_assert(inject(golden->result->cycles / 2));
    golden->stop[0].hash++;
    ck_assert(!inject(0) && strstr(error.text, "does not begin in the state") != NULL);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("golden");
    TCase *cases = tcase_create("golden");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, another_machine_passes_through_the_same);
    tcase_add_test(cases, a_fault_that_never_strikes_changes_nothing);
    tcase_add_test(cases, a_run_that_strays_is_noticed);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
