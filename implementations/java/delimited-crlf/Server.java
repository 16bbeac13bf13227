import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;

/** Echo server for delimited-crlf: a message is the bytes up to CRLF, at most 1024 of them. */
class Server {
    private static final int MAX_LENGTH = 1024;

    /** Reads the next message, and gives it with its CRLF. */
    private static ByteArrayOutputStream receiveFrame(InputStream in) throws IOException {
        var frame = new ByteArrayOutputStream();
        int last = -1;
        while (frame.size() < MAX_LENGTH + 2) {
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
        throw new ProtocolException("the message is too long");
    }

    /** Echoes messages until the stream ends, the client vanishes or a message is too long. */
    private static void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                receiveFrame(in).writeTo(socket.getOutputStream());
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
