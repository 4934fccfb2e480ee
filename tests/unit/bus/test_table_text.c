/* Tables and diagrams of all protocols as they are committed: tests/golden/protocols.txt and .dot, and the page
 * docs/protocol-tables.md; and what is wrong with tables that are.
 *
 *     HB_REGENERATE=1 unit_table_text      writes the three anew
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/mutations.h"
#include "bus/protocol/table_check.h"
#include "bus/protocol/table_text.h"
#include "memory/cache.h"

/* ---- As committed ---------------------------------------------------------------------------------------------- */

static char *read_whole(const char *path) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    char *text = calloc(1, 1 << 20);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, file), 0);
    fclose(file);
    return text;
}

static void check_committed(const char *path, char *made) {
    if (getenv("HB_REGENERATE")) {
        FILE *file = fopen(path, "wb");
        ck_assert_msg(file && fputs(made, file) >= 0 && fclose(file) == 0, "%s cannot be written", path);
    }
    char *committed = read_whole(path);
    ck_assert_msg(strcmp(committed, made) == 0,
                  "%s is not what the tables give: HB_REGENERATE=1 ./test unit_table_text", path);
    free(committed);
    free(made);
}

static const struct hb_protocol *table(uint32_t id) {
    return hb_protocol_find((enum hb_protocol_id)id);
}

START_TEST(tables_are_as_committed) {
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++) {
        hb_protocol_print_table(table(id), false, out);
        fputc('\n', out);
    }
    fclose(out);
    check_committed(HB_SOURCE_DIR "/tests/golden/protocols.txt", text);
}
END_TEST

START_TEST(page_is_as_committed) {
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    fputs("# The bundled coherence protocols\n\nMade from the tables that are executed; how to read them is told in "
          "[protocols.md](protocols.md).\n\n",
          out);
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++)
        hb_protocol_print_table(table(id), true, out);
    fclose(out);
    check_committed(HB_SOURCE_DIR "/docs/protocol-tables.md", text);
}
END_TEST

START_TEST(diagrams_are_as_committed) {
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++)
        hb_protocol_print_dot(table(id), out);
    fclose(out);
    check_committed(HB_SOURCE_DIR "/tests/golden/protocols.dot", text);
}
END_TEST

/* ---- What is wrong with a table -------------------------------------------------------------------------------- */

START_TEST(bundled_tables_are_sane) {
    struct hb_protocol_fault fault;
    ck_assert_msg(hb_protocol_check(table((uint32_t)_i), &fault), "%s: %s", table((uint32_t)_i)->name, fault.what);
}
END_TEST

enum { I, S, M }; /* of MSI */

struct damage {
    uint8_t state, event;
    struct hb_row row;
    uint8_t found_state, found_event;
};

#define ROW(...)                                                                                                       \
    { .defined = true, __VA_ARGS__ }

