/* Decoder and disassembler against GNU objdump: random encodings of every instruction, and every compressed one. */
#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cpu/decode.h"
#include "cpu/disasm.h"
#include "memory/hash.h"

#define TOOLS      "riscv64-unknown-elf-"
#define OBJDUMP    TOOLS "objdump"
#define EXTENSIONS "rv64gc_zba_zbb_zbs_zicbom_zicboz" /* objdump knows these in files that say so only */
#define TEXT_BYTES 128
#define EACH       300 /* encodings of every instruction */

/* What objdump says of the word at each index: mnemonic and operands with one blank between, no comment. */
struct listing {
    uint32_t words;
    char (*text)[TEXT_BYTES];
};

static void write_words(const char *path, const uint32_t *words, uint32_t n) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(words, sizeof *words, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
}

/* "   1c:\tffc500e7          \tjalr\tra,-4(a0) # 0xfff..." */
static void take_line(char *line, struct listing *listing) {
    char *end;
    uint64_t address = strtoull(line, &end, 16);
    char *mnemonic = *end == ':' && end > line ? strchr(end + 2, '\t') : NULL;
    if (!mnemonic || address % 4 || address / 4 >= listing->words)
        return;
    char *text = listing->text[address / 4];
    snprintf(text, TEXT_BYTES, "%s", mnemonic + 1);
    text[strcspn(text, "#\n")] = 0;
    for (char *at = text; *at; at++)
        if (*at == '\t')
            *at = ' ';
    for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
        text[n - 1] = 0;
}

/* The words go into an object file, and symbols out of it: with them objdump would take the words for data. */
static struct listing disassemble(const uint32_t *words, uint32_t n, const char *options) {
    struct listing listing = {.words = n, .text = calloc(n, sizeof *listing.text)};
    char path[] = "/tmp/hartbeat-objdump-XXXXXX", object[64], command[512], line[512];
    int descriptor = mkstemp(path);
    ck_assert(listing.text && descriptor >= 0 && close(descriptor) == 0);
    write_words(path, words, n);
    snprintf(object, sizeof object, "%s.o", path);
    snprintf(command, sizeof command,
             "echo '.incbin \"%s\"' | " TOOLS "as -march=" EXTENSIONS " -o %s - && " TOOLS "strip %s && " OBJDUMP
             " -D -z -j .text %s %s",
             path, object, object, options, object);
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    while (fgets(line, sizeof line, pipe))
        take_line(line, &listing);
    ck_assert_int_eq(pclose(pipe), 0);
    unlink(path);
    unlink(object);
    return listing;
}

/* ---- Random encodings of every instruction --------------------------------------------------------------------- */

/* Bits are left alone where objdump has more names than the machine has registers, or more notation. */
static uint32_t random_encoding(uint16_t code, uint32_t number) {
    static const uint16_t csrs[] = {0x001, 0x002, 0x003, 0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141,
                                    0x142, 0x143, 0x144, 0x180, 0x302, 0x303, 0x7a0, 0x7a1, 0x7a2, 0x7a3,
                                    0xc00, 0xc01, 0xc02, 0xc03, 0xc1f, 0xf11, 0xf14, 0x300, 0x301, 0x304,
                                    0x305, 0x306, 0x320, 0x340, 0x341, 0x342, 0x343, 0x344, 0xb00, 0xb02,
                                    0xb03, 0xb1f, 0x323, 0x33f, 0x3a0, 0x3a2, 0x3b0, 0x3bf, 0x7c5, 0xbc0};
    const struct hb_op_info *info = hb_op_info(code);
    uint64_t random = hb_mix64((uint64_t)code << 32 | number);
    uint32_t bits = info->match | ((uint32_t)random & ~info->mask);
    if (info->format == HB_FORMAT_CSR || info->format == HB_FORMAT_CSR_I)
        return (bits & 0xfffff) | (uint32_t)csrs[(random >> 32) % (sizeof csrs / sizeof *csrs)] << 20;
    if (code == HB_OP_FENCE)
        return (bits & 0x0ff00000) | info->match | 0x01100000;
    if (code == HB_OP_FCVT_D_S || code == HB_OP_FCVT_D_W || code == HB_OP_FCVT_D_WU)
        return bits & ~0x7000u; /* objdump has them with rounding mode 0 only */
    return code == HB_OP_FENCE_I ? info->match : bits;
}

/* binutils 2.41 is the first that has Zicond. */
static bool is_newer_than_objdump(uint16_t code) {
    return code == HB_OP_CZERO_EQZ || code == HB_OP_CZERO_NEZ;
}

