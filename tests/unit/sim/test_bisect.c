/* Bisection: the first cycle and place in which two runs differ, against a search cycle by cycle. */
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"
#include "sim/state/bisect.h"
#include "sim/state/kind.h"
#include "sim/state/place_text.h"
#include "tests/unit/guest.h"

static char mix[HB_PATH_BYTES], passes[HB_PATH_BYTES];
static struct hb_config config;

static void start(void) {
    guest_config(&config, mix, 4);
}

static void is_at(const struct hb_difference *difference, const char *wanted) {
    char text[128];
    hb_state_place_text(&difference->place, text, sizeof text);
    ck_assert_msg(strncmp(text, wanted, strlen(wanted)) == 0, "%s, and not %s", text, wanted);
}

START_TEST(equal_runs_do_not_differ) {
    struct hb_machine *left = guest_machine(&config), *right;
    config.host_lookups = false; /* results are the same */
    right = guest_machine(&config);
    struct hb_difference difference;
    ck_assert(!hb_bisect(left, right, UINT64_MAX, &difference));
    ck_assert_int_eq(left->saved->outcome, HB_OUTCOME_PASSED);
    ck_assert_int_eq(right->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_limit_ends_the_search) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = 30000, .kind = HB_INPUT_FAULT, .hart = 1});
    ck_assert(!hb_bisect(left, right, 30000, &difference));
    ck_assert(hb_bisect(left, right, 30001, &difference));
    ck_assert_uint_eq(difference.cycle, 30000);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_death_is_found_in_its_cycle) {
    const uint64_t cycle = (uint64_t[]){0, 1, 65535, 65536, 65537, 100000}[_i];
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = 2});
    ck_assert(hb_bisect(left, right, 150000, &difference));
    ck_assert_uint_eq(difference.cycle, cycle);
    ck_assert_uint_eq(difference.place.number, 2);
    is_at(&difference, "hart 2, ");
    ck_assert_uint_ne(difference.left, difference.right);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(the_field_is_named) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    hb_machine_input(right, &(struct hb_input){.cycle = 44444, .kind = HB_INPUT_TEXT, .byte = 'x'});
    ck_assert(hb_bisect(left, right, 60000, &difference));
    ck_assert_uint_eq(difference.cycle, 44444);
    is_at(&difference, "devices, value ");
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

START_TEST(a_register_that_differs_from_the_start_is_named) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    right->hart[3].x[27] = 99;
    ck_assert(hb_bisect(left, right, 100, &difference));
    ck_assert_uint_eq(difference.cycle, 0);
    is_at(&difference, "hart 3, x27 (s11)");
    ck_assert_uint_eq(difference.left, 0);
    ck_assert_uint_eq(difference.right, 99);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

/* A line with an address and bytes, in a way of hart 1's L1D. */
static void put_line(struct hb_machine *machine) {
    struct hb_line *line = hb_cache_line(&machine->bus.l1d[1], 0);
    line->address = 0x80000000;
    line->state = 1; /* whatever that is in MESI */
    line->attributes = HB_LINE_READABLE;
}

static void change_f10(struct hb_machine *machine) {
    machine->hart[2].f[10] = 1;
}

static void change_pmpaddr(struct hb_machine *machine) {
    machine->hart[0].pmp_address[3] = 1;
}

static void change_mscratch(struct hb_machine *machine) {
    machine->hart[1].mscratch = 1;
}

static void change_line(struct hb_machine *machine) {
    hb_line_data(hb_cache_line(&machine->bus.l1d[1], 0))[0x19] ^= 0x55;
}

static void change_ram(struct hb_machine *machine) {
    const uint8_t byte = 0x55;
    hb_ram_write(&machine->ram, 0x700011, &byte, 1);
}

/* A place, and what is changed there. */
static const struct {
    const char *place;
    void (*change)(struct hb_machine *machine);
    uint64_t address; /* HB_NEVER: of nothing in memory */
} changes[] = {
    {"hart 2, f10 (fa0)", change_f10, HB_NEVER},
    {"hart 0, pmpaddr 3", change_pmpaddr, HB_NEVER},
    {"hart 1, mscratch", change_mscratch, HB_NEVER},
    {"hart 1's L1D, line 0, data", change_line, 0x80000018},
    {"RAM", change_ram, 0x80700010},
};

START_TEST(each_place_is_named) {
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&config);
    struct hb_difference difference;
    put_line(left);
    put_line(right);
    changes[_i].change(right);
    ck_assert(hb_bisect(left, right, 100, &difference));
    ck_assert_uint_eq(difference.cycle, 0);
    is_at(&difference, changes[_i].place);
    ck_assert_uint_eq(difference.address, changes[_i].address);
    if (changes[_i].address != HB_NEVER)
        ck_assert_uint_eq(difference.left ^ difference.right, 0x5500);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

static void faster(struct hb_config *other) {
    other->bus.cache_supply_cycles++;
}

static void another_arbiter(struct hb_config *other) {
    other->bus.arbiter = HB_ARBITER_FIXED;
}

static void another_protocol(struct hb_config *other) {
    other->bus.protocol = HB_PROTOCOL_MOESI;
}

