#include "sim/board/devicetree.h"

#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/devices.h"

#define UART_CLOCK_HZ 3686400u /* what QEMU's virt board says; software derives a divisor from it */
#define IRQ_M_SOFT    3u
#define IRQ_M_TIMER   7u
#define IRQ_S_EXT     9u
#define IRQ_M_EXT     11u

/* What one node needs of another: a number of its own. Harts come first. */
#define PHANDLE_HART(hart)     (1 + (hart))
#define PHANDLE_FINISHER(desc) (1 + (desc)->harts)
#define PHANDLE_PLIC(desc)     (2 + (desc)->harts)

/* The tree being written. After an error all further calls do nothing. */
struct tree {
    void *fdt;
    int error;
};

static void note(struct tree *tree, int error) {
    if (tree->error == 0)
        tree->error = error;
}

static void begin(struct tree *tree, const char *name) {
    if (tree->error == 0)
        note(tree, fdt_begin_node(tree->fdt, name));
}

static void begin_at(struct tree *tree, const char *name, uint64_t address) {
    char unit[64];
    snprintf(unit, sizeof unit, "%s@%llx", name, (unsigned long long)address);
    begin(tree, unit);
}

static void end(struct tree *tree) {
    if (tree->error == 0)
        note(tree, fdt_end_node(tree->fdt));
}

static void property(struct tree *tree, const char *name, const void *value, size_t bytes) {
    if (tree->error == 0)
        note(tree, fdt_property(tree->fdt, name, value, (int)bytes));
}

static void string(struct tree *tree, const char *name, const char *text) {
    property(tree, name, text, strlen(text) + 1);
}

static void flag(struct tree *tree, const char *name) {
    property(tree, name, NULL, 0);
}

static void cell(struct tree *tree, const char *name, uint32_t value) {
    fdt32_t stored = cpu_to_fdt32(value);
    property(tree, name, &stored, sizeof stored);
}

static void two_cells(struct tree *tree, const char *name, uint64_t value) {
    fdt64_t stored = cpu_to_fdt64(value);
    property(tree, name, &stored, sizeof stored);
}

static void range(struct tree *tree, uint64_t base, uint64_t size_bytes) {
    fdt64_t stored[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size_bytes)};
    property(tree, "reg", stored, sizeof stored);
}

static void add_hart(struct tree *tree, const struct hb_devicetree_desc *desc, uint32_t hart) {
    begin_at(tree, "cpu", hart);
    string(tree, "device_type", "cpu");
    cell(tree, "reg", hart);
    string(tree, "status", "okay");
    string(tree, "compatible", "riscv");
    string(tree, "riscv,isa", desc->isa);
    string(tree, "mmu-type", desc->mmu_type);
    if (desc->cbom_block_bytes != 0)
        cell(tree, "riscv,cbom-block-size", desc->cbom_block_bytes);
    if (desc->cboz_block_bytes != 0)
        cell(tree, "riscv,cboz-block-size", desc->cboz_block_bytes);
    begin(tree, "interrupt-controller");
    cell(tree, "#address-cells", 0);
    cell(tree, "#interrupt-cells", 1);
    flag(tree, "interrupt-controller");
    string(tree, "compatible", "riscv,cpu-intc");
    cell(tree, "phandle", PHANDLE_HART(hart));
    end(tree);
    end(tree);
}

static void add_harts(struct tree *tree, const struct hb_devicetree_desc *desc) {
    begin(tree, "cpus");
    cell(tree, "#address-cells", 1);
    cell(tree, "#size-cells", 0);
    cell(tree, "timebase-frequency", HB_CLOCK_HZ / desc->cycles_per_tick);
    for (uint32_t hart = 0; hart < desc->harts; hart++)
        add_hart(tree, desc, hart);
    end(tree);
}

static void add_memory(struct tree *tree, const struct hb_devicetree_desc *desc) {
    begin_at(tree, "memory", HB_RAM_BASE);
    string(tree, "device_type", "memory");
    range(tree, HB_RAM_BASE, desc->memory_bytes);
    end(tree);
}

