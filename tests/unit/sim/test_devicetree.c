/* The device tree as software reads it: walked with libfdt, node by node. */
#include <check.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/memory_map.h"
#include "sim/board/devicetree.h"

static uint64_t storage[HB_DEVICETREE_BYTES / 8];
static void *const tree = storage;
static size_t used_bytes;
static struct hb_devicetree_desc desc;

static void set_up(void) {
    desc = (struct hb_devicetree_desc){
        .harts = 3,
        .cycles_per_tick = 10,
        .memory_bytes = 0x1234567000,
        .isa = "rv64imac_zicbom_zicsr_zifencei",
        .mmu_type = "riscv,none",
        .cbom_block_bytes = 64,
        .cboz_block_bytes = 32,
        .has_power = true,
    };
    memset(storage, 0x5a, sizeof storage);
}

static void build(void) {
    ck_assert(hb_devicetree_build(&desc, tree, sizeof storage, &used_bytes));
    ck_assert_int_eq(fdt_check_header(tree), 0);
    ck_assert_int_eq(fdt_check_full(tree, used_bytes), 0);
}

static int node(const char *path) {
    int at = fdt_path_offset(tree, path);
    ck_assert_msg(at >= 0, "no node %s: %s", path, fdt_strerror(at));
    return at;
}

static const void *property(const char *path, const char *name, size_t bytes) {
    int length;
    const void *value = fdt_getprop(tree, node(path), name, &length);
    ck_assert_msg(value != NULL, "%s has no %s", path, name);
    ck_assert_msg(length == (int)bytes, "%s %s has %d bytes", path, name, length);
    return value;
}

static uint32_t cell(const char *path, const char *name) {
    return fdt32_ld(property(path, name, 4));
}

static uint64_t two_cells(const char *path, const char *name) {
    return fdt64_ld(property(path, name, 8));
}

static bool has(const char *path, const char *name) {
    return fdt_getprop(tree, node(path), name, NULL) != NULL;
}

static void check_string(const char *path, const char *name, const char *text) {
    ck_assert_str_eq(property(path, name, strlen(text) + 1), text);
}

static void check_range(const char *path, uint64_t base, uint64_t size_bytes) {
    const fdt64_t *reg = property(path, "reg", 16);
    ck_assert_uint_eq(fdt64_ld(&reg[0]), base);
    ck_assert_uint_eq(fdt64_ld(&reg[1]), size_bytes);
}

static bool is(const char *path, const char *compatible) {
    return fdt_node_check_compatible(tree, node(path), compatible) == 0;
}

/* The source of the PLIC that a device's line is. */
static void check_interrupt(const char *path, uint32_t source) {
    int parent = fdt_node_offset_by_phandle(tree, cell(path, "interrupt-parent"));
    ck_assert_int_eq(parent, node("/soc/plic@c000000"));
    ck_assert_uint_eq(cell(path, "interrupts"), source);
}

START_TEST(the_root_is_that_of_the_virt_board) {
    build();
    ck_assert(is("/", "riscv-virtio"));
    ck_assert_int_eq(fdt_address_cells(tree, 0), 2);
    ck_assert_int_eq(fdt_size_cells(tree, 0), 2);
    check_string("/memory@80000000", "device_type", "memory");
    check_range("/memory@80000000", HB_RAM_BASE, 0x1234567000);
}
END_TEST

START_TEST(each_hart_has_its_node) {
    build();
    ck_assert_uint_eq(cell("/cpus", "timebase-frequency"), 10000000);
    ck_assert_int_eq(fdt_address_cells(tree, node("/cpus")), 1);
    ck_assert_uint_eq(cell("/cpus", "#size-cells"), 0);
    uint32_t harts = 0;
    int at;
    fdt_for_each_subnode(at, tree, node("/cpus")) {
        char path[64];
        ck_assert_int_eq(fdt_get_path(tree, at, path, sizeof path), 0);
        ck_assert_uint_eq(cell(path, "reg"), harts++);
        check_string(path, "device_type", "cpu");
        check_string(path, "status", "okay");
        check_string(path, "riscv,isa", desc.isa);
        check_string(path, "mmu-type", desc.mmu_type);
        ck_assert_uint_eq(cell(path, "riscv,cbom-block-size"), 64);
        ck_assert_uint_eq(cell(path, "riscv,cboz-block-size"), 32);
        ck_assert(is(path, "riscv"));
    }
    ck_assert_uint_eq(harts, 3);
}
END_TEST

