#!/bin/bash
# installed.sh SOURCE BUILD: what `cmake --install` puts somewhere runs from there, after a move too, and says one version
# everywhere.
set -u

source=$(realpath "$1") build=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

cmake --install "$build" --prefix "$work/first" >install.txt 2>&1 || { tail -n 5 install.txt; exit 1; }
mv first second
hartbeat=$work/second/bin/hartbeat
for file in bin/hartbeat share/hartbeat/configs/smp4.json share/hartbeat/images/smp.elf share/man/man1/hartbeat-run.1.gz \
    share/bash-completion/completions/hartbeat share/zsh/vendor-completions/_hartbeat share/doc/hartbeat/copyright \
    share/doc/hartbeat/examples/primes/start.S; do
    [ -s "second/$file" ] || fail "$file is not installed"
done

# What the installed pages and help texts name is installed, too.
for page in README.md docs/traces.md docs/protocols.md; do
    for link in $(grep -o '](\(docs\|images\|examples\|[a-z-]*\.md\)[^)#]*' "second/share/doc/hartbeat/$page" | cut -c 3-); do
        [ -e "$(dirname "second/share/doc/hartbeat/$page")/$link" ] || fail "$page links to $link, which is not installed"
    done
done

# It reads its own files, and not those of the build.
printf '{"image": "smp", "about": "only here", "stop": {"cycles": 1000}}' >second/share/hartbeat/configs/here.json
"$hartbeat" list | grep -q '^  here  *only here$' || fail "experiments are not looked for beside the program"
"$hartbeat" run here --quiet --out out || [ $? = 3 ] || fail "run here: status $?"
echo nonsense >second/share/hartbeat/images/smp.elf
"$hartbeat" run here --quiet 2>error.txt && fail "images are not looked for beside the program"
grep -q '/second/.*smp\.elf: ' error.txt || fail "the image of another place was read: $(cat error.txt)"

# Where /proc is not there, as in a bare chroot (only root can take it away).
if unshare -m true 2>/dev/null; then
    unshare -m sh -c 'umount -l /proc && "$1" list' sh "$hartbeat" | grep -q '^  here ' || fail "without /proc nothing is found"
fi

# One version, and the commit beside it if git knows one.
version=$(sed -n 's/^project(hartbeat VERSION \([0-9.]*\) .*/\1/p' "$source/CMakeLists.txt")
"$hartbeat" --version | grep -qE "^hartbeat ${version//./\\.}( \([0-9a-z.-]+\))?\$" || fail "--version: $("$hartbeat" --version)"
grep -q "^version: $version\$" "$source/CITATION.cff" || fail "CITATION.cff has another version"
grep -m 1 '^## ' "$source/CHANGELOG.md" | grep -q "^## $version\b" || fail "CHANGELOG.md begins with another version"
zcat second/share/man/man1/hartbeat.1.gz | grep -q "hartbeat $version" || fail "the man page has another version"
rm second/share/hartbeat/commit
[ "$("$hartbeat" --version)" = "hartbeat $version" ] || fail "--version without a commit: $("$hartbeat" --version)"

# The Debian package names the libraries that it needs.
if command -v dpkg-shlibdeps file >/dev/null; then
    (cd "$build" && cpack -G DEB -B "$work/package" >"$work/cpack.txt" 2>&1) || fail "cpack: $(tail -n 5 cpack.txt)"
    dpkg-deb -f package/hartbeat_*.deb Depends >depends.txt && grep -q libcjson1 depends.txt && grep -q libdw1 depends.txt ||
        fail "the package depends on: $(cat depends.txt)"
fi

# Without git there is no commit, and no error.
mkdir plain
"$source/.ci/write-commit" plain commit.txt && [ "$(cat commit.txt)" = "" ] || fail "write-commit outside a repository"
exit $failed
