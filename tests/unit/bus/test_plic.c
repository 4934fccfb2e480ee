/* The PLIC: priorities, signals, claims and completions, and random use against a plain model. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bus/devices/plic.h"

#define CONTEXTS 6u

#define PRIORITY(source) (4ull * (source))
#define PENDING(word)    (0x1000ull + 4ull * (word))
#define ENABLE(c, word)  (0x2000ull + 0x80ull * (c) + 4ull * (word))
#define THRESHOLD(c)     (0x200000ull + 0x1000ull * (c))
#define CLAIM(c)         (0x200004ull + 0x1000ull * (c))

static struct hb_plic plic;

static void set_up(void) {
    memset(&plic, 0, sizeof plic);
}

static uint32_t get(uint64_t offset) {
    uint64_t value = 0xdead;
    ck_assert(hb_plic_read(&plic, offset, 4, CONTEXTS, &value));
    return (uint32_t)value;
}

static void put(uint64_t offset, uint64_t value) {
    ck_assert(hb_plic_write(&plic, offset, 4, value, CONTEXTS));
}

/* Source `source` of `priority`, enabled for context `c`. */
static void enable(uint32_t source, uint32_t priority, uint32_t c) {
    put(PRIORITY(source), priority);
    put(ENABLE(c, source / 32), get(ENABLE(c, source / 32)) | 1u << (source % 32));
}

START_TEST(nothing_interrupts_after_reset) {
    for (uint32_t source = 1; source < HB_PLIC_SOURCES; source++)
        hb_plic_signal(&plic, source);
    for (uint32_t c = 0; c < CONTEXTS; c++) {
        ck_assert(!hb_plic_interrupts(&plic, c));
        ck_assert_uint_eq(get(CLAIM(c)), 0);
    }
    ck_assert_uint_eq(get(PENDING(0)), 0xfffffffe);
    ck_assert_uint_eq(get(PENDING(2)), 0xffffffff);
}
END_TEST

/* What a register keeps of ones: by the specification, sections 4 to 7. Source 0 is none. */
static uint32_t can_hold(uint64_t offset) {
    if (offset < PENDING(0))
        return offset >= PRIORITY(1) && offset < PRIORITY(96) ? 7 : 0;
    if (offset >= THRESHOLD(0))
        return offset % 0x1000 == 0 && offset < THRESHOLD(CONTEXTS) ? 7 : 0;
    bool enables = offset >= ENABLE(0, 0) && offset < ENABLE(CONTEXTS, 0) && offset % 0x80 < 12;
    return enables ? (offset % 0x80 == 0 ? 0xfffffffe : 0xffffffff) : 0;
}

static void check_all(uint64_t from, uint64_t to, uint32_t written) {
    for (uint64_t offset = from; offset < to; offset += 4) {
        if (offset >= THRESHOLD(0) && offset % 0x1000 == 4)
            continue; /* a claim */
        put(offset, written);
        uint32_t expected = written & can_hold(offset), found = get(offset);
        ck_assert_msg(found == expected, "0x%lx: 0x%x", (unsigned long)offset, found);
    }
}

START_TEST(of_ones_every_register_keeps_what_is_legal_and_of_zeros_nothing) {
    for (uint32_t round = 0; round < 2; round++) {
        check_all(0, ENABLE(CONTEXTS + 1, 0), round ? 0 : UINT32_MAX);
        check_all(THRESHOLD(0), THRESHOLD(CONTEXTS + 1), round ? 0 : UINT32_MAX);
    }
}
END_TEST

START_TEST(registers_keep_what_they_can_hold) {
    put(PRIORITY(0), 7);
    put(PRIORITY(1), 0xff);
    put(PRIORITY(95), 0x12);
    put(PENDING(0), 0xffffffff);
    put(THRESHOLD(1), 0xfe);
    put(ENABLE(5, 2), 0x87654321);
    ck_assert_uint_eq(get(PRIORITY(0)), 0);
    ck_assert_uint_eq(get(PRIORITY(1)), 7);
    ck_assert_uint_eq(get(PRIORITY(95)), 2);
    ck_assert_uint_eq(get(PENDING(0)), 0);
    ck_assert_uint_eq(get(THRESHOLD(1)), 6);
    ck_assert_uint_eq(get(THRESHOLD(0)), 0);
    ck_assert_uint_eq(get(ENABLE(5, 2)), 0x87654321);
    ck_assert_uint_eq(get(ENABLE(4, 2)), 0);
}
END_TEST

