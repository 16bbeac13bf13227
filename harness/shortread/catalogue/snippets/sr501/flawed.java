static void send(SocketChannel channel, byte[] body) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(2 + body.length);
    frame.putShort((short) body.length).put(body).flip();
    channel.write(frame); // as many as there is room for
}
