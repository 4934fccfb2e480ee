#include "sim/observe/sharing.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define HARTS_NAMED  8 /* that use the same bytes */
#define GROUPS_NAMED 4 /* in a sentence */

/* ---- Text ------------------------------------------------------------------------------------------------------ */

/* Appends; what does not fit is cut. */
static void say(char *text, uint32_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void say(char *text, uint32_t n, const char *format, ...) {
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, n - used, format, arguments);
    va_end(arguments);
}

void hb_byte_set_text(const struct hb_byte_set *set, char *text, uint32_t n) {
    text[0] = 0;
    for (uint32_t byte = 0; byte < HB_LINE_BYTES_MAX; byte++) {
        uint32_t last = byte;
        if (!hb_byte_set_has(set, byte))
            continue;
        while (last + 1 < HB_LINE_BYTES_MAX && hb_byte_set_has(set, last + 1))
            last++;
        say(text, n, "%s%" PRIu32, text[0] ? ", " : "", byte);
        if (last > byte)
            say(text, n, "-%" PRIu32, last);
        byte = last;
    }
}

static struct hb_byte_set touched_by(const struct hb_line_hart *hart) {
    struct hb_byte_set set = hart->read;
    hb_byte_set_add(&set, &hart->written);
    return set;
}

static bool touches(const struct hb_line_hart *hart) {
    struct hb_byte_set set = touched_by(hart);
    return !hb_byte_set_is_empty(&set);
}

static bool use_the_same(const struct hb_line_hart *a, const struct hb_line_hart *b) {
    struct hb_byte_set left = touched_by(a), right = touched_by(b);
    return memcmp(&left, &right, sizeof left) == 0 && strcmp(a->uses, b->uses) == 0;
}

/* "hart 0: counter[0] (bytes 0-7)", or "harts 1, 2: bytes 8-15": all that use the same as hart `first` of the list. */
static void say_group(char *text, uint32_t n, const struct hb_line_result *line, uint32_t first) {
    const struct hb_line_hart *hart = &line->hart[first];
    struct hb_byte_set set = touched_by(hart);
    char bytes[HB_SHARING_SYMBOL_BYTES], numbers[64] = "";
    uint32_t harts = 0;
    for (uint32_t h = first; h < line->harts; h++) {
        if (!use_the_same(&line->hart[h], hart) || ++harts > HARTS_NAMED)
            continue;
        say(numbers, sizeof numbers, "%s%" PRIu32, harts > 1 ? ", " : "", line->hart[h].hart);
    }
    if (harts > HARTS_NAMED)
        say(numbers, sizeof numbers, ", ...");
    hb_byte_set_text(&set, bytes, sizeof bytes);
    say(text, n, "%s %s: ", harts > 1 ? "harts" : "hart", numbers);
    if (hart->uses[0])
        say(text, n, "%s (bytes %s)", hart->uses, bytes);
    else
        say(text, n, "bytes %s", bytes);
}

static bool is_first_of_group(const struct hb_line_result *line, uint32_t hart) {
    for (uint32_t h = 0; h < hart; h++)
        if (use_the_same(&line->hart[h], &line->hart[hart]))
            return false;
    return touches(&line->hart[hart]);
}

static void say_harts(char *text, uint32_t n, const struct hb_line_result *line) {
    uint32_t groups = 0;
    for (uint32_t h = 0; h < line->harts; h++) {
        if (!is_first_of_group(line, h) || groups++ >= GROUPS_NAMED)
            continue;
        say(text, n, "%s", groups > 1 ? "; " : "");
        say_group(text, n, line, h);
    }
    if (groups > GROUPS_NAMED)
        say(text, n, "; and %" PRIu32 " more", groups - GROUPS_NAMED);
}

/* ---- Judging --------------------------------------------------------------------------------------------------- */

struct judgement {
    uint32_t users;                  /* harts that touched it */
    uint32_t writers;                /* of them */
    bool disjoint;                   /* nobody wrote a byte that another touched */
    const struct hb_line_hart *user; /* the last of them */
};

static bool interfere(const struct hb_line_hart *writer, const struct hb_line_hart *other) {
    struct hb_byte_set set = touched_by(other);
    return hb_byte_set_meets(&writer->written, &set);
}

