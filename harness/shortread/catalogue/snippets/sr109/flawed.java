static void serve(Socket client) throws IOException {
    client.setSoTimeout(200);
    var in = new DataInputStream(client.getInputStream());
    for (;;) {
        try {
            handle(readMessage(in));
        } catch (SocketTimeoutException error) {
            continue; // and what it had read of the message is gone
        }
    }
}
