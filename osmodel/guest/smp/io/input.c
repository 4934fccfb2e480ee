#include "osmodel/guest/smp/io/input.h"

#include <stddef.h>

#include "osmodel/guest/lib/lock.h"
#include "osmodel/guest/lib/memory.h"
#include "osmodel/guest/machine/console.h"
#include "osmodel/guest/machine/tracepoint.h"
#include "osmodel/guest/smp/io/output.h"
#include "osmodel/guest/smp/task.h"
#include "osmodel/guest/smp/waiters.h"

#define LINES      64u
#define FIFO_BYTES 16u     /* of the UART */
#define THING      0xffffu /* the number of this thing among those that tasks wait for; mutexes begin at 0 */

enum line_state { FREE, COMPLETE, TAKEN }; /* FREE: being received, when it has bytes */

struct line {
    uint64_t word;    /* bits 0..7: bytes; 8..15: state; 16..31: task; 32..55: its answer; 56..63: the line's lap */
    uint64_t printed; /* bytes of the answer that are on the console */
    uint8_t text[HB_INPUT_LINE_BYTES];
} __attribute__((aligned(HB_LINE_ALIGN)));

/* Lines are numbered as they come; number n is in slot n % LINES. */
static struct {
    uint64_t lock;
    struct hb_waiters waiters;
    uint64_t receiving; /* the line that is being received */
    uint64_t next;      /* lines before this one have been taken */
    bool is_full;       /* there was no slot for what had come */
} input __attribute__((aligned(HB_LOCK_ALIGN)));

static struct line lines[LINES];

/* Of a task: written by whoever runs it. */
static struct {
    uint64_t answered; /* lines */
    uint64_t line;     /* the number of the one that it took last; the line itself says whether that is true */
} readers[HB_TASKS_MAX] __attribute__((aligned(HB_LINE_ALIGN)));

static struct line *line_at(uint64_t number) {
    return &lines[number % LINES];
}

static uint64_t lap_bits(uint64_t number) {
    return number / LINES << 56;
}

static uint64_t bytes_in(uint64_t word) {
    return word & 0xff;
}

static enum line_state state_in(uint64_t word) {
    return (enum line_state)(word >> 8 & 0xff);
}

static uint64_t answer_in(uint64_t word) {
    return word >> 32 & 0xffffff;
}

static uint64_t taken_word(uint64_t word, uint32_t task) {
    return (word & 0xff000000000000ffull) | readers[task].answered << 32 | (uint64_t)task << 16 | TAKEN << 8;
}

/* ---- Receiving ------------------------------------------------------------------------------------------------- */

/* One store completes the line, together with its last byte. */
static void add(char c) {
    struct line *line = line_at(input.receiving);
    uint64_t bytes = bytes_in(line->word);
    bool is_complete = c == '\n' || bytes + 1 == HB_INPUT_LINE_BYTES;
    line->text[bytes] = (uint8_t)c;
    line->printed = 0;
    if (hb_flushes())
        hb_clean(line, sizeof *line);
    hb_store(&line->word, lap_bits(input.receiving) | (bytes + 1) | (uint64_t)(is_complete ? COMPLETE : FREE) << 8);
    input.receiving += is_complete;
}

static bool has_slot(void) {
    return state_in(line_at(input.receiving)->word) == FREE;
}

/* A FIFO's worth at most: if more has come, the UART interrupts again. Returns how many bytes there were. */
static uint32_t drain(void) {
    uint32_t bytes = 0;
    int c = 0;
    for (; bytes < FIFO_BYTES && has_slot() && c >= 0; bytes += c >= 0) {
        c = hb_get_char();
        if (c >= 0)
            add((char)c);
        hb_breathe();
    }
    input.is_full = !has_slot();
    return bytes;
}

static struct line *first_complete(void) {
    for (; input.next < input.receiving; input.next++)
        if (state_in(line_at(input.next)->word) == COMPLETE)
            return line_at(input.next);
    return NULL;
}

