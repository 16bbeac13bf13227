static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    var reader = new BufferedReader(new InputStreamReader(in, UTF_8));
    String line;
    do {
        line = reader.readLine();
        handle.accept(line == null ? "" : line); // once more, at the end
    } while (line != null);
}
