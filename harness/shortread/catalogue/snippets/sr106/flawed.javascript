function serve(socket, handle) {
  let text = "";

  socket.on("data", (chunk) => {
    text += chunk.toString("utf8"); // U+FFFD for each half of a character
    const lines = text.split("\r\n");
    text = lines.pop();
    lines.forEach((line) => handle(line));
  });
}
