#include "ui/cli/console_input.h"

#include <poll.h>
#include <unistd.h>

void hb_console_input_open(struct hb_console_input *input) {
    *input = (struct hb_console_input){.descriptor = STDIN_FILENO};
}

static uint32_t room_for(const struct hb_machine *machine) {
    const struct hb_uart *uart = &machine->saved->devices.uart;
    uint32_t waiting = uart->received - uart->taken + (machine->log.inputs - machine->saved->next_input);
    return waiting < HB_UART_QUEUE ? HB_UART_QUEUE - waiting : 0;
}

static bool is_readable(int descriptor, bool wait) {
    struct pollfd poll_descriptor = {.fd = descriptor, .events = POLLIN};
    return poll(&poll_descriptor, 1, wait ? -1 : 0) > 0;
}

void hb_console_input_pump(struct hb_console_input *input, struct hb_machine *machine) {
    uint8_t bytes[HB_UART_QUEUE];
    uint32_t room = room_for(machine);
    if (input->ended || room == 0 || !is_readable(input->descriptor, machine->waits_for_input))
        return;
    ssize_t n = read(input->descriptor, bytes, room);
    input->ended = n <= 0;
    machine->input_may_come = !input->ended;
    for (ssize_t i = 0; i < n; i++)
        hb_machine_input(machine, &(struct hb_input){
            .cycle = machine->saved->cycle, .kind = HB_INPUT_TEXT, .byte = bytes[i]});
}
