import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Echo server for http-like: header lines, a blank line, and a body of Content-Length bytes or in chunks. */
class Server {
    private static final int MAX_HEADERS = 8192;
    private static final int MAX_BODY = 65536; // of a chunk too
    private static final int MAX_CHUNKS = 1000;
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,10}");
    private static final Pattern HEX_DIGITS = Pattern.compile("[0-9A-Fa-f]{1,8}");

    private record Header(String name, String value) {}

    /** The trailers are there exactly if the body is in chunks. */
    private record Message(List<Header> headers, byte[] body, Optional<List<Header>> trailers) {}

    private static int readByte(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException();
        }
        return octet;
    }

    private static byte[] readExactly(InputStream in, int size) throws IOException {
        byte[] octets = in.readNBytes(size); // unlike read(), it takes as many reads as it needs
        if (octets.length < size) {
            throw new EOFException();
        }
        return octets;
    }

    /** Reads a line of at most {@code limit} bytes, and its CRLF, which it leaves out. */
    private static String readLine(InputStream in, int limit) throws IOException {
        var line = new ByteArrayOutputStream();
        int octet;
        while ((octet = readByte(in)) != '\r') {
            if (octet == '\n' || octet == 0 || line.size() >= limit) {
                throw new ProtocolException("not a line, or too long");
            }
            line.write(octet);
        }
        if (readByte(in) != '\n') {
            throw new ProtocolException("no LF behind the CR");
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static Header parseHeader(String line) throws IOException {
        int colon = line.indexOf(':');
        if (colon < 0 || !NAME.matcher(line.substring(0, colon)).matches()) {
            throw new ProtocolException("not a header");
        }
        String value = line.substring(colon + 1).replaceAll("^[ \t]+|[ \t]+$", "");
        return new Header(line.substring(0, colon), value);
    }

    private static List<Header> readHeaders(InputStream in) throws IOException {
        var headers = new ArrayList<Header>();
        int left = MAX_HEADERS;
        String line;
        while (!(line = readLine(in, left)).isEmpty()) {
            headers.add(parseHeader(line));
            left = Math.max(0, left - line.length() - 2);
        }
        return headers;
    }

    private static List<String> values(List<Header> headers, String name) {
        return headers.stream().filter(header -> header.name.equalsIgnoreCase(name)).map(Header::value).toList();
    }

    /** What Content-Length says, 0 where there is none; it may be said twice, but not two things. */
    private static int bodyLength(List<Header> headers) throws IOException {
        List<String> lengths = values(headers, "Content-Length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            return 0;
        }
        if (lengths.size() > 1 || !DIGITS.matcher(lengths.get(0)).matches()) {
            throw new ProtocolException("not a length");
        }
        return checkedSize(Long.parseLong(lengths.get(0)));
    }

    private static int readChunkSize(InputStream in) throws IOException {
        String line = readLine(in, 8);
        if (!HEX_DIGITS.matcher(line).matches()) {
            throw new ProtocolException("not the size of a chunk");
        }
        return checkedSize(Long.parseLong(line, 16));
    }

    private static int checkedSize(long size) throws IOException {
        if (size > MAX_BODY) {
            throw new ProtocolException("too long");
        }
        return (int) size;
    }

    /** Reads chunks up to the empty one and joins them; the trailers come next. */
    private static byte[] readChunks(InputStream in) throws IOException {
        var body = new ByteArrayOutputStream();
        for (int chunks = 0; chunks < MAX_CHUNKS; chunks++) {
            int size = readChunkSize(in);
            if (size == 0) {
                return body.toByteArray();
            }
            body.write(readExactly(in, size));
            if (readByte(in) != '\r' || readByte(in) != '\n') {
                throw new ProtocolException("no CRLF after the chunk");
            }
        }
        throw new ProtocolException("too many chunks");
    }

    private static Message readMessage(InputStream in) throws IOException {
        List<Header> headers = readHeaders(in);
        List<String> codings = values(headers, "Transfer-Encoding");
        if (codings.isEmpty()) {
            return new Message(headers, readExactly(in, bodyLength(headers)), Optional.empty());
        }
        if (!codings.equals(List.of("chunked")) || !values(headers, "Content-Length").isEmpty()) {
            throw new ProtocolException("nobody knows where the body ends");
        }
        return new Message(headers, readChunks(in), Optional.of(readHeaders(in)));
    }

    private static void write(ByteArrayOutputStream frame, String text) throws IOException {
        frame.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void writeHeaders(ByteArrayOutputStream frame, List<Header> headers) throws IOException {
        for (Header header : headers) {
            write(frame, header.name + ": " + header.value + "\r\n");
        }
        write(frame, "\r\n");
    }

    private static void writeChunks(ByteArrayOutputStream frame, byte[] body) throws IOException {
        for (int start = 0; start < body.length; start += MAX_BODY) {
            int size = Math.min(MAX_BODY, body.length - start);
            write(frame, Integer.toHexString(size) + "\r\n");
            frame.write(body, start, size);
            write(frame, "\r\n");
        }
        write(frame, "0\r\n");
    }

    private static ByteArrayOutputStream frame(Message message) throws IOException {
        var frame = new ByteArrayOutputStream();
        writeHeaders(frame, message.headers);
        if (message.trailers.isEmpty()) {
            frame.write(message.body);
        } else {
            writeChunks(frame, message.body);
            writeHeaders(frame, message.trailers.get());
        }
        return frame;
    }

    /** Echoes messages until the stream ends, the client vanishes or what it sends is malformed. */
    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                frame(readMessage(in)).writeTo(socket.getOutputStream());
            }
        } catch (IOException end) {
            // The connection is over, in one way or another.
        }
    }

    public static void main(String[] args) throws IOException {
        var listener = new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getLoopbackAddress());
        while (true) {
            Socket socket = listener.accept();
            new Thread(() -> serve(socket)).start();
        }
    }
}
