#include "ui/dashboard/draw/changes.h"

#include <string.h>

#include "memory/hash.h"

void hb_changes_forget(struct hb_changes *changes) {
    changes->w = 0;
}

/* Forgets the screen when it has another size. */
static void fit(struct hb_changes *changes, int w, int h) {
    if (changes->w == w && changes->h == h)
        return;
    *changes = (struct hb_changes){.w = w, .h = h, .side = HB_CHANGES_CELL};
    do {
        changes->columns = (w + changes->side - 1) / changes->side;
        changes->rows = (h + changes->side - 1) / changes->side;
    } while (changes->columns * changes->rows > HB_CHANGES_CELLS && (changes->side *= 2) > 0);
}

/* ---- Hashes ---------------------------------------------------------------------------------------------------- */

static uint64_t hash_rect(uint64_t hash, struct hb_rect r) {
    hash = hb_hash_u64(hash, (uint64_t)(uint32_t)r.x << 32 | (uint32_t)r.y);
    return hb_hash_u64(hash, (uint64_t)(uint32_t)r.w << 32 | (uint32_t)r.h);
}

/* Of what it looks like, where, and how it is clipped. */
static uint64_t hash_item(const struct hb_draw_list *list, const struct hb_draw *item, struct hb_rect clipped) {
    uint64_t looks = (uint64_t)item->colour << 24 | (uint64_t)item->kind << 16 | (uint64_t)item->detail << 8 |
                     (uint64_t)item->rising;
    uint64_t hash = hash_rect(hash_rect(looks, item->rect), clipped);
    if (item->kind != HB_DRAW_TEXT)
        return hash;
    const char *text = hb_draw_string(list, item->text);
    return hb_hash_bytes(hash, (const uint8_t *)text, strlen(text));
}

/* Where an item hides what was painted before it. */
static struct hb_rect hidden_by(const struct hb_draw *item) {
    if (item->colour >> 24 != 0xff || (item->kind != HB_DRAW_RECT && item->kind != HB_DRAW_ROUND))
        return (struct hb_rect){0, 0, 0, 0};
    return hb_rect_inset(item->rect, 0, item->kind == HB_DRAW_ROUND ? item->detail : 0);
}

/* The cells that lie in it whole; the last ones of the screen may be smaller than others. */
static struct hb_rect whole_cells(const struct hb_changes *changes, struct hb_rect r) {
    const int side = changes->side, x = (r.x + side - 1) / side, y = (r.y + side - 1) / side;
    const int end_x = r.x + r.w == changes->w ? changes->columns : (r.x + r.w) / side;
    const int end_y = r.y + r.h == changes->h ? changes->rows : (r.y + r.h) / side;
    return (struct hb_rect){x, y, end_x - x, end_y - y};
}

/* What is hidden does not count any more. */
static void mark(struct hb_changes *changes, uint32_t item, struct hb_rect cells, struct hb_rect hidden,
                 uint64_t hash) {
    for (int y = cells.y; y < cells.y + cells.h; y++)
        for (int x = cells.x; x < cells.x + cells.w; x++) {
            const int at = y * changes->columns + x;
            if (hb_rect_has(hidden, x, y)) {
                changes->cell[at] = hash;
                changes->from[at] = item;
            } else {
                changes->cell[at] = hb_hash_u64(changes->cell[at], hash);
            }
        }
}

static void hash_cells(struct hb_changes *changes, const struct hb_draw_list *list) {
    const struct hb_rect screen = {0, 0, changes->w, changes->h};
    struct hb_rect clip = screen;
    memset(changes->cell, 0, sizeof changes->cell[0] * (size_t)(changes->columns * changes->rows));
    memset(changes->from, 0, sizeof changes->from[0] * (size_t)(changes->columns * changes->rows));
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP) {
            clip = hb_rect_empty(item->rect) ? screen : hb_rect_common(item->rect, screen);
            continue;
        }
        struct hb_rect r = hb_rect_common(hb_draw_extent(item), clip);
        if (hb_rect_empty(r))
            continue;
        const struct hb_rect hidden = hb_rect_common(hidden_by(item), clip);
        mark(changes, i, hb_changes_cells(changes, r), whole_cells(changes, hidden), hash_item(list, item, r));
    }
}

/* ---- Rectangles ------------------------------------------------------------------------------------------------ */

static void forget_unchanged(struct hb_changes *changes) {
    for (int i = 0; i < changes->columns * changes->rows; i++) {
        if (changes->cell[i] == changes->before[i])
            changes->from[i] = HB_CHANGES_NONE;
        changes->before[i] = changes->cell[i];
    }
}

int hb_changes_run(const struct hb_changes *changes, uint32_t item, int x, int y, int end) {
    const uint32_t *from = &changes->from[y * changes->columns];
    int n = 0;
    while (x + n < end && from[x + n] <= item)
        n++;
    return n;
}

/* Add a run of cells; it becomes part of one that is as wide and ends just above it. False: there is no room. */
static bool add_run(struct hb_rect *rect, int *count, struct hb_rect run) {
    for (int i = *count; i-- > 0;)
        if (rect[i].x == run.x && rect[i].w == run.w && rect[i].y + rect[i].h == run.y) {
            rect[i].h += run.h;
            return true;
        }
    if (*count == HB_CHANGES_RECTS)
        return false;
    rect[(*count)++] = run;
    return true;
}

static int whole(struct hb_rect *rect, struct hb_rect screen) {
    rect[0] = screen;
    return 1;
}

/* In rows from the top; HB_CHANGES_RECTS + 1: more than there is room for. */
static int find_rects(const struct hb_changes *changes, struct hb_rect *rect) {
    const int side = changes->side;
    int count = 0;
    for (int y = 0; y < changes->rows; y++)
        for (int x = 0, n; x < changes->columns; x += n + 1) {
            n = hb_changes_run(changes, HB_DRAW_MAX, x, y, changes->columns);
            if (n > 0 && !add_run(rect, &count, (struct hb_rect){x * side, y * side, n * side, side}))
                return HB_CHANGES_RECTS + 1;
        }
    return count;
}

int hb_changes_find(struct hb_changes *changes, const struct hb_draw_list *list, int w, int h,
                    struct hb_rect rect[HB_CHANGES_RECTS]) {
    const struct hb_rect screen = {0, 0, w, h};
    const bool known = changes->w == w && changes->h == h;
    fit(changes, w, h);
    hash_cells(changes, list);
    if (known)
        forget_unchanged(changes);
    else
        memcpy(changes->before, changes->cell, sizeof changes->cell);
    int count = known ? find_rects(changes, rect) : 0;
    if (!known || count > HB_CHANGES_RECTS)
        count = whole(rect, screen);
    for (int i = 0; i < count; i++)
        rect[i] = hb_rect_common(rect[i], screen);
    return count;
}
