"""Numbers of the system calls that a notebook may make, and of those that tests try.

Each entry is `name:x86_64:aarch64`, `-` where the architecture has none. How the list was chosen: everything that
CPython, its standard library, NumPy, torch, a shell and core utilities call when they compute, read and write
files, start processes and talk over sockets; nothing that administers a machine, looks into another process, or has
no use in a notebook but a record of kernel holes (io_uring, userfaultfd, keyrings, System V IPC, splice).
`memfd_create` is left out because memory in an unmapped descriptor is seen by no watchdog.
"""

from dataclasses import dataclass

_FILES = """
    read:0:63 write:1:64 open:2:- close:3:57 stat:4:- fstat:5:80 lstat:6:- newfstatat:262:79 statx:332:291
    lseek:8:62 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69 pwritev:296:70
    preadv2:327:286 pwritev2:328:287 access:21:- faccessat:269:48 faccessat2:439:439 openat:257:56
    openat2:437:437 creat:85:- dup:32:23 dup2:33:- dup3:292:24 pipe:22:- pipe2:293:59 fcntl:72:25 flock:73:32
    fsync:74:82 fdatasync:75:83 sync_file_range:277:84 truncate:76:45 ftruncate:77:46 getdents:78:-
    getdents64:217:61 getcwd:79:17 chdir:80:49 fchdir:81:50 rename:82:- renameat:264:38 renameat2:316:276
    mkdir:83:- mkdirat:258:34 rmdir:84:- link:86:- linkat:265:37 unlink:87:- unlinkat:263:35 symlink:88:-
    symlinkat:266:36 readlink:89:- readlinkat:267:78 chmod:90:- fchmod:91:52 fchmodat:268:53 fchmodat2:452:452
    chown:92:- fchown:93:55 lchown:94:- fchownat:260:54 umask:95:166 utime:132:- utimes:235:- utimensat:280:88
    futimesat:261:- mknod:133:- mknodat:259:33 sendfile:40:71 copy_file_range:326:285 fadvise64:221:223
    readahead:187:213 fallocate:285:47 statfs:137:43 fstatfs:138:44 close_range:436:436 cachestat:451:451
    ioctl:16:29 getxattr:191:8 lgetxattr:192:9 fgetxattr:193:10 listxattr:194:11 llistxattr:195:12
    flistxattr:196:13 inotify_init:253:- inotify_init1:294:26 inotify_add_watch:254:27 inotify_rm_watch:255:28
"""
_WAITING = """
    poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21
    epoll_wait:232:- epoll_pwait:281:22 epoll_pwait2:441:441 eventfd:284:- eventfd2:290:19 signalfd:282:-
    signalfd4:289:74 timerfd_create:283:85 timerfd_settime:286:86 timerfd_gettime:287:87
"""
_MEMORY = """
    mmap:9:222 mprotect:10:226 munmap:11:215 brk:12:214 mremap:25:216 msync:26:227 mincore:27:232 madvise:28:233
    mlock:149:228 mlock2:325:284 munlock:150:229 mlockall:151:230 munlockall:152:231 mseal:462:462
    membarrier:324:283 get_mempolicy:239:236 set_mempolicy:238:237 mbind:237:235 pkey_mprotect:329:288
    pkey_alloc:330:289 pkey_free:331:290
"""
_PROCESSES = """
    clone:56:220 fork:57:- vfork:58:- execve:59:221 execveat:322:281 exit:60:93 exit_group:231:94 wait4:61:260
    waitid:247:95 getpid:39:172 gettid:186:178 getppid:110:173 getpgid:121:155 setpgid:109:154 getpgrp:111:-
    getsid:124:156 setsid:112:157 set_tid_address:218:96 set_robust_list:273:99 get_robust_list:274:100
    rseq:334:293 futex:202:98 futex_waitv:449:449 futex_wake:454:454 futex_wait:455:455 futex_requeue:456:456
    arch_prctl:158:- prctl:157:167 personality:135:92 sched_yield:24:124 sched_getaffinity:204:123
    sched_setaffinity:203:122 sched_getparam:143:121 sched_setparam:142:118 sched_getscheduler:145:120
    sched_setscheduler:144:119 sched_get_priority_max:146:125 sched_get_priority_min:147:126
    sched_rr_get_interval:148:127 sched_getattr:315:275 sched_setattr:314:274 getpriority:140:141
    setpriority:141:140 ioprio_get:252:31 ioprio_set:251:30 getcpu:309:168 getrlimit:97:163 setrlimit:160:164
    prlimit64:302:261 getrusage:98:165 times:100:153 sysinfo:99:179 uname:63:160 getrandom:318:278
    pidfd_open:434:434
"""
_SIGNALS = """
    kill:62:129 tkill:200:130 tgkill:234:131 pidfd_send_signal:424:424 rt_sigaction:13:134 rt_sigprocmask:14:135
    rt_sigreturn:15:139 rt_sigpending:127:136 rt_sigtimedwait:128:137 rt_sigqueueinfo:129:138
    rt_tgsigqueueinfo:297:240 rt_sigsuspend:130:133 sigaltstack:131:132 pause:34:- alarm:37:- getitimer:36:102
    setitimer:38:103 restart_syscall:219:128
"""
_IDENTITY = """
    getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177 getresuid:118:148 getresgid:120:150
    getgroups:115:158 setuid:105:146 setgid:106:144 setreuid:113:145 setregid:114:143 setresuid:117:147
    setresgid:119:149 setgroups:116:159 setfsuid:122:151 setfsgid:123:152 capget:125:90 capset:126:91
"""
_TIME = """
    time:201:- gettimeofday:96:169 clock_gettime:228:113 clock_getres:229:114 clock_nanosleep:230:115
    nanosleep:35:101 timer_create:222:107 timer_settime:223:110 timer_gettime:224:108 timer_getoverrun:225:109
    timer_delete:226:111
"""
_SOCKETS = """
    socket:41:198 socketpair:53:199 bind:49:200 connect:42:203 listen:50:201 accept:43:202 accept4:288:242
    getsockname:51:204 getpeername:52:205 sendto:44:206 recvfrom:45:207 sendmsg:46:211 recvmsg:47:212
    sendmmsg:307:269 recvmmsg:299:243 shutdown:48:210 setsockopt:54:208 getsockopt:55:209
"""
_REFUSED = """
    clone3:435:435 memfd_create:319:279 memfd_secret:447:447 ptrace:101:117 process_vm_readv:310:270
    process_vm_writev:311:271 mount:165:40 umount2:166:39 unshare:272:97 setns:308:268 bpf:321:280
    keyctl:250:219 add_key:248:217 request_key:249:218 io_uring_setup:425:425 io_uring_enter:426:426
    io_uring_register:427:427 userfaultfd:323:282 perf_event_open:298:241 open_by_handle_at:304:265
    name_to_handle_at:303:264 pivot_root:155:41 chroot:161:51 pidfd_getfd:438:438 shmget:29:194 seccomp:317:277
    syslog:103:116 fanotify_init:300:262 clock_settime:227:112 sethostname:170:161 init_module:175:105
"""

NEWEST = 467
"""The highest number that this list was written against; anything above it does not exist for a notebook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """How the kernel numbers system calls on one kind of processor; `audit` is its AUDIT_ARCH value."""

    audit: int
    allowed: dict[str, int]
    refused: dict[str, int]


_GROUPS = (_FILES, _WAITING, _MEMORY, _PROCESSES, _SIGNALS, _IDENTITY, _TIME, _SOCKETS)


def _column(text: str, index: int) -> dict[str, int]:
    rows = (entry.split(":") for entry in text.split())
    return {row[0]: int(row[index]) for row in rows if row[index] != "-"}


ARCHITECTURES = {
    "x86_64": Architecture(audit=0xC000003E, allowed=_column(" ".join(_GROUPS), 1), refused=_column(_REFUSED, 1)),
    "aarch64": Architecture(audit=0xC00000B7, allowed=_column(" ".join(_GROUPS), 2), refused=_column(_REFUSED, 2)),
}
