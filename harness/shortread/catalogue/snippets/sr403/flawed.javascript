function takeMessage(buffer) {
  if (buffer.length < 2) return null;
  const end = 2 + buffer.readInt16BE(0); // negative above 32,767
  return buffer.length < end ? null : buffer.subarray(2, end);
}
