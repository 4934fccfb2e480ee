/* The decoder: its table, the fields of every format, compressed instructions, and what is no instruction. */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cpu/decode.h"
#include "memory/hash.h"

/* Bits that nobody checks take every value; the same ones at every run. */
static uint32_t random_bits(uint32_t code, uint32_t number) {
    return (uint32_t)hb_mix64((uint64_t)code << 32 | number);
}

/* Modes 5 and 6 are none. */
static bool has_reserved_rounding(const struct hb_op_info *info, uint32_t bits) {
    bool has_mode = info->format >= HB_FORMAT_F_LOAD && !(info->mask & 0x7000);
    return has_mode && ((bits >> 12 & 7) == 5 || (bits >> 12 & 7) == 6);
}

START_TEST(every_encoding_of_the_table_is_decoded_as_what_it_is) {
    for (uint16_t code = HB_OP_ILLEGAL + 1; code < HB_OP_TRACEPOINT; code++) {
        const struct hb_op_info *info = hb_op_info(code);
        ck_assert_ptr_nonnull(info);
        ck_assert_uint_eq(info->match & ~info->mask, 0);
        ck_assert_uint_eq(info->match & 3, 3);
        for (uint32_t i = 0; i < 500; i++) {
            uint32_t bits = info->match | (random_bits(code, i) & ~info->mask);
            struct hb_op op = hb_decode(bits);
            if (op.code == HB_OP_TRACEPOINT)
                ck_assert_uint_eq(code, HB_OP_SLTI);
            else if (has_reserved_rounding(info, bits))
                ck_assert_uint_eq(op.code, HB_OP_ILLEGAL);
            else
                ck_assert_msg(op.code == code, "%s: 0x%08x is decoded as %u", info->mnemonic, bits, op.code);
            ck_assert_uint_eq(op.bytes, 4);
            ck_assert(op.sources % 2 == 0 || hb_op_reads(&op, HB_OP_F));
        }
    }
    ck_assert_ptr_null(hb_op_info(HB_OP_UNDECODED));
    ck_assert_ptr_null(hb_op_info(HB_OP_ILLEGAL));
    ck_assert_ptr_null(hb_op_info(HB_OP_TRACEPOINT));
    ck_assert_ptr_null(hb_op_info(60000));
}
END_TEST

/* Else it would matter which of them stands first. */
START_TEST(no_encoding_belongs_to_two_rows) {
    for (uint16_t a = HB_OP_ILLEGAL + 1; a < HB_OP_TRACEPOINT; a++) {
        for (uint16_t b = a + 1; b < HB_OP_TRACEPOINT; b++) {
            const struct hb_op_info *one = hb_op_info(a), *other = hb_op_info(b);
            ck_assert_msg((one->match ^ other->match) & one->mask & other->mask, "%s and %s", one->mnemonic,
                          other->mnemonic);
        }
    }
}
END_TEST

