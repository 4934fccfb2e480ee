/* The board's devices, register by register: CLINT, UART, finisher, power controller, and who answers where. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/devices.h"
#include "osmodel/abi.h"

#define HARTS           3u
#define CYCLES_PER_TICK 10u

#define MSIP(hart)       (HB_CLINT_BASE + 4 * (hart))
#define MTIMECMP(hart)   (HB_CLINT_BASE + 0x4000 + 8 * (hart))
#define MTIME            (HB_CLINT_BASE + 0xbff8)
#define POWER(hart, reg) (HB_POWER_BASE + HB_POWER_STRIDE * (hart) + (reg))
#define UART(reg)        (HB_UART_BASE + (reg))

static struct hb_devices devices;
static uint64_t now;

static void set_up(void) {
    memset(&devices, 0xa5, sizeof devices);
    hb_devices_reset(&devices, HARTS, CYCLES_PER_TICK);
    now = 0;
}

static uint64_t get(uint64_t address, uint32_t bytes) {
    uint64_t value = 0xdead;
    ck_assert_msg(hb_devices_read(&devices, address, bytes, now, &value), "read of 0x%lx", (unsigned long)address);
    return value;
}

static void put(uint64_t address, uint32_t bytes, uint64_t value) {
    ck_assert_msg(hb_devices_write(&devices, address, bytes, value, now), "write of 0x%lx", (unsigned long)address);
}

static bool faults(uint64_t address, uint32_t bytes) {
    uint64_t value;
    bool reads = hb_devices_read(&devices, address, bytes, now, &value);
    bool writes = hb_devices_write(&devices, address, bytes, 0, now);
    ck_assert_int_eq(reads, writes);
    return !reads;
}

/* ---- The map --------------------------------------------------------------------------------------------------- */

START_TEST(the_addresses_are_those_of_the_virt_board) {
    ck_assert_uint_eq(HB_ROM_BASE, 0x1000);
    ck_assert_uint_eq(HB_FINISHER_BASE, 0x100000);
    ck_assert_uint_eq(HB_POWER_BASE, 0x500000);
    ck_assert_uint_eq(HB_CLINT_BASE, 0x2000000);
    ck_assert_uint_eq(HB_PLIC_BASE, 0xc000000);
    ck_assert_uint_eq(HB_UART_BASE, 0x10000000);
    ck_assert_uint_eq(HB_VIRTIO_BASE, 0x10001000);
    ck_assert_uint_eq(HB_RAM_BASE, 0x80000000);
}
END_TEST

START_TEST(between_the_devices_nothing_answers) {
    static const uint64_t nowhere[] = {0,
                                       0x1000,
                                       HB_FINISHER_BASE - 8,
                                       HB_FINISHER_BASE + HB_FINISHER_BYTES,
                                       HB_POWER_BASE - 8,
                                       HB_POWER_BASE + HB_POWER_BYTES,
                                       HB_CLINT_BASE - 8,
                                       HB_CLINT_BASE + HB_CLINT_BYTES,
                                       HB_PLIC_BASE - 8,
                                       HB_PLIC_BASE + HB_PLIC_BYTES,
                                       HB_VIRTIO_BASE - 8,
                                       HB_VIRTIO_BASE + HB_VIRTIO_REGISTERS,
                                       HB_VIRTIO_BASE + HB_VIRTIO_SLOTS * HB_VIRTIO_STRIDE,
                                       HB_UART_BASE - 8,
                                       HB_UART_BASE + HB_UART_BYTES,
                                       HB_RAM_BASE,
                                       UINT64_MAX - 7};
    for (uint32_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++)
        for (uint32_t bytes = 1; bytes <= 8; bytes *= 2)
            ck_assert_msg(faults(nowhere[i], bytes), "0x%lx", (unsigned long)nowhere[i]);
}
END_TEST

/* ---- CLINT ----------------------------------------------------------------------------------------------------- */

START_TEST(time_is_the_cycle_in_ticks) {
    ck_assert_uint_eq(get(MTIME, 8), 0);
    now = 9;
    ck_assert_uint_eq(get(MTIME, 8), 0);
    now = 10;
    ck_assert_uint_eq(get(MTIME, 8), 1);
    ck_assert_uint_eq(hb_devices_mtime(&devices, 12345), 1234);
    now = 50ull << 32;
    ck_assert_uint_eq(get(MTIME, 4), 0);
    ck_assert_uint_eq(get(MTIME + 4, 4), 5);
}
END_TEST

