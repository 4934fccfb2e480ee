#include "memory/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEEDED                "a RISC-V (RV64) ELF is needed"
#define PAGE_BYTES            4096u
#define SEGMENTS_MAX          64u   /* outside, or to be relocated: no linker makes more, and each is searched */
#define SYMBOL_NAME_BYTES_MAX 1024u /* no name that anybody looks up is longer */

/* One load under way. */
struct load {
    const char *name;
    const uint8_t *bytes;
    size_t n;
    const struct hb_elf_target *target;
    Elf *elf;
    GElf_Ehdr header;
    GElf_Phdr *segment; /* those with something to load, sorted by physical address */
    uint32_t segments;
    GElf_Phdr dynamic;    /* p_filesz 0: there is none */
    uint64_t bias;        /* what is added to each address of a position-independent executable */
    uint64_t relocations; /* so many, at this place in the file */
    uint64_t relocations_at;
    uint32_t left_out; /* parts of segments, because they lie outside */
    struct hb_elf *found;
    struct hb_symbols *symbols;
    char *message;
    size_t message_bytes;
};

/* ---- Messages -------------------------------------------------------------------------------------------------- */

static enum hb_elf_status bad(const struct load *load, enum hb_elf_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "NAME: what is wrong". Of a long name only the end is kept, to leave room for what is wrong. */
static enum hb_elf_status bad(const struct load *load, enum hb_elf_status status, const char *format, ...) {
    char what[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    size_t length = strlen(load->name), needed = strlen(what) + sizeof ": ";
    bool fits = length + needed <= load->message_bytes || load->message_bytes < needed + 8;
    size_t kept = fits ? length : load->message_bytes - needed - 3;
    snprintf(load->message, load->message_bytes, "%s%s: %s", fits ? "" : "...", load->name + length - kept, what);
    return status;
}

static enum hb_elf_status no_memory(const struct load *load) {
    return bad(load, HB_ELF_NO_MEMORY, "the host does not have enough memory to load it");
}

/* ---- What kind of file it is ----------------------------------------------------------------------------------- */

static const char *machine_name(uint16_t machine) {
    switch (machine) {
    case EM_X86_64: return "x86-64";
    case EM_386: return "x86 (32-bit)";
    case EM_AARCH64: return "AArch64";
    case EM_ARM: return "Arm (32-bit)";
    case EM_PPC64: return "PowerPC 64";
    case EM_MIPS: return "MIPS";
    case EM_S390: return "S/390";
    case EM_LOONGARCH: return "LoongArch";
    default: return NULL;
    }
}

static enum hb_elf_status check_ident(const struct load *load) {
    if (load->n == 0)
        return bad(load, HB_ELF_NOT_ELF, "is empty; " NEEDED);
    if (load->n < SELFMAG || memcmp(load->bytes, ELFMAG, SELFMAG) != 0)
        return bad(load, HB_ELF_NOT_ELF, "is not an ELF file; " NEEDED);
    if (load->n < EI_NIDENT)
        return bad(load, HB_ELF_TRUNCATED, "ends within its header; the file must be whole");
    if (load->bytes[EI_CLASS] == ELFCLASS32)
        return bad(load, HB_ELF_WRONG_CLASS, "is a 32-bit ELF; " NEEDED);
    if (load->bytes[EI_DATA] == ELFDATA2MSB)
        return bad(load, HB_ELF_WRONG_CLASS, "is a big-endian ELF; " NEEDED);
    if (load->bytes[EI_CLASS] != ELFCLASS64 || load->bytes[EI_DATA] != ELFDATA2LSB ||
        load->bytes[EI_VERSION] != EV_CURRENT)
        return bad(load, HB_ELF_DAMAGED, "has a damaged ELF header (class, byte order or version); " NEEDED);
    if (load->n < sizeof(Elf64_Ehdr))
        return bad(load, HB_ELF_TRUNCATED, "ends within its header; the file must be whole");
    return HB_ELF_OK;
}

static enum hb_elf_status check_machine(const struct load *load) {
    uint16_t machine = load->header.e_machine;
    if (machine == EM_RISCV)
        return HB_ELF_OK;
    if (machine_name(machine) == NULL)
        return bad(load, HB_ELF_WRONG_MACHINE, "for machine number %u; " NEEDED, machine);
    return bad(load, HB_ELF_WRONG_MACHINE, "for %s; " NEEDED, machine_name(machine));
}

static enum hb_elf_status check_type(const struct load *load) {
    switch (load->header.e_type) {
    case ET_EXEC: return HB_ELF_OK;
    case ET_REL: return bad(load, HB_ELF_NOT_EXECUTABLE, "is an object file; link it into an executable");
    case ET_DYN:
        if (load->header.e_entry != 0)
            return HB_ELF_OK; /* a position-independent executable */
        return bad(load, HB_ELF_NOT_EXECUTABLE, "is a shared library; an executable is needed");
    case ET_CORE: return bad(load, HB_ELF_NOT_EXECUTABLE, "is a core dump; an executable is needed");
    default:
        return bad(load, HB_ELF_DAMAGED, "has an unknown ELF type (%u); an executable is needed", load->header.e_type);
    }
}

/* A table of `count` entries of `entry_bytes` at `offset` lies inside the file. */
static bool inside_file(const struct load *load, uint64_t offset, uint64_t count, uint64_t entry_bytes) {
    return offset <= load->n && count <= (load->n - offset) / entry_bytes;
}

static enum hb_elf_status check_tables(const struct load *load) {
    const GElf_Ehdr *header = &load->header;
    if (header->e_phnum == 0)
        return bad(load, HB_ELF_NOT_EXECUTABLE,
                   "has no program headers, so nothing to load; link it into an executable");
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == PN_XNUM)
        return bad(load, HB_ELF_DAMAGED,
                   "has a damaged ELF header (%u program headers of %u bytes; they have %zu bytes)", header->e_phnum,
                   header->e_phentsize, sizeof(Elf64_Phdr));
    if (!inside_file(load, header->e_phoff, header->e_phnum, sizeof(Elf64_Phdr)))
        return bad(load, HB_ELF_TRUNCATED, "ends before its program headers do; the file must be whole");
    if (header->e_shoff == 0)
        return HB_ELF_OK;
    if (header->e_shentsize != sizeof(Elf64_Shdr))
        return bad(load, HB_ELF_DAMAGED, "has a damaged ELF header (section headers of %u bytes; they have %zu)",
                   header->e_shentsize, sizeof(Elf64_Shdr));
    if (!inside_file(load, header->e_shoff, header->e_shnum, sizeof(Elf64_Shdr)))
        return bad(load, HB_ELF_TRUNCATED, "ends before its section headers do; the file must be whole");
    return HB_ELF_OK;
}

/* ---- Segments -------------------------------------------------------------------------------------------------- */

static enum hb_elf_status check_segment(const struct load *load, const GElf_Phdr *segment) {
    if (segment->p_filesz > segment->p_memsz)
        return bad(load, HB_ELF_DAMAGED,
                   "has a damaged segment at 0x%" PRIx64 ": more bytes in the file than in memory", segment->p_paddr);
    if (!inside_file(load, segment->p_offset, segment->p_filesz, 1))
        return bad(load, HB_ELF_TRUNCATED, "ends before its segment at 0x%" PRIx64 " does; the file must be whole",
                   segment->p_paddr);
    if (segment->p_vaddr + segment->p_memsz < segment->p_vaddr)
        return bad(load, HB_ELF_DAMAGED, "has a damaged segment at 0x%" PRIx64 ": its virtual addresses wrap around",
                   segment->p_paddr);
    return HB_ELF_OK;
}

static int compare_segments(const void *left, const void *right) {
    const GElf_Phdr *a = left, *b = right;
    return (a->p_paddr > b->p_paddr) - (a->p_paddr < b->p_paddr);
}

static enum hb_elf_status check_overlaps(const struct load *load) {
    for (uint32_t i = 1; i < load->segments; i++) {
        const GElf_Phdr *before = &load->segment[i - 1];
        if (load->segment[i].p_paddr - before->p_paddr < before->p_memsz)
            return bad(load, HB_ELF_OUTSIDE,
                       "has a segment at 0x%" PRIx64 " over the one at 0x%" PRIx64 "; each needs a place of its own",
                       load->segment[i].p_paddr, before->p_paddr);
    }
    return HB_ELF_OK;
}

static enum hb_elf_status gather_segments(struct load *load) {
    load->segment = calloc(load->header.e_phnum, sizeof *load->segment);
    if (load->segment == NULL)
        return no_memory(load);
    for (int i = 0; i < load->header.e_phnum; i++) {
        GElf_Phdr *segment = &load->segment[load->segments];
        if (gelf_getphdr(load->elf, i, segment) == NULL)
            return bad(load, HB_ELF_DAMAGED, "has damaged program headers");
        if (segment->p_type == PT_INTERP)
            return bad(load, HB_ELF_NOT_EXECUTABLE, "needs a dynamic linker; link it with -static or -static-pie");
        if (segment->p_type == PT_DYNAMIC && inside_file(load, segment->p_offset, segment->p_filesz, 1))
            load->dynamic = *segment;
        if (segment->p_type != PT_LOAD || segment->p_memsz == 0)
            continue;
        enum hb_elf_status status = check_segment(load, segment);
        if (status != HB_ELF_OK)
            return status;
        load->segments++;
    }
    if (load->segments == 0)
        return bad(load, HB_ELF_NOT_EXECUTABLE, "has nothing to load; link it into an executable");
    return HB_ELF_OK;
}

/* A position-independent executable begins where RAM does, unless it was linked to lie there anyway. */
static enum hb_elf_status choose_bias(struct load *load) {
    const struct hb_elf_target *target = load->target;
    if (load->header.e_type == ET_DYN && load->segments > SEGMENTS_MAX)
        return bad(load, HB_ELF_DAMAGED, "is position-independent with %" PRIu32 " segments (%u at most)",
                   load->segments, SEGMENTS_MAX);
    uint64_t lowest = UINT64_MAX;
    for (uint32_t i = 0; i < load->segments; i++)
        lowest = load->segment[i].p_vaddr < lowest ? load->segment[i].p_vaddr : lowest;
    if (load->header.e_type == ET_DYN && load->header.e_entry - target->base >= target->size_bytes)
        load->bias = target->base - (lowest & ~(uint64_t)(PAGE_BYTES - 1));
    load->header.e_entry += load->bias;
    for (uint32_t i = 0; i < load->segments; i++) {
        load->segment[i].p_vaddr += load->bias;
        load->segment[i].p_paddr += load->bias;
    }
    return HB_ELF_OK;
}

/* ---- What lies outside ----------------------------------------------------------------------------------------- */

static GElf_Phdr part_of(const GElf_Phdr *segment, uint64_t from, uint64_t bytes) {
    GElf_Phdr part = *segment;
    uint64_t in_file = part.p_filesz > from ? part.p_filesz - from : 0;
    part.p_offset += from;
    part.p_vaddr += from;
    part.p_paddr += from;
    part.p_memsz = bytes;
    part.p_filesz = in_file < bytes ? in_file : bytes;
    return part;
}

/* Nothing that runs needs these in memory: they are there for linkers and loaders. */
static bool is_of_use(const GElf_Shdr *section) {
    switch (section->sh_type) {
    case SHT_NULL:
    case SHT_NOTE:
    case SHT_DYNSYM:
    case SHT_STRTAB:
    case SHT_HASH:
    case SHT_GNU_HASH:
    case SHT_GNU_versym:
    case SHT_GNU_verdef:
    case SHT_GNU_verneed:
    case SHT_RELA: return false;
    default: return section->sh_flags & SHF_ALLOC && section->sh_size > 0;
    }
}

/* Without sections: anything but the headers and zeros. */
static bool has_contents(const struct load *load, const GElf_Phdr *part) {
    const GElf_Ehdr *header = &load->header;
    uint64_t headers_end = header->e_phoff + (uint64_t)header->e_phnum * sizeof(Elf64_Phdr);
    for (uint64_t i = part->p_offset; i < part->p_offset + part->p_filesz; i++)
        if (i >= headers_end && load->bytes[i])
            return true;
    return false;
}

static bool is_needed(const struct load *load, const GElf_Phdr *part) {
    if (part->p_memsz > part->p_filesz)
        return true; /* variables */
    if (load->header.e_shoff == 0 || load->header.e_shnum == 0)
        return has_contents(load, part);
    for (Elf_Scn *section = NULL; (section = elf_nextscn(load->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || !is_of_use(&header))
            continue;
        uint64_t at = header.sh_addr + load->bias;
        if (at - part->p_vaddr < part->p_memsz || part->p_vaddr - at < header.sh_size)
            return true;
    }
    return false;
}

static enum hb_elf_status leave_out(struct load *load, const GElf_Phdr *whole, uint64_t from, uint64_t bytes) {
    const struct hb_elf_target *target = load->target;
    const GElf_Phdr part = part_of(whole, from, bytes);
    if (bytes == 0)
        return HB_ELF_OK;
    if (++load->left_out > SEGMENTS_MAX)
        return bad(load, HB_ELF_OUTSIDE, "has more than %u segments outside RAM, from 0x%" PRIx64 " to 0x%" PRIx64,
                   SEGMENTS_MAX, target->base, target->base + target->size_bytes - 1);
    if (is_needed(load, &part))
        return bad(load, HB_ELF_OUTSIDE,
                   "has a segment at 0x%" PRIx64 " of %" PRIu64 " bytes; it must lie inside RAM, from 0x%" PRIx64
                   " to 0x%" PRIx64,
                   whole->p_paddr, whole->p_memsz, target->base, target->base + target->size_bytes - 1);
    if (load->found->outside_bytes == 0)
        load->found->outside = part.p_paddr;
    load->found->outside_bytes += bytes;
    return HB_ELF_OK;
}

/* Leave the part of a segment that lies inside the target; p_memsz is 0 if there is none. */
static enum hb_elf_status cut(struct load *load, GElf_Phdr *segment) {
    const struct hb_elf_target *target = load->target;
    const GElf_Phdr whole = *segment;
    uint64_t below = whole.p_paddr < target->base ? target->base - whole.p_paddr : 0;
    below = below < whole.p_memsz ? below : whole.p_memsz;
    uint64_t offset = whole.p_paddr + below - target->base, room = 0; /* huge: all of it lies below */
    if (below < whole.p_memsz && offset < target->size_bytes)
        room = target->size_bytes - offset;
    uint64_t inside = whole.p_memsz - below < room ? whole.p_memsz - below : room;
    enum hb_elf_status status = leave_out(load, &whole, 0, below);
    if (status == HB_ELF_OK)
        status = leave_out(load, &whole, below + inside, whole.p_memsz - below - inside);
    *segment = part_of(&whole, below, inside);
    return status;
}

static enum hb_elf_status keep_what_lies_inside(struct load *load) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < load->segments; i++) {
        enum hb_elf_status status = cut(load, &load->segment[i]);
        if (status != HB_ELF_OK)
            return status;
        if (load->segment[i].p_memsz)
            load->segment[kept++] = load->segment[i];
    }
    load->segments = kept;
    if (kept == 0)
        return bad(load, HB_ELF_OUTSIDE, "has nothing to load inside RAM, from 0x%" PRIx64 " to 0x%" PRIx64,
                   load->target->base, load->target->base + load->target->size_bytes - 1);
    qsort(load->segment, load->segments, sizeof *load->segment, compare_segments);
    return check_overlaps(load);
}

