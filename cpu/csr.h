/* Control and status registers by name, for debuggers. Reading one: hb_core_csr() in cpu/core.h. */
#ifndef HB_CPU_CSR_H
#define HB_CPU_CSR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Number and name of the CSR at `index` of a list in the order of numbers. False: the list is shorter. */
bool hb_csr_at(size_t index, uint32_t *number, const char **name);

#endif