START_TEST(the_clint_names_each_harts_interrupt_controller) {
    build();
    ck_assert(is("/soc/clint@2000000", "sifive,clint0") && is("/soc/clint@2000000", "riscv,clint0"));
    check_range("/soc/clint@2000000", HB_CLINT_BASE, 0x10000);
    const fdt32_t *lines = property("/soc/clint@2000000", "interrupts-extended", 3 * 16);
    for (uint32_t hart = 0; hart < 3; hart++) {
        char path[64];
        snprintf(path, sizeof path, "/cpus/cpu@%u/interrupt-controller", hart);
        ck_assert(is(path, "riscv,cpu-intc"));
        ck_assert(has(path, "interrupt-controller"));
        ck_assert_uint_eq(cell(path, "#interrupt-cells"), 1);
        int controller = node(path);
        ck_assert_int_eq(fdt_node_offset_by_phandle(tree, fdt32_ld(&lines[4 * hart])), controller);
        ck_assert_int_eq(fdt_node_offset_by_phandle(tree, fdt32_ld(&lines[4 * hart + 2])), controller);
        ck_assert_uint_eq(fdt32_ld(&lines[4 * hart + 1]), 3);
        ck_assert_uint_eq(fdt32_ld(&lines[4 * hart + 3]), 7);
    }
}
END_TEST

START_TEST(the_plic_has_two_contexts_for_each_hart) {
    build();
    ck_assert(is("/soc/plic@c000000", "sifive,plic-1.0.0") && is("/soc/plic@c000000", "riscv,plic0"));
    check_range("/soc/plic@c000000", HB_PLIC_BASE, 0x600000);
    ck_assert(has("/soc/plic@c000000", "interrupt-controller"));
    ck_assert_uint_eq(cell("/soc/plic@c000000", "#interrupt-cells"), 1);
    ck_assert_uint_eq(cell("/soc/plic@c000000", "#address-cells"), 0);
    ck_assert_uint_eq(cell("/soc/plic@c000000", "riscv,ndev"), 95);
    const fdt32_t *lines = property("/soc/plic@c000000", "interrupts-extended", 3 * 16);
    for (uint32_t hart = 0; hart < 3; hart++) {
        char path[64];
        snprintf(path, sizeof path, "/cpus/cpu@%u/interrupt-controller", hart);
        ck_assert_int_eq(fdt_node_offset_by_phandle(tree, fdt32_ld(&lines[4 * hart])), node(path));
        ck_assert_int_eq(fdt_node_offset_by_phandle(tree, fdt32_ld(&lines[4 * hart + 2])), node(path));
        ck_assert_uint_eq(fdt32_ld(&lines[4 * hart + 1]), 11);
        ck_assert_uint_eq(fdt32_ld(&lines[4 * hart + 3]), 9);
    }
}
END_TEST

START_TEST(eight_virtio_slots_are_told) {
    build();
    for (uint32_t slot = 0; slot < 8; slot++) {
        char path[64];
        snprintf(path, sizeof path, "/soc/virtio_mmio@%x", 0x10001000 + 0x1000 * slot);
        ck_assert(is(path, "virtio,mmio"));
        check_range(path, 0x10001000 + 0x1000 * slot, 0x1000);
        check_interrupt(path, 1 + slot);
    }
}
END_TEST

START_TEST(the_ram_disk_is_told_under_chosen) {
    build();
    ck_assert(!has("/chosen", "linux,initrd-start"));
    desc.initrd_start = 0x84200000;
    desc.initrd_end = 0x84212345;
    build();
    ck_assert_uint_eq(two_cells("/chosen", "linux,initrd-start"), 0x84200000);
    ck_assert_uint_eq(two_cells("/chosen", "linux,initrd-end"), 0x84212345);
}
END_TEST

