"""What the tests of campaigns share: checks that are counted, a scratch folder that is removed, commands and their files.

A test imports what it needs, calls check() as often as it likes, and ends with finish()."""
import atexit, json, os, re, shutil, subprocess, sys, tempfile

FILES = ["campaign.json", "golden.json", "runs.jsonl", "summary.json", "summary.csv"]  # all but speed.json: free of host facts
KILL = {"model": "fail_stop", "target": {"hart": "any"}, "trigger": {"cycle": "uniform"}}
folder = tempfile.mkdtemp(suffix=" it's")  # whatever is written into a script or a command must be quoted
atexit.register(shutil.rmtree, folder, ignore_errors=True)
wrong = 0


def check(holds, what):
    """Count and print what does not hold; gives whether it holds."""
    global wrong
    if not holds:
        wrong += 1
        print("wrong:", what)
    return holds


def finish():
    """The end of a test: how much was wrong is its exit status."""
    print(f"{wrong} wrong")
    sys.exit(1 if wrong else 0)


def path_of(*names):
    """A place in the scratch folder."""
    return os.path.join(folder, *names)


def write_json(name, document):
    with open(path_of(name), "w") as file:
        json.dump(document, file)
    return path_of(name)


def of_few(expect):
    """Of what a shipped campaign expects: that which does not take its many runs to hold, as a bound near 0 does."""
    return [expected for expected in expect if re.search("count == 0$|/ [0-9]+$", expected["that"])]


def read_text(*names):
    with open(path_of(*names)) as file:
        return file.read()


def read_json(*names):
    return json.loads(read_text(*names))


def read_runs(out):
    """The lines of a folder's runs.jsonl."""
    return [json.loads(line) for line in read_text(out, "runs.jsonl").splitlines()]


def call(*words, **options):
    """A command in the scratch folder, to its end."""
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, **options)


def refused(done, words, code=2):
    """Did the command say `words` in one line, and end with that status?"""
    lines = done.stderr.splitlines()
    check(done.returncode == code and len(lines) == 1 and words in lines[0],
          f"should say \"{words}\" in one line and end with {code}: {done}")
