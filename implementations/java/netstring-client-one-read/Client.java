import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Client for netstrings: a decimal length, a colon, that many bytes, a comma. What it says comes back.
 *
 * <p>Broken on purpose: what one read gives is taken for the whole answer.
 */
class Client {
    private static final String[] MESSAGES = {"hello", "", "naïve €"};
    private static final int MAX_FRAME = 5 + 1 + 65536 + 1;

    private static String receiveMessage(InputStream in) throws IOException {
        byte[] frame = new byte[MAX_FRAME];
        int size = in.read(frame); // BUG: it may be a part of the answer
        if (size < 0) {
            throw new EOFException();
        }
        String answer = new String(frame, 0, size, StandardCharsets.UTF_8);
        int start = answer.indexOf(':') + 1;
        return answer.substring(start, Math.max(start, answer.length() - 1)); // without the comma
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
        for (String message : MESSAGES) {
            sendMessage(socket.getOutputStream(), message.getBytes(StandardCharsets.UTF_8));
            System.out.println(receiveMessage(socket.getInputStream()));
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
