/* The tables that are executed, cell by cell against the published ones, which stand here once more in the words of the
 * papers and books that they come from. What the literature does not have - cbo.*, atomics - is not compared.
 *
 * A cell is "transaction next", "/next" behind it where the shared line decides; "data": this cache supplies the line;
 * "memory": memory takes the data; "-": the paper says, or it follows, that this cannot happen; "=": a hit that stays.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/protocol.h"

/* What a processor, or a replacement, asks; then what a cache sees. */
enum { PR_RD, PR_WR, REPLACE, BUS_RD, BUS_RD_X, BUS_UPGR, BUS_WR, BUS_UPD, COLUMNS };

static const enum hb_event event_of[COLUMNS] = {
    [PR_RD] = HB_EVENT_READ,   [PR_WR] = HB_EVENT_WRITE,     [REPLACE] = HB_EVENT_EVICT,
    [BUS_RD] = HB_SNOOP_READ,  [BUS_RD_X] = HB_SNOOP_READ_X, [BUS_UPGR] = HB_SNOOP_UPGRADE,
    [BUS_WR] = HB_SNOOP_WRITE, [BUS_UPD] = HB_SNOOP_UPDATE,
};

struct published_state {
    const char *name; /* in the paper */
    char ours;
    const char *cell[COLUMNS];
};

struct published {
    enum hb_protocol_id id;
    const char *source;
    bool shared_line; /* a cache that keeps its copy says so */
    struct published_state state[6];
};

