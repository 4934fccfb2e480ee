/* The bare-metal program of the experiment `patterns`: the ways in which programs share data (Gupta and Weber, Cache
 * Invalidation Patterns, IEEE TC 41(7), 1992). From the console it reads one line, "PATTERN RUN": the pattern, and the
 * length of write runs: how often a hart writes a word before another one looks.
 *
 *     producer-consumer   the first hart writes, the others read
 *     migratory           one after the other reads, then writes
 *     false-sharing       each writes a word of its own, neighbours on one line
 *     apart               the same, each word on a line of its own
 *     read-mostly         all read, in every eighth round the first hart writes before
 *     private             each reads and then writes data that nobody else ever touches
 *
 * Round after round, with barriers between. Tracepoints 64 and 65 stand around the rounds. */
#include "bare.h"
#include "osmodel/abi.h"

#define ROUNDS 32
#define LINES  16 /* shared in a round, so that barriers are a small part of it */
#define WORDS  (BARE_LINE / 8)
#define HARTS  8

/* What makes the image one with tracepoints. */
const struct {
    uint32_t name_bytes, descriptor_bytes, type;
    char name[12];
    struct hb_note descriptor;
} __attribute__((packed)) note __attribute__((section(".note.hartbeat"), aligned(4), used)) = {
    9, sizeof(struct hb_note), HB_NOTE_TYPE, "hartbeat", {HB_ABI_VERSION, 0, 0}};

#define MARK(id) __asm__ volatile("slti x0, x0, %0" ::"i"(id) : "memory")

static volatile uint64_t shared[LINES][WORDS] __attribute__((aligned(BARE_LINE)));
static volatile uint64_t own[HARTS][ROUNDS * LINES][WORDS] __attribute__((aligned(BARE_LINE)));
static struct bare_barrier barrier;
static uint64_t harts, run_length;

static void write_run(volatile uint64_t *word, uint64_t value) {
    for (uint64_t i = 0; i < run_length; i++)
        *word = value;
}

static void write_shared(uint64_t word, uint64_t value) {
    for (uint32_t line = 0; line < LINES; line++)
        write_run(&shared[line][word], value);
}

static uint64_t read_shared(void) {
    uint64_t sum = 0;
    for (uint32_t line = 0; line < LINES; line++)
        sum += shared[line][0];
    return sum;
}

/* Words of the shared lines hold, after round n: n + 1, written by whoever writes in that pattern. Gives false if a
 * hart reads anything else. */

static int producer_consumer(uint64_t hart, uint64_t round) {
    if (hart == 0)
        write_shared(0, round + 1);
    bare_wait(&barrier, harts);
    return hart == 0 || read_shared() == LINES * (round + 1);
}

static int migratory(uint64_t hart, uint64_t round) {
    if (round % harts != hart)
        return 1;
    int right = read_shared() == LINES * round;
    write_shared(0, round + 1);
    return right;
}

static int false_sharing(uint64_t hart, uint64_t round) {
    write_shared(hart, round + 1);
    return 1;
}

static int apart(uint64_t hart, uint64_t round) {
    for (uint32_t line = 0; line < LINES; line++)
        write_run(&own[hart][line][hart], round + 1);
    return 1;
}

static int read_mostly(uint64_t hart, uint64_t round) {
    if (hart == 0 && round % 8 == 0)
        write_shared(0, round + 1);
    if (round % 8 == 0)
        bare_wait(&barrier, harts);
    return read_shared() == LINES * (round / 8 * 8 + 1);
}

static int private(uint64_t hart, uint64_t round) {
    uint64_t sum = 0;
    for (uint32_t line = 0; line < LINES; line++) {
        volatile uint64_t *word = own[hart][round * LINES + line];
        sum += *word;
        write_run(word, round + 1);
    }
    return sum == 0;
}

static const struct pattern {
    const char *name;
    int (*play)(uint64_t hart, uint64_t round);
} patterns[] = {{"producer-consumer", producer_consumer},
                {"migratory", migratory},
                {"false-sharing", false_sharing},
                {"apart", apart},
                {"read-mostly", read_mostly},
                {"private", private}};

#define PATTERNS (sizeof patterns / sizeof patterns[0])

static const struct pattern *volatile chosen;
static volatile uint64_t wrong;

/* ---- The order ------------------------------------------------------------------------------------------------- */

static void read_line(char *text, uint32_t bytes) {
    uint32_t n = 0;
    for (;;) {
        int byte = bare_read();
        if (byte == '\n')
            break;
        if (byte >= 0 && n + 1 < bytes)
            text[n++] = (char)byte;
    }
    text[n] = 0;
}

/* What follows `name` and a space in `text`, or NULL. */
static const char *after(const char *text, const char *name) {
    while (*name && *text == *name) {
        text++;
        name++;
    }
    return *name == 0 && *text == ' ' ? text + 1 : 0;
}

static void read_order(void) {
    static char text[64];
    read_line(text, sizeof text);
    for (uint32_t i = 0; i < PATTERNS; i++) {
        const char *number = after(text, patterns[i].name);
        uint64_t value = 0;
        for (; number && *number >= '0' && *number <= '9'; number++)
            value = 10 * value + (uint64_t)(*number - '0');
        if (!number || *number || !value)
            continue;
        run_length = value;
        __atomic_thread_fence(__ATOMIC_RELEASE);
        chosen = &patterns[i];
        return;
    }
    bare_print("patterns: \"");
    bare_print(text);
    bare_print("\" is no pattern and length of write runs\n");
    bare_finish(2);
}

void bare_main(uint64_t hart, const void *tree) {
    if (hart == 0) {
        harts = bare_harts(tree);
        if (harts > HARTS) {
            bare_print("patterns: for at most 8 CPUs\n");
            bare_finish(2);
        }
        read_order();
    }
    while (!chosen) /* harts and run_length were written before */
        ;
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    bare_wait(&barrier, harts);
    if (hart == 0)
        MARK(64);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        if (!chosen->play(hart, round))
            wrong = 1;
        bare_wait(&barrier, harts);
    }
    if (hart)
        return;
    MARK(65);
    bare_print(wrong ? "patterns: a value was WRONG\n" : "patterns: all values were right\n");
    bare_finish(wrong ? 1 : 0);
}
