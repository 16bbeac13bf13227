let length = null;

function onData(chunk, handle) {
  if (length === null) {
    length = chunk.readUInt16BE(0);
    return;
  }
  handle(chunk.subarray(0, length)); // the body is whatever the next event brings
  length = null;
}
