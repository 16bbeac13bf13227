net.createServer((socket) => {
  socket.cork(); // "fewer segments": and no uncork() behind a reply
  serve(socket, (request) => {
    socket.write(answer(request));
  });
});
