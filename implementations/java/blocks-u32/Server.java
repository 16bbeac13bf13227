import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Receiver for blocks-u32: blocks with a 4-byte big-endian length, of which an empty one is the last.
 *
 * <p>Each block is one line of JSON on standard output, as soon as it is complete: {"message": "hello"}, or
 * {"hex": "00ff"} where it is not UTF-8. The end of the stream is {"end": true}, or {"error": "..."} where it
 * should not have come yet or the stream is malformed.
 */
class Server {
    private static final int MAX_LENGTH = 65536;

    private static byte[] receiveBlock(DataInputStream in) throws IOException {
        long length = Integer.toUnsignedLong(in.readInt());
        if (length > MAX_LENGTH) {
            throw new ProtocolException("a block of " + length + " bytes is too long");
        }
        byte[] block = new byte[(int) length];
        in.readFully(block);
        return block;
    }

    /** Writes down each block, the empty one too, behind which the stream must end. */
    private static void receiveBlocks(DataInputStream in) throws IOException {
        byte[] block;
        do {
            block = receiveBlock(in);
            writeDownBlock(block);
        } while (block.length > 0);
        if (in.read() >= 0) {
            throw new ProtocolException("there is something behind the last block");
        }
    }

    private static void writeDownBlock(byte[] block) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(block)).toString();
            writeDown("message", quoted(text));
        } catch (CharacterCodingException notText) {
            writeDown("hex", quoted(HexFormat.of().formatHex(block)));
        }
    }

    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                json.append(c);
            } else {
                json.append(String.format("\\u%04x", (int) c));
            }
        }
        return json.append('"').toString();
    }

    /** One line at a time, so that those of two connections do not mix. */
    private static synchronized void writeDown(String key, String value) {
        System.out.println("{\"" + key + "\": " + value + "}");
        System.out.flush();
    }

    /** Writes down blocks until the stream ends, the client vanishes or what it sends is malformed. */
    private static void serve(Socket socket) {
        try (socket) {
            receiveBlocks(new DataInputStream(socket.getInputStream()));
            writeDown("end", "true");
        } catch (EOFException end) {
            writeDown("error", quoted("the stream ended before the last block"));
        } catch (IOException error) {
            writeDown("error", quoted(String.valueOf(error.getMessage())));
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
