static void serveAll(ServerSocket listener) throws IOException {
    for (;;) {
        try (Socket client = listener.accept()) {
            serve(client); // and nobody else until this client is done
        } catch (IOException error) {
            log.log(Level.WARNING, "a client was lost", error);
        }
    }
}
