/* Makes calls on TCP sockets do less than they were asked for, or be interrupted, as the kernel may.
 *
 * For LD_PRELOAD. The schedule stands in the environment, in SHORTREAD_SHIM:
 *
 *     send=1,2,3,5 recv=1,eintr,all
 *
 * For each direction a list of what a call does: at most so many octets; `eintr`, it is interrupted before it has done
 * anything; `all`, it is left alone. Each connection goes through the lists in turn, from their beginning, and at their
 * end begins again. A direction that is not named is left alone. SHORTREAD_SHIM_COUNTS names a file of three native
 * 64-bit numbers, in which it counts: calls that sent less, calls that received less, calls that it interrupted.
 *
 * Changed are send, sendto, sendmsg, write and writev, and recv, recvfrom, recvmsg, read and readv (and what the
 * compiler may make of them, __recv_chk, __recvfrom_chk and __read_chk). Left alone is whatever would break a promise:
 *
 * - other files, and sockets that are not TCP
 * - receiving with MSG_PEEK or MSG_WAITALL
 * - a descriptor that was ever given to epoll with EPOLLET: epoll(7) promises that less than was asked for means that
 *   nothing is left, and whoever believes that would wait for ever
 * - EINTR where no signal could ever be the reason: on a socket or in a call that does not block
 * - EINTR where somebody has seen to it: in a thread that blocks signals or handles some, if none of those that reach it
 *   is handled without SA_RESTART. Who has seen to nothing is interrupted: the first handler that is added, perhaps by a
 *   library, will do the same
 *
 * It cannot see programs that make system calls by themselves (Go, and everything that is linked statically), io_uring,
 * sendfile and splice.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

/* The function of that name behind ours. */
#define BEHIND(name, ...)                                              \
    ({                                                                 \
        static __typeof__(&name) behind;                               \
        if (behind == NULL)                                            \
            behind = (__typeof__(&name))dlsym(RTLD_NEXT, #name);       \
        behind(__VA_ARGS__);                                           \
    })

enum { SENDING, RECEIVING, DIRECTIONS };
enum { MOST_STEPS = 64, MOST_DESCRIPTORS = 65536 };
enum { INTERRUPTS = DIRECTIONS, COUNTERS };

static const size_t ALL = SIZE_MAX, EINTR_STEP = 0;

static struct {
    size_t steps[MOST_STEPS];
    int length;
} schedules[DIRECTIONS];

static atomic_uint positions[DIRECTIONS][MOST_DESCRIPTORS];
static atomic_bool is_edge_triggered[MOST_DESCRIPTORS];
static _Atomic uint64_t own_counters[COUNTERS], *counters = own_counters;

/* ---- The schedule ---- */

static void refuse(const char *text, const char *found)
{
    fprintf(stderr, "shortread shim: SHORTREAD_SHIM: expected send=… or recv=… with octets, eintr or all, found %s in %s\n",
            found, text);
    exit(2);
}

static bool parse_step(char *word, size_t *step)
{
    char *end;
    if (strcmp(word, "all") == 0)
        return *step = ALL, true;
    if (strcmp(word, "eintr") == 0)
        return *step = EINTR_STEP, true;
    errno = 0;
    *step = strtoul(word, &end, 10);
    return word[0] >= '1' && word[0] <= '9' && *end == '\0' && errno == 0;
}

static void parse_schedules(const char *text)
{
    char *copy = strdup(text), *rest = copy, *list;
    while ((list = strsep(&rest, " ")) != NULL) {
        char *name = strsep(&list, "="), *word;
        int direction = strcmp(name, "send") == 0 ? SENDING : strcmp(name, "recv") == 0 ? RECEIVING : DIRECTIONS;
        if (direction == DIRECTIONS || list == NULL || schedules[direction].length > 0)
            refuse(text, name);
        while ((word = strsep(&list, ",")) != NULL) {
            int *length = &schedules[direction].length;
            if (*length == MOST_STEPS || !parse_step(word, &schedules[direction].steps[*length]))
                refuse(text, word);
            ++*length;
        }
    }
    free(copy);
}

static void open_counters(const char *path)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof own_counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        counters = shared;
    close(file);
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("SHORTREAD_SHIM"), *path = getenv("SHORTREAD_SHIM_COUNTS");
    if (text != NULL)
        parse_schedules(text);
    if (path != NULL)
        open_counters(path);
}

