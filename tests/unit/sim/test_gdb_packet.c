/* The gdb stub without a network: framing, what is malformed, and a machine that is stepped to and fro. */
#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/gdb/gdb_command.h"
#include "sim/gdb/gdb_target.h"
#include "sim/machine/state_hash.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES];
static struct hb_config config;
static struct hb_machine *machine;
static struct hb_gdb_session *session;
static struct hb_gdb_reader reader;

static void set_up(void) {
    guest_config(&config, mix, 2);
    config.stop_cycles = 60000;
    machine = guest_machine(&config);
    session = malloc(sizeof *session);
    ck_assert_ptr_nonnull(session);
    hb_gdb_session_begin(session, machine);
    reader = (struct hb_gdb_reader){0};
}

static void tear_down(void) {
    hb_gdb_session_end(session);
    free(session);
    hb_machine_destroy(machine);
}

/* The last thing that the bytes completed. */
static enum hb_gdb_received take(const char *bytes, size_t n) {
    enum hb_gdb_received last = HB_GDB_NOTHING;
    for (size_t i = 0; i < n; i++) {
        enum hb_gdb_received got = hb_gdb_reader_take(&reader, (uint8_t)bytes[i]);
        last = got != HB_GDB_NOTHING ? got : last;
    }
    return last;
}

static enum hb_gdb_received take_text(const char *text) {
    return take(text, strlen(text));
}

static const char *ask(const char *packet) {
    hb_gdb_answer(session, packet);
    ck_assert(!session->reply.cut);
    return session->reply.data;
}

/* ---- Framing --------------------------------------------------------------------------------------------------- */

START_TEST(packets_are_told_from_noise) {
    ck_assert_int_eq(take_text("++abc$OK#9a"), HB_GDB_PACKET);
    ck_assert_str_eq(reader.data, "OK");
    ck_assert_int_eq(take_text("$#00"), HB_GDB_PACKET);
    ck_assert_uint_eq(reader.length, 0);
    ck_assert_int_eq(take_text("\3"), HB_GDB_INTERRUPT);
    ck_assert_int_eq(take_text("-"), HB_GDB_AGAIN);
    ck_assert_int_eq(take_text("$hal$OK#9a"), HB_GDB_PACKET); /* the end of the first was lost */
    ck_assert_str_eq(reader.data, "OK");
}
END_TEST

START_TEST(wrong_checksums_are_refused) {
    static const char *const bad[] = {"$OK#9b", "$OK#a9", "$OK#zz", "$OK#9 ", "$#01", "$g#6\n", "$OK###"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(take_text(bad[i]) == HB_GDB_BAD, "%s", bad[i]);
        ck_assert_int_eq(take_text("$OK#9a"), HB_GDB_PACKET);
    }
}
END_TEST

START_TEST(a_packet_without_end_is_refused) {
    uint8_t sum = 0;
    char tail[8];
    take_text("$");
    for (uint32_t i = 0; i < 3 * HB_GDB_PACKET_MAX; i++, sum += 'a')
        ck_assert_int_eq(hb_gdb_reader_take(&reader, 'a'), HB_GDB_NOTHING);
    ck_assert_uint_le(reader.length, HB_GDB_PACKET_MAX);
    snprintf(tail, sizeof tail, "#%02x", sum);
    ck_assert_int_eq(take_text(tail), HB_GDB_BAD);
    ck_assert_int_eq(take_text("$OK#9a"), HB_GDB_PACKET);
}
END_TEST

START_TEST(what_is_framed_is_read_again) {
    static struct hb_gdb_text text;
    static char frame[HB_GDB_FRAME_MAX];
    text.length = 0;
    for (uint32_t i = 0; i < HB_GDB_PACKET_MAX; i++)
        hb_gdb_put_bytes(&text, (const char[]){(char)hb_choice(1, (uint64_t)_i, i)}, 1);
    ck_assert(!text.cut);
    size_t n = hb_gdb_frame(&text, frame);
    ck_assert_int_eq(take(frame, n), HB_GDB_PACKET);
    ck_assert_uint_eq(reader.length, text.length);
    ck_assert_mem_eq(reader.data, text.data, text.length);
    hb_gdb_put_bytes(&text, "x", 1);
    ck_assert(text.cut);
}
END_TEST

