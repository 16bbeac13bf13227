async function serveOne(socket, request) {
  try {
    send(socket, await answer(request));
  } catch (error) {
    socket.write(error.message); // without its length
  }
}
