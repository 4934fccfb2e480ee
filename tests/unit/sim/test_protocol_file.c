/* Protocols from JSON: the example is what it says it is, and every mistake is told with its place. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bus/protocol/table_text.h"
#include "sim/config/protocol_file.h"
#include "sim/engine/run.h"
#include "sim/experiment/experiment.h"
#include "sim/machine/machine.h"
#include "sim/state/snapshot_file.h"

#define EXAMPLE HB_SOURCE_DIR "/configs/protocols/my-msi.json"

static struct hb_error error;

static char *read_whole(const char *path) {
    static char text[16384];
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

/* A protocol with the first `from` replaced by `to`, as a file in the working directory. */
static const char *changed_of(const char *original, const char *from, const char *to) {
    static char path[64];
    char *text = read_whole(original);
    char *at = strstr(text, from);
    ck_assert_msg(at != NULL, "%s has no %s", original, from);
    snprintf(path, sizeof path, "protocol-%d.json", (int)getpid());
    FILE *file = fopen(path, "wb");
    fprintf(file, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    fclose(file);
    return path;
}

static const char *changed(const char *from, const char *to) {
    return changed_of(EXAMPLE, from, to);
}

START_TEST(loads_the_example) {
    const struct hb_protocol *mine = hb_protocol_load(EXAMPLE, &error), *msi = hb_protocol_find(HB_PROTOCOL_MSI);
    ck_assert_msg(mine != NULL, "%s", error.text);
    ck_assert_str_eq(mine->name, "my-msi");
    ck_assert_uint_eq(mine->states, 3);
    ck_assert(!mine->write_through);
    for (uint32_t s = 0; s < 3; s++) {
        ck_assert_int_eq(mine->state[s].letter, msi->state[s].letter);
        ck_assert_uint_eq(mine->state[s].attributes, msi->state[s].attributes);
        for (uint32_t e = 0; e < HB_EVENTS; e++) {
            bool differs = (s == 1 && e == HB_EVENT_CLEAN) || (s == 2 && e == HB_SNOOP_READ_X);
            const struct hb_row *a = &mine->row[s][e], *b = &msi->row[s][e];
            bool same = a->defined == b->defined && a->transaction == b->transaction && a->next == b->next &&
                        a->actions == b->actions;
            ck_assert_msg(same != differs, "%u, %s", s, hb_event_name((enum hb_event)e));
        }
    }
    ck_assert_uint_ne(hb_protocol_hash(mine), hb_protocol_hash(msi));
    hb_protocol_free(mine);
}
END_TEST

static const struct {
    const char *from, *to, *words;
} mistakes[] = {
    {"\"name\": \"my-msi\",", "", "name: \"name\" should be a string, and shorter"},
    {"\"source\"", "\"sauce\"", "the file: \"sauce\" is not a key here"},
    {"\"letter\": \"S\"", "\"letter\": \"s\"", "states.1: \"letter\" should be a capital letter of its own"},
    {"\"letter\": \"S\"", "\"letter\": \"I\"", "states.1: \"letter\" should be a capital letter of its own"},
    {"\"letter\": \"I\"", "\"letter\": \"J\"", "states.0: the first state should be I"},
    {"\"write\": true", "\"write\": 1", "states.2: \"write\" should be true or false"},
    {"\"write\": true, ", "", "rows.M.write: a write is a hit in writable states, and in no other"},
    {"{\"letter\": \"S\", \"name\": \"shared\"}", "7", "states.1: is a number, should be an object"},
    {"\"rows\": {", "\"rows\": {\"Q\": {},", "rows: \"Q\" is not a key here"},
    {"\"evict\": {\"next\": \"I\"},", "", "rows.S.evict: is missing"},
    {"\"BusRdX\": {\"next\": \"I\"},", "", "rows.S.BusRdX: is missing (null where it cannot happen)"},
    {"\"BusUpgr\": null,", "", "rows.M.BusUpgr: is missing (null where it cannot happen)"},
    {"\"BusRdX\": {\"next\": \"I\"}", "\"BusRdY\": {\"next\": \"I\"}", "rows.S: \"BusRdY\" is not a key here"},
    {"\"read\": {\"bus\": \"BusRd\", \"next\": \"S\"}", "\"read\": {\"bus\": \"BusRd\", \"next\": \"X\"}",
     "rows.I.read: \"next\" should be a state (I S M)"},
    {"\"read\": {\"bus\": \"BusRd\", \"next\": \"S\"}", "\"read\": {\"bus\": \"BusRd\"}",
     "rows.I.read: \"next\" should be a state (I S M)"},
    {"\"bus\": \"BusRd\", ", "\"bus\": \"Bus\", ", "rows.I.read: \"bus\" should be a transaction: BusRd, "},
    {"\"bus\": \"BusRd\", ", "", "rows.I.read: a line that is not there cannot be a hit"},
    {"\"bus\": \"BusRd\", \"next\": \"S\"", "\"bus\": \"BusRd\", \"next\": \"I\"",
     "rows.I.read: an access that is not performed in memory needs the line in the cache afterwards"},
    {"[\"shared\"]", "[\"sharp\"]", "rows.S.BusRd: \"actions\" should be a list of shared, data, memory"},
    {"[\"shared\"]", "\"shared\"", "rows.S.BusRd: \"actions\" should be a list of shared, data, memory"},
    {"\"actions\": [\"shared\"]", "\"acts\": []", "rows.S.BusRd: \"acts\" is not a key here"},
    {"\"BusUpgr\": null", "\"BusUpgr\": 0", "rows.M.BusUpgr: is a number, should be an object"},
    {"{\"letter\": \"M\"", "{\"letter\": \"Q\", \"name\": \"q\"}, {\"letter\": \"M\"",
     "rows.Q: is missing, should be an object"},
    {"\"states\": [", "\"states\": [], \"stats\": [", "the file: \"stats\" is not a key here"},
};

START_TEST(tells_mistakes) {
    const char *path = changed(mistakes[_i].from, mistakes[_i].to);
    const struct hb_protocol *protocol = hb_protocol_load(path, &error);
    unlink(path);
    ck_assert_ptr_null(protocol);
    ck_assert_msg(strstr(error.text, mistakes[_i].words) && strncmp(error.text, path, strlen(path)) == 0,
                  "wanted %s, told: %s", mistakes[_i].words, error.text);
}
END_TEST

/* A fourth state with rows of its own, to which none leads. */
START_TEST(tells_of_unreachable_states) {
    static const char rows[] =
        "\"rows\": {\"Q\": {\"read\": {\"next\": \"Q\"}, \"write\": {\"bus\": \"BusUpgr\", \"next\": \"M\"}, "
        "\"atomic\": {\"bus\": \"BusUpgr\", \"next\": \"M\"}, \"evict\": {\"next\": \"I\"}, \"clean\": {\"next\": "
        "\"Q\"}, "
        "\"flush\": {\"bus\": \"BusFlush\", \"next\": \"I\"}, \"invalidate\": {\"bus\": \"BusInval\", \"next\": "
        "\"I\"}, "
        "\"BusRd\": {\"next\": \"Q\"}, \"BusRdX\": {\"next\": \"I\"}, \"BusUpgr\": {\"next\": \"I\"}, "
        "\"BusClean\": {\"next\": \"Q\"}, \"BusFlush\": {\"next\": \"I\"}, \"BusInval\": {\"next\": \"I\"}},";
    const char *path = changed("{\"letter\": \"M\"", "{\"letter\": \"Q\", \"name\": \"q\"}, {\"letter\": \"M\"");
    path = changed_of(path, "\"rows\": {", rows);
    ck_assert_ptr_null(hb_protocol_load(path, &error));
    unlink(path);
    ck_assert_msg(strstr(error.text, "states.2 (Q): cannot be reached from I by any row") != NULL, "%s", error.text);
}
END_TEST

START_TEST(a_missing_file_is_told) {
    ck_assert_ptr_null(hb_protocol_load("there-is-none.json", &error));
    ck_assert_ptr_nonnull(strstr(error.text, "there-is-none.json"));
    ck_assert(hb_protocol_is_file("a.json") && !hb_protocol_is_file(".json") && !hb_protocol_is_file("mesi"));
}
END_TEST

/* ---- In an experiment ------------------------------------------------------------------------------------------ */

static void load(struct hb_experiment *experiment, const char *const *sets, size_t n) {
    ck_assert_msg(hb_experiment_load("smp1", sets, n, experiment, &error), "%s", error.text);
}

/* A snapshot of a machine with one table is none of a machine with another of the same name, nor of a mutated one. */
START_TEST(snapshots_tell_protocols_apart) {
    const char *path = changed("\"clean\": {\"next\": \"S\"}", "\"clean\": {\"bus\": \"BusClean\", \"next\": \"S\"}");
    char set[128], file[64];
    snprintf(set, sizeof set, "machine.bus.protocol=%s", path);
    snprintf(file, sizeof file, "protocol-%d.snapshot", (int)getpid());
    const char *const sets[][2] = {{"machine.bus.protocol=" EXAMPLE, NULL},
                                   {set, NULL},
                                   {"machine.bus.protocol=" EXAMPLE, "machine.bus.mutation=silent-store"}};
    struct hb_experiment experiment;
    for (uint32_t i = 0; i < 3; i++) {
        load(&experiment, sets[i], sets[i][1] ? 2 : 1);
        struct hb_machine *machine = hb_machine_create(&experiment.variant[0].config, &error);
        ck_assert_msg(machine != NULL, "%s", error.text);
        ck_assert_str_eq(machine->bus.protocol->name, "my-msi");
        if (i == 0) {
            hb_machine_run(machine, 1000);
            ck_assert_msg(hb_snapshot_write(machine, file, false, &error), "%s", error.text);
            ck_assert_msg(hb_snapshot_read(machine, file, &error), "%s", error.text);
        } else {
            ck_assert(!hb_snapshot_read(machine, file, &error));
            ck_assert_ptr_nonnull(strstr(error.text, "its configuration differs"));
        }
        hb_machine_destroy(machine);
        hb_experiment_free(&experiment);
    }
    unlink(path);
    unlink(file);
}
END_TEST

/* A protocol that loses writes is warned of; the example is not. */
START_TEST(wrong_protocols_are_warned_of) {
    const char *path = changed("\"BusUpgr\": {\"next\": \"I\"}", "\"BusUpgr\": {\"next\": \"S\"}");
    char set[128];
    snprintf(set, sizeof set, "machine.bus.protocol=%s", path);
    const char *sets[] = {set};
    struct hb_experiment experiment;
    load(&experiment, sets, 1);
    char *warnings = hb_experiment_warnings(&experiment);
    ck_assert_ptr_nonnull(strstr(warnings, "my-msi: one cache may write the line while another holds it"));
    free(warnings);
    hb_experiment_free(&experiment);
    sets[0] = "machine.bus.protocol=" EXAMPLE;
    load(&experiment, sets, 1);
    warnings = hb_experiment_warnings(&experiment);
    ck_assert_str_eq(warnings, "");
    free(warnings);
    hb_experiment_free(&experiment);
    unlink(path);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("protocol file");
    TCase *tests = tcase_create("protocol file");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, loads_the_example);
    tcase_add_loop_test(tests, tells_mistakes, 0, (int)(sizeof mistakes / sizeof mistakes[0]));
    tcase_add_test(tests, tells_of_unreachable_states);
    tcase_add_test(tests, a_missing_file_is_told);
    tcase_add_test(tests, snapshots_tell_protocols_apart);
    tcase_add_test(tests, wrong_protocols_are_warned_of);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
