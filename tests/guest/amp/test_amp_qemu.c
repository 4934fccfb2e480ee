/* The AMP image on QEMU's `virt` board, without firmware: it boots, and its batch brings home what
 * the host computes. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "osmodel/expected.h"

#define TASKS 64u /* osmodel/guest/lib/params.c: what holds where no host says otherwise */

/* As hb_results_mix of the guest. */
static uint64_t expected_hash(void) {
    struct hb_params params = {.seed = 1, .workload_groups = 1, .group = {{.kind = HB_KIND_BATCH, .work = 100}}};
    uint64_t hash = TASKS;
    for (uint32_t task = 0; task < TASKS; task++) {
        hash = (hash ^ hb_os_expected_checksum(&params, task)) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 29;
    }
    return hash;
}

/* Runs QEMU; gives its exit status and what the guest wrote. */
static int run_qemu(int harts, char *text, size_t size) {
    char command[512];
    snprintf(
        command, sizeof command,
        "timeout 100 qemu-system-riscv64 -machine virt -bios none -smp %d -display none -monitor none -serial stdio "
        "-kernel %s/images/amp.elf </dev/null 2>&1",
        harts, HB_BINARY_DIR);
    FILE *qemu = popen(command, "r");
    ck_assert_ptr_nonnull(qemu);
    size_t length = fread(text, 1, size - 1, qemu);
    text[length] = '\0';
    return pclose(qemu);
}

static void check_batch(int harts) {
    char text[4096], line[128];
    int status = run_qemu(harts, text, sizeof text);
    ck_assert_msg(status == 0, "QEMU ended with status %d after: %s", status, text);
    snprintf(line, sizeof line, "amp: %d of %d harts up, %u tasks\n", harts, harts, TASKS);
    ck_assert_msg(strstr(text, line) != NULL, "\"%s\" is missing in: %s", line, text);
    snprintf(line, sizeof line, "amp: %u tasks done, 0 lost, results %" PRIx64 "\n", TASKS, expected_hash());
    ck_assert_msg(strstr(text, line) != NULL, "\"%s\" is missing in: %s", line, text);
}

START_TEST(test_two_harts) {
    check_batch(2);
}
END_TEST

START_TEST(test_four_harts) {
    check_batch(4);
}
END_TEST

/* Without workers the master works itself. */
START_TEST(test_one_hart) {
    check_batch(1);
}
END_TEST

int main(void) {
    if (system("qemu-system-riscv64 --version >/dev/null 2>&1") != 0) {
        puts("skipped: qemu-system-riscv64 is not installed");
        return 77;
    }
    TCase *boots = tcase_create("boots");
    tcase_set_timeout(boots, 120);
    tcase_add_test(boots, test_two_harts);
    tcase_add_test(boots, test_four_harts);
    tcase_add_test(boots, test_one_hart);
    Suite *suite = suite_create("amp on qemu");
    suite_add_tcase(suite, boots);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
