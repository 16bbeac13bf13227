// Reads text messages from a socket: two bytes of length, then that many bytes of UTF-8.
//
// Broken on purpose: the text is taken from one chunk, and what is missing of it is taken for the next message.
'use strict';

const HEADER = 2;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }); // it throws where it is not UTF-8

/** Yields each message until the stream ends. */
async function* receive(socket) {
  let buffer = Buffer.alloc(0);
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= HEADER) {
      const end = HEADER + buffer.readUInt16BE();
      yield utf8.decode(buffer.subarray(HEADER, end)); // BUG: the buffer may end before the message does
      buffer = buffer.subarray(end);
    }
  }
}

module.exports = { receive };
