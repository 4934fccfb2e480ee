#include "sim/gdb/gdb.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/gdb/gdb_command.h"

struct link {
    struct hb_gdb_server *server;
    int socket; /* -1: gdb is gone */
    struct hb_gdb_session session;
    struct hb_gdb_reader reader;
    uint8_t received[4096];
    size_t taken, had;
    char frame[HB_GDB_FRAME_MAX];
    size_t frame_bytes;
};

static void hang_up(struct link *link) {
    if (link->socket >= 0)
        close(link->socket);
    link->socket = -1;
}

/* ---- Bytes ----------------------------------------------------------------------------------------------------- */

static void send_all(struct link *link, const char *bytes, size_t n) {
    while (n && link->socket >= 0) {
        ssize_t sent = send(link->socket, bytes, n, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            n -= (size_t)sent;
        } else if (sent == 0 || errno != EINTR) {
            hang_up(link);
        }
    }
}

/* The next byte. False: none is available (only when not waiting), or gdb is gone. */
static bool next_byte(struct link *link, bool wait, uint8_t *byte) {
    while (link->taken == link->had) {
        if (link->socket < 0)
            return false;
        ssize_t n = recv(link->socket, link->received, sizeof link->received, wait ? 0 : MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !wait && (errno == EAGAIN || errno == EWOULDBLOCK))
            return false;
        if (n <= 0) {
            hang_up(link);
            return false;
        }
        link->taken = 0;
        link->had = (size_t)n;
    }
    *byte = link->received[link->taken++];
    return true;
}

/* ---- While the machine runs ------------------------------------------------------------------------------------ */

/* Ctrl-C, or gdb has gone. Anything else that arrives while the machine runs is out of turn and dropped. */
static bool interrupted(void *context) {
    struct link *link = context;
    uint8_t byte;
    while (next_byte(link, false, &byte))
        if (hb_gdb_reader_take(&link->reader, byte) == HB_GDB_INTERRUPT)
            return true;
    return link->socket < 0;
}

/* When the machine can only wait for input, wait with it, for input or for gdb. */
static void pump(void *context) {
    struct link *link = context;
    struct hb_gdb_server *server = link->server;
    struct pollfd waited[2] = {{.fd = link->socket, .events = POLLIN}, {.fd = server->input, .events = POLLIN}};
    poll(waited, 2, server->machine->waits_for_input ? -1 : 0);
    if (server->input >= 0 && waited[1].revents)
        server->pump(server);
}

/* ---- Packets --------------------------------------------------------------------------------------------------- */

static void answer(struct link *link) {
    bool acknowledge = !link->session.no_acknowledgements;
    if (acknowledge)
        send_all(link, "+", 1);
    hb_gdb_answer(&link->session, link->reader.data);
    link->frame_bytes = hb_gdb_frame(&link->session.reply, link->frame);
    send_all(link, link->frame, link->frame_bytes);
}

/* Until gdb is gone. */
static void talk(struct link *link) {
    uint8_t byte;
    while (!link->session.killed && !link->session.detached && next_byte(link, true, &byte)) {
        switch (hb_gdb_reader_take(&link->reader, byte)) {
        case HB_GDB_PACKET: answer(link); break;
        case HB_GDB_BAD: send_all(link, "-", 1); break;
        case HB_GDB_AGAIN: send_all(link, link->frame, link->frame_bytes); break;
        default: break;
        }
    }
}

/* ---- The server ------------------------------------------------------------------------------------------------ */

static int listen_on(uint16_t port, struct hb_error *error) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    if (listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
        bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0)
        return listener;
    hb_error_set(error, "--gdb: port %u cannot be listened on: %s", port, strerror(errno));
    if (listener >= 0)
        close(listener);
    return -1;
}

static uint16_t port_of(int listener) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t bytes = sizeof address;
    return getsockname(listener, (struct sockaddr *)&address, &bytes) == 0 ? ntohs(address.sin_port) : 0;
}

static bool accept_gdb(struct link *link, int listener) {
    int yes = 1;
    link->server->waits(link->server, port_of(listener));
    do
        link->socket = accept(listener, NULL, NULL);
    while (link->socket < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (link->socket < 0)
        return false;
    setsockopt(link->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    link->taken = link->had = link->frame_bytes = 0;
    link->reader = (struct hb_gdb_reader){0};
    hb_gdb_session_renew(&link->session);
    return true;
}

/* No gdb needs to connect any more. Held harts may be all that keeps the machine from going on. */
static bool is_over(const struct link *link) {
    const struct hb_saved *saved = link->server->machine->saved;
    bool ended = saved->outcome != HB_OUTCOME_RUNNING && !(saved->outcome == HB_OUTCOME_HANG && saved->held);
    return link->session.killed || link->session.detached || ended;
}

static enum hb_gdb_result serve(struct link *link, int listener) {
    hb_gdb_session_begin(&link->session, link->server->machine);
    link->session.run.console = link->server->console;
    link->session.run.context = link;
    link->session.run.interrupted = interrupted;
    link->session.run.pump = link->server->pump ? pump : NULL;
    link->session.run.pump_cycles = link->server->pump_cycles;
    bool connected = true;
    while (!is_over(link) && (connected = accept_gdb(link, listener))) {
        talk(link);
        hang_up(link);
    }
    bool killed = link->session.killed || !connected;
    hb_gdb_session_end(&link->session);
    if (link->server->machine->saved->outcome != HB_OUTCOME_RUNNING)
        return HB_GDB_ENDED;
    return killed ? HB_GDB_KILLED : HB_GDB_DETACHED;
}

enum hb_gdb_result hb_gdb_serve(struct hb_gdb_server *server, struct hb_error *error) {
    struct link *link = calloc(1, sizeof *link);
    if (!link) {
        hb_error_set(error, "the host does not have enough memory");
        return HB_GDB_FAILED;
    }
    link->server = server;
    link->socket = -1;
    int listener = listen_on(server->port, error);
    enum hb_gdb_result result = listener < 0 ? HB_GDB_FAILED : serve(link, listener);
    if (listener >= 0)
        close(listener);
    free(link);
    return result;
}
