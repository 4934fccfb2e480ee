/* Register layout and bits: National Semiconductor PC16550D data sheet, section 8. */
#include "bus/devices/uart.h"

enum { DATA, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR };

#define IER_RECEIVED          0x01u
#define IER_SENT              0x02u
#define FCR_ENABLE            0x01u
#define FCR_CLEAR_RECEIVER    0x02u
#define FCR_CLEAR_TRANSMITTER 0x04u
#define FCR_KEPT              0xc9u
#define LCR_DIVISOR           0x80u
#define MCR_LOOPBACK          0x10u
#define LSR_DATA_READY        0x01u
#define LSR_TRANSMITTER_EMPTY 0x60u
#define MSR_CONNECTED         0xb0u /* carrier, data set ready, clear to send */
#define IIR_NONE              0x01u
#define IIR_SENT              0x02u
#define IIR_RECEIVED          0x04u
#define IIR_TIMED_OUT         0x0cu
#define IIR_FIFO              0xc0u

void hb_uart_reset(struct hb_uart *uart) {
    *uart = (struct hb_uart){.lcr = 3, .mcr = 8, .dll = 12};
}

static uint32_t waiting(const struct hb_uart *uart) {
    return uart->received - uart->taken;
}

static uint32_t fifo_bytes(const struct hb_uart *uart) {
    return uart->fcr & FCR_ENABLE ? HB_UART_FIFO : 1;
}

bool hb_uart_receive(struct hb_uart *uart, uint8_t byte) {
    uart->overruns += waiting(uart) >= fifo_bytes(uart);
    if (waiting(uart) == HB_UART_QUEUE)
        return false;
    uart->queue[uart->received++ % HB_UART_QUEUE] = byte;
    uart->signals |= hb_uart_interrupts(uart);
    return true;
}

/* ---- Interrupts ------------------------------------------------------------------------------------------------ */

static uint32_t trigger_level(const struct hb_uart *uart) {
    static const uint8_t levels[] = {1, 4, 8, 14};
    return uart->fcr & FCR_ENABLE ? levels[uart->fcr >> 6] : 1;
}

/* The interrupt reason of the highest priority, as the IIR reports it. */
static uint8_t reason(const struct hb_uart *uart) {
    if (uart->ier & IER_RECEIVED && waiting(uart) > 0)
        return waiting(uart) >= trigger_level(uart) ? IIR_RECEIVED : IIR_TIMED_OUT;
    return uart->ier & IER_SENT && uart->sent_pending ? IIR_SENT : IIR_NONE;
}

bool hb_uart_interrupts(const struct hb_uart *uart) {
    return reason(uart) != IIR_NONE;
}

bool hb_uart_awaits_input(const struct hb_uart *uart) {
    return uart->ier & IER_RECEIVED && waiting(uart) == 0;
}

bool hb_uart_take_signal(struct hb_uart *uart) {
    bool signals = uart->signals;
    uart->signals = false;
    return signals;
}

static void update(struct hb_uart *uart) {
    uart->signals |= hb_uart_interrupts(uart);
}

/* Reading the reason "sent" clears it. */
static uint8_t read_reason(struct hb_uart *uart) {
    uint8_t why = reason(uart);
    if (why == IIR_SENT) {
        uart->sent_pending = false;
        update(uart);
    }
    return why | (uart->fcr & FCR_ENABLE ? IIR_FIFO : 0);
}

/* ---- Registers ------------------------------------------------------------------------------------------------- */

bool hb_uart_take(struct hb_uart *uart, uint8_t *byte) {
    bool any = waiting(uart) > 0;
    *byte = any ? uart->queue[uart->taken++ % HB_UART_QUEUE] : 0;
    update(uart);
    return any;
}

static uint8_t read_data(struct hb_uart *uart) {
    uint8_t byte;
    (void)hb_uart_take(uart, &byte);
    return byte;
}

/* In loopback the four modem outputs are the four inputs. */
static uint8_t modem_status(const struct hb_uart *uart) {
    if (!(uart->mcr & MCR_LOOPBACK))
        return MSR_CONNECTED;
    return (uint8_t)((uart->mcr & 0x0c) << 4 | (uart->mcr & 0x02) << 3 | (uart->mcr & 0x01) << 5);
}

uint8_t hb_uart_read(struct hb_uart *uart, uint32_t number) {
    bool divisor = uart->lcr & LCR_DIVISOR;
    switch (number) {
    case DATA: return divisor ? uart->dll : read_data(uart);
    case IER: return divisor ? uart->dlm : uart->ier;
    case IIR_FCR: return read_reason(uart);
    case LCR: return uart->lcr;
    case MCR: return uart->mcr;
    case LSR: return LSR_TRANSMITTER_EMPTY | (waiting(uart) > 0 ? LSR_DATA_READY : 0);
    case MSR: return modem_status(uart);
    default: return uart->scr;
    }
}

static void send(struct hb_uart *uart, uint8_t byte) {
    uart->sent_pending = true; /* sent already: the transmitter is empty again */
    if (uart->mcr & MCR_LOOPBACK)
        hb_uart_receive(uart, byte);
    else if (uart->sent_bytes < HB_UART_SENT)
        uart->sent[uart->sent_bytes++] = byte;
    update(uart);
}

/* Enabling the interrupt of an empty transmitter raises it. */
static void enable_interrupts(struct hb_uart *uart, uint8_t value) {
    uint8_t changed = (uart->ier ^ value) & 0x0f;
    if (changed & IER_SENT)
        uart->sent_pending = value & IER_SENT;
    uart->ier = value & 0x0f;
    if (changed)
        update(uart);
}

static void control_fifos(struct hb_uart *uart, uint8_t value) {
    uint32_t held = fifo_bytes(uart);
    if ((uart->fcr ^ value) & FCR_ENABLE)
        value |= FCR_CLEAR_RECEIVER | FCR_CLEAR_TRANSMITTER;
    if (value & FCR_CLEAR_RECEIVER)
        uart->taken += waiting(uart) < held ? waiting(uart) : held;
    if (value & FCR_CLEAR_TRANSMITTER)
        uart->sent_pending = true;
    uart->fcr = value & FCR_KEPT;
    update(uart);
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
            enable_interrupts(uart, value);
        break;
    case IIR_FCR: control_fifos(uart, value); break;
    case LCR: uart->lcr = value; break;
    case MCR: uart->mcr = value & 0x1f; break;
    case SCR: uart->scr = value; break;
    default: break; /* LSR and MSR are read-only */
    }
}
