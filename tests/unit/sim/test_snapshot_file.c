/* Snapshots on disk: a run that goes on from one in a new process is the run that nobody disturbed; a file that is cut,
 * damaged or of another machine is refused, and the machine stays as it was. */
#include <sys/wait.h>

#include "memory/hash.h"
#include "sim/config/images.h"
#include "sim/engine/run.h"
#include "sim/machine/state_hash.h"
#include "sim/result/gather.h"
#include "sim/state/snapshot_file.h"
#include "tests/unit/guest.h"

#define LONG_CYCLES 60000u

static char mix[HB_PATH_BYTES], other_image[HB_PATH_BYTES];
static char file[300], other_file[300], disk_image[300];
static struct hb_config config;

static char *result_of(struct hb_machine *machine) {
    struct hb_run_result *result = hb_result_gather(machine);
    char *json = hb_result_json(result, NULL, 0);
    hb_result_free(result);
    return json;
}

static void write_bytes(const char *path, const uint8_t *bytes, size_t n) {
    unlink(path); /* a file that is cut to nothing and written anew is flushed at once by some file systems */
    FILE *out = fopen(path, "wb");
    ck_assert(out != NULL);
    ck_assert_uint_eq(fwrite(bytes, 1, n, out), n);
    ck_assert_int_eq(fclose(out), 0);
}

static uint8_t *read_bytes(const char *path, size_t *n) {
    FILE *in = fopen(path, "rb");
    ck_assert(in != NULL);
    uint8_t *bytes = malloc(1u << 24);
    ck_assert(bytes != NULL);
    *n = fread(bytes, 1, 1u << 24, in);
    ck_assert_int_eq(fclose(in), 0);
    return bytes;
}

/* A machine with all that a file must keep: faults that wait for their count, input to come, a disk. */
static void start(void) {
    uint8_t sectors[21 * 512];
    for (size_t i = 0; i < sizeof sectors; i++)
        sectors[i] = (uint8_t)(i * 7 + i / 512);
    snprintf(file, sizeof file, "%s/%d.snapshot", guest_folder(), (int)getpid());
    snprintf(other_file, sizeof other_file, "%s/%d.damaged", guest_folder(), (int)getpid());
    snprintf(disk_image, sizeof disk_image, "%s/%d.img", guest_folder(), (int)getpid());
    write_bytes(disk_image, sectors, sizeof sectors);
    guest_config(&config, mix, 4);
    config.stop_cycles = LONG_CYCLES;
    config.disk = disk_image;
    config.faults[0] = (struct hb_fault_config){
        .hart = 1, .trigger = HB_TRIGGER_TRACEPOINT, .tracepoint = HB_TP_USER, .count = 12, .terms.lost = true};
    config.n_faults = 1;
}

static void smp_config(void) {
    struct hb_error error = {.text = ""};
    hb_config_defaults(&config);
    ck_assert_msg(hb_image_find("smp", config.image, &error), "%s", error.text);
    config.faults[0] = (struct hb_fault_config){.hart = 2, .trigger = HB_TRIGGER_CYCLE, .cycle = 1500000};
    config.n_faults = 1;
}

static void add_input(struct hb_machine *machine) {
    uint8_t sector[512];
    for (uint64_t cycle = 5000; cycle < LONG_CYCLES; cycle += 11111)
        hb_machine_input(machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_TEXT, .byte = 'x'});
    hb_machine_input(machine,
                     &(struct hb_input){.cycle = 50000, .kind = HB_INPUT_FAULT, .hart = 3, .terms.lost = true});
    memset(sector, 0xa5, sizeof sector);
    if (machine->bus.disk)
        ck_assert(hb_disk_write(machine->bus.disk, 20, sector));
}

static void save(struct hb_machine *machine) {
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_snapshot_write(machine, file, false, &error), "%s", error.text);
}