/* The physical address of a virtual one. False: no segment holds it. */
static bool to_physical(const struct load *load, uint64_t address, uint64_t *physical) {
    for (uint32_t i = 0; i < load->segments; i++) {
        const GElf_Phdr *segment = &load->segment[i];
        if (address - segment->p_vaddr >= segment->p_memsz)
            continue;
        *physical = segment->p_paddr + (address - segment->p_vaddr);
        return true;
    }
    return false;
}

static enum hb_elf_status find_extent(struct load *load) {
    const GElf_Phdr *last = &load->segment[load->segments - 1];
    load->found->bias = load->bias;
    load->found->lowest = load->segment[0].p_paddr;
    load->found->highest = last->p_paddr + last->p_memsz;
    if (!to_physical(load, load->header.e_entry, &load->found->entry))
        return bad(load, HB_ELF_DAMAGED, "has its entry point at 0x%" PRIx64 ", in no segment that is loaded",
                   (uint64_t)load->header.e_entry);
    return HB_ELF_OK;
}

static bool write_zeros(const struct hb_elf_target *target, uint64_t address, uint64_t n) {
    static const uint8_t zeros[4096];
    while (n > 0) {
        uint64_t piece = n < sizeof zeros ? n : sizeof zeros;
        if (!target->write(target->context, address, zeros, piece))
            return false;
        address += piece;
        n -= piece;
    }
    return true;
}

