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

struct hb_rect hb_draw_extent(const struct hb_draw *item) {
    if (item->kind != HB_DRAW_LINE)
        return item->rect;
    int t = item->detail + 1; /* its edge fades */
    return (struct hb_rect){item->rect.x - t, item->rect.y - t, item->rect.w + 2 * t, item->rect.h + 2 * t};
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

static void mark(struct hb_changes *changes, struct hb_rect r, uint64_t hash) {
    int last_x = (r.x + r.w - 1) / changes->side, last_y = (r.y + r.h - 1) / changes->side;
    for (int y = r.y / changes->side; y <= last_y; y++)
        for (int x = r.x / changes->side; x <= last_x; x++) {
            uint64_t *cell = &changes->cell[y * changes->columns + x];
            *cell = hb_hash_u64(*cell, hash);
        }
}

static void hash_cells(struct hb_changes *changes, const struct hb_draw_list *list) {
    const struct hb_rect screen = {0, 0, changes->w, changes->h};
    struct hb_rect clip = screen;
    memset(changes->cell, 0, sizeof changes->cell[0] * (size_t)(changes->columns * changes->rows));
    for (uint32_t i = 0; i < list->count; i++) {
        const struct hb_draw *item = &list->item[i];
        if (item->kind == HB_DRAW_CLIP) {
            clip = hb_rect_empty(item->rect) ? screen : hb_rect_common(item->rect, screen);
            continue;
        }
        struct hb_rect r = hb_rect_common(hb_draw_extent(item), clip);
        if (!hb_rect_empty(r))
            mark(changes, r, hash_item(list, item, r));
    }
}

/* ---- Rectangles ------------------------------------------------------------------------------------------------ */

static bool is_changed(const struct hb_changes *changes, int x, int y) {
    int at = y * changes->columns + x;
    return changes->cell[at] != changes->before[at];
}

/* The cells from `x` on that have changed, one beside the other. */
static int run_of(const struct hb_changes *changes, int x, int y) {
    int n = 0;
    while (x + n < changes->columns && is_changed(changes, x + n, y))
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
            n = run_of(changes, x, y);
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
    int count = known ? find_rects(changes, rect) : 0;
    if (!known || count > HB_CHANGES_RECTS)
        count = whole(rect, screen);
    for (int i = 0; i < count; i++)
        rect[i] = hb_rect_common(rect[i], screen);
    memcpy(changes->before, changes->cell, sizeof changes->cell);
    return count;
}
