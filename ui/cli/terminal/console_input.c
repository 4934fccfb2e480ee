#include "ui/cli/terminal/console_input.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "sim/board/devicetree.h"

#define ESCAPE          1u /* Ctrl-A */
#define IDLE_CYCLES_MAX (HB_CLOCK_HZ / 100)
#define CYCLES_PER_MS   (HB_CLOCK_HZ / 1000)
#define WAIT_MS_MIN     5u /* shorter waits are combined */

/* ---- The terminal: there is only one, and signal handlers must find it ----------------------------------------- */

static struct termios terminal_before;
static volatile sig_atomic_t terminal_is_raw;

static void put_terminal_back(void) {
    if (terminal_is_raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
    terminal_is_raw = 0;
}

static void put_back_and_die(int number) {
    put_terminal_back();
    raise(number); /* SA_RESETHAND: with the signal's default effect */
}

static void put_back_on_signals(void) {
    static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGPIPE};
    struct sigaction action = {.sa_handler = put_back_and_die, .sa_flags = SA_RESETHAND | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

/* Output processing is left on, so that a guest that ends lines with only a newline stays readable. */
static bool make_terminal_raw(void) {
    struct termios raw;
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &terminal_before) != 0)
        return false;
    raw = terminal_before;
    raw.c_iflag &= (tcflag_t) ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    put_back_on_signals();
    (void)atexit(put_terminal_back);
    terminal_is_raw = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0)
        return true;
    put_terminal_back();
    return false;
}

void hb_console_input_open(struct hb_console_input *input, bool wanted) {
    *input = (struct hb_console_input){.descriptor = STDIN_FILENO, .ended = !wanted};
    input->terminal = wanted && make_terminal_raw();
}

void hb_console_input_close(struct hb_console_input *input) {
    if (input->terminal)
        put_terminal_back();
    input->terminal = false;
}

/* ---- What is typed --------------------------------------------------------------------------------------------- */

static uint32_t room_for(const struct hb_machine *machine) {
    const struct hb_uart *uart = &machine->saved->devices.uart;
    uint32_t waiting = uart->received - uart->taken + (machine->log.inputs - machine->saved->next_input);
    return waiting < HB_UART_QUEUE ? HB_UART_QUEUE - waiting : 0;
}

static bool is_asleep(const struct hb_machine *machine) {
    bool asleep = machine->saved->bus.next_cycle == HB_NEVER && machine->saved->next_event > machine->saved->cycle;
    for (uint32_t h = 0; asleep && h < machine->bus.harts; h++)
        asleep = machine->hart[h].ready_at == HB_NEVER;
    return asleep && hb_uart_awaits_input(&machine->saved->devices.uart);
}

uint64_t hb_console_input_idle_cycles(struct hb_console_input *input, const struct hb_machine *machine) {
    if (input->ended || !input->terminal || !is_asleep(machine))
        return 0;
    uint64_t cycles = machine->saved->next_event - machine->saved->cycle;
    cycles = cycles < IDLE_CYCLES_MAX ? cycles : IDLE_CYCLES_MAX;
    input->owed_cycles += cycles;
    return cycles;
}

/* How long to wait for a key; -1: for ever. */
static int wait_ms(struct hb_console_input *input, const struct hb_machine *machine) {
    uint64_t owed_ms = input->owed_cycles / CYCLES_PER_MS;
    if (machine->waits_for_input)
        return -1;
    if (owed_ms < WAIT_MS_MIN)
        return 0;
    input->owed_cycles -= owed_ms * CYCLES_PER_MS;
    return (int)owed_ms;
}

static bool is_readable(int descriptor, int timeout_ms) {
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};
    return poll(&poll_descriptor, 1, timeout_ms) > 0;
}

/* Is this key for the guest? */
static bool is_for_guest(struct hb_console_input *input, uint8_t key) {
    if (!input->terminal)
        return true;
    if (!input->escaped) {
        input->escaped = key == ESCAPE;
        return !input->escaped;
    }
    input->escaped = false;
    input->left |= key == 'x';
    return key == ESCAPE;
}

/* A terminal is read even if the queue is full, since a Ctrl-A may come; keys that find no room are lost, as with any
 * UART. */
void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine) {
    uint8_t bytes[HB_UART_QUEUE];
    uint32_t room = room_for(machine);
    if (input->ended || (room == 0 && !input->terminal) || !is_readable(input->descriptor, wait_ms(input, machine)))
        return;
    ssize_t n = read(input->descriptor, bytes, input->terminal ? sizeof bytes : room);
    input->ended = n <= 0;
    machine->input_may_come = !input->ended;
    for (ssize_t i = 0; i < n && !input->left; i++) {
        if (!is_for_guest(input, bytes[i]) || room == 0)
            continue;
        room--;
        hb_machine_input(machine,
                         &(struct hb_input){.cycle = machine->saved->cycle, .kind = HB_INPUT_TEXT, .byte = bytes[i]});
    }
}
