/* Memory traces: reading the three formats, and what playing them gives, against numbers worked out on paper.
 *
 * The timing of the default bus: a request that is posted in cycle c is granted in c + 1; the address phase ends 2
 * cycles later; 40 cycles of memory (4 of another cache) and 8 of data (64 bytes, 8 a cycle; 2 with lines of 16)
 * follow. So a read that misses takes 1 + 2 + 40 + 8 = 51 cycles and one of its own.
 */
#include "bus/shared/watch.h"
#include "sim/engine/run.h"
#include "sim/machine/mem_trace.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "tests/unit/guest.h"

#define FILES_MAX 4
#define RAM_BYTES (16u << 20)

/* ---- Files ----------------------------------------------------------------------------------------------------- */

static char path[FILES_MAX][HB_PATH_BYTES];
static const char *paths[FILES_MAX];

static void write_bytes(uint32_t i, const char *name, const char *text, size_t n) {
    ck_assert_int_lt(snprintf(path[i], sizeof path[i], "%s/%s", guest_folder(), name), HB_PATH_BYTES);
    FILE *file = fopen(path[i], "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, n, file), n);
    ck_assert_int_eq(fclose(file), 0);
    paths[i] = path[i];
}

static void write_text(uint32_t i, const char *name, const char *text) {
    write_bytes(i, name, text, strlen(text));
}

static struct hb_mem_trace *read_files(uint32_t n) {
    struct hb_error error = {.text = ""};
    struct hb_mem_trace *trace = hb_mem_trace_read(paths, n, HB_MEM_FORMAT_BY_SUFFIX, RAM_BYTES, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    return trace;
}

static void check_records(const char *name, const char *text, const uint64_t *expected, uint64_t n) {
    write_text(0, name, text);
    struct hb_mem_trace *trace = read_files(1);
    ck_assert_uint_eq(trace->file[0].records, n);
    for (uint64_t i = 0; i < n; i++)
        ck_assert_msg(trace->file[0].record[i] == expected[i], "%s: record %u", name, (unsigned)i);
    hb_mem_trace_free(trace);
}

START_TEST(reads_din) {
    static const uint64_t expected[] = {HB_MEM_FETCH, HB_MEM_READ | 0x1000 << 2, HB_MEM_WRITE | 0xf60888 << 2,
                                        HB_MEM_READ | 0x1008 << 2};
    check_records("a.din",
                  "2 0 This is an instruction fetch at hex address 0.\n0 1000\n\n1 70f60888\r\n\t0 0x100B and more\n",
                  expected, 4);
}
END_TEST

START_TEST(reads_smpcache) {
    static const uint64_t expected[] = {HB_MEM_FETCH | 0x1c04 << 2, HB_MEM_READ | 0x10 << 2, HB_MEM_WRITE | 0x10 << 2};
    check_records("HYDRO.PRG", "0 00001c07\r\n2 10\r\n3 10\r\n", expected, 3);
    check_records("a.trc", "0 00001c07\n2 10\n3 10\n\n", expected, 3);
}
END_TEST

START_TEST(reads_parsec) {
    static const uint64_t expected[] = {HB_MEM_READ | 0x817b08 << 2, HB_MEM_COMPUTE | 12 << 2,
                                        HB_MEM_WRITE | 0x817af8 << 2, HB_MEM_COMPUTE | 9 << 2};
    check_records("bodytrack_0.data", "0 0x817b08\n2 0xc\n1 0x817af8\n2 9\n2 0x0\n", expected, 4);
}
END_TEST

START_TEST(is_told_the_format) {
    struct hb_error error = {.text = ""};
    write_text(0, "a.txt", "0 10\n");
    enum hb_mem_format format;
    ck_assert(!hb_mem_format_find("dinero", &format));
    ck_assert(hb_mem_format_find("smpcache", &format));
    struct hb_mem_trace *trace = hb_mem_trace_read(paths, 1, format, RAM_BYTES, &error);
    ck_assert_msg(trace != NULL, "%s", error.text);
    ck_assert_uint_eq(trace->file[0].record[0], HB_MEM_FETCH | 0x10 << 2);
    hb_mem_trace_free(trace);
}
END_TEST

START_TEST(folds_addresses) {
    ck_assert_uint_eq(hb_mem_fold(0x80000123, 16 << 20), 0x123); /* in RAM already */
    ck_assert_uint_eq(hb_mem_fold(0x81ffffff, 16 << 20), 0xffffff);
    ck_assert_uint_eq(hb_mem_fold(0xbffff123, 16 << 20), 0xfff123);
    ck_assert_uint_eq(hb_mem_fold(0x7ffe12345678abcd, 16 << 20), 0x78abcd);
    ck_assert_uint_eq(hb_mem_fold(0x80b00000, 12 << 20), 0x300000); /* 8 MiB of it are used */
    ck_assert_uint_eq(hb_mem_fold(0xffffffff, 4ull << 30), 0xffffffff);
    ck_assert_uint_eq(hb_mem_fold(0x1bfff0000, 4ull << 30), 0xbfff0000);
    ck_assert_uint_eq(hb_mem_fold(0x1234, 4ull << 30), 0x1234);
}
END_TEST

START_TEST(counts_pages_that_fall_together) {
    write_text(0, "a.din", "0 1000\n0 1ffc\n0 2000\n");
    write_text(1, "b.din", "1 1000\n1 7001000\n1 7001000\n1 1000\n1 3000\n");
    struct hb_mem_trace *trace = read_files(2);
    ck_assert_uint_eq(trace->pages, 3);
    ck_assert_uint_eq(trace->pages_shared, 1);
    hb_mem_trace_free(trace);
}
END_TEST

/* ---- What is refused ------------------------------------------------------------------------------------------- */

static void check_refused(const char *name, const char *text, size_t n, const char *wanted) {
    struct hb_error error = {.text = ""};
    write_bytes(0, name, text, n);
    struct hb_mem_trace *trace = hb_mem_trace_read(paths, 1, HB_MEM_FORMAT_BY_SUFFIX, RAM_BYTES, &error);
    ck_assert_msg(trace == NULL, "%s: %s", name, text);
    ck_assert_msg(strstr(error.text, wanted) != NULL, "%s\nwanted: %s", error.text, wanted);
    ck_assert_msg(strchr(error.text, '\n') == NULL, "%s", error.text);
}

START_TEST(refuses_what_is_wrong) {
    static const struct {
        const char *name, *text, *wanted;
    } wrong[] = {
        {"a.din", "0 10\n0 2", "a.din:2: the file ends in the middle of a line: is it cut?"},
        {"a.din", "0 10\n0\n", "a.din:2: the value after the label is missing"},
        {"a.din", "0 10\n1 20\n3 10\n", "a.din:3: \"3\" is not a label of the format din (0 read, 1 write, 2 fetch)"},
        {"a.din", "10 10\n", "a.din:1: \"10\" is not a label"},
        {"a.din", "r 10\n", "a.din:1: \"r\" is not a label"},
        {"a.din", "0 10g\n", "a.din:1: \"10g\" is not a hexadecimal address"},
        {"a.din", "0 0x\n", "a.din:1: \"0x\" is not a hexadecimal address"},
        {"a.din", "0 -1\n", "a.din:1: \"-1\" is not a hexadecimal address"},
        {"a.din", "0 10000000000000000\n", "a.din:1: \"10000000000000000\" is not a hexadecimal address"},
        {"a.din", "", "a.din: has no accesses"},
        {"a.din", "\n\n", "a.din: has no accesses"},
        {"a.prg", "1 10\n", "a.prg:1: \"1\" is not a label of the format smpcache (0 fetch, 2 read, 3 write)"},
        {"a.prg", "2 10 20\n", "a.prg:1: the line has more than a label and a value"},
        {"a.data", "3 0x10\n", "a.data:1: \"3\" is not a label of the format parsec"},
        {"a.data", "0 0x10\n2 10\n", "a.data:2: \"10\" is not a hexadecimal number of cycles with 0x"},
        {"a.data", "2 0xffffffffffffffff\n", "a.data:1: \"0xffffffffffffffff\" are too many cycles"},
        {"a.txt", "0 10\n", "a.txt: the suffix names no format (.din: din;"},
        {"din", "0 10\n", "din: the suffix names no format"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check_refused(wrong[i].name, wrong[i].text, strlen(wrong[i].text), wrong[i].wanted);
}
END_TEST

START_TEST(refuses_what_is_no_text) {
    static char junk[4096] = "0 10\n";
    check_refused("a.din", junk, sizeof junk, "a.din:2: no text, or a line of more than 1,022 characters");
    memset(junk + 5, '7', sizeof junk - 5);
    check_refused("a.din", junk, sizeof junk, "a.din:2: no text, or a line of more than 1,022 characters");
}
END_TEST

START_TEST(refuses_what_is_not_there) {
    struct hb_error error = {.text = ""};
    paths[0] = "/nowhere/a.din";
    ck_assert_ptr_null(hb_mem_trace_read(paths, 1, HB_MEM_FORMAT_BY_SUFFIX, RAM_BYTES, &error));
    ck_assert_str_eq(error.text, "/nowhere/a.din: cannot be read: No such file or directory");
    snprintf(path[0], sizeof path[0], "%s", guest_folder());
    paths[0] = path[0];
    ck_assert_ptr_null(hb_mem_trace_read(paths, 1, HB_MEM_FORMAT_DIN, RAM_BYTES, &error));
    ck_assert_msg(strstr(error.text, "cannot be read: Is a directory") != NULL, "%s", error.text);
}
END_TEST

/* ---- Playing --------------------------------------------------------------------------------------------------- */

static struct hb_config config;
static struct hb_mem_trace *trace;
static struct hb_machine *machine;

/* Transactions as they finish: "BusRd 0 memory; BusUpgr 2 -; ...", with the hart, and the cache that supplied. */
static char story[512];

static void tell(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    (void)context, (void)bus, (void)now;
    size_t used = strlen(story);
    bool moves = t->kind == HB_TXN_READ || t->kind == HB_TXN_READ_X;
    char supplier[16];
    snprintf(supplier, sizeof supplier, t->supplier == HB_NO_AGENT ? "memory" : "hart %u", t->supplier / 2u);
    snprintf(story + used, sizeof story - used, "%s %u %s; ", hb_txn_name(t->kind), t->port, moves ? supplier : "-");
}

static struct hb_watcher watcher = {.bus.finished = tell};

/* A machine for files 0 .. n - 1, with data caches of `lines` lines of `line_bytes`. */
static void prepare(uint32_t n, uint32_t lines, uint32_t ways, uint32_t line_bytes) {
    guest_config(&config, "", n);
    config.memory.size_bytes = RAM_BYTES;
    config.check_coherence = true;
    config.host_lookups = false;
    for (uint32_t h = 0; h < n; h++) {
        config.hart[h].l1d.size_bytes = lines * line_bytes;
        config.hart[h].l1d.ways = ways;
        config.hart[h].l1d.line_bytes = line_bytes;
        config.hart[h].l1i = config.hart[h].l1d;
    }
    trace = read_files(n);
    config.mem_trace = trace;
}

static struct hb_run_result *play(void) {
    machine = guest_machine(&config);
    story[0] = 0;
    hb_machine_watch_add(machine, &watcher);
    hb_machine_run(machine, UINT64_MAX);
    struct hb_run_result *result = hb_result_gather(machine);
    ck_assert_msg(!result->violation.found, "%s", result->violation.what);
    for (uint32_t h = 0; h < result->harts; h++) {
        const struct hb_hart_stats *hart = &result->hart[h];
        uint64_t all = hart->busy_cycles + hb_stats_stalled(hart) + hart->idle_cycles;
        if (hart->run_state != HB_HART_DEAD)
            ck_assert_uint_eq(all, result->cycles);
    }
    return result;
}

static void end(struct hb_run_result *result) {
    hb_result_free(result);
    hb_machine_destroy(machine);
    hb_mem_trace_free(trace);
}

static char letter(uint32_t hart, uint64_t address) {
    const struct hb_line *line = hb_cache_find(&machine->bus.l1d[hart], HB_RAM_BASE + address);
    return machine->bus.protocol->state[line ? line->state : 0].letter;
}

START_TEST(one_hart_by_hand) {
    /* cycle 0: miss, done in 51. 52: hit. 53: hit, E becomes M. 54: 0x100 takes the same place: the victim is written
     * back (granted 55, done 55 + 2 + 8 = 65), asked for again in 65, granted 66, done 66 + 2 + 40 + 8 = 116. 117: 0 is
     * asked for again, its victim is clean: done in 168. */
    write_text(0, "a.din", "0 0\n0 4\n1 8\n0 100\n0 0\n");
    prepare(1, 4, 1, 64);
    struct hb_run_result *result = play();
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(result->cycles, 169);
    ck_assert_uint_eq(result->l1d[0].accesses, 5);
    ck_assert_uint_eq(result->l1d[0].hits, 2);
    ck_assert_uint_eq(result->l1d[0].misses, 3);
    ck_assert_uint_eq(result->l1d[0].writebacks, 1);
    ck_assert_uint_eq(result->l1i[0].accesses, 0);
    ck_assert_uint_eq(result->hart[0].instructions, 5);
    ck_assert_uint_eq(result->hart[0].stalled_cycles[HB_STALL_LOAD], 51 + 11 + 51 + 51);
    ck_assert_uint_eq(result->hart[0].run_state, HB_HART_STOPPED);
    ck_assert_uint_eq(result->bus.transactions[HB_TXN_READ], 3);
    ck_assert_uint_eq(result->bus.transactions[HB_TXN_WRITE_BACK], 1);
    ck_assert_uint_eq(result->bus.busy_cycles, 3 * 50 + 10);
    ck_assert_uint_eq(machine->ram.bytes[8], 3); /* the third access wrote its number */
    end(result);
}
END_TEST

START_TEST(slow_hits_and_computations_take_their_time) {
    /* 0: fetch, done in 51, 1 more for the slow L1I: 53. 53 .. 57: five cycles of computation. 58: load, done in 109, 3
     * more: 113. 113: hit, 114 .. 116. */
    write_text(0, "a.prg", "0 0\n");
    write_text(1, "a.data", "2 0x5\n0 0x1000\n0 0x1004\n");
    prepare(2, 4, 1, 64);
    config.hart[0].l1i.hit_cycles = 2;
    config.hart[1].l1d.hit_cycles = 4;
    struct hb_run_result *result = play();
    /* Hart 0's fetch holds the bus from 1 to 51; hart 1 asks in cycle 5 and is granted in 51: done in 101. */
    ck_assert_uint_eq(result->hart[0].stalled_cycles[HB_STALL_FETCH], 51);
    ck_assert_uint_eq(result->hart[0].stalled_cycles[HB_STALL_HIT], 1);
    ck_assert_uint_eq(result->hart[1].instructions, 7);
    ck_assert_uint_eq(result->hart[1].stalled_cycles[HB_STALL_LOAD], 96);
    ck_assert_uint_eq(result->hart[1].stalled_cycles[HB_STALL_HIT], 6);
    ck_assert_uint_eq(result->cycles, 5 + 96 + 4 + 4);
    ck_assert_uint_eq(result->wait[1].cycles, 46);
    ck_assert_uint_eq(result->l1i[0].misses, 1);
    ck_assert_uint_eq(result->l1i[1].accesses, 0);
    end(result);
}
END_TEST

static uint64_t misses_of(uint32_t lines, uint32_t ways) {
    prepare(1, lines, ways, 16);
    struct hb_run_result *result = play();
    uint64_t misses = result->l1d[0].misses, accesses = result->l1d[0].accesses;
    end(result);
    return misses * 100 + accesses;
}

/* Patterson and Hennessy, Computer Organization and Design, 5th edition. Block n is at 16 n here. */
START_TEST(gives_the_textbook_misses) {
    /* Section 5.3, "Accessing a Cache": eight blocks, direct-mapped; 22, 26, 22, 26, 16, 3, 16, 18, 16 are miss, miss,
     * hit, hit, miss, miss, hit, miss, hit. */
    write_text(0, "a.din", "0 160\n0 1a0\n0 160\n0 1a0\n0 100\n0 30\n0 100\n0 120\n0 100\n");
    ck_assert_uint_eq(misses_of(8, 1), 509);
    /* Section 5.4, "Misses and Associativity in Caches": four blocks; 0, 8, 0, 6, 8 miss five times direct-mapped, four
     * times in a two-way and three times in a fully associative cache. */
    write_text(0, "a.din", "0 0\n0 80\n0 0\n0 60\n0 80\n");
    ck_assert_uint_eq(misses_of(4, 1), 505);
    ck_assert_uint_eq(misses_of(4, 2), 405);
    ck_assert_uint_eq(misses_of(4, 4), 305);
}
END_TEST

/* Culler, Singh and Gupta, Parallel Computer Architecture, 1999, section 5.3: P1 reads u, P3 reads u, P3 writes u, P1
 * reads u, P2 reads u. The book's MSI has BusRdX for the write and names BusUpgr as what real machines do. */
static void play_culler(enum hb_protocol_id protocol) {
    write_text(0, "a.data", "0 0x40\n2 0x200\n0 0x40\n");
    write_text(1, "b.data", "2 0x300\n0 0x40\n");
    write_text(2, "c.data", "2 0x64\n0 0x40\n1 0x40\n");
    prepare(3, 4, 1, 64);
    config.bus.protocol = (uint8_t)protocol;
}

START_TEST(gives_the_textbook_transactions) {
    static const struct {
        enum hb_protocol_id protocol;
        const char *story, *states;
    } expected[] = {
        {HB_PROTOCOL_MSI, "BusRd 0 memory; BusRd 2 memory; BusUpgr 2 -; BusRd 0 hart 2; BusRd 1 memory; ", "SSS"},
        {HB_PROTOCOL_MOESI, "BusRd 0 memory; BusRd 2 memory; BusUpgr 2 -; BusRd 0 hart 2; BusRd 1 hart 2; ", "SSO"},
        {HB_PROTOCOL_BERKELEY, "BusRd 0 memory; BusRd 2 memory; BusUpgr 2 -; BusRd 0 hart 2; BusRd 1 hart 2; ", "VVN"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        play_culler(expected[i].protocol);
        struct hb_run_result *result = play();
        char states[] = {letter(0, 0x40), letter(1, 0x40), letter(2, 0x40), 0};
        ck_assert_str_eq(story, expected[i].story);
        ck_assert_str_eq(states, expected[i].states);
        end(result);
    }
}
END_TEST

START_TEST(false_sharing_by_hand) {
    /* Hart 0 writes word 0 and hart 1 word 1 of one line, each three times and far apart in time: every write is a miss
     * that the other's cache supplies; in lines of 16 bytes the same words at 0 and 16 miss once each. */
    static const char *const far = "1 0x0\n2 0x100\n1 0x0\n2 0x100\n1 0x0\n";
    write_text(0, "a.data", far);
    write_text(1, "b.data", "2 0x80\n1 0x4\n2 0x100\n1 0x4\n2 0x100\n1 0x4\n");
    prepare(2, 4, 1, 64);
    config.stats.lines = 1;
    struct hb_run_result *result = play();
    ck_assert_uint_eq(result->l1d[0].misses, 3);
    ck_assert_uint_eq(result->l1d[1].misses, 3);
    ck_assert_uint_eq(result->measured->misses[hb_agent_l1d(0)][HB_MISS_FALSE_SHARING], 2);
    ck_assert_uint_eq(result->measured->misses[hb_agent_l1d(1)][HB_MISS_FALSE_SHARING], 2);
    ck_assert(result->measured->lines == 1 && result->measured->line[0].false_sharing);
    ck_assert_str_eq(result->measured->line[0].hart[1].symbol, ""); /* a trace comes from no place in a program */
    ck_assert_uint_eq(result->l1d[0].invalidations_received, 3);
    ck_assert_uint_eq(result->l1d[1].invalidations_received, 2);
    ck_assert_uint_eq(result->bus.transactions[HB_TXN_READ_X], 6);
    ck_assert_str_eq(story, "BusRdX 0 memory; BusRdX 1 hart 0; BusRdX 0 hart 1; BusRdX 1 hart 0; BusRdX 0 hart 1; "
                            "BusRdX 1 hart 0; ");
    end(result);
    write_text(1, "b.data", "2 0x80\n1 0x10\n2 0x100\n1 0x10\n2 0x100\n1 0x10\n");
    prepare(2, 4, 1, 16);
    result = play();
    ck_assert_uint_eq(result->l1d[0].misses + result->l1d[1].misses, 2);
    ck_assert_uint_eq(result->l1d[0].hits + result->l1d[1].hits, 4);
    end(result);
}
END_TEST

START_TEST(harts_without_a_file_are_stopped) {
    write_text(0, "a.din", "0 0\n0 0\n");
    prepare(1, 4, 1, 64);
    config.harts = 3;
    struct hb_run_result *result = play();
    ck_assert_uint_eq(result->harts, 3);
    ck_assert_uint_eq(result->cycles, 53);
    ck_assert_uint_eq(result->hart[2].instructions, 0);
    ck_assert_uint_eq(result->hart[2].idle_cycles, 53);
    end(result);
}
END_TEST

START_TEST(a_kill_ends_a_trace) {
    write_text(0, "a.din", "0 0\n0 40\n0 80\n");
    write_text(1, "b.din", "0 1000\n0 1040\n0 1080\n");
    prepare(2, 4, 1, 64);
    config.n_faults = 1;
    config.faults[0] = (struct hb_fault_config){.hart = 1, .trigger = HB_TRIGGER_CYCLE, .cycle = 120, .count = 1};
    struct hb_run_result *result = play();
    ck_assert_uint_eq(result->outcome, HB_OUTCOME_PASSED);
    ck_assert_uint_eq(result->hart[1].run_state, HB_HART_DEAD);
    ck_assert_uint_eq(result->hart[0].instructions, 3);
    ck_assert_uint_eq(result->hart[1].instructions, 1);
    end(result);
}
END_TEST

/* ---- Many accesses --------------------------------------------------------------------------------------------- */

static void write_random(uint32_t i, const char *name, uint32_t n) {
    static char text[1 << 16];
    size_t used = 0;
    uint64_t state = i + 1;
    for (uint32_t k = 0; k < n; k++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        uint32_t label = state >> 60 & 1, word = state >> 40 & 127;
        used += (size_t)snprintf(text + used, sizeof text - used, "%u 0x%x\n", label, word * 4);
        if (state >> 58 & 1)
            used += (size_t)snprintf(text + used, sizeof text - used, "2 0x%x\n", (unsigned)(state >> 32 & 15));
    }
    write_text(i, name, text);
}

static void prepare_random(void) {
    write_random(0, "a.data", 900);
    write_random(1, "b.data", 900);
    write_random(2, "c.data", 900);
    prepare(3, 4, 2, 32);
}

START_TEST(every_protocol_keeps_the_values) {
    for (int split = 0; split < 2; split++) {
        prepare_random();
        config.bus.protocol = (uint8_t)_i;
        config.bus.split = (uint8_t)split;
        config.bus.outstanding = 4;
        for (uint32_t h = 0; h < config.harts; h++)
            config.hart[h].l1d.write_through = _i == HB_PROTOCOL_VI;
        struct hb_run_result *result = play();
        ck_assert_uint_eq(result->outcome, HB_OUTCOME_PASSED);
        for (uint32_t h = 0; h < 3; h++)
            ck_assert_uint_eq(result->l1d[h].accesses, 900);
        end(result);
    }
}
END_TEST

START_TEST(stores_wait_in_a_buffer) {
    /* Two writes that miss go into the buffer in cycles 0 and 1, and the read of the first in 2 is served from it. The
     * trace is over when both are performed: the first may be from cycle 1 on, is posted then, granted in 2, done in
     * 52; the second is posted in 52 and done in 103. */
    write_text(0, "a.din", "1 0\n1 40\n0 0\n");
    prepare(1, 4, 1, 64);
    config.bus.store_depth = 2;
    struct hb_run_result *result = play();
    ck_assert_uint_eq(result->hart[0].instructions, 3);
    ck_assert_uint_eq(result->bus.transactions[HB_TXN_READ_X], 2);
    ck_assert_uint_eq(result->cycles, 103);
    ck_assert_uint_eq(result->hart[0].stalled_cycles[HB_STALL_STORE], 100);
    end(result);
}
END_TEST

START_TEST(every_store_buffer_keeps_the_values) {
    for (uint8_t order = HB_STORES_FIFO; order <= (uint8_t)HB_STORES_ANY; order++) {
        prepare_random();
        config.bus.store_depth = 4;
        config.bus.store_order = order;
        struct hb_run_result *result = play();
        ck_assert_uint_eq(result->outcome, HB_OUTCOME_PASSED);
        end(result);
    }
}
END_TEST

START_TEST(slices_and_order_make_no_difference) {
    prepare_random();
    struct hb_run_result *result = play();
    uint64_t hash = result->state_hash, cycles = result->cycles;
    hb_result_free(result);
    hb_machine_destroy(machine);
    machine = guest_machine(&config);
    for (uint32_t h = 0; h < 3; h++)
        machine->order[h] = (uint8_t)(2 - h);
    while (machine->saved->outcome == HB_OUTCOME_RUNNING)
        hb_machine_run(machine, machine->saved->cycle + 1);
    ck_assert_uint_eq(machine->saved->cycle, cycles);
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    hb_machine_destroy(machine);
    hb_mem_trace_free(trace);
}
END_TEST

START_TEST(a_limit_cuts_anywhere) {
    for (uint64_t limit = 1; limit < 400; limit += 7) {
        prepare_random();
        config.stop_cycles = limit;
        struct hb_run_result *result = play(); /* which adds busy, stalled and idle up */
        ck_assert_uint_eq(result->outcome, HB_OUTCOME_LIMIT);
        ck_assert_uint_eq(result->cycles, limit);
        end(result);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("mem_trace");
    TCase *tcase = tcase_create("read");
    guest_folder();
    tcase_add_test(tcase, reads_din);
    tcase_add_test(tcase, reads_smpcache);
    tcase_add_test(tcase, reads_parsec);
    tcase_add_test(tcase, is_told_the_format);
    tcase_add_test(tcase, folds_addresses);
    tcase_add_test(tcase, counts_pages_that_fall_together);
    tcase_add_test(tcase, refuses_what_is_wrong);
    tcase_add_test(tcase, refuses_what_is_no_text);
    tcase_add_test(tcase, refuses_what_is_not_there);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("play");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, one_hart_by_hand);
    tcase_add_test(tcase, slow_hits_and_computations_take_their_time);
    tcase_add_test(tcase, gives_the_textbook_misses);
    tcase_add_test(tcase, gives_the_textbook_transactions);
    tcase_add_test(tcase, false_sharing_by_hand);
    tcase_add_test(tcase, harts_without_a_file_are_stopped);
    tcase_add_test(tcase, a_kill_ends_a_trace);
    tcase_add_loop_test(tcase, every_protocol_keeps_the_values, 0, HB_PROTOCOL_NONE);
    tcase_add_test(tcase, stores_wait_in_a_buffer);
    tcase_add_test(tcase, every_store_buffer_keeps_the_values);
    tcase_add_test(tcase, slices_and_order_make_no_difference);
    tcase_add_test(tcase, a_limit_cuts_anywhere);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
