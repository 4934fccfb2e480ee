/* UART 16550: registers of 8 bits, a receive FIFO of 16, a transmitter that is always ready.
 *
 * What the guest sends is kept in `sent` until the machine takes it at the close of the cycle; what comes in waits in
 * `queue` in front of the FIFO, so that nothing is lost when a file is fed in at once. No interrupt yet.
 */
#ifndef HB_BUS_DEVICES_UART_H
#define HB_BUS_DEVICES_UART_H

#include <stdbool.h>
#include <stdint.h>

#define HB_UART_QUEUE 4096u
#define HB_UART_SENT  16u

struct hb_uart {
    uint8_t ier, lcr, mcr, scr, fcr;
    uint8_t dll, dlm;         /* divisor: kept, without effect */
    uint32_t received, taken; /* bytes that came in and were read, ever; the queue holds the difference */
    uint8_t queue[HB_UART_QUEUE];
    uint32_t sent_bytes;
    uint8_t sent[HB_UART_SENT];
};

void hb_uart_reset(struct hb_uart *uart);

/* A byte comes in. False: 4096 wait already and it is lost, as on a real line. */
bool hb_uart_receive(struct hb_uart *uart, uint8_t byte);

/* Register 0 to 7. */
uint8_t hb_uart_read(struct hb_uart *uart, uint32_t number);
void hb_uart_write(struct hb_uart *uart, uint32_t number, uint8_t value);

#endif
