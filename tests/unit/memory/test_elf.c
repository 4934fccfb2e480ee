/* ELF loading: what is put where, and one clear line for every kind of file that is not fit. The images are made here,
 * byte by byte, so that each fault can be put into them. */
#include <check.h>
#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/elf.h"
#include "memory/hash.h"
#include "osmodel/abi.h"

#define BASE      0x80000000ull
#define RAM_BYTES 65536u

/* A good image: two segments, a note, a symbol table. The second segment's virtual addresses are not its physical. */
struct image {
    Elf64_Ehdr header;
    Elf64_Phdr segment[4];
    uint8_t text[64];
    uint8_t data[32];
    struct {
        Elf64_Nhdr header;
        char name[12];
        struct hb_note descriptor;
    } note;
    Elf64_Sym symbol[8];
    char names[128];
    Elf64_Shdr section[6];
};

enum { TEXT, DATA, NOTE, EMPTY };                                      /* segments */
enum { S_NONE, S_TEXT, S_DATA, S_NOTE, S_SYMBOLS, S_NAMES, SECTIONS }; /* sections */

#define DATA_VIRTUAL      0xffffffff80001000ull
#define DATA_PHYSICAL     (BASE + 0x1000)
#define DATA_MEMORY_BYTES 6000u

static struct image image;
static uint8_t ram[RAM_BYTES];
static uint32_t writes;
static bool refuse;
static struct hb_elf elf;
static struct hb_symbols symbols;
static char message[256];

static bool put(void *context, uint64_t address, const void *bytes, uint64_t n) {
    (void)context;
    writes++;
    if (refuse)
        return false;
    ck_assert(address >= BASE && n > 0 && n <= RAM_BYTES && address - BASE <= RAM_BYTES - n);
    memcpy(ram + (address - BASE), bytes, n);
    return true;
}

static const struct hb_elf_target target = {
    .base = BASE, .size_bytes = RAM_BYTES, .write = put, .note_name = HB_NOTE_NAME, .note_type = HB_NOTE_TYPE};

static uint32_t name_at(const char *name) {
    uint32_t at = 1;
    while (image.names[at] != '\0' && strcmp(image.names + at, name) != 0)
        at += (uint32_t)strlen(image.names + at) + 1;
    strcpy(image.names + at, name);
    return at;
}

static void set_symbol(uint32_t index, const char *name, uint64_t address, uint64_t size, uint8_t type,
                       uint16_t section) {
    image.symbol[index] = (Elf64_Sym){.st_name = name_at(name),
                                      .st_info = ELF64_ST_INFO(STB_GLOBAL, type),
                                      .st_shndx = section,
                                      .st_value = address,
                                      .st_size = size};
}

#define AT(member) offsetof(struct image, member)

static void set_segments(void) {
    image.segment[TEXT] = (Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_offset = AT(text),
                                       .p_vaddr = BASE,
                                       .p_paddr = BASE,
                                       .p_filesz = sizeof image.text,
                                       .p_memsz = sizeof image.text};
    image.segment[DATA] = (Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_offset = AT(data),
                                       .p_vaddr = DATA_VIRTUAL,
                                       .p_paddr = DATA_PHYSICAL,
                                       .p_filesz = sizeof image.data,
                                       .p_memsz = DATA_MEMORY_BYTES};
    image.segment[NOTE] = (Elf64_Phdr){.p_type = PT_NOTE,
                                       .p_offset = AT(note),
                                       .p_filesz = sizeof image.note,
                                       .p_memsz = sizeof image.note,
                                       .p_align = 4};
    image.segment[EMPTY] = (Elf64_Phdr){.p_type = PT_LOAD, .p_paddr = 0xdead}; /* nothing to load: where is no matter */
}

static void set_sections(void) {
    image.section[S_TEXT] =
        (Elf64_Shdr){.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = BASE, .sh_size = sizeof image.text};
    image.section[S_DATA] = (Elf64_Shdr){
        .sh_type = SHT_NOBITS, .sh_flags = SHF_ALLOC, .sh_addr = DATA_VIRTUAL, .sh_size = DATA_MEMORY_BYTES};
    image.section[S_NOTE] =
        (Elf64_Shdr){.sh_type = SHT_NOTE, .sh_offset = AT(note), .sh_size = sizeof image.note, .sh_addralign = 4};
    image.section[S_SYMBOLS] = (Elf64_Shdr){.sh_type = SHT_SYMTAB,
                                            .sh_offset = AT(symbol),
                                            .sh_size = sizeof image.symbol,
                                            .sh_link = S_NAMES,
                                            .sh_entsize = sizeof(Elf64_Sym)};
    image.section[S_NAMES] = (Elf64_Shdr){.sh_type = SHT_STRTAB, .sh_offset = AT(names), .sh_size = sizeof image.names};
}

