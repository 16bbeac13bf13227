async function send(socket, text) {
  const body = Buffer.from(text, "utf8"); // octets, before they are counted
  const frame = Buffer.alloc(2 + body.length);
  frame.writeUInt16BE(body.length, 0); // RangeError above 65,535
  body.copy(frame, 2);
  // One write for a frame, so that no other can come into it.
  if (!socket.write(frame)) await once(socket, "drain");
}
