import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`. */
class Server {
    private static final int MAX_LENGTH = 65536;

    private static int readByte(InputStream in) throws IOException {
        int octet = in.read();
        if (octet < 0) {
            throw new EOFException();
        }
        return octet;
    }

    /** Reads a length and its colon. */
    private static int receiveLength(InputStream in) throws IOException {
        int length = 0;
        for (int digits = 0; ; digits++) {
            int octet = readByte(in);
            if (octet == ':' && digits > 0) {
                return length;
            }
            boolean isLeadingZero = digits > 0 && length == 0;
            if (octet < '0' || octet > '9' || isLeadingZero) {
                throw new ProtocolException("not a length");
            }
            length = 10 * length + (octet - '0');
            if (length > MAX_LENGTH) {
                throw new ProtocolException("the message is too long");
            }
        }
    }

    private static byte[] receiveMessage(InputStream in) throws IOException {
        int length = receiveLength(in);
        byte[] message = in.readNBytes(length); // unlike read(), it takes as many reads as it needs
        if (message.length < length) {
            throw new EOFException();
        }
        if (readByte(in) != ',') {
            throw new ProtocolException("no comma after the message");
        }
        return message;
    }

    private static void sendMessage(OutputStream out, byte[] message) throws IOException {
        var frame = new ByteArrayOutputStream();
        frame.write((message.length + ":").getBytes(StandardCharsets.US_ASCII));
        frame.write(message);
        frame.write(',');
        frame.writeTo(out);
    }

    /** Echoes messages until the stream ends, the client vanishes or what it sends is malformed. */
    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                sendMessage(socket.getOutputStream(), receiveMessage(in));
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