static void set_up(void) {
    memset(&image, 0, sizeof image);
    memcpy(image.header.e_ident, ELFMAG, SELFMAG);
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_ident[EI_VERSION] = EV_CURRENT;
    image.header.e_type = ET_EXEC;
    image.header.e_machine = EM_RISCV;
    image.header.e_version = EV_CURRENT;
    image.header.e_entry = BASE + 8;
    image.header.e_ehsize = sizeof image.header;
    image.header.e_phoff = AT(segment);
    image.header.e_phentsize = sizeof(Elf64_Phdr);
    image.header.e_phnum = 4;
    image.header.e_shoff = AT(section);
    image.header.e_shentsize = sizeof(Elf64_Shdr);
    image.header.e_shnum = SECTIONS;
    memset(image.text, 0x11, sizeof image.text);
    memset(image.data, 0x22, sizeof image.data);
    image.note.header = (Elf64_Nhdr){sizeof HB_NOTE_NAME, sizeof image.note.descriptor, HB_NOTE_TYPE};
    strcpy(image.note.name, HB_NOTE_NAME);
    image.note.descriptor = (struct hb_note){.abi_version = 1, .amp = 1, .jitter_cycles = 4242};
    set_segments();
    set_sections();
    set_symbol(1, "main", BASE, 64, STT_FUNC, S_TEXT);
    set_symbol(2, "tohost", DATA_VIRTUAL + 0x40, 8, STT_OBJECT, S_DATA);
    set_symbol(3, "begin_signature", DATA_VIRTUAL + 0x100, 0, STT_NOTYPE, S_DATA);
    set_symbol(4, "end_signature", DATA_VIRTUAL + 0x200, 0, STT_NOTYPE, S_DATA);
    set_symbol(5, "a_number", 77, 0, STT_NOTYPE, SHN_ABS);
    set_symbol(6, "elsewhere", 0, 0, STT_NOTYPE, SHN_UNDEF);
    set_symbol(7, "$x", BASE + 4, 0, STT_NOTYPE, S_TEXT);
    memset(ram, 0xee, sizeof ram);
    writes = 0;
    refuse = false;
}

static enum hb_elf_status load_bytes(const void *bytes, size_t n) {
    strcpy(message, "nothing was said");
    return hb_elf_load_bytes("x.elf", bytes, n, &target, &elf, &symbols, message, sizeof message);
}

static enum hb_elf_status load(void) {
    return load_bytes(&image, sizeof image);
}

/* It is refused with this status and a line that begins with the name and holds `text`; nothing was written. */
static void check_refused(enum hb_elf_status status, enum hb_elf_status wanted, const char *text) {
    ck_assert_msg(status == wanted, "status %d in place of %d: %s", status, wanted, message);
    ck_assert_msg(strncmp(message, "x.elf: ", 7) == 0, "%s", message);
    ck_assert_msg(strstr(message, text) != NULL, "no \"%s\" in: %s", text, message);
    ck_assert_ptr_null(strchr(message, '\n'));
    ck_assert_uint_eq(writes, 0);
    ck_assert_uint_eq(symbols.symbols, 0);
    ck_assert_ptr_null(symbols.symbol);
    ck_assert_uint_eq(elf.entry, 0);
}

/* ---- Good images ----------------------------------------------------------------------------------------------- */

