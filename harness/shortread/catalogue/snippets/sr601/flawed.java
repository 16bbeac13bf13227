private static final StringBuilder text = new StringBuilder(); // of all

static void onRead(String piece, Consumer<String> handle) {
    text.append(piece); // behind what another connection has left
    for (int end; (end = text.indexOf("\r\n")) >= 0; ) {
        handle.accept(text.substring(0, end));
        text.delete(0, end + 2);
    }
}
