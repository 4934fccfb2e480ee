/* What a machine finds in memory after reset: firmware, image, RAM disk and command line, each where it belongs. */
#include "tests/unit/guest.h"

#include <libfdt.h>

#include "sim/board/devicetree.h"
#include "sim/engine/run.h"
#include "sim/machine/boot.h"

/* Goes on to where the dynamic info in a2 says. */
static const uint32_t firmware[] = {
    0x01063283, /* ld t0, 16(a2) */
    0x00028067, /* jr t0 */
};

/* Passes. */
static const uint32_t payload[] = {
    0x001002b7, /* lui t0, 0x100 */
    0x00005337, /* lui t1, 5 */
    0x55530313, /* addi t1, t1, 0x555 */
    0x0062a023, /* sw t1, 0(t0) */
    0x0000006f, /* j . */
};

static struct hb_config config;
static char path[3][512];
static char elf[HB_PATH_BYTES];

static const char *make_file(uint32_t i, const char *name, const void *bytes, size_t n) {
    snprintf(path[i], sizeof path[i], "%s/%s", guest_folder(), name);
    FILE *file = fopen(path[i], "wb");
    ck_assert(file != NULL);
    ck_assert_uint_eq(fwrite(bytes, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
    return path[i];
}

static void set_up(void) {
    guest_config(&config, make_file(0, "payload.bin", payload, sizeof payload), 2);
    config.bios = make_file(1, "firmware.bin", firmware, sizeof firmware);
}

static void passes(const struct hb_config *with) {
    struct hb_machine *machine = guest_machine(with);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_uint_eq(machine->saved->outcome, HB_OUTCOME_PASSED);
    hb_machine_destroy(machine);
}

static void refused(const char *words) {
    struct hb_error error = {.text = ""};
    ck_assert_ptr_null(hb_machine_create(&config, &error));
    ck_assert_msg(strstr(error.text, words) != NULL, "%s", error.text);
}

static const void *device_tree(struct hb_machine *machine) {
    static uint64_t tree[HB_DEVICETREE_BYTES / 8];
    uint64_t at = HB_RAM_BASE + machine->ram.size_bytes - HB_DEVICETREE_BYTES;
    ck_assert(hb_bus_debug_read(&machine->bus, at, tree, sizeof tree));
    ck_assert_int_eq(fdt_check_full(tree, sizeof tree), 0);
    return tree;
}

static uint64_t chosen_cells(const void *tree, const char *name) {
    int length;
    const void *value = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), name, &length);
    ck_assert_msg(value != NULL && length == 8, "%s", name);
    return fdt64_ld(value);
}

START_TEST(raw_firmware_goes_on_to_a_raw_image) {
    passes(&config);
    struct hb_machine *machine = guest_machine(&config);
    uint32_t word;
    ck_assert(hb_bus_debug_read(&machine->bus, 0x80000000, &word, 4));
    ck_assert_uint_eq(word, firmware[0]);
    ck_assert(hb_bus_debug_read(&machine->bus, 0x80200000, &word, 4));
    ck_assert_uint_eq(word, payload[0]);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(an_elf_may_be_firmware_or_image) {
    config.bios = elf; /* ends the run by itself */
    passes(&config);
    config.bios = NULL;
    snprintf(config.image, sizeof config.image, "%s", elf);
    passes(&config);
    config.bios = make_file(1, "firmware.bin", firmware, sizeof firmware);
    refused("lies over"); /* both want to be at 0x80000000 */
}
END_TEST

START_TEST(without_firmware_the_image_must_be_an_elf) {
    config.bios = NULL;
    refused("payload.bin");
}
END_TEST

START_TEST(the_ram_disk_lies_where_it_is_told_to_be) {
    static uint8_t bytes[10000];
    for (uint32_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 11);
    config.initrd = make_file(2, "initrd", bytes, sizeof bytes);
    struct hb_machine *machine = guest_machine(&config);
    const void *tree = device_tree(machine);
    uint64_t from = chosen_cells(tree, "linux,initrd-start");
    ck_assert_uint_eq(from, 0x80200000 + machine->ram.size_bytes / 2);
    ck_assert_uint_eq(chosen_cells(tree, "linux,initrd-end"), from + sizeof bytes);
    static uint8_t found[sizeof bytes];
    ck_assert(hb_bus_debug_read(&machine->bus, from, found, sizeof found));
    ck_assert_mem_eq(found, bytes, sizeof bytes);
    hb_machine_destroy(machine);
    passes(&config);
}
END_TEST

START_TEST(it_makes_room_for_a_large_image) {
    static uint8_t image[9000001];
    memcpy(image, payload, sizeof payload);
    snprintf(config.image, sizeof config.image, "%s", make_file(0, "large.bin", image, sizeof image));
    config.initrd = make_file(2, "initrd", "x", 1);
    struct hb_machine *machine = guest_machine(&config);
    ck_assert_uint_eq(chosen_cells(device_tree(machine), "linux,initrd-start"),
                      0x80200000 + ((9000001 + 4095) & ~4095));
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(the_command_line_is_told_or_refused) {
    config.append = "console=ttyS0 root=/dev/vda quiet";
    struct hb_machine *machine = guest_machine(&config);
    const void *tree = device_tree(machine);
    ck_assert_str_eq(fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL), config.append);
    hb_machine_destroy(machine);
    static char text[70000];
    memset(text, 'x', 50000);
    config.append = text;
    hb_machine_destroy(guest_machine(&config));
    memset(text, 'x', sizeof text - 1);
    refused("--append is too long");
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_make("ends", "-DENDS=0x5555", "ends", elf);
    Suite *suite = suite_create("boot");
    TCase *tests = tcase_create("boot");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, raw_firmware_goes_on_to_a_raw_image);
    tcase_add_test(tests, an_elf_may_be_firmware_or_image);
    tcase_add_test(tests, without_firmware_the_image_must_be_an_elf);
    tcase_add_test(tests, the_ram_disk_lies_where_it_is_told_to_be);
    tcase_add_test(tests, it_makes_room_for_a_large_image);
    tcase_add_test(tests, the_command_line_is_told_or_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
