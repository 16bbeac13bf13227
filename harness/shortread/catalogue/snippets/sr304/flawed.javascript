function serve(socket, handle) {
  let text = "";

  socket.on("data", (chunk) => {
    const lines = (text + chunk.toString("latin1")).split("\r\n");
    text = lines.pop();
    lines.forEach((line) => handle(line));
  });
  socket.on("end", () => {
    handle(text); // empty behind a last line that was complete
  });
}
