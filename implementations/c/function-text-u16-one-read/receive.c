/* Reads text messages from a socket: two bytes of length, then that many bytes of UTF-8.
 *
 * Broken on purpose: the text is taken from one recv(), and what is missing of it is taken for the next message.
 */

#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Receive exactly `size` bytes, however many reads they take; -1 if the stream ends or breaks before. */
static int receive_exactly(int conn, unsigned char *buffer, size_t size)
{
    size_t received = 0;
    while (received < size) {
        ssize_t n = recv(conn, buffer + received, size - received, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        received += n;
    }
    return 0;
}

/* Whether all of it is UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. */
static bool is_utf8(const unsigned char *text, size_t size)
{
    const unsigned char *end = text + size;
    while (text < end) {
        unsigned char first = *text++;
        if (first < 0x80)
            continue;
        if (first < 0xc2 || first > 0xf4)
            return false;
        unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        int following = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        for (; following > 0; following--, text++) {
            if (text == end || *text < low || *text > high)
                return false;
            low = 0x80;
            high = 0xbf;
        }
    }
    return true;
}

/* Put the next message into `message` and return its length; -1 if the stream ends or what it holds is not UTF-8. */
ssize_t receive(int conn, void *message, size_t size)
{
    unsigned char header[2];
    if (receive_exactly(conn, header, sizeof header) < 0)
        return -1;
    size_t length = header[0] << 8 | header[1];
    if (length > size)
        return -1;
    if (length == 0)
        return 0;
    ssize_t n = recv(conn, message, length, 0); /* BUG: it may be less than `length` bytes */
    return n > 0 && is_utf8(message, n) ? n : -1;
}
