function broadcast(sockets, frame) {
  for (const socket of sockets) {
    // A slow client misses what was meant for it.
    if (!socket.writableNeedDrain) socket.write(frame);
  }
}
