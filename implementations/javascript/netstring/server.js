// Echo server for netstrings: a decimal length, a colon, that many bytes, a comma, as in `5:hello,`.
'use strict';

const net = require('node:net');

const MAX_LENGTH = 65536;
const LENGTH = /^(0|[1-9][0-9]{0,8})(:|$)/; // all of a length, or as much as there is
const COMMA = Buffer.from(',');

// The first message and what is behind it; null if that is not complete; throws if it is malformed.
function takeMessage(buffer) {
  if (buffer.length === 0) return null;
  const match = LENGTH.exec(buffer.toString('latin1', 0, 10));
  if (!match || Number(match[1]) > MAX_LENGTH) throw new Error('not a netstring');
  const start = match[0].length;
  const end = start + Number(match[1]);
  if (!match[2] || buffer.length <= end) return null;
  if (buffer[end] !== COMMA[0]) throw new Error('no comma after the message');
  return { message: buffer.subarray(start, end), rest: buffer.subarray(end + 1) };
}

function frame(message) {
  return Buffer.concat([Buffer.from(`${message.length}:`), message, COMMA]);
}

function serve(socket) {
  let buffer = Buffer.alloc(0);

  socket.setNoDelay(true);
  socket.on('data', (chunk) => {
    buffer = Buffer.concat([buffer, chunk]);
    try {
      let taken;
      while ((taken = takeMessage(buffer))) {
        socket.write(frame(taken.message));
        buffer = taken.rest;
      }
    } catch {
      socket.destroySoon(); // after the replies have gone out
      return;
    }
    if (socket.writableNeedDrain) socket.pause(); // a client that does not read is not read from
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => {}); // the client vanished; the socket closes by itself
}

// Without allowHalfOpen, Node ends its side when the client has ended its own, after the replies.
net.createServer(serve).listen(Number(process.argv[2]), '127.0.0.1');
