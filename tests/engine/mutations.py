#!/usr/bin/env python3
"""Does the harness catch a fast engine with one rule broken? Each of the rules below is broken in turn, in a copy of the
file that has it; programs of the harness are linked with that copy, and one of them must fail.

    mutations.py --build build [--part N/OF] [--only WORD] [--log FILE] [--minutes N]

docs/engine.md lists the same rules, which is checked, too. A text that is not found, or found twice, means that
the engine has changed and this list has not.
"""

import argparse
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
SECONDS = 60 # of processor time, after which a program hangs, which is caught, too

NOTHING = "nothing is broken"

# What is run until something fails: attacks are the quickest, machines drawn at random see the most.
PROGRAMS = [("engine_attack", ["60000"]), ("engine_attack", ["120000"]), ("engine_attack", ["120000", "fast-interpreted"]),
            ("engine_stops", ["170"]), ("engine_equivalence", ["1", "150"]), ("isa_lookups", ["random", "1", "60"]),
            ("isa_lookups", ["elf", "{build}/tests/bare/apart.elf"])]

# What is not caught by the first, so that it is not waited for.
LATE = {"stamps of reading are put back": "engine_attack 120000",
        "a stamp is logged at its first touch": "engine_attack 120000 fast-interpreted",
        "and with the line, when another takes its place among decoded ones": "isa_lookups elf {build}/tests/bare/apart.elf",
        "an SC that will fail is left to its own cycle": "engine_attack 120000",
        "what is watched is closed with no hart ahead": "engine_stops 170"}

LOG, AHEAD, FAST = "cpu/private/log.c", "cpu/ahead/ahead.c", "sim/engine/fast.c"
SOLO = "bus/shared/solo.c"
SYSTEM, MISS, SPIN = "cpu/ahead/system.c", "cpu/ahead/miss.c", "cpu/ahead/spin.c"
REGISTERS = "memcpy(hart->x, ahead->registers, sizeof ahead->registers);"
COUNTERS = "memcpy(hart->stalled_cycles, ahead->counters, sizeof ahead->counters);"


def but(copy, field, kind="uint64_t"):
    """The copy without one field."""
    return "const %s kept = hart->%s;\n    %s\n    hart->%s = kept;" % (kind, field, copy, field)


BLOCK, FIXED, PLAN = "cpu/translate/block.c", "cpu/translate/fixed.c", "cpu/translate/plan.c"
CHECKPOINT = "cpu/hart/checkpoint.h"
BACK = "    run_again(core, to);\n    ahead->active = false;"