static enum hb_elf_status write_segments(const struct load *load) {
    const struct hb_elf_target *target = load->target;
    for (uint32_t i = 0; i < load->segments; i++) {
        const GElf_Phdr *segment = &load->segment[i];
        uint64_t n = segment->p_filesz;
        if ((n > 0 && !target->write(target->context, segment->p_paddr, load->bytes + segment->p_offset, n)) ||
            !write_zeros(target, segment->p_paddr + n, segment->p_memsz - n))
            return bad(load, HB_ELF_OUTSIDE, "has a segment at 0x%" PRIx64 " where nothing can be put",
                       segment->p_paddr);
    }
    return HB_ELF_OK;
}

/* ---- Relocations ----------------------------------------------------------------------------------------------- */

/* Where in the file the bytes of a virtual address are. */
static bool to_file(const struct load *load, uint64_t address, uint64_t bytes, uint64_t *at) {
    for (uint32_t i = 0; i < load->segments; i++) {
        const GElf_Phdr *segment = &load->segment[i];
        uint64_t offset = address - segment->p_vaddr;
        if (offset > segment->p_filesz || bytes > segment->p_filesz - offset)
            continue;
        *at = segment->p_offset + offset;
        return true;
    }
    return false;
}

/* Entries of the dynamic section that ask for more than adding the bias. */
static const struct {
    int64_t tag;
    const char *what;
} not_served[] = {
    {DT_NEEDED, "needs shared libraries; link it with -static-pie"},
    {DT_RELR, "has packed relocations; link it with -z nopack-relative-relocs"},
    {DT_JMPREL, "has a procedure linkage table to fill; link it with -static-pie"},
};

