#include "osmodel/guest/machine/console.h"

#include <stdarg.h>
#include <stddef.h>

#include "osmodel/guest/machine/board.h"

#define UART_DATA        0
#define UART_INTERRUPTS  1 /* which */
#define UART_FIFO        2
#define UART_LINE_STATUS 5
#define UART_RECEIVED    0x01
#define UART_FIFO_ON     0x01
#define UART_CAN_SEND    0x20

void hb_put_char(char c) {
    volatile uint8_t *uart = (volatile uint8_t *)HB_UART_BASE;
    hb_breathe();
    while (!(uart[UART_LINE_STATUS] & UART_CAN_SEND)) {
    }
    uart[UART_DATA] = (uint8_t)c;
}

void hb_console_listen(void) {
    volatile uint8_t *uart = (volatile uint8_t *)HB_UART_BASE;
    uart[UART_FIFO] = UART_FIFO_ON;
    uart[UART_INTERRUPTS] = UART_RECEIVED;
}

int hb_get_char(void) {
    volatile uint8_t *uart = (volatile uint8_t *)HB_UART_BASE;
    return uart[UART_LINE_STATUS] & UART_RECEIVED ? uart[UART_DATA] : -1;
}

static void put_text(const char *text) {
    while (*text)
        hb_put_char(*text++);
}

static void put_number(uint64_t value, unsigned base) {
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    while (n > 0)
        hb_put_char(digits[--n]);
}

void hb_print(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            hb_put_char(*format);
            continue;
        }
        switch (*++format) {
        case 's': put_text(va_arg(arguments, const char *)); break;
        case 'u': put_number(va_arg(arguments, uint64_t), 10); break;
        default: put_number(va_arg(arguments, uint64_t), 16); break;
        }
    }
    va_end(arguments);
}
