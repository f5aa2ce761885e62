"""README.md as checks read it: its fenced blocks by the words behind their fences (```sh one-liners), and a folder in
which its commands run as they stand there.
"""
import os
import re
import shutil
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def block(name):
    """The lines of the one fenced block of that name."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        found = re.findall(r"^```\w+ %s\n(.*?)^```$" % re.escape(name), file.read(), re.MULTILINE | re.DOTALL)
    if len(found) != 1:
        raise SystemExit("README.md has %d blocks '%s', not one" % (len(found), name))
    return found[0].splitlines()


def commands(name):
    """The commands of a block, without what a '#' says behind them."""
    lines = (re.split(r"\s+#\s", line)[0].strip() for line in block(name))
    return [line for line in lines if line and not line.startswith("#")]


def expression(shown):
    """A regular expression for lines as they are shown: '…' in a line stands for any text in it, alone for any lines."""
    parts = []
    for line in shown:
        if line == "…":
            parts.append(r"(?:[^\n]*\n)*?")
        else:
            parts.append(r"[^\n]*?".join(re.escape(piece) for piece in line.split("…")) + r"\n")
    return re.compile("".join(parts))


def difference(shown, lines):
    """Why the lines are not those shown, or None."""
    if expression(shown).fullmatch("".join(line + "\n" for line in lines)):
        return None
    return "shown:\n%s\nprinted:\n%s" % (
        "".join("    %s\n" % line for line in shown), "".join("    %s\n" % line[:300] for line in lines[:60]))


class Place:
    """A folder that is not kept, with what README.md's commands name: fixtures/, docs/ and, as `wstap`, a build."""

    def __init__(self, wstap):
        self.path = tempfile.mkdtemp()
        for name in ("fixtures", "docs"):
            os.symlink(os.path.join(ROOT, name), os.path.join(self.path, name))
        os.mkdir(os.path.join(self.path, "bin"))
        os.symlink(os.path.abspath(wstap), os.path.join(self.path, "bin", "wstap"))
        self.environment = {
            **os.environ, "PATH": os.path.join(self.path, "bin") + os.pathsep + os.environ["PATH"],
            "NO_COLOR": "1", "TERM": "xterm", "LC_ALL": "C.UTF-8",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def run(self, command, **options):
        """Runs a line of bash, and gives what it printed and the exit status: 0 if all in its last pipe are 0, or were
        stopped because nobody reads any more (141)."""
        script = command + '\nfor one in "${PIPESTATUS[@]}"; do case $one in 0|141) ;; *) exit "$one" ;; esac; done\n'
        return subprocess.run(
            ["bash", "-c", script], cwd=self.path, env=self.environment, stderr=subprocess.PIPE, timeout=300,
            **{"stdout": subprocess.PIPE, **options})

    def make_log(self):
        """Runs the command that makes log.ndjson."""
        for command in commands("setup"):
            done = self.run(command)
            if done.returncode != 0:
                raise SystemExit("%s: exit status %d, %s" % (command, done.returncode, done.stderr.decode()))
