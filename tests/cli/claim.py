#!/usr/bin/env python3
"""claim.py HARTBEAT NAME [VARIANT...]: a claim, configs/claims/NAME.json, holds, named from another folder; with variants,
only those are run and only what speaks of no other is expected: the same thresholds with less."""
import json, re, subprocess, sys, tempfile
from pathlib import Path

LIMIT_SECONDS = 600


def reduced(claim, variants):
    """The claim with these variants alone."""
    others = [name for name in claim["variants"] if name not in variants]
    missing = [name for name in variants if name not in claim["variants"]]
    assert not missing, f"no such variants: {missing}"
    claim["variants"] = {name: claim["variants"][name] for name in variants}
    claim["expect"] = [
        item for item in claim["expect"] if not any(re.search(rf"(?<![\w-]){name}\.", item["that"]) for name in others)
    ]
    assert claim["expect"], "nothing is left to expect"
    del claim["$schema"]
    return claim


def main():
    hartbeat, name, variants = str(Path(sys.argv[1]).resolve()), sys.argv[2], sys.argv[3:]
    source = Path(__file__).resolve().parents[2] / "configs" / "claims" / f"{name}.json"
    with tempfile.TemporaryDirectory() as work:
        experiment = f"configs/claims/{name}.json"
        if variants:
            experiment = "claim.json"
            (Path(work) / experiment).write_text(json.dumps(reduced(json.loads(source.read_text()), variants)))
        check = subprocess.run([hartbeat, "check", experiment], cwd=work, capture_output=True, text=True)
        assert check.returncode == 0 and len(check.stdout.splitlines()) == 1, f"check: {check.stdout}{check.stderr}"
        command = [hartbeat, "run", experiment, "--out", "out", "--quiet"]
        run = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=LIMIT_SECONDS)
        for item in json.loads((Path(work) / "out" / "result.json").read_text())["expect"]:
            print("holds" if item["holds"] else "FAILS", item["that"], "|", item["values"])
        assert run.returncode == 0, f"status {run.returncode}: {run.stdout[-500:]}{run.stderr}"


main()
