/* Bare-metal guests of the tests: tests/unit/guests/NAME.c, made by the cross compiler when a test asks for them. */
#ifndef HB_TEST_GUEST_H
#define HB_TEST_GUEST_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/config/config.h"
#include "sim/machine/machine.h"

#define GUEST_FLAGS                                                                                                    \
    "-march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -ffreestanding -nostdlib -O2 -g -std=gnu11 "            \
    "-fno-builtin -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -Wl,--build-id=none "                       \
    "-Wl,--no-warn-rwx-segments"

/* Without the cross compiler a test says so and is skipped. */
static inline void guest_need_compiler(void) {
    if (system("riscv64-unknown-elf-gcc --version >/dev/null 2>&1") == 0)
        return;
    puts("skipped: riscv64-unknown-elf-gcc is not installed");
    exit(77);
}

/* A scratch folder; the processes that Check forks share that of their parent if it was made there. */
static inline const char *guest_folder(void) {
    static char folder[256];
    if (folder[0])
        return folder;
    snprintf(folder, sizeof folder, "%s/test-scratch", HB_BINARY_DIR);
    mkdir(folder, 0777);
    snprintf(folder, sizeof folder, "%s/test-scratch/%d", HB_BINARY_DIR, (int)getpid());
    mkdir(folder, 0777);
    return folder;
}

/* Make guests/NAME.c with `options` (-D...) and set `path` to the image, which is called AS. */
static inline void guest_make(const char *name, const char *options, const char *as, char path[HB_PATH_BYTES]) {
    char command[4096];
    int n = snprintf(command, sizeof command,
                     "riscv64-unknown-elf-gcc %s -I%s %s -T %s/tests/unit/guests/bare.ld %s/tests/unit/guests/start.S "
                     "%s/tests/unit/guests/%s.c -o %s/%s.elf",
                     GUEST_FLAGS, HB_SOURCE_DIR, options, HB_SOURCE_DIR, HB_SOURCE_DIR, HB_SOURCE_DIR, name,
                     guest_folder(), as);
    snprintf(path, HB_PATH_BYTES, "%s/%s.elf", guest_folder(), as);
    if (n > 0 && (size_t)n < sizeof command && system(command) == 0)
        return;
    printf("this failed: %s\n", command);
    exit(EXIT_FAILURE);
}

/* Remove it. Called at the end of main. */
static inline void guest_clean_up(void) {
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", guest_folder());
    if (system(command) != 0)
        puts("the scratch folder could not be removed");
}

/* A small machine for a guest: `harts`, tiny caches, 16 MiB. */
static inline void guest_config(struct hb_config *config, const char *image, uint32_t harts) {
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s", image);
    config->harts = harts;
    config->memory.size_bytes = 16u << 20;
    config->stop_cycles = 20000000;
    config->stop_quiet_cycles = 0;
    for (uint32_t h = 0; h < HB_HARTS_LIMIT; h++) {
        config->hart[h].l1d.size_bytes = 1024;
        config->hart[h].l1d.ways = 2;
        config->hart[h].l1i.size_bytes = 512;
        config->hart[h].l1i.ways = 1;
    }
}

static inline struct hb_machine *guest_machine(const struct hb_config *config) {
    struct hb_error error = {.text = ""};
    struct hb_machine *machine = hb_machine_create(config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

#endif
