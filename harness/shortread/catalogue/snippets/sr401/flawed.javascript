function send(socket, text) {
  const header = Buffer.alloc(2);
  header.writeUInt16BE(text.length, 0); // UTF-16 units, not octets
  socket.write(Buffer.concat([header, Buffer.from(text, "utf8")]));
}
