/* The disassembler's text. Whether it is right in general is compared with objdump in test_objdump.c. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/disasm.h"
#include "memory/symbols.h"

static const struct {
    uint32_t bits;
    const char *text;
} cases[] = {
    {0x80000537, "lui a0,0x80000"},
    {0x008000ef, "jal ra,0x80000008"},
    {0xffc500e7, "jalr ra,-4(a0)"},
    {0xfeb51ee3, "bne a0,a1,0x7ffffffc"},
    {0xfff14503, "lbu a0,-1(sp)"},
    {0x80a13023, "sd a0,-2048(sp)"},
    {0x43f5d513, "srai a0,a1,0x3f"},
    {0x06b6252f, "amoadd.w.aqrl a0,a1,(a2)"},
    {0x1405a52f, "lr.w.aq a0,(a1)"},
    {0x30059573, "csrrw a0,mstatus,a1"},
    {0x3b10d073, "csrrwi zero,pmpaddr1,1"},
    {0x7c102573, "csrrs a0,0x7c1,zero"},
    {0x0310000f, "fence rw,w"},
    {0x0ff0000f, "fence iorw,iorw"},
    {0x0000100f, "fence.i"},
    {0x0005200f, "cbo.inval (a0)"},
    {0x0015200f, "cbo.clean (a0)"},
    {0x0025200f, "cbo.flush (a0)"},
    {0x00552013, "slti zero,a0,5"},
    {0x30200073, "mret"},
    {0x10200073, "sret"},
    {0x12b50073, "sfence.vma a0,a1"},
    {0x18051073, "csrrw zero,satp,a0"},
    {0x00301573, "csrrw a0,fcsr,zero"},
    {0xffc52007, "flw ft0,-4(a0)"},
    {0x7ea13fa7, "fsd fa0,2047(sp)"},
    {0x68c59543, "fmadd.s fa0,fa1,fa2,fa3,rtz"},
    {0x02c5ffcb, "fnmsub.d ft11,fa1,fa2,ft0"},
    {0x00c58553, "fadd.s fa0,fa1,fa2,rne"},
    {0xa2c59553, "flt.d a0,fa1,fa2"},
    {0xf0058553, "fmv.w.x fa0,a1"},
    {0xbfaa, "c.fsd fa0,504(sp)"},
    {0x7139, "c.addi sp,sp,-64"},
    {0xabcd7139, "c.addi sp,sp,-64"},
    {0x852e, "c.add a0,zero,a1"},
    {0xb001, "c.jal zero,0x7ffff800"},
    {0x9002, "c.ebreak"},
    {0x0000, ".2byte 0x0000"},
    {0xabcd8000, ".2byte 0x8000"},
    {0xffffffff, ".4byte 0xffffffff"},
};

START_TEST(instructions_are_text) {
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[HB_DISASM_BYTES];
        hb_disassemble(0x80000000, cases[i].bits, NULL, text, sizeof text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(targets_are_symbols_where_there_are_any) {
    struct hb_symbols symbols = {0};
    struct hb_symbol start = {.address = 0x80000000, .size_bytes = 16, .end = 0x80000010, .kind = HB_SYMBOL_FUNCTION};
    ck_assert(hb_symbols_add(&symbols, &start, "start") && hb_symbols_finish(&symbols));
    char text[HB_DISASM_BYTES];
    hb_disassemble(0x80000000, 0x008000ef, &symbols, text, sizeof text);
    ck_assert_str_eq(text, "jal ra,start+0x8");
    hb_disassemble(0x80000004, 0xfeb51ee3, &symbols, text, sizeof text);
    ck_assert_str_eq(text, "bne a0,a1,start");
    hb_disassemble(0x80000000, 0xfeb51ee3, &symbols, text, sizeof text);
    ck_assert_str_eq(text, "bne a0,a1,0x7ffffffc");
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(short_buffers_hold) {
    for (size_t size = 1; size < 30; size++) {
        char text[30];
        memset(text, '#', sizeof text);
        hb_disassemble(0x80000000, 0x06b6252f, NULL, text, size);
        ck_assert_uint_lt(strnlen(text, sizeof text), size);
        ck_assert_int_eq(text[size], '#');
        ck_assert_int_eq(strncmp(text, "amoadd.w.aqrl a0,a1,(a2)", strlen(text)), 0);
    }
}
END_TEST

START_TEST(registers_have_their_names) {
    ck_assert_str_eq(hb_register_name(0), "zero");
    ck_assert_str_eq(hb_register_name(8), "s0");
    ck_assert_str_eq(hb_register_name(31), "t6");
    ck_assert_str_eq(hb_f_register_name(0), "ft0");
    ck_assert_str_eq(hb_f_register_name(31), "ft11");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("disasm");
    TCase *tests = tcase_create("disasm");
    tcase_add_test(tests, instructions_are_text);
    tcase_add_test(tests, targets_are_symbols_where_there_are_any);
    tcase_add_test(tests, short_buffers_hold);
    tcase_add_test(tests, registers_have_their_names);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
