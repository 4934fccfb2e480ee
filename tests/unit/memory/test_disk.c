/* The disk behind the virtio device: the image that is only read, the overlay, its snapshots, and writing back. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory/disk.h"

#define SECTORS 21u /* two pages of 8 and a part of one */

static char path[] = "/tmp/hartbeat-disk-XXXXXX";
static struct hb_disk disk;
static char message[256];

static void make_file(const char *name, size_t bytes) {
    FILE *file = fopen(name, "wb");
    ck_assert(file != NULL);
    for (size_t i = 0; i < bytes; i++)
        fputc((int)(i / 512 + i) & 0xff, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void set_up(void) {
    strcpy(path, "/tmp/hartbeat-disk-XXXXXX");
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    make_file(path, SECTORS * 512);
    ck_assert_msg(hb_disk_open(&disk, path, false, message, sizeof message), "%s", message);
}

static void tear_down(void) {
    hb_disk_close(&disk);
    unlink(path);
}

static uint8_t first_byte(uint64_t sector) {
    uint8_t bytes[512];
    ck_assert(hb_disk_read(&disk, sector, bytes));
    for (uint32_t i = 1; i < 512; i++) /* a sector of the image counts up, a written one is of one byte */
        ck_assert(bytes[i] == bytes[0] || bytes[i] == (uint8_t)(bytes[0] + i));
    return bytes[0];
}

static void write_byte(uint64_t sector, uint8_t byte) {
    uint8_t bytes[512];
    memset(bytes, byte, sizeof bytes);
    ck_assert(hb_disk_write(&disk, sector, bytes));
}

START_TEST(sectors_are_those_of_the_image_until_they_are_written) {
    ck_assert_uint_eq(disk.sectors, SECTORS);
    for (uint32_t sector = 0; sector < SECTORS; sector++)
        ck_assert_uint_eq(first_byte(sector), (uint8_t)sector);
    ck_assert_uint_eq(hb_disk_hash(&disk), 0);
    write_byte(9, 0xee);
    write_byte(20, 0xdd);
    for (uint32_t sector = 0; sector < SECTORS; sector++)
        ck_assert_uint_eq(first_byte(sector), sector == 9 ? 0xee : sector == 20 ? 0xdd : sector);
    ck_assert_uint_ne(hb_disk_hash(&disk), 0);
}
END_TEST

START_TEST(the_image_stays_as_it_is) {
    struct stat before, after;
    stat(path, &before);
    write_byte(0, 1);
    hb_disk_close(&disk);
    stat(path, &after);
    ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    ck_assert(hb_disk_open(&disk, path, false, message, sizeof message));
    ck_assert_uint_eq(first_byte(0), 0);
}
END_TEST

START_TEST(written_back_it_does_not) {
    write_byte(0, 1);
    ck_assert(!hb_disk_write_back(&disk, message, sizeof message)); /* it was opened to be read */
    hb_disk_close(&disk);
    ck_assert(hb_disk_open(&disk, path, true, message, sizeof message));
    write_byte(3, 0x77);
    write_byte(20, 0x88);
    ck_assert(hb_disk_write_back(&disk, message, sizeof message));
    hb_disk_close(&disk);
    struct stat after;
    stat(path, &after);
    ck_assert_int_eq(after.st_size, SECTORS * 512);
    ck_assert(hb_disk_open(&disk, path, false, message, sizeof message));
    for (uint32_t sector = 0; sector < SECTORS; sector++)
        ck_assert_uint_eq(first_byte(sector), sector == 3 ? 0x77 : sector == 20 ? 0x88 : sector);
}
END_TEST

START_TEST(a_snapshot_is_not_touched_by_what_comes_later) {
    struct hb_disk_overlay empty, first, second;
    hb_disk_save(&disk, &empty);
    write_byte(1, 0x11);
    uint64_t hash_first = hb_disk_hash(&disk);
    hb_disk_save(&disk, &first);
    write_byte(1, 0x22);
    write_byte(2, 0x33);
    write_byte(18, 0x44);
    uint64_t hash_second = hb_disk_hash(&disk);
    hb_disk_save(&disk, &second);
    ck_assert_uint_ne(hash_first, hash_second);
    for (uint32_t round = 0; round < 3; round++) {
        hb_disk_restore(&disk, &first);
        ck_assert_uint_eq(hb_disk_hash(&disk), hash_first);
        ck_assert_uint_eq(first_byte(1), 0x11);
        ck_assert_uint_eq(first_byte(2), 2);
        ck_assert_uint_eq(first_byte(18), 18);
        write_byte(1, 0x99);
        write_byte(5, 0x98);
        hb_disk_restore(&disk, &second);
        ck_assert_uint_eq(hb_disk_hash(&disk), hash_second);
        ck_assert_uint_eq(first_byte(1), 0x22);
        ck_assert_uint_eq(first_byte(5), 5);
        ck_assert_uint_eq(first_byte(18), 0x44);
        hb_disk_restore(&disk, &empty);
        ck_assert_uint_eq(hb_disk_hash(&disk), 0);
        ck_assert_uint_eq(first_byte(1), 1);
    }
    hb_disk_overlay_free(&empty);
    hb_disk_overlay_free(&first);
    hb_disk_restore(&disk, &second);
    hb_disk_overlay_free(&second);
    ck_assert_uint_eq(first_byte(18), 0x44);
}
END_TEST

START_TEST(the_hash_knows_what_stands_where_and_not_when_it_was_written) {
    write_byte(1, 0x11);
    write_byte(17, 0x22);
    uint64_t hash = hb_disk_hash(&disk);
    hb_disk_forget_written(&disk);
    write_byte(17, 0x22);
    write_byte(1, 0x55);
    ck_assert_uint_ne(hb_disk_hash(&disk), hash);
    write_byte(1, 0x11);
    ck_assert_uint_eq(hb_disk_hash(&disk), hash);
    hb_disk_forget_written(&disk);
    write_byte(17, 0x11);
    write_byte(1, 0x22);
    ck_assert_uint_ne(hb_disk_hash(&disk), hash);
}
END_TEST

START_TEST(pages_can_be_taken_out_and_put_back) {
    struct hb_disk_overlay saved;
    write_byte(1, 0x11);
    write_byte(20, 0x22);
    uint64_t hash = hb_disk_hash(&disk);
    hb_disk_save(&disk, &saved);
    hb_disk_forget_written(&disk);
    for (uint64_t i = 0; i < saved.pages; i++)
        ck_assert(hb_disk_put_page(&disk, saved.number[i], hb_disk_overlay_bytes(&saved, i)));
    ck_assert_uint_eq(hb_disk_hash(&disk), hash);
    ck_assert(!hb_disk_put_page(&disk, saved.number[0], hb_disk_overlay_bytes(&saved, 0))); /* twice */
    ck_assert(!hb_disk_put_page(&disk, 3, hb_disk_overlay_bytes(&saved, 0)));               /* there are three */
    ck_assert(!hb_disk_put_page(&disk, UINT64_MAX, hb_disk_overlay_bytes(&saved, 0)));
    hb_disk_overlay_free(&saved);
}
END_TEST

START_TEST(an_image_that_shrinks_meanwhile_cannot_be_read) {
    uint8_t bytes[512] = {0};
    write_byte(20, 5);
    ck_assert_int_eq(truncate(path, 512 * 2), 0);
    ck_assert(hb_disk_read(&disk, 1, bytes));
    ck_assert(!hb_disk_read(&disk, 2, bytes));
    ck_assert(!hb_disk_write(&disk, 8, bytes));
    ck_assert(hb_disk_read(&disk, 20, bytes)); /* in the overlay */
    ck_assert_uint_eq(bytes[0], 5);
}
END_TEST

/* ---- What is no image ------------------------------------------------------------------------------------------ */

static void refused(const char *name, bool writable, const char *words) {
    struct hb_disk other;
    ck_assert(!hb_disk_open(&other, name, writable, message, sizeof message));
    ck_assert_msg(strstr(message, words) && strncmp(message, name, strlen(name)) == 0, "%s", message);
}

START_TEST(what_is_no_image_is_refused) {
    char name[64];
    snprintf(name, sizeof name, "%s.other", path);
    refused(name, false, "No such file");
    refused("/tmp", false, "is not a file");
    refused("/dev/null", false, "is not a file");
    make_file(name, 0);
    refused(name, false, "is empty");
    make_file(name, 511);
    refused(name, false, "multiple of 512");
    make_file(name, 513);
    refused(name, false, "multiple of 512");
    unlink(name);
    if (mkfifo(name, 0600) == 0)
        refused(name, false, "is not a file");
    unlink(name);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("disk");
    TCase *tests = tcase_create("disk");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, sectors_are_those_of_the_image_until_they_are_written);
    tcase_add_test(tests, the_image_stays_as_it_is);
    tcase_add_test(tests, written_back_it_does_not);
    tcase_add_test(tests, a_snapshot_is_not_touched_by_what_comes_later);
    tcase_add_test(tests, the_hash_knows_what_stands_where_and_not_when_it_was_written);
    tcase_add_test(tests, pages_can_be_taken_out_and_put_back);
    tcase_add_test(tests, an_image_that_shrinks_meanwhile_cannot_be_read);
    tcase_add_test(tests, what_is_no_image_is_refused);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
