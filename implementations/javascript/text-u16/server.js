// Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.
'use strict';

const { isUtf8 } = require('node:buffer');
const net = require('node:net');

const HEADER = 2;

function frame(text) {
  const body = Buffer.from(text);
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(body.length);
  return Buffer.concat([header, body]);
}

function serve(socket) {
  let buffer = Buffer.alloc(0);

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    while (buffer.length >= HEADER) {
      const end = HEADER + buffer.readUInt16BE();
      if (buffer.length < end) break;
      const body = buffer.subarray(HEADER, end);
      if (!isUtf8(body)) {
        socket.destroySoon(); // after the replies have gone out
        return;
      }
      socket.write(frame(body.toString()));
      buffer = buffer.subarray(end);
    }
    if (socket.writableNeedDrain) socket.pause(); // a client that does not read is not read from
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => {}); // the client vanished; the socket closes by itself
}

// Without allowHalfOpen, Node ends its side when the client has ended its own, after the replies.
net.createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
