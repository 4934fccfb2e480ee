/* The UART's interrupts and FIFO control, and how its line reaches the PLIC through the board. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/devices.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR };

static struct hb_uart uart;

static void set_up(void) {
    memset(&uart, 0xa5, sizeof uart);
    hb_uart_reset(&uart);
}

static void receive(uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        ck_assert(hb_uart_receive(&uart, (uint8_t)('a' + i)));
}

START_TEST(without_being_enabled_nothing_interrupts) {
    receive(20);
    hb_uart_write(&uart, DATA, 'x');
    ck_assert(!hb_uart_interrupts(&uart));
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x01);
}
END_TEST

START_TEST(received_data_interrupt_until_they_are_read) {
    hb_uart_write(&uart, IER, 1);
    ck_assert(!hb_uart_interrupts(&uart));
    receive(2);
    ck_assert(hb_uart_interrupts(&uart));
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x04);
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x04); /* reading the reason changes nothing here */
    hb_uart_read(&uart, DATA);
    ck_assert(hb_uart_interrupts(&uart));
    hb_uart_read(&uart, DATA);
    ck_assert(!hb_uart_interrupts(&uart));
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x01);
}
END_TEST

START_TEST(an_empty_transmitter_interrupts_once_each_time) {
    hb_uart_write(&uart, IER, 2);
    ck_assert(hb_uart_interrupts(&uart));
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x02);
    ck_assert(!hb_uart_interrupts(&uart));
    hb_uart_write(&uart, IER, 2);
    ck_assert(!hb_uart_interrupts(&uart));
    hb_uart_write(&uart, DATA, 'x');
    ck_assert(hb_uart_interrupts(&uart));
    hb_uart_write(&uart, IER, 0);
    ck_assert(!hb_uart_interrupts(&uart));
    hb_uart_write(&uart, IER, 2);
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x02);
}
END_TEST

START_TEST(received_data_come_before_the_transmitter) {
    hb_uart_write(&uart, IER, 3);
    receive(1);
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x04);
    hb_uart_read(&uart, DATA);
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x02);
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x01);
}
END_TEST

START_TEST(the_trigger_level_tells_data_from_a_timeout) {
    static const uint8_t control[] = {0x01, 0x41, 0x81, 0xc1}, level[] = {1, 4, 8, 14};
    for (uint32_t i = 0; i < 4; i++) {
        hb_uart_reset(&uart);
        hb_uart_write(&uart, IIR, control[i]);
        hb_uart_write(&uart, IER, 1);
        for (uint32_t n = 1; n <= 16; n++) {
            receive(1);
            ck_assert_uint_eq(hb_uart_read(&uart, IIR), n >= level[i] ? 0xc4 : 0xcc);
        }
    }
}
END_TEST

START_TEST(clearing_the_fifo_loses_what_is_in_it_and_not_what_waits_behind) {
    hb_uart_write(&uart, IIR, 0x01);
    receive(20);
    hb_uart_write(&uart, IIR, 0x03);
    for (uint32_t i = 16; i < 20; i++)
        ck_assert_uint_eq(hb_uart_read(&uart, DATA), 'a' + i);
    ck_assert_uint_eq(hb_uart_read(&uart, LSR), 0x60);
    receive(20);
    hb_uart_write(&uart, IIR, 0x00); /* switching the FIFOs off clears them, too */
    ck_assert_uint_eq(hb_uart_read(&uart, DATA), 'a' + 16);
    hb_uart_write(&uart, IIR, 0x02); /* without FIFOs there is one byte to lose */
    ck_assert_uint_eq(hb_uart_read(&uart, DATA), 'a' + 18);
}
END_TEST

START_TEST(what_finds_the_fifo_full_is_counted_and_waits) {
    uint8_t byte;
    hb_uart_write(&uart, 2, 0x01); /* FIFOs on */
    for (int i = 0; i < 20; i++)
        hb_uart_receive(&uart, (uint8_t)i);
    ck_assert_uint_eq(uart.overruns, 4);
    for (int i = 0; i < 20; i++) {
        ck_assert(hb_uart_take(&uart, &byte));
        ck_assert_uint_eq(byte, i);
    }
    hb_uart_write(&uart, 2, 0x00); /* off: room for one */
    hb_uart_receive(&uart, 'a');
    hb_uart_receive(&uart, 'b');
    ck_assert_uint_eq(uart.overruns, 5);
}
END_TEST

START_TEST(in_loopback_nothing_goes_out) {
    hb_uart_write(&uart, MCR, 0x1f);
    hb_uart_write(&uart, DATA, 'x');
    ck_assert_uint_eq(uart.sent_bytes, 0);
    ck_assert_uint_eq(hb_uart_read(&uart, LSR), 0x61);
    ck_assert_uint_eq(hb_uart_read(&uart, DATA), 'x');
    ck_assert_uint_eq(hb_uart_read(&uart, MSR), 0xf0);
    hb_uart_write(&uart, MCR, 0x1a);
    ck_assert_uint_eq(hb_uart_read(&uart, MSR), 0x90); /* what Linux looks for */
}
END_TEST