static void interrupt(struct tree *tree, const struct hb_devicetree_desc *desc, uint32_t source) {
    cell(tree, "interrupt-parent", PHANDLE_PLIC(desc));
    cell(tree, "interrupts", source);
}

/* ---- What the nodes of some devices hold besides what their rows say ---- */

/* Two interrupts of every hart, in this order. */
static void interrupts_of_harts(struct tree *tree, const struct hb_devicetree_desc *desc, uint32_t one, uint32_t two) {
    fdt32_t lines[4 * HB_HARTS_MAX];
    for (uint32_t hart = 0; hart < desc->harts; hart++) {
        lines[4 * hart] = lines[4 * hart + 2] = cpu_to_fdt32(PHANDLE_HART(hart));
        lines[4 * hart + 1] = cpu_to_fdt32(one);
        lines[4 * hart + 3] = cpu_to_fdt32(two);
    }
    property(tree, "interrupts-extended", lines, 4 * desc->harts * sizeof lines[0]);
}

static void add_to_clint(struct tree *tree, const struct hb_devicetree_desc *desc) {
    interrupts_of_harts(tree, desc, IRQ_M_SOFT, IRQ_M_TIMER);
}

/* Its contexts are numbered by their places in this list: machine mode, then supervisor mode of each hart. */
static void add_to_plic(struct tree *tree, const struct hb_devicetree_desc *desc) {
    cell(tree, "#address-cells", 0);
    cell(tree, "#interrupt-cells", 1);
    flag(tree, "interrupt-controller");
    interrupts_of_harts(tree, desc, IRQ_M_EXT, IRQ_S_EXT);
    cell(tree, "riscv,ndev", HB_PLIC_SOURCES - 1);
    cell(tree, "phandle", PHANDLE_PLIC(desc));
}

static void add_to_uart(struct tree *tree, const struct hb_devicetree_desc *desc) {
    (void)desc;
    cell(tree, "clock-frequency", UART_CLOCK_HZ);
}

static void add_to_finisher(struct tree *tree, const struct hb_devicetree_desc *desc) {
    cell(tree, "phandle", PHANDLE_FINISHER(desc));
}

static const struct {
    uint64_t base;
    void (*add)(struct tree *tree, const struct hb_devicetree_desc *desc);
} besides[] = {{HB_CLINT_BASE, add_to_clint},
               {HB_PLIC_BASE, add_to_plic},
               {HB_UART_BASE, add_to_uart},
               {HB_FINISHER_BASE, add_to_finisher}};

static void add_device(struct tree *tree, const struct hb_devicetree_desc *desc, const struct hb_device *device) {
    for (uint64_t base = device->base; base < device->base + hb_device_bytes(device); base += device->bytes) {
        begin_at(tree, device->name, base);
        property(tree, "compatible", device->compatible, device->compatible_bytes);
        range(tree, base, device->bytes);
        for (size_t i = 0; i < sizeof besides / sizeof besides[0]; i++)
            if (besides[i].base == base)
                besides[i].add(tree, desc);
        if (device->irq)
            interrupt(tree, desc, device->irq + (uint32_t)((base - device->base) / device->bytes));
        end(tree);
    }
}

/* The PLIC first, to which the others refer. */
static void add_devices(struct tree *tree, const struct hb_devicetree_desc *desc) {
    begin(tree, "soc");
    cell(tree, "#address-cells", 2);
    cell(tree, "#size-cells", 2);
    string(tree, "compatible", "simple-bus");
    flag(tree, "ranges");
    for (uint32_t pass = 0; pass < 2; pass++)
        for (const struct hb_device *device = hb_device; device < hb_device + HB_DEVICES; device++) {
            bool first = device->base == HB_PLIC_BASE, left_out = device->base == HB_POWER_BASE && !desc->has_power;
            if (first == (pass == 0) && !left_out)
                add_device(tree, desc, device);
        }
    end(tree);
}

