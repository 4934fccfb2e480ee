/* Register layout and bits: National Semiconductor PC16550D data sheet, section 8. */
#include "bus/devices/uart.h"

enum { DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

#define LCR_DIVISOR           0x80u
#define LSR_DATA_READY        0x01u
#define LSR_TRANSMITTER_EMPTY 0x60u
#define MSR_CONNECTED         0xb0u /* carrier, data set ready, clear to send */
#define IIR_NONE              0x01u
#define IIR_FIFO              0xc0u

void hb_uart_reset(struct hb_uart *uart) {
    *uart = (struct hb_uart){.lcr = 3};
}

bool hb_uart_receive(struct hb_uart *uart, uint8_t byte) {
    if (uart->received - uart->taken == HB_UART_QUEUE)
        return false;
    uart->queue[uart->received++ % HB_UART_QUEUE] = byte;
    return true;
}

static uint8_t read_data(struct hb_uart *uart) {
    return uart->received == uart->taken ? 0 : uart->queue[uart->taken++ % HB_UART_QUEUE];
}

uint8_t hb_uart_read(struct hb_uart *uart, uint32_t number) {
    bool divisor = uart->lcr & LCR_DIVISOR;
    switch (number) {
    case DATA: return divisor ? uart->dll : read_data(uart);
    case IER: return divisor ? uart->dlm : uart->ier;
    case IIR_FCR: return IIR_NONE | (uart->fcr & 1 ? IIR_FIFO : 0);
    case LCR: return uart->lcr;
    case MCR: return uart->mcr;
    case LSR: return LSR_TRANSMITTER_EMPTY | (uart->received != uart->taken ? LSR_DATA_READY : 0);
    case MSR: return MSR_CONNECTED;
    default: return uart->scr;
    }
}

static void send(struct hb_uart *uart, uint8_t byte) {
    if (uart->sent_bytes < HB_UART_SENT)
        uart->sent[uart->sent_bytes++] = byte;
}

void hb_uart_write(struct hb_uart *uart, uint32_t number, uint8_t value) {
    bool divisor = uart->lcr & LCR_DIVISOR;
    switch (number) {
    case DATA:
        if (divisor)
            uart->dll = value;
        else
            send(uart, value);
        break;
    case IER:
        if (divisor)
            uart->dlm = value;
        else
            uart->ier = value & 0x0f;
        break;
    case IIR_FCR:
        uart->fcr = value & 0xc9;
        if (value & 2) /* clear the receiver's FIFO */
            uart->taken = uart->received;
        break;
    case LCR: uart->lcr = value; break;
    case MCR: uart->mcr = value & 0x1f; break;
    case SCR: uart->scr = value; break;
    default: break; /* LSR and MSR are read-only */
    }
}
