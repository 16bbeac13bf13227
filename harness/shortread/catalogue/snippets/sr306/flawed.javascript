net.createServer((socket) => {
  // allowHalfOpen is false: when the client ends, so does this side.
  serve(socket, async (request) => {
    const reply = await answer(request);
    socket.write(reply);
  });
});
