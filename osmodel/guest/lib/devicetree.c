/* Just enough of a flattened device tree (its specification, chapter 5) for what struct hb_board holds. */
#include "osmodel/guest/lib/devicetree.h"

#include <stdbool.h>
#include <stddef.h>

#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/board.h"

#define FDT_MAGIC      0xd00dfeedu
#define FDT_BEGIN_NODE 1u
#define FDT_END_NODE   2u
#define FDT_PROP       3u
#define FDT_NOP        4u
#define DEPTH_MAX      8u

enum node { NODE_OTHER, NODE_CPUS, NODE_CPU, NODE_MEMORY, NODE_CHOSEN };

struct parameter {
    const char *name;
    size_t offset;
};

static const struct parameter parameters[] = {
#define PARAMETER(field) {#field, offsetof(struct hb_params, field)},
    HB_PARAMS(PARAMETER)
#undef PARAMETER
};

static const struct parameter group_parameters[] = {
#define PARAMETER(field) {#field, offsetof(struct hb_group, field)},
    HB_GROUP_PARAMS(PARAMETER)
#undef PARAMETER
};

/* One step of the walk: where it is, and what it has seen of the innermost node. */
struct walk {
    const uint8_t *at;
    const char *names;
    uint32_t depth;
    enum node nodes[DEPTH_MAX];
    bool is_power; /* `compatible` of this node */
    uint64_t reg;  /* its first address; like everything here, valid only until a child begins */
    size_t next;   /* in the table that is searched: the parameter after the one found last */
};

static uint32_t big32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t big64(const uint8_t *at) {
    return (uint64_t)big32(at) << 32 | big32(at + 4);
}

static bool equal(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* If `text` begins with `prefix`, what follows it, else NULL. */
static const char *after(const char *text, const char *prefix) {
    while (*prefix)
        if (*text++ != *prefix++)
            return NULL;
    return text;
}

static size_t length(const char *text) {
    size_t n = 0;
    while (text[n])
        n++;
    return n;
}

/* Property names have '-' where C has '_'. */
static bool is_parameter(const char *property, const char *name) {
    while (*name && (*property == *name || (*name == '_' && *property == '-'))) {
        property++;
        name++;
    }
    return *property == *name;
}

#define LENGTH(table) (sizeof(table) / sizeof *(table))

/* Store `value` in the field of `object` that has this name. The search begins after the parameter found last: they
 * usually come in the order of the table. */
static void read_field(struct walk *walk, const struct parameter *table, size_t n, volatile void *object,
                       const char *property, const uint8_t *value) {
    for (size_t i = 0; i < n; i++) {
        size_t place = (walk->next + i) % n;
        if (is_parameter(property, table[place].name)) {
            *(volatile uint64_t *)((uint64_t)object + table[place].offset) = big64(value);
            walk->next = place + 1;
            return;
        }
    }
}

/* "group-N-NAME", or a parameter of no group. */
static void read_parameter(struct walk *walk, const char *property, const uint8_t *value) {
    const char *group = after(property, "group-");
    if (group && group[0] >= '0' && group[0] < '0' + HB_GROUPS_MAX && group[1] == '-')
        read_field(walk, group_parameters, LENGTH(group_parameters), &hb_params.group[group[0] - '0'], group + 2,
                   value);
    else
        read_field(walk, parameters, LENGTH(parameters), &hb_params, property, value);
}

static enum node kind_of(const char *name, enum node parent, uint32_t depth) {
    if (depth == 1 && equal(name, "cpus"))
        return NODE_CPUS;
    if (depth == 1 && equal(name, "chosen"))
        return NODE_CHOSEN;
    if (depth == 1 && after(name, "memory@"))
        return NODE_MEMORY;
    return parent == NODE_CPUS && after(name, "cpu@") ? NODE_CPU : NODE_OTHER;
}

static void begin_node(struct walk *walk) {
    const char *name = (const char *)walk->at;
    enum node parent = walk->depth ? walk->nodes[walk->depth - 1] : NODE_OTHER;
    enum node kind = kind_of(name, parent, walk->depth);
    if (walk->depth < DEPTH_MAX)
        walk->nodes[walk->depth] = kind;
    walk->depth++;
    walk->is_power = false;
    walk->reg = 0;
    hb_board.harts += kind == NODE_CPU;
    walk->at += (length(name) + 4) & ~(size_t)3;
}

/* Addresses and sizes have two cells in all nodes that matter here. */
static void property(struct walk *walk) {
    uint32_t bytes = big32(walk->at);
    const char *name = walk->names + big32(walk->at + 4);
    const uint8_t *value = walk->at + 8;
    enum node node = walk->depth && walk->depth <= DEPTH_MAX ? walk->nodes[walk->depth - 1] : NODE_OTHER;
    const char *parameter = after(name, "hartbeat,");
    walk->at = value + ((bytes + 3) & ~3u);
    if (equal(name, "compatible"))
        walk->is_power = equal((const char *)value, "hartbeat,power");
    else if (equal(name, "reg") && bytes >= 16)
        walk->reg = big64(value);
    if (node == NODE_CPU && equal(name, "riscv,cbom-block-size") && bytes == 4)
        hb_board.clean_bytes = big32(value);
    if (node == NODE_MEMORY && equal(name, "reg") && bytes >= 16) {
        hb_board.ram_base = big64(value);
        hb_board.ram_bytes = big64(value + 8);
    } else if (node == NODE_CHOSEN && parameter && bytes == 8) {
        read_parameter(walk, parameter, value);
    }
    if (walk->is_power && walk->reg)
        hb_board.power_base = walk->reg;
}

void hb_devicetree_read(const void *tree) {
    const uint8_t *header = tree;
    if (big32(header) != FDT_MAGIC)
        return;
    struct walk walk = {.at = header + big32(header + 8), .names = (const char *)header + big32(header + 12)};
    hb_board.harts = 0;
    for (;;) {
        uint32_t token = big32(walk.at);
        walk.at += 4;
        switch (token) {
        case FDT_BEGIN_NODE: begin_node(&walk); break;
        case FDT_END_NODE: walk.depth--; break;
        case FDT_PROP: property(&walk); break;
        case FDT_NOP: break;
        default: return; /* the end */
        }
    }
}
