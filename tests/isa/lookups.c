/* What is derived changes nothing: a machine that looks accesses up, keeps decoded lines and so on, ends every stretch
 * in the state of one that takes the slow way, which is the definition.
 *
 *     isa_lookups random FIRST LAST     programs made from these seeds, each on a machine of its own make
 *     isa_lookups elf FILE [SEED]       a bare-metal program, on one hart and on two
 *
 * Six machines run each program from one random cycle to the next, and there all must have the same hash:
 *
 *     slow         without host lookups, by lockstep
 *     fast         with them, by the fast engine, as are those that follow
 *     interpreted  and with nothing translated
 *     restored     with them; at every stop it is taken back to a snapshot, from which it has run on for a while
 *     committed    with every instruction looked at, as --log-commits does
 *     changing     with lookups that are switched on and off, as traces do
 *
 * A random program does what drops something derived: it writes PMP entries that match a part of a line, page tables,
 * satp, MPRV, SUM and MXR; it changes its own code, and what other harts execute; it changes modes. Traps are taken by
 * a handler that goes on after the instruction, and after a fetch that failed begins again in M mode.
 */
#include <inttypes.h>

#include "memory/hash.h"
#include "sim/engine/run.h"
#include "sim/machine/snapshot.h"
#include "sim/machine/state_hash.h"
#include "tests/unit/cpu/cpu_rig.h"

#define STOPS     24
#define CYCLES    6000
#define WORDS     160
#define TABLES    (RAM + 0x10000) /* a root, then the tables of 1 GiB, of 2 MiB; the same again for another satp */
#define ALIAS     0x100000u       /* RAM is mapped twice, with other rights */
#define PMP_USED  4
#define ALL_RIGHT 0x1f

enum way { SLOW, FAST, INTERPRETED, RESTORED, COMMITTED, CHANGING, WAYS };

static const char *const way_names[] = {"slow", "fast", "interpreted", "restored", "committed", "changing"};

/* ---- Choices --------------------------------------------------------------------------------------------------- */

struct dice {
    uint64_t seed, drawn;
};

static uint64_t draw(struct dice *dice, uint64_t below) {
    return hb_choice(dice->seed, 11, dice->drawn++) % below;
}

static bool chance(struct dice *dice, uint32_t percent) {
    return draw(dice, 100) < percent;
}

#define PICK(dice, ...)                                                                                                \
    ((const uint64_t[]){__VA_ARGS__})[draw(dice, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))]

/* ---- Random programs ------------------------------------------------------------------------------------------- */

/* Registers of a program. Those from RD to RD + 4 hold anything; the handler writes TRAP and TRAP + 1. */
enum {
    RD = 5,
    BASE = 10,    /* of data: addresses as they are, of the alias, near the end of a page, near the end of the next */
    CODE_AT = 14, /* the middle of the program */
    ENTRY = 15,   /* page-table entries of the data */
    PTE = 16,     /* three values for them */
    WORD = 19,    /* two instructions */
    PMP = 21,     /* three addresses and a configuration */
    SATP = 25,    /* two tables */
    START = 28,   /* where to go on after a fetch that failed */
    MODE = 29,    /* bits of MPP */
    TRAP = 30,
};

struct program {
    struct dice dice;
    uint8_t bytes[4 * WORDS + 8];
    uint32_t n;
};

static void put_bytes(struct program *p, uint32_t bits, uint32_t bytes) {
    if (p->n + bytes <= 4 * WORDS + 8)
        memcpy(p->bytes + p->n, &bits, bytes);
    p->n += bytes;
}

static void put(struct program *p, uint32_t bits) {
    put_bytes(p, bits, 4);
}

static uint32_t any(struct program *p) {
    return RD + (uint32_t)draw(&p->dice, 5);
}

static uint32_t base(struct program *p) {
    return BASE + (uint32_t)draw(&p->dice, 4);
}

static int32_t offset(struct program *p) {
    int32_t near = (int32_t)draw(&p->dice, chance(&p->dice, 30) ? 160 : 40) - 16;
    return chance(&p->dice, 70) ? near & ~7 : near;
}