/* ---- What may be changed ---- */

static bool is_ours(int fd)
{
    int protocol = 0;
    socklen_t size = sizeof protocol;
    if (fd < 0 || fd >= MOST_DESCRIPTORS || is_edge_triggered[fd])
        return false;
    return getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) == 0 && protocol == IPPROTO_TCP;
}

/* Whether nothing but the thread's own doing sends it: it says nothing of calls that wait. */
static bool is_a_fault(int number)
{
    return number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL || number == SIGABRT;
}

/* Whether a signal interrupts a call of this thread, or would if there were a handler, so that it is not started again. */
static bool may_be_interrupted(void)
{
    bool has_seen_to_it = false;
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    for (int number = 1; number <= SIGRTMAX; number++) {
        struct sigaction action;
        if (is_a_fault(number) || sigaction(number, NULL, &action) != 0)
            continue; /* those that sigaction refuses are the C library's own */
        bool is_blocked = sigismember(&blocked, number) == 1;
        bool is_handled = action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
        if (is_handled && !is_blocked && !(action.sa_flags & SA_RESTART))
            return true;
        has_seen_to_it |= is_handled || is_blocked;
    }
    return !has_seen_to_it;
}

static bool blocks(int fd, int flags)
{
    return !(flags & MSG_DONTWAIT) && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

/* The most octets that this call does, of those it was asked for; -1 with errno EINTR where it is interrupted. */
static ssize_t granted(int direction, int fd, size_t asked, int flags)
{
    int before = errno;
    bool is_exempt = direction == RECEIVING && flags & (MSG_PEEK | MSG_WAITALL);
    size_t step = ALL;
    if (asked > 0 && schedules[direction].length > 0 && !is_exempt && is_ours(fd))
        step = schedules[direction].steps[positions[direction][fd]++ % schedules[direction].length];
    if (step == EINTR_STEP && blocks(fd, flags) && may_be_interrupted()) {
        counters[INTERRUPTS]++;
        errno = EINTR;
        return -1;
    }
    errno = before;
    if (asked > SSIZE_MAX)
        asked = SSIZE_MAX; /* the kernel does no more */
    if (step == EINTR_STEP || step >= asked)
        return asked;
    counters[direction]++;
    return step;
}

/* ---- Vectors ---- */

static size_t length_of(const struct iovec *vector, int count)
{
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += vector[i].iov_len;
    return length;
}

/* Copies as much of a vector as holds `size` octets; returns how many parts that are. */
static int cut(struct iovec *to, const struct iovec *from, int count, size_t size)
{
    int parts = 0;
    for (; parts < count && size > 0; parts++) {
        to[parts] = from[parts];
        if (to[parts].iov_len > size)
            to[parts].iov_len = size;
        size -= to[parts].iov_len;
    }
    return parts;
}

/* ---- The calls ---- */

EXPORTED ssize_t send(int fd, const void *data, size_t size, int flags)
{
    ssize_t most = granted(SENDING, fd, size, flags);
    return most < 0 ? -1 : BEHIND(send, fd, data, most, flags);
}

EXPORTED ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t to_size)
{
    ssize_t most = granted(SENDING, fd, size, flags);
    return most < 0 ? -1 : BEHIND(sendto, fd, data, most, flags, to, to_size);
}

EXPORTED ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t most = granted(SENDING, fd, size, 0);
    return most < 0 ? -1 : BEHIND(write, fd, data, most);
}

EXPORTED ssize_t recv(int fd, void *data, size_t size, int flags)
{
    ssize_t most = granted(RECEIVING, fd, size, flags);
    return most < 0 ? -1 : BEHIND(recv, fd, data, most, flags);
}

EXPORTED ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from, socklen_t *from_size)
{
    ssize_t most = granted(RECEIVING, fd, size, flags);
    return most < 0 ? -1 : BEHIND(recvfrom, fd, data, most, flags, from, from_size);
}

EXPORTED ssize_t read(int fd, void *data, size_t size)
{
    ssize_t most = granted(RECEIVING, fd, size, 0);
    return most < 0 ? -1 : BEHIND(read, fd, data, most);
}