static struct judgement look_at(const struct hb_line_result *line) {
    struct judgement found = {.disjoint = true};
    for (uint32_t i = 0; i < line->harts; i++) {
        found.users += touches(&line->hart[i]);
        found.writers += !hb_byte_set_is_empty(&line->hart[i].written);
        found.user = touches(&line->hart[i]) ? &line->hart[i] : found.user;
        for (uint32_t j = 0; j < line->harts; j++)
            found.disjoint &= i == j || !interfere(&line->hart[i], &line->hart[j]);
    }
    return found;
}

static uint64_t sharing_misses(const struct hb_line_result *line) {
    return line->misses[HB_MISS_TRUE_SHARING] + line->misses[HB_MISS_FALSE_SHARING];
}

/* What the harts do to each other. */
static void say_traffic(char *why, uint32_t n, const struct hb_line_result *line) {
    const char *and = "";
    if (line->invalidations)
        say(why, n, "took the line from each other %" PRIu64 " time%s", line->invalidations,
            line->invalidations == 1 ? "" : "s");
    if (line->invalidations && line->updates)
        and = " and ";
    if (line->updates)
        say(why, n, "%supdated each other's copies %" PRIu64 " time%s", and, line->updates,
            line->updates == 1 ? "" : "s");
}

/* The sentence of a falsely shared line; false: it is none. */
static bool is_false(struct hb_line_result *line, const struct judgement *found) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    const uint64_t true_misses = line->misses[HB_MISS_TRUE_SHARING], useless = line->misses[HB_MISS_FALSE_SHARING];
    if (found->users < 2 || found->writers == 0 || line->invalidations + line->updates == 0)
        return false;
    if (found->disjoint) {
        say(why, n, "false sharing: no hart writes a byte that another uses (");
        say_harts(why, n, line);
        say(why, n, "), and yet they ");
        say_traffic(why, n, line);
        say(why, n, "; on lines of their own they would not");
    } else if (useless > true_misses) {
        say(why, n,
            "mostly false sharing: %" PRIu64 " of %" PRIu64 " misses of sharing brought nothing new that was used (",
            useless, sharing_misses(line));
        say_harts(why, n, line);
        say(why, n, ")");
    } else if (line->updates && line->updates_used == 0) {
        say(why, n, "false sharing: of %" PRIu64 " updates of copies not one was ever looked at (", line->updates);
        say_harts(why, n, line);
        say(why, n, ")");
    }
    return why[0] != 0;
}

static void say_shared(struct hb_line_result *line) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    say(why, n, "true sharing: harts use bytes that others write (");
    say_harts(why, n, line);
    say(why, n, "), and ");
    say_traffic(why, n, line);
    if (sharing_misses(line))
        say(why, n, "; %" PRIu64 " of %" PRIu64 " misses of sharing brought what was needed",
            line->misses[HB_MISS_TRUE_SHARING], sharing_misses(line));
}

/* Nobody is in the way of anybody. */
static void say_alone(struct hb_line_result *line, const struct judgement *found) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    if (found->users == 0)
        say(why, n, "no hart touches it: a device or an eviction moves it");
    else if (found->users == 1)
        say(why, n, "hart %" PRIu32 " alone uses it", found->user->hart);
    else
        say(why, n, "%" PRIu32 " harts use it, %s", found->users,
            found->writers ? "and nobody took it from another" : "and none writes it");
    if (line->misses[HB_MISS_CAPACITY] + line->misses[HB_MISS_CONFLICT])
        say(why, n, "; it left the cache for others: misses for capacity %" PRIu64 ", for conflict %" PRIu64,
            line->misses[HB_MISS_CAPACITY], line->misses[HB_MISS_CONFLICT]);
}

void hb_sharing_judge(struct hb_line_result *line) {
    const uint32_t n = sizeof line->why;
    const struct judgement found = look_at(line);
    line->why[0] = 0;
    line->false_sharing = is_false(line, &found);
    if (!line->false_sharing && line->reservations_lost)
        say(line->why, n, "harts compete for it with LR and SC: %" PRIu64 " reservation%s lost; ",
            line->reservations_lost, line->reservations_lost == 1 ? " was" : "s were");
    if (!line->false_sharing && found.users > 1 && found.writers && line->invalidations + line->updates)
        say_shared(line);
    else if (!line->false_sharing)
        say_alone(line, &found);
    if (line->device_writes)
        say(line->why, n, "; a device wrote it %" PRIu64 " times", line->device_writes);
}