/* Encodings as the GNU assembler writes them. */
static const struct {
    const char *text;
    uint32_t bits;
    struct hb_op op;
} words[] = {
    {"lui a0,0x80000", 0x80000537, {.code = HB_OP_LUI, .rd = 10, .imm = INT32_MIN}},
    {"auipc a0,0xfffff", 0xfffff517, {.code = HB_OP_AUIPC, .rd = 10, .imm = -4096}},
    {"jal ra,.+8", 0x008000ef, {.code = HB_OP_JAL, .rd = 1, .imm = 8}},
    {"jal zero,.-2", 0xfffff06f, {.code = HB_OP_JAL, .imm = -2}},
    {"jal ra,.-1048576", 0x800000ef, {.code = HB_OP_JAL, .rd = 1, .imm = -1048576}},
    {"jal ra,.+0x5554e", 0x54e550ef, {.code = HB_OP_JAL, .rd = 1, .imm = 0x5554e}},
    {"jalr ra,-4(a0)", 0xffc500e7, {.code = HB_OP_JALR, .rd = 1, .rs1 = 10, .imm = -4}},
    {"beq a0,a1,.-4096", 0x80b50063, {.code = HB_OP_BEQ, .rs1 = 10, .rs2 = 11, .imm = -4096}},
    {"bgeu a0,a1,.+4094", 0x7eb57fe3, {.code = HB_OP_BGEU, .rs1 = 10, .rs2 = 11, .imm = 4094}},
    {"lbu a0,-1(sp)", 0xfff14503, {.code = HB_OP_LBU, .rd = 10, .rs1 = 2, .imm = -1}},
    {"sd a0,-2048(sp)", 0x80a13023, {.code = HB_OP_SD, .rs1 = 2, .rs2 = 10, .imm = -2048}},
    {"sb t6,2047(t5)", 0x7fff0fa3, {.code = HB_OP_SB, .rs1 = 30, .rs2 = 31, .imm = 2047}},
    {"addi a0,a1,2047", 0x7ff58513, {.code = HB_OP_ADDI, .rd = 10, .rs1 = 11, .imm = 2047}},
    {"srai a0,a1,63", 0x43f5d513, {.code = HB_OP_SRAI, .rd = 10, .rs1 = 11, .imm = 63}},
    {"sraiw a0,a1,31", 0x41f5d51b, {.code = HB_OP_SRAIW, .rd = 10, .rs1 = 11, .imm = 31}},
    {"sub a0,a1,a2", 0x40c58533, {.code = HB_OP_SUB, .rd = 10, .rs1 = 11, .rs2 = 12}},
    {"mulhsu a0,a1,a2", 0x02c5a533, {.code = HB_OP_MULHSU, .rd = 10, .rs1 = 11, .rs2 = 12}},
    {"lr.w.aq a0,(a1)", 0x1405a52f, {.code = HB_OP_LR_W, .rd = 10, .rs1 = 11, .flags = HB_OP_AQ}},
    {"sc.d.rl a0,a1,(a2)", 0x1ab6352f, {.code = HB_OP_SC_D, .rd = 10, .rs1 = 12, .rs2 = 11, .flags = HB_OP_RL}},
    {"amoadd.w.aqrl a0,a1,(a2)",
     0x06b6252f,
     {.code = HB_OP_AMOADD_W, .rd = 10, .rs1 = 12, .rs2 = 11, .flags = HB_OP_AQ | HB_OP_RL}},
    {"csrrw a0,mstatus,a1", 0x30059573, {.code = HB_OP_CSRRW, .rd = 10, .rs1 = 11, .imm = 0x300}},
    {"csrrci a0,0xfff,31", 0xfffff573, {.code = HB_OP_CSRRCI, .rd = 10, .rs1 = 31, .imm = 0xfff}},
    {"cbo.clean (a0)", 0x0015200f, {.code = HB_OP_CBO_CLEAN, .rs1 = 10}},
    {"fence rw,w", 0x0310000f, {.code = HB_OP_FENCE, .imm = 0x31}},
    {"fence.i", 0x0000100f, {.code = HB_OP_FENCE_I}},
    {"slti zero,a0,5", 0x00552013, {.code = HB_OP_TRACEPOINT, .rs1 = 10, .imm = 5}},
    {"slti zero,a0,0", 0x00052013, {.code = HB_OP_SLTI, .rs1 = 10}},
    {"slti zero,a0,-1", 0xfff52013, {.code = HB_OP_SLTI, .rs1 = 10, .imm = -1}},
    {"wfi", 0x10500073, {.code = HB_OP_WFI}},
    {"sret", 0x10200073, {.code = HB_OP_SRET}},
    {"sfence.vma a0,a1", 0x12b50073, {.code = HB_OP_SFENCE_VMA, .rs1 = 10, .rs2 = 11}},
    {"flw ft0,-4(a0)", 0xffc52007, {.code = HB_OP_FLW, .rd = 0, .rs1 = 10, .imm = -4}},
    {"fsd fa0,2047(sp)", 0x7ea13fa7, {.code = HB_OP_FSD, .rs1 = 2, .rs2 = 10, .imm = 2047}},
    {"fmadd.s fa0,fa1,fa2,fa3,rtz",
     0x68c59543,
     {.code = HB_OP_FMADD_S, .rd = 10, .rs1 = 11, .rs2 = 12, .imm = 13, .flags = 1}},
    {"fnmsub.d ft11,fa1,fa2,ft0,dyn",
     0x02c5ffcb,
     {.code = HB_OP_FNMSUB_D, .rd = 31, .rs1 = 11, .rs2 = 12, .imm = 0, .flags = HB_RM_DYNAMIC}},
    {"fsub.d fa0,fa1,fa2,rmm", 0x0ac5c553, {.code = HB_OP_FSUB_D, .rd = 10, .rs1 = 11, .rs2 = 12, .flags = 4}},
    {"fsqrt.s fa0,fa1,rup", 0x5805b553, {.code = HB_OP_FSQRT_S, .rd = 10, .rs1 = 11, .flags = 3}},
    {"fsgnjx.d fa0,fa1,fa2", 0x22c5a553, {.code = HB_OP_FSGNJX_D, .rd = 10, .rs1 = 11, .rs2 = 12}},
    {"flt.d a0,fa1,fa2", 0xa2c59553, {.code = HB_OP_FLT_D, .rd = 10, .rs1 = 11, .rs2 = 12}},
    {"fcvt.lu.s a0,fa1,rdn", 0xc035a553, {.code = HB_OP_FCVT_LU_S, .rd = 10, .rs1 = 11, .flags = 2}},
    {"fcvt.d.wu fa0,a1", 0xd2158553, {.code = HB_OP_FCVT_D_WU, .rd = 10, .rs1 = 11}},
    {"fmv.x.d a0,fa1", 0xe2058553, {.code = HB_OP_FMV_X_D, .rd = 10, .rs1 = 11}},
    {"fmv.w.x fa0,a1", 0xf0058553, {.code = HB_OP_FMV_W_X, .rd = 10, .rs1 = 11}},
};

