/* Physical memory protection. */
#ifndef HB_CPU_PMP_H
#define HB_CPU_PMP_H

#include "cpu/hart/hart.h"

#define HB_PMP_R 1u
#define HB_PMP_W 2u
#define HB_PMP_X 4u

/* May an access of `bytes` at `address` in `mode` do what `need` (HB_PMP_*) says? */
bool hb_pmp_allows(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode, uint8_t need);

/* What may be done with every byte of the range: rights that hold only for a part of it are left out. */
uint8_t hb_pmp_rights(const struct hb_hart *hart, uint64_t address, uint64_t bytes, uint8_t mode);

/* M mode is bound by the PMP, too: some entry is locked, or matches only a part of some line, and an access that it
 * matches in part fails whatever the entry says (section 3.7.1). */
bool hb_pmp_binds_m(const struct hb_hart *hart, uint32_t line_bytes);

#endif
