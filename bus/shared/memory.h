/* Memory as the L1s see it: RAM behind the L2 where there is one, and the boot ROM. */
#ifndef HB_BUS_MEMORY_H
#define HB_BUS_MEMORY_H

#include "bus/shared/state.h"

/* Read or write at most a line, within one line. Writes to the boot ROM are dropped. */
void hb_memory_read(const struct hb_bus *bus, uint64_t address, void *to, uint64_t bytes);
void hb_memory_write(struct hb_bus *bus, uint64_t address, const void *from, uint64_t bytes);

#endif
