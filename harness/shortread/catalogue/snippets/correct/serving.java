static void serveAll(ServerSocket listener) throws IOException {
    for (;;) {
        Socket client = listener.accept();
        new Thread(() -> serveOne(client)).start();
    }
}

static void serveOne(Socket client) {
    try (client) { // closed however the block is left
        serve(client);
    } catch (IOException | RuntimeException error) {
        log.log(Level.WARNING, "a client was lost", error);
    }
}