# (rule as docs/engine.md has it, file, what stands there, what stands there instead)
RULES = [
    (None, LOG, "void hb_ahead_forget(", "void hb_ahead_forget("), # nothing is broken, and nothing must fail
    # What is undone
    ("a written line's bytes are put back", LOG, "memcpy(hb_line_data(w->line), w->bytes, ahead->line_bytes);", ";"),
    ("its stamp of writing is put back", LOG, "w->line->last_write = w->last_write;", ";"),
    ("stamps of reading are put back", LOG, "s-- > ahead->stamp;)\n        *s->at = s->before;",
     "s-- > ahead->stamp;)\n        (void)s;"),
    ("a stamp is logged at its first touch", CHECKPOINT, "if (line->last_read < ahead->since_stamp)", "if (0)"),
    ("a line that became modified is exclusive again", LOG, "ahead->own[i].line->state = ahead->own[i].before.state;",
     ";"),
    ("a line that was snooped is what it was before", LOG, "*ahead->snoop[i].line = ahead->snoop[i].before;", ";"),
    ("the clock is put back", LOG, REGISTERS, but(REGISTERS, "ready_at")),
    ("counters are put back", LOG, COUNTERS, but(COUNTERS, "fetches")),
    ("stalls are put back", LOG, COUNTERS, but(COUNTERS, "stalled_cycles[HB_STALL_BRANCH]")),
    ("the register of the last load is put back", LOG, REGISTERS, but(REGISTERS, "load_rd", "uint8_t")),
    ("a reservation is put back", LOG, "*reservation_of(core) = ahead->reservation;", ";"),
    ("floating point and CSRs are put back", LOG,
     "if (ahead->seldom_saved)\n        memcpy(hart->f, ahead->seldom, sizeof ahead->seldom);", ""),
    # Logging
    ("a line is logged before it is written", CHECKPOINT, "if (line->last_write >= ahead->since_stamp)", "if (1)"),
    ("by translated code, too", FIXED, "x86_store(w, RCX, AHEAD, AHEAD_AT(written_end));", ";"),
    ("whole", FIXED, "at < t->line_bytes; at += 16", "at < t->line_bytes / 2; at += 16"),
    ("translated code logs stamps of reading", FIXED, "x86_store(w, RCX, AHEAD, AHEAD_AT(stamp_end));", ";"),
    ("an atomic logs its line", "cpu/private/seldom.c", "hb_ahead_write(core->ahead, line, t << 4);",
     "line->last_write = t << 4;"),
    ("an SC that will fail is left to its own cycle", "cpu/private/seldom.c",
     "if (sc && *reservation != line->address)\n        return false;",
     "if (sc && *reservation != line->address) {\n        hart->x[op->rd] = 1;\n        *reservation = HB_NO_LINE;\n"
     "        return true;\n    }"),
    ("system instructions save what they change", SYSTEM, "hb_ahead_save_seldom(ahead, hart);", ";"),
    ("a line that becomes modified is logged", "cpu/private/access.c",
     "ahead->own[ahead->owned++] = (struct hb_ahead_line){line, *line};", "(void)ahead;"),
    # Going back
    ("a snoop is applied again after a rollback", AHEAD, "apply(core, &ahead->snoop[i]);", ";"),
    ("and in its own cycle", AHEAD, "run_again(core, ahead->snoop[i].cycle);", ";"),
    ("and takes the reservation with it", AHEAD, "if (*reservation == snoop->before.address)", "if (0)"),
    ("a hart runs again up to the cycle of the conflict", AHEAD, BACK, BACK.replace("run_again(core, to);", ";")),
    ("and no further", AHEAD, BACK, BACK.replace("to)", "to + 1)")),
    # Horizons
    ("events but timers take every hart back", FAST, "all_back(machine, now);\n    else", ";\n    else"),
    ("the end of the run takes every hart back", FAST, "    all_back(machine, saved->cycle);\n    hb_solo",
     "    hb_solo"),
    ("what is watched is closed with no hart ahead", FAST, "        all_back(machine, now + 1);\n        changed",
     "        (void)0;\n        changed"),
    ("a hart that must attend to something does not run on", "cpu/ahead/system.h", "!hart->attention && ", ""),
    ("no pc is in a line before one is entered", "cpu/ahead/interpret.c", ".tag = pc - HB_LINE_BYTES_MAX}",
     ".tag = HB_NO_TAG}"),
    ("a block ends before the limit", BLOCK, "way_out(block, x86_jump_if(w, CC_AE), 0, HB_LEFT_LATE);",
     "way_out(block, x86_jump_if(w, (enum hb_x86_condition)7), 0, HB_LEFT_LATE);"),
    # Snoops
    ("a line that was touched since is a conflict", "cpu/ahead/ahead.h",
     "return line->last_write >> 4 >= now || (!keeps && line->last_read >> 4 >= now);",
     "(void)line, (void)now, (void)keeps;\n    return false;"),
    ("touched in the very cycle of the snoop, too", "cpu/ahead/ahead.h",
     "return line->last_write >> 4 >= now || (!keeps && line->last_read >> 4 >= now);",
     "return line->last_write >> 4 > now || (!keeps && line->last_read >> 4 > now);"),
    ("so is one that was only read, if the snoop takes it away", "cpu/ahead/ahead.h",
     "|| (!keeps && line->last_read >> 4 >= now)", "|| (keeps && false)"),
    ("data and code are both looked at", FAST, "hb_ahead_is(core, now) ? hb_bus_copy",
     "hb_ahead_is(core, now) && agent % 2 == hb_agent_l1d(0) % 2 ? hb_bus_copy"),
    ("a snoop that takes a copy away is told from one that does not", FAST, "return kind == HB_TXN_READ ||",
     "return kind == HB_TXN_READ || kind == HB_TXN_UPGRADE ||"),
    ("a snoop that is no conflict is remembered", FAST, "note_snooped(&meeting, now);", ";"),
    ("an update reaches all", FAST, " || t->kind == HB_TXN_UPDATE || t->kind == HB_TXN_READ_UPDATE;", ";"),
    ("an L2 reaches all", FAST, "sets_the_time(t) || machine->bus.l2.block ||", "sets_the_time(t) ||"),
    ("devices reach the harts that they interrupt", FAST, "interrupted_back(machine, now);\n        hb_machine_devices",
     "hb_machine_devices"),
    # Translation
    ("code goes with the bytes of its line", "cpu/fetch.c",
     "core->shared->code[i]->visits[decoded - core->shared->decoded] = 0;", ";"),
    ("and with the line, when another takes its place among decoded ones", "cpu/fetch.c",
     "forget_line(&core->shared->core[h], decoded->address);", ";"),
    ("a store wants a line that is writable and dirty", BLOCK,
     "way_out(block, x86_jump_if(w, CC_NE), i, HB_LEFT_DATA);\n    emit_touch(block, i, LINE_AT(last_write)",
     "emit_touch(block, i, LINE_AT(last_write)"),
    ("a lookup is checked against its line", BLOCK,
     "x86_memory(w, true, 0x3b, RDX, RSI, LINE_AT(address));\n    way_out(block, x86_jump_if(w, CC_NE), i, "
     "HB_LEFT_DATA);", ""),
    ("a line has the stamp of its last fetch", BLOCK, "x86_store(w, RDX, SLOT, LINE_AT(last_read));", ";"),
    ("the second half of an instruction is looked at", BLOCK, "if (place->crosses)\n        emit_check_upper(block, i);",
     ""),
    ("an instruction waits for a load before the block", BLOCK, "way_out(block, x86_jump_if(w, CC_B), 0, HB_LEFT_ONE);",
     ";"),
    ("and for one inside it", PLAN, "bool load_use = block->n && load_rd && hb_op_reads(op, load_rd);",
     "bool load_use = false;"),
    ("a mispredicted branch costs its cycles", BLOCK,
     "taken != (place->op->imm < 0), t->config.mispredict_cycles);", "false, t->config.mispredict_cycles);"),
    # The plainest misses
    ("a misaligned access is none", MISS, "!(access->address & (access->request.bytes - 1u)) &&\n           ", ""),
    ("nor is one that may not be made", MISS, "allows(core->resume.rights, kind) &&", ""),
    ("nor is one of a word that the host looks at", MISS, " &&\n           !hb_overlaps_host_words(core, line, "
     "core->bus->line_bytes)", ""),
    ("nor is one whose translation is not known", MISS, "!access->translated || hb_mmu_look_up(", "hb_mmu_is_on(hart, mode) >= "
     "(access->address == 0) || hb_mmu_look_up("),
    ("nor one of floating point that is off", MISS, " && hb_fp_is_legal(hart, op);", ";"),
    ("a store waits as a store", MISS, "case HB_ACCESS_STORE: return HB_STALL_STORE;",
     "case HB_ACCESS_STORE: return HB_STALL_LOAD;"),
    ("what it loads is narrowed", MISS, "hart->x[op->rd] = hb_narrowed(op, value);",
     "hart->x[op->rd] = value;"),
    ("it waits for the load before it", MISS, " + load_use_cycles(core, op);", " + 0 * load_use_cycles(core, op);"),
    ("an atomic takes its time", MISS, "now + 1 + stalls +", "now + 1 + 0 * stalls +"),
    ("and the next one for it", MISS, "hart->load_rd = op->load_rd;", "hart->load_rd = 0;"),
    ("a victim that has been written back is followed by the access", MISS, " && !hb_ask_again(core, now)", ""),
    ("protection that changes is asked about anew", "cpu/hart/lookups.c",
     "protection_changed(struct hb_core *core, struct hb_pmp_span where) {\n    hb_core_forget_rights(core);",
     "protection_changed(struct hb_core *core, struct hb_pmp_span where) {"),
    # Lookups
    ("those of lines whose protection changes are dropped", "cpu/hart/lookups.c",
     "note_stale(core, mode, where);\n    if (hb_pmp", "(void)mode;\n    if (hb_pmp"),
    ("where the entry was, too", "cpu/csr.c", "hb_pmp_span_of_both(before, hb_pmp_reach(core->hart, i))",
     "((void)before, hb_pmp_reach(core->hart, i))"),
    ("and where the next one begins", "cpu/hart/pmp.c", "entry < i + 2 &&", "entry < i + 1 &&"),
    ("those of a mode that is undone are used no longer", LOG, "hb_lookups_mode_restored(core);", ";"),
    ("those of a line that is fetched anew are dropped", "cpu/fetch.c",
     "hb_pmp_span_add(&core->coded[hb_lookup_mode(hart->privilege)], physical);", ""),
    # Transactions that concern nobody else
    ("a line that another L1 holds is none", SOLO, " || !hb_agents_none(&holders)", " || (hb_agents_none(&holders), 0)"),
    ("it takes the latency of memory", SOLO, "bus->solo.finish_cycle += bus->memory_latency_cycles;", ";"),
    ("an LR that comes by the bus reserves", SOLO, "bus->state->port[port].reservation = address;",
     ";"),
    ("a line that makes room for another takes the reservation on it along", SOLO, "hb_line_leave(bus, agent, line, now);",
     "hb_presence_remove(bus, agent, line->address);"),
    ("an SC is none, for its reservation must be asked about", SOLO, " && kind != HB_ACCESS_SC;", ";"),
    ("what it brings is stamped", SOLO, "line->last_read = now << 4 | request->order;", ";"),
    ("what was written back is in memory", SOLO,
     "hb_ram_write(bus->ram, t->line - HB_RAM_BASE, t->data, bus->line_bytes);", ";"),
    ("it is handed back before an event", FAST, "hb_solo_hand_back(&machine->bus, now);\n    if", "if"),
    ("and at the end of the run", FAST, "hb_solo_hand_back(&machine->bus, saved->cycle);", ";"),
    # Misses that are settled at once
    ("no other hart has a turn before it is done", FAST, "cycle = other == i ? cycle : earlier(cycle, running->ready_at[other]);",
     ";"),
    ("nor is anything else due", FAST, "uint64_t cycle = earlier(until, machine->saved->next_event);",
     "uint64_t cycle = until;"),
    ("nor does the run end", FAST, "uint64_t cycle = earlier(until, machine->saved->next_event);",
     "uint64_t cycle = machine->saved->next_event;"),
    ("the bus is free", "bus/shared/transaction.h", "bus->solo.prompt && !bus->state->outstanding && !bus->asking",
     "bus->solo.prompt"),
    ("nobody else has its line", SOLO, "hb_agents_none(&holders) &&\n           hb_ram_contains(bus->ram, line",
     "(hb_agents_none(&holders) || 1) &&\n           hb_ram_contains(bus->ram, line"),
    ("its victim goes to memory", SOLO,
     "hb_ram_write(bus->ram, line->address - HB_RAM_BASE, hb_line_data(line), bus->line_bytes);", ";"),
    ("which takes a transaction", SOLO, "(modified ? 1 + given : 0)", "(modified ? given : 0)"),
    ("what waits is charged", MISS, "hb_stall(hart, cause_of(access->request.kind), miss.finish - *now);", ";"),
    ("who is granted then is granted last", SOLO, "state->last_port = port;", ";"),
    # Seldom operations in translated code
    ("floating point that is off is left to the interpreter", BLOCK, "emit_check_fp(block, i);\n    emit_save_seldom(t);",
     "emit_save_seldom(t);"),
    ("and a rounding mode that is none", BLOCK, "    emit_check_rounding(block, i);\n", ""),
    ("f registers are saved before a load changes one", BLOCK, "emit_check_fp(block, i);\n    emit_save_seldom(t);",
     "emit_check_fp(block, i);"),
    ("a single is boxed", BLOCK, "x86_u32(w, UINT32_MAX);", "x86_u32(w, 0);"),
    ("floating point that has been used is dirty", BLOCK,
     "x86_memory(w, false, 0x80, 1, HART, FS_AT); /* or byte [...], imm8 */\n    x86_byte(w, FS_OF_IT);", ""),
    ("a CSR that is replaced is saved", "cpu/private/seldom.c", "hb_ahead_save_seldom(core->ahead, hart);\n    if (!hb_csr_access",
     "if (!hb_csr_access"),
    ("what C has changed is held no longer", BLOCK, "i, HB_LEFT_ONE);\n    hb_held_drop(block, op->rd);", "i, HB_LEFT_ONE);"),
    ("C is told how many have retired", BLOCK, "x86_set32(w, RCX, i);", "x86_set32(w, RCX, 0);"),
    ("and in which cycle it is", BLOCK, "x86_address(w, RDX, CLOCK, block->place[i].by.cycles << 4);\n    x86_set32",
     "x86_address(w, RDX, CLOCK, 0);\n    x86_set32"),
    ("an operation that C has not done is left", BLOCK, "way_out(block, x86_jump_if(w, CC_E), i, HB_LEFT_ONE);\n    hb_held",
     "hb_held"),
    # Spinning
    ("it ends when a snoop takes the word away", "cpu/ahead/spin.h", "data || code;", "code;"),
    ("and, of an atomic, when one lets it keep a copy", "cpu/ahead/spin.h", "keeps ? data && ahead->spin_writes :",
     "keeps ? false :"),
    ("a loop that ends is none", SPIN, "if (part_of(loop->op[i]) == PART_BRANCH && !is_taken(x, loop->op[i]))\n            return false;\n    "
     "return", "(void)is_taken;\n    return"),
    ("nor is one that computes and ends", SPIN,
     "if (part_of(loop->op[i]) == PART_BRANCH && !is_taken(x, loop->op[i]))\n            return false;\n        compute",
     "compute"),
    ("nor is one whose registers change", SPIN, "memcmp(x, core->hart->x, HB_X_SINK * sizeof x[0]) == 0", "true"),
    ("nor one whose atomic changes its word", SPIN, "return after == word;", "return true;"),
    ("nor one whose atomic must ask for its line", "cpu/private/seldom.c", "return (line->attributes & owned) == owned && is", "return owned && is"),
    ("rounds are counted", SPIN, "count(hart, before, rounds);", "(void)before;"),
    ("the last round ends where it is asked about", AHEAD, "hb_ahead_catch_up(core, to);\n    run_again(core, to);",
     "hb_ahead_catch_up(core, to);"),
    ("what it reads next is what it has read", SPIN, "&& value == x[last->rd];", "&& (value || true);"),
    ("it ends when one takes its second line away", "cpu/ahead/spin.h", " || line == ahead->spin_code[1]", ""),
    ("what it has fetched is counted", SPIN, "hart->fetches += (hart->fetches - before->fetches) * rounds;", ""),
    ("it ends when a snoop takes its code away", "cpu/ahead/spin.h", "data || code;", "data;"),
    ("its last branches are those of its loop", SPIN, "repeat_branch(hart, rounds);", ";"),
]