static void load(struct program *p) {
    static const uint16_t codes[] = {HB_OP_LB, HB_OP_LHU, HB_OP_LW, HB_OP_LD, HB_OP_LD};
    put(p, op_i(codes[draw(&p->dice, 5)], any(p), base(p), offset(p)));
}

static void store(struct program *p) {
    static const uint16_t codes[] = {HB_OP_SB, HB_OP_SH, HB_OP_SW, HB_OP_SD, HB_OP_SD};
    put(p, op_s(codes[draw(&p->dice, 5)], base(p), any(p), offset(p)));
}

static void compute(struct program *p) {
    static const uint16_t codes[] = {HB_OP_ADD, HB_OP_XOR, HB_OP_MUL, HB_OP_SLTU};
    put(p, op_r(codes[draw(&p->dice, 4)], any(p), any(p), any(p)));
}

static void atomic(struct program *p) {
    static const uint16_t codes[] = {HB_OP_AMOADD_D, HB_OP_AMOSWAP_W, HB_OP_SC_D, HB_OP_CBO_CLEAN, HB_OP_CBO_INVAL};
    uint16_t code = codes[draw(&p->dice, 5)];
    bool block = code == HB_OP_CBO_CLEAN || code == HB_OP_CBO_INVAL;
    if (code == HB_OP_SC_D)
        put(p, op_r(HB_OP_LR_D, any(p), BASE, 0));
    put(p, block ? op_plain(code) | base(p) << 15 : op_r(code, any(p), base(p), any(p)));
}

/* An entry, or what entries say; the last entry always lets everything through. */
static void protect(struct program *p) {
    if (chance(&p->dice, 25)) {
        put(p, op_csr(HB_OP_CSRRW, 0, 0x3a0, PMP + 3));
        return;
    }
    uint32_t address = PMP + (uint32_t)draw(&p->dice, 3);
    if (chance(&p->dice, 50))
        put(p, op_i(HB_OP_ADDI, address, address, (int32_t)draw(&p->dice, 9) - 4));
    put(p, op_csr(HB_OP_CSRRW, 0, 0x3b0 + (uint32_t)draw(&p->dice, PMP_USED), address));
}

static void translate(struct program *p) {
    put(p, op_csr(HB_OP_CSRRW, 0, 0x180, chance(&p->dice, 30) ? 0 : SATP + (uint32_t)draw(&p->dice, 2)));
}

/* Often without the fence that ought to follow: then what the TLB still holds counts, and it is state. */
static void map(struct program *p) {
    put(p, op_s(HB_OP_SD, ENTRY, PTE + (uint32_t)draw(&p->dice, 3), 8 * (int32_t)draw(&p->dice, 4)));
    if (chance(&p->dice, 60))
        put(p, op_plain(HB_OP_SFENCE_VMA));
}

static void rewrite(struct program *p) {
    int32_t at = 4 * ((int32_t)draw(&p->dice, WORDS) - WORDS / 2);
    put(p, op_s(chance(&p->dice, 70) ? HB_OP_SW : HB_OP_SH, CODE_AT, WORD + (uint32_t)draw(&p->dice, 2), at));
    if (chance(&p->dice, 30))
        put(p, op_plain(HB_OP_FENCE_I));
}

/* MPRV, SUM, MXR; the last two by S mode as well. */
static void status(struct program *p) {
    uint32_t bits = (uint32_t)PICK(&p->dice, 0x20, 0x40, 0x40, 0x80, 0xc0);
    uint32_t number = bits != 0x20 && chance(&p->dice, 50) ? 0x100 : 0x300;
    put(p, hb_op_info(HB_OP_LUI)->match | TRAP << 7 | bits << 12);
    if (bits == 0x20 && chance(&p->dice, 60))
        put(p, op_csr(HB_OP_CSRRS, 0, 0x300, MODE)); /* MPP, which MPRV goes by */
    put(p, op_csr(chance(&p->dice, 60) ? HB_OP_CSRRS : HB_OP_CSRRC, 0, number, TRAP));
}

/* An access that hits, a change of what it depends on, and the same access again. */
static void change(struct program *p) {
    static void (*const changes[])(struct program *) = {protect, protect, protect, translate, map, status, status};
    uint64_t drawn = p->dice.drawn;
    void (*access)(struct program *) = chance(&p->dice, 60) ? load : store;
    access(p);
    changes[draw(&p->dice, sizeof changes / sizeof *changes)](p);
    uint64_t after = p->dice.drawn;
    p->dice.drawn = drawn + 1;
    access(p);
    p->dice.drawn = after;
}

