#!/bin/bash
# slurm.sh HARTBEAT CONFIGS: a campaign as `hartbeat campaign --slurm` writes it for a cluster, on a cluster of this computer
# alone: Slurm's own daemons on loopback, with keys, ports and state in a folder of their own. Four tasks, one of which is
# stopped in the middle and requeued; what the merge job joins is byte for byte what this computer makes alone.
#
# Debian: slurm-wlm, munge; /sys/fs/cgroup must be mounted. Takes about a minute; must be root. Exit 77, and why, when something of this is missing.
set -eu

skip() { echo "$*: the job array was not tried"; exit 77; }
for tool in munged slurmctld slurmd sbatch; do
    command -v $tool > /dev/null || [ -x /usr/sbin/$tool ] || skip "$tool is not installed (Debian: slurm-wlm, munge)"
done
[ "$(id -u)" = 0 ] || skip "Slurm's daemons are for root"
PATH=$PATH:/usr/sbin
hartbeat=$(realpath "$1") configs=$(realpath "$2")

work=$(mktemp -d) daemons=()
cd "$work"
clean_up() {
    scancel --quiet --user=root 2> /dev/null || true
    for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
        kill "${daemons[i]}" 2> /dev/null || true
        wait "${daemons[i]}" 2> /dev/null || true
    done
    cd /
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 1' INT TERM

fail() {
    echo "slurm: $*"
    tail -n 20 "$work"/*.log "$work"/jobs/*.log 2> /dev/null
    exit 1
}
start() { # start NAME COMMAND...: a daemon in the foreground, with its log
    local name=$1
    shift
    "$@" > "$work/$name.log" 2>&1 &
    daemons+=($!)
}
wait_for() { # wait_for SECONDS WHAT COMMAND...
    local seconds=$1 what=$2
    shift 2
    for ((i = 0; i < seconds * 5; i++)); do
        "$@" > /dev/null 2>&1 && return
        sleep 0.2
    done
    fail "$what within $seconds s"
}

# ---- A cluster of one node -------------------------------------------------------------------------------------------

host=$(hostname -s)
mkdir state spool run
chmod 700 run
dd if=/dev/urandom of=munge.key bs=1024 count=1 2> /dev/null
chmod 400 munge.key
# Two free ports: those of the kernel's own choice would do, but slurm.conf wants them beforehand.
port=$((20000 + $$ % 20000))
cat > slurm.conf << EOF
ClusterName=hartbeat
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/run/munge,cred_expire=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmdPidFile=$work/run/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
KillWait=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=4
PartitionName=all Nodes=$host Default=YES State=UP
EOF
export SLURM_CONF=$work/slurm.conf
start munged munged --foreground --force --key-file="$work/munge.key" --socket="$work/run/munge" \
    --pid-file="$work/run/munged.pid" --seed-file="$work/run/seed" --log-file="$work/munge-daemon.log"
wait_for 20 "munged does not answer" test -S run/munge
start slurmctld slurmctld -D
start slurmd slurmd -D -N "$host"
wait_for 5 "slurmd says nothing" test -s slurmd.log
sleep 1
! grep -q 'initialize cgroup plugin' slurmd.log || skip "slurmd needs /sys/fs/cgroup"
wait_for 40 "the node does not come up" bash -c 'sinfo --noheader --format=%t | grep -q idle'

# ---- The campaign ----------------------------------------------------------------------------------------------------

cat > campaign.json << EOF
{"schema": "hartbeat-campaign/1", "name": "slurm", "experiment": "$configs/contend-short.json",
 "sweep": {"cross": {"os.recovery.locks": ["steal", "none"]}},
 "faults": [{"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}],
 "sampling": {"mode": "random", "runs": 300}, "expect": [{"that": "p1.HANG_SYSTEM.count > 10"}]}
EOF
"$hartbeat" campaign campaign.json --slurm jobs --tasks 4 --quiet
numbers=$(bash jobs/submit.sh) || fail "sbatch refuses the scripts"
read -r array merge <<< "$numbers"

lines() { cat jobs/shard1/parts/* 2> /dev/null | wc -l; }
wait_for 120 "no run of shard 1 ends" bash -c 'test "$(cat jobs/shard1/parts/* 2> /dev/null | wc -l)" -ge 20'
scontrol requeue "${array}_1" || fail "the task cannot be requeued"
echo "task 1 is requeued after $(lines) of its 150 runs"
wait_for 300 "the merge job does not end" bash -c "scontrol show job $merge | grep -qE 'JobState=(COMPLETED|FAILED|CANCELLED)'"

scontrol show job "${array}_1" | grep -q 'Restarts=1' || fail "task 1 was not started again"
scontrol show job "$merge" | grep -q 'JobState=COMPLETED' || fail "the merge job fails"
"$hartbeat" campaign campaign.json --out alone --quiet || fail "alone, the campaign fails"
for file in campaign.json golden.json runs.jsonl summary.json summary.csv; do
    cmp jobs/merged/$file alone/$file || fail "$file differs"
done
echo "four tasks, one of them requeued, give the bytes of one computer"
