#include "sim/gdb/gdb_target.h"

#include <string.h>

#include "cpu/csr.h"
#include "cpu/mmu.h"
#include "sim/machine/debug.h"

#define PAGE_BYTES 4096u

/* ---- Registers ------------------------------------------------------------------------------------------------- */

bool hb_gdb_register(struct hb_machine *machine, uint32_t h, uint64_t number, uint64_t *value) {
    const struct hb_hart *hart = &machine->hart[h];
    if (number < HB_REGISTER_PC)
        *value = hart->x[number];
    else if (number == HB_REGISTER_PC)
        *value = hart->pc;
    else if (number < HB_REGISTER_CSR)
        *value = hart->f[number - HB_REGISTER_F];
    else if (number == HB_REGISTER_MODE)
        *value = hart->privilege;
    else
        return number < HB_REGISTER_MODE &&
               hb_core_csr(&machine->cores.core[h], (uint32_t)number - HB_REGISTER_CSR, machine->saved->cycle, value);
    return true;
}

bool hb_gdb_set_register(struct hb_machine *machine, uint32_t h, uint64_t number, uint64_t value) {
    return number <= HB_REGISTER_MODE && hb_debug_set_register(machine, h, (uint32_t)number, value);
}

/* ---- Memory ---------------------------------------------------------------------------------------------------- */

static size_t rest_of_page(uint64_t address, size_t bytes) {
    size_t rest = PAGE_BYTES - address % PAGE_BYTES;
    return rest < bytes ? rest : bytes;
}

size_t hb_gdb_read(const struct hb_machine *machine, uint32_t h, uint64_t address, void *to, size_t bytes) {
    size_t done = 0;
    while (done < bytes) {
        uint64_t physical;
        size_t n = rest_of_page(address + done, bytes - done);
        if (!hb_mmu_debug_translate(&machine->cores.core[h], address + done, &physical) ||
            !hb_bus_debug_read(&machine->bus, physical, (uint8_t *)to + done, n))
            break;
        done += n;
    }
    return done;
}

bool hb_gdb_write(struct hb_machine *machine, uint32_t h, uint64_t address, const void *from, size_t bytes) {
    uint8_t before[HB_GDB_PACKET_MAX];
    if (bytes > sizeof before || hb_gdb_read(machine, h, address, before, bytes) != bytes)
        return false;
    bool ok = true;
    for (size_t done = 0, n; done < bytes && ok; done += n) {
        uint64_t physical;
        n = rest_of_page(address + done, bytes - done);
        ok = hb_mmu_debug_translate(&machine->cores.core[h], address + done, &physical) &&
             hb_debug_write(machine, physical, (const uint8_t *)from + done, n);
    }
    return ok;
}

/* ---- The description ------------------------------------------------------------------------------------------- */

static const char *const x_names[32] = {"zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "fp", "s1", "a0",
                                        "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
                                        "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

static const char *const f_names[32] = {"ft0", "ft1", "ft2", "ft3", "ft4",  "ft5",  "ft6", "ft7", "fs0",  "fs1", "fa0",
                                        "fa1", "fa2", "fa3", "fa4", "fa5",  "fa6",  "fa7", "fs2", "fs3",  "fs4", "fs5",
                                        "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11"};

static void describe_one(struct hb_gdb_text *xml, const char *name, const char *type, uint32_t number) {
    hb_gdb_put(xml, "<reg name=\"%s\" bitsize=\"64\" type=\"%s\" regnum=\"%u\"/>\n", name, type, number);
}

static bool is_float_csr(uint32_t number) {
    return number >= 1 && number <= 3;
}

/* The floating-point CSRs belong to a feature of their own. */
static void describe_csrs(struct hb_gdb_text *xml, bool of_float) {
    uint32_t number;
    const char *name;
    for (size_t i = 0; hb_csr_at(i, &number, &name); i++)
        if (is_float_csr(number) == of_float)
            describe_one(xml, name, "int", HB_REGISTER_CSR + number);
}

void hb_gdb_describe(struct hb_gdb_text *xml) {
    hb_gdb_put(xml, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target>\n"
                    "<architecture>riscv:rv64</architecture>\n<feature name=\"org.gnu.gdb.riscv.cpu\">\n");
    for (uint32_t i = 0; i < 32; i++)
        describe_one(xml, x_names[i], i == 1 ? "code_ptr" : i == 2 ? "data_ptr" : "int", i);
    describe_one(xml, "pc", "code_ptr", HB_REGISTER_PC);
    hb_gdb_put(xml, "</feature>\n<feature name=\"org.gnu.gdb.riscv.fpu\">\n");
    for (uint32_t i = 0; i < 32; i++)
        describe_one(xml, f_names[i], "ieee_double", HB_REGISTER_F + i);
    describe_csrs(xml, true);
    hb_gdb_put(xml, "</feature>\n<feature name=\"org.gnu.gdb.riscv.csr\">\n");
    describe_csrs(xml, false);
    hb_gdb_put(xml, "</feature>\n<feature name=\"org.gnu.gdb.riscv.virtual\">\n");
    describe_one(xml, "priv", "int", HB_REGISTER_MODE);
    hb_gdb_put(xml, "</feature>\n</target>\n");
}
