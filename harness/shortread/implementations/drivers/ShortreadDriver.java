import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.BaseStream;

/**
 * A server around a Java method that reads messages: each connection is given to it, in a thread of its own.
 *
 * <p>Run as {@code ShortreadDriver PORT FILE NAME STYLE END}. NAME is a method of the class that FILE is named after,
 * or CLASS.METHOD. Styles:
 *
 * <ul>
 *   <li>one-message: {@code static String receive(Socket)} returns the next message
 *   <li>all-messages: {@code static Iterator<String> receive(Socket)}, or a Stream or an Iterable
 *   <li>object: the class is made with the Socket, and its {@code String receive()} returns the next message
 * </ul>
 *
 * <p>Each message is a line of JSON on standard output: {@code {"message": ...}}, or {@code {"hex": "00ff"}} for a
 * byte[]; and {@code {"end": true}} or {@code {"error": "..."}} at the end. What the method itself prints goes to
 * standard error.
 */
final class ShortreadDriver {
    /** Returns the next message. */
    private interface Next {
        Object next() throws Exception;
    }

    private static final FileOutputStream TRANSCRIPT = new FileOutputStream(FileDescriptor.out);

    private final Class<?> receiver;
    private final Method method;
    private final String style;
    private final String end;

    private ShortreadDriver(String file, String name, String style, String end) throws ReflectiveOperationException {
        this.receiver = Class.forName(className(file, name));
        this.style = style;
        this.end = end;
        Class<?>[] parameters = style.equals("object") ? new Class<?>[0] : new Class<?>[] {Socket.class};
        this.method = receiver.getDeclaredMethod(name.substring(name.lastIndexOf('.') + 1), parameters);
        method.setAccessible(true);
    }

    private static String className(String file, String name) {
        String path = file.substring(0, file.length() - ".java".length()).replace("./", "").replace('/', '.');
        int dot = name.lastIndexOf('.');
        return dot < 0 ? path : path.substring(0, path.lastIndexOf('.') + 1) + name.substring(0, dot).replace('.', '$');
    }

    private void read(Socket socket) throws Throwable {
        try {
            switch (style) {
                case "one-message":
                    writeAll(() -> method.invoke(null, socket));
                    break;
                case "all-messages":
                    Iterator<?> messages = iterator(method.invoke(null, socket));
                    while (messages.hasNext()) {
                        writeMessage(messages.next());
                    }
                    break;
                default:
                    Constructor<?> constructor = receiver.getDeclaredConstructor(Socket.class);
                    constructor.setAccessible(true);
                    Object reader = constructor.newInstance(socket);
                    writeAll(() -> method.invoke(reader));
            }
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    private void writeAll(Next receive) throws Exception {
        Object message = receive.next();
        while (!isEnd(message)) {
            writeMessage(message);
            message = receive.next();
        }
    }

    private boolean isEnd(Object message) {
        boolean isEmpty = "".equals(message) || message instanceof byte[] && ((byte[]) message).length == 0;
        return end.equals("none") && message == null || end.equals("empty") && (message == null || isEmpty);
    }

    private static Iterator<?> iterator(Object messages) {
        if (messages instanceof Iterator) {
            return (Iterator<?>) messages;
        }
        if (messages instanceof BaseStream) {
            return ((BaseStream<?, ?>) messages).iterator();
        }
        return messages instanceof Object[] ? Arrays.asList((Object[]) messages).iterator()
                : ((Iterable<?>) messages).iterator();
    }

    private static void writeMessage(Object message) throws IOException {
        write(message instanceof byte[] ? "{\"hex\": \"" + hex((byte[]) message) + "\"}"
                : "{\"message\": " + json(message) + "}");
    }

    /** Writes one line at once. */
    private static synchronized void write(String line) throws IOException {
        TRANSCRIPT.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static String hex(byte[] octets) {
        var text = new StringBuilder(2 * octets.length);
        for (byte octet : octets) {
            text.append(Character.forDigit(octet >> 4 & 15, 16)).append(Character.forDigit(octet & 15, 16));
        }
        return text.toString();
    }

    private static String json(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            return String.valueOf(value);
        }
        var text = new StringBuilder();
        if (value instanceof Map) {
            ((Map<?, ?>) value).forEach((name, item) ->
                    text.append(text.length() > 0 ? ", " : "").append(json(name)).append(": ").append(json(item)));
            return "{" + text + "}";
        }
        if (value instanceof Iterable) {
            ((Iterable<?>) value).forEach(item -> text.append(text.length() > 0 ? ", " : "").append(json(item)));
            return "[" + text + "]";
        }
        return quoted(value.toString());
    }

    private static String quoted(String value) {
        var text = new StringBuilder("\"");
        for (char unit : value.toCharArray()) {
            boolean isPlain = unit >= ' ' && unit < 127 && unit != '"' && unit != '\\';
            text.append(isPlain ? String.valueOf(unit) : String.format("\\u%04x", (int) unit));
        }
        return text.append('"').toString();
    }

    /** Reads one connection to its end. Whatever is thrown ends this connection, and no other. */
    private void serve(Socket socket) {
        try (socket) {
            String last = "{\"end\": true}";
            try {
                read(socket);
            } catch (EOFException end) {
                // As it must be.
            } catch (Throwable error) {
                last = "{\"error\": " + quoted(error.toString()) + "}";
            }
            write(last);
        } catch (IOException end) {
            // Nobody reads what is written any more.
        }
    }

    public static void main(String[] args) throws Exception {
        // Whatever the method prints must not be taken for what it understood.
        System.setOut(System.err);
        var driver = new ShortreadDriver(args[1], args[2], args[3], args[4]);
        var listener = new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getLoopbackAddress());
        while (true) {
            Socket socket = listener.accept();
            new Thread(() -> driver.serve(socket)).start();
        }
    }
}
