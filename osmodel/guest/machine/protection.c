#include "osmodel/guest/machine/protection.h"

#define READ         1ull
#define WRITE        2ull
#define EXECUTE      4ull
#define TOP_OF_RANGE 8ull /* the entry covers from the address of the one before it up to its own */

/* Entries 0, 2 and 4 are off and only give the lower ends of the ranges that 1, 3 and 5 cover; U mode may touch nothing
 * outside them. */
void hb_protection_init(void) {
    HB_CSR_WRITE(pmpaddr0, (uint64_t)hb_user_text >> 2);
    HB_CSR_WRITE(pmpaddr1, (uint64_t)hb_user_text_end >> 2);
    HB_CSR_WRITE(pmpaddr2, 0);
    HB_CSR_WRITE(pmpaddr3, 0);
    HB_CSR_WRITE(pmpaddr4, 0);
    HB_CSR_WRITE(pmpaddr5, 0);
    HB_CSR_WRITE(pmpcfg0, (TOP_OF_RANGE | READ | EXECUTE) << 8 | (TOP_OF_RANGE | READ | WRITE) << 24 |
                              (TOP_OF_RANGE | READ | WRITE) << 40);
}