static void load(struct hb_machine *machine) {
    struct hb_error error = {.text = ""};
    ck_assert_msg(hb_snapshot_read(machine, file, &error), "%s", error.text);
}

/* ---- Going on -------------------------------------------------------------------------------------------------- */

/* In a process of its own; what it finds comes back through a pipe. */
static void go_on_elsewhere(uint64_t *hash, char *json, size_t json_bytes) {
    int pipe_ends[2], status;
    ck_assert_int_eq(pipe(pipe_ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct hb_error error = {.text = ""};
        struct hb_machine *machine = hb_machine_create(&config, &error);
        if (!machine || !hb_snapshot_read(machine, file, &error)) {
            fprintf(stderr, "%s\n", error.text);
            _exit(1);
        }
        hb_machine_run(machine, UINT64_MAX);
        uint64_t found = hb_state_hash(machine);
        char *text = result_of(machine);
        FILE *out = fdopen(pipe_ends[1], "w");
        fwrite(&found, sizeof found, 1, out);
        fputs(text, out);
        _exit(fclose(out) != 0);
    }
    close(pipe_ends[1]);
    FILE *in = fdopen(pipe_ends[0], "r");
    ck_assert(in != NULL);
    ck_assert_uint_eq(fread(hash, sizeof *hash, 1, in), 1);
    size_t n = fread(json, 1, json_bytes - 1, in);
    json[n] = 0;
    fclose(in);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

static void goes_on_alike(uint64_t cycle, bool with_input) {
    static char json[1u << 20];
    struct hb_machine *machine = guest_machine(&config);
    uint64_t hash;
    if (with_input)
        add_input(machine);
    hb_machine_run(machine, cycle);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_RUNNING);
    save(machine);
    hb_machine_run(machine, UINT64_MAX); /* saving has not disturbed it: the next lines compare it with nothing saved */
    struct hb_machine *undisturbed = guest_machine(&config);
    if (with_input)
        add_input(undisturbed);
    hb_machine_run(undisturbed, UINT64_MAX);
    char *wanted = result_of(undisturbed);
    ck_assert_uint_eq(hb_state_hash(machine), hb_state_hash(undisturbed));
    go_on_elsewhere(&hash, json, sizeof json);
    ck_assert_msg(hash == hb_state_hash(undisturbed), "from cycle %llu", (unsigned long long)cycle);
    ck_assert_str_eq(json, wanted);
    free(wanted);
    hb_machine_destroy(machine);
    hb_machine_destroy(undisturbed);
}

START_TEST(a_bare_metal_program_goes_on_alike) {
    goes_on_alike(hb_choice(5, 0, (uint64_t)_i) % LONG_CYCLES, true);
}
END_TEST

START_TEST(the_bundled_kernel_goes_on_alike) {
    smp_config();
    goes_on_alike(_i ? 1600000 : 700001, false);
}
END_TEST

START_TEST(everything_is_taken_over) {
    const uint64_t cycle = _i ? 1600000 : 30000; /* the bundled kernel has written on the console by then */
    if (_i)
        smp_config();
    struct hb_machine *machine = guest_machine(&config), *other = guest_machine(&config);
    add_input(machine);
    hb_machine_run(machine, cycle);
    save(machine);
    hb_machine_run(other, 12345); /* it need not be new */
    load(other);
    ck_assert_uint_eq(other->saved->cycle, cycle);
    ck_assert_uint_eq(hb_state_hash(other), hb_state_hash(machine));
    ck_assert_uint_eq(other->log.inputs, machine->log.inputs);
    for (uint32_t i = 0; i < machine->log.inputs; i++) {
        const struct hb_input *a = &machine->log.input[i], *b = &other->log.input[i];
        ck_assert(a->cycle == b->cycle && a->kind == b->kind && a->byte == b->byte && a->hart == b->hart &&
                  a->terms.model == b->terms.model && a->terms.lost == b->terms.lost &&
                  a->terms.factor == b->terms.factor && a->terms.duration_cycles == b->terms.duration_cycles &&
                  a->parameter == b->parameter && a->value == b->value);
    }
    ck_assert_uint_eq(other->saved->console_bytes, machine->saved->console_bytes);
    ck_assert(_i == 0 || machine->saved->console_bytes > 0);
    if (machine->saved->console_bytes)
        ck_assert_mem_eq(other->console, machine->console, machine->saved->console_bytes);
    hb_machine_destroy(machine);
    hb_machine_destroy(other);
}
END_TEST

START_TEST(a_limit_can_be_raised) {
    config.stop_cycles = 20000;
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, UINT64_MAX);
    ck_assert_int_eq(machine->saved->outcome, HB_OUTCOME_LIMIT);
    save(machine);
    config.stop_cycles = 30000;
    struct hb_machine *other = guest_machine(&config);
    load(other);
    hb_machine_run(other, UINT64_MAX);
    ck_assert_uint_eq(other->saved->cycle, 30000);
    hb_machine_destroy(machine);
    hb_machine_destroy(other);
}
END_TEST

