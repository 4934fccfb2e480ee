/* What CSRs hold after ones, zeros and reserved encodings were written to them, where the specification leaves no more
 * than one way or hartbeat goes QEMU's: both must print the same. Fields that one of the two has not are masked out. */
#include "print.h"

uint64_t bare_trap(uint64_t cause, uint64_t pc, uint64_t value) {
    (void)value;
    fact("trap", cause);
    return pc + 4;
}

/* Write `value`, print what is there then, and put back what was there. */
#define TRY(name, csr, mask, value)                                                                                    \
    do {                                                                                                               \
        uint64_t before, after;                                                                                        \
        __asm__ volatile("csrrw %0, " csr ", %2\n csrrw %1, " csr ", %0"                                               \
                         : "=&r"(before), "=&r"(after)                                                                 \
                         : "r"((uint64_t)(value)));                                                                    \
        fact(name, after &(mask));                                                                                     \
    } while (0)

#define ALL(csr, mask)                                                                                                 \
    do {                                                                                                               \
        TRY(csr, csr, mask, UINT64_MAX);                                                                               \
        TRY(csr, csr, mask, 0);                                                                                        \
        TRY(csr, csr, mask, 0x5a5a5a5a5a5a5a5a);                                                                       \
        TRY(csr, csr, mask, 0xa5a5a5a5a5a5a5a5);                                                                       \
    } while (0)

#define STATUS 0x7e79aaul /* TSR to MPRV, FS, MPP, SPP, and the six of interrupts */

static void plain(void) {
    ALL("mscratch", UINT64_MAX);
    ALL("sscratch", UINT64_MAX);
    ALL("mepc", ~1ul); /* QEMU 7.2 holds bit 0 */
    ALL("sepc", ~1ul);
    ALL("mcause", UINT64_MAX);
    ALL("scause", UINT64_MAX);
    ALL("mtval", UINT64_MAX);
    ALL("stval", UINT64_MAX);
    ALL("medeleg", 0xb3ff);
    ALL("mideleg", 0x222);
    ALL("mie", 0xaaa);
    ALL("scounteren", 7);
    ALL("mcounteren", 7);
}

static void status(void) {
    for (uint64_t mode = 0; mode < 4; mode++)
        if (mode != 2) /* QEMU 7.2 holds it */
            TRY("mpp", "mstatus", STATUS, mode << 11);
    for (uint64_t bit = 0; bit < 23; bit++)
        if (bit != 11 && bit != 12 && bit != 3) /* MIE with what may be pending would trap */
            TRY("mstatus", "mstatus", STATUS, 1ul << bit);
    __asm__ volatile("csrs mstatus, %0" ::"r"(0x2000ul));
    ALL("fflags", UINT64_MAX);
    ALL("frm", UINT64_MAX);
    ALL("fcsr", UINT64_MAX);
}

static void choices(void) {
    for (uint64_t mode = 0; mode < 4; mode++) {
        TRY("mtvec", "mtvec", UINT64_MAX, 0x80001000 | mode);
        TRY("stvec", "stvec", UINT64_MAX, 0x80001000 | mode);
    }
    for (uint64_t mode = 0; mode < 16; mode++)
        if (mode != 9 && mode != 10) /* QEMU has Sv48 and Sv57 */
            TRY("satp", "satp", 0xf0000ffffffffffful, mode << 60 | 0x80123);
    for (uint64_t entry = 0; entry < 0x80; entry++)
        if ((entry & 3) != 2 && !(entry & 0x60)) /* QEMU 7.2 holds W without R, and bits that are none */
            TRY("pmpcfg0", "pmpcfg0", UINT64_MAX, entry << 32 | entry << 8);
}

void bare_main(uint64_t hart, const void *tree) {
    (void)tree;
    if (hart != 0)
        return;
    plain();
    status();
    choices();
    bare_print("end\n");
    bare_finish(0);
}
