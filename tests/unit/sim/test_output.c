/* Files that are written: whole or not at all, streams as they come, and who is to blame when it cannot be done. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/output.h"
#include "tests/unit/guest.h"

static char path[300], link_path[300];
static struct hb_output out;
static struct hb_error error;

static void start(void) {
    snprintf(path, sizeof path, "%s/%d.txt", guest_folder(), (int)getpid());
    snprintf(link_path, sizeof link_path, "%s/%d.link", guest_folder(), (int)getpid());
    error.text[0] = 0;
}

static void is_there(const char *text) {
    char found[64] = "";
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s is not there", path);
    found[fread(found, 1, sizeof found - 1, file)] = 0;
    (void)fclose(file);
    ck_assert_str_eq(found, text);
}

START_TEST(a_whole_file_appears_when_it_is_closed) {
    ck_assert(hb_output_write(path, "old", 3, &error));
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert(hb_output_open(&out, path, HB_OUTPUT_WHOLE, &error));
    fputs("new", out.file);
    ck_assert(hb_output_flush(&out, &error));
    is_there("old");
    ck_assert(hb_output_close(&out, &error));
    is_there("new");
    struct stat there;
    ck_assert_int_eq(stat(path, &there), 0);
    ck_assert_uint_eq(there.st_mode & 0777, 0640);
}
END_TEST

START_TEST(what_is_dropped_was_never_there) {
    ck_assert(hb_output_write(path, "old", 3, &error));
    ck_assert(hb_output_open(&out, path, HB_OUTPUT_WHOLE, &error));
    fputs("new", out.file);
    char temporary[HB_OUTPUT_PATH_BYTES];
    snprintf(temporary, sizeof temporary, "%s", out.temporary);
    ck_assert_int_eq(access(temporary, F_OK), 0);
    hb_output_drop(&out);
    is_there("old");
    ck_assert_int_ne(access(temporary, F_OK), 0);
    ck_assert(hb_output_close(&out, &error)); /* not open: nothing to do */
    ck_assert(hb_output_probe(path, &error));
    is_there("old");
}
END_TEST

START_TEST(a_stream_is_there_as_it_comes) {
    ck_assert(hb_output_open(&out, path, HB_OUTPUT_STREAM, &error));
    fputs("one", out.file);
    ck_assert(hb_output_flush(&out, &error));
    is_there("one");
    ck_assert(hb_output_close(&out, &error));
}
END_TEST

START_TEST(a_link_stays_a_link) {
    struct stat there;
    ck_assert(hb_output_write(path, "old", 3, &error));
    ck_assert_int_eq(symlink(path, link_path), 0);
    ck_assert(hb_output_write(link_path, "new", 3, &error));
    is_there("new");
    ck_assert_int_eq(lstat(link_path, &there), 0);
    ck_assert(S_ISLNK(there.st_mode));
}
END_TEST

START_TEST(the_reason_of_an_earlier_failure_is_not_invented) {
    static char much[100000];
    ck_assert(hb_output_open(&out, "/dev/full", HB_OUTPUT_STREAM, &error));
    fwrite(much, 1, sizeof much, out.file);
    errno = ENOTTY; /* of something else that happened before anybody asked */
    ck_assert(!hb_output_flush(&out, &error));
    ck_assert_str_eq(error.text, "/dev/full: cannot be written: an earlier write failed");
    ck_assert(hb_error_is_the_hosts(&error));
    hb_output_drop(&out);
}
END_TEST

START_TEST(a_full_disk_is_the_hosts_fault_a_wrong_path_the_users) {
    ck_assert(!hb_output_write("/dev/full", "new", 3, &error));
    ck_assert_str_eq(error.text, "/dev/full: cannot be written: No space left on device");
    ck_assert(hb_error_is_the_hosts(&error));
    ck_assert(!hb_output_write("/none/where", "new", 3, &error));
    ck_assert_str_eq(error.text, "/none/where: cannot be written: No such file or directory");
    ck_assert(!hb_error_is_the_hosts(&error));
    ck_assert(!hb_output_probe(guest_folder(), &error));
    ck_assert(!hb_error_is_the_hosts(&error));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("output");
    TCase *tests = tcase_create("output");
    guest_folder();
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, a_whole_file_appears_when_it_is_closed);
    tcase_add_test(tests, what_is_dropped_was_never_there);
    tcase_add_test(tests, a_stream_is_there_as_it_comes);
    tcase_add_test(tests, a_link_stays_a_link);
    tcase_add_test(tests, a_full_disk_is_the_hosts_fault_a_wrong_path_the_users);
    tcase_add_test(tests, the_reason_of_an_earlier_failure_is_not_invented);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
