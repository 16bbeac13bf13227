static void onReadable(SelectionKey key) throws IOException {
    var channel = (SocketChannel) key.channel();
    ByteBuffer chunk = ByteBuffer.allocate(4096);
    if (channel.read(chunk) < 0) {
        key.interestOps(0); // listens no more, and never closes
        return;
    }
    handle(Arrays.copyOf(chunk.array(), chunk.position()));
}