START_TEST(it_signals_when_something_happens_and_not_when_it_is_looked_at) {
    hb_uart_write(&uart, IER, 3);
    ck_assert(hb_uart_take_signal(&uart));
    ck_assert(!hb_uart_take_signal(&uart));
    hb_uart_read(&uart, LSR); /* "sent" is still a reason, but nothing has happened */
    hb_uart_read(&uart, MSR);
    hb_uart_write(&uart, IER, 3);
    ck_assert(hb_uart_interrupts(&uart));
    ck_assert(!hb_uart_take_signal(&uart));
    receive(2); /* another reason, the line being high already */
    ck_assert(hb_uart_take_signal(&uart));
    hb_uart_read(&uart, IIR);
    ck_assert(!hb_uart_take_signal(&uart));
    hb_uart_read(&uart, DATA); /* there is more */
    ck_assert(hb_uart_take_signal(&uart));
    hb_uart_read(&uart, DATA); /* "sent" is left */
    ck_assert(hb_uart_take_signal(&uart));
    ck_assert_uint_eq(hb_uart_read(&uart, IIR), 0x02);
    ck_assert(!hb_uart_take_signal(&uart));
    hb_uart_read(&uart, DATA);
    ck_assert(!hb_uart_take_signal(&uart));
    hb_uart_write(&uart, DATA, 'x');
    ck_assert(hb_uart_take_signal(&uart));
}
END_TEST

/* ---- On the board ---------------------------------------------------------------------------------------------- */

static struct hb_devices devices;

static uint64_t get(uint64_t address, uint32_t bytes) {
    uint64_t value;
    ck_assert(hb_devices_read(&devices, address, bytes, 0, &value));
    return value;
}

static void put(uint64_t address, uint32_t bytes, uint64_t value) {
    ck_assert(hb_devices_write(&devices, address, bytes, value, 0));
}

static void set_up_board(void) {
    memset(&devices, 0x5a, sizeof devices);
    hb_devices_reset(&devices, 2, 10);
    put(HB_PLIC_BASE + 40, 4, 1);                    /* priority of source 10 */
    put(HB_PLIC_BASE + 0x2000 + 3 * 0x80, 4, 0x400); /* enabled for hart 1's supervisor mode */
    put(HB_UART_BASE + IER, 1, 1);
    devices.changed = false;
}

START_TEST(a_byte_that_comes_in_reaches_the_harts_line) {
    hb_devices_receive(&devices, 'x');
    ck_assert(devices.changed);
    ck_assert(hb_devices_external_s(&devices, 1));
    ck_assert(!hb_devices_external_m(&devices, 1));
    ck_assert(!hb_devices_external_s(&devices, 0));
}
END_TEST

START_TEST(reads_that_change_a_line_make_the_machine_look) {
    hb_devices_receive(&devices, 'x');
    devices.changed = false;
    get(HB_UART_BASE + LSR, 1);
    ck_assert(!devices.changed);
    ck_assert_uint_eq(get(HB_PLIC_BASE + 0x200004 + 3 * 0x1000, 4), 10); /* claim */
    ck_assert(devices.changed);
    ck_assert(!hb_devices_external_s(&devices, 1));
    get(HB_UART_BASE + DATA, 1);
    put(HB_PLIC_BASE + 0x200004 + 3 * 0x1000, 4, 10);
    ck_assert(!hb_devices_external_s(&devices, 1));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("uart");
    TCase *tests = tcase_create("uart"), *board = tcase_create("board");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, without_being_enabled_nothing_interrupts);
    tcase_add_test(tests, received_data_interrupt_until_they_are_read);
    tcase_add_test(tests, an_empty_transmitter_interrupts_once_each_time);
    tcase_add_test(tests, received_data_come_before_the_transmitter);
    tcase_add_test(tests, the_trigger_level_tells_data_from_a_timeout);
    tcase_add_test(tests, clearing_the_fifo_loses_what_is_in_it_and_not_what_waits_behind);
    tcase_add_test(tests, what_finds_the_fifo_full_is_counted_and_waits);
    tcase_add_test(tests, in_loopback_nothing_goes_out);
    tcase_add_test(tests, it_signals_when_something_happens_and_not_when_it_is_looked_at);
    tcase_add_checked_fixture(board, set_up_board, NULL);
    tcase_add_test(board, a_byte_that_comes_in_reaches_the_harts_line);
    tcase_add_test(board, reads_that_change_a_line_make_the_machine_look);
    suite_add_tcase(suite, tests);
    suite_add_tcase(suite, board);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