START_TEST(time_can_be_set_and_goes_on_from_there) {
    now = 1000;
    put(MTIME, 8, 7);
    ck_assert_uint_eq(get(MTIME, 8), 7);
    now = 1009;
    ck_assert_uint_eq(get(MTIME, 8), 7);
    now = 1010;
    ck_assert_uint_eq(get(MTIME, 8), 8);
    put(MTIME + 4, 4, 2); /* one half */
    ck_assert_uint_eq(get(MTIME, 8), 2ull << 32 | 8);
    put(MTIMECMP(0), 8, (2ull << 32) + 10);
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, now), 1030);
}
END_TEST

START_TEST(after_reset_no_timer_is_pending) {
    for (uint32_t hart = 0; hart < HARTS; hart++) {
        ck_assert_uint_eq(get(MTIMECMP(hart), 8), UINT64_MAX);
        ck_assert(!hb_clint_timer_pending(&devices.clint, hart, UINT64_MAX / 2));
        ck_assert(!hb_clint_software_pending(&devices.clint, hart));
    }
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 0), UINT64_MAX);
}
END_TEST

START_TEST(a_timer_rises_in_the_first_cycle_of_its_tick) {
    put(MTIMECMP(1), 8, 100);
    put(MTIMECMP(2), 8, 200);
    ck_assert(!hb_clint_timer_pending(&devices.clint, 1, 999));
    ck_assert(hb_clint_timer_pending(&devices.clint, 1, 1000));
    ck_assert(!hb_clint_timer_pending(&devices.clint, 2, 1000));
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 0), 1000);
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 999), 1000);
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 1000), 2000); /* hart 1's is up already */
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, 2, 1000), UINT64_MAX);
    put(MTIMECMP(1) + 4, 4, 1); /* the way of 32-bit software: the line falls */
    ck_assert(!hb_clint_timer_pending(&devices.clint, 1, 1000));
    ck_assert_uint_eq(get(MTIMECMP(1), 8), 1ull << 32 | 100);
    ck_assert_uint_eq(get(MTIMECMP(1) + 4, 4), 1);
}
END_TEST

START_TEST(a_timer_too_far_for_64_bits_of_cycles_never_comes) {
    put(MTIMECMP(0), 8, UINT64_MAX / CYCLES_PER_TICK + 1);
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 0), UINT64_MAX);
    put(MTIMECMP(0), 8, UINT64_MAX / CYCLES_PER_TICK);
    ck_assert_uint_eq(hb_clint_next_timer_cycle(&devices.clint, HARTS, 0), UINT64_MAX / 10 * 10);
}
END_TEST

START_TEST(software_interrupts_are_one_bit_a_hart) {
    put(MSIP(1), 4, 0xffffffff);
    ck_assert_uint_eq(get(MSIP(1), 4), 1);
    ck_assert(hb_clint_software_pending(&devices.clint, 1));
    ck_assert(!hb_clint_software_pending(&devices.clint, 0));
    ck_assert(!hb_clint_software_pending(&devices.clint, 2));
    put(MSIP(1), 4, 2);
    ck_assert(!hb_clint_software_pending(&devices.clint, 1));
}
END_TEST

/* As on QEMU's board. */
START_TEST(clint_registers_of_absent_harts_read_zero_and_ignore_writes) {
    const struct hb_devices before = devices;
    const struct {
        uint64_t address;
        uint32_t bytes;
    } absent[] = {
        {MSIP(HARTS), 4},
        {MSIP(HB_HARTS_LIMIT), 4},
        {HB_CLINT_BASE + 0x3ffc, 4},
        {MTIMECMP(HARTS), 8},
        {MTIMECMP(HARTS) + 4, 4},
        {MTIMECMP(HB_HARTS_LIMIT), 8},
        {MTIME - 8, 8},
        {MTIME - 4, 4},
    };
    for (uint32_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        ck_assert_uint_eq(get(absent[i].address, absent[i].bytes), 0);
        put(absent[i].address, absent[i].bytes, UINT64_MAX);
        ck_assert_uint_eq(get(absent[i].address, absent[i].bytes), 0);
    }
    ck_assert_int_eq(memcmp(&before.clint, &devices.clint, sizeof before.clint), 0);
}
END_TEST

START_TEST(clint_registers_of_other_widths_fault) {
    ck_assert(faults(MSIP(HARTS), 8));
    ck_assert(faults(MTIMECMP(HARTS), 1));
    ck_assert(faults(HB_CLINT_BASE + 0xc000, 8));
    ck_assert(faults(MSIP(0), 1));
    ck_assert(faults(MSIP(0), 8));
    ck_assert(faults(MTIMECMP(0), 2));
    ck_assert(faults(MTIME, 1));
    ck_assert_uint_eq(get(MTIMECMP(0), 8), UINT64_MAX); /* a write that faults leaves no trace */
}
END_TEST

