static void askAll(Socket socket, byte[] requests, int count)
        throws Exception {
    // Writes while the replies are read.
    var writer = CompletableFuture.runAsync(() -> {
        try {
            socket.getOutputStream().write(requests);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    });
    var in = new DataInputStream(socket.getInputStream());
    for (int read = 0; read < count; read++) handle(readMessage(in));
    writer.get();
}
