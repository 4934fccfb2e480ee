/* Short access sequences with what a textbook exercise asks for: transactions, states and cycles, worked out on paper.
 *
 * Three harts, lines of 64 bytes, a bus of 8 bytes a cycle. An access in cycle c is posted then and granted in c + 1;
 * arbitration 1 and address 1 follow. From the access to its end:
 *
 *     hit                                    0
 *     line from memory                       1 + 2 + 40 + 8 = 51
 *     line from another cache                1 + 2 + 4 + 8  = 15
 *     invalidation (BusUpgr)                 1 + 2          = 3
 *     8 bytes through to memory, an update   1 + 2 + 1      = 4
 *     a write-back                           1 + 2 + 8      = 11
 *     read and update, line from memory      51 + 1 + 1     = 53      (a second address phase, 8 bytes)
 *     read and update, line from a cache     15 + 1 + 1     = 17
 *     atomic in memory                       1 + 2 + 40 + 2 = 45      (8 bytes there, 8 bytes back)
 *
 * Then several harts ask at once, and who waits for whom follows from bus and arbiter. Cycles of those are worked out
 * beside them, counted from 0, the cycle of the first request: g is the grant, s the snoop (g + 2), d the data phase.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/shared/bus.h"
#include "bus/shared/checker.h"
#include "bus/shared/watch.h"

#define HARTS     3
#define LINE      64
#define RAM_BYTES 65536u

/* `step`: hart, r(ead) w(rite) a(tomic), line A to E. `expected`: its transactions in order, its cycles, and the states
 * of that line in the three caches, '-' where it is not. */
struct step {
    const char *step;
    const char *expected;
};

#define STEPS_MAX 8

