/* All of a machine at work at once, for snapshots in the middle of it: every hart in S mode behind page tables of its
 * own, whose pages come on demand and go again; timer interrupts; atomics on shared words; blocks that are zeroed; hart
 * 0 moves sectors of the disk about. What it prints at the end does not depend on when anything happened. */
#include "bare.h"

#ifndef ROUNDS
#define ROUNDS 300
#endif

#define HARTS_MAX 8u
#define PAGE      4096u
#define PAGES     24u /* of the window of each hart */
#define WINDOW    0x40000000ull
#define SECTOR    512u
#define SECTORS   64u
#define QUEUE     4u
#define DISK(at)  (*(volatile uint32_t *)(0x10001000ull + (at)))

/* Leaves: valid, all rights; A and D only where nobody shall set them. */
#define POINTER(table)  ((uint64_t)(table) >> 12 << 10 | 0x01)
#define PAGE_AT(frame)  ((uint64_t)(frame) >> 12 << 10 | 0x0f)
#define GIGAPAGE(place) ((place) >> 12 << 10 | 0xcf)

#define CSR_WRITE(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_READ(name)                                                                                                 \
    ({                                                                                                                 \
        uint64_t value_;                                                                                               \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory");                                                  \
        value_;                                                                                                        \
    })
#define TIME_BETWEEN_TICKS 40

struct space {
    _Alignas(PAGE) uint64_t root[512];
    uint64_t middle[512];
    uint64_t pages[512];
    _Alignas(PAGE) uint8_t frame[PAGES][PAGE];
};

static struct space space[HARTS_MAX];
static uint64_t ticks[HARTS_MAX], sums[HARTS_MAX];
static _Alignas(BARE_LINE) uint64_t added, locked;
static _Alignas(BARE_LINE) uint64_t reserved;
static _Alignas(BARE_LINE) uint8_t nothing[BARE_LINE]; /* all harts zero it */
static struct bare_lock lock;
static struct bare_barrier done;
static uint32_t harts;

/* ---- Pages on demand ------------------------------------------------------------------------------------------- */

static void set_timer(void) {
    uint64_t now;
    __asm__ volatile("rdtime %0" : "=r"(now));
    __asm__ volatile("csrw 0x14d, %0" ::"r"(now + TIME_BETWEEN_TICKS));
}

/* sscratch is the hart's number. */
__attribute__((interrupt("supervisor"), aligned(4))) static void on_trap(void) {
    uint64_t cause = CSR_READ(scause), hart = CSR_READ(sscratch);
    if (cause >> 63) {
        ticks[hart]++;
        set_timer();
        return;
    }
    uint64_t page = (CSR_READ(stval) - WINDOW) / PAGE;
    if ((cause != 13 && cause != 15) || page >= PAGES)
        bare_finish(1);
    space[hart].pages[page] = PAGE_AT(space[hart].frame[page]);
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void forget_pages(uint64_t hart) {
    for (uint32_t i = 0; i < PAGES; i++)
        space[hart].pages[i] = 0;
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* ---- What all harts do ----------------------------------------------------------------------------------------- */

static void add_by_reservation(uint64_t *word) {
    uint64_t value, failed;
    do
        __asm__ volatile("lr.d %0, (%2)\n addi %0, %0, 1\n sc.d %1, %0, (%2)"
                         : "=&r"(value), "=&r"(failed)
                         : "r"(word)
                         : "memory");
    while (failed); /* cppcheck-suppress uninitvar ; the assembler sets it */
}

static void zero_block(volatile void *in) {
    __asm__ volatile(".insn i 0x0f, 2, x0, %0, 4" ::"r"(in) : "memory"); /* cbo.zero */
}

static uint64_t work(uint64_t hart, uint64_t r) {
    volatile uint64_t *word = (volatile uint64_t *)(WINDOW + r % (PAGES * PAGE / 8) * 8);
    if (r >> 60 == 0)
        zero_block(word);
    if (r >> 60 == 1)
        zero_block(nothing);
    *word += r >> 7;
    __atomic_fetch_add(&added, hart + 1, __ATOMIC_RELAXED);
    add_by_reservation(&reserved);
    bare_lock(&lock);
    locked++;
    bare_unlock(&lock);
    return *word;
}

static uint64_t next(uint64_t r) {
    r ^= r << 13;
    r ^= r >> 7;
    return r ^ r << 17;
}

/* ---- The disk -------------------------------------------------------------------------------------------------- */

static struct {
    uint64_t address;
    uint32_t bytes;
    uint16_t flags, next;
} table[QUEUE] __attribute__((aligned(4096)));
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
static uint8_t sector[SECTOR] __attribute__((aligned(64)));

static void start_disk(void) {
    const uint64_t places[] = {(uint64_t)table, (uint64_t)&available, (uint64_t)&used};
    DISK(0x70) = 0;
    DISK(0x70) = 3;
    DISK(0x24) = 1;
    DISK(0x20) = 1; /* version 1 */
    DISK(0x70) = 11;
    DISK(0x30) = 0;
    DISK(0x38) = QUEUE;
    for (uint32_t i = 0; i < 3; i++) {
        DISK(0x80 + 16 * i) = (uint32_t)places[i];
        DISK(0x84 + 16 * i) = (uint32_t)(places[i] >> 32);
    }
    DISK(0x44) = 1;
    DISK(0x70) = 15;
}

static void request(uint32_t type, uint64_t number) {
    uint16_t before = used.index;
    header.type = type;
    header.sector = number;
    table[0].address = (uint64_t)&header;
    table[0].bytes = 16;
    table[0].flags = 1;
    table[0].next = 1;
    table[1].address = (uint64_t)sector;
    table[1].bytes = SECTOR;
    table[1].flags = type ? 1 : 3;
    table[1].next = 2;
    table[2].address = (uint64_t)&status;
    table[2].bytes = 1;
    table[2].flags = 2;
    available.ring[available.index % QUEUE] = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    available.index++;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    DISK(0x50) = 0;
    while (used.index == before)
        ;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (status)
        bare_finish(2);
}

static uint64_t move_a_sector(uint32_t round) {
    uint64_t sum = 0;
    request(0, round * 7 % SECTORS);
    for (uint32_t i = 0; i < SECTOR; i++) {
        sum = sum * 31 + sector[i];
        sector[i] ^= (uint8_t)(round + i);
    }
    request(1, round * 11 % SECTORS);
    return sum;
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static void tell(const char *name, uint64_t value) {
    bare_print(name);
    bare_print_number(value);
    bare_print("\n");
}

static void in_s_mode(void) {
    uint64_t hart = CSR_READ(sscratch), r = 88172645463325252ull + hart;
    uint32_t disks = *(volatile uint32_t *)0x10001008ull == 2;
    if (hart == 0 && disks)
        start_disk();
    set_timer();
    for (uint32_t round = 0; round < ROUNDS; round++) {
        r = next(r);
        sums[hart] = sums[hart] * 17 + work(hart, r);
        if (round % 16 == 15)
            forget_pages(hart);
        if (hart == 0 && disks && round % 4 == 0)
            sums[hart] += move_a_sector(round);
        if (hart == 0 && round % 50 == 0)
            bare_print(".");
    }
    bare_wait(&done, harts);
    if (hart != 0)
        for (;;)
            __asm__ volatile("wfi");
    bare_print("\n");
    tell("added ", added);
    tell("locked ", locked);
    tell("reserved ", reserved);
    for (uint32_t h = 0; h < harts; h++)
        tell("sum ", sums[h]);
    bare_finish(ticks[0] && added == ROUNDS * (uint64_t)harts * (harts + 1) / 2 && locked == ROUNDS * harts &&
                        reserved == locked
                    ? 0
                    : 3);
}

void bare_main(uint64_t hart, const void *tree) {
    struct space *own = &space[hart % HARTS_MAX];
    harts = bare_harts(tree);
    if (harts > HARTS_MAX)
        bare_finish(4);
    own->root[0] = GIGAPAGE(0ull);
    own->root[1] = POINTER(own->middle);
    own->root[2] = GIGAPAGE(0x80000000ull);
    own->middle[0] = POINTER(own->pages);
    CSR_WRITE(pmpaddr0, ~0ull);
    CSR_WRITE(pmpcfg0, 0x1f);
    CSR_WRITE(0x30a, 1ull << 63 | 1ull << 7); /* menvcfg: stimecmp, cbo.zero */
    CSR_WRITE(mcounteren, 7);
    CSR_WRITE(mideleg, 1u << 5);
    CSR_WRITE(medeleg, 1u << 13 | 1u << 15);
    CSR_WRITE(stvec, on_trap);
    CSR_WRITE(sscratch, hart);
    CSR_WRITE(0x14d, ~0ull);
    CSR_WRITE(sie, 1u << 5);
    CSR_WRITE(satp, 8ull << 60 | (uint64_t)own->root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    uint64_t status_now = CSR_READ(mstatus);
    CSR_WRITE(mstatus, (status_now & ~(3ull << 11)) | 1ull << 11 | 1ull << 1); /* S mode, interrupts on in it */
    CSR_WRITE(mepc, in_s_mode);
    __asm__ volatile("mret");
}