/* ---- UART ------------------------------------------------------------------------------------------------------ */

START_TEST(bytes_come_in_in_order) {
    ck_assert_uint_eq(get(UART(5), 1), 0x60);
    ck_assert_uint_eq(get(UART(0), 1), 0);
    ck_assert(hb_uart_receive(&devices.uart, 'h'));
    ck_assert(hb_uart_receive(&devices.uart, 'i'));
    ck_assert_uint_eq(get(UART(5), 1), 0x61);
    ck_assert_uint_eq(get(UART(0), 1), 'h');
    ck_assert_uint_eq(get(UART(0), 1), 'i');
    ck_assert_uint_eq(get(UART(5), 1), 0x60);
}
END_TEST

START_TEST(a_full_queue_loses_the_next_byte_and_no_other) {
    for (uint32_t i = 0; i < HB_UART_QUEUE; i++)
        ck_assert(hb_uart_receive(&devices.uart, (uint8_t)(i * 7)));
    ck_assert(!hb_uart_receive(&devices.uart, 1));
    for (uint32_t round = 0; round < 3; round++) { /* past the ring's end */
        ck_assert_uint_eq(get(UART(0), 1), (uint8_t)(round * 7));
        ck_assert(hb_uart_receive(&devices.uart, (uint8_t)(200 + round)));
    }
    for (uint32_t i = 3; i < HB_UART_QUEUE; i++)
        ck_assert_uint_eq(get(UART(0), 1), (uint8_t)(i * 7));
    for (uint32_t round = 0; round < 3; round++)
        ck_assert_uint_eq(get(UART(0), 1), 200 + round);
    ck_assert_uint_eq(get(UART(5), 1), 0x60);
}
END_TEST

START_TEST(sent_bytes_wait_for_the_machine) {
    put(UART(0), 1, 'o');
    put(UART(0), 1, 0x16b); /* the register sees 8 bits */
    ck_assert_uint_eq(devices.uart.sent_bytes, 2);
    ck_assert_mem_eq(devices.uart.sent, "ok", 2);
    ck_assert(devices.changed);
}
END_TEST

START_TEST(the_divisor_hides_data_and_interrupt_enable) {
    put(UART(1), 1, 0x0f);
    put(UART(3), 1, 0x83);
    put(UART(0), 1, 0x12);
    put(UART(1), 1, 0x34);
    ck_assert_uint_eq(get(UART(0), 1), 0x12);
    ck_assert_uint_eq(get(UART(1), 1), 0x34);
    put(UART(3), 1, 0x03);
    ck_assert_uint_eq(get(UART(1), 1), 0x0f);
    ck_assert_uint_eq(get(UART(3), 1), 0x03);
    ck_assert_uint_eq(devices.uart.sent_bytes, 0);
}
END_TEST

START_TEST(the_other_registers_are_those_of_a_16550) {
    ck_assert_uint_eq(get(UART(2), 1), 0x01); /* no interrupt; no FIFO yet */
    put(UART(2), 1, 0x01);
    ck_assert_uint_eq(get(UART(2), 1), 0xc1);
    hb_uart_receive(&devices.uart, 'x');
    put(UART(2), 1, 0x03); /* clear the receiver's FIFO */
    ck_assert_uint_eq(get(UART(5), 1), 0x60);
    put(UART(7), 1, 0x5a);
    ck_assert_uint_eq(get(UART(7), 1), 0x5a);
    put(UART(5), 1, 0); /* read-only */
    ck_assert_uint_eq(get(UART(5), 1), 0x60);
    ck_assert_uint_eq(get(UART(7), 4), 0x5a); /* wide accesses reach the one register, as on QEMU's board */
    ck_assert_uint_eq(get(UART(7), 8), 0x5a);
}
END_TEST

/* ---- Finisher -------------------------------------------------------------------------------------------------- */

static bool finishes(uint32_t bytes, uint64_t word, uint32_t *value) {
    put(HB_FINISHER_BASE, bytes, word);
    ck_assert_int_eq(hb_devices_has_request(&devices), devices.finisher.requested);
    return hb_finisher_take(&devices.finisher, value);
}

START_TEST(three_words_end_the_run) {
    uint32_t value;
    ck_assert(finishes(4, 0x5555, &value));
    ck_assert_uint_eq(value, 0x5555);
    ck_assert(finishes(4, 0x3333 | 42 << 16, &value));
    ck_assert_uint_eq(value >> 16, 42);
    ck_assert(finishes(2, 0x7777, &value));
    ck_assert(finishes(2, 0xabcd3333, &value));
    ck_assert_uint_eq(value, 0x3333); /* two bytes were stored, whatever else the hart's register held */
    ck_assert(!hb_finisher_take(&devices.finisher, &value));
}
END_TEST

