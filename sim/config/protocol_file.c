#include "sim/config/protocol_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/table_check.h"
#include "memory/cache.h"
#include "memory/hash.h"
#include "sim/base/json.h"
#include "sim/config/config.h"

#define SOURCE_BYTES 512
#define STATE_BYTES  48
#define PLACE_BYTES  96

/* The protocol, first, and the texts that it points to. */
struct given {
    struct hb_protocol protocol;
    char name[HB_NAME_BYTES];
    char source[SOURCE_BYTES];
    char state_name[HB_STATES_MAX][STATE_BYTES];
};

struct reader {
    const char *path;
    struct given *given;
    struct hb_error *error;
};

static bool refuse(const struct reader *reader, const char *place, const char *what) {
    hb_error_set(reader->error, "%.200s: %s: %s", reader->path, place, what);
    return false;
}

/* The same for what the key `key` holds. */
static bool refuse_key(const struct reader *reader, const char *place, const char *key, const char *what) {
    hb_error_set(reader->error, "%.200s: %s: \"%.40s\" %s", reader->path, place, key, what);
    return false;
}

/* ---- Small values ---------------------------------------------------------------------------------------------- */

/* Keys of an object that are not in `known`, which ends with NULL. */
static bool check_keys(const struct reader *reader, const char *place, const cJSON *object, const char *const *known) {
    if (!cJSON_IsObject(object)) {
        hb_error_set(reader->error, "%.200s: %s: is %s, should be an object", reader->path, place,
                     object ? hb_json_kind(object) : "missing");
        return false;
    }
    for (const cJSON *child = object->child; child; child = child->next) {
        size_t i = 0;
        while (known[i] && strcmp(known[i], child->string) != 0)
            i++;
        if (!known[i])
            return refuse_key(reader, place, child->string, "is not a key here");
    }
    return true;
}

static bool read_text(const struct reader *reader, const char *place, const cJSON *object, const char *key, char *to,
                      size_t size) {
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    if (!cJSON_IsString(node) || node->valuestring[0] == 0 || strlen(node->valuestring) >= size)
        return refuse_key(reader, place, key, size == 2 ? "should be one letter" : "should be a string, and shorter");
    snprintf(to, size, "%s", node->valuestring);
    return true;
}

static bool read_flag(const struct reader *reader, const char *place, const cJSON *object, const char *key,
                      uint8_t attribute, uint8_t *attributes) {
    const cJSON *node = cJSON_GetObjectItemCaseSensitive(object, key);
    if (node && !cJSON_IsBool(node))
        return refuse_key(reader, place, key, "should be true or false");
    if (cJSON_IsTrue(node))
        *attributes |= attribute;
    return true;
}

/* The number of the state whose letter `text` is, or HB_STATES_MAX. */
static uint8_t find_state(const struct hb_protocol *protocol, const char *text) {
    uint8_t s = 0;
    while (s < protocol->states && (text[0] != protocol->state[s].letter || text[1]))
        s++;
    return s < protocol->states ? s : HB_STATES_MAX;
}

static bool read_state_of(const struct reader *reader, const char *place, const char *key, const cJSON *node,
                          uint8_t *state) {
    char what[64] = "should be a state (";
    const struct hb_protocol *protocol = &reader->given->protocol;
    *state = cJSON_IsString(node) ? find_state(protocol, node->valuestring) : HB_STATES_MAX;
    if (*state != HB_STATES_MAX)
        return true;
    for (uint32_t s = 0; s < protocol->states; s++)
        snprintf(what + strlen(what), 4, s + 1 < protocol->states ? "%c " : "%c)", protocol->state[s].letter);
    return refuse_key(reader, place, key, what);
}

/* ---- States ---------------------------------------------------------------------------------------------------- */

static bool read_state(const struct reader *reader, const cJSON *node, uint8_t s) {
    static const char *const known[] = {"letter", "name", "write", "dirty", NULL};
    struct hb_protocol *protocol = &reader->given->protocol;
    struct hb_state_info *state = &protocol->state[s];
    char place[PLACE_BYTES], letter[2] = "";
    snprintf(place, sizeof place, "states.%u", s);
    if (!check_keys(reader, place, node, known) || !read_text(reader, place, node, "letter", letter, sizeof letter) ||
        !read_text(reader, place, node, "name", reader->given->state_name[s], STATE_BYTES))
        return false;
    if ((letter[0] < 'A' || letter[0] > 'Z') || find_state(protocol, letter) != HB_STATES_MAX)
        return refuse(reader, place, "\"letter\" should be a capital letter of its own");
    if (s == HB_STATE_I && letter[0] != 'I')
        return refuse(reader, place, "the first state should be I, that of a line that is not there");
    state->letter = letter[0];
    state->name = reader->given->state_name[s];
    state->attributes = s == HB_STATE_I ? 0 : HB_LINE_READABLE;
    protocol->states = (uint8_t)(s + 1);
    return read_flag(reader, place, node, "write", HB_LINE_WRITABLE, &state->attributes) &&
           read_flag(reader, place, node, "dirty", HB_LINE_DIRTY, &state->attributes);
}