/* ---- Malformed ------------------------------------------------------------------------------------------------- */

static const char *const refused[] = {"m",
                                      "m0",
                                      "m,",
                                      "m80000000,",
                                      "mzz,4",
                                      "m11112222333344445,4",
                                      "m80000000,4x",
                                      "m0,8",
                                      "mfffffffffffffff8,10",
                                      "M80000000,4:12",
                                      "M80000000,ffffffffffffffff:00",
                                      "M80000000,4:0102030405",
                                      "M1000,4:01020304",
                                      "M0,1:00",
                                      "p",
                                      "pffffffff",
                                      "p1042",
                                      "P0=0100000000000000",
                                      "P1=00",
                                      "P1",
                                      "P20=",
                                      "G00",
                                      "G",
                                      "Hg9",
                                      "Hx1",
                                      "H",
                                      "T0",
                                      "T3",
                                      "T",
                                      "Z0",
                                      "Z0,0",
                                      "Z2,ffffffffffffffff,8",
                                      "Z2,80000000,0",
                                      "z1,x,1",
                                      "vCont;",
                                      "vCont",
                                      "vCont;x",
                                      "vCont;s:9",
                                      "vCont;S",
                                      "qThreadExtraInfo,9",
                                      "qRcmd,6",
                                      "qRcmd,6x",
                                      "P1041=0200000000000000",
                                      "vCont;c:",
                                      "vCont;c:3",
                                      "vCont;s:1;",
                                      "vCont;;c",
                                      "vCont;c:1:2",
                                      "Hc3",
                                      "c8000000g",
                                      "qXfer:features:read:other.xml:0,10",
                                      "qXfer:features:read:target.xml:",
                                      "qXfer:features:read:target.xml:fffff,10"};

START_TEST(unfit_packets_are_refused) {
    uint64_t before = hb_state_hash(machine);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        ck_assert_msg(ask(refused[i])[0] == 'E', "%s: %s", refused[i], session->reply.data);
    ck_assert_str_eq(ask("vMustReplyEmpty"), "");
    ck_assert_str_eq(ask("Z9,0,1"), "");
    ck_assert_str_eq(ask(""), "");
    ck_assert_uint_eq(hb_state_hash(machine), before);
}
END_TEST

START_TEST(lengths_are_bounded) {
    ck_assert_uint_eq(strlen(ask("m80000000,ffffffffffffffff")), 8192);
    ck_assert_uint_eq(strlen(ask("m80ffff00,1000")), 512); /* what is there before RAM ends */
    ck_assert_int_eq(ask("qXfer:features:read:target.xml:0,ffffffffffffffff")[0], 'm');
    for (uint32_t i = 0; i < 2 * HB_GDB_POINTS_MAX; i++) {
        char packet[64];
        snprintf(packet, sizeof packet, "Z0,%x,4", 0x80000000u + 4 * i);
        ck_assert_int_eq(ask(packet)[0], i < HB_GDB_POINTS_MAX ? 'O' : 'E');
    }
}
END_TEST

