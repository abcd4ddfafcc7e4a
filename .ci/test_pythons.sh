#!/bin/sh
# The tests given, on each Python that pyproject.toml names and this machine has, each in an environment of its own.
set -eu
cd "$(dirname "$0")/.."

if command -v pyenv >/dev/null; then # its shims run only the versions that are chosen, so all of them are
    PYENV_VERSION=$(pyenv versions --bare | paste -sd: -)
    export PYENV_VERSION
fi

passed='' failed='' lacking=''
for version in $(sed -n 's/.*Python :: \(3\.[0-9]*\)".*/\1/p' pyproject.toml); do
    if ! "python$version" -c '' 2>/dev/null; then
        lacking="$lacking $version"
        continue
    fi
    echo "== Python $version =="
    if make --silent ".venv-$version/installed" && ".venv-$version/bin/pytest" "$@"; then
        passed="$passed $version"
    else
        failed="$failed $version"
    fi
done
echo "Python: passed on${passed:- none}; failed on${failed:- none}; lacking here:${lacking:- none}"
[ -n "$passed" ] && [ -z "$failed" ]
