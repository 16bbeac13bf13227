function serve(socket, handle) {
  let frame = Buffer.alloc(0);

  socket.on("data", (chunk) => {
    frame = Buffer.concat([frame, chunk]);
  });
  socket.setTimeout(200, () => {
    handle(frame.subarray(2)); // a pause, taken for the end of the message
    frame = Buffer.alloc(0);
  });
}
