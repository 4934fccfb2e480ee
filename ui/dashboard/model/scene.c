#include "ui/dashboard/model/scene.h"

#include <string.h>

const struct hb_scene_row hb_scene_table[HB_SCENES] = {
    [HB_SCENE_ALL] = {"overview", "All", '0', "CPUs, throughput, timeline and events side by side."},
    [HB_SCENE_CPUS] = {"cpus", "CPUs", '1', "A card for each CPU: what it does, and what it waits for."},
    [HB_SCENE_LANES] = {"lanes", "Lanes", '2', "What every CPU did, over time."},
    [HB_SCENE_THROUGHPUT] = {"throughput", "Throughput", '3', "How much work is done, over time."},
    [HB_SCENE_EVENTS] = {"events", "Events", '4', "What happened, in order."},
    [HB_SCENE_LINES] = {"lines", "Lines", '5', "Which cache holds which line, and in which state."},
    [HB_SCENE_BUS] = {"bus", "Bus", '6', "What the bus carries, and who waits for it."},
    [HB_SCENE_QUEUES] = {"queues", "Queues", '7', "The tasks that wait for each CPU, and where tasks move."},
    [HB_SCENE_LOCKS] = {"locks", "Locks", '8', "Who holds each lock, who spins for it, how often it was handed over."},
    [HB_SCENE_FAILURE] = {"failure", "Failure", '9', "From the death of a CPU to the first work, and what was lost."},
    [HB_SCENE_COMPUTER] = {"computer", "Computer", 'C', "CPUs, caches, bus and memory, and what moves between them."},
    [HB_SCENE_SERVER] = {"server", "Server", 'R',
                         "Requests that wait, are served and were dropped, and how long they took."},
    [HB_SCENE_MACHINE] = {"machine", "Machine", 'D',
                          "The selected CPU's instructions, registers and stack, and the console."},
    [HB_SCENE_RACE] = {"race", "Race", 'Y',
                       "The variants side by side in equal cycles: who has done what, and who is first."},
    [HB_SCENE_SPEEDUP] = {"speedup", "Speed-up", 'U',
                          "What more CPUs bring, measured from the variants, beside the ideal."},
};

uint8_t hb_scene_named(const char *name) {
    uint8_t scene = 0;
    while (scene < HB_SCENES && strcmp(hb_scene_table[scene].name, name) != 0)
        scene++;
    return scene;
}

uint8_t hb_scene_keyed(int key) {
    uint8_t scene = 0;
    key = key >= 'a' && key <= 'z' ? key - ('a' - 'A') : key;
    while (scene < HB_SCENES && hb_scene_table[scene].key != key)
        scene++;
    return scene;
}
