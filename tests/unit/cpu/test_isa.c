/* The name of the instruction set: extensions in the order that the specification wants, and misa says the same. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/isa.h"

#define LETTERS "imafdqlcbkjtpvnh"

static int at(char letter) {
    const char *found = strchr(LETTERS, letter);
    ck_assert_msg(letter != '\0' && found != NULL, "'%c' is no letter of an extension", letter);
    return (int)(found - LETTERS);
}

START_TEST(letters_come_first_and_in_order) {
    char text[HB_ISA_STRING_BYTES];
    hb_isa_string(text);
    ck_assert_int_eq(strncmp(text, "rv64i", 5), 0);
    uint64_t misa = 2ull << 62 | 1ull << ('s' - 'a') | 1ull << ('u' - 'a');
    for (const char *letter = text + 4; *letter && *letter != '_'; letter++) {
        ck_assert(letter == text + 4 || at(letter[-1]) < at(letter[0]));
        misa |= 1ull << (*letter - 'a');
    }
    ck_assert_uint_eq(hb_isa_misa(), misa);
}
END_TEST

/* "zicsr" belongs to I, "zba" to B; those of the privileged architecture come after all of them. */
START_TEST(names_come_by_category_and_then_by_the_alphabet) {
    char text[HB_ISA_STRING_BYTES], *rest = text;
    hb_isa_string(text);
    (void)strtok_r(text, "_", &rest);
    const char *last = NULL;
    for (const char *name = strtok_r(NULL, "_", &rest); name; last = name, name = strtok_r(NULL, "_", &rest)) {
        ck_assert(name[0] == 'z' || name[0] == 's');
        if (!last)
            continue;
        ck_assert_msg(last[0] == 'z' || name[0] == 's', "%s before %s", last, name);
        if (last[0] != name[0])
            continue;
        int difference = name[0] == 'z' ? at(last[1]) - at(name[1]) : 0;
        ck_assert_msg(difference < 0 || (difference == 0 && strcmp(last, name) < 0), "%s before %s", last, name);
    }
    ck_assert_ptr_nonnull(last);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("isa");
    TCase *tests = tcase_create("isa");
    tcase_add_test(tests, letters_come_first_and_in_order);
    tcase_add_test(tests, names_come_by_category_and_then_by_the_alphabet);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
