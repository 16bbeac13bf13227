static void serve(InputStream in, Consumer<String> handle)
        throws IOException {
    var reader = new BufferedReader(new InputStreamReader(in, UTF_8));
    for (String line; (line = reader.readLine()) != null; )
        handle.accept(line.trim()); // takes what the sender meant as well
}
