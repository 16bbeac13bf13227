import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Client for delimited-crlf: a message is the bytes up to CRLF. What it says comes back. */
class Client {
    private static final String[] MESSAGES = {"hello", "", "naïve €"};

    /** Reads the next message, and gives it with its CRLF. */
    private static ByteArrayOutputStream receiveFrame(InputStream in) throws IOException {
        var frame = new ByteArrayOutputStream();
        int last = -1;
        while (true) {
            int octet = in.read();
            if (octet < 0) {
                throw new EOFException();
            }
            frame.write(octet);
            if (last == '\r' && octet == '\n') {
                return frame;
            }
            last = octet;
        }
    }

    /** Sends each message, and waits for it to come back before the next. */
    private static void ask(Socket socket) throws IOException {
        var in = new BufferedInputStream(socket.getInputStream());
        for (String message : MESSAGES) {
            socket.getOutputStream().write((message + "\r\n").getBytes(StandardCharsets.UTF_8));
            System.out.print(receiveFrame(in).toString(StandardCharsets.UTF_8));
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
