static void serve(Socket client) throws IOException {
    var in = new DataInputStream(client.getInputStream());
    var out = new DataOutputStream(
            new BufferedOutputStream(client.getOutputStream()));
    for (;;) {
        byte[] body = answer(readMessage(in));
        out.writeShort(body.length);
        out.write(body); // never flushed
    }
}
