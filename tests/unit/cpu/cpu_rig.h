/* A machine whose harts a test leads by hand: put an instruction at pc, let one hart execute it, look at what it did.
 *
 *     struct rig rig;
 *     rig_make(&rig, 1, _i);                                 // RIG_WAYS ways of executing: by tcase_add_loop_test
 *     rig.hart->x[5] = 7;
 *     rig_step(&rig, 0, op_i(HB_OP_ADDI, 6, 5, 1));          // true: it retired; false: it trapped
 *     rig_free(&rig);
 */
#ifndef HB_TEST_CPU_RIG_H
#define HB_TEST_CPU_RIG_H

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/decode.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"

#define RAM       0x80000000ull
#define CODE      (RAM + 0x1000)
#define HANDLER   (RAM + 0x2000)
#define DATA      (RAM + 0x4000)
#define NOWHERE   0x4000000000ull
#define RAM_BYTES (1u << 20)
#define NOP       0x00000013u

/* 0: the slow way, which is the definition; 1: host lookups, but nothing is in them yet; 2: the line of the instruction
 * has been looked up and is in the L1I. */
#define RIG_WAYS 3

struct rig {
    struct hb_machine *machine;
    struct hb_hart *hart; /* hart 0 */
    int way;
};

/* ---- Encoding -------------------------------------------------------------------------------------------------- */

static inline uint32_t op_r(uint16_t code, uint32_t rd, uint32_t rs1, uint32_t rs2) {
    return hb_op_info(code)->match | rd << 7 | rs1 << 15 | rs2 << 20;
}

static inline uint32_t op_i(uint16_t code, uint32_t rd, uint32_t rs1, int32_t immediate) {
    return hb_op_info(code)->match | rd << 7 | rs1 << 15 | ((uint32_t)immediate & 0xfff) << 20;
}

static inline uint32_t op_s(uint16_t code, uint32_t rs1, uint32_t rs2, int32_t immediate) {
    uint32_t bits = (uint32_t)immediate;
    return hb_op_info(code)->match | rs1 << 15 | rs2 << 20 | (bits & 31) << 7 | (bits >> 5 & 127) << 25;
}

static inline uint32_t op_b(uint16_t code, uint32_t rs1, uint32_t rs2, int32_t offset) {
    uint32_t bits = (uint32_t)offset;
    return hb_op_info(code)->match | rs1 << 15 | rs2 << 20 | (bits >> 12 & 1) << 31 | (bits >> 5 & 63) << 25 |
           (bits >> 1 & 15) << 8 | (bits >> 11 & 1) << 7;
}

static inline uint32_t op_csr(uint16_t code, uint32_t rd, uint32_t number, uint32_t rs1) {
    return hb_op_info(code)->match | rd << 7 | rs1 << 15 | number << 20;
}

static inline uint32_t op_plain(uint16_t code) {
    return hb_op_info(code)->match;
}

/* ---- The machine ----------------------------------------------------------------------------------------------- */

/* The smallest image that there is: a jump to itself. */
static inline void rig_image(char path[64]) {
    const struct {
        Elf64_Ehdr header;
        Elf64_Phdr segment;
        uint32_t code;
    } image = {
        .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_EXEC,
                   .e_machine = EM_RISCV,
                   .e_version = EV_CURRENT,
                   .e_entry = RAM,
                   .e_phoff = sizeof(Elf64_Ehdr),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 1},
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_offset = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr),
                    .p_vaddr = RAM,
                    .p_paddr = RAM,
                    .p_filesz = 4,
                    .p_memsz = 4,
                    .p_align = 4},
        .code = 0x6f,
    };
    strcpy(path, "/tmp/hartbeat-rig-XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert(descriptor >= 0 && write(descriptor, &image, sizeof image) == (ssize_t)sizeof image);
    close(descriptor);
}

/* The harts stand at CODE in M mode, with their handler at HANDLER, and move only when they are told to. `adjust` may
 * change the configuration before. */
static inline void rig_make_with(struct rig *rig, uint32_t harts, int way, void (*adjust)(struct hb_config *config)) {
    static struct hb_config config;
    struct hb_error error = {.text = ""};
    char path[64];
    rig_image(path);
    hb_config_defaults(&config);
    config.harts = harts;
    config.memory.size_bytes = RAM_BYTES;
    config.stop_quiet_cycles = 0;
    config.host_lookups = way != 0;
    if (adjust)
        adjust(&config);
    snprintf(config.image, sizeof config.image, "%s", path);
    *rig = (struct rig){.machine = hb_machine_create(&config, &error), .way = way};
    unlink(path);
    ck_assert_msg(rig->machine != NULL, "%s", error.text);
    rig->hart = rig->machine->hart;
    for (uint32_t h = 0; h < harts; h++) {
        rig->hart[h].pc = CODE + 0x100 * h;
        rig->hart[h].mtvec = HANDLER;
        rig->hart[h].ready_at = HB_NEVER;
        for (uint32_t i = 1; i < 32; i++)
            rig->hart[h].x[i] = 0x1111111111111111ull * i;
    }
}

