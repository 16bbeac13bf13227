function takeMessage(buffer) {
  if (buffer.length < 2) return null;
  const end = buffer.readUInt16BE(0); // this length does not count itself
  return buffer.length < end ? null : buffer.subarray(2, end);
}