/* For software that knows the finisher only as a register to write: how to end or reset the run. */
static void add_syscon(struct tree *tree, const struct hb_devicetree_desc *desc, const char *name,
                       const char *compatible, uint32_t value) {
    begin(tree, name);
    string(tree, "compatible", compatible);
    cell(tree, "regmap", PHANDLE_FINISHER(desc));
    cell(tree, "offset", 0);
    cell(tree, "value", value);
    end(tree);
}

/* "hartbeat," and the parameter's name, with '-' for '_'. */
static void add_parameter(struct tree *tree, const char *name, uint64_t value) {
    char full[64];
    snprintf(full, sizeof full, "hartbeat,%s", name);
    for (char *at = full; *at; at++)
        if (*at == '_')
            *at = '-';
    two_cells(tree, full, value);
}

static void add_group(struct tree *tree, uint32_t number, const struct hb_group *group) {
    char name[48];
#define ADD(field)                                                                                                     \
    snprintf(name, sizeof name, "group-%u-" #field, number);                                                           \
    add_parameter(tree, name, group->field);
    HB_GROUP_PARAMS(ADD)
#undef ADD
}

static void add_chosen(struct tree *tree, const struct hb_devicetree_desc *desc) {
    char path[64];
    snprintf(path, sizeof path, "/soc/serial@%llx", HB_UART_BASE);
    begin(tree, "chosen");
    string(tree, "stdout-path", path);
    if (desc->bootargs != NULL)
        string(tree, "bootargs", desc->bootargs);
    if (desc->initrd_end != 0) {
        two_cells(tree, "linux,initrd-start", desc->initrd_start);
        two_cells(tree, "linux,initrd-end", desc->initrd_end);
    }
    if (desc->params != NULL) {
#define ADD(name) add_parameter(tree, #name, desc->params->name);
        HB_PARAMS(ADD)
#undef ADD
        for (uint32_t number = 0; number < desc->params->workload_groups; number++)
            add_group(tree, number, &desc->params->group[number]);
    }
    end(tree);
}

static void add_all(struct tree *tree, const struct hb_devicetree_desc *desc) {
    begin(tree, "");
    cell(tree, "#address-cells", 2);
    cell(tree, "#size-cells", 2);
    string(tree, "compatible", "riscv-virtio");
    string(tree, "model", "hartbeat");
    add_chosen(tree, desc);
    add_memory(tree, desc);
    add_harts(tree, desc);
    add_devices(tree, desc);
    add_syscon(tree, desc, "poweroff", "syscon-poweroff", HB_FINISHER_PASS);
    add_syscon(tree, desc, "reboot", "syscon-reboot", HB_FINISHER_RESET);
    end(tree);
}

static bool write_tree(const struct hb_devicetree_desc *desc, void *fdt, size_t size_bytes, size_t *used_bytes) {
    struct tree tree = {.fdt = fdt, .error = fdt_create(fdt, (int)size_bytes)};
    if (tree.error == 0)
        note(&tree, fdt_finish_reservemap(fdt));
    add_all(&tree, desc);
    if (tree.error != 0 || fdt_finish(fdt) != 0)
        return false;
    *used_bytes = fdt_totalsize(fdt) + HB_DEVICETREE_SLACK_BYTES;
    return *used_bytes <= size_bytes && fdt_open_into(fdt, fdt, (int)*used_bytes) == 0;
}

/* It is built in separate memory, since libfdt wants it aligned to 8 bytes and writes past its end. */
bool hb_devicetree_build(const struct hb_devicetree_desc *desc, void *buffer, size_t size_bytes, size_t *used_bytes) {
    if (size_bytes > INT32_MAX || desc->harts > HB_HARTS_MAX)
        return false;
    void *fdt = calloc(1, size_bytes ? size_bytes : 1);
    if (fdt == NULL)
        return false;
    bool fits = write_tree(desc, fdt, size_bytes, used_bytes);
    if (fits)
        memcpy(buffer, fdt, *used_bytes);
    free(fdt);
    return fits;
}
