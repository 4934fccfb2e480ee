/* The narration: what happens after the last fault and why, its stages, and what can be tried next. */
#include <stdio.h>

#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/layout.h"
#include "ui/dashboard/panels/panels.h"
#include "ui/dashboard/panels/widgets.h"

static const char *const stage_words[HB_STAGES] = {"killed", "suspected", "fenced", "recovered", "at work"};

static struct hb_look look_of(const struct hb_view *view) {
    static const struct hb_look stages[HB_STAGES] = {
        {"", HB_SHAPE_BOLT, HB_TONE_WARN}, {"", HB_SHAPE_EYE, HB_TONE_BUSY},   {"", HB_SHAPE_NO_ENTRY, HB_TONE_WARN},
        {"", HB_SHAPE_UNDO, HB_TONE_INFO}, {"", HB_SHAPE_CHECK, HB_TONE_GOOD},
    };
    if (view->status == HB_VIEW_FINISHED && (!view->end.known || view->end.passed))
        return (struct hb_look){"", HB_SHAPE_CHECK, HB_TONE_GOOD};
    if (view->status != HB_VIEW_GOING || view->story.kind == HB_STORY_UNNOTICED)
        return (struct hb_look){"", HB_SHAPE_CROSS, HB_TONE_WARN};
    return view->story.kind == HB_STORY_NONE ? (struct hb_look){"", HB_SHAPE_POINTER, HB_TONE_INFO}
                                             : stages[view->story.stage];
}

static void draw_stage(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view_story *story, int stage,
                       const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    bool reached = stage <= story->stage;
    int dot = hb_em(ui, 0.85), line = hb_max(2, hb_em(ui, 0.12));
    struct hb_rect top = hb_cut_top(&rect, hb_em(ui, 1));
    struct hb_rect place = hb_rect_centre(top, dot, dot);
    hb_colour colour = reached ? theme->tone[HB_TONE_INFO] : theme->border;
    if (stage > 0)
        hb_draw_rect(list, (struct hb_rect){top.x, top.y + (top.h - line) / 2, place.x - top.x, line}, colour);
    if (stage < HB_STAGES - 1) {
        int right = place.x + dot;
        hb_draw_rect(list, (struct hb_rect){right, top.y + (top.h - line) / 2, top.x + top.w - right, line},
                     stage < story->stage ? theme->tone[HB_TONE_INFO] : theme->border);
    }
    hb_draw_shape(list, place, reached ? HB_SHAPE_CIRCLE : HB_SHAPE_RING, colour);
    if (reached)
        hb_draw_shape(list, hb_rect_inset(place, dot / 5, dot / 5), HB_SHAPE_CHECK, theme->panel);
    bool tall = rect.h >= 2 * list->metrics->line[HB_FONT_SMALL];
    struct hb_rect word = hb_cut_top(&rect, tall ? rect.h / 2 : rect.h);
    hb_draw_text(list, word, HB_FONT_SMALL, HB_ALIGN_CENTRE, reached ? theme->text : theme->muted,
                 stage == HB_STAGE_KILLED && story->ails ? "fault" : stage_words[stage]);
    if (reached && stage != HB_STAGE_KILLED && tall) {
        char cycles[HB_FORMAT_BYTES];
        hb_format_count(cycles, story->cycle[stage] - story->cycle[HB_STAGE_KILLED]);
        hb_draw_textf(list, rect, HB_FONT_SMALL, HB_ALIGN_CENTRE, theme->muted, "+%s", cycles);
    }
}

static void draw_stages(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                        const struct hb_ui_state *ui) {
    int width = hb_min(rect.w, hb_em(ui, 32)) / HB_STAGES;
    rect = hb_cut_right(&rect, width * HB_STAGES);
    for (int stage = 0; stage < HB_STAGES; stage++) {
        struct hb_rect place = hb_cut_left(&rect, width);
        draw_stage(list, place, &view->story, stage, ui);
        if (stage <= view->story.stage)
            hb_draw_zone(list, place, hb_command_of(HB_COMMAND_GO, (int64_t)view->story.cycle[stage] + 1), true,
                         "Goes to the cycle after it.");
    }
}

/* What recovery is not now: on where it is off. */
static struct hb_button recovery_choice(const struct hb_view *view, const struct hb_ui_state *ui) {
    if (view->story.recovery_off)
        return (struct hb_button){"Again, with recovery on",
                                  HB_SHAPE_EYE,
                                  HB_BUTTON_PLAIN,
                                  ui->can_back,
                                  hb_command_of(HB_COMMAND_AGAIN_ON, 0),
                                  "The same fault at the same cycle, and the others watch heartbeats (key O)."};
    return (struct hb_button){"Again, with recovery off",
                              HB_SHAPE_NO_ENTRY,
                              HB_BUTTON_PLAIN,
                              ui->can_back,
                              hb_command_of(HB_COMMAND_AGAIN_OFF, 0),
                              "The same fault at the same cycle, but nobody watches heartbeats (key O)."};
}