static enum hb_elf_status read_dynamic(const struct load *load, uint64_t *address, uint64_t *bytes) {
    const GElf_Phdr *dynamic = &load->dynamic;
    for (uint64_t at = 0; at + sizeof(Elf64_Dyn) <= dynamic->p_filesz; at += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        memcpy(&entry, load->bytes + dynamic->p_offset + at, sizeof entry);
        if (entry.d_tag == DT_NULL)
            break;
        if (entry.d_tag == DT_RELA)
            *address = entry.d_un.d_ptr + load->bias;
        if (entry.d_tag == DT_RELASZ)
            *bytes = entry.d_un.d_val;
        for (size_t i = 0; i < sizeof not_served / sizeof not_served[0]; i++)
            if (entry.d_tag == not_served[i].tag)
                return bad(load, HB_ELF_NOT_EXECUTABLE, "%s", not_served[i].what);
    }
    return HB_ELF_OK;
}

/* Called while the segments are still whole: the table itself may lie outside the target. */
static enum hb_elf_status find_relocations(struct load *load) {
    uint64_t address = 0, bytes = 0;
    if (load->header.e_type != ET_DYN)
        return HB_ELF_OK;
    enum hb_elf_status status = read_dynamic(load, &address, &bytes);
    if (status != HB_ELF_OK || bytes == 0)
        return status;
    if (!to_file(load, address, bytes, &load->relocations_at))
        return bad(load, HB_ELF_DAMAGED, "has its relocations at 0x%" PRIx64 ", in no segment", address);
    load->relocations = bytes / sizeof(Elf64_Rela);
    return HB_ELF_OK;
}

