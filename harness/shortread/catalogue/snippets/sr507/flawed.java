static void send(DataOutputStream out, byte[] body) throws IOException {
    out.writeShort(body.length);
    out.write(body); // another thread's header may come before it
    out.flush();
}
