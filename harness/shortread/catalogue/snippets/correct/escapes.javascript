const unescape = (line) =>
  line.replace(/\\([^])/g, (_, letter) => (letter === "n" ? "\n" : letter));

function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let end; (end = buffer.indexOf("\n")) >= 0; ) {
      handle(unescape(buffer.toString("utf8", 0, end))); // once, as a whole
      buffer = buffer.subarray(end + 1);
    }
  });
}
