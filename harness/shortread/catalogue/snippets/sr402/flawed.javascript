function takeMessage(buffer) {
  if (buffer.length < 2) return null;
  const end = 2 + buffer.readUInt16LE(0); // the other way round
  return buffer.length < end ? null : buffer.subarray(2, end);
}
