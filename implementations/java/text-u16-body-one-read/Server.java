import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.
 *
 * <p>Broken on purpose: the body is taken from one read. What that read does not give stays zero in the message,
 * and is taken for the next header.
 */
class Server {
    /** Throws CharacterCodingException where it is not UTF-8, unlike {@code new String(...)}. */
    private static String decode(byte[] text) throws IOException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    }

    /** Throws EOFException if the stream ends before the message is complete. */
    private static String receiveMessage(DataInputStream in) throws IOException {
        byte[] text = new byte[in.readUnsignedShort()];
        if (in.read(text) < 0) { // BUG: read may give fewer bytes than the array has
            throw new EOFException();
        }
        return decode(text);
    }

    private static void sendMessage(OutputStream out, String message) throws IOException {
        byte[] text = message.getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(2 + text.length).putShort((short) text.length).put(text).array());
    }

    /** Echoes messages until the stream ends, the client vanishes or what it sends is not UTF-8. */
    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new DataInputStream(socket.getInputStream());
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
