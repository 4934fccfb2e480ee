/* UART 16550: registers of 8 bits, two FIFOs of 16, interrupts (source 10 of the PLIC).
 *
 * The line is infinitely fast in both directions: the transmitter is always ready, and a received byte is available at
 * once. What arrives while the receive FIFO is full waits in `queue`, so that nothing is lost when a file is fed in,
 * and clearing the FIFO loses no more than the 16 bytes in it. A character time being 0, bytes below the trigger level
 * are reported as timed out (IIR 0xc) straight away. What the guest sends is kept in `sent` until the machine takes it
 * at the close of the cycle. The line is signalled whenever a register access or a received byte may have changed the
 * reasons and one is left; reading the line's status is no such access. In loopback (MCR bit 4) what is sent is
 * received again.
 *
 * Not modelled: line errors, breaks, changes of the modem lines.
 */
#ifndef HB_BUS_DEVICES_UART_H
#define HB_BUS_DEVICES_UART_H

#include <stdbool.h>
#include <stdint.h>

#define HB_UART_FIFO  16u
#define HB_UART_QUEUE 4096u
#define HB_UART_SENT  16u
#define HB_UART_IRQ   10u /* source of the PLIC */

struct hb_uart {
    uint8_t ier, lcr, mcr, scr, fcr;
    uint8_t dll, dlm;         /* divisor: kept, without effect */
    bool sent_pending;        /* the transmitter became empty, and software has not been notified */
    bool signals;             /* to the PLIC; taken at once */
    uint32_t overruns;        /* bytes that found the FIFO full, and that a real line would have lost */
    uint32_t received, taken; /* bytes received and bytes read in total; FIFO and queue hold the difference */
    uint8_t queue[HB_UART_QUEUE];
    uint32_t sent_bytes;
    uint8_t sent[HB_UART_SENT];
};

void hb_uart_reset(struct hb_uart *uart);

/* A byte arrives; one that finds the FIFO full is counted. False: 4096 are waiting already and it is lost, as on a real
 * line. */
bool hb_uart_receive(struct hb_uart *uart, uint8_t byte);

/* Take the oldest received byte, in place of the guest. False: none waits. */
bool hb_uart_take(struct hb_uart *uart, uint8_t *byte);

/* The interrupt line. */
bool hb_uart_interrupts(const struct hb_uart *uart);

/* Something has happened that is a reason for an interrupt, or leaves one pending: take the signal. */
bool hb_uart_take_signal(struct hb_uart *uart);

/* A byte that arrived now would raise the line. */
bool hb_uart_awaits_input(const struct hb_uart *uart);

/* Register 0 to 7. Reading one may change the state, and with it the interrupt line. */
uint8_t hb_uart_read(struct hb_uart *uart, uint32_t number);
void hb_uart_write(struct hb_uart *uart, uint32_t number, uint8_t value);

#endif