/* In the order of the columns: PrRd, PrWr, replacement, BusRd, BusRdX, BusUpgr, BusWr, BusUpd. */
static const struct published published[] = {
    /* H&P, figure 5.6: the requests from the processor, and from the bus; "place invalidate on bus" is BusUpgr, "place
     * write miss on bus" BusRdX; a modified block is written back whenever the bus asks for it. */
    {HB_PROTOCOL_MSI,
     "Hennessy and Patterson, Computer Architecture, 5th edition, figures 5.5 to 5.7",
     false,
     {{"invalid", 'I', {"BusRd S", "BusRdX M", "-", "", "", "", "", ""}},
      {"shared", 'S', {"=", "BusUpgr M", "I", "S", "I", "I", "-", "-"}},
      {"modified", 'M', {"=", "=", "BusWB I", "S data memory", "I data memory", "-", "-", "-"}}}},
    /* A valid cache supplies on a read and on a write miss; a dirty block goes to memory at the same time when it is
       read. */
    {HB_PROTOCOL_MESI,
     "Papamarcos and Patel, ISCA 1984; Illinois in Archibald and Baer, TOCS 4(4), 1986",
     true,
     {{"Invalid", 'I', {"BusRd E/S", "BusRdX M", "-", "", "", "", "", ""}},
      {"Shared", 'S', {"=", "BusUpgr M", "I", "S data", "I data", "I", "-", "-"}},
      {"Valid-Exclusive", 'E', {"=", "M", "I", "S data", "I data", "-", "-", "-"}},
      {"Dirty", 'M', {"=", "=", "BusWB I", "S data memory", "I data", "-", "-", "-"}}}},
    /* The requester becomes the forwarder; the one before, and only it, supplied; a modified line that is read goes to
     * memory as well, for F is clean. */
    {HB_PROTOCOL_MESIF,
     "Goodman and Hum, MESIF, 2009",
     true,
     {{"Invalid", 'I', {"BusRd E/F", "BusRdX M", "-", "", "", "", "", ""}},
      {"Shared", 'S', {"=", "BusUpgr M", "I", "S", "I", "I", "-", "-"}},
      {"Exclusive", 'E', {"=", "M", "I", "S data", "I data", "-", "-", "-"}},
      {"Forward", 'F', {"=", "BusUpgr M", "I", "S data", "I data", "I", "-", "-"}},
      {"Modified", 'M', {"=", "=", "BusWB I", "S data memory", "I data", "-", "-", "-"}}}},
    /* Columns CA without IM (read), CA with IM (read for modification; without data: invalidation); the first of the
     * choices where they do not broadcast. DI is "data": memory does not take what is intervened. */
    {HB_PROTOCOL_MOESI,
     "Sweazey and Smith, ISCA 1986, tables of the copy-back cache",
     true,
     {{"Invalid", 'I', {"BusRd E/S", "BusRdX M", "-", "", "", "", "", ""}},
      {"Shareable", 'S', {"=", "BusUpgr M", "I", "S", "I", "I", "-", "-"}},
      {"Exclusive", 'E', {"=", "M", "I", "S", "I", "-", "-", "-"}},
      {"Owned", 'O', {"=", "BusUpgr M", "BusWB I", "O data", "I data", "I", "-", "-"}},
      {"Modified", 'M', {"=", "=", "BusWB I", "O data", "I data", "-", "-", "-"}}}},
    /* The owner supplies and goes on owning; no shared line, so a read miss never ends exclusive. */
    {HB_PROTOCOL_BERKELEY,
     "Katz and others, ISCA 1985; Berkeley in Archibald and Baer, TOCS 4(4), 1986",
     false,
     {{"Invalid", 'I', {"BusRd V", "BusRdX X", "-", "", "", "", "", ""}},
      {"UnOwned", 'V', {"=", "BusUpgr X", "I", "V", "I", "I", "-", "-"}},
      {"Owned NonExclusively", 'N', {"=", "BusUpgr X", "BusWB I", "N data", "I data", "I", "-", "-"}},
      {"Owned Exclusively", 'X', {"=", "=", "BusWB I", "N data", "I data", "-", "-", "-"}}}},
    /* SharedLine; every cache that has the block supplies; writes to shared blocks go through to memory and into the
     * other copies, and a block that turns out to be nobody else's is Valid-Exclusive. */
    {HB_PROTOCOL_FIREFLY,
     "Thacker and others, IEEE TC 37(8), 1988; Firefly in Archibald and Baer, TOCS 4(4), 1986",
     true,
     {{"(not there)", 'I', {"BusRd E/S", "BusRdUpd D/S memory", "-", "", "", "", "", ""}},
      {"Shared", 'S', {"=", "BusUpd E/S memory", "I", "S data", "-", "-", "-", "S"}},
      {"Valid-Exclusive", 'E', {"=", "D", "I", "S data", "-", "-", "-", "-"}},
      {"Dirty", 'D', {"=", "=", "BusWB I", "S data memory", "-", "-", "-", "-"}}}},
    /* As Firefly, but memory is left stale: the last writer owns the block, and only an owner supplies. */
    {HB_PROTOCOL_DRAGON,
     "McCreight, 1984; Dragon in Archibald and Baer, TOCS 4(4), 1986; Culler and Singh, figure 5.16",
     true,
     {{"(not there)", 'I', {"BusRd E/S", "BusRdUpd M/N", "-", "", "", "", "", ""}},
      {"Shared-Clean", 'S', {"=", "BusUpd M/N", "I", "S", "-", "-", "-", "S"}},
      {"Valid-Exclusive", 'E', {"=", "M", "I", "S", "-", "-", "-", "-"}},
      {"Shared-Dirty", 'N', {"=", "BusUpd M/N", "BusWB I", "N data", "-", "-", "-", "S"}},
      {"Dirty", 'M', {"=", "=", "BusWB I", "N data", "-", "-", "-", "-"}}}},
    /* The first write of a valid block goes through to memory; a write miss ends Dirty (Archibald and Baer). */
    {HB_PROTOCOL_WRITE_ONCE,
     "Goodman, ISCA 1983; Write-Once in Archibald and Baer, TOCS 4(4), 1986",
     false,
     {{"Invalid", 'I', {"BusRd V", "BusRdX D", "-", "", "", "", "", ""}},
      {"Valid", 'V', {"=", "BusWr R", "I", "V", "I", "-", "I", "-"}},
      {"Reserved", 'R', {"=", "D", "I", "V", "I", "-", "-", "-"}},
      {"Dirty", 'D', {"=", "=", "BusWB I", "V data memory", "I data", "-", "-", "-"}}}},
    /* Write-through without write-allocate: two states, memory always supplies. */
    {HB_PROTOCOL_VI,
     "Culler and Singh, Parallel Computer Architecture, figure 5.5",
     false,
     {{"invalid", 'I', {"BusRd V", "BusWr I", "-", "", "", "", "", ""}},
      {"valid", 'V', {"=", "BusWr V", "I", "V", "-", "-", "I", "-"}}}},
};

