function serve(socket, handle) {
  let buffer = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    buffer = Buffer.concat([buffer, chunk]); // whatever a stranger sends
    for (let message; (message = takeMessage(buffer)) !== null; ) {
      handle(message.body);
      buffer = buffer.subarray(message.end);
    }
  });
}