static bool read_states(const struct reader *reader, const cJSON *list) {
    int n = cJSON_GetArraySize(list);
    if (!cJSON_IsArray(list) || n < 2 || n > HB_STATES_MAX)
        return refuse(reader, "states", "should be a list of 2 to 8 states");
    for (int s = 0; s < n; s++)
        if (!read_state(reader, cJSON_GetArrayItem(list, s), (uint8_t)s))
            return false;
    return true;
}

/* ---- Rows ------------------------------------------------------------------------------------------------------ */

static bool read_bus(const struct reader *reader, const char *place, const cJSON *node, uint8_t *transaction) {
    *transaction = HB_TXN_NONE;
    if (!node)
        return true;
    for (uint8_t t = HB_TXN_READ; cJSON_IsString(node) && t < HB_TXN_DEVICE_READ; t++)
        if (strcmp(hb_txn_name((enum hb_txn)t), node->valuestring) == 0) {
            *transaction = t;
            return true;
        }
    return refuse(reader, place,
                  "\"bus\" should be a transaction: BusRd, BusRdX, BusUpgr, BusWB, BusWr, BusAtomic, "
                  "BusUpd, BusRdUpd, BusClean, BusFlush, BusInval");
}

static bool read_actions(const struct reader *reader, const char *place, const cJSON *list, struct hb_row *row) {
    static const struct {
        const char *name;
        uint8_t bit;
    } actions[] = {{"shared", HB_ACT_SHARED}, {"data", HB_ACT_SUPPLY}, {"memory", HB_ACT_MEMORY}};
    if (list && !cJSON_IsArray(list))
        return refuse(reader, place, "\"actions\" should be a list of shared, data, memory");
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        size_t i = 0;
        while (i < 3 && !(cJSON_IsString(node) && strcmp(node->valuestring, actions[i].name) == 0))
            i++;
        if (i == 3)
            return refuse(reader, place, "\"actions\" should be a list of shared, data, memory");
        row->actions |= actions[i].bit;
    }
    if (row->transaction == HB_TXN_FLUSH && row->actions == HB_ACT_MEMORY)
        row->actions |= HB_ACT_SUPPLY; /* the requester's own data */
    return true;
}

static bool read_row(const struct reader *reader, const char *place, const cJSON *node, struct hb_row *row) {
    static const char *const known[] = {"bus", "next", "next_shared", "actions", NULL};
    if (cJSON_IsNull(node))
        return true; /* it cannot happen */
    if (!check_keys(reader, place, node, known))
        return false;
    row->defined = true;
    const cJSON *shared = cJSON_GetObjectItemCaseSensitive(node, "next_shared");
    if (!read_bus(reader, place, cJSON_GetObjectItemCaseSensitive(node, "bus"), &row->transaction) ||
        !read_state_of(reader, place, "next", cJSON_GetObjectItemCaseSensitive(node, "next"), &row->next))
        return false;
    row->next_shared = row->next;
    if (shared && !read_state_of(reader, place, "next_shared", shared, &row->next_shared))
        return false;
    return read_actions(reader, place, cJSON_GetObjectItemCaseSensitive(node, "actions"), row);
}

static bool read_rows_of(const struct reader *reader, const cJSON *rows, uint8_t s) {
    struct hb_protocol *protocol = &reader->given->protocol;
    const char *known[HB_EVENTS + 1] = {NULL};
    char place[PLACE_BYTES], letter[2] = {protocol->state[s].letter, 0};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(rows, letter);
    snprintf(place, sizeof place, "rows.%s", letter);
    for (uint32_t e = 0; e < HB_EVENTS; e++)
        known[e] = hb_event_name((enum hb_event)e);
    if (!check_keys(reader, place, list, known))
        return false;
    for (uint32_t e = 0; e < HB_EVENTS; e++) {
        const cJSON *node = cJSON_GetObjectItemCaseSensitive(list, known[e]);
        snprintf(place, sizeof place, "rows.%s.%s", letter, known[e]);
        if (node && !read_row(reader, place, node, &protocol->row[s][e]))
            return false;
    }
    return true;
}

