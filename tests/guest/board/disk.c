/* A driver for the virtio disk in slot 0, and everything that a driver can do wrong. Every answer is printed; QEMU's
 * disk and ours must give the same, and leave the same image behind. */
#include "print.h"

#define REG(at) (*word(0x10001000ul + (at)))
#define QUEUE   8u
#define SECTOR  512u

enum {
    FEATURES = 0x10,
    FEATURES_SELECT = 0x14,
    ACCEPTED = 0x20,
    ACCEPTED_SELECT = 0x24,
    QUEUE_SELECT = 0x30,
    QUEUE_MAX = 0x34,
    QUEUE_SIZE = 0x38,
    READY = 0x44,
    NOTIFY = 0x50,
    INTERRUPT = 0x60,
    ACKNOWLEDGE = 0x64,
    STATUS = 0x70,
    CONFIG = 0x100
};
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };
enum { IN, OUT, FLUSH = 4, GET_ID = 8 };

struct descriptor {
    uint64_t address;
    uint32_t bytes;
    uint16_t flags, next;
};

static struct descriptor table[QUEUE] __attribute__((aligned(4096)));
static volatile struct { uint16_t flags, index, ring[QUEUE]; } available __attribute__((aligned(64)));
static volatile struct {
    uint16_t flags, index;
    struct {
        uint32_t id, bytes;
    } ring[QUEUE];
} used __attribute__((aligned(64)));
static struct {
    uint32_t type, reserved;
    uint64_t sector;
} header __attribute__((aligned(64)));
static volatile uint8_t status;
static struct descriptor indirect[QUEUE] __attribute__((aligned(16)));
static uint8_t data[16 * SECTOR] __attribute__((aligned(64)));

/* ---- Setting up ------------------------------------------------------------------------------------------------ */

static void set_queue(void) {
    uint64_t places[3] = {(uint64_t)table, (uint64_t)&available, (uint64_t)&used};
    REG(QUEUE_SELECT) = 0;
    REG(QUEUE_SIZE) = QUEUE;
    for (uint32_t i = 0; i < 3; i++) {
        REG(0x80 + 16 * i) = (uint32_t)places[i];
        REG(0x84 + 16 * i) = (uint32_t)(places[i] >> 32);
    }
    REG(READY) = 1;
}

static void accept(uint32_t select, uint32_t features) {
    REG(ACCEPTED_SELECT) = select;
    REG(ACCEPTED) = features;
}

static void start(void) {
    REG(STATUS) = 0;
    available.index = used.index = 0;
    REG(STATUS) = 1;
    REG(STATUS) = 3;
    accept(0, 1u << 9 | 1u << 28); /* flush, indirect */
    accept(1, 1);                  /* version 1 */
    REG(STATUS) = 11;
    set_queue();
    REG(STATUS) = 15;
}

