/* The PLIC, as far as the kernels use it: which hart is interrupted by which device. */
#ifndef HB_GUEST_PLIC_H
#define HB_GUEST_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#define HB_SOURCE_UART 10u

/* Once: let the source interrupt whoever is enabled for it. */
void hb_plic_begin(uint32_t source);

/* Is `hart` interrupted by the source from now on? Is it now? */
void hb_plic_enable(uint32_t hart, uint32_t source, bool on);
bool hb_plic_is_enabled(uint32_t hart, uint32_t source);

/* In the name of `hart`: take a source that waits (0: none does; another hart has been faster), which interrupts nobody
 * until it is completed. A completion counts only if the hart is enabled. */
uint32_t hb_plic_claim(uint32_t hart);
void hb_plic_complete(uint32_t hart, uint32_t source);

#endif
