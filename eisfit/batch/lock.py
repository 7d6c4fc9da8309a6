"""One run at a time in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import SoftFileLock, Timeout

from eisfit.base.errors import OutputError

NAME = "run.lock"


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder for this run; the lock file names process and host.

    The lock is the file itself, so it holds on network file systems too. The file of a process of
    this host that has ended is stale and is replaced; that of another host is not, because nothing
    on this host knows whether its process is alive.

    Raises
    ------
    OutputError
        Where another run holds the folder, or it cannot be written.
    """
    path, is_new = folder / NAME, not folder.exists()
    lock = SoftFileLock(path, timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise OutputError(_refusal(path)) from None
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror})") from error
    try:
        yield
    finally:
        lock.release()
        if is_new:
            with suppress(OSError):  # it is not empty, as it should be
                folder.rmdir()


def _refusal(path: Path) -> str:
    owner = "?"
    with suppress(OSError, ValueError):
        pid, host, *_ = path.read_text(encoding="utf-8").splitlines()
        owner = f"process {pid} on {host}"
    return (
        f"{path.parent}: another run ({owner}) is writing into this folder; wait for it or choose "
        f"another folder (if it has certainly ended, remove {path})"
    )
