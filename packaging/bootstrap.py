"""Make the working copy ready to run: virtual environment, pinned packages, Qt's system libraries.

Runs on the system's Python with the standard library alone, also on one that is too old (to say so). Does nothing, fast,
when everything is in place. Never asks a question.

    python3 packaging/bootstrap.py            what the program needs
    python3 packaging/bootstrap.py --dev      and what its tests need
"""

from __future__ import print_function

import hashlib
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "komet-console.json")
OLDEST, NEWEST = (3, 11), (3, 14)
QT_LIBRARIES = [
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libgl1",
    "libglib2.0-0",
    "libxcb-cursor0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-shape0",
    "libxcb-xinerama0",
    "libxcb-xkb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
]
PROBE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""


def say(text):
    print(text)
    sys.stdout.flush()


def fail(text):
    sys.exit("komet-console: " + text)


def venv_python():
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def check_python():
    version = sys.version_info[:2]
    if not OLDEST <= version <= NEWEST:
        fail("Python %d.%d is not supported; 3.11 to 3.14 are. Name another one: make PYTHON=python3.12 ..." % version)


def make_venv():
    """Create .venv, or create it anew when it belongs to another Python."""
    if os.path.exists(venv_python()):
        found = subprocess.run(
            [venv_python(), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if found.stdout.decode().strip() == "%d.%d" % sys.version_info[:2]:
            return
        say("Making .venv anew for Python %d.%d." % sys.version_info[:2])
        shutil.rmtree(VENV)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            "this Python cannot make virtual environments. On Debian and Ubuntu run:\n"
            "    apt-get install python%d.%d-venv" % sys.version_info[:2]
        )
    say("Making .venv ...")
    if subprocess.call([sys.executable, "-m", "venv", VENV]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        fail(
            "the virtual environment could not be made (see above). On Debian and Ubuntu this package is often missing:\n"
            "    apt-get install python%d.%d-venv" % sys.version_info[:2]
        )


def fingerprint():
    """What an installation depends on; another value means that packages must be installed again."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", os.path.join("packaging", "constraints.txt")):
        with open(os.path.join(ROOT, name), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def read_stamp():
    try:
        with open(STAMP) as file:
            stamp = json.load(file)
    except (IOError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and isinstance(stamp.get("extras"), list) else {}


def write_stamp(stamp):
    with open(STAMP, "w") as file:
        json.dump(stamp, file)


def install_packages(dev, stamp):
    names = ["dev"] if dev else []
    if os.environ.get("KOMET_TEST_POSTGRES"):
        names.append("postgres")
    wanted = fingerprint()
    if wanted == stamp.get("packages"):
        installed = stamp.get("extras", [])
        if set(names) <= set(installed):
            return
        names = sorted(set(names) | set(installed))
    say("Installing packages (a few minutes the first time) ...")
    target = "." + ("[%s]" % ",".join(names) if names else "")
    command = [venv_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--constraint", os.path.join("packaging", "constraints.txt"), "--editable", target]
    # The build of the package itself is pinned through the environment; older and newer pips read different names.
    environment = dict(os.environ)
    for name in ("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"):
        environment[name] = os.path.join("packaging", "constraints.txt")
    if subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL) != 0:
        fail("the packages could not be installed (see above). Check the network connection and run the command again.")
    stamp["packages"], stamp["extras"], stamp["qt"] = wanted, names, []


def has_display():
    """Whether this session names a display to open windows on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def window_trouble(platform):
    """Why Qt cannot open a window, or ""; asked in a child process because a failing Qt aborts its process.

    `platform` is a Qt platform name, or "" for the one that Qt chooses itself.
    """
    environment = dict(os.environ)
    if platform:
        environment["QT_QPA_PLATFORM"] = platform
    try:
        done = subprocess.run(
            [venv_python(), "-c", PROBE],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "Qt opened no window within 60 seconds"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return "Qt ended with status %d" % done.returncode
    # A traceback ends with its reason; Qt's own complaint begins with it.
    return (lines[-1] if lines[0].startswith("Traceback") else lines[0]).rstrip(".")


def root_prefix():
    """The words to put before a command that needs root, or None where we may not."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        allowed = subprocess.call(
            ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if allowed == 0:
            return ["sudo", "-n"]
    return None


def install_qt_libraries(stamp):
    """Install what Qt needs from the system where that is possible without a question; else say how."""
    proven = stamp.setdefault("qt", [])
    # X11 needs more libraries than the invisible platform: a display that appears later is looked at then.
    wanted = [platform for platform in ["offscreen"] + [""] * has_display() if platform not in proven]
    trouble = first_trouble(wanted)
    if trouble and sys.platform.startswith("linux") and not all(map(is_installed, QT_LIBRARIES)):
        line = "apt-get install --yes --no-install-recommends " + " ".join(QT_LIBRARIES)
        prefix = root_prefix()
        if not shutil.which("apt-get"):
            say("Qt cannot open a window here: %s. If system libraries are missing, Debian calls them:" % trouble)
            say("    " + " ".join(QT_LIBRARIES))
            return
        if prefix is None:
            say("Qt cannot open a window here: %s. If system libraries are missing, run this once:" % trouble)
            say("    sudo " + line)
            return
        say("Installing Qt's system libraries ...")
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": environment}
        keep = ["env", "DEBIAN_FRONTEND=noninteractive"]
        subprocess.call(prefix + keep + ["apt-get", "update"], **quiet)
        subprocess.call(prefix + keep + line.split(), **quiet)
        trouble = first_trouble(wanted)
    if trouble:
        say("Qt cannot open a window here: %s. The command line and the sandbox work without one." % trouble)
    else:
        proven.extend(wanted)


def is_installed(package):
    """Whether dpkg knows the library as installed; newer releases append t64 to some names."""
    if not shutil.which("dpkg-query"):
        return False
    for name in (package, package + "t64"):
        query = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", name]
        if subprocess.run(query, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout == b"installed":
            return True
    return False


def first_trouble(platforms):
    for platform in platforms:
        trouble = window_trouble(platform)
        if trouble:
            return trouble
    return ""


def main():
    check_python()
    make_venv()
    stamp = read_stamp()
    before = json.dumps(stamp)
    install_packages("--dev" in sys.argv[1:], stamp)
    install_qt_libraries(stamp)
    if json.dumps(stamp) != before:
        write_stamp(stamp)


if __name__ == "__main__":
    main()
