static void serveOne(DataOutputStream out, byte[] request)
        throws IOException {
    try {
        send(out, answer(request));
    } catch (IllegalArgumentException error) {
        out.writeBytes(error.getMessage()); // without its length
        out.flush();
    }
}