START_TEST(outside_the_registers_there_is_nothing) {
    static const uint64_t offsets[] = {
        PRIORITY(96), PENDING(3), ENABLE(0, 3), ENABLE(CONTEXTS, 0), THRESHOLD(CONTEXTS), CLAIM(CONTEXTS),
        0x200008,     0x1ffffc,   0x5ffffc};
    for (uint32_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        struct hb_plic before = plic;
        put(offsets[i], 0xffffffff);
        ck_assert_mem_eq(&plic, &before, sizeof plic);
        ck_assert_uint_eq(get(offsets[i]), 0);
    }
    uint64_t value;
    for (uint32_t bytes = 1; bytes <= 8; bytes *= 2) {
        ck_assert_int_eq(hb_plic_read(&plic, 4, bytes, CONTEXTS, &value), bytes == 4);
        ck_assert_int_eq(hb_plic_write(&plic, 4, bytes, 0, CONTEXTS), bytes == 4);
    }
}
END_TEST

START_TEST(a_signal_goes_to_those_contexts_for_which_it_is_enabled) {
    enable(10, 1, 1);
    enable(10, 1, 2);
    hb_plic_signal(&plic, 10);
    for (uint32_t c = 0; c < CONTEXTS; c++)
        ck_assert_int_eq(hb_plic_interrupts(&plic, c), c == 1 || c == 2);
    ck_assert_uint_eq(get(CLAIM(0)), 0);
    ck_assert_uint_eq(get(CLAIM(2)), 10);
    ck_assert_uint_eq(get(CLAIM(1)), 0); /* the other was faster */
    for (uint32_t c = 0; c < CONTEXTS; c++)
        ck_assert(!hb_plic_interrupts(&plic, c));
}
END_TEST

START_TEST(the_highest_priority_comes_first_then_the_lowest_number) {
    enable(3, 2, 0);
    enable(7, 5, 0);
    enable(40, 5, 0);
    enable(95, 7, 0);
    static const uint32_t sources[] = {3, 40, 7, 95}, order[] = {95, 7, 40, 3, 0};
    for (uint32_t i = 0; i < 4; i++)
        hb_plic_signal(&plic, sources[i]);
    for (uint32_t i = 0; i < 5; i++)
        ck_assert_uint_eq(get(CLAIM(0)), order[i]);
}
END_TEST

START_TEST(a_threshold_holds_back_interrupts_but_no_claims) {
    enable(5, 3, 0);
    hb_plic_signal(&plic, 5);
    put(THRESHOLD(0), 2);
    ck_assert(hb_plic_interrupts(&plic, 0));
    put(THRESHOLD(0), 3);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    ck_assert_uint_eq(get(CLAIM(0)), 5);
}
END_TEST

START_TEST(a_source_in_service_interrupts_no_more_until_it_is_completed) {
    enable(5, 1, 0);
    ck_assert(hb_plic_signal(&plic, 5));
    ck_assert(!hb_plic_signal(&plic, 5));
    ck_assert_uint_eq(get(CLAIM(0)), 5);
    ck_assert_uint_eq(get(PENDING(0)), 0);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    ck_assert(hb_plic_signal(&plic, 5)); /* again, while in service */
    ck_assert_uint_eq(get(PENDING(0)), 1u << 5);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    ck_assert_uint_eq(get(CLAIM(0)), 0);
    put(CLAIM(0), 5);
    ck_assert(hb_plic_interrupts(&plic, 0));
    ck_assert_uint_eq(get(CLAIM(0)), 5);
    put(CLAIM(0), 5);
    ck_assert(!hb_plic_interrupts(&plic, 0));
}
END_TEST