/* ---- What is refused ------------------------------------------------------------------------------------------- */

/* `machine` is left as it is. */
static void refused(struct hb_machine *machine, const char *path, const char *words) {
    struct hb_error error = {.text = ""};
    uint64_t hash = hb_state_hash(machine);
    ck_assert_msg(!hb_snapshot_read(machine, path, &error), "%s is taken", words);
    ck_assert_msg(strstr(error.text, words) != NULL, "\"%s\", not: %s", words, error.text);
    ck_assert_ptr_eq(strchr(error.text, '\n'), NULL);
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    ck_assert_int_eq(machine->log.inputs, 0);
}

START_TEST(what_is_no_snapshot_is_refused) {
    struct hb_machine *machine = guest_machine(&config);
    refused(machine, "/nowhere/at/all", "cannot be read: No such file");
    refused(machine, guest_folder(), "cannot be read: Is a directory");
    refused(machine, "/dev/null", "is not a snapshot");
    refused(machine, mix, "is not a snapshot");
    struct hb_error error = {.text = ""};
    ck_assert(!hb_snapshot_write(machine, "/nowhere/at/all", false, &error));
    ck_assert_msg(strstr(error.text, "cannot be written") != NULL, "%s", error.text);
    hb_machine_destroy(machine);
}
END_TEST

static const char *another(uint32_t i) {
    switch (i) {
    case 0: config.harts = 3; break;
    case 1: config.hart[2].l1d.size_bytes = 2048; break;
    case 2: config.hart[1].cpu.div_cycles++; break;
    case 3:
        config.bus.protocol = HB_PROTOCOL_VI;
        config.hart[0].l1d.write_through = 1;
        break;
    case 4: config.memory.size_bytes *= 2; break;
    case 5: config.seed++; break;
    case 6: config.faults[0].count++; break;
    case 7: config.n_faults = 0; break;
    case 8: config.os.quantum_cycles++; break;
    case 9: snprintf(config.image, sizeof config.image, "%s", other_image); return "what it booted";
    case 10: config.disk = NULL; return "differs";
    default: config.append = "quiet"; return "what it booted";
    }
    return "its configuration differs";
}

