import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back. */
class Client {
    private static final String[] MESSAGES = {"hello", "", "naïve €"};
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

    /** Sends each message, and waits for it to come back before the next. */
    private static void ask(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        for (String message : MESSAGES) {
            sendMessage(socket.getOutputStream(), message.getBytes(StandardCharsets.UTF_8));
            System.out.println(new String(receiveMessage(in), StandardCharsets.UTF_8));
        }
    }

    public static void main(String[] args) {
        try (var socket = new Socket(args[0], Integer.parseInt(args[1]))) {
            ask(socket);
        } catch (IOException error) {
            System.err.println("no answer: " + error);
            System.exit(1);
        }
    }
}