/* On in another mode: below M the writes trap, and nothing changes. */
static void change_mode(struct program *p) {
    put(p, op_i(HB_OP_ADDI, TRAP, 0, -1));
    put(p, op_i(HB_OP_SRLI, TRAP, TRAP, 62));
    put(p, op_i(HB_OP_SLLI, TRAP, TRAP, 11));
    put(p, op_csr(HB_OP_CSRRC, 0, 0x300, TRAP));
    if (chance(&p->dice, 70))
        put(p, op_csr(HB_OP_CSRRS, 0, 0x300, MODE));
    put(p, hb_op_info(HB_OP_AUIPC)->match | TRAP << 7);
    put(p, op_i(HB_OP_ADDI, START, TRAP, 20));
    put(p, op_i(HB_OP_ADDI, TRAP, TRAP, 20));
    put(p, op_csr(HB_OP_CSRRW, 0, 0x341, TRAP));
    put(p, op_plain(HB_OP_MRET));
}

static void skip(struct program *p) {
    put(p, op_b(chance(&p->dice, 50) ? HB_OP_BEQ : HB_OP_BLTU, any(p), any(p), 8));
    compute(p);
}

static void call(struct program *p) {
    put(p, op_plain(chance(&p->dice, 70) ? HB_OP_ECALL : HB_OP_EBREAK));
}

/* From here on instructions stand across lines. */
static void shift(struct program *p) {
    put_bytes(p, 0x0001, 2);
}

static void item(struct program *p) {
    static const struct {
        void (*make)(struct program *);
        uint32_t weight;
    } kinds[] = {{change, 30}, {load, 15},   {store, 10}, {compute, 8},     {atomic, 5}, {protect, 2}, {translate, 1},
                 {map, 3},     {rewrite, 4}, {status, 2}, {change_mode, 4}, {skip, 4},   {call, 2},    {shift, 3}};
    uint32_t at = (uint32_t)draw(&p->dice, 93);
    for (uint32_t i = 0;; i++) {
        if (at < kinds[i].weight) {
            kinds[i].make(p);
            return;
        }
        at -= kinds[i].weight;
    }
}

static uint32_t op_jump(int32_t to) {
    uint32_t bits = (uint32_t)to;
    return hb_op_info(HB_OP_JAL)->match | (bits >> 20 & 1) << 31 | (bits >> 1 & 0x3ff) << 21 | (bits >> 11 & 1) << 20 |
           (bits & 0xff000);
}

static void make_program(struct program *p, uint64_t seed) {
    *p = (struct program){.dice = {.seed = seed}};
    while (p->n < 4 * (WORDS - 12))
        item(p);
    put(p, op_jump(-(int32_t)p->n));
}

static void make_handler(struct program *p) {
    *p = (struct program){0};
    put(p, op_csr(HB_OP_CSRRS, TRAP, 0x341, 0));
    put(p, op_i(HB_OP_ADDI, TRAP, TRAP, 4));
    put(p, op_csr(HB_OP_CSRRW, 0, 0x341, TRAP));
    put(p, op_csr(HB_OP_CSRRS, TRAP, 0x342, 0));
    put(p, op_i(HB_OP_ANDI, TRAP + 1, TRAP, ~1)); /* calls of U and S mode, 8 and 9: back to M mode */
    put(p, op_i(HB_OP_ADDI, TRAP + 1, TRAP + 1, -8));
    put(p, op_b(HB_OP_BEQ, TRAP + 1, 0, 20));
    put(p, op_i(HB_OP_ADDI, TRAP, TRAP, -1)); /* 1 and 12: a fetch */
    put(p, op_b(HB_OP_BEQ, TRAP, 0, 12));
    put(p, op_i(HB_OP_ADDI, TRAP, TRAP, -11));
    put(p, op_b(HB_OP_BNE, TRAP, 0, 24));
    put(p, op_i(HB_OP_ADDI, TRAP, 0, 3));
    put(p, op_i(HB_OP_SLLI, TRAP, TRAP, 11));
    put(p, op_csr(HB_OP_CSRRS, 0, 0x300, TRAP));
    put(p, op_b(HB_OP_BEQ, TRAP + 1, 0, 8));
    put(p, op_csr(HB_OP_CSRRW, 0, 0x341, START));
    put(p, op_plain(HB_OP_MRET));
}

