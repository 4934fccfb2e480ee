#include "sim/campaign/journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "memory/hash.h"
#include "sim/campaign/record.h"

#define CHECK_DIGITS 16u
#define PARTS_MAX    1000000u

static bool blame(struct hb_error *error, const char *path) {
    hb_error_set(error, "%.600s: cannot be written: %s", path, strerror(errno));
    hb_error_blame_host(error);
    return false;
}

static bool part_path(const char *dir, uint32_t number, char path[HB_PATH_BYTES]) {
    return snprintf(path, HB_PATH_BYTES, "%s/parts/%06" PRIu32, dir, number) < HB_PATH_BYTES;
}

/* ---- Writing --------------------------------------------------------------------------------------------------- */

/* The first number that no other worker, of this campaign or of one before it, has. */
bool hb_journal_open(struct hb_journal *journal, const char *dir, struct hb_error *error) {
    char path[HB_PATH_BYTES];
    journal->file = -1;
    journal->synced_seconds = 0;
    if (snprintf(path, sizeof path, "%s/parts", dir) >= HB_PATH_BYTES || (mkdir(path, 0777) != 0 && errno != EEXIST))
        return blame(error, path);
    for (uint32_t i = 0; i < PARTS_MAX && journal->file < 0; i++) {
        if (!part_path(dir, i, path))
            break;
        journal->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0666);
        if (journal->file < 0 && errno != EEXIST)
            break;
    }
    return journal->file >= 0 || blame(error, path);
}

static uint64_t check_word(const char *line, size_t n) {
    return hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)line, n);
}

static bool write_whole(int file, const char *bytes, size_t n) {
    while (n) {
        ssize_t wrote = write(file, bytes, n);
        if (wrote < 0 && errno != EINTR)
            return false;
        bytes += wrote < 0 ? 0 : wrote;
        n -= wrote < 0 ? 0 : (size_t)wrote;
    }
    return true;
}

bool hb_journal_add(struct hb_journal *journal, const char *line, struct hb_error *error) {
    size_t n = strlen(line), room = n + CHECK_DIGITS + 3;
    char *text = malloc(room);
    if (!text)
        abort();
    int bytes = snprintf(text, room, "%016" PRIx64 " %s\n", check_word(line, n), line);
    bool ok = write_whole(journal->file, text, (size_t)bytes);
    uint64_t now = (uint64_t)time(NULL);
    free(text);
    if (ok && now != journal->synced_seconds) {
        journal->synced_seconds = now;
        ok = fdatasync(journal->file) == 0;
    }
    return ok || blame(error, "the journal of the campaign");
}

bool hb_journal_close(struct hb_journal *journal, struct hb_error *error) {
    bool ok = journal->file < 0 || (fdatasync(journal->file) == 0) & (close(journal->file) == 0);
    journal->file = -1;
    return ok || blame(error, "the journal of the campaign");
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

/* The run's line in `text`, or NULL if its check word is another. */
static char *checked_line(char *text, size_t n) {
    char word[CHECK_DIGITS + 1];
    if (n <= CHECK_DIGITS + 1 || text[CHECK_DIGITS] != ' ')
        return NULL;
    char *line = text + CHECK_DIGITS + 1;
    snprintf(word, sizeof word, "%016" PRIx64, check_word(line, n - CHECK_DIGITS - 1));
    return memcmp(word, text, CHECK_DIGITS) == 0 ? line : NULL;
}

static void take_line(char *text, size_t n, uint64_t from, struct hb_journal_lines *lines) {
    struct hb_record record;
    char *line = checked_line(text, n);
    size_t bytes = line ? n - (size_t)(line - text) : 0;
    if (!line || !hb_record_read(line, bytes, &record) || record.index < from || record.index - from >= lines->n)
        return;
    if (!lines->line[record.index - from])
        lines->line[record.index - from] = strndup(line, bytes);
}

static bool read_part(const char *path, uint64_t from, struct hb_journal_lines *lines, struct hb_error *error) {
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    if (!file) {
        hb_error_set(error, "%.600s: cannot be read: %s", path, strerror(errno));
        return false;
    }
    for (ssize_t n; (n = getline(&text, &room, file)) > 0;)
        if (text[n - 1] == '\n')
            take_line(text, (size_t)n - 1, from, lines);
    free(text);
    fclose(file);
    return true;
}

bool hb_journal_read(const char *dir, uint64_t from, uint64_t to, struct hb_journal_lines *lines,
                     struct hb_error *error) {
    char path[HB_PATH_BYTES];
    *lines = (struct hb_journal_lines){.n = to - from, .line = calloc(to - from + 1, sizeof(char *))};
    if (!lines->line)
        abort();
    for (uint32_t i = 0; i < PARTS_MAX && part_path(dir, i, path) && access(path, F_OK) == 0; i++)
        if (!read_part(path, from, lines, error))
            return false;
    return true;
}

void hb_journal_forget(struct hb_journal_lines *lines) {
    for (uint64_t i = 0; i < lines->n; i++)
        free(lines->line[i]);
    free(lines->line);
    *lines = (struct hb_journal_lines){0};
}

bool hb_journal_exists(const char *dir) {
    char path[HB_PATH_BYTES];
    return part_path(dir, 0, path) && access(path, F_OK) == 0;
}

void hb_journal_remove(const char *dir) {
    char path[HB_PATH_BYTES];
    uint32_t parts = 0;
    while (parts < PARTS_MAX && part_path(dir, parts, path) && access(path, F_OK) == 0)
        parts++;
    while (parts-- > 0) /* the first one last: as long as it is there, so is the journal */
        if (part_path(dir, parts, path))
            unlink(path);
    if (snprintf(path, sizeof path, "%s/parts", dir) < HB_PATH_BYTES)
        rmdir(path);
}
