"""One run at a time in a folder."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from eisfit.base.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NAME = "run.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this run; its lock file names process and host.

    The system lets go of the lock of a process that has ended, however it ended, so a lock file
    left by one is stale and is taken over; that of another host is not, as nothing here can tell
    whether its process lives.

    Raises
    ------
    OutputError
        Where another run holds the folder, or it cannot be written.
    """
    path, made = folder / NAME, not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = _taken(path)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
        if made:
            with suppress(OSError):  # it is not empty, as it should be
                folder.rmdir()


def _taken(path: Path) -> int:
    """Return the open lock file, locked and with our name in it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            owner = _owner(handle)
            if not _free(handle, owner):
                raise OutputError(_refusal(path, owner))
            if not _same(handle, path):  # its owner has just finished and removed it
                os.close(handle)
                continue
            if owner.get("host", socket.gethostname()) != socket.gethostname():
                raise OutputError(_refusal(path, owner))
        except OutputError:
            os.close(handle)
            raise
        told = json.dumps({"pid": os.getpid(), "host": socket.gethostname()})
        os.ftruncate(handle, 0)
        os.write(handle, told.encode())
        return handle


def _owner(handle: int) -> dict[str, Any]:
    """Return who wrote the lock file; nobody where it is new or was cut off."""
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, 4096)
    os.lseek(handle, 0, os.SEEK_SET)
    try:
        told = json.loads(text or b"{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _free(handle: int, owner: dict[str, Any]) -> bool:
    """Take the lock, and tell whether that went."""
    if fcntl is None:
        return not _alive(owner.get("pid"))
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _alive(pid: Any) -> bool:
    """Tell whether a process of this host lives, where the system has no locks that end with it."""
    return isinstance(pid, int) and pid != os.getpid() and _process_exists(pid)


def _process_exists(pid: int) -> bool:
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009 - there on Windows alone
    process = kernel.OpenProcess(0x1000, 0, pid)
    if process:
        kernel.CloseHandle(process)
    return bool(process)


def _same(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _refusal(path: Path, owner: dict[str, Any]) -> str:
    who = f"process {owner.get('pid', '?')} on {owner.get('host', '?')}"
    return (
        f"{path.parent}: another run ({who}) is writing into this folder; wait for it or take "
        f"another folder (if it has ended for sure, remove {path})"
    )
