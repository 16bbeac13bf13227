private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
private volatile boolean isOpen = true; // false at the end of the stream

void handleAll(Consumer<String> handle) throws InterruptedException {
    while (isOpen) { // leaves with lines that nobody has taken
        String line = lines.poll(100, TimeUnit.MILLISECONDS);
        if (line != null) handle.accept(line);
    }
}
