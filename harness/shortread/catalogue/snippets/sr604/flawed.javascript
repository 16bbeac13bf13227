function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]); // copies all that came before
    for (let end; (end = buffer.indexOf("\n")) >= 0; ) { // and searches it
      handle(buffer.subarray(0, end));
      buffer = buffer.subarray(end + 1);
    }
  });
}
