function serve(socket, handle) {
  let line = "";

  socket.on("data", (chunk) => {
    line += chunk.toString("latin1");
    if (chunk.length === 65536) return; // "a full buffer: there is more"
    handle(line.replace(/\r\n$/, "")); // and else there is none
    line = "";
  });
}