/* ---- The machine ----------------------------------------------------------------------------------------------- */

static void configure(struct hb_config *config, uint64_t seed) {
    struct dice dice = {.seed = ~seed};
    config->harts = 1 + (uint32_t)draw(&dice, 3);
    config->bus.protocol = (uint8_t)draw(&dice, HB_PROTOCOL_NONE);
    config->bus.split = (uint8_t)draw(&dice, 2);
    config->bus.store_depth = chance(&dice, 15) ? 4 : 0;
    config->memory.latency_cycles = (uint32_t)PICK(&dice, 1, 4, 20);
    uint32_t line_bytes = (uint32_t)PICK(&dice, 16, 32, 64);
    if (chance(&dice, 30))
        config->l2 = (struct hb_cache_config){.line_bytes = line_bytes, .size_bytes = 32768, .ways = 8};
    for (uint32_t h = 0; h < config->harts; h++) {
        struct hb_hart_config *hart = &config->hart[h];
        hart->l1d.line_bytes = hart->l1i.line_bytes = line_bytes;
        hart->l1d.ways = 1 + (uint32_t)draw(&dice, 2);
        hart->l1i.ways = 1;
        hart->l1d.size_bytes = (uint32_t)PICK(&dice, 1024, 2048, 16384);
        hart->l1i.size_bytes = (uint32_t)PICK(&dice, 512, 4096);
    }
    if (config->bus.protocol == HB_PROTOCOL_VI || config->bus.protocol == HB_PROTOCOL_WRITE_ONCE)
        config->bus.store_depth = 0;
}

static uint64_t random_flags(struct dice *dice) {
    uint64_t flags = PICK(dice, 0xcf, 0xcf, 0xcf, 0xc7, 0xc9, 0xc3, draw(dice, 256) | 1);
    return chance(dice, 50) ? flags | 0x10 : flags;
}

static void put_tables(struct rig *rig, struct dice *dice) {
    static uint64_t table[512];
    for (uint64_t root = TABLES; root <= TABLES + 0x3000; root += 0x3000) {
        memset(table, 0, sizeof table);
        table[2] = (root + 0x1000) >> 2 | 1;
        rig_put(rig, root, table, sizeof table);
        table[2] = 0;
        table[0] = (root + 0x2000) >> 2 | 1;
        rig_put(rig, root + 0x1000, table, sizeof table);
        uint64_t user = root == TABLES ? 0 : 0x10;
        for (uint64_t i = 0; i < 512; i++)
            table[i] = (RAM >> 2) + ((i % 256) << 10) + (i < 3 || chance(dice, 40) ? 0xcf | user : random_flags(dice));
        rig_put(rig, root + 0x2000, table, sizeof table);
    }
}

/* Near what is accessed: single words, small ranges, and ends of large ones. */
static uint64_t random_pmp(const uint64_t *x, struct dice *dice) {
    uint64_t near = (x[BASE + draw(dice, 4)] & ~(uint64_t)ALIAS) + 4 * draw(dice, 20) - 16;
    return chance(dice, 60) ? near >> 2 : near >> 2 | ((1ull << draw(dice, 6)) - 1);
}

static uint64_t random_pmp_config(struct dice *dice) {
    uint64_t config = 0;
    for (uint32_t i = 0; i < PMP_USED; i++)
        config |= (PICK(dice, 0x08, 0x10, 0x18) | draw(dice, 8) | (chance(dice, 2) ? 0x80u : 0)) << (8 * i);
    return config | (uint64_t)ALL_RIGHT << 56;
}

