/* qemu_workload IMAGE COPY FIELD=NUMBER...: a copy of the kernel with other parameters than those compiled in, for a
 * board where no host sets them. A FIELD is one of struct hb_params, or one of its first group ("group.kind"). Prints
 * the hash over all results that the kernel should print at the end. */
#include <elf.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/expected.h"

struct field {
    const char *name;
    size_t offset;
};

static const struct field fields[] = {
#define FIELD(name) {#name, offsetof(struct hb_params, name)},
    HB_PARAMS(FIELD)
#undef FIELD
#define FIELD(name) {"group." #name, offsetof(struct hb_params, group[0].name)},
        HB_GROUP_PARAMS(FIELD)
#undef FIELD
};

static _Noreturn void give_up(const char *what, const char *name) {
    fprintf(stderr, "qemu_workload: %s: %s\n", name, what);
    exit(2);
}

static unsigned char *read_file(const char *name, size_t *size) {
    FILE *file = fopen(name, "rb");
    if (!file)
        give_up("cannot be read", name);
    unsigned char *bytes = malloc(1 << 24);
    *size = bytes ? fread(bytes, 1, 1 << 24, file) : 0;
    fclose(file);
    return bytes;
}

static void write_file(const char *name, const unsigned char *bytes, size_t size) {
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        give_up("cannot be written", name);
}

/* The page of parameters is a section of its own. */
static struct hb_params *find_params(unsigned char *image, const char *name) {
    const Elf64_Ehdr *elf = (const Elf64_Ehdr *)(void *)image;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(void *)(image + elf->e_shoff);
    const char *names = (const char *)image + sections[elf->e_shstrndx].sh_offset;
    for (unsigned i = 0; i < elf->e_shnum; i++)
        if (strcmp(names + sections[i].sh_name, ".params") == 0)
            return (struct hb_params *)(void *)(image + sections[i].sh_offset);
    give_up("has no section .params", name);
}

static void set(struct hb_params *params, const char *text) {
    const char *value = strchr(text, '=');
    for (size_t i = 0; value && i < sizeof fields / sizeof *fields; i++) {
        if (strlen(fields[i].name) != (size_t)(value - text) ||
            strncmp(fields[i].name, text, (size_t)(value - text)) != 0)
            continue;
        *(uint64_t *)(void *)((unsigned char *)params + fields[i].offset) = strtoull(value + 1, NULL, 0);
        return;
    }
    give_up("is no FIELD=NUMBER", text);
}

/* As hb_results_hash of the kernels. */
static uint64_t expected_hash(const struct hb_params *params) {
    uint64_t hash = params->workload_tasks;
    for (uint32_t task = 0; task < params->workload_tasks; task++) {
        hash = (hash ^ hb_os_expected_checksum(params, task)) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return hash;
}

int main(int argc, char **argv) {
    size_t size;
    if (argc < 3)
        give_up("should be IMAGE COPY FIELD=NUMBER...", argv[0]);
    unsigned char *image = read_file(argv[1], &size);
    struct hb_params *params = find_params(image, argv[1]);
    for (int i = 3; i < argc; i++)
        set(params, argv[i]);
    write_file(argv[2], image, size);
    printf("%" PRIx64 "\n", expected_hash(params));
    free(image);
    return 0;
}