static Elf64_Rela relocation(const struct load *load, uint64_t i) {
    Elf64_Rela entry;
    memcpy(&entry, load->bytes + load->relocations_at + i * sizeof entry, sizeof entry);
    return entry;
}

static bool holds_word(const struct load *load, uint64_t address, uint64_t *physical) {
    uint64_t last;
    return to_physical(load, address, physical) && to_physical(load, address + 7, &last) && last == *physical + 7;
}

static enum hb_elf_status check_relocations(struct load *load) {
    for (uint64_t i = 0; i < load->relocations; i++) {
        const Elf64_Rela entry = relocation(load, i);
        uint64_t type = ELF64_R_TYPE(entry.r_info), place = entry.r_offset + load->bias, physical;
        if (type != R_RISCV_NONE && type != R_RISCV_RELATIVE)
            return bad(load, HB_ELF_NOT_EXECUTABLE,
                       "has a relocation of type %" PRIu64 "; link it with -static-pie, without undefined symbols",
                       type);
        if (type == R_RISCV_RELATIVE && !holds_word(load, place, &physical))
            return bad(load, HB_ELF_DAMAGED, "has a relocation of 0x%" PRIx64 ", in no segment that is loaded", place);
    }
    return HB_ELF_OK;
}

static enum hb_elf_status relocate(const struct load *load) {
    const struct hb_elf_target *target = load->target;
    for (uint64_t i = 0; i < load->relocations; i++) {
        const Elf64_Rela entry = relocation(load, i);
        uint64_t physical, value = (uint64_t)entry.r_addend + load->bias;
        if (ELF64_R_TYPE(entry.r_info) != R_RISCV_RELATIVE || !holds_word(load, entry.r_offset + load->bias, &physical))
            continue;
        if (!target->write(target->context, physical, &value, sizeof value))
            return bad(load, HB_ELF_OUTSIDE, "has a relocation at 0x%" PRIx64 " where nothing can be put", physical);
    }
    return HB_ELF_OK;
}