START_TEST(other_words_do_not) {
    uint32_t value;
    ck_assert(!finishes(4, 0, &value));
    ck_assert(!finishes(4, 0x5554, &value));
    ck_assert(!finishes(1, 0x55, &value));
    put(HB_FINISHER_BASE + 4, 4, 0x5555);
    ck_assert(!hb_devices_has_request(&devices));
    ck_assert_uint_eq(get(HB_FINISHER_BASE, 4), 0);
}
END_TEST

START_TEST(the_first_word_of_a_cycle_counts) {
    uint32_t value;
    put(HB_FINISHER_BASE, 4, 0x3333 | 1 << 16);
    put(HB_FINISHER_BASE, 4, 0x5555);
    ck_assert(hb_finisher_take(&devices.finisher, &value));
    ck_assert_uint_eq(value, 0x3333 | 1 << 16);
}
END_TEST

/* ---- Power controller ------------------------------------------------------------------------------------------ */

START_TEST(the_state_is_what_software_asked_for) {
    ck_assert_uint_eq(get(POWER(2, HB_POWER_STATE), 4), HB_POWER_IS_STARTED);
    put(POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_FENCE);
    ck_assert_uint_eq(get(POWER(2, HB_POWER_STATE), 4), HB_POWER_IS_FENCED);
    ck_assert_uint_eq(get(POWER(2, HB_POWER_COMMAND), 4), HB_POWER_CMD_FENCE);
    put(POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_FLUSH); /* changes no state */
    ck_assert_uint_eq(get(POWER(2, HB_POWER_STATE), 4), HB_POWER_IS_FENCED);
    put(POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_RESET); /* nor does this */
    ck_assert_uint_eq(get(POWER(2, HB_POWER_STATE), 4), HB_POWER_IS_FENCED);
    put(POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_START);
    ck_assert_uint_eq(get(POWER(2, HB_POWER_STATE), 4), HB_POWER_IS_STARTED);
    put(POWER(1, HB_POWER_COMMAND), 4, HB_POWER_CMD_STOP);
    ck_assert_uint_eq(get(POWER(1, HB_POWER_STATE), 4), HB_POWER_IS_STOPPED);
    ck_assert_uint_eq(get(POWER(0, HB_POWER_STATE), 4), HB_POWER_IS_STARTED);
}
END_TEST

START_TEST(commands_wait_for_the_machine_lowest_hart_first) {
    uint32_t hart, command;
    ck_assert(!hb_devices_has_request(&devices));
    put(POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_FENCE);
    put(POWER(0, HB_POWER_COMMAND), 4, 0xffffffff00000000 | HB_POWER_CMD_FLUSH); /* 32 bits are stored */
    ck_assert(hb_devices_has_request(&devices));
    ck_assert(hb_power_take(&devices.power, HARTS, &hart, &command));
    ck_assert_uint_eq(hart, 0);
    ck_assert_uint_eq(command, HB_POWER_CMD_FLUSH);
    ck_assert(hb_power_take(&devices.power, HARTS, &hart, &command));
    ck_assert_uint_eq(hart, 2);
    ck_assert_uint_eq(command, HB_POWER_CMD_FENCE);
    ck_assert(!hb_power_take(&devices.power, HARTS, &hart, &command));
    ck_assert(!hb_devices_has_request(&devices));
}
END_TEST

START_TEST(entry_and_argument_are_64_bits) {
    put(POWER(1, HB_POWER_ENTRY), 8, 0x8000000012345678);
    put(POWER(1, HB_POWER_ARGUMENT), 8, UINT64_MAX);
    ck_assert_uint_eq(get(POWER(1, HB_POWER_ENTRY), 8), 0x8000000012345678);
    ck_assert_uint_eq(get(POWER(1, HB_POWER_ARGUMENT), 8), UINT64_MAX);
    ck_assert_uint_eq(get(POWER(0, HB_POWER_ENTRY), 8), 0);
    ck_assert(!hb_devices_has_request(&devices));
}
END_TEST

