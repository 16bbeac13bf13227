static void serve(Socket client) throws IOException {
    var in = new DataInputStream(client.getInputStream());
    byte[] request = readMessage(in);
    CompletableFuture.runAsync(() -> reply(client, answer(request)));
    if (in.read() < 0) client.close(); // the client only sends no more
}
