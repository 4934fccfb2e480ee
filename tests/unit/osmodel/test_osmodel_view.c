/* The host's view of the OS, fed with sequences made by hand; every figure was worked out on paper. */
#include <check.h>
#include <stdlib.h>

#include "osmodel/os_view.h"

static struct hb_os_view view;

static void start(void) {
    hb_os_view_init(&view, 10);
}

/* Feed one tracepoint. */
static void tp(uint64_t cycle, uint32_t hart, uint32_t id, uint32_t subject, uint32_t argument, uint64_t user) {
    hb_os_view_feed(&view, cycle, hart, id, subject | (uint64_t)argument << 32, user);
}

static void create(uint64_t cycle, uint32_t task, uint32_t queue) {
    tp(cycle, 0, HB_TP_TASK_CREATE, task, HB_KIND_BATCH, 0);
    tp(cycle, 0, HB_TP_TASK_READY, task, queue, 0);
}

START_TEST(interrupts_count_for_whoever_claims_them) {
    tp(10, 0, HB_TP_INTERRUPT, 10, 0, 0);
    tp(20, 2, HB_TP_INTERRUPT, 10, 0, 0);
    tp(20, 1, HB_TP_INTERRUPT, 0, 1, 0);
    tp(30, 2, HB_TP_INTERRUPT, 10, 0, 0);
    ck_assert_uint_eq(view.harts[0].interrupts, 1);
    ck_assert_uint_eq(view.harts[1].interrupts, 0);
    ck_assert_uint_eq(view.harts[2].interrupts, 2);
    ck_assert_uint_eq(view.spurious_interrupts, 1);
}
END_TEST

START_TEST(a_hart_that_stops_itself_is_suspected_with_reason) {
    tp(10, 3, HB_TP_HART_STOPPED, 3, 7, 0);
    tp(500, 0, HB_TP_SUSPECT, 3, 40, 0);
    ck_assert_uint_eq(view.false_alarms, 0);
    tp(600, 0, HB_TP_SUSPECT, 2, 40, 0);
    ck_assert_uint_eq(view.false_alarms, 1);
}
END_TEST

START_TEST(J_is_the_longest_gap_between_beats_of_a_healthy_hart) {
    tp(10, 0, HB_TP_HART_UP, 0, 0, 0);
    tp(10, 1, HB_TP_HART_UP, 1, 0, 0);
    tp(20, 0, HB_TP_BEAT, 0, 0, 0);
    tp(5000, 0, HB_TP_ALL_HARTS_UP, 2, 0, 0); /* boot does not count */
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 5200), HB_OS_NONE);
    tp(5300, 1, HB_TP_BEAT, 1, 0, 0);
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 5300), 300);
    tp(5700, 0, HB_TP_BEAT, 0, 0, 0);
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 5700), 700);
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 6400), 1100); /* that of hart 1 is under way */
    hb_os_view_hart_stopped(&view, 6400, 1, 0);
    tp(6600, 0, HB_TP_BEAT, 0, 0, 0);
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 6600), 900); /* the dead say nothing */
    hb_os_view_forget_beats(&view);
    tp(9000, 0, HB_TP_BEAT, 0, 0, 0); /* beats had been switched off and on again */
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 9000), 900);
    hb_os_view_hart_ails(&view, 0);
    tp(12000, 0, HB_TP_BEAT, 0, 0, 0);
    ck_assert_uint_eq(hb_os_view_longest_gap(&view, 20000), 900);
}
END_TEST

START_TEST(an_empty_view_knows_nothing) {
    ck_assert_uint_eq(view.harts_up_cycle, HB_OS_NONE);
    ck_assert_uint_eq(view.tasks_created, 0);
    ck_assert_uint_eq(view.tasks[5].state, HB_OS_TASK_UNSEEN);
    ck_assert_uint_eq(view.harts[3].task, HB_OS_NO_TASK);
}
END_TEST

