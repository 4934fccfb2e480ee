/* Source lines: what the cross compiler wrote into an image is found again. */
#include "memory/source.h"

#include "memory/elf.h"
#include "tests/unit/guest.h"

static char with[HB_PATH_BYTES], without[HB_PATH_BYTES];
static struct hb_symbols symbols;
static struct hb_source *source;
static char place[HB_SOURCE_BYTES], name[HB_SOURCE_NAME_BYTES];

static bool ignore(void *context, uint64_t address, const void *bytes, uint64_t n) {
    (void)context, (void)address, (void)bytes, (void)n;
    return true;
}

static void set_up(void) {
    const struct hb_elf_target ram = {.base = HB_RAM_BASE, .size_bytes = 16u << 20, .write = ignore};
    char message[256];
    struct hb_elf elf;
    ck_assert_int_eq(hb_elf_load(with, &ram, &elf, &symbols, message, sizeof message), HB_ELF_OK);
    source = hb_source_open(with, 0);
    ck_assert_ptr_nonnull(source);
}

static void tear_down(void) {
    hb_source_close(source);
    hb_symbols_free(&symbols);
}

static uint64_t symbol(const char *called) {
    uint64_t address;
    ck_assert_msg(hb_symbols_find(&symbols, called, &address, NULL), "%s", called);
    return address;
}

/* The number of the line of guests/debug.c that contains `text`. */
static int line_with(const char *text) {
    char line[256];
    FILE *file = fopen(HB_SOURCE_DIR "/tests/unit/guests/debug.c", "r");
    ck_assert_ptr_nonnull(file);
    int number = 0;
    bool found = false;
    while (!found && fgets(line, sizeof line, file)) {
        number++;
        found = strstr(line, text) != NULL;
    }
    (void)fclose(file);
    ck_assert_msg(found, "%s", text);
    return number;
}

static void is_place(const char *text) {
    char wanted[HB_SOURCE_BYTES];
    snprintf(wanted, sizeof wanted, "debug.c:%d", line_with(text));
    size_t n = strlen(place), m = strlen(wanted);
    ck_assert_msg(n >= m && strcmp(place + n - m, wanted) == 0, "%s, should be %s", place, wanted);
    ck_assert_msg(place[0] != '/', "%s tells of the host", place);
}

static void is_data(uint64_t address, const char *part, const char *declared) {
    ck_assert_msg(hb_source_of_data(source, address, place, sizeof place, name, sizeof name), "%s", part);
    ck_assert_str_eq(name, part);
    is_place(declared);
}

START_TEST(finds_the_line_of_an_instruction) {
    ck_assert(hb_source_of_code(source, symbol("count_calls"), place, sizeof place));
    is_place("calls += by"); /* at its first address is its first statement */
    ck_assert(hb_source_of_code(source, symbol("_start"), place, sizeof place));
    ck_assert_ptr_nonnull(strstr(place, "start.S:"));
    ck_assert(!hb_source_of_code(source, HB_RAM_BASE + (15u << 20), place, sizeof place));
    ck_assert_str_eq(place, "");
}
END_TEST

START_TEST(finds_variables_and_their_parts) {
    uint64_t records = symbol("records");
    is_data(symbol("plain"), "plain", "plain = 1");
    is_data(symbol("plain") + 7, "plain", "plain = 1");
    is_data(records, "records[0].value", "shown records");
    is_data(records + 40 + 8, "records[1].pair[0].low", "shown records");
    is_data(records + 40 + 8 + 12 + 7, "records[1].pair[1].high[1]", "shown records");
    is_data(records + 2 * 40 + 32 + 3, "records[2].either.word", "shown records");
    is_data(symbol("table") + 4 * (5 + 2), "table[1]", "table[4][5]");
    is_data(symbol("declared_first"), "declared_first", "uint64_t declared_first = 12");
    is_data(symbol("calls.0"), "calls", "static uint64_t calls");
}
END_TEST

START_TEST(knows_what_it_does_not_know) {
    ck_assert(!hb_source_of_data(source, symbol("main"), place, sizeof place, name, sizeof name));
    ck_assert_str_eq(place, "");
    ck_assert_str_eq(name, "");
    ck_assert(!hb_source_of_data(source, symbol("records") + 3 * 40, place, sizeof place, name, sizeof name) ||
              strncmp(name, "records", 7) != 0);
    ck_assert(!hb_source_of_data(source, 0, place, sizeof place, name, sizeof name));
    ck_assert(!hb_source_of_data(source, UINT64_MAX, place, sizeof place, name, sizeof name));
    ck_assert(!hb_source_of_data(NULL, symbol("plain"), place, sizeof place, name, sizeof name));
    ck_assert(!hb_source_of_code(NULL, symbol("main"), place, sizeof place));
}
END_TEST

START_TEST(cuts_what_has_no_room) {
    char small[9];
    ck_assert(hb_source_of_data(source, symbol("records") + 48, place, sizeof place, small, sizeof small));
    ck_assert_str_eq(small, "records[");
}
END_TEST

START_TEST(without_debug_information_there_is_nothing) {
    ck_assert_ptr_null(hb_source_open(without, 0));
    ck_assert_ptr_null(hb_source_open("/nowhere/at/all.elf", 0));
    ck_assert_ptr_null(hb_source_open(HB_SOURCE_DIR "/tests/unit/guests/debug.c", 0));
    ck_assert_ptr_null(hb_source_open(HB_SOURCE_DIR, 0));
}
END_TEST

/* Damaged files may tell nothing, or nonsense; they do not end the program. */
START_TEST(damage_does_no_harm) {
    static char bytes[1 << 20];
    char path[HB_PATH_BYTES];
    FILE *file = fopen(with, "rb");
    ck_assert_ptr_nonnull(file);
    size_t n = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/damaged-%d.elf", guest_folder(), _i), (int)sizeof path);
    uint64_t random = 0x9e3779b97f4a7c15ull * (uint64_t)(_i + 1);
    for (uint32_t i = 0; i < 40; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        bytes[64 + (random >> 16) % (n - 64)] ^= (char)(random >> 8);
    }
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, _i % 5 ? n : n / 2, file), _i % 5 ? n : n / 2);
    (void)fclose(file);
    struct hb_source *damaged = hb_source_open(path, 0);
    for (uint64_t address = HB_RAM_BASE; damaged && address < HB_RAM_BASE + 0x2000; address += 2) {
        hb_source_of_code(damaged, address, place, sizeof place);
        hb_source_of_data(damaged, address, place, sizeof place, name, sizeof name);
    }
    hb_source_close(damaged);
}
END_TEST

int main(void) {
    guest_need_compiler();
    guest_make("debug", "", "debug-with", with);
    guest_make("debug", "-g0", "debug-without", without);
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("source");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, finds_the_line_of_an_instruction);
    tcase_add_test(tests, finds_variables_and_their_parts);
    tcase_add_test(tests, knows_what_it_does_not_know);
    tcase_add_test(tests, cuts_what_has_no_room);
    tcase_add_test(tests, without_debug_information_there_is_nothing);
    tcase_add_loop_test(tests, damage_does_no_harm, 0, 60);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed != 0;
}
