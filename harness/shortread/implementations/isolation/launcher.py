"""Carries out steps upon itself, then becomes a program: `main([STEP, COUNT, ARGUMENT…]… -- FILE COMMAND…)`.

Run with `python -I -S` in a process of its own, because what it does to a process cannot be undone, and cannot be
done between fork and exec of a harness with threads. Needs nothing but the standard library, and imports nothing of
shortread. What takes long to import is imported where it is needed, or left alone. A step that fails ends it with
status 125, a file that cannot be executed with 126.

Numbers follow the headers of Linux: linux/sched.h, linux/mount.h, linux/landlock.h, linux/prctl.h, and
asm-generic/unistd.h for calls that are newer than its common numbering.
"""

from __future__ import annotations

import _socket  # `socket` takes as long to import as everything else
import ctypes
import errno
import os
import struct
import sys

TYPE_CHECKING = False  # that of `typing` takes as long to import as everything else
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STEP_FAILED = 125
NOT_EXECUTED = 126

_NAMESPACES = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "network": 0x40000000,
}
_LIMITS = {"cpu": 0, "file": 1, "data": 2, "core": 4, "processes": 6, "open-files": 7, "address-space": 9}

_SIGKILL, _SIGPIPE, _SIGXFSZ = 9, 13, 25
_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITIES_VERSION_3 = 0x20080522
_LAST_POSSIBLE_CAPABILITY = 63

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_MOUNT_SETATTR = 442
_SYS_LANDLOCK_CREATE_RULESET = 444
_SYS_LANDLOCK_ADD_RULE = 445
_SYS_LANDLOCK_RESTRICT_SELF = 446

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MNT_DETACH = 2
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY, _MOUNT_ATTR_NOSUID = 1, 2
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_DEVICE_LINKS = {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
WRITABLE_BY_ROOT_IN_PROC = ("sys", "sysrq-trigger", "irq", "bus")
"""What a process of root may write without any capability, and what is not of its namespaces."""

_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_IFF_UP = 1
_STATUS = struct.Struct("=i")
_INTERFACE = struct.Struct("16sH22x")

_LANDLOCK_VERSION = 1
_LANDLOCK_FILES_BY_ABI = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Which rights over files each version added: rename and link, truncate, ioctl on devices."""
_LANDLOCK_OF_A_FILE = 1 | 1 << 1 | 1 << 2 | 1 << 14 | 1 << 15  # execute, write, read, truncate, ioctl
_LANDLOCK_READ = 1 | 1 << 2 | 1 << 3  # execute, read a file, list a folder
_LANDLOCK_BIND_AND_CONNECT = 3
_LANDLOCK_SCOPES = 3  # abstract Unix sockets and signals
_LANDLOCK_RULE_PATH, _LANDLOCK_RULE_PORT = 1, 2

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def join_group(path: str) -> None:
    """Move into a control group."""
    with open(f"{path}/cgroup.procs", "w", encoding="ascii") as file:  # noqa: PTH123 - pathlib takes 5 ms to import
        file.write(str(os.getpid()))


def limit(name: str, value: str) -> None:
    """Lower a resource limit, so that it cannot be raised again."""
    import resource  # noqa: PLC0415 - most steps do not need it

    wanted = int(value)
    _, most = resource.getrlimit(_LIMITS[name])
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    resource.setrlimit(_LIMITS[name], (wanted, wanted))


def new_namespaces(*names: str) -> None:
    """Leave namespaces for new ones; in a new user namespace everybody is who he was, and nobody else is there."""
    user, group = os.geteuid(), os.getegid()
    _checked(_libc.unshare(_flags(names)), f"unshare({', '.join(names)})")
    if "user" in names:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")


def join_namespaces(pid: str, *names: str) -> None:
    """Move into namespaces of another process."""
    _checked(_libc.setns(os.pidfd_open(int(pid)), _flags(names)), f"setns({', '.join(names)})")


def bring_up_loopback() -> None:
    """Give a new network namespace 127.0.0.1 and ::1."""
    from fcntl import ioctl  # noqa: PLC0415 - most steps do not need it

    channel = _socket.socket(_socket.AF_INET, _socket.SOCK_DGRAM)
    _, flags = _INTERFACE.unpack(ioctl(channel.fileno(), _SIOCGIFFLAGS, _INTERFACE.pack(b"lo", 0)))
    ioctl(channel.fileno(), _SIOCSIFFLAGS, _INTERFACE.pack(b"lo", flags | _IFF_UP))
    channel.close()


def fork_into_namespace() -> None:
    """Go on in a grandchild inside the new PID namespace; this process waits for it, and ends in the same way.

    Between them is the first process there, which ends with either of them, and with it everything that is left in
    the namespace. It would not do to go on in it: no signal has a default effect on the first process.
    """
    report, end_of_report = os.pipe()
    if os.fork():
        os.close(end_of_report)
        status = os.read(report, _STATUS.size)
        _end_as(_STATUS.unpack(status)[0] if status else _SIGKILL)
    os.close(report)
    _checked(_libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")
    child = os.fork()
    if child:
        os.write(end_of_report, _STATUS.pack(_status_of(child)))
        os._exit(0)


def _status_of(child: int) -> int:
    """Wait for it, and reap whom others leave behind meanwhile."""
    while True:
        pid, status = os.wait()
        if pid == child:
            return status


def _end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        _libc.signal(number, None)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))


def new_root(scratch_bytes: str, *view: str) -> None:
    """Put together a file system of nothing but the view, with /tmp, /proc and /dev of its own."""
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    _mount("tmpfs", "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, "mode=0755,size=1m")  # noqa: S108 - it becomes the root
    os.chdir("/tmp")  # noqa: S108
    os.mkdir("before")  # noqa: PTH102
    _checked(_libc.syscall(_SYS_PIVOT_ROOT[os.uname().machine], b".", b"before"), "pivot_root")
    os.chdir("/")
    _mount_own_folders(scratch_bytes)
    for kind, path in sorted(_parsed(view)):
        _bind(path, is_writable=kind == "write")
    _checked(_libc.umount2(b"/before", _MNT_DETACH), "umount2")
    os.rmdir("/before")  # noqa: PTH106
    _set_read_only("/", is_recursive=False)


def _mount_own_folders(scratch_bytes: str) -> None:
    for folder in ("/tmp", "/proc", "/dev", "/dev/shm"):  # noqa: S108
        os.mkdir(folder)  # noqa: PTH102
    _mount("tmpfs", "/tmp", "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={scratch_bytes}")  # noqa: S108
    _mount("tmpfs", "/dev/shm", "tmpfs", _MS_NOSUID | _MS_NODEV, f"mode=1777,size={scratch_bytes}")  # noqa: S108
    _mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    for name in WRITABLE_BY_ROOT_IN_PROC:
        if os.path.exists(f"/proc/{name}"):  # noqa: PTH110
            _mount(f"/proc/{name}", f"/proc/{name}", "", _MS_BIND | _MS_REC)
            _set_read_only(f"/proc/{name}")
    for name in _DEVICES:
        _touch(f"/dev/{name}")
        _mount(f"/before/dev/{name}", f"/dev/{name}", "", _MS_BIND)
    for name, target in _DEVICE_LINKS.items():
        os.symlink(f"/proc/self/{target}", f"/dev/{name}")  # noqa: PTH211


def _bind(path: str, *, is_writable: bool) -> None:
    """Show a file or folder of before in the same place; a link of the root folder stays a link."""
    before = f"/before{path}"
    if path.count("/") == 1 and os.path.islink(before):  # noqa: PTH114
        os.symlink(os.readlink(before), path)  # noqa: PTH115, PTH211
        return
    if not os.path.exists(path):  # noqa: PTH110
        if os.path.isdir(before):  # noqa: PTH112
            os.makedirs(path)  # noqa: PTH103
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
            _touch(path)
    _mount(before, path, "", _MS_BIND | _MS_REC)
    if not is_writable:
        _set_read_only(path)


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    words = (source.encode(), target.encode(), kind.encode() or None, ctypes.c_ulong(flags), options.encode() or None)
    _checked(_libc.mount(*words), f"mount {source} on {target}")


def _set_read_only(path: str, *, is_recursive: bool = True) -> None:
    attributes = struct.pack("=QQQQ", _MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID, 0, 0, 0)
    flags = _AT_RECURSIVE if is_recursive else 0
    size = ctypes.c_size_t(len(attributes))
    _checked(_libc.syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, path.encode(), flags, attributes, size), f"protect {path}")


def _touch(path: str) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def restrict_with_landlock(*rules: str) -> None:
    """Forbid every file but those of the rules, every TCP port but theirs, and signals to anybody outside."""
    abi = _checked(_libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION), "landlock")
    files = sum(rights for since, rights in _LANDLOCK_FILES_BY_ABI.items() if since <= abi)
    handled = struct.pack("=QQQ", files, _LANDLOCK_BIND_AND_CONNECT, _LANDLOCK_SCOPES)
    size = ctypes.c_size_t(24 if abi >= 6 else 16)
    ruleset = _checked(_libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, handled, size, 0), "landlock_create_ruleset")
    for kind, value in _parsed(rules):
        if kind == "port":
            rule, number = struct.pack("=QQ", _LANDLOCK_BIND_AND_CONNECT, int(value)), _LANDLOCK_RULE_PORT
        else:
            rule, number = _rule_of_path(value, files if kind == "write" else files & _LANDLOCK_READ)
        _checked(_libc.syscall(_SYS_LANDLOCK_ADD_RULE, ruleset, number, rule, 0), f"landlock_add_rule for {value}")
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    _checked(_libc.syscall(_SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")


def _rule_of_path(path: str, rights: int) -> tuple[bytes, int]:
    file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):  # noqa: PTH112
        rights &= _LANDLOCK_OF_A_FILE
    return struct.pack("=Qi", rights, file), _LANDLOCK_RULE_PATH


def give_up_privileges() -> None:
    """Give up every capability, for ever: also those that root would get back with the next program."""
    for capability in range(_LAST_POSSIBLE_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
            # There is no further one, or we have no right to do this because we have none at all.
            assert ctypes.get_errno() in (errno.EINVAL, errno.EPERM)
            break
    _checked(_libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "prctl(PR_CAP_AMBIENT)")
    _checked(_libc.capset(struct.pack("=Ii", _CAPABILITIES_VERSION_3, 0), bytes(24)), "capset")
    _checked(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")


def open_sockets(descriptor: str) -> None:
    """Open what is asked for on a socket, `FAMILY KIND PROTOCOL COUNT`, and pass it back, until that is closed."""
    channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET, 0, int(descriptor))
    while request := channel.recv(64):
        family, kind, protocol, count = map(int, request.split())
        opened: list[_socket.socket] = []
        try:
            opened += (_socket.socket(family, kind, protocol) for _ in range(count))
            passed = struct.pack(f"@{count}i", *(one.fileno() for one in opened))
            channel.sendmsg([b"0"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, passed)])
        except OSError as error:
            channel.send(str(error.errno).encode())
        for one in opened:
            one.close()
    os._exit(0)


def _flags(names: tuple[str, ...]) -> int:
    return sum(_NAMESPACES[name] for name in names)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123
        file.write(text)


def _parsed(words: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(kind, value) for kind, _, value in (word.partition("=") for word in words)]


STEPS: Mapping[str, Callable[..., None]] = {
    "group": join_group,
    "limit": limit,
    "join": join_namespaces,
    "namespaces": new_namespaces,
    "loopback": bring_up_loopback,
    "fork": fork_into_namespace,
    "root": new_root,
    "landlock": restrict_with_landlock,
    "give-up": give_up_privileges,
    "sockets": open_sockets,
}


def main(words: list[str]) -> None:
    """Carry out the steps, then become the program."""
    folder = os.getcwd()  # noqa: PTH109
    while (name := words.pop(0)) != "--":
        count = int(words.pop(0))
        arguments, words = words[:count], words[count:]
        try:
            STEPS[name](*arguments)
        except OSError as error:
            sys.exit(_ended(STEP_FAILED, f"the step {name} of the isolation failed: {error}"))
    try:
        os.chdir(folder)
        for number in (_SIGPIPE, _SIGXFSZ):  # Python ignores them, and so would the program
            _libc.signal(number, None)
        os.execv(words[0], words[1:])  # noqa: S606 - becoming this program is the purpose
    except OSError as error:
        sys.exit(_ended(NOT_EXECUTED, f"{words[1]} could not be started: {error.strerror}"))


def _ended(status: int, sentence: str) -> int:
    print(f"shortread: {sentence}", file=sys.stderr, flush=True)  # noqa: T201 - this is a program
    return status