START_TEST(a_task_goes_through_its_life) {
    create(100, 7, 1);
    ck_assert_uint_eq(view.tasks[7].state, HB_OS_TASK_READY);
    ck_assert_uint_eq(view.tasks[7].queue, 1);
    tp(150, 1, HB_TP_TASK_RUN, 7, 0, 1000);
    ck_assert_uint_eq(view.tasks[7].state, HB_OS_TASK_RUNNING);
    ck_assert_uint_eq(view.harts[1].task, 7);
    tp(400, 1, HB_TP_TASK_STOP, 7, HB_STOP_PREEMPTED, 1200);
    ck_assert_uint_eq(view.tasks[7].state, HB_OS_TASK_READY);
    tp(600, 1, HB_TP_TASK_RUN, 7, 0, 1200);
    tp(700, 1, HB_TP_TASK_STOP, 7, HB_STOP_EXITED, 1290);
    ck_assert_uint_eq(view.tasks[7].state, HB_OS_TASK_EXITED);
    tp(710, 1, HB_TP_TASK_DONE, 7, 0, 1290);
    ck_assert_uint_eq(view.tasks[7].state, HB_OS_TASK_DONE);
    ck_assert_uint_eq(view.tasks[7].instructions, 290);
    ck_assert_uint_eq(view.tasks[7].attempt_started_cycle, 150);
    ck_assert_uint_eq(view.tasks[7].completed_cycle, 710);
    ck_assert_uint_eq(view.longest_wait_cycles, 200);
    ck_assert_uint_eq(view.tasks_done, 1);
    ck_assert_uint_eq(view.tasks_ready, 0);
    ck_assert_uint_eq(view.harts[1].task, HB_OS_NO_TASK);
}
END_TEST

START_TEST(done_without_stop_counts_the_run) {
    create(10, 0, 0);
    tp(20, 0, HB_TP_TASK_RUN, 0, 0, 5);
    tp(90, 0, HB_TP_TASK_DONE, 0, 0, 65);
    tp(95, 0, HB_TP_TASK_STOP, 0, HB_STOP_EXITED, 65);
    ck_assert_uint_eq(view.tasks[0].state, HB_OS_TASK_DONE);
    ck_assert_uint_eq(view.tasks[0].instructions, 60);
}
END_TEST

START_TEST(stops_lead_to_their_states) {
    const struct {
        uint32_t reason;
        enum hb_os_task_state state;
    } stops[] = {{HB_STOP_YIELDED, HB_OS_TASK_READY},
                 {HB_STOP_BLOCKED, HB_OS_TASK_BLOCKED},
                 {HB_STOP_SLEEPING, HB_OS_TASK_SLEEPING},
                 {HB_STOP_FAULTED, HB_OS_TASK_FAULTED}};
    for (uint32_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        tp(i, 0, HB_TP_TASK_RUN, i, 0, 0);
        tp(i, 0, HB_TP_TASK_STOP, i, stops[i].reason, 0);
        ck_assert_uint_eq(view.tasks[i].state, stops[i].state);
    }
    ck_assert_uint_eq(view.last_progress_cycle, 3); /* of the last creation */
}
END_TEST

/* Two tasks wait from 100; CPU 1 is idle from 150, takes one at 300 and is idle again from 400 to 480 when CPU 0 takes
 * the other one: 150 + 80 cycles. CPU 2's idleness overlaps (200 to 250) and counts once. */
START_TEST(idle_while_waiting_is_integrated_exactly) {
    create(100, 0, 0);
    create(100, 1, 0);
    tp(150, 1, HB_TP_IDLE_ENTER, 1, 0, 0);
    tp(200, 2, HB_TP_IDLE_ENTER, 2, 0, 0);
    tp(250, 2, HB_TP_IDLE_LEAVE, 2, 0, 0);
    tp(300, 1, HB_TP_TASK_RUN, 0, 0, 0);
    tp(400, 1, HB_TP_TASK_STOP, 0, HB_STOP_BLOCKED, 0);
    tp(400, 1, HB_TP_IDLE_ENTER, 1, 0, 0);
    tp(480, 0, HB_TP_TASK_RUN, 1, 0, 0);
    hb_os_view_advance(&view, 1000);
    ck_assert_uint_eq(view.idle_while_waiting_cycles, 230);
    ck_assert_uint_eq(view.longest_wait_cycles, 380);
}
END_TEST

