/* The board's interrupts, register by register: CLINT, PLIC, UART, virtio slots. Every fact is printed; QEMU's virt
 * board and ours must print the same. The console goes out by the very UART that is looked at, so facts are taken
 * first. */
#include "print.h"

#define CLINT            0x2000000ul
#define PLIC             0xc000000ul
#define PRIORITY(source) word(PLIC + 4 * (source))
#define PENDING(n)       word(PLIC + 0x1000 + 4 * (n))
#define ENABLE(c, n)     word(PLIC + 0x2000 + 0x80 * (c) + 4 * (n))
#define THRESHOLD(c)     word(PLIC + 0x200000 + 0x1000 * (c))
#define CLAIM(c)         word(PLIC + 0x200004 + 0x1000 * (c))
#define UART             ((volatile uint8_t *)0x10000000)
#define VIRTIO(slot, at) word(0x10001000ul + 0x1000 * (slot) + (at))

#define UART_SOURCE 10
#define MEIP        (1ul << 11)
#define SEIP        (1ul << 9)

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };

static uint64_t pending(void) {
    uint64_t mip;
    __asm__ volatile("csrr %0, mip" : "=r"(mip));
    return mip & (MEIP | SEIP);
}

static volatile uint64_t traps, trap_cause, trap_claimed, trap_reason;

uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    (void)value;
    traps++;
    trap_cause = cause;
    if (cause >> 63) {
        trap_claimed = *CLAIM(0);
        trap_reason = UART[IIR];
        UART[IER] = 0;
        *CLAIM(0) = (uint32_t)trap_claimed;
        return pc;
    }
    return pc + ((*(const uint16_t *)pc & 3) == 3 ? 4 : 2);
}

/* ---- CLINT ----------------------------------------------------------------------------------------------------- */

/* There are two harts. */
static void clint_of_absent_harts(void) {
    static const uint32_t words[] = {4 * 2, 4 * 64, 0x3ffc, 0x4014, 0xbff4};
    traps = 0;
    for (uint32_t i = 0; i < 5; i++) {
        *word(CLINT + words[i]) = 0xffffffff;
        fact("a word of an absent hart", *word(CLINT + words[i]));
    }
    volatile uint64_t *timer = (volatile uint64_t *)(CLINT + 0x4000 + 8 * 5);
    *timer = 1;
    fact("mtimecmp of an absent hart", *timer);
    fact("traps", traps);
    (void)*word(CLINT + 0xc000);
    (void)*(volatile uint64_t *)CLINT;
    (void)*(volatile uint16_t *)CLINT;
    (void)*(volatile uint8_t *)(CLINT + 0x4000);
    fact("traps beyond the registers, and of other widths", traps);
}

/* ---- PLIC ------------------------------------------------------------------------------------------------------ */

static void plic_after_reset(void) {
    fact("priority 1", *PRIORITY(1));
    fact("pending 0", *PENDING(0));
    fact("pending 2", *PENDING(2));
    fact("enable 0 0", *ENABLE(0, 0));
    fact("enable 1 2", *ENABLE(1, 2));
    fact("threshold 0", *THRESHOLD(0));
    fact("claim 0", *CLAIM(0));
    fact("claim 3", *CLAIM(3));
}

static void plic_registers(void) {
    *PRIORITY(1) = 0xffffffff;
    *PRIORITY(2) = 5;
    *PRIORITY(95) = 0x1b;
    *PENDING(0) = 0xffffffff;
    *ENABLE(0, 0) = 0xfffffffe;
    *ENABLE(0, 2) = 0x80000001;
    *ENABLE(1, 1) = 0x12345678;
    *ENABLE(2, 0) = 0x400;
    *THRESHOLD(0) = 0xffffffff;
    *THRESHOLD(1) = 6;
    fact("priority 1", *PRIORITY(1));
    fact("priority 2", *PRIORITY(2));
    fact("priority 95", *PRIORITY(95));
    fact("pending 0", *PENDING(0));
    fact("enable 0 0", *ENABLE(0, 0));
    fact("enable 0 2", *ENABLE(0, 2));
    fact("enable 1 1", *ENABLE(1, 1));
    fact("enable 2 0", *ENABLE(2, 0));
    fact("threshold 0", *THRESHOLD(0));
    fact("threshold 1", *THRESHOLD(1));
    fact("between the registers", *word(PLIC + 0x1100));
    fact("behind a context's registers", *word(PLIC + 0x200010));
    for (uint32_t source = 1; source < 96; source++)
        *PRIORITY(source) = 0;
    for (uint32_t c = 0; c < 4; c++) {
        *THRESHOLD(c) = 0;
        for (uint32_t n = 0; n < 3; n++)
            *ENABLE(c, n) = 0;
    }
    traps = 0;
    (void)*(volatile uint8_t *)PLIC;
    fact("traps of a byte-wide read", traps);
}

