/* What was done by hand, written as an experiment and run again: the same machine, cycle for cycle. */
#include <stdio.h>
#include <unistd.h>

#include "sim/config/keys.h"
#include "sim/engine/run.h"
#include "sim/experiment/by_hand.h"
#include "sim/machine/state_hash.h"
#include "sim/state/recording.h"
#include "tests/unit/guest.h"

#define END_CYCLE 700000

static const char base[] =
    "{\"image\": \"smp\", \"os\": {\"workload\": {\"kind\": \"batch\", \"tasks\": 60}},"
    " \"variants\": {\"a\": {}, \"b\": {\"seed\": 7, \"input\": [{\"cycle\": 9, \"text\": \"x\"}],"
    " \"changes\": [{\"cycle\": 90000, \"key\": \"os.scheduler\", \"value\": \"fair\"}]}},"
    " \"expect\": [{\"that\": \"a.os.tasks_lost == 0\"}]}";

static struct hb_experiment experiment;
static struct hb_machine *machine;
static char path[HB_PATH_BYTES];

static void load_base(void) {
    struct hb_error error;
    snprintf(path, sizeof path, "%s/by-hand-%ld.json", guest_folder(), (long)getpid());
    ck_assert_msg(hb_experiment_load_text(base, "base.json", NULL, 0, &experiment, &error), "%s", error.text);
    machine = guest_machine(&experiment.variant[1].config);
}

static uint64_t hash_at(struct hb_machine *of, uint64_t cycle) {
    hb_machine_run(of, cycle);
    return hb_state_hash(of);
}

/* The saved experiment, at the same cycle. */
static uint64_t hash_of_saved(void) {
    struct hb_experiment saved;
    struct hb_error error;
    ck_assert_msg(hb_by_hand_write(&experiment.variant[1], machine, path, &error), "%s", error.text);
    ck_assert_msg(hb_experiment_load(path, NULL, 0, &saved, &error), "%s", error.text);
    ck_assert(!saved.has_variants && saved.expectations == 0);
    struct hb_machine *again = guest_machine(&saved.variant[0].config);
    uint64_t hash = hash_at(again, machine->saved->cycle);
    hb_machine_destroy(again);
    hb_experiment_free(&saved);
    return hash;
}

/* And so is a recording of it. */
static uint64_t hash_of_recording(void) {
    struct hb_error error;
    struct hb_machine *again = guest_machine(&experiment.variant[1].config);
    ck_assert_msg(hb_recording_write(machine, path, &error), "%s", error.text);
    hb_machine_forget_inputs(again, 0);
    ck_assert_msg(hb_recording_read(again, path, &error), "%s", error.text);
    uint64_t hash = hash_at(again, machine->saved->cycle);
    hb_machine_destroy(again);
    return hash;
}

static void same_again(void) {
    uint64_t hash = hash_at(machine, END_CYCLE);
    ck_assert(hash_of_saved() == hash);
    ck_assert(hash_of_recording() == hash);
    ck_assert_int_eq(unlink(path), 0);
    hb_machine_destroy(machine);
    hb_experiment_free(&experiment);
}

static struct hb_fault_terms terms_of(uint8_t model) {
    struct hb_fault_terms terms = {.model = model};
    uint32_t takes = hb_fault_model[model].takes;
    terms.factor = takes & HB_TERM_FACTOR ? 5 : 0;
    terms.duration_cycles = takes & HB_TERM_DURATION ? 60000 : 0;
    terms.effect = takes & HB_TERM_EFFECT ? HB_FAULT_DELAY : 0;
    terms.interrupt = takes & HB_TERM_INTERRUPT ? HB_FAULT_TIMER : 0;
    terms.lost = takes & HB_TERM_CACHE && model != HB_FAULT_FAIL_STOP;
    return terms;
}

START_TEST(every_model_of_a_fault) {
    load_base();
    uint64_t without = hash_at(machine, END_CYCLE);
    hb_machine_destroy(machine);
    machine = guest_machine(&experiment.variant[1].config);
    hb_machine_run(machine, 300000);
    hb_machine_input(machine, &(struct hb_input){
                                  .cycle = 300000, .kind = HB_INPUT_FAULT, .hart = 2, .terms = terms_of((uint8_t)_i)});
    ck_assert(hash_at(machine, END_CYCLE) != without);
    same_again();
}
END_TEST

/* Those of the interrupt that last no time. */
START_TEST(every_effect_on_an_interrupt) {
    const uint8_t effects[] = {HB_FAULT_DROP, HB_FAULT_SPURIOUS};
    load_base();
    hb_machine_input(machine,
                     &(struct hb_input){
                         .cycle = 300000,
                         .kind = HB_INPUT_FAULT,
                         .hart = 1,
                         .terms = {.model = HB_FAULT_IRQ, .interrupt = (uint8_t)(_i % 2), .effect = effects[_i / 2]}});
    same_again();
}
END_TEST

/* Each key that may change in mid-run, to another value. */
START_TEST(every_key_that_may_change) {
    load_base();
    uint64_t cycle = 200000;
    for (size_t i = 0; i < hb_keys_n; i++) {
        if (!hb_key_may_change(&hb_keys[i]))
            continue;
        const uint32_t parameter = (uint32_t)((hb_keys[i].offset - offsetof(struct hb_config, os)) / sizeof(uint64_t));
        const uint64_t value = hb_keys[i].type == HB_KEY_INTEGER ? 70000 : hb_keys[i].type == HB_KEY_ENUM ? 1 : 0;
        hb_machine_input(
            machine, &(struct hb_input){
                         .cycle = cycle += 20000, .kind = HB_INPUT_PARAMETER, .parameter = parameter, .value = value});
    }
    ck_assert_uint_gt(cycle, 400000);
    same_again();
}
END_TEST

START_TEST(typing_and_what_is_still_to_come) {
    load_base();
    hb_machine_type(machine, &(struct hb_input_config){.cycle = 5000, .every_cycles = 0, .text = "two\nlines"}, 0);
    hb_machine_type(machine, &(struct hb_input_config){.cycle = 8000, .every_cycles = 300, .text = "slow"}, 0);
    hb_machine_input(machine, &(struct hb_input){.cycle = END_CYCLE + 1000, .kind = HB_INPUT_FAULT, .hart = 3});
    same_again();
}
END_TEST

/* What an experiment cannot say is not left out in silence. */
START_TEST(what_a_debugger_did_is_refused) {
    struct hb_error error;
    load_base();
    hb_machine_input(machine, &(struct hb_input){.cycle = 100, .kind = HB_INPUT_HOLD, .value = 1});
    ck_assert(!hb_by_hand_write(&experiment.variant[1], machine, path, &error));
    ck_assert_ptr_nonnull(strstr(error.text, "a debugger has changed the machine"));
    ck_assert_int_ne(access(path, F_OK), 0);
    hb_machine_destroy(machine);
    hb_experiment_free(&experiment);
}
END_TEST

int main(void) {
    if (access(HB_BINARY_DIR "/images/smp.elf", R_OK) != 0) {
        puts("skipped: the images are not built (" HB_BINARY_DIR "/images)");
        return 77;
    }
    (void)guest_folder();
    TCase *tests = tcase_create("saved run");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, every_model_of_a_fault, 0, HB_FAULTS_KNOWN);
    tcase_add_loop_test(tests, every_effect_on_an_interrupt, 0, 4);
    tcase_add_test(tests, every_key_that_may_change);
    tcase_add_test(tests, typing_and_what_is_still_to_come);
    tcase_add_test(tests, what_a_debugger_did_is_refused);
    Suite *suite = suite_create("saved run");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
