"""The files that people start by double click: `install` and `open`, for each system.

There is no PowerShell file: Windows refuses to start one by double click; a `.bat` it starts.
"""

from __future__ import annotations

from collections.abc import Sequence

NAME = "counting-across-borders"
NO_PYTHON = (
    "No Python that this stick serves was found ({pythons}). Ask your instructor for it. "
    "The book opens without Python: START-HERE.html."
)
NOT_YET = "The course is not set up on this computer yet: start {install} first."

INSTALL_SH = """\
#!/bin/sh
# Sets the course up on this computer, with no network.
here=$(cd "$(dirname "$0")" && pwd)
old=""
for name in {names} python3 python; do
  command -v "$name" >/dev/null 2>&1 || continue
  if "$name" -B "$here/start/install.py" --test >/dev/null 2>&1; then
    exec "$name" -B "$here/start/install.py"
  fi
  old=$name
done
# another Python can still say which one is needed; a very old one cannot even read the file
if [ -n "$old" ]; then
  "$old" -B "$here/start/install.py" 2>/dev/null
  [ $? -eq 3 ] && exit 1
fi
echo "{no_python}"
exit 1
"""
OPEN_SH = """\
#!/bin/sh
# Opens book and JupyterLab on your own notebooks.
home=${FLYWAY_HOME:-$HOME/%(name)s}
if [ ! -f "$home/course/start/open_course.py" ]; then
  echo "%(not_yet)s"
  exit 1
fi
exec "$home/env/bin/python" "$home/course/start/open_course.py" "$@"
"""
INSTALL_BAT = """\
@echo off
rem Sets the course up on this computer, with no network.
setlocal
set "PYTHONUTF8=1"
for %%v in ({versions}) do (
  py -%%v -B "%~dp0start\\install.py" --test >nul 2>&1
  if not errorlevel 1 (
    py -%%v -B "%~dp0start\\install.py"
    goto end
  )
)
python -B "%~dp0start\\install.py" --test >nul 2>&1
if not errorlevel 1 (
  python -B "%~dp0start\\install.py"
  goto end
)
echo {no_python}
:end
pause
"""
OPEN_BAT = """\
@echo off
rem Opens book and JupyterLab on your own notebooks.
setlocal
set "COURSE=%USERPROFILE%\\{name}"
if defined FLYWAY_HOME set "COURSE=%FLYWAY_HOME%"
if not exist "%COURSE%\\course\\start\\open_course.py" (
  echo {not_yet}
  pause
  exit /b 1
)
"%COURSE%\\env\\Scripts\\python.exe" "%COURSE%\\course\\start\\open_course.py" %*
if errorlevel 1 pause
"""


def launchers(systems: Sequence[str], pythons: Sequence[str]) -> dict[str, bytes]:
    """The launchers of these systems, by file name, with the line ends that each system reads."""
    newest_last = sorted(pythons, key=lambda v: int(v.split(".")[1]))
    names = " ".join(f"python{version}" for version in reversed(newest_last))
    no_python = NO_PYTHON.format(pythons=", ".join(newest_last))
    made: dict[str, str] = {}
    for system, end in (("linux", "sh"), ("macos", "command")):
        if system in systems:
            not_yet = NOT_YET.format(install=f"install.{end}")
            made[f"install.{end}"] = INSTALL_SH.format(names=names, no_python=no_python)
            made[f"open.{end}"] = OPEN_SH % {"name": NAME, "not_yet": not_yet}
    if "windows" in systems:
        versions = " ".join(reversed(newest_last))
        made["install.bat"] = INSTALL_BAT.format(versions=versions, no_python=no_python)
        made["open.bat"] = OPEN_BAT.format(name=NAME, not_yet=NOT_YET.format(install="install.bat"))
    return {
        name: (text.replace("\n", "\r\n") if name.endswith(".bat") else text).encode("ascii")
        for name, text in made.items()
    }
