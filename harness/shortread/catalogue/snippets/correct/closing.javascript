// Of a server with allowHalfOpen: true.
function serveOne(socket) {
  let replies = Promise.resolve(); // one behind the other
  serve(socket, (request) => {
    replies = replies
      .then(async () => socket.write(await answer(request)))
      .catch((error) => socket.destroy(error));
  });
  // A client that has half-closed the connection still reads.
  socket.on("end", () => replies.then(() => socket.end()));
}
