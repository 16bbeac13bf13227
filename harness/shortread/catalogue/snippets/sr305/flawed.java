static void serveAll(ServerSocket listener) throws IOException {
    for (;;) {
        try (Socket client = listener.accept()) {
            serve(client); // "Connection reset" leaves the loop
        }
    }
}