class Tree:
    """The build, and copies of it with a file replaced."""

    def __init__(self, build):
        self.build = os.path.realpath(build)
        self.folder = os.path.join(self.build, "mutations")
        self.commands = {name: self.commands_of(name) for name in {name for name, _ in PROGRAMS}}

    def commands_of(self, target):
        done = subprocess.run(["ninja", "-t", "commands", target], cwd=self.build, capture_output=True, text=True)
        if done.returncode != 0:
            print("this build is not ninja's: nothing to repeat its commands with")
            sys.exit(77)
        return done.stdout.splitlines()

    def sources_with(self, path):
        """The file itself, or the sources that see it."""
        if path.endswith(".c"):
            return [path]
        found = []
        for folder in ("cpu/private", "cpu/ahead", "cpu/translate", "sim/engine"):
            found += [folder + "/" + name for name in sorted(os.listdir(os.path.join(ROOT, folder)))
                      if name.endswith(".c")]
        return found

    def compile(self, source, copies):
        """Its object, with the headers of `copies` before the others and itself out of there if it is there."""
        made = os.path.join(copies, source.replace("/", "_") + ".o")
        original = os.path.join(ROOT, source)
        command = next(line for line in self.commands["engine_equivalence"] if line.endswith("-c " + original))
        words = command.split()
        words[words.index("-o") + 1] = made
        words[words.index("-MF") + 1] = made + ".d"
        copy = os.path.join(copies, source)
        words[-1] = copy if os.path.exists(copy) else original
        words.insert(words.index("-MD"), "-Wno-error")
        words.insert(next(i for i, word in enumerate(words) if word.startswith("-I")), "-I" + copies)
        subprocess.run(words, cwd=self.build, check=True, capture_output=True)
        return made

    def mutate(self, number, path, old, new):
        """The objects with this one change; None: there is no such text, or more than one."""
        copies = os.path.join(self.folder, str(number))
        with open(os.path.join(ROOT, path)) as file:
            text = file.read()
        if text.count(old) != 1:
            return None
        shutil.rmtree(copies, ignore_errors=True)
        os.makedirs(os.path.dirname(os.path.join(copies, path)))
        with open(os.path.join(copies, path), "w") as file:
            file.write(text.replace(old, new, 1))
        return [self.compile(source, copies) for source in self.sources_with(path)]

    def link(self, number, target, objects):
        """What is in the archives is taken only where the objects do not have it."""
        made = os.path.join(self.folder, str(number), target)
        command = self.commands[target][-1]
        words = command.replace("&& :", "").replace(": &&", "").split()
        words[words.index("-o") + 1] = made
        words[words.index("-o"):words.index("-o")] = objects
        subprocess.run(words, cwd=self.build, check=True, capture_output=True)
        return made


