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
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus.h"
#include "bus/checker.h"
#include "bus/watch.h"

#define HARTS     3
#define LINE      64
#define RAM_BYTES 65536u

/* `step`: hart, r(ead) w(rite) a(tomic), line A to D. `expected`: its transactions in order, its cycles, and the states
 * of that line in the three caches, '-' where it is not. */
struct step {
    const char *step;
    const char *expected;
};

#define STEPS_MAX 8

/* clang-format off */
static const struct sequence {
    enum hb_protocol_id protocol;
    uint32_t ways; /* of one set: 1 or 2 */
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

static void set_up(const struct sequence *sequence) {
    const struct hb_cache_config cache = {.size_bytes = sequence->ways * LINE,
                                          .ways = sequence->ways,
                                          .line_bytes = LINE,
                                          .hit_cycles = 1,
                                          .replacement = sequence->replacement};
    ck_assert(hb_ram_init(&ram, RAM_BYTES));
    bus = (struct hb_bus){
        .config = {.protocol = (uint8_t)sequence->protocol,
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
        .watch = &watch,
        .cycles_per_tick = 10,
    };
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

/* Do it to its end. Gives its cycles. */
static uint64_t play(uint32_t hart, const struct hb_request *request) {
    struct hb_port *port = &state.port[hart];
    uint64_t value, began = now;
    while (!hb_bus_access(&bus, hart, request, now, &value)) {
        while (port->response == HB_RESPONSE_NONE) {
            now++;
            if (state.next_cycle <= now)
                hb_bus_step(&bus, now);
        }
        enum hb_response response = port->response;
        port->response = HB_RESPONSE_NONE;
        if (response == HB_RESPONSE_DONE)
            break;
    }
    return now - began;
}

static char letter(uint32_t hart, uint64_t address) {
    const struct hb_line *line = hb_cache_find(&bus.l1d[hart], address);
    return line ? bus.protocol->state[line->state].letter : '-';
}

START_TEST(is_as_on_paper) {
    const struct sequence *sequence = &sequences[_i];
    char got[192];
    set_up(sequence);
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

int main(void) {
    Suite *suite = suite_create("by hand");
    TCase *tests = tcase_create("by hand");
    tcase_add_loop_test(tests, is_as_on_paper, 0, sizeof sequences / sizeof sequences[0]);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