static void set_registers(struct hb_hart *hart, uint64_t start, struct dice *dice) {
    uint64_t *x = hart->x;
    for (uint32_t i = RD; i < RD + 5; i++)
        x[i] = draw(dice, UINT64_MAX);
    x[BASE] = DATA + 0x40 * draw(dice, 8);
    x[BASE + 1] = DATA + ALIAS + 0x40 * draw(dice, 8);
    x[BASE + 2] = DATA + 0x1000 - 16 * draw(dice, 4);
    x[BASE + 3] = DATA + 0x2000 - 16 * draw(dice, 4) + (chance(dice, 50) ? ALIAS : 0);
    x[CODE_AT] = CODE + 2 * WORDS;
    x[ENTRY] = TABLES + 0x3000 * draw(dice, 2) + 0x2000 + 8 * 4 + (chance(dice, 50) ? 8 * 256 : 0);
    for (uint32_t i = PTE; i < PTE + 3; i++)
        x[i] = ((DATA + 0x1000 * draw(dice, 4)) >> 2) | random_flags(dice);
    x[WORD] = op_i(HB_OP_ADDI, RD, RD, (int32_t)draw(dice, 2048));
    x[WORD + 1] = op_r(HB_OP_XOR, RD + 1, RD, RD + 2);
    for (uint32_t i = PMP; i < PMP + 3; i++)
        x[i] = random_pmp(x, dice);
    x[PMP + 3] = random_pmp_config(dice);
    x[SATP] = 8ull << 60 | TABLES >> 12;
    x[SATP + 1] = 8ull << 60 | (TABLES + 0x3000) >> 12;
    x[START] = start;
    x[MODE] = PICK(dice, 0x800, 0x800, 0x1800);
    hart->menvcfg = 0x70;
    hart->senvcfg = 0x70;
    hart->pmp_address[7] = UINT64_MAX >> 10;
    hart->pmp_config[7] = ALL_RIGHT;
}

static uint64_t seed_now; /* for rig_make_with(), which hands nothing on */
static enum way way_now;

static void adjust(struct hb_config *config) {
    configure(config, seed_now);
    config->engine = way_now == INTERPRETED ? HB_ENGINE_FAST_INTERPRETED : HB_ENGINE_FAST;
    config->stop_cycles = UINT64_MAX;
}

static void make_random(struct rig *rig, uint64_t seed, enum way way) {
    static struct program program;
    struct dice dice = {.seed = hb_mix64(seed)};
    seed_now = seed;
    way_now = way;
    rig_make_with(rig, 1, way != SLOW, adjust);
    make_handler(&program);
    rig_put(rig, HANDLER, program.bytes, program.n);
    make_program(&program, seed);
    ck_assert_uint_le(program.n, sizeof program.bytes);
    rig_put(rig, CODE, program.bytes, program.n);
    put_tables(rig, &dice);
    for (uint32_t h = 0; h < rig->machine->bus.harts; h++) {
        struct hb_hart *hart = &rig->hart[h];
        set_registers(hart, CODE, &dice);
        hart->pc = CODE;
        hart->mtvec = HANDLER;
        hart->ready_at = h * 3;
    }
    hb_cores_drop_lookups(&rig->machine->cores);
}

/* ---- Ways ------------------------------------------------------------------------------------------------------ */

static void begin(struct hb_machine *machine, enum way way) {
    if (way != COMMITTED)
        return;
    static struct hb_watcher watcher = {.retired = true};
    machine->cores.log_commits = true;
    hb_machine_watch_add(machine, &watcher);
}

/* At cycle `now`, a stop. */
static void disturb(struct hb_machine *machine, enum way way, struct dice *dice) {
    if (way == RESTORED) {
        struct hb_snapshot *snapshot = hb_snapshot_take(machine);
        ck_assert_ptr_nonnull(snapshot);
        hb_machine_run(machine, machine->saved->cycle + draw(dice, 300));
        hb_snapshot_restore(machine, snapshot);
        hb_snapshot_free(snapshot);
    } else if (way == CHANGING) {
        machine->cores.host_lookups = !machine->cores.host_lookups;
        hb_cores_drop_lookups(&machine->cores);
    }
}

/* The hash at each stop. */
static void run_way(struct hb_machine *machine, enum way way, const uint64_t stop[STOPS], uint64_t hash[STOPS]) {
    struct dice dice = {.seed = stop[0]};
    begin(machine, way);
    for (uint32_t i = 0; i < STOPS; i++) {
        hb_machine_run(machine, stop[i]);
        hash[i] = hb_state_hash(machine);
        if (machine->saved->outcome == HB_OUTCOME_RUNNING)
            disturb(machine, way, &dice);
    }
}