static void fewer_harts(struct hb_config *other) {
    other->harts = 2;
}

static void larger_caches(struct hb_config *other) {
    for (uint32_t h = 0; h < other->harts; h++)
        other->hart[h].l1d.size_bytes = 2048;
}

static void one_larger_cache(struct hb_config *other) {
    other->hart[3].l1i.ways = 2;
}

static void an_l2(struct hb_config *other) {
    const struct hb_cache_config l2 = other->hart[0].l1d;
    other->l2 = l2;
    other->l2.size_bytes = 65536;
    other->l2.ways = config.l2.ways;
}

static void more_memory(struct hb_config *other) {
    other->memory.size_bytes = 32u << 20;
}

static void a_split_bus(struct hb_config *other) {
    other->bus.split = true;
}

static void another_image(struct hb_config *other) {
    snprintf(other->image, sizeof other->image, "%s", passes);
}

static void another_end(struct hb_config *other) {
    other->stop_cycles = 1;
    other->stats.misses = true;
}

/* What is said of two machines of which the second is changed, and whether there is anything to compare. */
static const struct {
    void (*change)(struct hb_config *other);
    const char *said;
    bool one;
} kinds[] = {
    {another_end, "", true},
    {faster, "machine.bus.cache_supply_cycles: 4 and 5\n", true},
    {another_arbiter, "machine.bus.arbiter: round-robin and fixed\n", true},
    {another_protocol, "machine.bus.protocol: mesi and moesi\n", true},
    {fewer_harts, "machine.harts: 4 and 2\n", false},
    {larger_caches, "machine.l1d.size: 1KiB and 2KiB\n", false},
    {one_larger_cache, "machine.l1i.ways, hart 3: 1 and 2\n", false},
    {an_l2, "machine.l2.size: 0 and 64KiB\n", false},
    {more_memory, "machine.memory.size: 16MiB and 32MiB\n", false},
    {a_split_bus, "machine.bus.split: false and true\n", false},
    {another_image, "image: ", false},
};

START_TEST(machines_of_two_kinds_are_said_to_be) {
    struct hb_config other = config;
    kinds[_i].change(&other);
    struct hb_machine *left = guest_machine(&config), *right = guest_machine(&other);
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    hb_kind_write(out, left, right);
    ck_assert_int_eq(fclose(out), 0);
    if (kinds[_i].change == another_image)
        ck_assert_msg(strncmp(text, "image: ", 7) == 0, "%s", text);
    else
        ck_assert_str_eq(text, kinds[_i].said);
    ck_assert(hb_kind_is_one(left, right) == kinds[_i].one);
    free(text);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

/* Two machines whose memory differs in speed: found cycle by cycle, and by bisection. */
START_TEST(the_first_cycle_is_the_first) {
    struct hb_machine *machine[4];
    for (int i = 0; i < 4; i++) {
        config.bus.cache_supply_cycles = i % 2 ? 5 : 4;
        machine[i] = guest_machine(&config);
    }
    uint64_t cycle = 0;
    while (hb_state_hash(machine[0]) == hb_state_hash(machine[1]) && cycle < 100000) {
        cycle++;
        hb_machine_run(machine[0], cycle);
        hb_machine_run(machine[1], cycle);
    }
    struct hb_difference difference;
    ck_assert(hb_bisect(machine[2], machine[3], 100000, &difference));
    ck_assert_uint_eq(difference.cycle, cycle - 1);
    for (int i = 0; i < 4; i++)
        hb_machine_destroy(machine[i]);
}
END_TEST

START_TEST(an_end_is_a_difference) {
    struct hb_machine *left, *right;
    struct hb_difference difference;
    guest_config(&config, passes, 1);
    left = guest_machine(&config);
    hb_machine_run(left, UINT64_MAX);
    uint64_t end = left->saved->cycle;
    hb_machine_destroy(left);
    left = guest_machine(&config);
    config.stop_cycles = end - 10;
    right = guest_machine(&config);
    ck_assert(hb_bisect(left, right, 100000, &difference));
    ck_assert_uint_ge(difference.cycle, end - 11);
    ck_assert_uint_le(difference.cycle, end - 10);
    hb_machine_destroy(left);
    hb_machine_destroy(right);
}
END_TEST

static Suite *bisections(void) {
    Suite *suite = suite_create("bisect");
    TCase *tests = tcase_create("bisect");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, equal_runs_do_not_differ);
    tcase_add_test(tests, a_limit_ends_the_search);
    tcase_add_loop_test(tests, a_death_is_found_in_its_cycle, 0, 6);
    tcase_add_test(tests, the_field_is_named);
    tcase_add_test(tests, a_register_that_differs_from_the_start_is_named);
    tcase_add_loop_test(tests, each_place_is_named, 0, sizeof changes / sizeof changes[0]);
    tcase_add_loop_test(tests, machines_of_two_kinds_are_said_to_be, 0, sizeof kinds / sizeof kinds[0]);
    tcase_add_test(tests, the_first_cycle_is_the_first);
    tcase_add_test(tests, an_end_is_a_difference);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    guest_make("ends", "-DENDS=0x5555", "passes", passes);
    SRunner *runner = srunner_create(bisections());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
