#include "sim/machine/htif.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/machine/machine.h"

#define CALL_WRITE 64u
#define CALL_EXIT  93u
#define BLOCK      8u /* words of a system call */
#define BYTE_READ  (1ull << 56 | 0x100u)

static void refuse(struct hb_machine *machine, enum hb_htif_refusal why, uint64_t first, uint64_t second) {
    struct hb_htif *htif = &machine->saved->htif;
    htif->refused = (uint8_t)why;
    htif->value[0] = first;
    htif->value[1] = second;
    hb_machine_end(machine, HB_OUTCOME_FAILED, 1);
}

static void end(struct hb_machine *machine, uint64_t code) {
    hb_machine_end(machine, code ? HB_OUTCOME_FAILED : HB_OUTCOME_PASSED, (uint32_t)code);
}

static void answer(struct hb_machine *machine, uint64_t value) {
    struct hb_htif *htif = &machine->saved->htif;
    if (htif->answers == HB_HTIF_ANSWERS)
        refuse(machine, HB_HTIF_CROWD, 0, 0);
    else
        htif->answer[htif->answers++] = value;
}

/* ---- System calls ---------------------------------------------------------------------------------------------- */

/* The program's numbers are checked before anything is printed. */
static bool show(struct hb_machine *machine, uint64_t address, uint64_t bytes) {
    char text[4096];
    if (!hb_ram_contains(&machine->ram, address - HB_RAM_BASE, bytes))
        return false;
    while (bytes > 0) {
        uint64_t n = bytes < sizeof text ? bytes : sizeof text;
        if (!hb_bus_debug_read(&machine->bus, address, text, n))
            return false;
        hb_machine_show(machine, text, n);
        address += n;
        bytes -= n;
    }
    return true;
}

static bool write_call(struct hb_machine *machine, const uint64_t block[BLOCK]) {
    if (block[1] != 1 && block[1] != 2)
        refuse(machine, HB_HTIF_FILE, block[1], 0);
    else if (!show(machine, block[2], block[3]))
        refuse(machine, HB_HTIF_BUFFER, block[2], block[3]);
    else
        return true;
    return false;
}

static void system_call(struct hb_machine *machine, uint64_t address) {
    uint64_t block[BLOCK];
    if (!hb_ram_contains(&machine->ram, address - HB_RAM_BASE, sizeof block) ||
        !hb_bus_debug_read(&machine->bus, address, block, sizeof block)) {
        refuse(machine, HB_HTIF_BLOCK, address, 0);
    } else if (block[0] == CALL_EXIT) {
        end(machine, block[1]);
    } else if (block[0] != CALL_WRITE) {
        refuse(machine, HB_HTIF_CALL, block[0], 0);
    } else if (write_call(machine, block)) {
        hb_bus_debug_write(&machine->bus, address, &block[3], sizeof block[3]);
        answer(machine, 1);
    }
}

/* ---- Requests -------------------------------------------------------------------------------------------------- */

static void call_or_exit(struct hb_machine *machine, uint64_t said) {
    if (said & 1)
        end(machine, said >> 1);
    else
        system_call(machine, said);
}

static void read_byte(struct hb_machine *machine, uint64_t said) {
    (void)said;
    if (machine->saved->htif.reads == HB_HTIF_ANSWERS)
        refuse(machine, HB_HTIF_CROWD, 0, 0);
    else
        machine->saved->htif.reads++;
}

static void write_byte(struct hb_machine *machine, uint64_t said) {
    const char byte = (char)(said & 0xff);
    hb_machine_show(machine, &byte, 1);
}

static const struct {
    uint8_t device, command;
    void (*serve)(struct hb_machine *machine, uint64_t said);
} requests[] = {
    {0, 0, call_or_exit},
    {1, 0, read_byte},
    {1, 1, write_byte},
};

static bool is_exit(uint64_t request) {
    return request >> 48 == 0 && request & 1;
}

static void serve(struct hb_machine *machine, uint64_t request) {
    const uint64_t nothing = 0, device = request >> 56, command = request >> 48 & 0xff;
    if (!is_exit(request))
        hb_bus_debug_write(&machine->bus, machine->cores.tohost, &nothing, sizeof nothing);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        if (requests[i].device == device && requests[i].command == command) {
            requests[i].serve(machine, request & 0xffffffffffffull);
            return;
        }
    refuse(machine, HB_HTIF_COMMAND, device, command);
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static void read_bytes(struct hb_machine *machine) {
    struct hb_htif *htif = &machine->saved->htif;
    uint8_t byte;
    while (htif->reads && htif->answers < HB_HTIF_ANSWERS && hb_devices_take(&machine->saved->devices, &byte)) {
        htif->reads--;
        answer(machine, BYTE_READ | byte);
    }
}

static void put_answer(struct hb_machine *machine) {
    struct hb_htif *htif = &machine->saved->htif;
    uint64_t before, at = machine->cores.fromhost;
    if (!htif->answers || !hb_bus_debug_read(&machine->bus, at, &before, sizeof before) || before)
        return;
    hb_bus_debug_write(&machine->bus, at, &htif->answer[0], sizeof before);
    htif->answers--;
    memmove(htif->answer, htif->answer + 1, htif->answers * sizeof htif->answer[0]);
}

/* ---- A word of the user's choice ------------------------------------------------------------------------------- */

static void look_at_word(struct hb_machine *machine) {
    uint64_t value = 0;
    if (hb_bus_debug_read(&machine->bus, machine->cores.tohost, &value, machine->stop_word_bytes) && value)
        end(machine, value == 1 ? 0 : value);
}

void hb_htif_serve(struct hb_machine *machine) {
    uint64_t request = 0;
    machine->saved->htif.pending = false;
    if (machine->stop_word_bytes) {
        look_at_word(machine);
        return;
    }
    if (hb_bus_debug_read(&machine->bus, machine->cores.tohost, &request, sizeof request) && request)
        serve(machine, request);
    read_bytes(machine);
    put_answer(machine);
}

/* ---- Words ----------------------------------------------------------------------------------------------------- */

bool hb_htif_explain(const struct hb_htif *htif, char *text, size_t bytes) {
    const uint64_t *value = htif->value;
    *text = 0;
    switch (htif->refused) {
    case HB_HTIF_COMMAND:
        snprintf(text, bytes,
                 "tohost: command %" PRIu64 " of device %" PRIu64 " is not served "
                 "(device 0: exit and system calls; device 1: read and write a byte)",
                 value[1], value[0]);
        break;
    case HB_HTIF_BLOCK:
        snprintf(text, bytes, "tohost: a system call's block at 0x%" PRIx64 " is not in RAM (for an exit, set bit 0)",
                 value[0]);
        break;
    case HB_HTIF_CALL:
        snprintf(text, bytes, "tohost: system call %" PRIu64 " is not served (64, write, and 93, exit, are)", value[0]);
        break;
    case HB_HTIF_FILE:
        snprintf(text, bytes, "tohost: write to file %" PRIu64 " is not served (1 and 2, the console, are)", value[0]);
        break;
    case HB_HTIF_BUFFER:
        snprintf(text, bytes, "tohost: write of %" PRIu64 " bytes at 0x%" PRIx64 " reaches outside RAM", value[1],
                 value[0]);
        break;
    case HB_HTIF_CROWD:
        snprintf(text, bytes, "tohost: more than %u answers wait for fromhost to be 0", HB_HTIF_ANSWERS);
        break;
    default: break;
    }
    return *text != 0;
}