START_TEST(segments_are_put_at_their_physical_addresses_with_zeros_behind) {
    ck_assert_msg(load() == HB_ELF_OK, "%s", message);
    ck_assert_uint_eq(elf.entry, BASE + 8);
    ck_assert_uint_eq(elf.lowest, BASE);
    ck_assert_uint_eq(elf.highest, DATA_PHYSICAL + DATA_MEMORY_BYTES);
    for (uint32_t i = 0; i < RAM_BYTES; i++) {
        uint8_t wanted = 0xee;
        if (i < 64)
            wanted = 0x11;
        else if (i >= 0x1000 && i < 0x1000 + 32)
            wanted = 0x22;
        else if (i >= 0x1000 && i < 0x1000 + DATA_MEMORY_BYTES)
            wanted = 0;
        ck_assert_msg(ram[i] == wanted, "byte %u is 0x%02x", i, ram[i]);
    }
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(the_entry_is_made_physical) {
    image.header.e_entry = DATA_VIRTUAL + 0x10;
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert_uint_eq(elf.entry, DATA_PHYSICAL + 0x10);
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(symbols_are_found_and_the_known_ones_made_physical) {
    ck_assert_int_eq(load(), HB_ELF_OK);
    uint64_t address, offset;
    ck_assert_uint_eq(elf.tohost, DATA_PHYSICAL + 0x40);
    ck_assert_uint_eq(elf.fromhost, 0);
    ck_assert_uint_eq(elf.begin_signature, DATA_PHYSICAL + 0x100);
    ck_assert_uint_eq(elf.end_signature, DATA_PHYSICAL + 0x200);
    ck_assert(hb_symbols_find(&symbols, "tohost", &address, NULL));
    ck_assert_uint_eq(address, DATA_VIRTUAL + 0x40);
    ck_assert_str_eq(hb_symbols_at(&symbols, BASE + 12, &offset), "main");
    ck_assert_uint_eq(offset, 12);
    ck_assert_str_eq(hb_symbols_at(&symbols, DATA_VIRTUAL + 0x300, &offset),
                     "end_signature"); /* to its section's end */
    ck_assert_ptr_null(hb_symbols_at(&symbols, DATA_VIRTUAL + DATA_MEMORY_BYTES, NULL));
    ck_assert(hb_symbols_find(&symbols, "a_number", &address, NULL));
    ck_assert_uint_eq(address, 77);
    ck_assert_ptr_null(hb_symbols_at(&symbols, 77, NULL));
    ck_assert(!hb_symbols_find(&symbols, "elsewhere", NULL, NULL));
    ck_assert(!hb_symbols_find(&symbols, "$x", NULL, NULL));
    hb_symbols_free(&symbols);
}
END_TEST

static void check_note(void) {
    ck_assert_msg(load() == HB_ELF_OK, "%s", message);
    ck_assert(elf.has_note);
    ck_assert_uint_eq(elf.note_bytes, sizeof(struct hb_note));
    struct hb_note note;
    memcpy(&note, elf.note, sizeof note);
    ck_assert_uint_eq(note.amp, 1);
    ck_assert_uint_eq(note.jitter_cycles, 4242);
    hb_symbols_free(&symbols);
}

START_TEST(the_note_is_found_by_segment_or_by_section) {
    check_note();
    image.segment[NOTE].p_type = PT_NULL;
    check_note();
    image.segment[NOTE].p_type = PT_NOTE;
    image.header.e_shoff = 0;
    image.header.e_shnum = 0;
    check_note();
}
END_TEST

START_TEST(other_notes_are_not_ours) {
    image.note.header.n_type = 2;
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert(!elf.has_note);
    hb_symbols_free(&symbols);
    image.note.header.n_type = HB_NOTE_TYPE;
    image.note.name[0] = 'H';
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert(!elf.has_note);
    hb_symbols_free(&symbols);
    image.note.name[0] = 'h';
    image.note.header.n_descsz = 0x7fffffff; /* beyond the block: no note */
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert(!elf.has_note);
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(a_stripped_image_is_good) {
    image.header.e_shoff = 0;
    image.header.e_shnum = 0;
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert_uint_eq(symbols.symbols, 0);
    ck_assert_uint_eq(elf.tohost, 0);
    ck_assert_uint_eq(ram[0], 0x11);
}
END_TEST

START_TEST(an_image_that_fills_ram_to_the_last_byte_is_good) {
    image.segment[DATA].p_memsz = RAM_BYTES - 0x1000;
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert_uint_eq(elf.highest, BASE + RAM_BYTES);
    ck_assert_uint_eq(ram[RAM_BYTES - 1], 0);
    hb_symbols_free(&symbols);
}
END_TEST

/* ---- Not an ELF, or not ours ----------------------------------------------------------------------------------- */

START_TEST(what_is_no_elf_is_told_so) {
    check_refused(load_bytes(&image, 0), HB_ELF_NOT_ELF, "is empty; a RISC-V (RV64) ELF is needed");
    check_refused(load_bytes("\x7f", 1), HB_ELF_NOT_ELF, "is not an ELF file; a RISC-V (RV64) ELF is needed");
    check_refused(load_bytes("#!/bin/sh\n", 10), HB_ELF_NOT_ELF, "is not an ELF file");
    check_refused(load_bytes("\x7f"
                             "ELF\x02\x01\x01",
                             7),
                  HB_ELF_TRUNCATED, "ends within its header");
    check_refused(load_bytes(&image, 63), HB_ELF_TRUNCATED, "ends within its header");
}
END_TEST

START_TEST(other_machines_are_named) {
    image.header.e_ident[EI_CLASS] = ELFCLASS32;
    check_refused(load(), HB_ELF_WRONG_CLASS, "is a 32-bit ELF; a RISC-V (RV64) ELF is needed");
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_ident[EI_DATA] = ELFDATA2MSB;
    check_refused(load(), HB_ELF_WRONG_CLASS, "is a big-endian ELF");
    image.header.e_ident[EI_DATA] = 7;
    check_refused(load(), HB_ELF_DAMAGED, "damaged ELF header");
    image.header.e_ident[EI_DATA] = ELFDATA2LSB;
    image.header.e_ident[EI_CLASS] = 0;
    check_refused(load(), HB_ELF_DAMAGED, "damaged ELF header");
    image.header.e_ident[EI_CLASS] = ELFCLASS64;
    image.header.e_machine = EM_X86_64;
    load();
    ck_assert_str_eq(message, "x.elf: for x86-64; a RISC-V (RV64) ELF is needed");
    image.header.e_machine = EM_AARCH64;
    check_refused(load(), HB_ELF_WRONG_MACHINE, "for AArch64; ");
    image.header.e_machine = 0xfff0;
    check_refused(load(), HB_ELF_WRONG_MACHINE, "for machine number 65520; ");
}
END_TEST

START_TEST(what_cannot_be_executed_is_told_so) {
    image.header.e_type = ET_REL;
    check_refused(load(), HB_ELF_NOT_EXECUTABLE, "is an object file; link it");
    image.header.e_type = ET_DYN;
    image.header.e_entry = 0;
    check_refused(load(), HB_ELF_NOT_EXECUTABLE, "is a shared library");
    image.header.e_type = ET_CORE;
    check_refused(load(), HB_ELF_NOT_EXECUTABLE, "core dump");
    image.header.e_type = 99;
    check_refused(load(), HB_ELF_DAMAGED, "unknown ELF type (99)");
    image.header.e_type = ET_EXEC;
    image.header.e_phnum = 0;
    check_refused(load(), HB_ELF_NOT_EXECUTABLE, "no program headers");
    image.header.e_phnum = 4;
    image.segment[TEXT].p_type = image.segment[DATA].p_type = PT_NULL;
    check_refused(load(), HB_ELF_NOT_EXECUTABLE, "has nothing to load");
}
END_TEST

/* ---- Damaged --------------------------------------------------------------------------------------------------- */

START_TEST(program_headers_must_lie_inside_the_file) {
    image.header.e_phoff = sizeof image - 4 * sizeof(Elf64_Phdr) + 1;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its program headers do");
    image.header.e_phoff = UINT64_MAX - 8;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its program headers do");
    image.header.e_phoff = AT(segment);
    image.header.e_phnum = 60000;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its program headers do");
    image.header.e_phnum = PN_XNUM;
    check_refused(load(), HB_ELF_DAMAGED, "65535 program headers");
    image.header.e_phnum = 4;
    image.header.e_phentsize = 8;
    check_refused(load(), HB_ELF_DAMAGED, "program headers of 8 bytes");
}
END_TEST

START_TEST(section_headers_must_lie_inside_the_file) {
    image.header.e_shoff = sizeof image - 10;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its section headers do");
    image.header.e_shoff = UINT64_MAX;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its section headers do");
    image.header.e_shoff = AT(section);
    image.header.e_shnum = 65000;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its section headers do");
    image.header.e_shnum = SECTIONS;
    image.header.e_shentsize = 1;
    check_refused(load(), HB_ELF_DAMAGED, "section headers of 1 bytes");
}
END_TEST

START_TEST(segments_must_lie_inside_the_file) {
    image.segment[DATA].p_offset = sizeof image - 31;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its segment at 0x80001000 does");
    image.segment[DATA].p_offset = UINT64_MAX - 15; /* offset + size wraps around to 16 */
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its segment at 0x80001000 does");
    set_segments();
    image.segment[DATA].p_filesz = image.segment[DATA].p_memsz = 5000;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its segment at 0x80001000 does");
    image.segment[DATA].p_memsz = 4;
    check_refused(load(), HB_ELF_DAMAGED, "more bytes in the file than in memory");
}
END_TEST

START_TEST(segments_must_lie_inside_ram) {
    static const uint64_t outside[] = {0, BASE - 1, BASE + RAM_BYTES, UINT64_MAX - 31, UINT64_MAX};
    for (uint32_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
        image.segment[DATA].p_paddr = outside[i];
        check_refused(load(), HB_ELF_OUTSIDE, "it must lie inside RAM, from 0x80000000 to 0x8000ffff");
    }
    image.segment[DATA].p_paddr = DATA_PHYSICAL;
    image.segment[DATA].p_memsz = RAM_BYTES - 0x1000 + 1;
    check_refused(load(), HB_ELF_OUTSIDE, "0x80001000 of 61441 bytes");
    image.segment[DATA].p_vaddr = 0x1000;
    image.segment[DATA].p_memsz = UINT64_MAX - 0xfff;
    check_refused(load(), HB_ELF_DAMAGED, "its virtual addresses wrap around");
    image.segment[DATA].p_vaddr = 0;
    image.segment[DATA].p_memsz = UINT64_MAX;
    check_refused(load(), HB_ELF_OUTSIDE, "it must lie inside RAM");
}
END_TEST

/* As GNU ld does without a script: the page in front of the code holds the headers. */
static void put_headers_in_front(void) {
    image.segment[EMPTY] = (Elf64_Phdr){
        .p_type = PT_LOAD, .p_vaddr = BASE - 0x1000, .p_paddr = BASE - 0x1000, .p_filesz = AT(text), .p_memsz = 0x1000};
    image.segment[EMPTY].p_memsz = image.segment[EMPTY].p_filesz;
}

START_TEST(headers_outside_ram_are_left_out) {
    for (int sections = 1; sections >= 0; sections--) {
        put_headers_in_front();
        if (!sections)
            image.header.e_shoff = image.header.e_shnum = 0;
        ck_assert_msg(load() == HB_ELF_OK, "%s", message);
        ck_assert_uint_eq(elf.outside, BASE - 0x1000);
        ck_assert_uint_eq(elf.outside_bytes, AT(text));
        ck_assert_uint_eq(elf.lowest, BASE);
        ck_assert_uint_eq(ram[0], 0x11);
        hb_symbols_free(&symbols);
    }
}
END_TEST

/* One segment from the headers on, of which RAM begins in the middle. */
START_TEST(a_segment_that_begins_before_ram_is_cut) {
    image.segment[TEXT] = (Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_vaddr = BASE - AT(text),
                                       .p_paddr = BASE - AT(text),
                                       .p_filesz = AT(text) + sizeof image.text,
                                       .p_memsz = AT(text) + sizeof image.text};
    ck_assert_msg(load() == HB_ELF_OK, "%s", message);
    ck_assert_uint_eq(elf.outside_bytes, AT(text));
    ck_assert_uint_eq(elf.entry, BASE + 8);
    ck_assert_uint_eq(ram[0], 0x11);
    ck_assert_uint_eq(ram[63], 0x11);
    hb_symbols_free(&symbols);
    image.section[S_TEXT].sh_addr -= 1; /* one byte of the code would be left out */
    writes = 0;
    check_refused(load(), HB_ELF_OUTSIDE, "it must lie inside RAM");
    image.header.e_shoff = image.header.e_shnum = 0; /* without sections: that byte is not of the headers */
    image.segment[TEXT].p_paddr -= 1;
    check_refused(load(), HB_ELF_OUTSIDE, "it must lie inside RAM");
}
END_TEST

/* A file of nothing but segments, each outside; the cost of looking must not grow with their square. */
START_TEST(many_segments_outside_are_refused) {
    enum { MANY = 70 };
    static struct {
        Elf64_Ehdr header;
        Elf64_Phdr segment[MANY];
    } many;
    many.header = image.header;
    many.header.e_phoff = sizeof many.header;
    many.header.e_shoff = many.header.e_shnum = 0;
    many.header.e_phnum = MANY;
    for (uint32_t i = 0; i < MANY; i++)
        many.segment[i] = (Elf64_Phdr){.p_type = PT_LOAD, .p_paddr = 4096ull * i, .p_filesz = 64, .p_memsz = 64};
    check_refused(load_bytes(&many, sizeof many), HB_ELF_OUTSIDE, "has more than 64 segments outside RAM");
    many.header.e_type = ET_DYN;
    check_refused(load_bytes(&many, sizeof many), HB_ELF_DAMAGED, "is position-independent with 70 segments");
}
END_TEST

/* ---- Position-independent executables -------------------------------------------------------------------------- */

/* Linked from 0 on; the second segment holds the dynamic section and relocations, and a word to be adjusted. */
#define PIE_DATA 0x2000u

static struct {
    Elf64_Dyn dynamic[3];
    Elf64_Rela relocation[2];
    uint64_t word;
} pie;

static void make_pie(uint8_t bytes[sizeof image + sizeof pie], uint64_t at) {
    image.header.e_type = ET_DYN;
    image.header.e_entry = at + 8;
    image.segment[TEXT].p_vaddr = image.segment[TEXT].p_paddr = at;
    image.segment[DATA] = (Elf64_Phdr){.p_type = PT_LOAD,
                                       .p_offset = sizeof image,
                                       .p_vaddr = at + PIE_DATA,
                                       .p_paddr = at + PIE_DATA,
                                       .p_filesz = sizeof pie,
                                       .p_memsz = sizeof pie};
    image.segment[EMPTY] = (Elf64_Phdr){.p_type = PT_DYNAMIC, .p_offset = sizeof image, .p_filesz = sizeof pie.dynamic};
    image.section[S_TEXT].sh_addr = at;
    image.section[S_DATA].sh_addr = at + PIE_DATA;
    image.section[S_DATA].sh_size = sizeof pie;
    set_symbol(1, "main", at, 64, STT_FUNC, S_TEXT);
    memcpy(bytes, &image, sizeof image);
    memcpy(bytes + sizeof image, &pie, sizeof pie);
}

static enum hb_elf_status load_pie(uint64_t at) {
    static uint64_t bytes[(sizeof image + sizeof pie) / 8];
    make_pie((uint8_t *)bytes, at);
    return load_bytes(bytes, sizeof bytes);
}

static void set_up_pie(void) {
    set_up();
    memset(&pie, 0, sizeof pie);
    pie.dynamic[0] = (Elf64_Dyn){.d_tag = DT_RELA, .d_un.d_ptr = PIE_DATA + sizeof pie.dynamic};
    pie.dynamic[1] = (Elf64_Dyn){.d_tag = DT_RELASZ, .d_un.d_val = sizeof pie.relocation};
    pie.relocation[0] = (Elf64_Rela){.r_info = ELF64_R_INFO(0, R_RISCV_NONE), .r_offset = 1};
    pie.relocation[1] = (Elf64_Rela){.r_info = ELF64_R_INFO(0, R_RISCV_RELATIVE),
                                     .r_offset = PIE_DATA + sizeof pie - sizeof pie.word,
                                     .r_addend = 0x1234};
}

START_TEST(a_pie_begins_where_ram_does) {
    uint64_t word, address;
    ck_assert_msg(load_pie(0) == HB_ELF_OK, "%s", message);
    ck_assert_uint_eq(elf.bias, BASE);
    ck_assert_uint_eq(elf.entry, BASE + 8);
    memcpy(&word, ram + PIE_DATA + sizeof pie - sizeof word, sizeof word);
    ck_assert_uint_eq(word, BASE + 0x1234);
    ck_assert(hb_symbols_find(&symbols, "main", &address, NULL));
    ck_assert_uint_eq(address, BASE);
    ck_assert(hb_symbols_find(&symbols, "a_number", &address, NULL));
    ck_assert_uint_eq(address, 77);
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(a_pie_that_is_linked_into_ram_stays_there) {
    uint64_t word;
    pie.dynamic[0].d_un.d_ptr += BASE + 0x4000;
    pie.relocation[1].r_offset += BASE + 0x4000;
    pie.relocation[1].r_addend += (int64_t)BASE;
    ck_assert_msg(load_pie(BASE + 0x4000) == HB_ELF_OK, "%s", message);
    ck_assert_uint_eq(elf.bias, 0);
    ck_assert_uint_eq(elf.entry, BASE + 0x4008);
    memcpy(&word, ram + 0x4000 + PIE_DATA + sizeof pie - sizeof word, sizeof word);
    ck_assert_uint_eq(word, BASE + 0x1234);
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(what_a_pie_needs_beyond_that_is_refused) {
    pie.relocation[1].r_info = ELF64_R_INFO(0, R_RISCV_64);
    check_refused(load_pie(0), HB_ELF_NOT_EXECUTABLE, "has a relocation of type 2; link it with -static-pie");
    pie.relocation[1].r_info = ELF64_R_INFO(0, R_RISCV_RELATIVE);
    pie.relocation[1].r_offset = PIE_DATA + sizeof pie - 7;
    check_refused(load_pie(0), HB_ELF_DAMAGED, "has a relocation of 0x");
    pie.relocation[1].r_offset = UINT64_MAX;
    check_refused(load_pie(0), HB_ELF_DAMAGED, "has a relocation of 0x");
    pie.dynamic[1].d_un.d_val = UINT64_MAX;
    check_refused(load_pie(0), HB_ELF_DAMAGED, "has its relocations at 0x80002030, in no segment");
    pie.dynamic[1].d_tag = DT_NEEDED;
    check_refused(load_pie(0), HB_ELF_NOT_EXECUTABLE, "needs shared libraries");
    image.segment[NOTE].p_type = PT_INTERP;
    check_refused(load_pie(0), HB_ELF_NOT_EXECUTABLE, "needs a dynamic linker");
}
END_TEST

START_TEST(segments_must_not_overlap) {
    image.segment[DATA].p_paddr = BASE + 63;
    check_refused(load(), HB_ELF_OUTSIDE, "a segment at 0x8000003f over the one at 0x80000000");
    image.segment[DATA].p_paddr = BASE;
    check_refused(load(), HB_ELF_OUTSIDE, "over the one at 0x80000000");
    image.segment[DATA].p_paddr = BASE; /* what is zero-filled is taken, too */
    image.segment[TEXT].p_paddr = BASE + DATA_MEMORY_BYTES - 1;
    check_refused(load(), HB_ELF_OUTSIDE, "a segment at 0x8000176f over the one at 0x80000000");
    set_segments();
    image.segment[DATA].p_paddr = BASE + 64;
    ck_assert_int_eq(load(), HB_ELF_OK);
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(the_entry_must_be_loaded) {
    static const uint64_t nowhere[] = {0, BASE + 64, BASE - 2, UINT64_MAX};
    for (uint32_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        image.header.e_entry = nowhere[i];
        check_refused(load(), HB_ELF_DAMAGED, "in no segment that is loaded");
    }
}
END_TEST

START_TEST(damaged_symbols_do_no_harm) {
    image.section[S_SYMBOLS].sh_offset = sizeof image + 5;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its symbol table does");
    set_sections();
    image.section[S_SYMBOLS].sh_size = UINT64_MAX / 24 * 24;
    check_refused(load(), HB_ELF_TRUNCATED, "ends before its symbol table does");
    set_sections();
    image.section[S_SYMBOLS].sh_link = 4711; /* no names: no symbols */
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert_uint_eq(symbols.symbols, 0);
    set_sections();
    image.symbol[1].st_name = UINT32_MAX;
    image.symbol[2].st_shndx = 0xfe00;  /* a section that is not there */
    memset(image.names + 100, 'x', 28); /* the last name has no end */
    image.symbol[3].st_name = 100;
    ck_assert_int_eq(load(), HB_ELF_OK);
    ck_assert(!hb_symbols_find(&symbols, "main", NULL, NULL));
    ck_assert(hb_symbols_find(&symbols, "tohost", NULL, NULL));
    ck_assert(!hb_symbols_find(&symbols, "begin_signature", NULL, NULL));
    ck_assert(hb_symbols_find(&symbols, "end_signature", NULL, NULL));
    hb_symbols_free(&symbols);
}
END_TEST

START_TEST(memory_that_takes_nothing_is_told) {
    refuse = true;
    ck_assert_int_eq(load(), HB_ELF_OUTSIDE);
    ck_assert_ptr_nonnull(strstr(message, "where nothing can be put"));
    ck_assert_uint_eq(symbols.symbols, 0);
}
END_TEST

/* ---- Any bytes ------------------------------------------------------------------------------------------------- */

/* Whatever comes in, a status comes out; a refusal has its line and wrote nothing. */
static void check_any(const void *bytes, size_t n) {
    writes = 0;
    enum hb_elf_status status = load_bytes(bytes, n);
    if (status == HB_ELF_OK) {
        ck_assert(elf.lowest >= BASE && elf.highest <= BASE + RAM_BYTES && elf.lowest < elf.highest);
        ck_assert(elf.entry >= elf.lowest && elf.entry < elf.highest);
    } else {
        ck_assert_uint_eq(writes, 0);
        ck_assert_int_eq(strncmp(message, "x.elf: ", 7), 0);
        ck_assert_uint_gt(strlen(message), 20);
    }
    hb_symbols_free(&symbols);
}

START_TEST(every_truncation_is_survived) {
    for (size_t n = 0; n <= sizeof image; n++) {
        uint8_t *exact = malloc(n ? n : 1); /* so that a sanitizer sees a read beyond the end */
        memcpy(exact, &image, n);
        check_any(exact, n);
        free(exact);
    }
}
END_TEST

/* Copies of `good` with up to four faults each. */
static void damage(const uint8_t *good, uint64_t n, uint64_t rounds) {
    static const uint64_t nasty[] = {0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0xffffffff, BASE, UINT64_MAX, 1ull << 63};
    uint8_t *bytes = malloc(n);
    for (uint64_t round = 0; round < rounds; round++) {
        memcpy(bytes, good, n);
        uint64_t faults = 1 + hb_choice(1, 1, round) % 4;
        for (uint64_t i = 0; i < faults; i++) {
            uint64_t draw = hb_choice(2, round, i), width = 1ull << (draw >> 8 & 3);
            uint64_t at = draw >> 16 & 1 ? draw % (n - 8) : draw % 288; /* half of it in the headers */
            uint64_t value = draw >> 17 & 1 ? nasty[(draw >> 20) % 10] : hb_choice(3, round, i);
            memcpy(bytes + at / width * width, &value, width);
        }
        check_any(bytes, n);
    }
    free(bytes);
}

START_TEST(random_damage_is_survived) {
    static uint64_t bytes[(sizeof image + sizeof pie) / 8];
    damage((const uint8_t *)&image, sizeof image, 20000);
    set_up_pie();
    make_pie((uint8_t *)bytes, 0);
    damage((const uint8_t *)bytes, sizeof bytes, 20000);
}
END_TEST

/* ---- Files ----------------------------------------------------------------------------------------------------- */

static enum hb_elf_status load_file(const char *path) {
    return hb_elf_load(path, &target, &elf, &symbols, message, sizeof message);
}

static void check_file_refused(const char *path, enum hb_elf_status wanted, const char *text) {
    ck_assert_int_eq(load_file(path), wanted);
    char line[256];
    snprintf(line, sizeof line, "%s: %s; a RISC-V (RV64) ELF is needed", path, text);
    ck_assert_str_eq(message, line);
}

START_TEST(files_are_read_or_refused_with_their_reason) {
    char directory[] = "/tmp/hb_test_elf_XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/x.elf", directory);
    check_file_refused(path, HB_ELF_UNREADABLE, "No such file or directory");
    check_file_refused(directory, HB_ELF_UNREADABLE, "is a directory");
    check_file_refused("/dev/zero", HB_ELF_UNREADABLE, "is not a regular file");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    check_file_refused(path, HB_ELF_UNREADABLE, "is not a regular file"); /* and nobody waits for its other end */
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    check_file_refused(path, HB_ELF_NOT_ELF, "is empty");
    ck_assert_int_eq(write(file, &image, sizeof image), sizeof image);
    ck_assert_msg(load_file(path) == HB_ELF_OK, "%s", message);
    ck_assert_uint_eq(ram[0], 0x11);
    hb_symbols_free(&symbols);
    ck_assert_int_eq(ftruncate(file, (off_t)HB_ELF_FILE_BYTES_MAX + 1), 0); /* sparse: it takes no room */
    ck_assert_int_eq(load_file(path), HB_ELF_UNREADABLE);
    ck_assert_ptr_nonnull(strstr(message, "is too large"));
    close(file);
    unlink(path);
    rmdir(directory);
}
END_TEST

START_TEST(of_a_long_path_the_end_is_kept_and_the_reason_stays) {
    char path[1000];
    memset(path, 'd', sizeof path);
    strcpy(path + sizeof path - 8, "end.elf");
    char line[64];
    ck_assert_int_eq(hb_elf_load(path, &target, &elf, &symbols, line, sizeof line), HB_ELF_UNREADABLE);
    ck_assert_uint_lt(strlen(line), sizeof line);
    ck_assert_int_eq(hb_elf_load(path, &target, &elf, &symbols, message, sizeof message), HB_ELF_UNREADABLE);
    ck_assert_uint_eq(strlen(message), sizeof message - 1);
    ck_assert_int_eq(strncmp(message, "...ddd", 6), 0);
    ck_assert_ptr_nonnull(strstr(message, "end.elf: File name too long; a RISC-V (RV64) ELF is needed"));
}
END_TEST

static TCase *group(Suite *suite, const char *name) {
    TCase *tests = tcase_create(name);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    return tests;
}

static void add_good(Suite *suite) {
    TCase *tests = group(suite, "good");
    tcase_add_test(tests, segments_are_put_at_their_physical_addresses_with_zeros_behind);
    tcase_add_test(tests, the_entry_is_made_physical);
    tcase_add_test(tests, symbols_are_found_and_the_known_ones_made_physical);
    tcase_add_test(tests, the_note_is_found_by_segment_or_by_section);
    tcase_add_test(tests, other_notes_are_not_ours);
    tcase_add_test(tests, a_stripped_image_is_good);
    tcase_add_test(tests, an_image_that_fills_ram_to_the_last_byte_is_good);
    tcase_add_test(tests, files_are_read_or_refused_with_their_reason);
    tcase_add_test(tests, of_a_long_path_the_end_is_kept_and_the_reason_stays);
}

static void add_bad(Suite *suite) {
    TCase *tests = group(suite, "bad");
    tcase_add_test(tests, what_is_no_elf_is_told_so);
    tcase_add_test(tests, other_machines_are_named);
    tcase_add_test(tests, what_cannot_be_executed_is_told_so);
    tcase_add_test(tests, program_headers_must_lie_inside_the_file);
    tcase_add_test(tests, section_headers_must_lie_inside_the_file);
    tcase_add_test(tests, segments_must_lie_inside_the_file);
    tcase_add_test(tests, segments_must_lie_inside_ram);
    tcase_add_test(tests, headers_outside_ram_are_left_out);
    tcase_add_test(tests, a_segment_that_begins_before_ram_is_cut);
    tcase_add_test(tests, many_segments_outside_are_refused);
    tcase_add_test(tests, segments_must_not_overlap);
    tcase_add_test(tests, the_entry_must_be_loaded);
    tcase_add_test(tests, damaged_symbols_do_no_harm);
    tcase_add_test(tests, memory_that_takes_nothing_is_told);
    tcase_add_test(tests, every_truncation_is_survived);
    tcase_add_test(tests, random_damage_is_survived);
}

/* With a fixture that makes one, so that it stands apart. */
static void add_pie(Suite *suite) {
    TCase *tests = tcase_create("position-independent");
    tcase_add_checked_fixture(tests, set_up_pie, NULL);
    tcase_add_test(tests, a_pie_begins_where_ram_does);
    tcase_add_test(tests, a_pie_that_is_linked_into_ram_stays_there);
    tcase_add_test(tests, what_a_pie_needs_beyond_that_is_refused);
    suite_add_tcase(suite, tests);
}

int main(void) {
    Suite *suite = suite_create("elf");
    add_good(suite);
    add_bad(suite);
    add_pie(suite);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