def fails(program, arguments):
    limit = lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, 2 * SECONDS))
    status = subprocess.run([program] + arguments, capture_output=True, preexec_fn=limit).returncode
    if status == -signal.SIGKILL:
        raise SystemExit("%s was killed from outside: is there not enough memory?" % program)
    return status != 0


def caught_by(tree, number, objects):
    made = {}
    for target, arguments in sorted(PROGRAMS, key=lambda p: " ".join([p[0]] + p[1]) != LATE.get(RULES[number][0])):
        if target not in made:
            made[target] = tree.link(number, target, objects)
        if fails(made[target], [a.format(build=tree.build) for a in arguments]):
            return " ".join([target] + arguments)
    return None


def is_listed(rule):
    if rule is None:
        return True
    with open(os.path.join(ROOT, "docs/engine.md")) as page:
        return rule in " ".join(page.read().split())


def kept(path):
    """The lines of an earlier run, by rule."""
    if not path or not os.path.exists(path):
        return {}
    with open(path) as file:
        return {line.split(": ", 1)[0]: line.rstrip("\n") for line in file}


def judge(tree, number):
    """(is all as it should be, a line about it)"""
    rule, path, old, new = RULES[number]
    begin = time.monotonic()
    objects = tree.mutate(number, path, old, new)
    by = caught_by(tree, number, objects) if objects else None
    listed = is_listed(rule)
    line = "%s: %s, %.0f s%s" % (rule or NOTHING,
                                 by or ("not caught" if objects else "its text is not, or more than once, in " + path),
                                 time.monotonic() - begin, "" if listed else "; NOT LISTED in docs/engine.md")
    return bool(by) == (rule is not None) and listed, line


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--only", default="")
    parser.add_argument("--log", help="where lines go as well; rules that have one there are not broken again")
    parser.add_argument("--minutes", type=float, default=1e9, help="after so many no further rule is broken")
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    tree = Tree(options.build)
    begin, done, wrong = time.monotonic(), kept(options.log), 0
    for number in range(part, len(RULES), parts):
        rule = RULES[number][0] or NOTHING
        if options.only not in rule or rule in done:
            continue
        if time.monotonic() - begin > 60 * options.minutes:
            print("from \"%s\" on rules are left: run it again" % rule)
            return 1
        right, line = judge(tree, number)
        wrong += not right
        print(line, flush=True)
        if options.log:
            with open(options.log, "a") as file:
                file.write(line + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
