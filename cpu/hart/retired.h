/* What an instruction did when it retired, as plain data. Filled by cpu/commit.h. */
#ifndef HB_CPU_RETIRED_H
#define HB_CPU_RETIRED_H

#include <stdbool.h>
#include <stdint.h>

/* An x or f register, or a CSR. */
enum hb_commit_kind { HB_COMMIT_X, HB_COMMIT_F, HB_COMMIT_CSR };

struct hb_commit_write {
    uint16_t number;
    uint8_t kind; /* enum hb_commit_kind */
    uint64_t value;
};

/* fcsr, with rd and mstatus.FS, is four. */
#define HB_COMMIT_WRITES 4

struct hb_commit {
    uint64_t pc;
    uint32_t bits;
    uint8_t bytes;     /* of the encoding: 2 or 4 */
    uint8_t privilege; /* in which it was executed */
    uint8_t writes;
    struct hb_commit_write write[HB_COMMIT_WRITES]; /* by number, then by kind */
    bool loads, stores;
    uint8_t access_bytes;
    uint32_t zeroed_bytes; /* 0, or the size of the block that cbo.zero has zeroed, `address` rounded down to it */
    uint64_t address;      /* virtual */
    uint64_t stored;       /* what is there afterwards */

    /* As it was before. */
    uint64_t operand, mstatus;
    uint8_t fflags;
};

#endif
