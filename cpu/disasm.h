/* The disassembler: prints from the decoder's own table, so that what is shown is what is executed.
 *
 * The notation is that of `objdump -d -M no-aliases`: ABI names of registers, one space after the mnemonic, shift
 * amounts and upper immediates in hexadecimal, targets as addresses. Two things differ: a compressed instruction is
 * printed as the operation that it stands for, with "c." before it ("c.addi sp,sp,-64", not "c.addi16sp sp,-64"), and
 * a target is "name+0x1c" where a symbol spans it. What is not an instruction of the machine becomes ".2byte 0x..." or
 * ".4byte 0x...".
 */
#ifndef HB_CPU_DISASM_H
#define HB_CPU_DISASM_H

#include <stddef.h>
#include <stdint.h>

#define HB_DISASM_BYTES 96 /* long enough for every instruction without symbols, and for most with them */

struct hb_symbols;

/* The instruction `bits` at `pc` as text, cut to `n` bytes with the NUL. If its lowest two bits are not 11, only the
 * lower half counts. `symbols` may be NULL. */
void hb_disassemble(uint64_t pc, uint32_t bits, const struct hb_symbols *symbols, char *text, size_t n);

/* The ABI name of x`number`, of f`number` (0 to 31). */
const char *hb_register_name(uint32_t number);
const char *hb_f_register_name(uint32_t number);

#endif
