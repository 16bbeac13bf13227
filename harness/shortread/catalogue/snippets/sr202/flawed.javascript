function serve(socket, handle) {
  let text = "";

  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    const match = /^([^]*)\r\n/.exec(text); // greedy: to the last line end
    if (match === null) return;
    handle(match[1]);
    text = text.slice(match[0].length);
  });
}
