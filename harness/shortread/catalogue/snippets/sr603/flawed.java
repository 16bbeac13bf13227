private static final List<Socket> clients = new ArrayList<>();

static void serveAll(ServerSocket listener) throws IOException {
    for (;;) {
        Socket client = listener.accept();
        clients.add(client); // and nothing ever removes it
        new Thread(() -> serveOne(client)).start();
    }
}