static void draw_choices(struct hb_draw_list *list, struct hb_rect rect, const struct hb_ui_state *ui,
                         const struct hb_view *view) {
    const bool ails = view->story.ails, switched = view->machine.switches >> HB_SWITCH_DETECT & 1;
    const struct hb_button choices[] = {
        {"Back to before the fault", HB_SHAPE_UNDO, HB_BUTTON_ACCENT, ui->can_back, hb_command_of(HB_COMMAND_BACK, 0),
         "Takes the machine back to the cycle of the fault, with every CPU alive (key B)."},
        recovery_choice(view, ui),
        {"Again, with the cache lost", HB_SHAPE_CROSS, HB_BUTTON_PLAIN, ui->can_back && !ails,
         hb_command_of(HB_COMMAND_AGAIN_LOST, 0),
         "The same fault at the same cycle, but what the CPU had modified in its cache is gone (key L)."},
    };
    const char *const shorter[] = {"Back", view->story.recovery_off ? "Recovery on" : "Recovery off", "Cache lost"};
    const char *no_fault =
        ails && ui->can_back ? "That fault leaves the cache as it is." : "There is no fault yet to go back to.";
    int height = hb_min(hb_em(ui, 2.1), rect.h), width = 0;
    for (int i = 0; i < 3; i++)
        width += hb_button_width(ui, choices[i].label) + hb_em(ui, 0.5);
    bool brief = width > rect.w + hb_em(ui, 0.5);
    for (int i = 2; i >= 0; i--) {
        struct hb_button choice = choices[i];
        if (i == 1 && !switched) /* there is no recovery */
            continue;
        if (brief)
            choice.label = shorter[i];
        struct hb_rect place = hb_cut_right(&rect, hb_button_width(ui, choice.label));
        choice.tip = choice.enabled ? choice.tip : no_fault;
        hb_button(list, hb_rect_centre(place, place.w, height), ui, &choice);
        hb_cut_right(&rect, hb_em(ui, 0.5));
    }
}

/* Sentence and reason, in as many lines as there is room for; the reason only if it fits whole. */
static void draw_lines(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view) {
    const struct hb_theme *theme = list->theme;
    enum hb_font bold = HB_FONT_BOLD, body = HB_FONT_BODY;
    int first = hb_paragraph(list, rect, bold, theme->text, view->story.sentence, false);
    int second = hb_paragraph(list, rect, body, theme->muted, view->story.reason, false);
    if (first + second > rect.h) {
        bold = HB_FONT_SMALL_BOLD;
        body = HB_FONT_SMALL;
        first = hb_paragraph(list, rect, bold, theme->text, view->story.sentence, false);
        second = hb_paragraph(list, rect, body, theme->muted, view->story.reason, false);
    }
    bool both = first + second <= rect.h;
    rect = hb_rect_centre(rect, rect.w, both ? first + second : first);
    hb_paragraph(list, rect, bold, theme->text, view->story.sentence, true);
    hb_cut_top(&rect, first);
    if (both)
        hb_paragraph(list, rect, body, theme->muted, view->story.reason, true);
}

static void draw_words(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                       const struct hb_ui_state *ui) {
    const struct hb_theme *theme = list->theme;
    const struct hb_look look = look_of(view);
    int side = hb_em(ui, ui->compact ? 1.6 : 2.2);
    struct hb_rect place = hb_cut_left(&rect, side);
    struct hb_rect disc = hb_rect_centre(place, side, side);
    hb_draw_round(list, disc, side / 2, theme->tint[look.tone]);
    hb_draw_shape(list, hb_rect_inset(disc, side / 4, side / 4), look.shape, theme->tone[look.tone]);
    hb_cut_left(&rect, hb_em(ui, 0.8));
    draw_lines(list, rect, view);
}

/* The way to the experiment's own fault; cut off *row. */
static void draw_coming(struct hb_draw_list *list, struct hb_rect *row, const struct hb_ui_state *ui) {
    const struct hb_button button = {"Go there",
                                     HB_SHAPE_BOLT,
                                     HB_BUTTON_ACCENT,
                                     true,
                                     hb_command_of(HB_COMMAND_TO_FAULT, 0),
                                     "Runs on to shortly before the experiment's own fault (key G)."};
    struct hb_rect place = hb_cut_right(row, hb_button_width(ui, button.label));
    hb_button(list, hb_rect_centre(place, place.w, hb_em(ui, 2.1)), ui, &button);
    hb_cut_right(row, hb_em(ui, 0.8));
}

void hb_panel_story(struct hb_draw_list *list, struct hb_rect rect, const struct hb_view *view,
                    const struct hb_ui_state *ui) {
    const struct hb_look look = look_of(view);
    hb_colour edge = view->story.kind == HB_STORY_NONE ? list->theme->border : list->theme->tone[look.tone];
    hb_card(list, rect, hb_em(ui, 0.45), list->theme->panel, edge);
    struct hb_rect row = hb_rect_inset(rect, hb_em(ui, ui->compact ? 0.5 : 1), hb_em(ui, ui->compact ? 0.2 : 0.4));
    bool over = view->story.kind == HB_STORY_SETTLED || view->story.kind == HB_STORY_UNNOTICED ||
                (view->status != HB_VIEW_GOING && ui->can_back);
    bool acting = view->story.kind == HB_STORY_ACTING && !over;
    over = over && !(ui->compact && ui->deck != NULL);
    struct hb_rect right = {0, 0, 0, 0};
    if (ui->compact && acting) {
        acting = false; /* the words need the room */
    } else if (hb_layout_narrow(rect.w, ui) && (over || acting)) {
        right = hb_cut_bottom(&row, hb_em(ui, ui->compact ? 2 : 2.4));
    } else if (over || acting) {
        right = hb_cut_right(&row, hb_em(ui, over ? 48 : 32));
        hb_cut_right(&row, hb_em(ui, 0.8));
    }
    if (view->story.kind == HB_STORY_NONE && view->status == HB_VIEW_GOING && view->coming[0] != '\0')
        draw_coming(list, &row, ui);
    draw_words(list, row, view, ui);
    if (over)
        draw_choices(list, right, ui, view);
    else if (acting)
        draw_stages(list, right, view, ui);
}
