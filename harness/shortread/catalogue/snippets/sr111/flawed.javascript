function serve(socket, handle) {
  let line = "";

  socket.on("data", (chunk) => {
    const [first, ...others] = chunk.toString("latin1").split("\n");
    line += unescape(first); // the chunk may begin or end in an escape
    for (const next of others) {
      handle(line);
      line = unescape(next);
    }
  });
}
