function refuse(socket, reply) {
  socket.write(reply);
  socket.destroy(); // throws away what is not written yet
}