/* ---- Symbols --------------------------------------------------------------------------------------------------- */

/* Local labels of the assembler, and the marks that part code from data, mean nothing to a reader. */
static bool is_worth_keeping(const GElf_Sym *symbol, const char *name) {
    int type = GELF_ST_TYPE(symbol->st_info);
    bool is_place = symbol->st_shndx < SHN_LORESERVE || symbol->st_shndx == SHN_XINDEX;
    return symbol->st_shndx != SHN_UNDEF && (is_place || symbol->st_shndx == SHN_ABS) &&
           (type == STT_NOTYPE || type == STT_OBJECT || type == STT_FUNC) && name != NULL && name[0] != '\0' &&
           name[0] != '$' && strncmp(name, ".L", 2) != 0 &&
           strnlen(name, SYMBOL_NAME_BYTES_MAX) < SYMBOL_NAME_BYTES_MAX;
}

static enum hb_symbol_kind kind_of(const GElf_Sym *symbol) {
    if (symbol->st_shndx == SHN_ABS)
        return HB_SYMBOL_VALUE;
    switch (GELF_ST_TYPE(symbol->st_info)) {
    case STT_FUNC: return HB_SYMBOL_FUNCTION;
    case STT_OBJECT: return HB_SYMBOL_OBJECT;
    default: return HB_SYMBOL_LABEL;
    }
}

static uint64_t end_of_section(const struct load *load, uint32_t index) {
    GElf_Shdr section;
    if (gelf_getshdr(elf_getscn(load->elf, index), &section) == NULL)
        return 0;
    uint64_t start = section.sh_addr + load->bias, end = start + section.sh_size;
    return end < start ? UINT64_MAX : end;
}

static bool add_symbol(struct load *load, const GElf_Sym *symbol, const char *name) {
    struct hb_symbol added = {
        .address = symbol->st_value + (symbol->st_shndx == SHN_ABS ? 0 : load->bias),
        .size_bytes = symbol->st_size,
        .end = symbol->st_shndx < SHN_LORESERVE ? end_of_section(load, symbol->st_shndx) : 0,
        .kind = (uint8_t)kind_of(symbol),
        .global = GELF_ST_BIND(symbol->st_info) != STB_LOCAL,
    };
    return hb_symbols_add(load->symbols, &added, name);
}

static enum hb_elf_status read_symbol_table(struct load *load, Elf_Scn *section, const GElf_Shdr *header) {
    Elf_Data *data = elf_getdata(section, NULL);
    if (data == NULL || data->d_buf == NULL)
        return header->sh_size == 0
                   ? HB_ELF_OK
                   : bad(load, HB_ELF_TRUNCATED, "ends before its symbol table does; the file must be whole");
    size_t symbols = data->d_size / sizeof(Elf64_Sym);
    for (size_t i = 0; i < symbols && i <= INT32_MAX; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL)
            return bad(load, HB_ELF_DAMAGED, "has a damaged symbol table");
        const char *name = elf_strptr(load->elf, header->sh_link, symbol.st_name);
        if (is_worth_keeping(&symbol, name) && !add_symbol(load, &symbol, name))
            return no_memory(load);
    }
    return HB_ELF_OK;
}

