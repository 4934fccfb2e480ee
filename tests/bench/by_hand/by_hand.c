/* Sleeping harts that obey: the bare-metal program of the experiment `by-hand`. Every hart sleeps; the console wakes
 * the first, which reads orders, a line each, and hands them on:
 *
 *     2 r a        hart 2 reads the variable a ...
 *     2 w a        ... writes it: the number of the order, which nobody has written before
 *     shuffle 40   that many orders, drawn from the seed of the experiment, one after the other
 *     end          the run has passed
 *
 * The variables are a, b, c and d, each on a line of its own. Whoever has obeyed reports it: "2 w a: 7". Between two
 * orders nothing touches the lines of the variables. */
#include "bare.h"
#include "osmodel/abi.h"

#define LINE_BYTES 64
#define VARIABLES  4

#define MSIP(hart)         ((volatile uint32_t *)(0x02000000 + 4 * (hart)))
#define UART_INTERRUPTS    ((volatile uint8_t *)0x10000001)
#define UART_IRQ           10
#define PLIC_PRIORITY      ((volatile uint32_t *)0x0C000000)
#define PLIC_ENABLE        ((volatile uint32_t *)0x0C002000) /* of context 0: machine mode of the first hart */
#define PLIC_THRESHOLD     ((volatile uint32_t *)0x0C200000)
#define PLIC_CLAIM         ((volatile uint32_t *)0x0C200004)
#define SOFTWARE_INTERRUPT (1u << 3)
#define EXTERNAL_INTERRUPT (1u << 11)

/* With it the device tree has the experiment's parameters: the seed. */
const struct {
    uint32_t name_bytes, descriptor_bytes, type;
    char name[12];
    struct hb_note descriptor;
} __attribute__((packed)) note __attribute__((section(".note.hartbeat"), aligned(4), used)) = {
    9, sizeof(struct hb_note), HB_NOTE_TYPE, "hartbeat", {HB_ABI_VERSION, 0, 0}};

#define VARIABLE(name) volatile uint64_t name[LINE_BYTES / 8] __attribute__((aligned(LINE_BYTES)))
VARIABLE(a);
VARIABLE(b);
VARIABLE(c);
VARIABLE(d);

/* An order to a hart, on a line of its own; `pending` is taken back when it is obeyed. */
static struct order {
    _Alignas(LINE_BYTES) volatile uint32_t pending;
    uint32_t writes, variable;
    uint64_t number;
} order[BARE_HARTS];

static uint64_t harts, orders;

static void obey(uint64_t hart, const struct order *given) {
    static volatile uint64_t *const variable[VARIABLES] = {a, b, c, d};
    uint64_t value = given->number;
    char text[] = "? ? ?: ";
    if (given->writes)
        *variable[given->variable] = value;
    else
        value = *variable[given->variable];
    text[0] = (char)('0' + hart);
    text[2] = given->writes ? 'w' : 'r';
    text[4] = (char)('a' + given->variable);
    bare_print(text);
    bare_print_number(value);
    bare_print("\n");
}

static void sleep_until(uint64_t interrupt) {
    __asm__ volatile("csrw mie, %0\n\twfi" ::"r"(interrupt) : "memory");
}

static _Noreturn void serve(uint64_t hart) {
    for (;;) {
        sleep_until(SOFTWARE_INTERRUPT);
        *MSIP(hart) = 0;
        if (!order[hart].pending)
            continue;
        obey(hart, &order[hart]);
        __atomic_store_n(&order[hart].pending, 0, __ATOMIC_RELEASE);
    }
}

static void give(uint64_t hart, uint32_t writes, uint32_t variable) {
    struct order *to = &order[hart];
    to->writes = writes;
    to->variable = variable;
    to->number = ++orders;
    if (hart == 0) {
        obey(0, to);
        return;
    }
    __atomic_store_n(&to->pending, 1, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    *MSIP(hart) = 1;
    while (__atomic_load_n(&to->pending, __ATOMIC_ACQUIRE))
        ;
}

/* ---- The seed, and what is drawn from it ----------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int equal(const char *left, const char *right) {
    while (*left && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

/* The property "hartbeat,seed" of the device tree (Devicetree Specification, section 5.4); 0: there is none. */
static uint64_t seed_of(const uint8_t *tree) {
    const uint8_t *at = tree + big_endian(tree + 8);
    const char *names = (const char *)tree + big_endian(tree + 12);
    for (;;) {
        uint32_t token = big_endian(at);
        at += 4;
        if (token == 1) {
            uint32_t length = 0;
            while (at[length])
                length++;
            at += (length + 4) & ~3u;
        } else if (token == 3) {
            if (equal(names + big_endian(at + 4), "hartbeat,seed"))
                return (uint64_t)big_endian(at + 8) << 32 | big_endian(at + 12);
            at += 8 + ((big_endian(at) + 3) & ~3u);
        } else if (token == 9) {
            return 0;
        }
    }
}

static uint64_t mix(uint64_t x) { /* splitmix64 */
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

static void shuffle(uint64_t times, uint64_t seed) {
    for (uint64_t i = 0; i < times; i++) {
        uint64_t drawn = mix(seed << 32 ^ orders);
        give(drawn % harts, drawn >> 20 & 1, drawn >> 30 & (VARIABLES - 1));
    }
}

/* ---- Orders ---------------------------------------------------------------------------------------------------- */

static char read_byte(void) {
    for (;;) {
        int byte = bare_read();
        if (byte >= 0)
            return (char)byte;
        uint32_t source = *PLIC_CLAIM;
        if (source)
            *PLIC_CLAIM = source;
        else
            sleep_until(EXTERNAL_INTERRUPT);
    }
}

static void read_line(char *text, uint32_t bytes) {
    uint32_t n = 0;
    for (char byte = read_byte(); byte != '\n'; byte = read_byte())
        if (n + 1 < bytes)
            text[n++] = byte;
    text[n] = 0;
}

static int begins(const char *text, const char *word) {
    while (*word && *text == *word) {
        text++;
        word++;
    }
    return *word == 0;
}

/* Gives false for a line that is no order. */
static int carry_out(const char *text, uint64_t seed) {
    uint64_t number = 0;
    if (equal(text, "end"))
        bare_finish(0);
    if (begins(text, "shuffle ")) {
        for (text += 8; *text >= '0' && *text <= '9'; text++)
            number = 10 * number + (uint64_t)(*text - '0');
        shuffle(number, seed);
        return *text == 0;
    }
    if (text[0] < '0' || (uint64_t)(text[0] - '0') >= harts || text[1] != ' ' || (text[2] != 'r' && text[2] != 'w') ||
        text[3] != ' ' || text[4] < 'a' || text[4] >= 'a' + VARIABLES || text[5] != 0)
        return 0;
    give((uint64_t)(text[0] - '0'), text[2] == 'w', (uint32_t)(text[4] - 'a'));
    return 1;
}

void bare_main(uint64_t hart, const void *tree) {
    static char text[64];
    if (hart != 0)
        serve(hart);
    uint64_t seed = seed_of(tree);
    harts = bare_harts(tree);
    PLIC_PRIORITY[UART_IRQ] = 1;
    *PLIC_ENABLE = 1u << UART_IRQ;
    *PLIC_THRESHOLD = 0;
    *UART_INTERRUPTS = 1;
    for (;;) {
        read_line(text, sizeof text);
        if (!carry_out(text, seed)) {
            bare_print("no order: ");
            bare_print(text);
            bare_print("\n");
        }
    }
}