/* clang-format off */
static const struct sequence {
    enum hb_protocol_id protocol;
    uint32_t ways; /* of one set: 1, 2 or 4 */
    uint8_t replacement;
    struct step step[STEPS_MAX];
} sequences[] = {
    /* Every read and first write of private data: two transactions under MSI, one under MESI. */
    {HB_PROTOCOL_MSI, 2, HB_REPLACE_LRU, {{"0rA", "BusRd 51 S--"}, {"0wA", "BusUpgr 3 M--"}, {"0wA", "0 M--"}}},
    {HB_PROTOCOL_MESI, 2, HB_REPLACE_LRU, {{"0rA", "BusRd 51 E--"}, {"0wA", "0 M--"}, {"0wA", "0 M--"}}},
    /* A line goes round. */
    {HB_PROTOCOL_MESI, 2, HB_REPLACE_LRU,
     {{"0wA", "BusRdX 51 M--"}, {"1rA", "BusRd 15 SS-"}, {"1wA", "BusUpgr 3 -M-"}, {"2wA", "BusRdX 15 --M"},
      {"0rA", "BusRd 15 S-S"}, {"1rA", "BusRd 15 SSS"}}},
    /* Under MSI sharers do not supply: the third reader waits for memory. */
    {HB_PROTOCOL_MSI, 2, HB_REPLACE_LRU,
     {{"0wA", "BusRdX 51 M--"}, {"1rA", "BusRd 15 SS-"}, {"2rA", "BusRd 51 SSS"}, {"2wA", "BusUpgr 3 --M"}}},
    /* The last reader forwards; when it has dropped the line, memory does. */
    {HB_PROTOCOL_MESIF, 1, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 E--"}, {"1rA", "BusRd 15 SF-"}, {"1rB", "BusRd 51 -E-"}, {"2rA", "BusRd 51 S-F"},
      {"1rA", "BusRd 15 SFS"}}},
    /* The owner keeps the line modified and shared; it pays when it leaves. */
    {HB_PROTOCOL_MOESI, 1, HB_REPLACE_LRU,
     {{"0wA", "BusRdX 51 M--"}, {"1rA", "BusRd 15 OS-"}, {"2rA", "BusRd 15 OSS"}, {"0rB", "BusWB BusRd 62 E--"},
      {"0rA", "BusRd 51 SSS"}}},
    /* Ownership passes with a write to a shared copy; without a shared line the only reader does not know it. */
    {HB_PROTOCOL_BERKELEY, 2, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 V--"}, {"0wA", "BusUpgr 3 X--"}, {"1rA", "BusRd 15 NV-"}, {"1wA", "BusUpgr 3 -X-"},
      {"0wA", "BusRdX 15 X--"}}},
    /* The first write goes through, the second stays. */
    {HB_PROTOCOL_WRITE_ONCE, 2, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 V--"}, {"1rA", "BusRd 51 VV-"}, {"0wA", "BusWr 4 R--"}, {"0wA", "0 D--"},
      {"1rA", "BusRd 15 VV-"}, {"1wA", "BusWr 4 -R-"}}},
    /* Stores to a shared line go to all; alone again, they do not. */
    {HB_PROTOCOL_FIREFLY, 1, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 E--"}, {"1wA", "BusRdUpd 17 SS-"}, {"0wA", "BusUpd 4 SS-"}, {"1rB", "BusRd 51 -E-"},
      {"0wA", "BusUpd 4 E--"}, {"0wA", "0 D--"}}},
    /* The last writer owns; a clean holder does not supply. */
    {HB_PROTOCOL_DRAGON, 2, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 E--"}, {"1wA", "BusRdUpd 53 SN-"}, {"2rA", "BusRd 15 SNS"}, {"0wA", "BusUpd 4 NSS"},
      {"0rA", "0 NSS"}}},
    {HB_PROTOCOL_DRAGON, 2, HB_REPLACE_LRU, {{"0wA", "BusRdUpd 51 M--"}, {"0wA", "0 M--"}, {"1wA", "BusRdUpd 17 SN-"}}},
    /* Write-through: every store costs; nobody but its writer keeps the line. */
    {HB_PROTOCOL_VI, 2, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 V--"}, {"1rA", "BusRd 51 VV-"}, {"0wA", "BusWr 4 V--"}, {"1aA", "BusAtomic 45 ---"},
      {"2wA", "BusWr 4 ---"}}},
    /* A modified line is in the way in a direct-mapped cache. */
    {HB_PROTOCOL_MESI, 1, HB_REPLACE_LRU,
     {{"0wA", "BusRdX 51 M--"}, {"0wB", "BusWB BusRdX 62 M--"}, {"1rA", "BusRd 51 -E-"}}},
    /* Which of two lines goes: the one not touched last, or the one that came first. */
    {HB_PROTOCOL_MESI, 2, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 E--"}, {"0rB", "BusRd 51 E--"}, {"0rA", "0 E--"}, {"0rC", "BusRd 51 E--"}, {"0rA", "0 E--"},
      {"0rB", "BusRd 51 E--"}}},
    {HB_PROTOCOL_MESI, 2, HB_REPLACE_FIFO,
     {{"0rA", "BusRd 51 E--"}, {"0rB", "BusRd 51 E--"}, {"0rA", "0 E--"}, {"0rC", "BusRd 51 E--"},
      {"0rB", "0 E--"}, {"0rA", "BusRd 51 E--"}}},
    /* A tree over four ways, filled in order: A was touched last, so the other half gives, and there D was touched
     * after C. Out goes C; by age it would be B. */
    {HB_PROTOCOL_MESI, 4, HB_REPLACE_PLRU,
     {{"0rA", "BusRd 51 E--"}, {"0rB", "BusRd 51 E--"}, {"0rC", "BusRd 51 E--"}, {"0rD", "BusRd 51 E--"},
      {"0rA", "0 E--"}, {"0rE", "BusRd 51 E--"}, {"0rB", "0 E--"}, {"0rC", "BusRd 51 E--"}}},
    {HB_PROTOCOL_MESI, 4, HB_REPLACE_LRU,
     {{"0rA", "BusRd 51 E--"}, {"0rB", "BusRd 51 E--"}, {"0rC", "BusRd 51 E--"}, {"0rD", "BusRd 51 E--"},
      {"0rA", "0 E--"}, {"0rE", "BusRd 51 E--"}, {"0rC", "0 E--"}, {"0rB", "BusRd 51 E--"}}},
};

/* `before`: steps one after the other, for the scene. `asked`: steps, each with the cycle in which it is asked, at most
 * one a hart. `expected`: of each of these its cycles, from its own request on; then what of the bus they took, and the
 * states of line A. */