static enum hb_elf_status read_symbols(struct load *load) {
    for (Elf_Scn *section = NULL; (section = elf_nextscn(load->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_SYMTAB)
            continue;
        enum hb_elf_status status = read_symbol_table(load, section, &header);
        if (status != HB_ELF_OK)
            return status;
    }
    return hb_symbols_finish(load->symbols) ? HB_ELF_OK : no_memory(load);
}

static uint64_t physical_address_of(const struct load *load, const char *name) {
    uint64_t address, physical;
    if (!hb_symbols_find(load->symbols, name, &address, NULL))
        return 0;
    return to_physical(load, address, &physical) ? physical : address;
}

static void find_known_symbols(struct load *load) {
    load->found->tohost = physical_address_of(load, "tohost");
    load->found->fromhost = physical_address_of(load, "fromhost");
    load->found->begin_signature = physical_address_of(load, "begin_signature");
    load->found->end_signature = physical_address_of(load, "end_signature");
}

/* ---- The note -------------------------------------------------------------------------------------------------- */

/* Take the wanted note from a block of notes. Other tools' notes are skipped; what is not a note at all ends the
 * search. */
static bool take_note(struct load *load, Elf_Data *data) {
    const struct hb_elf_target *target = load->target;
    size_t name_at, descriptor_at;
    GElf_Nhdr note;
    for (size_t at = 0; data != NULL && (at = gelf_getnote(data, at, &note, &name_at, &descriptor_at)) > 0;) {
        const char *bytes = data->d_buf;
        const size_t name_bytes = strlen(target->note_name) + 1;
        if (note.n_type != target->note_type || note.n_namesz != name_bytes ||
            memcmp(bytes + name_at, target->note_name, name_bytes) != 0)
            continue;
        struct hb_elf *found = load->found;
        found->has_note = true;
        found->note_bytes = note.n_descsz < HB_ELF_NOTE_BYTES_MAX ? note.n_descsz : HB_ELF_NOTE_BYTES_MAX;
        memcpy(found->note, bytes + descriptor_at, found->note_bytes);
        return true;
    }
    return false;
}

/* Notes have segments of their own; an image whose linker script made none still has the sections. */
static void find_note(struct load *load) {
    for (int i = 0; i < load->header.e_phnum; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(load->elf, i, &segment) == NULL || segment.p_type != PT_NOTE ||
            !inside_file(load, segment.p_offset, segment.p_filesz, 1) || segment.p_filesz == 0)
            continue;
        Elf_Type layout = segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
        if (take_note(load, elf_getdata_rawchunk(load->elf, (int64_t)segment.p_offset, segment.p_filesz, layout)))
            return;
    }
    for (Elf_Scn *section = NULL; (section = elf_nextscn(load->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_NOTE &&
            take_note(load, elf_getdata(section, NULL)))
            return;
    }
}

/* ---- Whole images ---------------------------------------------------------------------------------------------- */

/* In this order, so that nothing is written before everything has been read and found valid. */
static enum hb_elf_status load_opened(struct load *load) {
    static enum hb_elf_status (*const read_steps[])(const struct load *) = {check_machine, check_type, check_tables};
    static enum hb_elf_status (*const load_steps[])(struct load *) = {
        gather_segments, choose_bias,       find_relocations, keep_what_lies_inside,
        find_extent,     check_relocations, read_symbols};
    if (gelf_getehdr(load->elf, &load->header) == NULL)
        return bad(load, HB_ELF_DAMAGED, "has a damaged ELF header; " NEEDED);
    enum hb_elf_status status = HB_ELF_OK;
    for (size_t i = 0; i < sizeof read_steps / sizeof read_steps[0] && status == HB_ELF_OK; i++)
        status = read_steps[i](load);
    for (size_t i = 0; i < sizeof load_steps / sizeof load_steps[0] && status == HB_ELF_OK; i++)
        status = load_steps[i](load);
    if (status != HB_ELF_OK)
        return status;
    find_known_symbols(load);
    if (load->target->note_name)
        find_note(load);
    status = write_segments(load);
    return status == HB_ELF_OK ? relocate(load) : status;
}

static enum hb_elf_status open_and_load(struct load *load) {
    enum hb_elf_status status = check_ident(load);
    if (status != HB_ELF_OK)
        return status;
    elf_version(EV_CURRENT);
    load->elf = elf_memory((char *)load->bytes, load->n); /* only read: it was not opened for writing */
    if (load->elf == NULL)
        return bad(load, HB_ELF_DAMAGED, "has a damaged ELF header; " NEEDED);
    status = load_opened(load);
    elf_end(load->elf);
    free(load->segment);
    return status;
}

enum hb_elf_status hb_elf_load_bytes(const char *name, const void *bytes, size_t n, const struct hb_elf_target *target,
                                     struct hb_elf *elf, struct hb_symbols *symbols, char *message,
                                     size_t message_bytes) {
    *elf = (struct hb_elf){0};
    *symbols = (struct hb_symbols){0};
    struct load load = {
        .name = name,
        .bytes = bytes,
        .n = n,
        .target = target,
        .found = elf,
        .symbols = symbols,
        .message_bytes = message_bytes,
    };
    load.message = message;
    enum hb_elf_status status = open_and_load(&load);
    if (status == HB_ELF_OK)
        return status;
    hb_symbols_free(symbols);
    *elf = (struct hb_elf){0};
    return status;
}

/* ---- The file -------------------------------------------------------------------------------------------------- */

/* Read up to `n` bytes; gives how many there were, or -1. */
static int64_t read_all(int file, uint8_t *to, size_t n) {
    size_t have = 0;
    while (have < n) {
        ssize_t got = read(file, to + have, n - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (int64_t)have;
}

static enum hb_elf_status check_file(const struct load *load, int file, size_t *n) {
    struct stat about;
    if (fstat(file, &about) != 0)
        return bad(load, HB_ELF_UNREADABLE, "%s; " NEEDED, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return bad(load, HB_ELF_UNREADABLE, "is a directory; " NEEDED);
    if (!S_ISREG(about.st_mode))
        return bad(load, HB_ELF_UNREADABLE, "is not a regular file; " NEEDED);
    if (about.st_size > (off_t)HB_ELF_FILE_BYTES_MAX)
        return bad(load, HB_ELF_UNREADABLE, "is too large; " NEEDED " of at most %u MiB", HB_ELF_FILE_BYTES_MAX >> 20);
    *n = (size_t)about.st_size;
    return HB_ELF_OK;
}

/* The whole file, to be freed; NULL if it cannot be had, and then `*status` says why. */
static uint8_t *read_file(const struct load *load, int file, size_t *n, enum hb_elf_status *status) {
    *status = check_file(load, file, n);
    if (*status != HB_ELF_OK)
        return NULL;
    uint8_t *bytes = malloc(*n ? *n : 1);
    if (bytes == NULL) {
        *status = no_memory(load);
        return NULL;
    }
    int64_t have = read_all(file, bytes, *n);
    if (have < 0) {
        *status = bad(load, HB_ELF_UNREADABLE, "%s; " NEEDED, strerror(errno));
        free(bytes);
        return NULL;
    }
    *n = (size_t)have;
    return bytes;
}

enum hb_elf_status hb_elf_load(const char *path, const struct hb_elf_target *target, struct hb_elf *elf,
                               struct hb_symbols *symbols, char *message, size_t message_bytes) {
    struct load load = {.name = path, .message = message, .message_bytes = message_bytes};
    *elf = (struct hb_elf){0};
    *symbols = (struct hb_symbols){0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer must not hold us up */
    if (file < 0)
        return bad(&load, HB_ELF_UNREADABLE, "%s; " NEEDED, strerror(errno));
    size_t n = 0;
    enum hb_elf_status status;
    uint8_t *bytes = read_file(&load, file, &n, &status);
    close(file);
    if (bytes != NULL)
        status = hb_elf_load_bytes(path, bytes, n, target, elf, symbols, message, message_bytes);
    free(bytes);
    return status;
}