/* ---- UART ------------------------------------------------------------------------------------------------------ */

static void uart_after_reset(void) {
    static const uint8_t numbers[] = {IER, IIR, LSR, MSR};
    uint8_t value[4];
    for (uint32_t i = 0; i < 4; i++)
        value[i] = UART[numbers[i]];
    for (uint32_t i = 0; i < 4; i++)
        fact("uart", value[i]);
}

static void uart_transmitter(void) {
    uint8_t value[6];
    UART[IER] = 2; /* the transmitter is empty: an interrupt at once */
    value[0] = UART[IIR];
    value[1] = UART[IIR]; /* the read before took it back */
    UART[IER] = 2;        /* no change: none */
    value[2] = UART[IIR];
    UART[IER] = 0;
    UART[IER] = 2;
    value[3] = UART[IER];
    value[4] = UART[IIR];
    UART[IER] = 0;
    value[5] = UART[IIR];
    for (uint32_t i = 0; i < 6; i++)
        fact("transmitter", value[i]);
}

static void uart_fifo_control(void) {
    uint8_t value[4];
    UART[2] = 0x01;
    value[0] = UART[IIR];
    UART[2] = 0xc7;
    value[1] = UART[IIR];
    UART[2] = 0x00;
    value[2] = UART[IIR];
    UART[IER] = 0xff;
    value[3] = UART[IER];
    UART[IER] = 0;
    for (uint32_t i = 0; i < 4; i++)
        fact("fifo control", value[i]);
}

static void uart_loopback(void) {
    uint8_t modem[16], status[3], data[2];
    for (uint8_t i = 0; i < 16; i++) {
        UART[MCR] = 0x10 | i;
        modem[i] = UART[MSR] & 0xf0;
    }
    UART[MCR] = 0x10;
    UART[2] = 0x01;
    status[0] = UART[LSR] & 0x61;
    UART[DATA] = 'a';
    UART[DATA] = 'b';
    status[1] = UART[LSR] & 0x61;
    data[0] = UART[DATA];
    data[1] = UART[DATA];
    status[2] = UART[LSR] & 0x61;
    UART[MCR] = 8;
    for (uint32_t i = 0; i < 16; i++)
        fact("modem in loopback", modem[i]);
    for (uint32_t i = 0; i < 3; i++)
        fact("line in loopback", status[i]);
    fact("data in loopback", data[0]);
    fact("data in loopback", data[1]);
}

static uint8_t wait_for_reason(void) {
    uint8_t reason = 1;
    for (uint32_t i = 0; i < 10000000 && (reason & 15) == 1; i++)
        reason = UART[IIR];
    return reason;
}

static void uart_receiver(void) {
    uint8_t reason[6];
    UART[MCR] = 0x10;
    UART[2] = 0x41; /* from 4 bytes on */
    UART[IER] = 1;
    reason[0] = UART[IIR];
    UART[DATA] = 1;
    reason[1] = wait_for_reason(); /* fewer: the character timeout */
    for (uint8_t i = 2; i < 5; i++)
        UART[DATA] = i;
    UART[DATA];
    UART[DATA] = 5;
    reason[2] = UART[IIR];
    UART[2] = 0x43; /* empty it */
    reason[3] = UART[IIR];
    UART[IER] = 3;
    reason[4] = UART[IIR];
    UART[IER] = 0;
    reason[5] = UART[IIR];
    UART[MCR] = 8;
    for (uint32_t i = 0; i < 6; i++)
        fact("receiver", reason[i]);
}

static void uart_scratch(void) {
    uint64_t value[6];
    UART[SCR] = 0x5a;
    value[0] = *(volatile uint32_t *)&UART[4] & 0xff;
    value[1] = UART[SCR];
    UART[LCR] = 0x83;
    UART[DATA] = 0x34;
    UART[IER] = 0x12;
    value[2] = UART[DATA];
    value[3] = UART[IER];
    UART[LCR] = 0x03;
    value[4] = UART[LCR];
    value[5] = UART[IER];
    for (uint32_t i = 0; i < 6; i++)
        fact("scratch and divisor", value[i]);
}

/* ---- From the UART through the PLIC to the hart ---------------------------------------------------------------- */