START_TEST(damage_is_found) {
    static const struct damage damages[] = {
        {S, HB_EVENT_WRITE, {.defined = false}, S, HB_EVENT_WRITE},
        {I, HB_EVENT_EVICT, ROW(.next = I), I, HB_EVENT_EVICT},
        {I, HB_EVENT_READ, ROW(.next = S, .next_shared = S), I, HB_EVENT_READ},
        {I, HB_EVENT_WRITE, ROW(.transaction = HB_TXN_UPGRADE, .next = M, .next_shared = M), I, HB_EVENT_WRITE},
        {S, HB_EVENT_READ, ROW(.next = M, .next_shared = M), S, HB_EVENT_READ},
        {S, HB_EVENT_WRITE, ROW(.next = M, .next_shared = M), S, HB_EVENT_WRITE},
        {S, HB_EVENT_CLEAN, ROW(.transaction = HB_TXN_READ_X), S, HB_EVENT_CLEAN},
        {S, HB_EVENT_CLEAN, ROW(.next = I, .next_shared = S), S, HB_EVENT_CLEAN},
        {S, HB_EVENT_CLEAN, ROW(.transaction = HB_TXN_CLEAN, .next = 7), S, HB_EVENT_CLEAN},
        {S, HB_EVENT_CLEAN, ROW(.transaction = HB_TXN_CLEAN, .next = S, .next_shared = S, .actions = HB_ACT_MEMORY), S,
         HB_EVENT_CLEAN},
        {S, HB_EVENT_EVICT, ROW(.transaction = HB_TXN_WRITE_BACK), S, HB_EVENT_EVICT},
        {M, HB_EVENT_EVICT, ROW(.next = I), M, HB_EVENT_EVICT},
        {M, HB_EVENT_EVICT, ROW(.transaction = HB_TXN_WRITE_BACK, .next = S, .next_shared = S), M, HB_EVENT_EVICT},
        {M, HB_EVENT_WRITE, ROW(.next = S, .next_shared = S), M, HB_EVENT_WRITE},
        {M, HB_EVENT_WRITE, ROW(.transaction = HB_TXN_UPGRADE, .next = M, .next_shared = M), M, HB_EVENT_WRITE},
        {M, HB_SNOOP_READ, ROW(.transaction = HB_TXN_READ, .next = S), M, HB_SNOOP_READ},
        {M, HB_SNOOP_READ, ROW(.next = 5), M, HB_SNOOP_READ},
        {M, HB_SNOOP_READ, ROW(.next = S, .actions = HB_ACT_MEMORY), M, HB_SNOOP_READ},
        {I, HB_SNOOP_READ, ROW(.next = S), I, HB_SNOOP_READ},
        {I, HB_EVENT_WRITE, ROW(.transaction = HB_TXN_WRITE, .next = I), M, HB_EVENTS},
    };
    const struct damage *damage = &damages[_i];
    struct hb_protocol protocol = *table(HB_PROTOCOL_MSI);
    struct hb_protocol_fault fault;
    protocol.row[damage->state][damage->event] = damage->row;
    ck_assert(!hb_protocol_check(&protocol, &fault));
    ck_assert_msg(fault.state == damage->found_state && fault.event == damage->found_event, "%u, %u: %s", fault.state,
                  fault.event, fault.what);
}
END_TEST

START_TEST(states_are_looked_at) {
    struct hb_protocol protocol = *table(HB_PROTOCOL_MSI);
    struct hb_protocol_fault fault;
    protocol.state[S].attributes = 0;
    ck_assert(!hb_protocol_check(&protocol, &fault) && fault.state == S && fault.event == HB_EVENTS);
    protocol = *table(HB_PROTOCOL_MSI);
    protocol.state[I].attributes = HB_LINE_READABLE;
    ck_assert(!hb_protocol_check(&protocol, &fault) && fault.state == I);
    protocol = *table(HB_PROTOCOL_MSI);
    memcpy(protocol.row[3], protocol.row[S], sizeof protocol.row[S]);
    protocol.row[3][HB_EVENT_READ].next = protocol.row[3][HB_EVENT_READ].next_shared = 3;
    protocol.state[3] = (struct hb_state_info){'Q', "never", HB_LINE_READABLE};
    protocol.states = 4;
    ck_assert(!hb_protocol_check(&protocol, &fault) && fault.state == 3 && fault.event == HB_EVENTS);
    ck_assert_ptr_nonnull(strstr(fault.what, "cannot be reached"));
}
END_TEST

/* ---- Mutations ------------------------------------------------------------------------------------------------- */

START_TEST(mutations_are_listed) {
    char names[512];
    hb_mutation_names(table(HB_PROTOCOL_VI), false, names, sizeof names);
    ck_assert_str_eq(names, "no-invalidation-on-write, silent-store, sc-ignores-reservation, l1i-not-snooping, "
                            "device-not-snooped");
    hb_mutation_names(table(HB_PROTOCOL_NONE), true, names, sizeof names);
    ck_assert_str_eq(names, "none");
    ck_assert_uint_eq(hb_mutation_find("no-such-thing"), UINT32_MAX);
    ck_assert_ptr_null(hb_mutation_at(UINT32_MAX));
    for (uint32_t id = 0; id < HB_PROTOCOLS; id++) {
        hb_mutation_names(table(id), true, names, sizeof names);
        ck_assert_uint_lt(strlen(names), 400); /* so that an error line holds them */
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("table text");
    TCase *tests = tcase_create("tables");
    tcase_add_test(tests, tables_are_as_committed);
    tcase_add_test(tests, page_is_as_committed);
    tcase_add_test(tests, diagrams_are_as_committed);
    tcase_add_loop_test(tests, bundled_tables_are_sane, 0, HB_PROTOCOLS);
    tcase_add_loop_test(tests, damage_is_found, 0, 20);
    tcase_add_test(tests, states_are_looked_at);
    tcase_add_test(tests, mutations_are_listed);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
