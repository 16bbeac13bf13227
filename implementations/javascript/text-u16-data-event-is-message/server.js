// Echo server for text-u16: a 2-byte big-endian length, then that many bytes of UTF-8 text.
//
// Broken on purpose: every 'data' event is taken for whole messages, and nothing is kept from one event to
// the next.
'use strict';

const { isUtf8 } = require('node:buffer');
const net = require('node:net');

function frame(text) {
  const body = Buffer.from(text);
  const header = Buffer.alloc(2);
  header.writeUInt16BE(body.length);
  return Buffer.concat([header, body]);
}

function serve(socket) {
  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    let start = 0;
    while (chunk.length - start >= 2) {
      const end = start + 2 + chunk.readUInt16BE(start);
      if (chunk.length < end) break; // BUG: the start of a message is forgotten when this event is over
      const body = chunk.subarray(start + 2, end);
      if (!isUtf8(body)) {
        socket.destroySoon(); // after the replies have gone out
        return;
      }
      socket.write(frame(body.toString()));
      start = end;
    }
    if (socket.writableNeedDrain) socket.pause(); // a client that does not read is not read from
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => {}); // the client vanished; the socket closes by itself
}

// Without allowHalfOpen, Node ends its side when the client has ended its own, after the replies.
net.createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