static void line_to_claim(void) {
    uint64_t seen[11];
    *PRIORITY(UART_SOURCE) = 3;
    *ENABLE(0, 0) = 1u << UART_SOURCE;
    UART[IER] = 2;
    seen[0] = *PENDING(0);
    seen[1] = pending();
    *THRESHOLD(0) = 3; /* not above it */
    seen[2] = pending();
    *THRESHOLD(0) = 2;
    seen[3] = pending();
    seen[4] = *CLAIM(0);
    seen[5] = *PENDING(0);
    seen[6] = pending();
    seen[7] = *CLAIM(0); /* it is in service: nothing more */
    (void)UART[IIR];     /* the line falls */
    *CLAIM(0) = UART_SOURCE;
    seen[8] = *PENDING(0);
    seen[9] = pending();
    seen[10] = *CLAIM(0);
    UART[IER] = 0;
    *THRESHOLD(0) = 0;
    for (uint32_t i = 0; i < 11; i++)
        fact("line to claim", seen[i]);
}

/* The same for the supervisor mode's context, beside the bit that machine mode can set by itself. */
static void line_to_supervisor(void) {
    uint64_t seen[6];
    *ENABLE(0, 0) = 0;
    *ENABLE(1, 0) = 1u << UART_SOURCE;
    UART[IER] = 2;
    seen[0] = pending();
    seen[1] = *CLAIM(0);
    seen[2] = *CLAIM(1);
    seen[3] = pending();
    (void)UART[IIR];
    UART[IER] = 0;
    *CLAIM(1) = UART_SOURCE;
    __asm__ volatile("csrs mip, %0" ::"r"(SEIP));
    seen[4] = pending();
    __asm__ volatile("csrc mip, %0" ::"r"(SEIP));
    seen[5] = pending();
    *ENABLE(1, 0) = 0;
    *ENABLE(0, 0) = 1u << UART_SOURCE;
    for (uint32_t i = 0; i < 6; i++)
        fact("line to the supervisor", seen[i]);
}

/* A driver that leaves "sent" unread is not interrupted for ever, and is told of what comes later all the same. */
static void reason_left_unread(void) {
    uint64_t seen[10];
    UART[MCR] = 0x10;
    UART[IER] = 3;
    seen[0] = *CLAIM(0);
    seen[1] = UART[LSR] & 0x61;
    *CLAIM(0) = UART_SOURCE;
    seen[2] = pending();
    seen[3] = *PENDING(0);
    UART[DATA] = 'a'; /* comes in: another reason */
    seen[4] = *CLAIM(0);
    seen[5] = *PENDING(0);
    seen[6] = UART[DATA]; /* "sent" is left */
    seen[7] = *PENDING(0);
    *CLAIM(0) = UART_SOURCE;
    seen[8] = *CLAIM(0);
    *CLAIM(0) = UART_SOURCE;
    seen[9] = *CLAIM(0);
    (void)UART[IIR];
    UART[IER] = 0;
    UART[MCR] = 8;
    for (uint32_t i = 0; i < 10; i++)
        fact("a reason left unread", seen[i]);
}

static void interrupt(void) {
    traps = 0;
    __asm__ volatile("csrs mie, %0" ::"r"(MEIP));
    __asm__ volatile("csrsi mstatus, 8");
    UART[IER] = 2;
    for (uint32_t i = 0; i < 10000000 && traps == 0; i++)
        ;
    for (volatile uint32_t i = 0; i < 1000; i++)
        ;
    __asm__ volatile("csrci mstatus, 8");
    fact("interrupts taken", traps);
    fact("cause", trap_cause);
    fact("claimed", trap_claimed);
    fact("reason", trap_reason);
}

/* ---- virtio: what is seen without driving it ------------------------------------------------------------------- */

static void virtio_slots(void) {
    for (uint32_t slot = 0; slot < 8; slot++)
        for (uint32_t at = 0; at < 16; at += 4)
            fact("virtio", *VIRTIO(slot, at));
    fact("an empty slot's status", *VIRTIO(1, 0x70));
    *VIRTIO(1, 0x70) = 1;
    fact("an empty slot's status", *VIRTIO(1, 0x70));
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart != 0)
        return;
    uart_after_reset();
    clint_of_absent_harts();
    plic_after_reset();
    plic_registers();
    uart_transmitter();
    uart_fifo_control();
    uart_loopback();
    uart_receiver();
    uart_scratch();
    line_to_claim();
    line_to_supervisor();
    reason_left_unread();
    interrupt();
    virtio_slots();
    bare_print("end\n");
    bare_finish(0);
}