START_TEST(the_power_controller_knows_no_other_registers) {
    uint64_t value;
    ck_assert(faults(POWER(HARTS, HB_POWER_ENTRY), 8));
    ck_assert(faults(POWER(0, 0x18), 8));
    ck_assert(faults(POWER(0, HB_POWER_ENTRY), 1));
    ck_assert(!hb_devices_write(&devices, POWER(0, HB_POWER_STATE), 4, 0, now));
    ck_assert(!hb_devices_write(&devices, POWER(0, HB_POWER_COMMAND), 4, 0, now));
    ck_assert(!hb_devices_write(&devices, POWER(0, HB_POWER_COMMAND), 4, 6, now));
    ck_assert(!hb_devices_write(&devices, POWER(0, HB_POWER_COMMAND), 8, HB_POWER_CMD_FENCE, now));
    ck_assert(!hb_devices_read(&devices, POWER(0, HB_POWER_COMMAND), 1, now, &value));
    ck_assert(!hb_devices_has_request(&devices));
}
END_TEST

/* ---- The state ------------------------------------------------------------------------------------------------- */

static uint64_t visited;

static void mix(void *context, uint64_t value) {
    (void)context;
    visited = (visited ^ value) * 0x9e3779b97f4a7c15ull;
    visited ^= visited >> 29;
}

static uint64_t visit(void) {
    visited = 1;
    hb_devices_visit(&devices, now, mix, NULL);
    return visited;
}

START_TEST(every_register_is_part_of_the_state) {
    static const struct {
        uint64_t address;
        uint32_t bytes;
        uint64_t value;
    } writes[] = {
        {MSIP(2), 4, 1},
        {MTIMECMP(1), 8, 55},
        {MTIME, 8, 99},
        {POWER(2, HB_POWER_COMMAND), 4, HB_POWER_CMD_FENCE},
        {POWER(1, HB_POWER_ENTRY), 8, 0x80000000},
        {POWER(1, HB_POWER_ARGUMENT), 8, 3},
        {UART(1), 1, 1},
        {UART(4), 1, 3},
        {UART(7), 1, 9},
        {UART(3), 1, 0x83},
        {UART(0), 1, 7},
        {HB_FINISHER_BASE, 4, 0x5555},
    };
    for (uint32_t i = 0; i < sizeof writes / sizeof writes[0]; i++) {
        uint64_t before = visit();
        put(writes[i].address, writes[i].bytes, writes[i].value);
        ck_assert_msg(visit() != before, "0x%lx", (unsigned long)writes[i].address);
    }
    uint64_t before = visit();
    hb_uart_receive(&devices.uart, 'x');
    ck_assert_uint_ne(visit(), before);
}
END_TEST

static TCase *group(Suite *suite, const char *name) {
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, NULL);
    suite_add_tcase(suite, tests);
    return tests;
}

static void add_clint(Suite *suite) {
    TCase *tests = group(suite, "map and CLINT");
    tcase_add_test(tests, the_addresses_are_those_of_the_virt_board);
    tcase_add_test(tests, between_the_devices_nothing_answers);
    tcase_add_test(tests, time_is_the_cycle_in_ticks);
    tcase_add_test(tests, time_can_be_set_and_goes_on_from_there);
    tcase_add_test(tests, after_reset_no_timer_is_pending);
    tcase_add_test(tests, a_timer_rises_in_the_first_cycle_of_its_tick);
    tcase_add_test(tests, a_timer_too_far_for_64_bits_of_cycles_never_comes);
    tcase_add_test(tests, software_interrupts_are_one_bit_a_hart);
    tcase_add_test(tests, clint_registers_of_absent_harts_read_zero_and_ignore_writes);
    tcase_add_test(tests, clint_registers_of_other_widths_fault);
}

static void add_others(Suite *suite) {
    TCase *tests = group(suite, "UART, finisher, power controller");
    tcase_add_test(tests, bytes_come_in_in_order);
    tcase_add_test(tests, a_full_queue_loses_the_next_byte_and_no_other);
    tcase_add_test(tests, sent_bytes_wait_for_the_machine);
    tcase_add_test(tests, the_divisor_hides_data_and_interrupt_enable);
    tcase_add_test(tests, the_other_registers_are_those_of_a_16550);
    tcase_add_test(tests, three_words_end_the_run);
    tcase_add_test(tests, other_words_do_not);
    tcase_add_test(tests, the_first_word_of_a_cycle_counts);
    tcase_add_test(tests, the_state_is_what_software_asked_for);
    tcase_add_test(tests, commands_wait_for_the_machine_lowest_hart_first);
    tcase_add_test(tests, entry_and_argument_are_64_bits);
    tcase_add_test(tests, the_power_controller_knows_no_other_registers);
    tcase_add_test(tests, every_register_is_part_of_the_state);
}

int main(void) {
    Suite *suite = suite_create("devices");
    add_clint(suite);
    add_others(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
