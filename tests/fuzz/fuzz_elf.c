/* ELF files: whatever is in one, it is loaded inside its target or refused with one line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/elf.h"
#include "osmodel/abi.h"
#include "tests/fuzz/fuzz.h"

#define BASE      0x80000000ull
#define RAM_BYTES 65536u

static uint8_t ram[RAM_BYTES];

static bool put(void *context, uint64_t address, const void *bytes, uint64_t n) {
    (void)context;
    if (address < BASE || n > RAM_BYTES || address - BASE > RAM_BYTES - n)
        abort(); /* promised not to be outside */
    memcpy(ram + (address - BASE), bytes, n);
    return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    return 0;
}

/* What is done with symbols afterwards. */
static void look_around(const struct hb_elf *elf, const struct hb_symbols *symbols) {
    char text[64];
    uint64_t address, size;
    if (elf->entry < BASE || elf->lowest < BASE || elf->highest > BASE + RAM_BYTES)
        abort();
    for (uint32_t i = 0; i < symbols->symbols && i < 100; i++) {
        hb_symbols_text(symbols, symbols->symbol[i].address + i, text, sizeof text);
        (void)hb_symbols_find(symbols, symbols->text + symbols->symbol[i].name, &address, &size);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    const struct hb_elf_target target = {
        .base = BASE, .size_bytes = RAM_BYTES, .write = put, .note_name = HB_NOTE_NAME, .note_type = HB_NOTE_TYPE};
    struct hb_elf elf;
    struct hb_symbols symbols;
    char message[256] = "";
    enum hb_elf_status status =
        n % 2 ? hb_elf_load(fuzz_file(data, n), &target, &elf, &symbols, message, sizeof message) : HB_ELF_OK;
    if (n % 2 == 0) {
        uint8_t *bytes = malloc(n ? n : 1); /* as long as it is, so that reading on is seen */
        memcpy(bytes, data, n);
        status = hb_elf_load_bytes("input", bytes, n, &target, &elf, &symbols, message, sizeof message);
        free(bytes);
    }
    if (status == HB_ELF_OK)
        look_around(&elf, &symbols);
    else
        fuzz_one_line(message);
    hb_symbols_free(&symbols);
    return 0;
}
