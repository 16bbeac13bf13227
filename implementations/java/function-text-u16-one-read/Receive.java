import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads text messages from a socket: two bytes of length, then that many bytes of UTF-8.
 *
 * <p>Broken on purpose: the text is taken from one read, and what is missing of it is taken for the next message.
 */
class Receive {
    /** Throws CharacterCodingException where it is not UTF-8, unlike {@code new String(...)}. */
    private static String decode(byte[] text, int size) throws IOException {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text, 0, size)).toString();
    }

    /** Returns the next message; EOFException at the end. */
    static String receive(Socket socket) throws IOException {
        var in = new DataInputStream(socket.getInputStream()); // it has no buffer, so it may be made for each message
        byte[] text = new byte[in.readUnsignedShort()];
        int size = in.read(text); // BUG: read may give fewer bytes than the array has
        if (size < 0) {
            throw new EOFException();
        }
        return decode(text, size);
    }
}
