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

/* "hart 0: counter[0] (bytes 0-7)", or "harts 1, 2: bytes 8-15": all that use the same bytes as hart `first` of the
 * list. */
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

/* The class of most misses; of several with as many the one that comes first here, which tells most. */
static enum hb_miss largest_class(const struct hb_line_result *line) {
    static const enum hb_miss order[HB_MISSES] = {HB_MISS_TRUE_SHARING, HB_MISS_FALSE_SHARING, HB_MISS_CONFLICT,
                                                  HB_MISS_CAPACITY, HB_MISS_COLD};
    enum hb_miss largest = order[0];
    for (uint32_t i = 1; i < HB_MISSES; i++)
        if (line->misses[order[i]] > line->misses[largest])
            largest = order[i];
    return largest;
}

/* "conflict: 196 of 203 misses (other lines of its set drive it out); ": what counts most comes first. */
static void say_misses(struct hb_line_result *line) {
    static const char *const meanings[HB_MISSES] = {
        [HB_MISS_COLD] = "a cache gets it for the first time",
        [HB_MISS_CAPACITY] = "the cache is too small for what is used in between",
        [HB_MISS_CONFLICT] = "other lines of its set drive it out",
        [HB_MISS_TRUE_SHARING] = "they bring what another wrote",
        [HB_MISS_FALSE_SHARING] = "they bring nothing new that is used",
    };
    const enum hb_miss largest = largest_class(line);
    const uint64_t total = hb_misses_sum(line->misses);
    if (total)
        say(line->why, sizeof line->why, "%s: %" PRIu64 " of %" PRIu64 " miss%s (%s); ", hb_miss_name(largest),
            line->misses[largest], total, total == 1 ? "" : "es", meanings[largest]);
}

static void say_times(char *why, uint32_t n, const char *what, uint64_t times) {
    if (times)
        say(why, n, "%s %" PRIu64 " time%s", what, times, times == 1 ? "" : "s");
}

/* How the harts interfere with each other. */
static void say_traffic(char *why, uint32_t n, const struct hb_line_result *line) {
    const uint64_t taken = line->taken[HB_TAKER_OTHER];
    say_times(why, n, "took the line from each other", taken);
    say_times(why, n, taken ? " and updated each other's copies" : "updated each other's copies", line->updates);
}

enum falseness {
    FALSE_NOT,
    FALSE_DISJOINT, /* nobody writes a byte that another touches */
    FALSE_MOSTLY,   /* by the misses of sharing */
    FALSE_UPDATES   /* that nobody looked at */
};

static bool is_shared(const struct hb_line_result *line, const struct judgement *found) {
    return found->users > 1 && found->writers > 0 && line->taken[HB_TAKER_OTHER] + line->updates > 0;
}

static enum falseness falseness_of(const struct hb_line_result *line, const struct judgement *found) {
    if (!is_shared(line, found))
        return FALSE_NOT;
    if (found->disjoint)
        return FALSE_DISJOINT;
    if (line->misses[HB_MISS_FALSE_SHARING] > line->misses[HB_MISS_TRUE_SHARING])
        return FALSE_MOSTLY;
    return line->updates && line->updates_used == 0 ? FALSE_UPDATES : FALSE_NOT;
}

/* The kind of sharing, unless the sentence began with it. */
static void say_kind(struct hb_line_result *line, enum hb_miss kind) {
    if (hb_misses_sum(line->misses) == 0 || largest_class(line) != kind)
        say(line->why, sizeof line->why, "%s: ", hb_miss_name(kind));
}

static void say_false(struct hb_line_result *line, enum falseness how) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    say_kind(line, HB_MISS_FALSE_SHARING);
    if (how == FALSE_DISJOINT)
        say(why, n, "no hart writes a byte that another uses (");
    else if (how == FALSE_MOSTLY)
        say(why, n, "%" PRIu64 " of %" PRIu64 " misses of sharing brought nothing new that was used (",
            line->misses[HB_MISS_FALSE_SHARING], sharing_misses(line));
    else
        say(why, n, "of %" PRIu64 " updates of copies not one was ever read (", line->updates);
    say_harts(why, n, line);
    say(why, n, ")");
    if (how != FALSE_DISJOINT)
        return;
    say(why, n, ", and yet they ");
    say_traffic(why, n, line);
    say(why, n, "; on lines of their own they would not");
}

static void say_shared(struct hb_line_result *line) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    say_kind(line, HB_MISS_TRUE_SHARING);
    say(why, n, "harts use bytes that others write (");
    say_harts(why, n, line);
    say(why, n, "), and ");
    say_traffic(why, n, line);
    if (sharing_misses(line))
        say(why, n, "; %" PRIu64 " of %" PRIu64 " misses of sharing brought what was needed",
            line->misses[HB_MISS_TRUE_SHARING], sharing_misses(line));
}

/* No two harts are in each other's way by what they write. Copies may go all the same: by a store that was never
 * performed (its hart died), or whose bytes are counted outside the region of interest. */
static void say_alone(struct hb_line_result *line, const struct judgement *found) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    if (found->users == 0)
        say(why, n, "no hart touches it: a device or an eviction moves it");
    else if (found->users == 1)
        say(why, n, "hart %" PRIu32 " alone uses it", found->user->hart);
    else if (line->taken[HB_TAKER_OTHER] + line->updates)
        say(why, n, "%" PRIu32 " harts use it", found->users);
    else
        say(why, n, "%" PRIu32 " harts use it, %s", found->users,
            found->writers ? "and nobody took it from another" : "and none writes it");
    say_times(why, n, "; accesses that were not performed took it away", line->taken[HB_TAKER_OTHER]);
}

/* Copies that went for other reasons than what harts do to each other. */
static void say_others(struct hb_line_result *line) {
    char *why = line->why;
    const uint32_t n = sizeof line->why;
    say_times(why, n, "; stores of the same hart took it from an instruction cache", line->taken[HB_TAKER_OWN]);
    say_times(why, n, "; cbo.flush or cbo.inval took it away", line->taken[HB_TAKER_SOFTWARE]);
    say_times(why, n, "; a device wrote it", line->device_writes);
    say_times(why, n, "; a device took copies away", line->taken[HB_TAKER_DEVICE]);
}

void hb_sharing_judge(struct hb_line_result *line) {
    const struct judgement found = look_at(line);
    const enum falseness how = falseness_of(line, &found);
    line->why[0] = 0;
    line->false_sharing = how != FALSE_NOT;
    say_misses(line);
    if (!line->false_sharing && line->reservations_lost)
        say(line->why, sizeof line->why, "harts compete for it with LR and SC: %" PRIu64 " reservation%s lost; ",
            line->reservations_lost, line->reservations_lost == 1 ? " was" : "s were");
    if (line->false_sharing)
        say_false(line, how);
    else if (is_shared(line, &found))
        say_shared(line);
    else
        say_alone(line, &found);
    say_others(line);
}