static const struct together {
    enum hb_protocol_id protocol;
    enum hb_arbiter arbiter;
    uint8_t split, outstanding;
    uint32_t ways;
    const char *before, *asked, *expected;
} togethers[] = {
    /* One at a time: g 1, 51, 101. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 0, 1, 2, "", "0rA0 1rB0 2rC0", "51 101 151, 6 address, 24 data, E--"},
    /* Memory works on all three: g 1, 3, 5; data could begin at 43, 45, 47, and do when the lines are free: 43, 51, 59.
     */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "", "0rA0 1rB0 2rC0", "51 59 67, 6 address, 24 data, E--"},
    /* The third may begin when the first is over: g 51, s 53, d 93 to 101. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 2, 2, "", "0rA0 1rB0 2rC0", "51 59 101, 6 address, 24 data, E--"},
    /* One of a line at a time: 2 passes 1 (g 3, d 51 to 59); 1 is granted when 0 has the line (g 51, s 53), and CPU 0's
     * data (57) wait for 2's: 59 to 67. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "", "0wA0 1rA0 2rB0", "51 67 59, 6 address, 24 data, SS-"},
    /* The same on the atomic bus: g 1, 51 (from a cache: 14), 65. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 0, 1, 2, "", "0wA0 1rA0 2rB0", "51 65 115, 6 address, 24 data, SS-"},
    /* A cache that answers at once (s 5, data from 9) waits behind memory's data (43 to 51) all the same. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "2wA", "0rB0 1rA0", "51 59, 4 address, 16 data, -SS"},
    /* The other way round it does not: d 7 to 15; then s 5, d 45 to 53. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "2wA", "0rA0 1rB0", "15 53, 4 address, 16 data, S-S"},
    /* Two sharers write: the second has lost its copy when its turn comes (g 3), and gets it from the first: 4 + 8. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "0rA 1rA", "0wA0 1wA0", "3 17, 4 address, 8 data, -M-"},
    /* Under an update protocol both keep it: s 3, d 3 to 4; the same line again, so g 4, s 6, d 6 to 7. */
    {HB_PROTOCOL_DRAGON, HB_ARBITER_ROUND_ROBIN, 1, 8, 2, "0rA 1rA", "0wA0 1wA0", "4 7, 4 address, 2 data, SN-"},
    /* A victim's 8 data cycles (3 to 11) and memory's latency for another overlap: CPU 1 has g 3, d 45 to 53; CPU 0
     * asks for its line in 11, g 12, s 14, and its data come from 54 on. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 1, 8, 1, "0wA", "0rB0 1rC0", "62 53, 6 address, 24 data, ---"},
    /* Without overlap: write-back to 11, then CPU 1, who has waited longer (in 11 CPU 0 only asks), to 61, CPU 0 to
       111. */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 0, 1, 1, "0wA", "0rB0 1rC0", "111 61, 6 address, 24 data, ---"},
    /* Who is next after CPU 1? In turn 2 (g 51, from 5 on: 96), then 0 (g 101, from 9 on: 142) ... */
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 0, 1, 2, "", "1rA0 2rB5 0rC9", "51 96 142, 6 address, 24 data, -E-"},
    /* ... by rank 0, then 2 ... */
    {HB_PROTOCOL_MESI, HB_ARBITER_FIXED, 0, 1, 2, "", "1rA0 2rB5 0rC9", "51 146 92, 6 address, 24 data, -E-"},
    /* ... by age. CPU 2 is followed by 1 (from 3 on) and 0 (from 7 on), where a turn would be 0's. */
    {HB_PROTOCOL_MESI, HB_ARBITER_FCFS, 0, 1, 2, "", "2rA0 1rB3 0rC7", "51 98 144, 6 address, 24 data, --E"},
    {HB_PROTOCOL_MESI, HB_ARBITER_ROUND_ROBIN, 0, 1, 2, "", "2rA0 1rB3 0rC7", "51 148 94, 6 address, 24 data, --E"},
    /* Slots of 60 cycles; the first request is in cycle 100 of the machine. CPU 2's slot begins in 120, CPU 0's in 180,
     * CPU 1's in 240, and 50 cycles later each is done. */
    {HB_PROTOCOL_MESI, HB_ARBITER_TDMA, 0, 1, 2, "", "0rA0 1rB0 2rC0", "130 190 70, 6 address, 24 data, E--"},
    /* As it is written: 2, 0, 1. */
    {HB_PROTOCOL_MESI, HB_ARBITER_SCRIPT, 0, 1, 2, "", "0rA0 1rB0 2rC0", "101 151 51, 6 address, 24 data, E--"},
};
/* clang-format on */

