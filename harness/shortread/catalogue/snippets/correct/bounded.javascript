function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let header; (header = buffer.toString("latin1", 0, 6)); ) {
      const match = /^(0|[1-9][0-9]{0,4})(\n|$)/.exec(header); // < 100,000
      if (match === null) return socket.destroy(new Error("no length"));
      if (match[2] === "") return;
      const start = match[0].length, end = start + Number(match[1]);
      if (buffer.length <= end) return;
      if (buffer[end] !== 10) return socket.destroy(new Error("no line end"));
      handle(buffer.subarray(start, end));
      buffer = buffer.subarray(end + 1);
    }
  });
}