static void choose_stops(uint64_t seed, uint64_t cycles, uint64_t stop[STOPS]) {
    struct dice dice = {.seed = seed * 3 + 1};
    for (uint32_t i = 0; i < STOPS; i++)
        stop[i] = (i ? stop[i - 1] : 0) + 1 + draw(&dice, 2 * cycles / STOPS);
}

static void check_equal(const char *name, uint64_t hash[WAYS][STOPS], const uint64_t stop[STOPS]) {
    for (uint32_t i = 0; i < STOPS; i++)
        for (uint32_t way = FAST; way < WAYS; way++)
            ck_assert_msg(hash[way][i] == hash[SLOW][i], "%s: %s and slow differ by cycle %d, and were equal in %d",
                          name, way_names[way], (int)stop[i], i ? (int)stop[i - 1] : 0);
}

static void run_random(uint64_t seed, uint64_t *instructions) {
    static uint64_t hash[WAYS][STOPS], stop[STOPS];
    char name[64];
    snprintf(name, sizeof name, "seed %" PRIu64, seed);
    choose_stops(seed, CYCLES, stop);
    for (uint32_t way = 0; way < WAYS; way++) {
        struct rig rig;
        make_random(&rig, seed, (enum way)way);
        run_way(rig.machine, (enum way)way, stop, hash[way]);
        for (uint32_t h = 0; way == FAST && h < rig.machine->bus.harts; h++)
            *instructions += rig.hart[h].instructions;
        rig_free(&rig);
    }
    check_equal(name, hash, stop);
}

/* ---- Programs out of files ------------------------------------------------------------------------------------- */

static struct hb_machine *machine_for(const char *path, uint32_t harts, enum way way) {
    static struct hb_config config;
    struct hb_error error = {""};
    hb_config_defaults(&config);
    snprintf(config.image, sizeof config.image, "%s", path);
    config.harts = harts;
    config.engine = way == INTERPRETED ? HB_ENGINE_FAST_INTERPRETED : HB_ENGINE_FAST;
    config.host_lookups = way != SLOW;
    config.stop_cycles = UINT64_MAX;
    struct hb_machine *machine = hb_machine_create(&config, &error);
    ck_assert_msg(machine != NULL, "%s", error.text);
    return machine;
}

static void run_elf(const char *path, uint32_t harts, uint64_t seed) {
    static uint64_t hash[WAYS][STOPS], stop[STOPS];
    struct hb_machine *machine = machine_for(path, harts, FAST);
    hb_machine_run(machine, 3000000);
    choose_stops(seed, machine->saved->cycle, stop);
    hb_machine_destroy(machine);
    for (uint32_t way = 0; way < WAYS; way++) {
        machine = machine_for(path, harts, (enum way)way);
        run_way(machine, (enum way)way, stop, hash[way]);
        hb_machine_destroy(machine);
    }
    check_equal(path, hash, stop);
}

/* ---- The whole ------------------------------------------------------------------------------------------------- */

static struct {
    uint64_t first, last; /* seeds */
    const char *file;
} asked;

START_TEST(random_programs) {
    uint64_t instructions = 0;
    for (uint64_t seed = asked.first; seed <= asked.last; seed++)
        run_random(seed, &instructions);
    printf("%" PRIu64 " instructions\n", instructions);
}
END_TEST

START_TEST(a_program) {
    run_elf(asked.file, 1, asked.first);
    run_elf(asked.file, 2, asked.first);
}
END_TEST

static void add(TCase *tests) {
    tcase_set_timeout(tests, 900);
    if (asked.file)
        tcase_add_test(tests, a_program);
    else
        tcase_add_test(tests, random_programs);
}

int main(int argc, char **argv) {
    if (argc < 3)
        return EXIT_FAILURE;
    if (strcmp(argv[1], "elf") == 0)
        asked.file = argv[2];
    asked.first = strtoull(argv[asked.file && argc > 3 ? 3 : 2], NULL, 10);
    asked.last = argc > 3 ? strtoull(argv[3], NULL, 10) : asked.first;
    return rig_run("lookups", add);
}