START_TEST(the_devices_are_where_the_map_says) {
    build();
    ck_assert(is("/soc", "simple-bus"));
    property("/soc", "ranges", 0);
    ck_assert_int_eq(fdt_address_cells(tree, node("/soc")), 2);
    ck_assert(is("/soc/serial@10000000", "ns16550a"));
    check_range("/soc/serial@10000000", HB_UART_BASE, HB_UART_BYTES);
    ck_assert_uint_eq(cell("/soc/serial@10000000", "clock-frequency"), 3686400);
    check_interrupt("/soc/serial@10000000", 10);
    ck_assert(is("/soc/test@100000", "sifive,test1") && is("/soc/test@100000", "sifive,test0") &&
              is("/soc/test@100000", "syscon"));
    check_range("/soc/test@100000", HB_FINISHER_BASE, HB_FINISHER_BYTES);
    ck_assert(is("/soc/power@500000", "hartbeat,power"));
    check_range("/soc/power@500000", HB_POWER_BASE, HB_POWER_BYTES);
}
END_TEST

START_TEST(the_finisher_can_be_used_as_a_syscon) {
    build();
    int finisher = node("/soc/test@100000");
    ck_assert(is("/poweroff", "syscon-poweroff") && is("/reboot", "syscon-reboot"));
    ck_assert_int_eq(fdt_node_offset_by_phandle(tree, cell("/poweroff", "regmap")), finisher);
    ck_assert_int_eq(fdt_node_offset_by_phandle(tree, cell("/reboot", "regmap")), finisher);
    ck_assert_uint_eq(cell("/poweroff", "value"), 0x5555);
    ck_assert_uint_eq(cell("/reboot", "value"), 0x7777);
    ck_assert_uint_eq(cell("/poweroff", "offset"), 0);
}
END_TEST

START_TEST(what_is_absent_is_not_told) {
    desc.has_power = false;
    desc.cbom_block_bytes = desc.cboz_block_bytes = 0;
    build();
    ck_assert_int_eq(fdt_path_offset(tree, "/soc/power@500000"), -FDT_ERR_NOTFOUND);
    ck_assert(!has("/cpus/cpu@0", "riscv,cbom-block-size"));
    ck_assert(!has("/cpus/cpu@0", "riscv,cboz-block-size"));
    ck_assert(!has("/chosen", "bootargs"));
    ck_assert(!has("/chosen", "hartbeat,seed"));
}
END_TEST

