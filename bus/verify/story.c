#include "bus/verify/story.h"

#include <stdio.h>
#include <stdlib.h>

/* What a sentence is about. */
struct scene {
    const struct hb_model *model;
    const struct hb_names *names;
    const struct hb_model_state *before, *after;
    struct hb_move move;
};

bool hb_verify_story_begin(struct hb_verify_story *story) {
    *story = (struct hb_verify_story){.text = NULL};
    story->out = open_memstream(&story->text, &story->bytes);
    return story->out != NULL;
}

char *hb_verify_story_end(struct hb_verify_story *story) {
    if (fclose(story->out) == 0)
        return story->text;
    free(story->text);
    return NULL;
}

void hb_verify_story_line(struct hb_verify_story *story, const char *line) {
    fprintf(story->out, "     %s\n", line);
}

/* ---- Words ----------------------------------------------------------------------------------------------------- */

static char letter(const struct scene *scene, uint8_t agent, uint8_t state) {
    return hb_model_table(scene->model, agent)->state[state].letter;
}

static const char *line_name(const struct scene *scene, uint8_t line) {
    return scene->model->lines == 1 ? "the line" : scene->names->line[line] ? "line B" : "line A";
}

static unsigned hart_name(const struct scene *scene, uint32_t hart) {
    return scene->names->hart[hart];
}

static const char *verb(uint8_t access) {
    static const char *const verbs[] = {
        [HB_ACCESS_LOAD] = "loads from",
        [HB_ACCESS_FETCH] = "fetches code from",
        [HB_ACCESS_LR] = "does an LR of",
        [HB_ACCESS_STORE] = "stores into",
        [HB_ACCESS_SC] = "tries an SC into",
        [HB_ACCESS_AMO] = "does an AMO on",
        [HB_ACCESS_EVICT] = "gives up",
        [HB_ACCESS_CLEAN] = "cleans (cbo.clean)",
        [HB_ACCESS_FLUSH] = "flushes (cbo.flush)",
        [HB_ACCESS_INVALIDATE] = "invalidates (cbo.inval)",
    };
    return verbs[access];
}