START_TEST(another_machine_is_refused) {
    struct hb_machine *machine = guest_machine(&config);
    hb_machine_run(machine, 20000);
    save(machine);
    hb_machine_destroy(machine);
    const char *words = another((uint32_t)_i);
    machine = guest_machine(&config);
    refused(machine, file, words);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(a_disk_image_that_was_changed_is_refused) {
    struct hb_machine *machine = guest_machine(&config);
    save(machine);
    FILE *image = fopen(disk_image, "r+b");
    ck_assert(image != NULL);
    fputc(0xfe, image);
    fclose(image);
    refused(machine, file, "its disk image differs");
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(another_version_is_refused) {
    size_t n;
    struct hb_machine *machine = guest_machine(&config);
    save(machine);
    uint8_t *bytes = read_bytes(file, &n);
    bytes[8]++;
    write_bytes(other_file, bytes, n);
    refused(machine, other_file, "another version");
    bytes[8]--;
    bytes[24]++; /* the layout, with a hash that is right */
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, bytes, n - 8);
    for (uint32_t i = 0; i < 8; i++)
        bytes[n - 8 + i] = (uint8_t)(hash >> 8 * i);
    write_bytes(other_file, bytes, n);
    refused(machine, other_file, "another version");
    free(bytes);
    hb_machine_destroy(machine);
}
END_TEST

/* Small: one hart that has just begun. */
static struct hb_machine *small_machine(void) {
    guest_config(&config, mix, 1);
    config.memory.size_bytes = 4u << 20;
    return guest_machine(&config);
}

START_TEST(every_cut_is_refused) {
    size_t n;
    struct hb_machine *machine = small_machine();
    struct hb_error error;
    hb_machine_run(machine, 300);
    save(machine);
    uint64_t hash = hb_state_hash(machine);
    uint8_t *bytes = read_bytes(file, &n);
    for (size_t cut = 0; cut < n; cut++) {
        write_bytes(other_file, bytes, cut);
        ck_assert_msg(!hb_snapshot_read(machine, other_file, &error), "the first %zu bytes are taken", cut);
    }
    bytes[n] = 0;
    write_bytes(other_file, bytes, n + 1); /* one too many */
    ck_assert(!hb_snapshot_read(machine, other_file, &error));
    ck_assert_uint_eq(hb_state_hash(machine), hash);
    free(bytes);
    hb_machine_destroy(machine);
}
END_TEST

START_TEST(every_flip_is_refused) {
    size_t n;
    struct hb_machine *machine = small_machine();
    struct hb_error error;
    hb_machine_run(machine, 300);
    save(machine);
    uint64_t before = hb_state_hash(machine);
    uint8_t *bytes = read_bytes(file, &n);
    for (uint32_t i = 0; i < 4000; i++) {
        size_t at = (size_t)(hb_choice(11, 0, i) % n);
        uint8_t bits = (uint8_t)(1 + hb_choice(12, 0, i) % 255);
        bytes[at] ^= bits;
        write_bytes(other_file, bytes, n);
        ck_assert_msg(!hb_snapshot_read(machine, other_file, &error), "taken, with byte %zu changed", at);
        bytes[at] ^= bits;
    }
    ck_assert_uint_eq(hb_state_hash(machine), before);
    free(bytes);
    hb_machine_destroy(machine);
}
END_TEST

static Suite *snapshot_files(void) {
    Suite *suite = suite_create("snapshot_file");
    TCase *tests = tcase_create("snapshot_file");
    tcase_set_timeout(tests, 240);
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_loop_test(tests, a_bare_metal_program_goes_on_alike, 0, 12);
    tcase_add_loop_test(tests, the_bundled_kernel_goes_on_alike, 0, 2);
    tcase_add_loop_test(tests, everything_is_taken_over, 0, 2);
    tcase_add_test(tests, a_limit_can_be_raised);
    tcase_add_test(tests, what_is_no_snapshot_is_refused);
    tcase_add_loop_test(tests, another_machine_is_refused, 0, 12);
    tcase_add_test(tests, a_disk_image_that_was_changed_is_refused);
    tcase_add_test(tests, another_version_is_refused);
    tcase_add_test(tests, every_cut_is_refused);
    tcase_add_test(tests, every_flip_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void) {
    guest_need_compiler();
    guest_make("mix", "", "mix", mix);
    guest_make("mix", "-DROUNDS=401", "other", other_image);
    SRunner *runner = srunner_create(snapshot_files());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    guest_clean_up();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