START_TEST(every_instruction_is_printed_as_objdump_prints_it) {
    const uint32_t n = (HB_OP_TRACEPOINT - HB_OP_ILLEGAL - 1) * EACH;
    uint32_t *words = calloc(n, sizeof *words);
    ck_assert_ptr_nonnull(words);
    for (uint32_t i = 0; i < n; i++)
        words[i] = random_encoding((uint16_t)(HB_OP_ILLEGAL + 1 + i / EACH), i % EACH);
    struct listing listing = disassemble(words, n, "-M no-aliases");
    uint32_t unknown = 0;
    for (uint32_t i = 0; i < n; i++) {
        char text[HB_DISASM_BYTES];
        if (is_newer_than_objdump((uint16_t)(HB_OP_ILLEGAL + 1 + i / EACH)))
            continue;
        if (strstr(listing.text[i], ",unknown")) { /* a rounding mode that there is not */
            ck_assert_uint_eq(hb_decode(words[i]).code, HB_OP_ILLEGAL);
            unknown++;
            continue;
        }
        hb_disassemble(4ull * i, words[i], NULL, text, sizeof text);
        ck_assert_msg(strcmp(text, listing.text[i]) == 0, "0x%08x: \"%s\", objdump has \"%s\"", words[i], text,
                      listing.text[i]);
    }
    ck_assert_uint_gt(unknown, 1000);
    free(listing.text);
    free(words);
}
END_TEST

/* ---- All compressed encodings ---------------------------------------------------------------------------------- */

#define ADDI16SP_BY_0 0x6101 /* reserved; this objdump does not mind */

/* Hints: objdump has notations of its own for them. */
static bool is_left_out(uint16_t bits, uint32_t word) {
    struct hb_op op = hb_decode(word);
    bool writes_zero =
        op.rd == 0 && (op.code == HB_OP_ADDI || op.code == HB_OP_LUI || op.code == HB_OP_SLLI || op.code == HB_OP_ADD);
    bool nothing = op.imm == 0 && (op.code == HB_OP_SLLI || op.code == HB_OP_SRLI || op.code == HB_OP_SRAI ||
                                   (op.code == HB_OP_ADDI && op.rd == op.rs1));
    return (bits & 3) == 3 || bits == ADDI16SP_BY_0 || (word && (writes_zero || nothing));
}

/* c.mv stands for add, and objdump calls only the addi of the same meaning "mv". */
static uint32_t as_objdump_knows_it(uint32_t word) {
    struct hb_op op = hb_decode(word);
    return op.code == HB_OP_ADD && op.rs1 == 0 ? 0x13u | (uint32_t)op.rd << 7 | (uint32_t)op.rs2 << 15 : word;
}

START_TEST(every_compressed_instruction_stands_for_what_objdump_says) {
    const uint32_t n = 0x10000;
    uint32_t *halves = calloc(n, sizeof *halves), *words = calloc(n, sizeof *words);
    ck_assert(halves && words);
    for (uint32_t i = 0; i < n; i++) {
        halves[i] = 0x00010000 | ((i & 3) == 3 ? 1 : i); /* a c.nop behind each */
        uint32_t word = hb_decode_expand((uint16_t)i);
        words[i] = word ? as_objdump_knows_it(word) : 0x00000013;
    }
    struct listing compressed = disassemble(halves, n, ""), whole = disassemble(words, n, "");
    uint32_t compared = 0, reserved = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t word = hb_decode_expand((uint16_t)i);
        if (is_left_out((uint16_t)i, word))
            continue;
        bool unknown = compressed.text[i][0] == '.' || strcmp(compressed.text[i], "unimp") == 0;
        ck_assert_msg(unknown == (word == 0), "0x%04x: objdump has \"%s\", we have 0x%08x", i, compressed.text[i],
                      word);
        ck_assert_msg(unknown || strcmp(compressed.text[i], whole.text[i]) == 0,
                      "0x%04x: objdump has \"%s\", but for 0x%08x \"%s\"", i, compressed.text[i], words[i],
                      whole.text[i]);
        compared += !unknown;
        reserved += unknown;
    }
    ck_assert_uint_gt(compared, 43000);
    ck_assert_uint_gt(reserved, 100);
    free(compressed.text);
    free(whole.text);
    free(halves);
    free(words);
}
END_TEST

int main(void) {
    if (system(OBJDUMP " --version >/dev/null 2>&1") != 0) {
        puts(OBJDUMP " is not here");
        return 77;
    }
    Suite *suite = suite_create("objdump");
    TCase *tests = tcase_create("objdump");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_instruction_is_printed_as_objdump_prints_it);
    tcase_add_test(tests, every_compressed_instruction_stands_for_what_objdump_says);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
