function serve(socket, handle) {
  socket.on("data", (chunk) => {
    handle(chunk.toString("utf8").trimEnd()); // one event, one message
  });
}