START_TEST(fields_are_those_of_the_format) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct hb_op op = hb_decode(words[i].bits);
        const struct hb_op *wanted = &words[i].op;
        bool same = op.code == wanted->code && op.rd == wanted->rd && op.rs1 == wanted->rs1 && op.rs2 == wanted->rs2 &&
                    op.imm == wanted->imm && op.flags == wanted->flags;
        ck_assert_msg(same, "%s: code %u rd %u rs1 %u rs2 %u imm %d flags %u", words[i].text, op.code, op.rd, op.rs1,
                      op.rs2, op.imm, op.flags);
    }
}
END_TEST

START_TEST(registers_of_both_kinds_are_kept_apart) {
    static const struct {
        const char *text;
        uint32_t bits;
        uint8_t reads[3]; /* 0: none */
        uint8_t load_rd;
        bool writes_f;
    } cases[] = {
        {"flw ft0,-4(a0)", 0xffc52007, {10}, HB_OP_F + 0, true},
        {"flw ft0,0(zero)", 0x00002007, {0}, HB_OP_F + 0, true},
        {"fsd fa0,2047(sp)", 0x7ea13fa7, {2, HB_OP_F + 10}, 0, false},
        {"fmadd.s fa0,fa1,fa2,fa3,rtz", 0x68c59543, {HB_OP_F + 11, HB_OP_F + 12, HB_OP_F + 13}, 0, true},
        {"fnmsub.d ft11,fa1,fa2,ft0", 0x02c5ffcb, {HB_OP_F + 11, HB_OP_F + 12, HB_OP_F + 0}, 0, true},
        {"fsqrt.s fa0,fa1,rup", 0x5805b553, {HB_OP_F + 11}, 0, true},
        {"flt.d a0,fa1,fa2", 0xa2c59553, {HB_OP_F + 11, HB_OP_F + 12}, 0, false},
        {"fcvt.lu.s a0,fa1,rdn", 0xc035a553, {HB_OP_F + 11}, 0, false},
        {"fcvt.d.wu fa0,a1", 0xd2158553, {11}, 0, true},
        {"fmv.x.d a0,fa1", 0xe2058553, {HB_OP_F + 11}, 0, false},
        {"fmv.w.x fa0,a1", 0xf0058553, {11}, 0, true},
        {"fmv.x.w zero,ft0", 0xe0000053, {HB_OP_F + 0}, 0, false},
        {"sub a0,a1,a2", 0x40c58533, {11, 12}, 0, false},
        {"slti zero,a0,5", 0x00552013, {10}, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hb_op op = hb_decode(cases[i].bits);
        uint32_t sources = 0;
        for (uint8_t number = 0; number < 64; number++) {
            const uint8_t *reads = cases[i].reads;
            bool read = number && (number == reads[0] || number == reads[1] || number == reads[2]);
            ck_assert_msg(hb_op_reads(&op, number) == read, "%s: register %u", cases[i].text, number);
            sources |= read ? 1u << number % 32 : 0;
        }
        ck_assert_msg(op.sources == sources, "%s: sources 0x%x", cases[i].text, op.sources);
        ck_assert_msg(op.load_rd == cases[i].load_rd && hb_op_writes_f(&op) == cases[i].writes_f, "%s", cases[i].text);
    }
}
END_TEST

START_TEST(registers_that_are_read_and_loaded_late_are_told) {
    ck_assert_uint_eq(hb_decode(0x40c58533).sources, 1u << 11 | 1u << 12); /* sub a0,a1,a2 */
    ck_assert_uint_eq(hb_decode(0x40c58533).load_rd, 0);
    ck_assert_uint_eq(hb_decode(0xfff14503).sources, 1u << 2); /* lbu a0,-1(sp) */
    ck_assert_uint_eq(hb_decode(0xfff14503).load_rd, 10);
    ck_assert_uint_eq(hb_decode(0x80a13023).sources, 1u << 2 | 1u << 10);  /* sd a0,-2048(sp) */
    ck_assert_uint_eq(hb_decode(0x80000537).sources, 0);                   /* lui */
    ck_assert_uint_eq(hb_decode(0x06b6252f).sources, 1u << 11 | 1u << 12); /* amoadd.w */
    ck_assert_uint_eq(hb_decode(0x06b6252f).load_rd, 10);
    ck_assert_uint_eq(hb_decode(0x1405a52f).load_rd, 10);       /* lr.w */
    ck_assert_uint_eq(hb_decode(0x30059573).sources, 1u << 11); /* csrrw a0,mstatus,a1 */
    ck_assert_uint_eq(hb_decode(0xffffff73).sources, 0);        /* csrrci t5,0xfff,31: 31 is a number */
    ck_assert_uint_eq(hb_decode(0x00000033).sources, 0);        /* add zero,zero,zero */
}
END_TEST

/* Compressed, and what the GNU assembler makes of the instruction that it stands for. Exhaustively: test_objdump.c. */
static const struct {
    const char *text;
    uint16_t bits;
    uint32_t word;
} halves[] = {
    {"c.addi4spn a0,sp,1020", 0x1fe8, 0x3fc10513},
    {"c.lw a0,124(a1)", 0x5de8, 0x07c5a503},
    {"c.sd a0,248(a1)", 0xfde8, 0x0ea5bc23},
    {"c.addi a0,-32", 0x1501, 0xfe050513},
    {"c.addiw a0,31", 0x257d, 0x01f5051b},
    {"c.li a0,-1", 0x557d, 0xfff00513},
    {"c.addi16sp sp,-512", 0x7101, 0xe0010113},
    {"c.lui a0,0xfffe0", 0x7501, 0xfffe0537},
    {"c.srai a0,63", 0x957d, 0x43f55513},
    {"c.subw a0,a1", 0x9d0d, 0x40b5053b},
    {"c.j .-2048", 0xb001, 0x801ff06f},
    {"c.beqz a0,.-256", 0xd101, 0xf00500e3},
    {"c.slli a0,63", 0x157e, 0x03f51513},
    {"c.ldsp a0,504(sp)", 0x757e, 0x1f813503},
    {"c.jr a0", 0x8502, 0x00050067},
    {"c.jalr a0", 0x9502, 0x000500e7},
    {"c.mv a0,a1", 0x852e, 0x00b00533},
    {"c.add a0,a1", 0x952e, 0x00b50533},
    {"c.ebreak", 0x9002, 0x00100073},
    {"c.sdsp a0,504(sp)", 0xffaa, 0x1ea13c23},
    {"c.fld fa0,248(a1)", 0x3de8, 0x0f85b507},
    {"c.fsd fa0,248(a1)", 0xbde8, 0x0ea5bc27},
    {"c.fldsp ft0,504(sp)", 0x307e, 0x1f813007},
    {"c.fsdsp fa0,504(sp)", 0xbfaa, 0x1ea13c27},
};

START_TEST(compressed_instructions_stand_for_whole_ones) {
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        uint32_t word = hb_decode_expand(halves[i].bits);
        ck_assert_msg(word == halves[i].word, "%s: 0x%08x", halves[i].text, word);
        struct hb_op op = hb_decode(0xabcd0000u | halves[i].bits), whole = hb_decode(word);
        ck_assert_uint_eq(op.bytes, 2);
        ck_assert(op.code == whole.code && op.rd == whole.rd && op.rs1 == whole.rs1 && op.imm == whole.imm);
    }
}
END_TEST

