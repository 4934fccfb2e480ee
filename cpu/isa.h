/* The extensions that a hart has: one table, from which misa and the device tree's "riscv,isa" are made.
 *
 * A new extension is a row of the table in isa.c, anywhere in it: the string is sorted when it is written.
 */
#ifndef HB_CPU_ISA_H
#define HB_CPU_ISA_H

#include <stddef.h>
#include <stdint.h>

#define HB_ISA_STRING_BYTES 256

/* misa: XLEN, the letters of the extensions, and of the modes S and U. */
uint64_t hb_isa_misa(void);

/* The name of the instruction set ("rv64imac_zicsr"), extensions in canonical order (unprivileged specification,
 * "ISA Extension Naming Conventions"). */
void hb_isa_string(char text[HB_ISA_STRING_BYTES]);

#endif
