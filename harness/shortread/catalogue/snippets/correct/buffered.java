private final byte[] buffer = new byte[2 + 65535]; // of the connection:
private int used = 0; // outlives a call that a timeout has interrupted

byte[] readMessage(InputStream in) throws IOException {
    for (;;) {
        int high = buffer[0] & 0xff, low = buffer[1] & 0xff;
        int end = used < 2 ? 2 : 2 + (high << 8 | low);
        if (used >= 2 && used == end) break; // the framing says when
        int count = in.read(buffer, used, end - used);
        if (count < 0) throw new EOFException();
        used += count;
    }
    byte[] message = Arrays.copyOfRange(buffer, 2, used);
    used = 0;
    return message;
}