/* Bytes as they come, and packets that begin as known ones do. */
START_TEST(random_bytes_do_no_harm) {
    static const char *const begins[] = {"m",
                                         "M",
                                         "G",
                                         "P",
                                         "p",
                                         "H",
                                         "T",
                                         "Z0,",
                                         "Z2,",
                                         "z",
                                         "vCont",
                                         "vCont;",
                                         "vCont;s:",
                                         "qXfer:features:read:target.xml:",
                                         "qThreadExtraInfo,",
                                         "bs",
                                         "bc",
                                         "s",
                                         "Q",
                                         "k"};
    static const char letters[] = "0123456789abcdef,:;=-+sScC\1\377#$}*";
    for (uint64_t i = 0; i < 3000; i++) {
        char packet[96];
        uint64_t seed = (uint64_t)_i << 32 | i;
        int n = snprintf(packet, sizeof packet, "%s", begins[hb_choice(2, seed, 0) % (sizeof begins / sizeof *begins)]);
        for (uint64_t j = 0, most = hb_choice(3, seed, 0) % 40; j < most; j++)
            packet[n++] = letters[hb_choice(4, seed, j) % (sizeof letters - 1)];
        packet[n] = 0;
        hb_gdb_answer(session, packet);
        ck_assert_uint_le(session->reply.length, HB_GDB_PACKET_MAX);
        ck_assert_uint_lt(session->general, 2);
        for (uint64_t j = 0; j < 64; j++)
            if (hb_gdb_reader_take(&reader, (uint8_t)hb_choice(5, seed, j)) == HB_GDB_PACKET)
                hb_gdb_answer(session, reader.data);
    }
}
END_TEST

/* ---- To and fro ------------------------------------------------------------------------------------------------ */

START_TEST(steps_back_undo_steps) {
    enum { STEPS = 60 };
    uint64_t hash[STEPS], instructions = machine->hart[1].instructions;
    ask("Hc2");
    for (uint32_t i = 0; i < STEPS; i++) {
        hash[i] = hb_state_hash(machine);
        ck_assert_str_eq(ask("s"), "T05thread:2;");
        ck_assert_uint_eq(machine->hart[1].instructions + machine->hart[1].traps, instructions + i + 1);
    }
    for (uint32_t i = STEPS; i-- > 1;) {
        ck_assert_str_eq(ask("bs"), "T05thread:2;");
        ck_assert_uint_eq(hb_state_hash(machine), hash[i]);
    }
    ck_assert_int_eq(ask("bs")[0], 'T');
    ck_assert_str_eq(ask("bs"), "T05thread:2;replaylog:begin;");
    ck_assert_uint_eq(hb_state_hash(machine), hash[0]);
}
END_TEST

/* Being looked at changes nothing: the run ends as it would have. */
START_TEST(a_run_under_gdb_is_the_same_run) {
    struct hb_machine *alone = guest_machine(&config);
    hb_machine_run(alone, UINT64_MAX);
    ask("Z2,80000000,800000");
    for (uint32_t i = 0; i < 20; i++)
        ck_assert_ptr_nonnull(strstr(ask("vCont;c"), "watch:"));
    for (uint32_t i = 0; i < 5; i++)
        ask("bc");
    ask("z2,80000000,800000");
    ck_assert_int_eq(strncmp(ask("c"), alone->saved->outcome == HB_OUTCOME_LIMIT ? "T18" : "T0f", 3), 0);
    ck_assert_str_eq(ask("c"), ask("?"));
    ck_assert_uint_eq(hb_state_hash(machine), hb_state_hash(alone));
    hb_machine_destroy(alone);
}
END_TEST

static bool at_once(void *context) {
    (void)context;
    return true;
}

START_TEST(an_interrupt_stops_it) {
    session->run.interrupted = at_once;
    ck_assert_str_eq(ask("c"), "T02thread:1;");
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_folder();
    guest_make("mix", "", "mix", mix);
    TCase *tests = tcase_create("gdb");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, packets_are_told_from_noise);
    tcase_add_test(tests, wrong_checksums_are_refused);
    tcase_add_test(tests, a_packet_without_end_is_refused);
    tcase_add_loop_test(tests, what_is_framed_is_read_again, 0, 5);
    tcase_add_test(tests, unfit_packets_are_refused);
    tcase_add_test(tests, lengths_are_bounded);
    tcase_add_loop_test(tests, random_bytes_do_no_harm, 0, 4);
    tcase_add_test(tests, steps_back_undo_steps);
    tcase_add_test(tests, a_run_under_gdb_is_the_same_run);
    tcase_add_test(tests, an_interrupt_stops_it);
    Suite *suite = suite_create("gdb_packet");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