static uint8_t agent_of(uint32_t hart, uint8_t access) {
    return access == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

static uint8_t state_in(const struct hb_model_state *state, uint8_t agent, uint8_t line) {
    return hb_agent_is_l1i(agent) ? state->l1i[agent / 2][line].state : state->l1d[agent / 2][line].state;
}

static const char *cache_name(uint8_t agent) {
    return hb_agent_is_l1i(agent) ? "L1I" : "copy";
}

/* ", its copy goes from M to S" */
static void say_own_change(struct hb_verify_story *story, const struct scene *scene, uint8_t agent, uint8_t line) {
    uint8_t was = state_in(scene->before, agent, line), is = state_in(scene->after, agent, line);
    if (was != is)
        fprintf(story->out, "; its %s goes from %c to %c", cache_name(agent), letter(scene, agent, was),
                letter(scene, agent, is));
}

/* ---- What a hart does ------------------------------------------------------------------------------------------ */

static void say_access(struct hb_verify_story *story, const struct scene *scene,
                       const struct hb_model_outcome *outcome) {
    uint32_t hart = scene->move.port;
    uint8_t access = scene->move.access, line = scene->move.line, agent = agent_of(hart, access);
    const struct hb_model_port *port = &scene->after->port[hart];
    char is = letter(scene, agent, state_in(scene->before, agent, line));
    if (access == HB_ACCESS_EVICT) {
        fprintf(story->out, "Hart %u needs the place of the line, which it has in %c, and asks to write it back",
                hart_name(scene, hart), is);
        return;
    }
    fprintf(story->out, "Hart %u %s %s", hart_name(scene, hart), verb(access), line_name(scene, line));
    if (outcome->completes || outcome->found != HB_FOUND_NOTHING) {
        fprintf(story->out, ": a hit in %c", is);
        say_own_change(story, scene, agent, line);
    } else if (port->wanted != HB_ACCESS_NONE) {
        fprintf(story->out, ", in whose place is %s in %c: it asks to write that back first",
                line_name(scene, port->line), letter(scene, agent, state_in(scene->before, agent, port->line)));
    } else {
        fprintf(story->out, ", which it has in %c, and asks for the bus", is);
    }
}

static void say_drop(struct hb_verify_story *story, const struct scene *scene) {
    uint8_t agent = agent_of(scene->move.port, scene->move.access);
    fprintf(story->out, "Hart %u drops the line from its %s, where it is %c, for another line",
            hart_name(scene, scene->move.port), hb_agent_is_l1i(agent) ? "L1I" : "cache",
            letter(scene, agent, state_in(scene->before, agent, scene->move.line)));
}

/* ---- What the bus does ----------------------------------------------------------------------------------------- */

static void say_who(struct hb_verify_story *story, const struct scene *scene, uint32_t port) {
    if (port == scene->model->caches)
        fprintf(story->out, "the device");
    else
        fprintf(story->out, "hart %u", hart_name(scene, port));
}

static void say_not_granted(struct hb_verify_story *story, const struct scene *scene) {
    uint32_t hart = scene->move.port;
    uint8_t access = scene->move.access, line = scene->move.line;
    if (access == HB_ACCESS_SC) {
        fprintf(story->out, "Hart %u's turn comes, but its reservation is gone: the SC fails", hart_name(scene, hart));
        return;
    }
    fprintf(story->out, "Hart %u's turn comes, but its copy is %c now: %s", hart_name(scene, hart),
            letter(scene, agent_of(hart, access), state_in(scene->before, agent_of(hart, access), line)),
            access == HB_ACCESS_EVICT ? "the write-back is cancelled" : "it no longer needs the bus");
    if (scene->after->port[hart].kind == HB_ACCESS_EVICT)
        fprintf(story->out, ", and it gets no answer");
}

static void say_grant(struct hb_verify_story *story, const struct scene *scene) {
    uint32_t p = scene->move.port;
    const struct hb_model_port *port = &scene->after->port[p];
    uint8_t access = scene->move.access, line = scene->move.line;
    bool granted = port->phase >= HB_PHASE_GRANTED && port->kind == access && port->line == line;
    if (p == scene->model->caches) {
        fprintf(story->out, "A device %s %s and is granted the bus: %s",
                access == HB_ACCESS_DMA_READ ? "reads" : "writes", line_name(scene, line),
                hb_txn_name(hb_model_transaction(scene->model, port)));
        return;
    }
    if (!granted) {
        say_not_granted(story, scene);
        return;
    }
    if (scene->before->port[p].kind == HB_ACCESS_NONE)
        fprintf(story->out, "Hart %u %s %s, which it has in %c, and is granted the bus: %s", hart_name(scene, p),
                verb(access), line_name(scene, line),
                letter(scene, agent_of(p, access), state_in(scene->before, agent_of(p, access), line)),
                hb_txn_name(hb_model_transaction(scene->model, port)));
    else
        fprintf(story->out, "Hart %u is granted the bus: %s", hart_name(scene, p),
                hb_txn_name(hb_model_transaction(scene->model, port)));
    say_own_change(story, scene, agent_of(p, access), line);
}

/* "; hart 1's copy goes from M to S and supplies, memory takes the data, too" */
static void say_answers(struct hb_verify_story *story, const struct scene *scene, const struct hb_coherence *seen,
                        const struct hb_coherence *answer) {
    bool any = false;
    for (uint8_t agent = 0; agent < 2 * scene->model->caches; agent++) {
        bool supplies = agent == answer->supplier && agent != answer->requester;
        bool changes = agent != answer->requester && seen->state[agent] != answer->state[agent];
        if (!supplies && !changes)
            continue;
        fprintf(story->out, "%s hart %u's %s", any ? "," : ":", hart_name(scene, agent / 2), cache_name(agent));
        any = true;
        if (changes)
            fprintf(story->out, " goes from %c to %c", letter(scene, agent, seen->state[agent]),
                    letter(scene, agent, answer->state[agent]));
        if (supplies)
            fprintf(story->out, "%s supplies the line%s", changes ? " and" : "",
                    answer->memory_takes ? ", to memory as well" : "");
    }
    if (!any)
        fprintf(story->out, ": no copy changes");
    if (answer->shared)
        fprintf(story->out, "; the shared line is asserted");
}

static void say_snoop(struct hb_verify_story *story, const struct scene *scene) {
    struct hb_coherence seen, answer;
    uint32_t p = scene->move.port;
    hb_model_show(scene->model, scene->before, p, &seen, &answer);
    fprintf(story->out, "All caches see the %s of ", hb_txn_name((enum hb_txn)seen.transaction));
    say_who(story, scene, p);
    say_answers(story, scene, &seen, &answer);
}

static void say_finish(struct hb_verify_story *story, const struct scene *scene) {
    uint32_t p = scene->move.port;
    const struct hb_model_port *port = &scene->before->port[p];
    enum hb_txn transaction = hb_model_transaction(scene->model, port);
    uint8_t agent = agent_of(p, port->kind);
    fprintf(story->out, "The %s of ", hb_txn_name(transaction));
    say_who(story, scene, p);
    fprintf(story->out, " ends");
    if (transaction == HB_TXN_WRITE_BACK)
        fprintf(story->out, ": memory has the line");
    if (p == scene->model->caches)
        return;
    if (hb_txn_reads_line(transaction))
        fprintf(story->out, ": the line comes from %s", port->carries ? "the cache that supplies it" : "memory");
    say_own_change(story, scene, agent, port->line);
    if (hb_access_moves_bytes(port->kind))
        fprintf(story->out, "; %s",
                hb_access_writes(port->kind) ? "what it writes is performed" : "what it reads is performed");
    if (port->broadcast)
        fprintf(story->out, " and goes to every copy");
}

/* ---- What was found -------------------------------------------------------------------------------------------- */

static const char *const found_words[HB_FOUNDS] = {
    [HB_FOUND_NOTHING] = "nothing is wrong",
    [HB_FOUND_TWO_WRITERS] = "one cache may write the line while another holds it",
    [HB_FOUND_STALE_READ] = "a read returns something other than what was last written",
    [HB_FOUND_STALE_DEVICE_READ] = "a device reads something other than what was last written",
    [HB_FOUND_STALE_STORE] = "a store goes into a copy whose other bytes are not what was last written",
    [HB_FOUND_LOST_WRITE] = "what was last written is nowhere from which it would reach memory: it is lost",
    [HB_FOUND_LOST_VICTIM] = "a modified line makes room without having been written back: it is lost",
    [HB_FOUND_WRONG_SC] = "an SC succeeds although the line has been written since its LR",
    [HB_FOUND_NOT_CLEANED] = "memory does not have the newest data of a line that was cleaned",
    [HB_FOUND_NOT_FLUSHED] = "a line that was flushed is still in a cache",
    [HB_FOUND_NO_ROW] = "the table has no row for what happens",
    [HB_FOUND_DEADLOCK] = "a hart waits, and nothing on the bus can go on",
    [HB_FOUND_LIVELOCK] = "this can go on for ever without any access being performed",
};

const char *hb_verify_story_found(enum hb_flaw_found found) {
    return found_words[found];
}

void hb_verify_story_step(struct hb_verify_story *story, const struct hb_model *model, const struct hb_names *names,
                          const struct hb_model_state *before, struct hb_move move, const struct hb_model_state *after,
                          const struct hb_model_outcome *outcome) {
    struct scene scene = {model, names, before, after, move};
    fprintf(story->out, "%3u. ", ++story->steps);
    switch (move.kind) {
    case HB_MOVE_ACCESS: say_access(story, &scene, outcome); break;
    case HB_MOVE_DROP: say_drop(story, &scene); break;
    case HB_MOVE_GIVE_UP:
        fprintf(story->out, "The L2 gives %s up: all caches lose it, and memory takes what was modified",
                line_name(&scene, move.line));
        break;
    case HB_MOVE_GRANT: say_grant(story, &scene); break;
    case HB_MOVE_SNOOP: say_snoop(story, &scene); break;
    default: say_finish(story, &scene); break;
    }
    fprintf(story->out, ".\n");
    if (outcome->found == HB_FOUND_NO_ROW)
        fprintf(story->out, "     In %c hart %u's %s sees or asks %s, for which there is no row.\n",
                letter(&scene, outcome->agent, outcome->state), hart_name(&scene, outcome->agent / 2),
                hb_agent_is_l1i(outcome->agent) ? "L1I" : "L1D", hb_event_name((enum hb_event)outcome->event));
}

/* ---- Who has what ---------------------------------------------------------------------------------------------- */

static void say_copy(struct hb_verify_story *story, const struct scene *scene, uint8_t agent,
                     const struct hb_model_copy *copy) {
    if (copy->state == HB_STATE_I)
        return;
    fprintf(story->out, "%s %c (%s)", hb_agent_is_l1i(agent) ? ", L1I" : "", letter(scene, agent, copy->state),
            copy->newest ? "newest" : "stale");
}

static void say_line(struct hb_verify_story *story, const struct scene *scene, uint8_t line) {
    const struct hb_model_state *state = scene->after;
    fprintf(story->out, "     Now %s:", line_name(scene, line));
    for (uint32_t name = 0; name < scene->model->caches; name++) {
        uint32_t hart = 0;
        while (scene->names->hart[hart] != name)
            hart++;
        fprintf(story->out, " hart %u", (unsigned)name);
        if (state->l1d[hart][line].state == HB_STATE_I)
            fprintf(story->out, " I");
        say_copy(story, scene, hb_agent_l1d(hart), &state->l1d[hart][line]);
        say_copy(story, scene, hb_agent_l1i(hart), &state->l1i[hart][line]);
        fprintf(story->out, ";");
    }
    fprintf(story->out, " memory %s\n", state->memory_newest[line] ? "newest" : "stale");
}

void hb_verify_story_state(struct hb_verify_story *story, const struct hb_model *model, const struct hb_names *names,
                           const struct hb_model_state *state) {
    struct scene scene = {.model = model, .names = names, .after = state};
    for (uint8_t line = 0; line < model->lines; line++)
        say_line(story, &scene, line);
}
