function serve(socket, handle) {
  let line = "";

  socket.on("data", (chunk) => {
    let text = chunk.toString("latin1");
    // Only in the new octets, where CR LF may begin or end.
    for (let end; (end = text.indexOf("\r\n")) >= 0; line = "") {
      handle(line + text.slice(0, end));
      text = text.slice(end + 2);
    }
    line += text;
  });
}
