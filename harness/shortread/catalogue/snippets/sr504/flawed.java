static void broadcast(List<BlockingQueue<byte[]>> clients, byte[] frame) {
    for (BlockingQueue<byte[]> replies : clients)
        replies.offer(frame); // false where a slow client misses it
}
