/* The boot ROM, executed: where a hart comes out of it, and with what in its registers. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/bootrom.h"

#define HART 5u

static uint8_t rom[HB_ROM_BYTES];
static uint64_t x[32];
static uint64_t pc;

static uint64_t load(uint64_t address, uint32_t bytes) {
    uint64_t value = 0;
    ck_assert(address >= HB_ROM_BASE && address - HB_ROM_BASE <= HB_ROM_BYTES - bytes);
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)rom[address - HB_ROM_BASE + i] << (8 * i);
    return value;
}

/* The five instructions that a boot ROM needs: RISC-V unprivileged specification, chapter 24. */
static void execute(uint32_t word) {
    uint32_t rd = word >> 7 & 31, rs1 = word >> 15 & 31;
    uint64_t immediate = (uint64_t)((int64_t)(int32_t)word >> 20), next = pc + 4, value = 0;
    switch (word & 0x707f) {
    case 0x2073: /* csrrs, of mhartid */
        ck_assert(word >> 20 == 0xf14 && rs1 == 0);
        value = HART;
        break;
    case 0x3003: value = load(x[rs1] + immediate, 8); break;
    case 0x0013: value = x[rs1] + immediate; break;
    case 0x0067:
        value = next;
        next = x[rs1] + immediate;
        break;
    default:
        ck_assert_msg((word & 0x7f) == 0x17, "0x%08x at 0x%lx", word, (unsigned long)pc);
        value = pc + (uint64_t)(int64_t)(int32_t)(word & 0xfffff000);
    }
    if (rd != 0)
        x[rd] = value;
    pc = next;
}

static void boot(const struct hb_bootrom_config *config) {
    memset(rom, 0xee, sizeof rom);
    memset(x, 0, sizeof x);
    hb_bootrom_build(config, rom);
    pc = HB_ROM_BASE;
    for (uint32_t n = 0; pc != config->entry; n++) {
        ck_assert_uint_lt(n, 16);
        execute((uint32_t)load(pc, 4));
    }
}

START_TEST(a_hart_comes_out_at_the_entry_with_its_three_arguments) {
    struct hb_bootrom_config config = {.entry = 0x80001234, .device_tree = 0x87ff0000};
    boot(&config);
    ck_assert_uint_eq(x[10], HART);
    ck_assert_uint_eq(x[11], 0x87ff0000);
    ck_assert_uint_eq(x[12] % 8, 0);
    for (uint32_t i = 0; i < 32; i++)
        if (i != 5 && (i < 10 || i > 12))
            ck_assert_uint_eq(x[i], 0);
}
END_TEST

START_TEST(whole_64_bit_addresses_pass) {
    struct hb_bootrom_config config = {.entry = 0xfedcba9876543210, .device_tree = 0x8123456789abcdef};
    boot(&config);
    ck_assert_uint_eq(x[11], 0x8123456789abcdef);
}
END_TEST

START_TEST(the_dynamic_info_is_as_opensbi_wants_it) {
    struct hb_bootrom_config config = {.entry = 0x80000000, .device_tree = 0x87ff0000, .next_address = 0x80200000};
    boot(&config);
    ck_assert_uint_eq(load(x[12], 8), 0x4942534f);
    ck_assert_uint_eq(load(x[12] + 8, 8), 2);
    ck_assert_uint_eq(load(x[12] + 16, 8), 0x80200000);
    ck_assert_uint_eq(load(x[12] + 24, 8), 1);
    ck_assert_uint_eq(load(x[12] + 32, 8), 0);
    ck_assert_uint_eq(load(x[12] + 40, 8), 0);
}
END_TEST

START_TEST(the_rest_is_zero) {
    struct hb_bootrom_config config = {.entry = 0x80000000, .device_tree = 0x87ff0000};
    boot(&config);
    for (uint64_t at = x[12] + 48 - HB_ROM_BASE; at < HB_ROM_BYTES; at++)
        ck_assert_uint_eq(rom[at], 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("bootrom");
    TCase *tests = tcase_create("bootrom");
    tcase_add_test(tests, a_hart_comes_out_at_the_entry_with_its_three_arguments);
    tcase_add_test(tests, whole_64_bit_addresses_pass);
    tcase_add_test(tests, the_dynamic_info_is_as_opensbi_wants_it);
    tcase_add_test(tests, the_rest_is_zero);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