START_TEST(a_dead_hart_is_not_idle) {
    create(100, 0, 0);
    tp(100, 1, HB_TP_IDLE_ENTER, 1, 0, 0);
    hb_os_view_hart_stopped(&view, 160, 1, 0);
    tp(200, 1, HB_TP_IDLE_ENTER, 1, 0, 0);
    hb_os_view_advance(&view, 1000);
    ck_assert_uint_eq(view.idle_while_waiting_cycles, 60);
    ck_assert_uint_eq(hb_os_view_longest_wait(&view, 1000), 900);
}
END_TEST

START_TEST(switches_and_moves_are_counted) {
    create(1, 0, 0);
    create(1, 1, 0);
    tp(10, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(20, 0, HB_TP_TASK_STOP, 0, HB_STOP_PREEMPTED, 0);
    tp(21, 0, HB_TP_TASK_RUN, 0, 0, 0); /* the same again: no switch */
    tp(30, 0, HB_TP_TASK_STOP, 0, HB_STOP_PREEMPTED, 0);
    tp(31, 0, HB_TP_TASK_RUN, 1, 0, 0);
    tp(40, 2, HB_TP_TASK_MIGRATE, 0, 0 | 2 << 16, 0);
    ck_assert_uint_eq(view.context_switches, 1);
    ck_assert_uint_eq(view.migrations, 1);
    ck_assert_uint_eq(view.tasks[0].queue, 2);
    ck_assert_uint_eq(view.harts[0].dispatches, 3);
}
END_TEST

/* CPU 1 takes the task before CPU 0's "stop" and "ready" are reached: they are old news. */
START_TEST(late_tracepoints_do_not_undo_newer_ones) {
    create(1, 0, 0);
    tp(10, 0, HB_TP_TASK_RUN, 0, 0, 100);
    tp(50, 1, HB_TP_TASK_RUN, 0, 0, 500);
    tp(52, 0, HB_TP_TASK_STOP, 0, HB_STOP_PREEMPTED, 140);
    tp(53, 0, HB_TP_TASK_READY, 0, 0, 140);
    ck_assert_uint_eq(view.tasks[0].state, HB_OS_TASK_RUNNING);
    ck_assert_uint_eq(view.tasks[0].hart, 1);
    tp(90, 1, HB_TP_TASK_DONE, 0, 0, 560);
    tp(92, 0, HB_TP_TASK_READY, 0, 0, 140);
    ck_assert_uint_eq(view.tasks[0].state, HB_OS_TASK_DONE);
    ck_assert_uint_eq(view.tasks[0].instructions, 100); /* 40 on CPU 0, 60 on CPU 1 */
    ck_assert_uint_eq(view.double_runs, 0);
}
END_TEST

/* CPU 0 was taken for dead, and goes on with the task that CPU 1 has begun again. */
START_TEST(a_task_on_two_harts_is_counted) {
    create(1, 0, 0);
    tp(10, 0, HB_TP_TASK_RUN, 0, 0, 100);
    tp(50, 1, HB_TP_TASK_RUN, 0, 1, 500);
    ck_assert_uint_eq(view.double_runs, 0);
    tp(80, 0, HB_TP_TASK_STOP, 0, HB_STOP_EXITED, 140);
    ck_assert_uint_eq(view.double_runs, 1);
    tp(90, 1, HB_TP_TASK_STOP, 0, HB_STOP_EXITED, 560);
    ck_assert_uint_eq(view.double_runs, 1);
}
END_TEST

/* CPU 2 dies at 1000 in task 4 (300 instructions into it) with task 5 in its queue. CPU 3 notices. */
static void kill_cpu_2(void) {
    create(10, 4, 2);
    create(10, 5, 2);
    tp(20, 2, HB_TP_TASK_RUN, 4, 0, 50);
    tp(500, 2, HB_TP_BEAT, 2, 0, 200);
    hb_os_view_hart_stopped(&view, 1000, 2, 350);
    ck_assert_uint_eq(view.tasks[4].state, HB_OS_TASK_STRANDED);
    tp(3000, 3, HB_TP_SUSPECT, 2, 250, 0);
    tp(3050, 3, HB_TP_FENCED, 2, 0, 0);
    tp(3060, 3, HB_TP_RECOVERY_BEGIN, 2, 0, 0);
    tp(3100, 3, HB_TP_LOCK_RECOVERED, 0x80001000, 2, 0);
    tp(3150, 3, HB_TP_TASK_RESTART, 4, 1, 0);
    tp(3160, 3, HB_TP_TASK_READY, 4, 3, 0);
    tp(3170, 3, HB_TP_TASK_MIGRATE, 5, 2 | 3 << 16, 0);
    tp(3200, 3, HB_TP_RECOVERED, 2, 2, 0);
}

START_TEST(a_death_has_its_timeline) {
    kill_cpu_2();
    tp(3300, 1, HB_TP_TASK_RUN, 5, 0, 0);
    tp(3400, 3, HB_TP_TASK_RUN, 4, 1, 0);
    const struct hb_os_recovery *recovery = &view.harts[2].recovery;
    ck_assert_uint_eq(view.harts[2].last_beat_cycle, 500);
    ck_assert_uint_eq(view.harts[2].stopped_cycle, 1000);
    ck_assert_uint_eq(recovery->suspected_cycle, 3000);
    ck_assert_uint_eq(recovery->suspected_by, 3);
    ck_assert_uint_eq(recovery->fenced_cycle, 3050);
    ck_assert_uint_eq(recovery->began_cycle, 3060);
    ck_assert_uint_eq(recovery->recovered_cycle, 3200);
    ck_assert_uint_eq(recovery->first_work_cycle, 3300);
    ck_assert_uint_eq(recovery->tasks_requeued, 2);
    ck_assert_uint_eq(recovery->locks_recovered, 1);
    ck_assert_uint_eq(recovery->instructions_reexecuted, 300);
    ck_assert_uint_eq(view.tasks_restarted, 1);
    ck_assert_uint_eq(view.tasks[4].attempt, 1);
    ck_assert_uint_eq(view.tasks[4].earlier_instructions, 300);
    ck_assert_uint_eq(view.tasks[4].attempt_started_cycle, 3400);
}
END_TEST

/* The recoverer dies after RESTART; CPU 0 takes over and says the same things again. */
START_TEST(a_recovery_taken_over_counts_nothing_twice) {
    kill_cpu_2();
    tp(5000, 0, HB_TP_RECOVERY_BEGIN, 2, 1 + 3, 0);
    tp(5100, 0, HB_TP_TASK_RESTART, 4, 1, 0);
    tp(5200, 0, HB_TP_RECOVERED, 2, 2, 0);
    ck_assert_uint_eq(view.harts[2].recovery.began_cycle, 3060);
    ck_assert_uint_eq(view.harts[2].recovery.recovered_by, 0);
    ck_assert_uint_eq(view.harts[2].recovery.recovered_cycle, 3200);
    ck_assert_uint_eq(view.harts[2].recovery.instructions_reexecuted, 300);
    ck_assert_uint_eq(view.tasks_restarted, 1);
}
END_TEST

/* The hart that restarted the task died before it could say so: the next run's attempt number tells. */
START_TEST(an_unannounced_restart_shows_in_the_attempt) {
    create(10, 4, 2);
    tp(20, 2, HB_TP_TASK_RUN, 4, 0, 0);
    hb_os_view_hart_stopped(&view, 100, 2, 70);
    tp(900, 1, HB_TP_TASK_RUN, 4, 1, 1000);
    tp(990, 1, HB_TP_TASK_DONE, 4, 1, 1080);
    ck_assert_uint_eq(view.tasks_restarted, 1);
    ck_assert_uint_eq(view.instructions_reexecuted, 70);
    ck_assert_uint_eq(view.tasks[4].instructions, 80);
}
END_TEST

/* CPU 2's task was taken over long ago when CPU 2, which has come back, dies a second time. */
START_TEST(a_death_displaces_no_task_that_runs_elsewhere) {
    create(10, 4, 2);
    tp(20, 2, HB_TP_TASK_RUN, 4, 0, 50);
    hb_os_view_hart_stopped(&view, 1000, 2, 350);
    tp(3000, 3, HB_TP_SUSPECT, 2, 250, 0);
    tp(3060, 3, HB_TP_RECOVERY_BEGIN, 2, 0, 0);
    tp(3150, 3, HB_TP_TASK_RESTART, 4, 1, 0);
    tp(3200, 3, HB_TP_RECOVERED, 2, 1, 0);
    tp(3400, 3, HB_TP_TASK_RUN, 4, 1, 0);
    ck_assert_uint_eq(view.harts[2].recovery.first_work_cycle, 3400);
    hb_os_view_hart_started(&view, 2, false);
    hb_os_view_hart_stopped(&view, 5000, 2, 400);
    tp(6000, 3, HB_TP_SUSPECT, 2, 250, 0);
    tp(6100, 3, HB_TP_TASK_STOP, 4, HB_STOP_PREEMPTED, 50);
    tp(6200, 3, HB_TP_TASK_READY, 4, 3, 0);
    tp(6300, 0, HB_TP_TASK_RUN, 4, 1, 0);
    ck_assert_uint_eq(view.harts[2].recovery.first_work_cycle, HB_OS_NONE);
}
END_TEST

/* 50 instructions up to the first copy, 120 up to the second; it dies before the third counts. */
START_TEST(what_was_executed_before_a_copy_was_not_in_vain) {
    create(10, 4, 2);
    tp(20, 2, HB_TP_TASK_RUN, 4, 0, 1000);
    tp(30, 2, HB_TP_SAVE_BEGIN, 4, 1, 1050);
    tp(40, 2, HB_TP_SAVED, 4, 1, 1050);
    tp(50, 2, HB_TP_TASK_STOP, 4, HB_STOP_PREEMPTED, 1060);
    tp(60, 2, HB_TP_TASK_RUN, 4, 0, 1100);
    tp(70, 2, HB_TP_SAVE_BEGIN, 4, 2, 1160);
    tp(80, 2, HB_TP_SAVED, 4, 2, 1160);
    tp(90, 2, HB_TP_SAVE_BEGIN, 4, 3, 1200);
    hb_os_view_hart_stopped(&view, 100, 2, 1200);
    tp(900, 3, HB_TP_RECOVERY_BEGIN, 2, 0, 0);
    tp(910, 3, HB_TP_TASK_RESTART, 4, 1, 0);
    ck_assert_uint_eq(view.instructions_reexecuted, 160);
    tp(920, 3, HB_TP_RESTORED, 4, 2, 0);
    tp(930, 3, HB_TP_TASK_RUN, 4, 1, 0);
    ck_assert_uint_eq(view.instructions_reexecuted, 40);
    ck_assert_uint_eq(view.harts[2].recovery.instructions_reexecuted, 40);
    tp(990, 3, HB_TP_TASK_DONE, 4, 1, 80);
    ck_assert_uint_eq(view.tasks[4].instructions, 200);
}
END_TEST

/* A guest that lies gains nothing by it. */
START_TEST(a_task_goes_on_from_a_copy_only_when_it_begins_again) {
    create(10, 4, 2);
    tp(20, 2, HB_TP_TASK_RUN, 4, 0, 0);
    tp(30, 2, HB_TP_SAVE_BEGIN, 4, 1, 50);
    tp(40, 2, HB_TP_RESTORED, 4, 1, 50);
    tp(50, 2, HB_TP_RESTORED, 4, 7, 50);
    tp(60, 2, HB_TP_TASK_DONE, 4, 0, 70);
    ck_assert_uint_eq(view.instructions_reexecuted, 0);
    ck_assert_uint_eq(view.tasks[4].instructions, 70);
}
END_TEST

START_TEST(a_false_alarm_takes_the_suspicion_back) {
    tp(100, 0, HB_TP_SUSPECT, 1, 9, 0);
    tp(120, 0, HB_TP_FALSE_ALARM, 1, 0, 0);
    ck_assert_uint_eq(view.harts[1].recovery.suspected_cycle, HB_OS_NONE);
    ck_assert_uint_eq(view.harts[1].recovery.false_alarms, 1);
    tp(500, 3, HB_TP_SUSPECT, 1, 9, 0);
    ck_assert_uint_eq(view.harts[1].recovery.suspected_cycle, 500);
    ck_assert_uint_eq(view.harts[1].recovery.suspected_by, 3);
    ck_assert_uint_eq(view.false_alarms, 2);
}
END_TEST

START_TEST(every_living_hart_that_is_suspected_is_a_false_alarm) {
    for (uint32_t hart = 1; hart < 20; hart++) {
        tp(100 * hart, hart - 1, HB_TP_SUSPECT, hart, 9, 0);
        hb_os_view_hart_stopped(&view, 100 * hart + 50, hart, 0);
        tp(100 * hart + 60, hart - 1, HB_TP_FENCED, hart, 0, 0);
    }
    hb_os_view_hart_stopped(&view, 5000, 20, 0); /* this one died */
    tp(6000, 0, HB_TP_SUSPECT, 20, 9, 0);
    tp(6010, 2, HB_TP_SUSPECT, 19, 9, 0); /* again: known */
    ck_assert_uint_eq(view.false_alarms, 19);
    ck_assert_uint_eq(view.harts[20].recovery.false_alarms, 0);
    ck_assert_uint_eq(view.harts[19].recovery.false_alarms, 1);
}
END_TEST

START_TEST(boot_locks_and_panic_are_noted) {
    tp(5, 1, HB_TP_HART_UP, 1, 0, 0);
    tp(9, 0, HB_TP_HART_LEFT_OUT, 3, 0, 0);
    tp(10, 0, HB_TP_ALL_HARTS_UP, 3, 1, 0);
    tp(11, 0, HB_TP_ALL_HARTS_UP, 4, 0, 0);
    tp(12, 1, HB_TP_LOCK_WAIT, 0x80002000, 1 + 2, 0);
    ck_assert_uint_eq(view.harts[1].lock_wanted, 0x80002000);
    ck_assert_uint_eq(view.harts[1].lock_wanted_from, 2);
    tp(13, 1, HB_TP_LOCK_ACQUIRE, 0x80002000, 4, 0);
    ck_assert_uint_eq(view.harts[1].lock_wanted, 0);
    tp(14, 0, HB_TP_QUEUE_LENGTH, 1, 6, 0);
    tp(15, 2, HB_TP_PANIC, 321, 0, 0);
    ck_assert_uint_eq(view.harts_up_cycle, 10);
    ck_assert_uint_eq(view.harts_up, 3);
    ck_assert_uint_eq(view.harts_left_out, 1);
    ck_assert_uint_eq(view.harts[3].left_out, 1);
    ck_assert_uint_eq(view.harts[1].queue_length, 6);
    ck_assert_uint_eq(view.panic_cycle, 15);
    ck_assert_uint_eq(view.panic_hart, 2);
    ck_assert_uint_eq(view.panic_cause, 321);
}
END_TEST

START_TEST(nonsense_is_ignored) {
    tp(1, 0, HB_TP_TASK_RUN, HB_TASKS_MAX, 0, 0);
    tp(2, 0, HB_TP_SUSPECT, HB_HARTS_MAX, 0, 0);
    tp(3, 0, HB_TP_TASK_READY, 0, 0xffffffff, 0);
    tp(4, 0, HB_TP_TASK_MIGRATE, 0, 0xffffffff, 0);
    tp(5, 0, HB_TP_LOCK_RECOVERED, 0, 0xffffffff, 0);
    tp(6, HB_HARTS_MAX, HB_TP_BEAT, 0, 0, 0);
    tp(7, 0, HB_TP_USER, 0, 0, 0);
    tp(8, 0, 0, 0, 0, 0);
    ck_assert_uint_eq(view.ignored_events, 2);
    ck_assert_uint_eq(view.tasks[0].queue, HB_OS_NO_HART);
}
END_TEST

START_TEST(progress_is_work_done_not_motion) {
    create(10, 0, 0);
    tp(20, 0, HB_TP_TASK_RUN, 0, 0, 0);
    ck_assert_uint_eq(view.last_progress_cycle, 10);
    tp(30, 0, HB_TP_TASK_STOP, 0, HB_STOP_YIELDED, 0);
    ck_assert_uint_eq(view.last_progress_cycle, 10);
    tp(32, 0, HB_TP_TASK_RUN, 0, 0, 0);
    tp(35, 0, HB_TP_TASK_STOP, 0, HB_STOP_PREEMPTED, 0); /* it may spin */
    tp(37, 0, HB_TP_PROGRESS, 0, 0, 0);
    ck_assert_uint_eq(view.last_progress_cycle, 10);
    tp(40, 0, HB_TP_PROGRESS, 0, 3, 0);
    ck_assert_uint_eq(view.last_progress_cycle, 40);
    ck_assert_uint_eq(view.tasks[0].progress, 3);
    tp(50, 0, HB_TP_TASK_LOST, 0, 0, 0);
    ck_assert_uint_eq(view.last_progress_cycle, 50);
    ck_assert_uint_eq(view.tasks_lost, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("os view");
    TCase *tests = tcase_create("os view");
    tcase_add_checked_fixture(tests, start, NULL);
    tcase_add_test(tests, an_empty_view_knows_nothing);
    tcase_add_test(tests, J_is_the_longest_gap_between_beats_of_a_healthy_hart);
    tcase_add_test(tests, a_task_goes_through_its_life);
    tcase_add_test(tests, done_without_stop_counts_the_run);
    tcase_add_test(tests, stops_lead_to_their_states);
    tcase_add_test(tests, idle_while_waiting_is_integrated_exactly);
    tcase_add_test(tests, a_dead_hart_is_not_idle);
    tcase_add_test(tests, switches_and_moves_are_counted);
    tcase_add_test(tests, late_tracepoints_do_not_undo_newer_ones);
    tcase_add_test(tests, a_task_on_two_harts_is_counted);
    tcase_add_test(tests, a_death_has_its_timeline);
    tcase_add_test(tests, a_recovery_taken_over_counts_nothing_twice);
    tcase_add_test(tests, an_unannounced_restart_shows_in_the_attempt);
    tcase_add_test(tests, a_death_displaces_no_task_that_runs_elsewhere);
    tcase_add_test(tests, what_was_executed_before_a_copy_was_not_in_vain);
    tcase_add_test(tests, a_task_goes_on_from_a_copy_only_when_it_begins_again);
    tcase_add_test(tests, a_false_alarm_takes_the_suspicion_back);
    tcase_add_test(tests, every_living_hart_that_is_suspected_is_a_false_alarm);
    tcase_add_test(tests, boot_locks_and_panic_are_noted);
    tcase_add_test(tests, interrupts_count_for_whoever_claims_them);
    tcase_add_test(tests, a_hart_that_stops_itself_is_suspected_with_reason);
    tcase_add_test(tests, nonsense_is_ignored);
    tcase_add_test(tests, progress_is_work_done_not_motion);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