#define PUBLISHED (sizeof published / sizeof published[0])

/* ---- Our cells in the same words ------------------------------------------------------------------------------- */

static uint8_t state_of(const struct hb_protocol *p, char letter) {
    uint8_t s = 0;
    while (s < p->states && p->state[s].letter != letter)
        s++;
    ck_assert_msg(s < p->states, "%s has no state %c", p->name, letter);
    return s;
}

static void our_cell(const struct hb_protocol *p, uint8_t s, uint32_t column, char text[64]) {
    const struct hb_row *row = &p->row[s][event_of[column]];
    bool snoop = column >= BUS_RD;
    strcpy(text, "-");
    if (!row->defined)
        return;
    text[0] = 0;
    if (!snoop && row->transaction == HB_TXN_NONE && row->next == s) {
        strcpy(text, "=");
        return;
    }
    if (row->transaction != HB_TXN_NONE)
        sprintf(text, "%s ", hb_txn_name((enum hb_txn)row->transaction));
    sprintf(text + strlen(text), "%c", p->state[row->next].letter);
    if (!snoop && row->next_shared != row->next)
        sprintf(text + strlen(text), "/%c", p->state[row->next_shared].letter);
    if (row->actions & HB_ACT_SUPPLY)
        strcat(text, " data");
    if (row->actions & HB_ACT_MEMORY)
        strcat(text, " memory");
}

START_TEST(is_the_published_one) {
    const struct published *paper = &published[_i];
    const struct hb_protocol *p = hb_protocol_find(paper->id);
    uint32_t states = 0, cells = 0;
    for (const struct published_state *state = paper->state; state->name; state++, states++)
        for (uint32_t column = 0; column < COLUMNS; column++) {
            char ours[64];
            uint8_t s = state_of(p, state->ours);
            our_cell(p, s, column, ours);
            /* A cache that has not got the line does nothing, and papers do not say so. */
            const char *theirs = state->cell[column][0] || s != HB_STATE_I ? state->cell[column] : ours;
            ck_assert_msg(strcmp(theirs, ours) == 0, "%s, %s, column %u: published \"%s\", ours \"%s\" (%s)", p->name,
                          state->name, column, theirs, ours, paper->source);
            cells++;
        }
    ck_assert_uint_eq(states, p->states);
    ck_assert_uint_eq(cells, states * COLUMNS);
}
END_TEST

/* Who keeps a copy of a line that others read or update asserts the shared line, where there is one. */
START_TEST(asserts_the_shared_line) {
    const struct published *paper = &published[_i];
    const struct hb_protocol *p = hb_protocol_find(paper->id);
    bool looked_at = false;
    for (uint8_t s = 0; s < p->states; s++) {
        looked_at |= p->row[s][HB_EVENT_READ].next != p->row[s][HB_EVENT_READ].next_shared;
        for (enum hb_event e = HB_SNOOP_READ; e <= HB_SNOOP_UPDATE; e++) {
            const struct hb_row *row = &p->row[s][e];
            if (row->defined && s != HB_STATE_I && paper->shared_line)
                ck_assert_msg((row->next != HB_STATE_I) == ((row->actions & HB_ACT_SHARED) != 0), "%s, %c, %s", p->name,
                              p->state[s].letter, hb_event_name(e));
        }
    }
    ck_assert(looked_at == paper->shared_line);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("published tables");
    TCase *tests = tcase_create("tables");
    tcase_add_loop_test(tests, is_the_published_one, 0, (int)PUBLISHED);
    tcase_add_loop_test(tests, asserts_the_shared_line, 0, (int)PUBLISHED);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