static struct hb_bus bus;
static struct hb_bus_state state;
static struct hb_devices devices;
static struct hb_ram ram;
static struct hb_checker checker;
static uint8_t *blocks;
static uint8_t rom[HB_ROM_BYTES];
static uint64_t now;
static char seen[128]; /* the transactions of the present step */

static void see(void *context, const struct hb_bus *on, const struct hb_transaction *t, uint64_t cycle) {
    (void)context, (void)on, (void)cycle;
    strcat(seen, hb_txn_name(t->kind));
    strcat(seen, " ");
}

static struct hb_bus_watch watch = {.granted = see};

static void set_up(enum hb_protocol_id protocol, uint32_t ways, uint8_t replacement) {
    const struct hb_cache_config cache = {
        .size_bytes = ways * LINE, .ways = ways, .line_bytes = LINE, .hit_cycles = 1, .replacement = replacement};
    ck_assert(hb_ram_init(&ram, RAM_BYTES));
    bus = (struct hb_bus){
        .config = {.protocol = (uint8_t)protocol,
                   .arbiter = HB_ARBITER_ROUND_ROBIN,
                   .width_bytes = 8,
                   .arbitration_cycles = 1,
                   .address_cycles = 1,
                   .cache_supply_cycles = 4,
                   .device_cycles = 3},
        .harts = HARTS,
        .line_bytes = LINE,
        .memory_latency_cycles = 40,
        .state = &state,
        .devices = &devices,
        .ram = &ram,
        .rom = rom,
        .checker = &checker,
        .cycles_per_tick = 10,
    };
    hb_bus_watch_add(&bus, &watch);
    checker = (struct hb_checker){.shadow = calloc(1, RAM_BYTES), .shadow_bytes = RAM_BYTES};
    size_t block = hb_cache_block_bytes(&cache);
    blocks = malloc(2 * HARTS * block);
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        hb_cache_init(&bus.l1d[hart], &cache, blocks + 2 * hart * block);
        hb_cache_init(&bus.l1i[hart], &cache, blocks + (2 * hart + 1) * block);
    }
    hb_devices_reset(&devices, HARTS, 10);
    hb_bus_reset(&bus);
    now = 100;
}

static void tear_down(void) {
    ck_assert_msg(!checker.first.found, "%s", checker.first.what);
    hb_ram_free(&ram);
    free(blocks);
    free(checker.shadow);
}

static struct hb_request request_of(const char *step) {
    struct hb_request request = {.address = HB_RAM_BASE + (uint64_t)(step[2] - 'A') * LINE, .bytes = 8, .operand = now};
    request.kind = step[1] == 'r' ? HB_ACCESS_LOAD : step[1] == 'w' ? HB_ACCESS_STORE : HB_ACCESS_AMO;
    return request;
}

static void next_cycle(void) {
    now++;
    if (state.next_cycle <= now)
        hb_bus_step(&bus, now);
}

/* True: the access is done. False: it is, or now is again, on its way. */
static bool goes_on(uint32_t hart, const struct hb_request *request) {
    struct hb_port *port = &state.port[hart];
    enum hb_response response = port->response;
    uint64_t value;
    port->response = HB_RESPONSE_NONE;
    return response == HB_RESPONSE_DONE ||
           (response == HB_RESPONSE_RETRY && hb_bus_access(&bus, hart, request, now, &value));
}

/* Do it to its end. Gives its cycles. */
static uint64_t play(uint32_t hart, const struct hb_request *request) {
    uint64_t value, began = now;
    if (hb_bus_access(&bus, hart, request, now, &value))
        return 0;
    do
        next_cycle();
    while (!goes_on(hart, request));
    return now - began;
}

static char letter(uint32_t hart, uint64_t address) {
    const struct hb_line *line = hb_cache_find(&bus.l1d[hart], address);
    return line ? bus.protocol->state[line->state].letter : '-';
}