/* What a call with a vector becomes: CALL is made with `vector` and `count`, cut where less is granted. */
#define WITH_VECTOR(direction, fd, flags, given, given_count, CALL)                               \
    do {                                                                                          \
        const struct iovec *vector = (given);                                                     \
        int count = (given_count);                                                                \
        if (count < 1 || count > IOV_MAX)                                                         \
            return CALL;                                                                          \
        size_t asked = length_of(vector, count);                                                  \
        ssize_t most = granted(direction, fd, asked, flags);                                      \
        if (most < 0 || (size_t)most >= asked)                                                    \
            return most < 0 ? -1 : CALL;                                                          \
        struct iovec part[count];                                                                 \
        count = cut(part, vector, count, most);                                                   \
        vector = part;                                                                            \
        return CALL;                                                                              \
    } while (0)

EXPORTED ssize_t writev(int fd, const struct iovec *given, int given_count)
{
    WITH_VECTOR(SENDING, fd, 0, given, given_count, BEHIND(writev, fd, vector, count));
}

EXPORTED ssize_t readv(int fd, const struct iovec *given, int given_count)
{
    WITH_VECTOR(RECEIVING, fd, 0, given, given_count, BEHIND(readv, fd, vector, count));
}

static ssize_t sendmsg_of(int fd, const struct msghdr *message, const struct iovec *vector, size_t count, int flags)
{
    struct msghdr shortened = *message;
    shortened.msg_iov = (struct iovec *)vector;
    shortened.msg_iovlen = count;
    return BEHIND(sendmsg, fd, &shortened, flags);
}

EXPORTED ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    WITH_VECTOR(SENDING, fd, flags, message->msg_iov, message->msg_iovlen,
                sendmsg_of(fd, message, vector, count, flags));
}

/* The kernel writes into the header, and the caller reads it; its own vector stands in it again afterwards. */
static ssize_t recvmsg_of(int fd, struct msghdr *message, const struct iovec *vector, size_t count, int flags)
{
    struct iovec *own = message->msg_iov;
    size_t own_count = message->msg_iovlen;
    message->msg_iov = (struct iovec *)vector;
    message->msg_iovlen = count;
    ssize_t received = BEHIND(recvmsg, fd, message, flags);
    message->msg_iov = own;
    message->msg_iovlen = own_count;
    return received;
}

EXPORTED ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    WITH_VECTOR(RECEIVING, fd, flags, message->msg_iov, message->msg_iovlen,
                recvmsg_of(fd, message, vector, count, flags));
}

/* Made by the compiler of recv, recvfrom and read, where it knows how much room there is. */

EXPORTED ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags)
{
    if (size > room)
        abort();
    return recv(fd, data, size, flags);
}

EXPORTED ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *from,
                                socklen_t *from_size)
{
    if (size > room)
        abort();
    return recvfrom(fd, data, size, flags, from, from_size);
}

EXPORTED ssize_t __read_chk(int fd, void *data, size_t size, size_t room)
{
    if (size > room)
        abort();
    return read(fd, data, size);
}

/* ---- What a descriptor stands for ---- */

/* A new connection begins its schedules anew, whatever had the descriptor before. */
static int as_new(int fd)
{
    if (fd >= 0 && fd < MOST_DESCRIPTORS) {
        positions[SENDING][fd] = positions[RECEIVING][fd] = 0;
        is_edge_triggered[fd] = false;
    }
    return fd;
}

EXPORTED int socket(int domain, int type, int protocol)
{
    return as_new(BEHIND(socket, domain, type, protocol));
}

EXPORTED int accept(int listener, struct sockaddr *address, socklen_t *size)
{
    return as_new(BEHIND(accept, listener, address, size));
}

EXPORTED int accept4(int listener, struct sockaddr *address, socklen_t *size, int flags)
{
    return as_new(BEHIND(accept4, listener, address, size, flags));
}

EXPORTED int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    if (operation != EPOLL_CTL_DEL && event != NULL && event->events & EPOLLET && fd >= 0 && fd < MOST_DESCRIPTORS)
        is_edge_triggered[fd] = true;
    return BEHIND(epoll_ctl, epoll, operation, fd, event);
}
