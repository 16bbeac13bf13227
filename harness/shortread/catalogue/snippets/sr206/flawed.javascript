async function receiveMessage(socket) {
  const [header] = await once(socket, "data");
  const length = parseInt(header.toString("latin1"), 10);
  const parts = [];
  let size = 0;
  while (size < length) {
    const [chunk] = await once(socket, "data"); // it came with the header
    parts.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(parts);
}
