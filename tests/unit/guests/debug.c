/* For the test of source lines: variables of several shapes, and code whose lines the test knows. */
#include "tests/unit/guests/board.h"

struct pair {
    uint32_t low;
    uint16_t high[3];
};

struct record {
    uint64_t value;
    struct pair pair[2];
    union {
        uint64_t word;
        uint8_t byte[8];
    } either;
};

typedef const volatile struct record shown;

uint64_t plain = 1;
shown records[3] = {{2, {{3, {4, 5, 6}}, {7, {8, 9, 10}}}, {11}}};
uint32_t table[4][5] = {{1}};
extern uint64_t declared_first;
uint64_t declared_first = 12;

__attribute__((noinline)) uint64_t count_calls(uint64_t by) {
    static uint64_t calls = 5;
    calls += by;
    return calls;
}

int main(uint64_t hart) {
    if (hart == 0)
        FINISHER = count_calls(plain + table[1][2] + records[0].value + declared_first) ? 0x5555 : 0x13333;
    for (;;)
        ;
}