static void negotiation(void) {
    REG(STATUS) = 0;
    fact("status", REG(STATUS));
    fact("interrupt", REG(INTERRUPT));
    REG(FEATURES_SELECT) = 1;
    fact("version 1 offered", REG(FEATURES) & 1);
    REG(FEATURES_SELECT) = 0;
    fact("what we use is offered", REG(FEATURES) & (1u << 2 | 1u << 6 | 1u << 9 | 1u << 28));
    REG(STATUS) = 3;
    fact("status", REG(STATUS));
    REG(QUEUE_SELECT) = 1;
    fact("a second queue", REG(QUEUE_MAX));
    REG(QUEUE_SELECT) = 0;
    fact("the first queue", REG(QUEUE_MAX));
    fact("ready", REG(READY));
    fact("capacity", REG(CONFIG) | (uint64_t)REG(CONFIG + 4) << 32);
    fact("block size", REG(CONFIG + 20));
    start();
    fact("status", REG(STATUS));
    fact("ready", REG(READY));
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static void describe(uint32_t i, const volatile void *at, uint32_t bytes, uint16_t flags, uint16_t next) {
    table[i] = (struct descriptor){(uint64_t)at, bytes, flags, next};
}

/* Hand over the chain that begins at `head`. True: it was answered; false: the device wants to be reset. */
static int submit(uint16_t head) {
    uint16_t before = used.index;
    status = 0xee;
    available.ring[available.index % QUEUE] = head;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    available.index++;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    REG(NOTIFY) = 0;
    while (used.index == before)
        if (REG(STATUS) & 0x40)
            return 0;
    return 1;
}

static void tell(const char *what, uint16_t head) {
    bare_print(what);
    if (!submit(head)) {
        fact(": needs reset, interrupt", REG(INTERRUPT) & 2);
        start();
        fact("  after the reset", REG(STATUS));
        return;
    }
    while (!(REG(INTERRUPT) & 1)) /* it comes after the used index */
        ;
    bare_print(": status ");
    print_hex(status);
    if (status == 0) /* else QEMU counts what it did not write */
        fact(", bytes", used.ring[(used.index - 1) % QUEUE].bytes);
    else
        bare_print("\n");
    fact("  head", used.ring[(used.index - 1) % QUEUE].id);
    fact("  interrupt", REG(INTERRUPT));
    REG(ACKNOWLEDGE) = 1;
    fact("  interrupt", REG(INTERRUPT));
}

static void request(const char *what, uint32_t type, uint64_t sector, uint32_t bytes) {
    header.type = type;
    header.sector = sector;
    describe(0, &header, 16, NEXT, 1);
    describe(1, data, bytes, NEXT | (type == OUT ? 0 : WRITE), 2);
    describe(2, &status, 1, WRITE, 0);
    tell(what, 0);
}

static uint64_t sum(uint32_t bytes) {
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value * 31 + data[i];
    return value;
}

static void reads_and_writes(void) {
    request("read sector 0", IN, 0, SECTOR);
    fact("  sum", sum(SECTOR));
    request("read sectors 100 to 115", IN, 100, 16 * SECTOR);
    fact("  sum", sum(16 * SECTOR));
    for (uint32_t i = 0; i < 16 * SECTOR; i++)
        data[i] = (uint8_t)(i * 7 + i / SECTOR);
    request("write sectors 3 to 18", OUT, 3, 16 * SECTOR);
    for (uint32_t i = 0; i < 16 * SECTOR; i++)
        data[i] = 0;
    request("read sectors 2 to 17", IN, 2, 16 * SECTOR);
    fact("  sum", sum(16 * SECTOR));
    request("read the last sector", IN, 127, SECTOR);
    fact("  sum", sum(SECTOR));
    header.type = FLUSH;
    header.sector = 0;
    describe(0, &header, 16, NEXT, 1);
    describe(1, &status, 1, WRITE, 0);
    tell("flush", 0);
    for (uint32_t i = 0; i < 64; i++)
        data[i] = 0xaa;
    request("identity", GET_ID, 0, 20);
    fact("  sum", sum(14)); /* QEMU leaves what lies behind the text as it was */
}

static void many_pieces(void) {
    static const uint32_t pieces[] = {1, 63, 200, 248, 300, 212};
    header.type = IN;
    header.sector = 40;
    describe(0, &header, 4, NEXT, 1); /* the header in two pieces, too */
    indirect[0] = (struct descriptor){(uint64_t)&header, 9, NEXT, 1};
    indirect[1] = (struct descriptor){(uint64_t)&header + 9, 7, NEXT, 2};
    uint32_t at = 0;
    for (uint16_t i = 2; i < 7; i++) {
        uint32_t bytes = i == 6 ? 300 + 212 : pieces[i - 2];
        indirect[i] = (struct descriptor){(uint64_t)data + at, bytes, NEXT | WRITE, (uint16_t)(i + 1)};
        at += bytes;
    }
    indirect[7] = (struct descriptor){(uint64_t)&status, 1, WRITE, 0};
    describe(5, indirect, sizeof indirect, INDIRECT, 0);
    tell("two sectors in uneven pieces, indirect", 5);
    fact("  sum", sum(2 * SECTOR));
    describe(3, &header, 16, NEXT, 7);
    header.sector = 77;
    describe(7, data + 3, SECTOR, NEXT | WRITE, 1);
    describe(1, &status, 1, WRITE, 0);
    tell("descriptors out of order, data unaligned", 3);
    fact("  sum", sum(SECTOR + 3));
    describe(7, data, SECTOR + 1, WRITE, 0);
    tell("status behind the data in one descriptor", 3);
    fact("  status", data[SECTOR]);
    data[SECTOR] = 0;
}

/* ---- What goes wrong, and has a status to say so --------------------------------------------------------------- */

static void refused_requests(void) {
    request("read behind the end", IN, 128, SECTOR);
    request("read over the end", IN, 127, 2 * SECTOR);
    request("read a sector of 64 bits", IN, 0xfffffffffffffffful, SECTOR);
    request("read no whole sector", IN, 0, SECTOR - 1);
    request("write behind the end", OUT, 1000, SECTOR);
    request("an unknown request", 77, 0, SECTOR);
}

/* ---- What goes wrong and has none ------------------------------------------------------------------------------ */

static void broken_chains(void) {
    describe(0, &header, 16, NEXT, 0);
    tell("a chain in a circle", 0);
    describe(0, &header, 16, NEXT, QUEUE);
    tell("a next descriptor outside the table", 0);
    tell("a head outside the table", 999);
    describe(0, &header, 16, 0, 0);
    tell("no descriptor for the status", 0);
    describe(0, &status, 1, WRITE, 0);
    tell("no header", 0);
    describe(0, &header, 15, NEXT, 1);
    describe(1, &status, 1, WRITE, 0);
    tell("a short header", 0);
    describe(0, &status, 1, WRITE | NEXT, 1);
    describe(1, &header, 16, 0, 0);
    tell("the wrong order", 0);
    describe(0, &header, 0, NEXT, 1);
    describe(1, &status, 1, WRITE, 0);
    tell("an empty descriptor", 0);
    describe(0, indirect, 15, INDIRECT, 0);
    tell("an indirect table of 15 bytes", 0);
    describe(0, indirect, 0, INDIRECT, 0);
    tell("an empty indirect table", 0);
    indirect[0] = (struct descriptor){(uint64_t)&header, 16, NEXT, 0};
    describe(0, indirect, sizeof indirect, INDIRECT, 0);
    tell("an indirect table in a circle", 0);
    available.index += QUEUE + 1;
    tell("an index that jumps", 0);
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart != 0)
        return;
    negotiation();
    reads_and_writes();
    many_pieces();
    refused_requests();
    broken_chains();
    request("and it still works: read sector 5", IN, 5, SECTOR);
    fact("  sum", sum(SECTOR));
    bare_print("end\n");
    bare_finish(0);
}