static inline void rig_make(struct rig *rig, uint32_t harts, int way) {
    rig_make_with(rig, harts, way, NULL);
}

static inline void rig_free(struct rig *rig) {
    hb_machine_destroy(rig->machine);
}

static inline struct hb_core *rig_core(struct rig *rig, uint32_t h) {
    return &rig->machine->cores.core[h];
}

static inline void rig_put(struct rig *rig, uint64_t address, const void *bytes, uint64_t n) {
    ck_assert(hb_bus_debug_write(&rig->machine->bus, address, bytes, n));
    hb_cores_drop_lookups(&rig->machine->cores);
}

static inline uint64_t rig_get(struct rig *rig, uint64_t address, uint64_t n) {
    uint64_t value = 0;
    ck_assert(hb_bus_debug_read(&rig->machine->bus, address, &value, n));
    return value;
}

/* One instruction of the hart, out of memory as it is. True: it retired; false: it trapped. The hart's ready_at then
 * tells when it would go on. */
static inline bool rig_go(struct rig *rig, uint32_t h) {
    struct hb_hart *hart = &rig->hart[h];
    struct hb_saved *saved = rig->machine->saved;
    saved->outcome = HB_OUTCOME_RUNNING; /* a machine of which nobody can run has ended */
    uint64_t retired = hart->instructions, traps = hart->traps;
    for (uint32_t i = 0; i < rig->machine->bus.harts; i++)
        if (i != h)
            rig->hart[i].ready_at = HB_NEVER;
    if (hart->ready_at == HB_NEVER || hart->ready_at < saved->cycle)
        hart->ready_at = saved->cycle;
    for (uint32_t i = 0; i < 10000; i++) {
        hb_machine_run(rig->machine, saved->cycle + 1);
        if (hart->instructions != retired || hart->traps != traps || hart->crashed)
            return hart->instructions != retired;
    }
    ck_abort_msg("the instruction does not end");
}

/* The same, of a hart whose next instruction is made to be `bits`. */
static inline bool rig_step(struct rig *rig, uint32_t h, uint32_t bits) {
    struct hb_hart *hart = &rig->hart[h];
    uint64_t bytes = (bits & 3) == 3 ? 4 : 2;
    if (rig->way == 2 && !hart->attention && !(hart->pc & 1)) {
        const struct hb_hart before = *hart;
        const uint32_t nop = NOP;
        rig_put(rig, hart->pc, &nop, 4);
        if (rig_go(rig, h)) { /* not where it may not execute */
            hart->pc = before.pc;
            hart->instructions = before.instructions;
            hart->load_rd = before.load_rd;
        } else {
            *hart = before;
        }
    }
    if (hb_bus_cacheable(&rig->machine->bus, hart->pc, bytes) && !hb_bus_is_rom(hart->pc))
        rig_put(rig, hart->pc, &bits, bytes);
    return rig_go(rig, h);
}

/* A CSR by number, as M mode reads it. */
static inline uint64_t rig_csr(struct rig *rig, uint32_t number) {
    uint64_t value = 0;
    ck_assert(hb_core_csr(rig_core(rig, 0), number, rig->machine->saved->cycle, &value));
    return value;
}

/* Write a CSR by an instruction. */
static inline void rig_write_csr(struct rig *rig, uint32_t number, uint64_t value) {
    rig->hart->x[31] = value;
    ck_assert(rig_step(rig, 0, op_csr(HB_OP_CSRRW, 0, number, 31)));
}

/* `mode` from now on, at CODE; what lies below M may touch all of memory if `open`, else nothing. */
static inline void rig_enter(struct rig *rig, uint8_t mode, bool open) {
    rig_write_csr(rig, 0x3b0, ~0ull);
    rig_write_csr(rig, 0x3a0, open ? 0x1f : 0);
    rig_write_csr(rig, 0x300, (uint64_t)mode << HB_MSTATUS_MPP_SHIFT);
    rig_write_csr(rig, 0x341, CODE);
    ck_assert(rig_step(rig, 0, op_plain(HB_OP_MRET)));
    ck_assert_uint_eq(rig->hart->privilege, mode);
    ck_assert_uint_eq(rig->hart->pc, CODE);
}

static inline void rig_enter_user(struct rig *rig, bool open) {
    rig_enter(rig, HB_PRIV_U, open);
}

static inline int rig_run(const char *name, void (*add)(TCase *tests)) {
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    tcase_set_timeout(tests, 60);
    add(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
