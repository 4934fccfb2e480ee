#include "sim/config/key_text.h"

#include <inttypes.h>
#include <string.h>

#include "sim/config/fault_models.h"

/* ---- Names ----------------------------------------------------------------------------------------------------- */

static const struct about {
    const char *path, *name, *text;
} abouts[] = {
    {"machine.bus.protocol", "vi", "valid or invalid: caches write through, and every write invalidates other copies"},
    {"machine.bus.protocol", "write-once", "Goodman's: the first write goes through, later ones stay in the cache"},
    {"machine.bus.protocol", "msi", "write-back; a line is modified in one cache or shared by several"},
    {"machine.bus.protocol", "mesi", "msi with exclusive: what nobody else has is written without a transaction"},
    {"machine.bus.protocol", "mesif", "mesi with forward: one of the sharers supplies the line"},
    {"machine.bus.protocol", "moesi", "mesi with owned: a modified line is shared without a write to memory"},
    {"machine.bus.protocol", "berkeley", "owned lines without exclusive ones: the owner supplies"},
    {"machine.bus.protocol", "firefly", "a write to a shared line updates the other copies and memory"},
    {"machine.bus.protocol", "dragon",
     "a write to a shared line updates the other copies; the owner keeps it from memory"},
    {"machine.bus.protocol", "none", "no coherence: caches write through and do not snoop"},
    {"machine.bus.arbiter", "fixed", "the lowest port first; others may starve"},
    {"machine.bus.arbiter", "round-robin", "the ports in turn, from the one after the last that was granted"},
    {"machine.bus.arbiter", "fcfs", "whoever has waited longest"},
    {"machine.bus.arbiter", "tdma", "each port in its own slots of time, whatever the others do"},
    {"machine.bus.arbiter", "lottery", "drawn at random, with as many chances as the port has tickets"},
    {"machine.bus.arbiter", "random", "drawn at random, all with the same chance"},
    {"machine.bus.arbiter", "script", "in the order that machine.bus.script gives"},
    {"os.scheduler", "fifo", "a task runs until it ends or waits"},
    {"os.scheduler", "round-robin", "the tasks of a queue in turn, a quantum each"},
    {"os.scheduler", "priority", "the lowest level first, those of one level in turn; aging_cycles keeps others alive"},
    {"os.scheduler", "mlfq",
     "tasks that use up their slices go to levels that wait longer; boost_cycles brings them back"},
    {"os.scheduler", "sjf", "the task with the least work first, to its end"},
    {"os.scheduler", "lottery", "drawn at random each quantum, with as many tickets as the task's weight"},
    {"os.scheduler", "fair", "whoever has had least of its share, by weight"},
    {"os.scheduler", "gang", "the groups of os.workload in turn, each on all CPUs at once; others fill the gaps"},
    {"os.scheduler", "mine", "one of your own, linked with the kernel by ./lab"},
    {"os.balance", "steal", "an idle CPU takes a task out of another's queue"},
    {"os.balance", "none", "a task stays with the CPU that it was dealt to"},
    {"os.balance", "push", "a CPU with tasks waiting gives them to idle ones"},
    {"os.balance", "global", "all CPUs share one queue"},
    {"os.workload.kind", "batch", "independent computations, some of them on more data than the cache holds"},
    {"os.workload.kind", "contend", "tasks that fight for locks"},
    {"os.workload.kind", "server", "tasks that answer requests, which arrive by themselves"},
    {"os.workload.kind", "interactive", "tasks that work a little and sleep, again and again"},
    {"os.workload.kind", "share", "tasks that count in memory that they share"},
    {"os.workload.kind", "stencil", "threads that step a grid of doubles and meet after each step"},
    {"os.workload.kind", "matmul", "threads that multiply matrices, some rows of them one alone"},
    {"os.workload.kind", "mapreduce", "threads that count words and then add up what all have counted"},
    {"os.workload.kind", "pipeline", "threads that hand items from stage to stage through small buffers"},
    {"os.workload.kind", "philosophers", "tasks that each need both of the forks beside them"},
    {"os.workload.kind", "selftest", "threads that check what the kernel promises them"},
    {"os.workload.kind", "echo", "tasks that print each line that is typed, with interrupts of the UART"},
#define MODEL(id, name, takes, needs, flags, was_to, did, happens, ends, help) {"faults.*.model", name, help},
    HB_FAULT_MODELS(MODEL)
#undef MODEL
        {"machine.l1d.replacement", "lru", "the line that was used least recently"},
    {"machine.l1d.replacement", "plru", "roughly that line, found by a tree of bits"},
    {"machine.l1d.replacement", "fifo", "the line that has been there longest"},
    {"machine.l1d.replacement", "random", "a random line, all with the same chance"},
};