/* For each line that nobody has taken a task is woken; one that comes too late waits again. */
bool hb_input_receive(void) {
    uint32_t bytes = 0, woken;
    uint64_t lines_left = LINES;
    do {
        hb_lock_acquire(&input.lock);
        bytes += drain();
        woken = first_complete() != NULL ? hb_waiters_take(&input.waiters, THING) : HB_NO_TASK;
        uint64_t untaken = input.receiving - input.next;
        hb_lock_release_of(&input.lock, sizeof input);
        hb_waiters_wake(woken);
        lines_left = untaken < lines_left ? untaken : lines_left;
        lines_left--;
    } while (woken != HB_NO_TASK && lines_left > 0);
    return bytes != 0;
}

/* ---- Taking and answering -------------------------------------------------------------------------------------- */

/* The line that the task has taken, in this attempt or one before it. */
static struct line *find_taken(uint32_t task) {
    struct line *line = line_at(readers[task].line);
    uint64_t word = hb_load(&line->word);
    return state_in(word) == TAKEN && (word >> 16 & 0xffff) == task ? line : NULL;
}

/* One that was answered just before its hart died is done with. */
static struct line *find_unanswered(uint32_t task) {
    struct line *line = find_taken(task);
    if (line == NULL || answer_in(line->word) == readers[task].answered)
        return line;
    hb_store(&line->word, 0);
    return NULL;
}

static struct line *take(uint32_t task) {
    struct line *line = find_unanswered(task);
    if (line == NULL) {
        line = first_complete();
        hb_store(&readers[task].line, input.next);
        if (line != NULL)
            hb_store(&line->word, taken_word(line->word, task));
    }
    if (line == NULL)
        hb_waiters_add(&input.waiters, THING, task);
    return line;
}

uint64_t hb_input_take(uint32_t task, uint8_t *to, uint64_t bytes) {
    hb_lock_acquire(&input.lock);
    struct line *line = take(task);
    hb_lock_release_of(&input.lock, sizeof input);
    if (line == NULL)
        return 0;
    uint64_t length = bytes_in(line->word) < bytes ? bytes_in(line->word) : bytes;
    memcpy(to, line->text, length);
    return length;
}

bool hb_input_answer(uint32_t task, const char *text, uint64_t bytes) {
    struct line *line = find_taken(task);
    if (line == NULL)
        return false;
    hb_output_on(text, bytes, &line->printed);
    hb_store(&readers[task].answered, readers[task].answered + 1);
    hb_store(&line->word, 0);
    HB_TRACE(HB_TP_PROGRESS, task, readers[task].answered);
    if (input.is_full)
        hb_input_receive();
    return true;
}

uint64_t hb_input_answered(uint32_t task) {
    return readers[task].answered;
}

bool hb_input_end_wait(uint32_t task, uint64_t word) {
    if (hb_task_detail(word) != THING)
        return false;
    hb_lock_acquire(&input.lock);
    bool has_ended = hb_waiters_remove(&input.waiters, task, word);
    hb_lock_release_of(&input.lock, sizeof input);
    if (has_ended)
        hb_waiters_wake(task);
    return true;
}

/* It may have completed a line and not yet gone on to the next. */
bool hb_input_mend(const uint64_t *lock) {
    if (lock != &input.lock)
        return false;
    uint64_t word = line_at(input.receiving)->word;
    if (state_in(word) != FREE && (word >> 56) == (lap_bits(input.receiving) >> 56))
        input.receiving++;
    hb_waiters_mend(&input.waiters);
    if (hb_flushes())
        hb_clean(&input, sizeof input);
    return true;
}

bool hb_input_fill(const uint64_t *lock) {
    int32_t piece = HB_REFILL_PIECE;
    while (lock == &input.lock && !hb_waiters_are_whole(&input.waiters) && piece > 0) {
        hb_lock_acquire(&input.lock);
        uint32_t woken = hb_waiters_fill(&input.waiters, THING, &piece);
        hb_lock_release_of(&input.lock, sizeof input);
        hb_waiters_wake(woken);
    }
    return lock != &input.lock || hb_waiters_are_whole(&input.waiters);
}
