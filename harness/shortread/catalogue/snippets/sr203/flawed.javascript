function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    const end = buffer.indexOf("\r\n");
    if (end < 0) return;
    handle(buffer.toString("utf8", 0, end)); // a second line waits for more
    buffer = buffer.subarray(end + 2);
  });
}