START_TEST(is_as_on_paper) {
    const struct sequence *sequence = &sequences[_i];
    char got[192];
    set_up(sequence->protocol, sequence->ways, sequence->replacement);
    for (uint32_t i = 0; i < STEPS_MAX && sequence->step[i].step; i++) {
        const struct step *step = &sequence->step[i];
        struct hb_request request = request_of(step->step);
        seen[0] = '\0';
        uint64_t cycles = play((uint32_t)(step->step[0] - '0'), &request);
        snprintf(got, sizeof got, "%s%lu %c%c%c", seen, (unsigned long)cycles, letter(0, request.address),
                 letter(1, request.address), letter(2, request.address));
        ck_assert_msg(strcmp(got, step->expected) == 0, "%s, step %u, %s: \"%s\" on paper, \"%s\" here",
                      bus.protocol->name, i + 1, step->step, step->expected, got);
        now += 5;
    }
    tear_down();
}
END_TEST

/* ---- Together -------------------------------------------------------------------------------------------------- */

#define ASKED_MAX       3
#define PATIENCE_CYCLES 1000u

struct asked {
    uint32_t hart;
    uint64_t cycle; /* of the machine */
    struct hb_request request;
    uint64_t took_cycles;
    bool done;
};

static void prepare(const struct together *together) {
    set_up(together->protocol, together->ways, HB_REPLACE_LRU);
    for (const char *step = together->before; *step; step += strspn(step + 3, " ") + 3) {
        struct hb_request request = request_of(step);
        play((uint32_t)(step[0] - '0'), &request);
        now++;
    }
    bus.config.split = together->split;
    bus.config.outstanding = together->outstanding;
    bus.config.arbiter = (uint8_t)together->arbiter;
    bus.config.slot_cycles = 60;
    static const uint8_t script[] = {2, 0, 1};
    bus.config.script = script;
    bus.config.script_length = sizeof script;
    hb_bus_reset(&bus);          /* caches keep what they have; nobody has been granted yet */
    now = now / 180 * 180 + 280; /* for the slots: 100 of the round */
}

/* "0rA7": CPU 0 reads A in cycle 7. */
static uint32_t read_asked(const char *text, struct asked *asked) {
    uint32_t n = 0;
    for (; *text; text += strcspn(text, " "), text += *text == ' ', n++) {
        asked[n] = (struct asked){.hart = (uint32_t)(text[0] - '0'), .request = request_of(text)};
        asked[n].cycle = now + strtoul(text + 3, NULL, 10);
    }
    return n;
}

/* What the hart does in this cycle. */
static void step_asked(struct asked *asked) {
    uint64_t value;
    if (asked->done || now < asked->cycle)
        return;
    if (now == asked->cycle)
        asked->done = hb_bus_access(&bus, asked->hart, &asked->request, now, &value);
    else
        asked->done = goes_on(asked->hart, &asked->request);
    asked->took_cycles = now - asked->cycle;
}

static bool all_are_done(const struct asked *asked, uint32_t n) {
    uint32_t done = 0;
    for (uint32_t i = 0; i < n; i++)
        done += asked[i].done;
    return done == n;
}

START_TEST(together_is_as_on_paper) {
    const struct together *together = &togethers[_i];
    struct asked asked[ASKED_MAX];
    char got[160] = "";
    size_t used = 0;
    prepare(together);
    uint32_t n = read_asked(together->asked, asked);
    uint64_t last = now + PATIENCE_CYCLES;
    for (;; next_cycle()) {
        for (uint32_t i = 0; i < n; i++)
            step_asked(&asked[i]);
        if (all_are_done(asked, n))
            break;
        ck_assert_uint_lt(now, last);
    }
    for (uint32_t i = 0; i < n; i++)
        used +=
            (size_t)snprintf(got + used, sizeof got - used, "%s%lu", i ? " " : "", (unsigned long)asked[i].took_cycles);
    snprintf(got + used, sizeof got - used, ", %lu address, %lu data, %c%c%c", (unsigned long)state.address_cycles,
             (unsigned long)state.data_cycles, letter(0, HB_RAM_BASE), letter(1, HB_RAM_BASE), letter(2, HB_RAM_BASE));
    ck_assert_msg(strcmp(got, together->expected) == 0, "number %d, %s: \"%s\" on paper, \"%s\" here", _i,
                  together->asked, together->expected, got);
    tear_down();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("by hand");
    TCase *tests = tcase_create("by hand");
    tcase_add_loop_test(tests, is_as_on_paper, 0, sizeof sequences / sizeof sequences[0]);
    tcase_add_loop_test(tests, together_is_as_on_paper, 0, sizeof togethers / sizeof togethers[0]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