/* The names are written out here: they are what guests look for. */
START_TEST(every_parameter_is_told_in_64_bits_big_endian) {
    static const char *const names[] = {
        "hartbeat,cycles-per-tick",
        "hartbeat,seed",
        "hartbeat,scheduler",
        "hartbeat,quantum-cycles",
        "hartbeat,workload-tasks",
        "hartbeat,workload-groups",
        "hartbeat,heartbeat-period-cycles",
        "hartbeat,heartbeat-timeout-cycles",
        "hartbeat,heartbeat-check-cycles",
        "hartbeat,recovery-detect",
        "hartbeat,recovery-fence",
        "hartbeat,recovery-locks",
        "hartbeat,recovery-queues",
        "hartbeat,recovery-restart",
        "hartbeat,recovery-kernel-data",
        "hartbeat,recovery-failover",
    };
    static const char *const of_groups[] = {
        "hartbeat,group-%u-kind",           "hartbeat,group-%u-first",     "hartbeat,group-%u-tasks",
        "hartbeat,group-%u-work",           "hartbeat,group-%u-set-bytes", "hartbeat,group-%u-locks",
        "hartbeat,group-%u-lengths",        "hartbeat,group-%u-sets",      "hartbeat,group-%u-kernel",
        "hartbeat,group-%u-arrival-cycles",
    };
    struct hb_params params;
    uint64_t values[sizeof params / 8] = {0};
    for (uint32_t i = 0; i < sizeof params / 8; i++)
        values[i] = 0x0102030405060700 + i;
    memcpy(&params, values, sizeof params);
    params.workload_groups = values[5] = 2;
    desc.params = &params;
    build();
    for (uint32_t group = 0; group < 2; group++)
        for (uint32_t i = 0; i < sizeof of_groups / sizeof of_groups[0]; i++) {
            char name[64];
            snprintf(name, sizeof name, of_groups[i], group);
            uint32_t at = (uint32_t)(offsetof(struct hb_params, group) + group * sizeof params.group[0]) / 8 + i;
            ck_assert_uint_eq(two_cells("/chosen", name), values[at]);
        }
    ck_assert(!has("/chosen", "hartbeat,group-2-kind"));
    ck_assert_uint_le(sizeof names / sizeof names[0], sizeof params / 8);
    for (uint32_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_uint_eq(two_cells("/chosen", names[i]), values[i]);
    const uint8_t *seed = property("/chosen", "hartbeat,seed", 8);
    ck_assert_uint_eq(seed[0], 0x01);
    ck_assert_uint_eq(seed[7], 0x01);
}
END_TEST

START_TEST(standard_output_is_the_uart) {
    desc.bootargs = "console=ttyS0 quiet";
    build();
    int length;
    const char *path = fdt_getprop(tree, node("/chosen"), "stdout-path", &length);
    ck_assert(path != NULL && path[length - 1] == '\0');
    ck_assert(is(path, "ns16550a"));
    check_string("/chosen", "bootargs", "console=ttyS0 quiet");
}
END_TEST

START_TEST(time_follows_the_cycles_per_tick) {
    desc.cycles_per_tick = 100;
    build();
    ck_assert_uint_eq(cell("/cpus", "timebase-frequency"), 1000000);
}
END_TEST

START_TEST(sixty_four_harts_and_long_arguments_fit_with_slack) {
    static char arguments[4096];
    struct hb_params params = {0};
    memset(arguments, 'x', sizeof arguments - 1);
    desc.harts = 64;
    desc.bootargs = arguments;
    desc.params = &params;
    build();
    ck_assert_uint_le(used_bytes, sizeof storage);
    ck_assert_uint_eq(fdt_totalsize(tree), used_bytes);
    node("/cpus/cpu@3f");
    /* Firmware adds to it in place. */
    for (uint32_t i = 0; i < 16; i++) {
        char name[32];
        snprintf(name, sizeof name, "reserved-%u", i);
        ck_assert_int_eq(fdt_setprop(tree, fdt_add_subnode(tree, 0, name), "blob", arguments, 128), 0);
    }
    ck_assert_int_eq(fdt_check_full(tree, used_bytes), 0);
}
END_TEST

START_TEST(too_little_room_is_said_and_nothing_written_beyond) {
    build();
    size_t needed = used_bytes;
    static const size_t steps[] = {0, 1, 16, 39, 40, 100, 1000};
    for (uint32_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        ck_assert(!hb_devicetree_build(&desc, tree, steps[i], &used_bytes));
    for (size_t size = needed - 300; size < needed; size++)
        ck_assert(!hb_devicetree_build(&desc, tree, size, &used_bytes));
    memset(storage, 0x5a, sizeof storage);
    ck_assert(hb_devicetree_build(&desc, tree, needed, &used_bytes));
    ck_assert_uint_eq(used_bytes, needed);
    for (size_t at = needed; at < sizeof storage; at++)
        ck_assert_uint_eq(((const uint8_t *)tree)[at], 0x5a);
}
END_TEST

START_TEST(the_same_description_gives_the_same_bytes_at_any_address) {
    static uint8_t other[HB_DEVICETREE_BYTES + 1];
    memset(other, 0xc3, sizeof other);
    build();
    size_t other_bytes;
    ck_assert(hb_devicetree_build(&desc, other + 1, HB_DEVICETREE_BYTES, &other_bytes));
    ck_assert_uint_eq(other_bytes, used_bytes);
    ck_assert_mem_eq(other + 1, tree, used_bytes);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("devicetree");
    TCase *tests = tcase_create("devicetree");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, the_root_is_that_of_the_virt_board);
    tcase_add_test(tests, each_hart_has_its_node);
    tcase_add_test(tests, the_clint_names_each_harts_interrupt_controller);
    tcase_add_test(tests, the_plic_has_two_contexts_for_each_hart);
    tcase_add_test(tests, eight_virtio_slots_are_told);
    tcase_add_test(tests, the_ram_disk_is_told_under_chosen);
    tcase_add_test(tests, the_devices_are_where_the_map_says);
    tcase_add_test(tests, the_finisher_can_be_used_as_a_syscon);
    tcase_add_test(tests, what_is_absent_is_not_told);
    tcase_add_test(tests, every_parameter_is_told_in_64_bits_big_endian);
    tcase_add_test(tests, standard_output_is_the_uart);
    tcase_add_test(tests, time_follows_the_cycles_per_tick);
    tcase_add_test(tests, sixty_four_harts_and_long_arguments_fit_with_slack);
    tcase_add_test(tests, too_little_room_is_said_and_nothing_written_beyond);
    tcase_add_test(tests, the_same_description_gives_the_same_bytes_at_any_address);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