START_TEST(what_is_reserved_is_illegal) {
    static const uint16_t reserved[] = {0x0000, 0x8000, 0x2001, 0x6101, 0x6081, 0x8002, 0x4002, 0x6002, 0x9c41, 0x9c61};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        struct hb_op op = hb_decode(reserved[i]);
        ck_assert_msg(op.code == HB_OP_ILLEGAL && op.bytes == 2, "0x%04x", reserved[i]);
    }
    static const uint32_t words_reserved[] = {0xffffffff,
                                              0x0000000b,
                                              0x00007003 /* load of 16 bytes */,
                                              0x00004023,
                                              0x00002063,
                                              0x00001067,
                                              0x04000033 /* OP, unknown funct7 */,
                                              0x0200101b /* slliw by 32 */,
                                              0x00004073,
                                              0x00100f73,
                                              0x120000f3 /* sfence.vma with a rd */,
                                              0x16000073 /* sinval.vma */,
                                              0x0050200f /* cbo.zero */,
                                              0x1010202f /* lr.w with rs2 */,
                                              0x0000002f,
                                              0x00001007 /* flh */,
                                              0x00004027 /* fsq */,
                                              0x04c58553 /* fadd.h */,
                                              0x00c5d553 /* fadd.s, rounding mode 5 */,
                                              0x00c5e553 /* fadd.s, rounding mode 6 */,
                                              0x6ec5e543 /* fmadd.q */,
                                              0x58158553 /* fsqrt.s with a rs2 */,
                                              0x20c5b553 /* fsgnj.s, 3 */,
                                              0xe005a553 /* fmv.x.w, 2 */,
                                              0xc0458553 /* fcvt of a fifth kind of integer */,
                                              0x40058553 /* fcvt.s.s */};
    for (size_t i = 0; i < sizeof words_reserved / sizeof *words_reserved; i++)
        ck_assert_msg(hb_decode(words_reserved[i]).code == HB_OP_ILLEGAL, "0x%08x", words_reserved[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("decode");
    TCase *tests = tcase_create("decode");
    tcase_add_test(tests, no_encoding_belongs_to_two_rows);
    tcase_add_test(tests, every_encoding_of_the_table_is_decoded_as_what_it_is);
    tcase_add_test(tests, fields_are_those_of_the_format);
    tcase_add_test(tests, registers_of_both_kinds_are_kept_apart);
    tcase_add_test(tests, registers_that_are_read_and_loaded_late_are_told);
    tcase_add_test(tests, compressed_instructions_stand_for_whole_ones);
    tcase_add_test(tests, what_is_reserved_is_illegal);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
