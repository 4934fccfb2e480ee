/* What an instruction did when it retired: for commit logs.
 *
 * With hb_cores.log_commits every instruction goes the slow way and core->commit tells of the one that retired in this
 * turn, until the hart's next turn. Nothing that the machine is depends on it.
 */
#ifndef HB_CPU_COMMIT_H
#define HB_CPU_COMMIT_H

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
    uint32_t
        zeroed_bytes; /* 0, or how many from `address` on cbo.zero has zeroed, after rounding it down to the block */
    uint64_t address; /* virtual */
    uint64_t stored;  /* what stands there afterwards */

    /* As it was before. */
    uint64_t operand, mstatus;
    uint8_t fflags;
};

struct hb_core;
struct hb_op;

/* `op`, whose encoding is `bits`, is about to be executed. */
void hb_commit_begin(struct hb_core *core, const struct hb_op *op, uint32_t bits);

/* It has been, in cycle `now`, and has retired or has not. */
void hb_commit_end(struct hb_core *core, const struct hb_op *op, bool retired, uint64_t now);

#endif
