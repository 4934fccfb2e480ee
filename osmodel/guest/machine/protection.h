/* Memory protection of tasks by PMP: a task executes and reads the user text, reads and writes its own memory, and
 * touches nothing else. M mode is not bound by it. */
#ifndef HB_GUEST_PROTECTION_H
#define HB_GUEST_PROTECTION_H

#include <stdint.h>

#include "osmodel/guest/machine/riscv.h"

/* The user text, from the linker script: code and constants of all tasks. */
extern char hb_user_text[];
extern char hb_user_text_end[];

/* Once per hart: what holds for all tasks. */
void hb_protection_init(void);

/* Before a task runs on this hart: what it shares with its group, [begin, end), which may be empty. */
static inline void hb_protection_share(uint64_t begin, uint64_t end) {
    HB_CSR_WRITE(pmpaddr4, begin >> 2);
    HB_CSR_WRITE(pmpaddr5, end >> 2);
}

/* Before a task runs on this hart: its memory, [begin, end), multiples of 4. */
static inline void hb_protection_set(uint64_t begin, uint64_t end) {
    HB_CSR_WRITE(pmpaddr2, begin >> 2);
    HB_CSR_WRITE(pmpaddr3, end >> 2);
}

#endif
