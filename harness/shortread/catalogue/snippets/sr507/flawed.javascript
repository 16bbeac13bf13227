async function reply(socket, request) {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(request.size, 0);
  socket.write(header);
  socket.write(await load(request)); // another reply may come before it
}