#define ABOUTS (sizeof abouts / sizeof abouts[0])

const char *hb_key_about_name(const char *path, const char *name) {
    for (size_t i = 0; i < ABOUTS; i++)
        if (strcmp(abouts[i].path, path) == 0 && strcmp(abouts[i].name, name) == 0)
            return abouts[i].text;
    return NULL;
}

bool hb_key_about_at(size_t n, const char **path, const char **name) {
    if (n >= ABOUTS)
        return false;
    *path = abouts[n].path;
    *name = abouts[n].name;
    return true;
}

/* ---- Values ---------------------------------------------------------------------------------------------------- */

const char *hb_key_type_name(enum hb_key_type type) {
    static const char *const names[] = {
        [HB_KEY_GROUP] = "group",    [HB_KEY_LIST] = "list",     [HB_KEY_GROUPS] = "groups",
        [HB_KEY_INTEGER] = "number", [HB_KEY_SIZE] = "size",     [HB_KEY_BOOL] = "bool",
        [HB_KEY_STRING] = "text",    [HB_KEY_NUMBERS] = "list",  [HB_KEY_STRINGS] = "list",
        [HB_KEY_ENUM] = "name",      [HB_KEY_PROTOCOL] = "name", [HB_KEY_GRANTS] = "list",
        [HB_KEY_NUMBERED] = "name",  [HB_KEY_HARTS] = "number",  [HB_KEY_VARIANTS] = "object",
        [HB_KEY_EXPECT] = "list",    [HB_KEY_VALUE] = "value",   [HB_KEY_WEIBULL] = "list",
    };
    return names[type];
}

void hb_key_write_number(FILE *out, const struct hb_key *key, uint64_t number) {
    static const char *const units[] = {"", "KiB", "MiB", "GiB"};
    unsigned unit = 0;
    for (; key->type == HB_KEY_SIZE && number > 0 && number % 1024 == 0 && unit < 3; unit++)
        number /= 1024;
    fprintf(out, "%" PRIu64 "%s", number, units[unit]);
}

static void write_range(FILE *out, const struct hb_key *key) {
    hb_key_write_number(out, key, key->minimum);
    if (key->maximum == HB_KEY_INTEGER_MAX) {
        fputs(" or more", out);
    } else {
        fputs(" to ", out);
        hb_key_write_number(out, key, key->maximum);
    }
    if (key->unit && key->type != HB_KEY_SIZE)
        fprintf(out, " %s", key->unit);
    if (key->power_of_two)
        fputs(", a power of two", out);
}

static void write_names(FILE *out, const struct hb_key *key, bool built, const char *quote) {
    const char *comma = "";
    for (const struct hb_key_name *name = key->names; name->name; name++)
        if (name->built == built) {
            fprintf(out, "%s%s%s%s", comma, quote, name->name, quote);
            comma = ", ";
        }
}

static bool has_names(const struct hb_key *key, bool built) {
    for (const struct hb_key_name *name = key->names; name && name->name; name++)
        if (name->built == built)
            return true;
    return false;
}

void hb_key_write_values(FILE *out, const struct hb_key *key, const char *quote) {
    switch (key->type) {
    case HB_KEY_INTEGER:
    case HB_KEY_SIZE: write_range(out, key); break;
    case HB_KEY_VALUE: fputs("as its key", out); break;
    case HB_KEY_HARTS: write_range(out, key), fputs(", or a list of blocks", out); break;
    case HB_KEY_BOOL: fprintf(out, "%strue%s, %sfalse%s", quote, quote, quote, quote); break;
    case HB_KEY_STRING: fputs("a string", out); break;
    case HB_KEY_STRINGS: fputs("a list of strings", out); break;
    case HB_KEY_NUMBERS: fprintf(out, "a list of numbers, %" PRIu64 " to %" PRIu64, key->minimum, key->maximum); break;
    case HB_KEY_WEIBULL: fputs("[scale in cycles, shape]", out); break;
    case HB_KEY_NUMBERED:
    case HB_KEY_ENUM: write_names(out, key, true, quote); break;
    case HB_KEY_GRANTS: fprintf(out, "a list of numbers, 0 to %" PRIu64 ", or the path of a file", key->maximum); break;
    case HB_KEY_PROTOCOL: write_names(out, key, true, quote), fputs(", or the path of a JSON file", out); break;
    default: fputs("see below", out); break;
    }
    if (!has_names(key, false))
        return;
    fputs(has_names(key, true) ? "; not built yet: " : "not built yet: ", out);
    write_names(out, key, false, quote);
}
