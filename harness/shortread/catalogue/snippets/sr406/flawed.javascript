function serve(socket, handle) {
  let text = "";

  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const lines = text.split("\n"); // a line end may be one of the body
    while (lines.length > 2) {
      const [, body] = lines.splice(0, 2);
      handle(body);
    }
    text = lines.join("\n");
  });
}