/* Every event that can happen has a row, or is null; a cache without the line ignores what it sees. */
static bool check_complete(const struct reader *reader, const cJSON *rows, uint8_t s) {
    struct hb_protocol *protocol = &reader->given->protocol;
    char place[PLACE_BYTES], letter[2] = {protocol->state[s].letter, 0};
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(rows, letter);
    for (uint32_t e = 0; e < HB_EVENTS; e++) {
        bool snoop = e >= HB_SNOOP_READ, absent = s == HB_STATE_I;
        const char *event = hb_event_name((enum hb_event)e);
        if (snoop && !hb_protocol_sends(protocol, (enum hb_event)e))
            continue;
        if (absent && snoop && !cJSON_HasObjectItem(list, event))
            protocol->row[s][e] = (struct hb_row){.defined = true};
        if ((absent && (snoop || e == HB_EVENT_EVICT)) || cJSON_GetObjectItemCaseSensitive(list, event))
            continue;
        snprintf(place, sizeof place, "rows.%s.%s", letter, event);
        return refuse(reader, place, snoop ? "is missing (null where it cannot happen)" : "is missing");
    }
    return true;
}

static bool read_rows(const struct reader *reader, const cJSON *rows) {
    const char *known[HB_STATES_MAX + 1] = {NULL};
    char letters[HB_STATES_MAX][2];
    struct hb_protocol *protocol = &reader->given->protocol;
    for (uint32_t s = 0; s < protocol->states; s++) {
        letters[s][0] = protocol->state[s].letter;
        letters[s][1] = 0;
        known[s] = letters[s];
    }
    if (!check_keys(reader, "rows", rows, known))
        return false;
    for (uint8_t s = 0; s < protocol->states; s++)
        if (!read_rows_of(reader, rows, s))
            return false;
    protocol->write_through = protocol->row[HB_STATE_I][HB_EVENT_WRITE].transaction == HB_TXN_WRITE;
    for (uint8_t s = 0; s < protocol->states; s++)
        if (!check_complete(reader, rows, s))
            return false;
    return true;
}

/* ---- Whole files ----------------------------------------------------------------------------------------------- */

static bool check_table(const struct reader *reader) {
    const struct hb_protocol *protocol = &reader->given->protocol;
    struct hb_protocol_fault fault;
    char place[PLACE_BYTES];
    if (hb_protocol_check(protocol, &fault))
        return true;
    if (fault.event == HB_EVENTS)
        snprintf(place, sizeof place, "states.%u (%c)", fault.state, protocol->state[fault.state].letter);
    else
        snprintf(place, sizeof place, "rows.%c.%s", protocol->state[fault.state].letter,
                 hb_event_name((enum hb_event)fault.event));
    return refuse(reader, place, fault.what);
}

static bool read_protocol(const struct reader *reader, const cJSON *root) {
    static const char *const known[] = {"$schema", "name", "source", "states", "rows", NULL};
    struct given *given = reader->given;
    given->protocol.name = given->name;
    given->protocol.source = given->source;
    return check_keys(reader, "the file", root, known) &&
           read_text(reader, "name", root, "name", given->name, sizeof given->name) &&
           read_text(reader, "source", root, "source", given->source, sizeof given->source) &&
           read_states(reader, cJSON_GetObjectItemCaseSensitive(root, "states")) &&
           read_rows(reader, cJSON_GetObjectItemCaseSensitive(root, "rows")) && check_table(reader);
}

bool hb_protocol_is_file(const char *name) {
    size_t n = strlen(name);
    return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

const struct hb_protocol *hb_protocol_load(const char *path, struct hb_error *error) {
    struct reader reader = {.path = path, .given = calloc(1, sizeof *reader.given), .error = error};
    cJSON *root = hb_json_read(path, error);
    bool good = root && reader.given && read_protocol(&reader, root);
    if (root && !reader.given)
        hb_error_set(error, "the host does not have enough memory");
    cJSON_Delete(root);
    if (good)
        return &reader.given->protocol;
    free(reader.given);
    return NULL;
}

void hb_protocol_free(const struct hb_protocol *protocol) {
    free((struct hb_protocol *)protocol); /* the first member of a struct given */
}

uint64_t hb_protocol_hash(const struct hb_protocol *protocol) {
    uint64_t hash = hb_hash_bytes(HB_HASH_SEED, (const uint8_t *)protocol->name, strlen(protocol->name));
    hash = hb_hash_u64(hash, (uint64_t)(protocol->flaws | protocol->write_through << 16 | protocol->incoherent << 17));
    for (uint32_t s = 0; s < protocol->states; s++) {
        hash = hb_hash_u64(hash, (uint64_t)((uint8_t)protocol->state[s].letter | protocol->state[s].attributes << 8));
        for (uint32_t e = 0; e < HB_EVENTS; e++) {
            const struct hb_row *row = &protocol->row[s][e];
            const uint8_t bytes[] = {row->defined, row->transaction, row->next, row->next_shared, row->actions};
            hash = hb_hash_bytes(hash, bytes, sizeof bytes);
        }
    }
    return hash;
}