START_TEST(a_completion_must_come_from_one_who_could_claim) {
    enable(5, 1, 0);
    hb_plic_signal(&plic, 5);
    ck_assert_uint_eq(get(CLAIM(0)), 5);
    hb_plic_signal(&plic, 5);
    put(CLAIM(1), 5); /* not enabled there */
    put(CLAIM(0), 0);
    put(CLAIM(0), 96);
    put(CLAIM(0), 0xffffffff);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    put(CLAIM(0), 5);
    ck_assert(hb_plic_interrupts(&plic, 0));
}
END_TEST

START_TEST(disabled_or_of_priority_0_it_does_not_interrupt) {
    enable(5, 1, 0);
    hb_plic_signal(&plic, 5);
    put(ENABLE(0, 0), 0);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    put(ENABLE(0, 0), 1u << 5);
    ck_assert(hb_plic_interrupts(&plic, 0));
    put(PRIORITY(5), 0);
    ck_assert(!hb_plic_interrupts(&plic, 0));
    ck_assert_uint_eq(get(CLAIM(0)), 0);
}
END_TEST

/* ---- Random use against a model of flags ----------------------------------------------------------------------- */

static struct {
    bool asks[96], served[96], enabled[CONTEXTS][96];
    uint32_t priority[96], threshold[CONTEXTS];
} model;

static uint64_t seed;

static uint32_t random_below(uint32_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return (uint32_t)(seed >> 33) % n;
}

static uint32_t model_best(uint32_t c, uint32_t above) {
    uint32_t found = 0;
    for (uint32_t source = 95; source > 0; source--)
        if (model.asks[source] && !model.served[source] && model.enabled[c][source] && model.priority[source] > above &&
            (found == 0 || model.priority[source] >= model.priority[found]))
            found = source;
    return found;
}

static void random_step(void) {
    uint32_t source = 1 + random_below(95), c = random_below(CONTEXTS), value = random_below(8);
    switch (random_below(6)) {
    case 0:
        model.asks[source] = true;
        hb_plic_signal(&plic, source);
        break;
    case 1:
        model.priority[source] = value;
        put(PRIORITY(source), value);
        break;
    case 2:
        model.threshold[c] = value;
        put(THRESHOLD(c), value);
        break;
    case 3:
        model.enabled[c][source] = value & 1;
        put(ENABLE(c, source / 32), (get(ENABLE(c, source / 32)) & ~(1u << (source % 32))) | (value & 1)
                                                                                                 << (source % 32));
        break;
    case 4: {
        uint32_t best = model_best(c, 0);
        ck_assert_uint_eq(get(CLAIM(c)), best);
        model.asks[best] = false;
        model.served[best] |= best != 0;
        break;
    }
    default:
        if (model.enabled[c][source])
            model.served[source] = false;
        put(CLAIM(c), source);
        break;
    }
}

START_TEST(random_use_agrees_with_the_model) {
    memset(&model, 0, sizeof model);
    seed = 20261125;
    for (uint32_t step = 0; step < 50000; step++) {
        random_step();
        uint32_t c = random_below(CONTEXTS), source = 1 + random_below(95);
        ck_assert_int_eq(hb_plic_interrupts(&plic, c), model_best(c, model.threshold[c]) != 0);
        ck_assert_int_eq(get(PENDING(source / 32)) >> (source % 32) & 1, model.asks[source]);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("plic");
    TCase *tests = tcase_create("plic");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, nothing_interrupts_after_reset);
    tcase_add_test(tests, of_ones_every_register_keeps_what_is_legal_and_of_zeros_nothing);
    tcase_add_test(tests, registers_keep_what_they_can_hold);
    tcase_add_test(tests, outside_the_registers_there_is_nothing);
    tcase_add_test(tests, a_signal_goes_to_those_contexts_for_which_it_is_enabled);
    tcase_add_test(tests, the_highest_priority_comes_first_then_the_lowest_number);
    tcase_add_test(tests, a_threshold_holds_back_interrupts_but_no_claims);
    tcase_add_test(tests, a_source_in_service_interrupts_no_more_until_it_is_completed);
    tcase_add_test(tests, a_completion_must_come_from_one_who_could_claim);
    tcase_add_test(tests, disabled_or_of_priority_0_it_does_not_interrupt);
    tcase_add_test(tests, random_use_agrees_with_the_model);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
