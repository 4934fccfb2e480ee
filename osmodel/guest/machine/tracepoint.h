/* Tracepoints: the HINT `slti x0, rs1, ID` tells the host what the kernel does, in one instruction that does nothing.
 * The kernels never read them back. Ids and their subjects and arguments: osmodel/abi.h. */
#ifndef HB_GUEST_TRACEPOINT_H
#define HB_GUEST_TRACEPOINT_H

#include <stdint.h>

#include "osmodel/abi.h"

#define HB_TRACE(id, subject, argument)                                                                                \
    __asm__ volatile("slti x0, %0, %1" ::"r"((uint64_t)(uint32_t)(subject) | (uint64_t)(argument) << 32), "i"(id)      \
                     : "memory")

#endif
