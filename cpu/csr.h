/* Control and status registers: as instructions see them, and by name for debuggers. */
#ifndef HB_CPU_CSR_H
#define HB_CPU_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/hart/core.h"

/* Numbers of CSRs whose writes others care about: where to find page tables, and when S mode is interrupted. */
#define HB_CSR_SATP     0x180u
#define HB_CSR_STIMECMP 0x14du
#define HB_CSR_MENVCFG  0x30au

/* Numbers of CSRs that keep what is written to them, and nothing depends on it. */
#define HB_CSR_SSCRATCH 0x140u
#define HB_CSR_SEPC     0x141u
#define HB_CSR_MSCRATCH 0x340u
#define HB_CSR_MEPC     0x341u

/* Number and name of the CSR at `index` of a list in the order of numbers. False: the list is shorter. */
bool hb_csr_at(size_t index, uint32_t *number, const char **name);

/* Zicsr: read and write CSR `number`; `write` false leaves it alone. False: illegal. */
bool hb_csr_access(struct hb_core *core, uint32_t number, bool write, uint64_t set_to, uint64_t now, uint64_t *old);

/* The value in which csrrs and csrrc set and clear bits, when `read` is what was read. */
uint64_t hb_csr_modifies(const struct hb_core *core, uint32_t number, uint64_t read);

/* Read a CSR as an instruction in M mode would. False: there is none. `now`: the cycle. */
bool hb_core_csr(struct hb_core *core, uint32_t number, uint64_t now, uint64_t *value);

#endif
